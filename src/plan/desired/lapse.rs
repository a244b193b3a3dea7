//! The moment from which somebody is of another audience. It is asked for when a token is minted, so there is no context yet:
//! whose rows count comes as arguments.

use super::compiler::{CompileError, Compiler};
use super::predicate::quote;
use super::value::base_type;
use crate::model::{Object, OwnerPath, PaidUntil, Persona, TenantRoute};
use crate::names::{ColumnName, Ident, KeyName, PathName, TableName};
use crate::plan::lapse::LAPSES_AT;
use crate::state::{Function, FunctionName, Language};
use std::fmt::Write as _;

const ARGUMENTS: (&str, &str) = (
    "persona text, tenant_kind text, tenant_key text, tenant_keys jsonb, user_keys jsonb",
    "text, text, text, jsonb, jsonb",
);

impl<'a> Compiler<'a> {
    /// `lapses_at`; none where nobody lapses.
    pub(super) fn lapses_function(&mut self) -> Result<Option<(FunctionName, Function)>, CompileError> {
        let mut branches = String::new();
        for persona in self.model.personas.values() {
            let Some(lifecycle) = &persona.lifecycle else { continue };
            let latest = self.latest(persona, &lifecycle.paid_until)?;
            let _ = write!(
                branches,
                "    IF $1 = {} THEN\n        RETURN (SELECT max(d.at) FROM ({latest}) AS d (at)) + interval '{} seconds';\n    END IF;\n",
                Ident::literal(&persona.name.to_string()),
                lifecycle.grace
            );
        }
        let body = format!("\nBEGIN\n{branches}    RETURN 'infinity';\nEND\n");
        let returns = "timestamp with time zone";
        Ok((!branches.is_empty()).then(|| self.directory(LAPSES_AT, ARGUMENTS, returns, Language::Plpgsql, body)))
    }

    /// A query for the moments of which the latest counts.
    fn latest(&mut self, persona: &'a Persona, paid_until: &'a PaidUntil) -> Result<String, CompileError> {
        match paid_until {
            PaidUntil::Tenant(column) => self.carried(persona, column),
            PaidUntil::OfTenant { object, column, path } => {
                let object = self.object(object)?;
                let reaches = self.reaches_tenant(object, path, "t")?;
                self.of_rows(object, column, &reaches)
            }
            PaidUntil::Own { object, column, path } => {
                let object = self.object(object)?;
                let reaches = self.reaches_owner(object, path, "t")?;
                self.of_rows(object, column, &reaches)
            }
        }
    }

    fn carried(&mut self, persona: &'a Persona, column: &'a ColumnName) -> Result<String, CompileError> {
        let control = self.control();
        let mut parts = vec![format!(
            "SELECT {} FROM {control}.tenant AS t WHERE t.origin <> 'table' AND t.tenant_kind = $2 AND t.key = $3",
            self.begins("t.paid_until")
        )];
        for (source, rows) in self.sources_of(persona.tenant_kind.as_ref())? {
            let moment = self.moment_of(&source.table, column, &format!("t.{}", quote(column)))?;
            let is_one = self.same_key(&source.table, &source.key, "$3")?;
            // Tenants of two kinds may have one key.
            let kind = self.kind_in(source)?;
            self.lookups.read(&source.table, [&source.key, column].into_iter().chain(&rows.columns));
            let table = source.table.sql();
            parts.push(format!("SELECT {moment} FROM {table} AS t WHERE {is_one} AND {kind} = $2 AND ({})", rows.sql));
        }
        Ok(parts.join(" UNION ALL "))
    }

    fn of_rows(&mut self, object: &'a Object, column: &'a ColumnName, reaches: &str) -> Result<String, CompileError> {
        let moment = self.moment_of(&object.table, column, &format!("t.{}", quote(column)))?;
        let shown = self.not_deleted(object)?;
        self.lookups.read(&object.table, [column].into_iter().chain(&shown.columns));
        Ok(format!("SELECT {moment} FROM {} AS t WHERE {reaches} AND ({})", object.table.sql(), shown.sql))
    }

    /// A day begins at midnight in the project's time zone.
    fn begins(&self, day: &str) -> String {
        format!("({day}::timestamp AT TIME ZONE {})", Ident::literal(&self.model.project.timezone))
    }

    fn moment_of(&self, table: &TableName, column: &ColumnName, sql: &str) -> Result<String, CompileError> {
        match base_type(self.column(table, column)?) {
            "timestamptz" => Ok(sql.to_owned()),
            "date" | "timestamp" => Ok(self.begins(sql)),
            _ => Err(CompileError::NoMoment(table.clone(), column.clone())),
        }
    }

    /// Whether the row called `alias` is of the tenant of `$4`.
    fn reaches_tenant(&mut self, object: &'a Object, path: &PathName, alias: &str) -> Result<String, CompileError> {
        let missing = || CompileError::MissingPath(object.name.clone(), format!("tenant path `{path}`"));
        let through = "its tenant path";
        let path = object.tenant_paths.get(path).ok_or_else(missing)?;
        let reaches = match &path.route {
            TenantRoute::Column { column, key } => self.is_key((&object.table, column), alias, "$4", key)?,
            TenantRoute::Via { via, object: parent, path } => {
                let (parent, next) = (self.object(parent)?, format!("{alias}p"));
                let rows = self.within(&object.name, through, |this| this.reaches_tenant(parent, path, &next))?;
                self.some((&parent.table, &parent.key, &next), (&object.table, via, alias), &rows)
            }
            TenantRoute::Link { table, row, tenant, key } => {
                let next = format!("{alias}l");
                let rows = self.is_key((table, tenant), &next, "$4", key)?;
                self.some((table, row, &next), (&object.table, &object.key, alias), &rows)
            }
            TenantRoute::From { object: child, columns, path } => {
                let (child, next) = (self.object(child)?, format!("{alias}c"));
                let rows = self.within(&object.name, through, |this| this.reaches_tenant(child, path, &next))?;
                self.some((&child.table, columns, &next), (&object.table, &object.key, alias), &rows)
            }
        };
        // Tenants of two kinds may have one key.
        Ok(match &path.kind {
            Some(kind) => format!("({reaches} AND $2 = {})", Ident::literal(kind.as_str())),
            None => reaches,
        })
    }

    /// Whether the row called `alias` is the user's of `$5`.
    fn reaches_owner(&mut self, object: &'a Object, path: &PathName, alias: &str) -> Result<String, CompileError> {
        let missing = || CompileError::MissingPath(object.name.clone(), format!("owner path `{path}`"));
        match object.owners.get(path).ok_or_else(missing)? {
            OwnerPath::Column(user) => self.is_key((&object.table, &user.column), alias, "$5", &user.key),
            OwnerPath::Via { via, object: parent, path } => {
                let (parent, next) = (self.object(parent)?, format!("{alias}p"));
                let rows =
                    self.within(&object.name, "its owner path", |this| this.reaches_owner(parent, path, &next))?;
                Ok(self.some((&parent.table, &parent.key, &next), (&object.table, via, alias), &rows))
            }
        }
    }

    /// The column of the row called `alias` holds the key of that name in `keys`.
    fn is_key(
        &mut self,
        (table, column): (&TableName, &ColumnName),
        alias: &str,
        keys: &str,
        key: &KeyName,
    ) -> Result<String, CompileError> {
        self.lookups.read(table, [column]);
        let given = format!("({keys} ->> {})", Ident::literal(key.as_str()));
        self.same_key_in((table, column), &format!("{alias}.{}", quote(column)), &given)
    }

    /// Some row of the first, for which `rows` holds, has the same in these columns as the second.
    fn some(
        &mut self,
        (table, columns, alias): (&TableName, &[ColumnName], &str),
        (of, by, outer): (&TableName, &[ColumnName], &str),
        rows: &str,
    ) -> String {
        self.lookups.read(table, columns);
        self.lookups.read(of, by);
        let pairs = columns.iter().zip(by);
        let same: Vec<String> =
            pairs.map(|(one, other)| format!("{alias}.{} = {outer}.{}", quote(one), quote(other))).collect();
        format!("EXISTS (SELECT FROM {} AS {alias} WHERE {} AND {rows})", table.sql(), same.join(" AND "))
    }
}
