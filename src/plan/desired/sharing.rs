//! Sharing rows: with whom one may, how it is written down, who is told of it, and how it is taken back. Functions of
//! the lookup role, each of which first asks whether the grant holds for the row.

use super::compiler::{CompileError, Compiler};
use super::forgetting::key_text;
use super::predicate::{Predicate, for_roles, quote};
use super::writes::{ByRole, Held};
use crate::model::{LinkedTo, Object, ParentNeeds, Share, ShareLink, UserColumn, Who, Write};
use crate::names::{ColumnName, Ident, RoleName};
use crate::state::{Grantee, Privilege, Relation, Volatility};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

impl<'a> Compiler<'a> {
    /// With whom a row may be shared, and who can be told by something: nobody is given what is theirs already.
    fn recipients(&mut self, held: &Held<'a>, share: &Share, role: &RoleName) -> Result<String, CompileError> {
        let people = self.sharers(held, share, role)?;
        let mine = self.call("user_keys", &[]);
        let other = format!("NOT EXISTS (SELECT FROM jsonb_each_text(p.keys) AS k WHERE k.value = {mine} ->> k.key)");
        let told = match held.object.shares.as_ref().map(|link| &link.with) {
            None => "jsonb_strip_nulls(p.keys) <> '{}'".to_owned(),
            Some(LinkedTo::User(user)) => format!("p.keys ->> {} IS NOT NULL", Ident::literal(user.key.as_str())),
            Some(LinkedTo::Tenant { .. }) => "p.tenant_key <> ''".to_owned(),
        };
        Ok(format!("{people} AND {told} AND {}", for_roles(&other, [role])))
    }

    /// People of the grant's personas: of one's own tenant or, for staff, of the row's.
    fn sharers(&mut self, held: &Held<'a>, share: &Share, role: &RoleName) -> Result<String, CompileError> {
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
        self.with_row(held.object, &format!("({text})"))
    }

    /// Shares a row with whoever has that e-mail; false where the row or the person is not one's to share or share
    /// with, and where the person has nothing by which a row could know them.
    pub(super) fn share_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let mut branches = BTreeMap::new();
        // As the row has its key, not as somebody wrote it: `01` is no other row than `1`.
        let known = format!(
            "SELECT {} INTO known FROM {} AS t WHERE {};\n            ",
            key_text(object, "t"),
            object.table.sql(),
            self.key_is(object)?
        );
        let (known_by, is_known) = known_by(object);
        let record = self.record_share(object)?;
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
                let _ = write!(
                    text,
                    "        IF {is_row} THEN\n            {known}recipients := ARRAY(SELECT DISTINCT {known_by} FROM {}.everyone() AS p\n            \
                     WHERE p.email = lower(recipient_email) AND {people});\n            IF {is_known} THEN\n                \
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

    /// Writes the share down: in the business's link table where there is one, else in the control schema. Of whoever
    /// has several places, each is given it.
    fn record_share(&mut self, object: &'a Object) -> Result<String, CompileError> {
        let control = self.control();
        let Some(link) = &object.shares else {
            self.opened_by_records(object);
            return Ok(format!(
                "                DELETE FROM {control}.share AS s USING unnest(recipients) AS r, jsonb_each_text(r) AS k\n                \
                 WHERE s.object = {0} AND s.row_key = known AND s.user_key_name = k.key AND s.user_key = k.value;\n                \
                 INSERT INTO {control}.share (object, row_key, user_key_name, user_key, expires_at)\n                \
                 SELECT DISTINCT {0}, known, k.key, k.value, coalesce(ends_at, 'infinity') FROM unnest(recipients) AS r,\n                    \
                 LATERAL (SELECT e.key, e.value FROM jsonb_each_text(r) AS e ORDER BY e.key LIMIT 1) AS k;\n",
                Ident::literal(object.name.as_str())
            ));
        };
        let mut columns: Vec<String> = link.row.iter().map(quote).collect();
        let mut values = Vec::new();
        for (at, column) in link.row.iter().enumerate() {
            values.push(format!("($1[{}])::{}", at + 1, self.column(&link.table, column)?.cast_type));
        }
        let (LinkedTo::User(UserColumn { column, .. }) | LinkedTo::Tenant { column, .. }) = &link.with;
        columns.push(quote(column));
        values.push(format!("(r ->> 0)::{}", self.column(&link.table, column)?.cast_type));
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
            "                DELETE FROM {table} AS l USING unnest(recipients) AS r WHERE {};\n                \
             INSERT INTO {table} ({}) SELECT {} FROM unnest(recipients) AS r;\n",
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

    /// With whom a row is shared, by the names that whoever asks may know; `id` is what `unshare_<object>` takes.
    pub(super) fn shares_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let mut branches = BTreeMap::new();
        for (role, held) in roles {
            let rows = self.shared_by(held)?;
            let is_row = self.row_is(object, &rows, role)?;
            let known = self.known_recipients(held, role)?;
            let records = self.shares_of_row(object, &known)?;
            branches.insert(
                *role,
                format!("        IF {is_row} THEN\n            RETURN QUERY {records};\n        END IF;\n"),
            );
        }
        let returns = "TABLE(id text, person text, until timestamp with time zone)";
        self.handing("shares", object, ("row_key text[]", "text[]", returns), Volatility::Stable, &branches);
        Ok(())
    }

    /// Which of `everyone()`, aliased `p`, may be named: what another tenant calls somebody, who may have the same key
    /// there, is that tenant's. One's own people are, and those with whom one may share.
    fn known_recipients(&mut self, held: &[Held<'a>], role: &RoleName) -> Result<String, CompileError> {
        let mut known = BTreeSet::new();
        for one in held {
            let Write::Share(share) = &one.grant.write else { continue };
            known.insert(for_roles(&self.knows_people(one.persona, "p")?, [role]));
            known.insert(self.sharers(one, share, role)?);
        }
        Ok(format!("({})", known.into_iter().collect::<Vec<_>>().join(" OR ")))
    }

    /// The shares of the row `$1`.
    fn shares_of_row(&mut self, object: &'a Object, known: &str) -> Result<String, CompileError> {
        let control = self.control().to_string();
        Ok(match &object.shares {
            None => format!(
                "SELECT s.id::text, coalesce(p.person, p.email, s.user_key), nullif(s.expires_at, 'infinity') FROM {control}.share AS s\n            \
                 LEFT JOIN {control}.everyone() AS p ON p.keys ->> s.user_key_name = s.user_key AND {known}\n            \
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
                     LEFT JOIN {control}.everyone() AS p ON {is_person} AND {known}\n            WHERE {2}",
                    quote(column),
                    link.table.sql(),
                    keys.join(" AND ")
                )
            }
        })
    }

    /// Takes one share back; false where there is none to take.
    pub(super) fn unshare_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let control = self.control().to_string();
        let removal = match &object.shares {
            None => format!(
                "DELETE FROM {control}.share AS s WHERE s.object = {} AND s.row_key = $1 AND s.id::text = $2",
                Ident::literal(object.name.as_str())
            ),
            Some(link) => {
                let keys = self.link_is_row(object, link)?;
                let (LinkedTo::User(UserColumn { column, .. }) | LinkedTo::Tenant { column, .. }) = &link.with;
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
    pub(super) fn shareable_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
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

    /// Lets the lookup role write shares to a link table of the business.
    pub(super) fn let_lookup_share(&self, relation: &mut Relation, columns: &BTreeSet<ColumnName>) {
        let lookup = Grantee::Role(self.roles.lookup.clone());
        for column in columns {
            relation.column_acl.entry(column.clone()).or_default().grant(lookup.clone(), Privilege::Insert);
        }
        relation.acl.grant(lookup, Privilege::Delete);
    }
}

/// What is kept of a recipient `p`, one by one as a list; and that there is one to share with. Who of two tenants is meant
/// is nobody's to guess.
fn known_by(object: &Object) -> (String, &'static str) {
    match object.shares.as_ref().map(|link| &link.with) {
        None => ("jsonb_strip_nulls(p.keys)".to_owned(), "cardinality(recipients) > 0"),
        Some(LinkedTo::User(user)) => {
            let key = Ident::literal(user.key.as_str());
            (format!("jsonb_build_array(p.keys ->> {key})"), "cardinality(recipients) > 0")
        }
        Some(LinkedTo::Tenant { .. }) => ("jsonb_build_array(p.tenant_key)".to_owned(), "cardinality(recipients) = 1"),
    }
}
