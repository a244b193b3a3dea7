//! Functions that read tenants and people from the business's own tables, and the constant that
//! says what each persona is.

use super::compiler::{CompileError, Compiler};
use super::condition::Fields;
use super::delegates::limit;
use super::predicate::{Predicate, quote};
use super::value::base_type;
use crate::model::{ByValue, Lifecycle, PaidUntil, PeopleSource, Persona, TenantSource, TierSource, Who};
use crate::names::{AudienceName, ColumnName, Ident, TableName, TenantKind};
use crate::plan::control::definer;
use crate::state::{Acl, Function, FunctionName, Grantee, Language, Privilege, Volatility};

const PEOPLE: &str = "TABLE(email text, person text, keys jsonb, persona text, tenant_kind text, tenant_key text)";
const PLACES: &str =
    "TABLE(source text, source_key text, person text, persona text, tenant_kind text, tenant_key text)";
/// Of an account `u` and its place `m`, as `team` tells it: whoever invites somebody whom the operator kept out before does
/// not learn that.
pub(super) const NOT_DISABLED: &str =
    "(u.disabled_at IS NULL OR (m.origin = 'team' AND u.disabled_at <= m.created_at))";

const TENANT: &str = "TABLE(title text, keys jsonb, parent_key text, tier text, status text)";
const TENANTS: &str = "TABLE(tenant_kind text, key text, name text, title text, keys jsonb, parent_key text, tier text, status text, origin text, paid_until date)";

impl<'a> Compiler<'a> {
    /// `personas()`, `people_now`, `people_by_email`, `tenant_now`, `tenants()`.
    pub(super) fn directory_functions(&mut self) -> Result<Vec<(FunctionName, Function)>, CompileError> {
        let (mut people, mut everyone, mut by_email) = (Vec::new(), Vec::new(), Vec::new());
        let (mut tenant, mut tenants) = (Vec::new(), Vec::new());
        for source in &self.model.people {
            let (columns, rows) = self.people_columns(source)?;
            everyone.push(format!("SELECT {} FROM {} WHERE {}", columns.join(", "), source.table.sql(), rows.sql));
            people.push(self.people_branch(source)?);
            by_email.push(self.email_branch(source)?);
        }
        for source in &self.model.tenant_sources {
            tenant.push(self.tenant_query(source, true)?);
            tenants.push(self.tenant_query(source, false)?);
        }
        let control = self.control();
        // Where a key alone says whose a row is, whoever has another's is nobody. Where there are no kinds, whoever
        // was given one is; where there are several, so is the other.
        let alone = if self.model.tenant_kinds.is_empty() {
            " AND t.tenant_kind = ''".to_owned()
        } else if self.model.one_key_one_tenant {
            format!(
                " AND NOT EXISTS (SELECT FROM {control}.tenant AS o WHERE o.key = t.key AND o.tenant_kind <> t.tenant_kind)"
            )
        } else {
            String::new()
        };
        tenant.push(format!(
            "SELECT t.title, t.keys || jsonb_build_object('key', t.key), t.parent_key, t.tier, t.status \
             FROM {control}.tenant AS t WHERE t.origin <> 'table' AND t.tenant_kind = $1 AND t.key = $2{alone}"
        ));
        tenants.push(format!(
            "SELECT t.tenant_kind, t.key, t.name, t.title, t.keys, t.parent_key, t.tier, t.status, t.origin, t.paid_until \
             FROM {control}.tenant AS t WHERE t.origin <> 'table'"
        ));
        everyone.push(format!(
            "SELECT u.email, CASE WHEN m.origin = 'team' THEN m.title ELSE coalesce(m.title, u.title) END, m.keys, \
             m.portal || '/' || m.audience, m.tenant_kind, m.tenant_key \
             FROM {control}.app_user AS u JOIN {control}.membership AS m ON m.user_id = u.id \
             WHERE {NOT_DISABLED} AND m.disabled_at IS NULL"
        ));
        let union = |parts: &[String]| format!("\n{}\n", parts.join("\nUNION ALL\n"));
        let nobody = "\nSELECT NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text WHERE false\n";
        let by_email = if by_email.is_empty() { nobody.to_owned() } else { union(&by_email) };
        let lapses = self.lapses_function()?;
        let functions = vec![
            self.directory("people_now", ("source text, source_key text", "text, text"), PEOPLE, Language::Plpgsql, {
                format!("\n#variable_conflict use_column\nBEGIN\n{}END\n", people.concat())
            }),
            self.directory("everyone", ("", ""), PEOPLE, Language::Sql, union(&everyone)),
            self.directory("people_by_email", ("email text", "text"), PLACES, Language::Sql, by_email),
            self.directory(
                "tenant_now",
                ("tenant_kind text, key text", "text, text"),
                TENANT,
                Language::Sql,
                union(&tenant),
            ),
            self.directory("tenants", ("", ""), TENANTS, Language::Sql, union(&tenants)),
            self.personas_function(),
        ];
        Ok(functions.into_iter().chain(lapses).collect())
    }

    /// The one directory function that reads nothing; it is the owner's own.
    fn personas_function(&self) -> (FunctionName, Function) {
        let (name, function) = self.directory("personas", ("", ""), "jsonb", Language::Sql, self.personas_constant());
        (name, Function { owner: self.roles.owner.clone(), acl: Acl::default(), ..function })
    }

    pub(super) fn directory(
        &self,
        name: &str,
        (arguments, argument_types): (&str, &str),
        returns: &str,
        language: Language,
        body: String,
    ) -> (FunctionName, Function) {
        let mut acl = Acl::default();
        acl.grant(Grantee::Role(self.roles.owner.clone()), Privilege::Execute);
        let function = Function {
            arguments: arguments.to_owned(),
            returns: returns.to_owned(),
            language,
            body,
            acl,
            ..definer(self.roles.lookup.clone(), self.marker(), Volatility::Stable)
        };
        let name = FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: name.to_owned(),
            argument_types: argument_types.to_owned(),
        };
        (name, function)
    }

    /// What signing in needs to know of each persona, as one JSON constant.
    fn personas_constant(&self) -> String {
        let mut personas = serde_json::Map::new();
        for (name, persona) in &self.model.personas {
            let session = self.model.portals.get(&name.portal).map(|portal| portal.session);
            let roles: Vec<&str> = persona.facets.iter().map(|facet| facet.role.as_str()).collect();
            let mut rules = serde_json::json!({
                    "who": match persona.who { Who::External => "external", Who::Internal => "internal", Who::Guest => "guest" },
                    "tenant_kind": persona.tenant_kind.as_ref().map(TenantKind::as_str),
                    "roles": roles,
                    "idle": session.map_or(0, |session| session.idle),
                    "absolute": session.map_or(0, |session| session.absolute),
            });
            if let Some(rules) = rules.as_object_mut() {
                rules.extend(self.further_rules(persona));
            }
            personas.insert(name.to_string(), rules);
        }
        format!("\nSELECT {}::jsonb\n", Ident::literal(&serde_json::Value::Object(personas).to_string()))
    }

    /// What only some personas have.
    fn further_rules(&self, persona: &Persona) -> impl Iterator<Item = (String, serde_json::Value)> {
        let delegation = persona.delegation.as_ref();
        let may_grant = delegation.map(|delegation| delegation.may_grant.keys().map(AudienceName::as_str));
        let may_grant = may_grant.map(Iterator::collect::<Vec<_>>).filter(|names| !names.is_empty());
        let registrations = delegation.and_then(|delegation| delegation.registrations);
        let on_lapse = persona.lifecycle.as_ref().map(|lifecycle| lifecycle.on_lapse.to_string());
        // Of whom no tenant can say when they lapse.
        let own = |lifecycle: &Lifecycle| matches!(lifecycle.paid_until, PaidUntil::Own { .. });
        let lapses_own = persona.lifecycle.as_ref().is_some_and(own);
        let rules = [
            ("may_grant", may_grant.map(Into::into)),
            ("registrations", registrations.map(|_| true.into())),
            ("on_lapse", on_lapse.map(Into::into)),
            ("lapses_own", lapses_own.then(|| true.into())),
            ("rate_limit", persona.rate_limit.map(limit)),
            ("registration", self.registration_rules(&persona.name)),
        ];
        rules.into_iter().filter_map(|(name, rule)| Some((name.to_owned(), rule?)))
    }

    /// Columns of one people source, as the result of `people_now` names them.
    pub(super) fn people_columns(
        &mut self,
        source: &'a PeopleSource,
    ) -> Result<(Vec<String>, Predicate), CompileError> {
        let table = &source.table;
        let mut rows = vec![self.condition(Fields::Columns(table), &source.condition)?];
        let persona = self.by_value(table, &source.audience, ToString::to_string)?;
        if let Some(present) = persona.1 {
            rows.push(present);
        }
        rows.push(Predicate::on(format!("{} IS NOT NULL", quote(&source.email)), [&source.email]));
        let mut keys = Vec::new();
        for (name, column) in &source.keys {
            keys.push(format!("{}, {}::text", Ident::literal(name.as_str()), quote(column)));
        }
        let tenant = source
            .tenant
            .as_ref()
            .map_or_else(|| "''::text".to_owned(), |column| format!("coalesce({}::text, '')", quote(column)));
        let kind = source.tenant_kind.as_ref().map_or("", |kind| kind.as_str());
        let title =
            source.title.as_ref().map_or_else(|| "NULL::text".to_owned(), |column| format!("{}::text", quote(column)));
        let used = source.keys.values().chain([&source.email]).chain(&source.tenant).chain(&source.title);
        for column in used.clone() {
            self.column(table, column)?;
        }
        let rows = Predicate::all(rows);
        self.lookups.read(table, used.chain(&rows.columns));
        let columns = vec![
            format!("lower({}::text)", quote(&source.email)),
            title,
            format!("jsonb_build_object({})", keys.join(", ")),
            persona.0,
            format!("{}::text", Ident::literal(kind)),
            tenant,
        ];
        Ok((columns, rows))
    }

    fn people_branch(&mut self, source: &'a PeopleSource) -> Result<String, CompileError> {
        let (columns, rows) = self.people_columns(source)?;
        let id = self.identifying_key(source)?;
        let matches = self.same_key(&source.table, &id, "$2")?;
        Ok(format!(
            "    IF $1 = {} THEN\n        RETURN QUERY SELECT {} FROM {} WHERE {matches} AND ({});\n    END IF;\n",
            Ident::literal(&source.name),
            columns.join(", "),
            source.table.sql(),
            rows.sql
        ))
    }

    fn email_branch(&mut self, source: &'a PeopleSource) -> Result<String, CompileError> {
        let (columns, rows) = self.people_columns(source)?;
        let id = self.identifying_key(source)?;
        let [email, title, _, persona, kind, tenant] = columns.as_slice() else { return Ok(String::new()) };
        Ok(format!(
            "SELECT {}::text, {}::text, {title}, {persona}, {kind}, {tenant} FROM {} WHERE {email} = $1 AND ({})",
            Ident::literal(&source.name),
            quote(&id),
            source.table.sql(),
            rows.sql
        ))
    }

    fn identifying_key(&self, source: &PeopleSource) -> Result<ColumnName, CompileError> {
        source
            .keys
            .values()
            .next()
            .cloned()
            .ok_or_else(|| CompileError::MissingColumn(source.table.clone(), ColumnName::new("key")))
    }

    /// One tenant by `$1` kind and `$2` key, or all with the columns of `tenants()`.
    fn tenant_query(&mut self, source: &'a TenantSource, one: bool) -> Result<String, CompileError> {
        let table = &source.table;
        let mut rows = vec![self.condition(Fields::Columns(table), &source.condition)?];
        let kind = match &source.kind {
            None => "''::text".to_owned(),
            Some(kind) => {
                let (sql, present) = self.by_value(table, kind, ToString::to_string)?;
                rows.extend(present);
                sql
            }
        };
        let tier = match &source.tier {
            None => "NULL::text".to_owned(),
            Some(TierSource::Named(column)) => {
                self.column(table, column)?;
                self.lookups.read(table, [column]);
                format!("{}::text", quote(column))
            }
            Some(TierSource::ByValue(tier)) => self.by_value(table, tier, ToString::to_string)?.0,
        };
        let optional = |column: &Option<ColumnName>| {
            column.as_ref().map_or_else(|| "NULL::text".to_owned(), |column| format!("{}::text", quote(column)))
        };
        let key = format!("{}::text", quote(&source.key));
        let title = source
            .title
            .as_ref()
            .map_or_else(|| key.clone(), |column| format!("coalesce({}::text, {key})", quote(column)));
        let mut keys = vec![format!("'key', {key}")];
        for (name, column) in &source.keys {
            keys.push(format!("{}, {}::text", Ident::literal(name.as_str()), quote(column)));
        }
        let keys = format!("jsonb_build_object({})", keys.join(", "));
        let parent = optional(&source.parent);
        for column in [&source.key].into_iter().chain(source.keys.values()).chain(&source.title).chain(&source.parent) {
            self.column(table, column)?;
            self.lookups.read(table, [column]);
        }
        let rows = Predicate::all(rows);
        self.lookups.read(table, &rows.columns);
        let status = format!(
            "coalesce((SELECT o.status FROM {}.tenant AS o WHERE o.origin = 'table' AND o.tenant_kind = s.kind AND o.key = s.key), 'active')",
            self.control()
        );
        let matches = if one { format!("{} AND ", self.same_key(table, &source.key, "$2")?) } else { String::new() };
        let inner = format!(
            "SELECT {kind} AS kind, {key} AS key, {title} AS title, {keys} AS keys, {parent} AS parent, {tier} AS tier FROM {} WHERE {matches}({})",
            table.sql(),
            rows.sql
        );
        Ok(if one {
            format!("SELECT s.title, s.keys, s.parent, s.tier, {status} FROM ({inner}) AS s WHERE s.kind = $1")
        } else {
            format!(
                "SELECT s.kind, s.key, NULL::text, s.title, s.keys, s.parent, s.tier, {status}, 'table', NULL::date FROM ({inner}) AS s"
            )
        })
    }

    /// The value as SQL text, and for a column the rows that have one.
    fn by_value<T>(
        &mut self,
        table: &TableName,
        value: &ByValue<T>,
        text: impl Fn(&T) -> String,
    ) -> Result<(String, Option<Predicate>), CompileError> {
        match value {
            ByValue::Fixed(fixed) => Ok((format!("{}::text", Ident::literal(&text(fixed))), None)),
            ByValue::Column { column, values } => {
                self.column(table, column)?;
                self.lookups.read(table, [column]);
                let cases: Vec<String> = values
                    .iter()
                    .map(|(from, to)| format!("WHEN {} THEN {}", Ident::literal(from), Ident::literal(&text(to))))
                    .collect();
                let known: Vec<String> = values.keys().map(|from| Ident::literal(from)).collect();
                let case = format!("CASE {}::text {} END", quote(column), cases.join(" "));
                let present = format!("{}::text IN ({})", quote(column), known.join(", "));
                Ok((case, Some(Predicate::on(present, [column]))))
            }
        }
    }

    /// The kind of a source's tenants, as an expression over its rows.
    pub(super) fn kind_in(&mut self, source: &'a TenantSource) -> Result<String, CompileError> {
        let kind = source.kind.as_ref().map(|kind| self.by_value(&source.table, kind, ToString::to_string));
        Ok(kind.transpose()?.map_or_else(|| "''::text".to_owned(), |(sql, _)| sql))
    }

    /// The column equals a key given as text: by its index, and never an error for a key of another shape.
    pub(super) fn same_key(
        &self,
        table: &TableName,
        column: &ColumnName,
        parameter: &str,
    ) -> Result<String, CompileError> {
        self.same_key_in((table, column), &quote(column), parameter)
    }

    /// The same where the column is called otherwise: `t."id"`.
    pub(super) fn same_key_in(
        &self,
        (table, column): (&TableName, &ColumnName),
        left: &str,
        parameter: &str,
    ) -> Result<String, CompileError> {
        let facts = self.column(table, column)?;
        Ok(match base_type(facts) {
            "int2" | "int4" | "int8" => {
                format!("{left} = (CASE WHEN {parameter} ~ '^-?[0-9]{{1,18}}$' THEN {parameter}::bigint END)")
            }
            "uuid" => format!(
                "{left} = (CASE WHEN {parameter} ~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' THEN {parameter}::uuid END)"
            ),
            "text" | "varchar" | "bpchar" => format!("{left} = {parameter}"),
            _ => format!("{left}::text = {parameter}"),
        })
    }
}
