//! Handing rows over and sharing them: to whom one may, and the sharing itself. Functions of the lookup role, each
//! of which first asks whether the grant holds for the row.

use super::assignees::{ROW, row_columns};
use super::compiler::{CompileError, Compiler};
use super::deletion::object_function;
use super::predicate::{Predicate, for_roles, quote};
use super::role_switch::RoleSwitch;
use super::writes::{ByRole, Held};
use crate::model::{AssignTo, LinkedTo, Object, OwnerPath, ParentNeeds, Share, ShareLink, Who, Write};
use crate::names::{ColumnName, Ident, RoleName, TableName};
use crate::state::{Grantee, Privilege, Relation, Volatility};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Columns of mapped link tables that the lookup role writes shares to.
pub type ShareColumns = BTreeMap<TableName, BTreeSet<ColumnName>>;

impl<'a> Compiler<'a> {
    /// `assignees_<object>`; `share_<object>`, `shares_<object>`, `unshare_<object>` and `shareable_<object>`.
    pub(super) fn handing_functions(&mut self) -> Result<ShareColumns, CompileError> {
        let mut columns = ShareColumns::new();
        for (object, roles) in self.holding(|write| matches!(write, Write::Assign { .. })) {
            self.assignees_function(self.object(object)?, &roles)?;
        }
        for (object, roles) in self.holding(|write| matches!(write, Write::Share(_))) {
            let object = self.object(object)?;
            self.share_function(object, &roles)?;
            self.shares_function(object, &roles)?;
            self.unshare_function(object, &roles)?;
            self.shareable_function(object, &roles)?;
            if let Some(link) = &object.shares {
                let with = match &link.with {
                    LinkedTo::User(user) => &user.column,
                    LinkedTo::Tenant { column, .. } => column,
                };
                columns
                    .entry(link.table.clone())
                    .or_default()
                    .extend(link.row.iter().chain([with]).chain(&link.until).cloned());
            }
        }
        Ok(columns)
    }

    /// Whether the row of `row_key` is one of `rows`.
    fn row_is(&mut self, object: &Object, rows: &Predicate, role: &RoleName) -> Result<String, CompileError> {
        self.lookups.read(&object.table, object.key.iter().chain(&rows.columns));
        Ok(format!(
            "EXISTS (SELECT FROM {} AS t WHERE {} AND ({}))",
            object.table.sql(),
            self.key_is(object)?,
            for_roles(&rows.sql, [role])
        ))
    }

    /// That `t` is the row of the key `$1`.
    pub(super) fn key_is(&self, object: &Object) -> Result<String, CompileError> {
        self.key_is_in(object, "$1")
    }

    /// That `t` is the row of the key that is the array `key`.
    pub(super) fn key_is_in(&self, object: &Object, key: &str) -> Result<String, CompileError> {
        let mut keys = Vec::new();
        for (at, column) in object.key.iter().enumerate() {
            let cast = &self.column(&object.table, column)?.cast_type;
            keys.push(format!("t.{} = ({key}[{}])::{cast}", quote(column), at + 1));
        }
        Ok(keys.join(" AND "))
    }

    /// To whom a row may be handed over on an owner path: the key that its owner column then holds, and a name.
    fn assignees_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let mut branches = BTreeMap::new();
        for (role, held) in roles {
            let mut text = String::new();
            for one in held {
                let Write::Assign { path, to, .. } = &one.grant.write else { continue };
                let Some(OwnerPath::Column(user)) = object.owners.get(path) else { continue };
                let rows = self.written_rows(one, &one.grant.rows, ParentNeeds::Update)?;
                let is_row = self.row_is(object, &rows, role)?;
                let key = Ident::literal(user.key.as_str());
                let people = self.people_for(one, *to, role)?;
                let _ = write!(
                    text,
                    "        IF owner_path = {} AND {is_row} THEN\n            RETURN QUERY SELECT DISTINCT p.keys ->> {key}, \
                     coalesce(p.person, p.email) FROM {}.everyone() AS p\n            WHERE p.keys ->> {key} IS NOT NULL AND {people};\n        END IF;\n",
                    Ident::literal(path.as_str()),
                    self.control(),
                );
            }
            branches.insert(*role, text);
        }
        let returns = "TABLE(key text, person text)";
        self.handing(
            "assignees",
            object,
            ("row_key text[], owner_path text", "text[], text", returns),
            Volatility::Stable,
            &branches,
        );
        Ok(())
    }

    /// Which of `everyone()`, aliased `p`, as a condition inside one of these functions.
    fn people_for(&mut self, held: &Held<'a>, to: AssignTo, role: &RoleName) -> Result<String, CompileError> {
        let people = for_roles(&self.assignees(held, to)?, [role]);
        self.with_row(held.object, &people)
    }

    /// Puts the row of `row_key` where a text names columns of the row.
    fn with_row(&mut self, object: &Object, text: &str) -> Result<String, CompileError> {
        let Some(columns) = row_columns(text, object) else { return Ok(text.to_owned()) };
        self.lookups.read(&object.table, object.key.iter().chain(&columns));
        Ok(format!(
            "EXISTS (SELECT FROM {} AS t WHERE {} AND {})",
            object.table.sql(),
            self.key_is(object)?,
            text.replace(ROW, "t.")
        ))
    }

    /// With whom a row may be shared: people of these personas, of one's own tenant or, for staff, of the row's.
    fn recipients(&mut self, held: &Held<'a>, share: &Share, role: &RoleName) -> Result<String, CompileError> {
        let (mut members, mut staff) = (Vec::new(), Vec::new());
        for name in &share.with {
            let who = self.model.personas.get(name).map(|persona| persona.who);
            let list = if who == Some(Who::Internal) { &mut staff } else { &mut members };
            list.push(Ident::literal(&name.to_string()));
        }
        let mut parts = Vec::new();
        if !staff.is_empty() {
            parts.push(format!("p.persona IN ({})", staff.join(", ")));
        }
        if !members.is_empty() {
            let tenant = self.tenant_of_people(held)?;
            parts.push(format!("p.persona IN ({}) AND {}", members.join(", "), for_roles(&tenant, [role])));
        }
        let text = parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" OR ");
        // Nobody is given what is theirs already.
        let mine = self.call("user_keys", &[]);
        let other = format!("NOT EXISTS (SELECT FROM jsonb_each_text(p.keys) AS k WHERE k.value = {mine} ->> k.key)");
        self.with_row(held.object, &format!("({text}) AND {}", for_roles(&other, [role])))
    }

    /// Shares a row with whoever has that e-mail; false where the row or the person is not one's to share or share with.
    fn share_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let mut branches = BTreeMap::new();
        // As the row has its key, not as somebody wrote it: `01` is no other row than `1`.
        let parts: Vec<String> = object.key.iter().map(|column| format!("t.{}::text", quote(column))).collect();
        let known = format!(
            "SELECT ARRAY[{}] INTO known FROM {} AS t WHERE {};\n            ",
            parts.join(", "),
            object.table.sql(),
            self.key_is(object)?
        );
        for (role, held) in roles {
            let mut text = String::new();
            for one in held {
                let Write::Share(share) = &one.grant.write else { continue };
                let rows = self.written_rows(one, &one.grant.rows, ParentNeeds::Update)?;
                let is_row = self.row_is(object, &rows, role)?;
                let people = self.recipients(one, share, role)?;
                let longest = share
                    .expires
                    .map_or_else(|| "NULL::interval".to_owned(), |seconds| format!("interval '{seconds} seconds'"));
                let record = self.record_share(object)?;
                let _ = write!(
                    text,
                    "        IF {is_row} THEN\n            {known}SELECT p.keys, p.tenant_kind, p.tenant_key INTO recipient FROM {}.everyone() AS p\n            \
                     WHERE p.email = lower(recipient_email) AND {people} LIMIT 1;\n            IF FOUND THEN\n                \
                     ends_at := clock_timestamp() + least(valid_for, {longest});\n{record}                RETURN true;\n            END IF;\n        END IF;\n",
                    self.control(),
                );
            }
            text.push_str("        RETURN false;\n");
            branches.insert(*role, text);
        }
        let signature =
            ("row_key text[], recipient_email text, valid_for interval", "text[], text, interval", "boolean");
        self.handing("share", object, signature, Volatility::Volatile, &branches);
        Ok(())
    }

    /// Writes the share down: in the business's link table where there is one, else in the control schema.
    fn record_share(&mut self, object: &'a Object) -> Result<String, CompileError> {
        let control = self.control();
        let Some(link) = &object.shares else {
            return Ok(format!(
                "                DELETE FROM {control}.share AS s USING jsonb_each_text(recipient.keys) AS k\n                \
                 WHERE s.object = {0} AND s.row_key = known AND s.user_key_name = k.key AND s.user_key = k.value;\n                \
                 INSERT INTO {control}.share (object, row_key, user_key_name, user_key, expires_at)\n                \
                 SELECT {0}, known, k.key, k.value, coalesce(ends_at, 'infinity') FROM jsonb_each_text(recipient.keys) AS k ORDER BY k.key LIMIT 1;\n",
                Ident::literal(object.name.as_str())
            ));
        };
        let mut columns: Vec<String> = link.row.iter().map(quote).collect();
        let mut values = Vec::new();
        for (at, column) in link.row.iter().enumerate() {
            values.push(format!("($1[{}])::{}", at + 1, self.column(&link.table, column)?.cast_type));
        }
        match &link.with {
            LinkedTo::User(user) => {
                columns.push(quote(&user.column));
                let cast = &self.column(&link.table, &user.column)?.cast_type;
                values.push(format!("(recipient.keys ->> {})::{cast}", Ident::literal(user.key.as_str())));
            }
            LinkedTo::Tenant { column, .. } => {
                columns.push(quote(column));
                values.push(format!("(recipient.tenant_key)::{}", self.column(&link.table, column)?.cast_type));
            }
        }
        if let Some(until) = &link.until {
            columns.push(quote(until));
            values.push(format!("ends_at::{}", self.column(&link.table, until)?.cast_type));
        }
        // One share of a row with somebody, whose end is the one said last.
        let same: Vec<String> = columns
            .iter()
            .zip(&values)
            .take(link.row.len() + 1)
            .map(|(column, value)| format!("l.{column} = {value}"))
            .collect();
        let table = link.table.sql();
        Ok(format!(
            "                DELETE FROM {table} AS l WHERE {};\n                INSERT INTO {table} ({}) VALUES ({});\n",
            same.join(" AND "),
            columns.join(", "),
            values.join(", ")
        ))
    }

    /// Tests that a row of the link table, aliased `l`, is about the row of `$1`.
    fn link_is_row(&self, object: &Object, link: &ShareLink) -> Result<Vec<String>, CompileError> {
        let columns = link.row.iter().zip(&object.key).enumerate();
        columns
            .map(|(at, (column, key))| {
                let cast = self.cast_beside((&link.table, column), (&object.table, key))?;
                Ok(format!("l.{} = ($1[{}])::{cast}", quote(column), at + 1))
            })
            .collect()
    }

    /// With whom a row is shared, as far as people can be told; `id` is what `unshare_<object>` takes.
    fn shares_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let control = self.control().to_string();
        let records = match &object.shares {
            None => format!(
                "SELECT s.id::text, coalesce(p.person, p.email, s.user_key), nullif(s.expires_at, 'infinity') FROM {control}.share AS s\n            \
                 LEFT JOIN {control}.everyone() AS p ON p.keys ->> s.user_key_name = s.user_key\n            \
                 WHERE s.object = {} AND s.row_key = $1 AND s.expires_at > clock_timestamp()",
                Ident::literal(object.name.as_str())
            ),
            Some(link) => {
                let mut keys = self.link_is_row(object, link)?;
                let (column, is_person) = match &link.with {
                    LinkedTo::User(user) => (
                        &user.column,
                        format!("p.keys ->> {} = l.{}::text", Ident::literal(user.key.as_str()), quote(&user.column)),
                    ),
                    LinkedTo::Tenant { column, .. } => (column, "false".to_owned()),
                };
                let until =
                    link.until.as_ref().map_or_else(|| "NULL".to_owned(), |until| format!("l.{}", quote(until)));
                self.lookups.read(&link.table, link.row.iter().chain([column]).chain(&link.until));
                if link.until.is_some() {
                    keys.push(format!("({until} IS NULL OR {until} > clock_timestamp())"));
                }
                format!(
                    "SELECT l.{0}::text, coalesce(p.person, p.email, l.{0}::text), {until}::timestamptz FROM {1} AS l\n            \
                     LEFT JOIN {control}.everyone() AS p ON {is_person}\n            WHERE {2}",
                    quote(column),
                    link.table.sql(),
                    keys.join(" AND ")
                )
            }
        };
        let mut branches = BTreeMap::new();
        for (role, held) in roles {
            let rows = self.shared_by(held)?;
            let is_row = self.row_is(object, &rows, role)?;
            branches.insert(
                *role,
                format!("        IF {is_row} THEN\n            RETURN QUERY {records};\n        END IF;\n"),
            );
        }
        let returns = "TABLE(id text, person text, until timestamp with time zone)";
        self.handing("shares", object, ("row_key text[]", "text[]", returns), Volatility::Stable, &branches);
        Ok(())
    }

    /// Takes one share back; false where there is none to take.
    fn unshare_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let control = self.control().to_string();
        let removal = match &object.shares {
            None => format!(
                "DELETE FROM {control}.share AS s WHERE s.object = {} AND s.row_key = $1 AND s.id::text = $2",
                Ident::literal(object.name.as_str())
            ),
            Some(link) => {
                let keys = self.link_is_row(object, link)?;
                let (LinkedTo::User(crate::model::UserColumn { column, .. }) | LinkedTo::Tenant { column, .. }) =
                    &link.with;
                format!(
                    "DELETE FROM {} AS l WHERE {} AND l.{}::text = $2",
                    link.table.sql(),
                    keys.join(" AND "),
                    quote(column)
                )
            }
        };
        let mut branches = BTreeMap::new();
        for (role, held) in roles {
            let rows = self.shared_by(held)?;
            let is_row = self.row_is(object, &rows, role)?;
            branches.insert(*role, format!("        IF {is_row} THEN\n            {removal};\n            RETURN FOUND;\n        END IF;\n        RETURN false;\n"));
        }
        self.handing(
            "unshare",
            object,
            ("row_key text[], share text", "text[], text", "boolean"),
            Volatility::Volatile,
            &branches,
        );
        Ok(())
    }

    /// Whether a row is one's to share: what nobody has been given yet shows no shares either.
    fn shareable_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let mut branches = BTreeMap::new();
        for (role, held) in roles {
            let rows = self.shared_by(held)?;
            branches.insert(*role, format!("        RETURN {};\n", self.row_is(object, &rows, role)?));
        }
        self.handing("shareable", object, ("row_key text[]", "text[]", "boolean"), Volatility::Stable, &branches);
        Ok(())
    }

    /// The rows that some of these grants shares.
    fn shared_by(&mut self, held: &[Held<'a>]) -> Result<Predicate, CompileError> {
        let mut parts = Vec::new();
        for one in held {
            parts.push(self.written_rows(one, &one.grant.rows, ParentNeeds::Update)?);
        }
        Ok(self.any_rows(parts))
    }

    fn handing(
        &mut self,
        verb: &str,
        object: &Object,
        (arguments, argument_types, returns): (&str, &str, &str),
        volatility: Volatility,
        branches: &BTreeMap<&RoleName, String>,
    ) {
        let switch = RoleSwitch {
            name: object_function(verb, &object.name),
            arguments,
            argument_types,
            returns,
            volatility,
            owner: self.roles.lookup.clone(),
            declares: "    recipient record;\n    ends_at timestamptz;\n    known text[];\n",
            otherwise: if returns == "boolean" { "        RETURN false;\n" } else { "        RETURN;\n" },
            finally: "",
            called: true,
        };
        self.role_switch(switch, branches);
    }

    /// Lets the lookup role write shares to a link table of the business.
    pub(super) fn let_lookup_share(&self, relation: &mut Relation, columns: &BTreeSet<ColumnName>) {
        let lookup = Grantee::Role(self.roles.lookup.clone());
        for column in columns {
            relation.column_acl.entry(column.clone()).or_default().grant(lookup.clone(), Privilege::Insert);
        }
        relation.acl.grant(lookup, Privilege::Delete);
    }
}
