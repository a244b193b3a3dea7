//! What has become of rows: who did what to which fields, out of the record of changes, for those who see the row
//! now. Functions of the lookup role, since the record itself is nobody's to read.
//!
//! Of what is told:
//!
//! - Nothing of a row that the acting role does not see in this very moment, of what was done while the row was
//!   another tenant's, or of a row that had the key before and is gone.
//! - Nothing of attachments, but to those who may download them.
//! - Only names of fields that the acting role reads, and no change that was of other fields alone. Values only of the
//!   state field.
//! - A tenant's people learn the names of their own people. Of anybody else, staff above all, they learn what kind of
//!   person it was, and no e-mail address of anybody.

use super::compiler::{CompileError, Compiler};
use super::deletion::object_function;
use super::predicate::{Predicate, for_roles, quote};
use super::role_switch::RoleSwitch;
use super::writes::RoleWrites;
use crate::model::{Facet, FileUse, Object, Persona, Who, Write};
use crate::names::{ColumnName, Ident, ObjectName, RoleName};
use crate::state::Volatility;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// More at once are nobody's to read.
const MOST: u32 = 200;

/// What one role may learn of one object's rows.
struct Seen {
    /// Rows that the role sees now, of the table as `t`.
    rows: Predicate,
    /// Columns that it reads, and the fields that show them.
    fields: String,
    /// The state field's column, where it is one of them.
    state: Option<String>,
    /// Rows whose attachments it sees: of others nobody hears that there are any.
    files: Predicate,
}

impl<'a> Compiler<'a> {
    /// `changes_<object>` for each object whose changes are recorded, and `activity`. The roles that call them.
    pub(super) fn activity_functions(&mut self) -> Result<BTreeSet<RoleName>, CompileError> {
        let mut callers = BTreeSet::new();
        let mut changes: BTreeMap<&'a ObjectName, BTreeMap<&'a RoleName, String>> = BTreeMap::new();
        let mut activity: BTreeMap<&'a RoleName, String> = BTreeMap::new();
        let recorded = self.recorded();
        let files = self.holding(|write| *write == Write::Files(FileUse::Download));
        let model = self.model;
        for persona in model.personas.values().filter(|persona| persona.who != Who::Guest) {
            for facet in &persona.facets {
                let mut everything = Vec::new();
                for name in &recorded {
                    let object = self.object(name)?;
                    let files = files.get(name).and_then(|roles| roles.get(&facet.role));
                    let Some(seen) = self.seen((persona, facet), object, files)? else { continue };
                    let text = self.changes_branch(persona, facet, object, &seen)?;
                    changes.entry(&object.name).or_default().insert(&facet.role, text);
                    everything.push((object, seen));
                }
                if everything.is_empty() {
                    continue;
                }
                callers.insert(facet.role.clone());
                // Staff have no tenant whose activity it would be.
                if persona.who == Who::External {
                    activity.insert(&facet.role, self.activity_branch(persona, facet, &everything)?);
                }
            }
        }
        for (object, branches) in changes {
            let name = object_function("changes", object);
            let returns = "TABLE(id bigint, at timestamp with time zone, who text, what text, fields text[], state_from text, state_to text)";
            self.activity_function(name, ("row_key text[], most integer", "text[], integer", returns), &branches);
        }
        if !activity.is_empty() {
            let returns = "TABLE(id bigint, at timestamp with time zone, who text, what text, object text, row_key text[], fields text[], state_from text, state_to text)";
            let signature = ("most integer, before bigint", "integer, bigint", returns);
            self.activity_function("activity".to_owned(), signature, &activity);
        }
        Ok(callers)
    }

    /// Objects of whose rows somebody's changes are written down.
    fn recorded(&self) -> BTreeSet<&'a ObjectName> {
        self.model.recorded()
    }

    /// `None`: the role reads no rows of the object, or not their key.
    fn seen(
        &mut self,
        (persona, facet): (&'a Persona, &'a Facet),
        object: &'a Object,
        files: Option<&RoleWrites<'a>>,
    ) -> Result<Option<Seen>, CompileError> {
        let Some((rows, fields)) = self.shown_rows((persona, facet), object)? else { return Ok(None) };
        let files = self.files_rows(files.map_or(&[][..], Vec::as_slice), FileUse::Download)?;
        self.lookups.read(&object.table, object.key.iter().chain(&rows.columns).chain(&files.columns));
        let pairs = fields.iter().map(|field| {
            format!("({}, {})", Ident::literal(field.column.as_str()), Ident::literal(field.name.as_str()))
        });
        let pairs: Vec<String> = pairs.collect();
        let state = object.states.as_ref().and_then(|states| fields.iter().find(|field| field.name == states.field));
        let pairs = if pairs.is_empty() { "(NULL::text, NULL::text)".to_owned() } else { pairs.join(", ") };
        let state = state.map(|field| Ident::literal(field.column.as_str()));
        Ok(Some(Seen { rows, fields: pairs, state, files }))
    }

    fn changes_branch(
        &mut self,
        persona: &'a Persona,
        facet: &'a Facet,
        object: &'a Object,
        seen: &Seen,
    ) -> Result<String, CompileError> {
        let tenants = self.tenants_of_row(object);
        let text = |column: &ColumnName| format!("to_jsonb(t.{}) #>> '{{}}'", quote(column));
        let key: Vec<String> = object.key.iter().map(text).collect();
        let mut branch = format!(
            "        SELECT ARRAY[{}] AS key, {tenants} AS tenants, ({}) AS files INTO known FROM {} AS t\n        WHERE {} AND ({}) LIMIT 1;\n        \
             IF FOUND THEN\n            RETURN QUERY\n",
            key.join(", "),
            seen.files.sql,
            object.table.sql(),
            self.key_is(object)?,
            seen.rows.sql
        );
        let wanted = format!(
            "e.object = {} AND e.row_key = known.key AND {} AND ({})",
            Ident::literal(object.name.as_str()),
            of_files("known.files"),
            self.told_of_row(persona, object, "known.tenants")
        );
        let told = [(object, seen)];
        branch += &self.events(persona, &told, &wanted, "");
        branch += "        END IF;\n";
        Ok(for_roles(&branch, [&facet.role]))
    }

    fn activity_branch(
        &mut self,
        persona: &'a Persona,
        facet: &'a Facet,
        everything: &[(&'a Object, Seen)],
    ) -> Result<String, CompileError> {
        let mut visible = String::from("CASE e.object");
        for (object, seen) in everything {
            let tenants = self.tenants_of_row(object);
            // The key was written down as text of these very columns.
            let keys = self.key_is_in(object, "e.row_key")?;
            let _ = write!(
                visible,
                " WHEN {} THEN EXISTS (SELECT FROM {} AS t WHERE {keys} AND {} AND {} AND ({}))",
                Ident::literal(object.name.as_str()),
                object.table.sql(),
                self.still_mine(object, &tenants),
                of_files(&seen.files.sql),
                seen.rows.sql
            );
        }
        visible.push_str(" ELSE false END");
        let wanted = format!("{} AND ($2 IS NULL OR e.id < $2) AND {visible}", self.told_to_my_tenant());
        let told: Vec<(&Object, &Seen)> = everything.iter().map(|(object, seen)| (*object, seen)).collect();
        let text = format!("        RETURN QUERY\n{}", self.events(persona, &told, &wanted, " e.object, e.row_key,"));
        Ok(for_roles(&text, [&facet.role]))
    }

    /// The newest events that are wanted and hold something to tell, with names.
    fn events(&self, persona: &Persona, told: &[(&Object, &Seen)], wanted: &str, columns: &str) -> String {
        let control = self.control();
        let (mut fields, mut states) = (String::from("CASE c.object"), String::from("CASE c.object"));
        for (object, seen) in told {
            let name = Ident::literal(object.name.as_str());
            let _ = write!(
                fields,
                " WHEN {name} THEN ARRAY(SELECT f.name FROM (VALUES {}) AS f (col, name) WHERE c.after ? f.col)",
                seen.fields
            );
            let _ = write!(states, " WHEN {name} THEN {}", seen.state.as_deref().unwrap_or("NULL"));
        }
        let whose = match persona.who {
            Who::External => self.my_tenant("p"),
            Who::Internal | Who::Guest => "true".to_owned(),
        };
        let most = if columns.is_empty() { "$2" } else { "$1" };
        format!(
            "            WITH e AS MATERIALIZED (\n                SELECT c.id, c.at, c.actor, c.persona, c.action, c.object, c.row_key, f.fields,\n                       \
             CASE WHEN c.action = 'row.update' THEN c.before ->> s.state END AS state_from,\n                       \
             CASE WHEN c.action = 'row.update' THEN c.after ->> s.state END AS state_to\n                \
             FROM (SELECT e.* FROM {control}.audit_event AS e WHERE e.object IS NOT NULL AND {wanted}) AS c,\n                     \
             LATERAL (SELECT {fields} END AS fields) AS f, LATERAL (SELECT {states} END::text AS state) AS s\n                \
             WHERE (c.action <> 'row.update' OR cardinality(f.fields) > 0) AND NOT EXISTS (\n                    \
             SELECT FROM {control}.audit_event AS d WHERE d.object = c.object AND d.row_key = c.row_key\n                        \
             AND (d.id >= c.id AND d.action = 'row.delete' OR d.id > c.id AND d.action = 'row.insert'))\n                \
             ORDER BY c.id DESC LIMIT least(greatest({most}, 0), {MOST})\n            ), n AS (\n                \
             SELECT u.id::text AS actor, p.persona, min(p.person) AS person FROM {control}.app_user AS u\n                \
             JOIN {control}.everyone() AS p ON p.email = u.email\n                \
             WHERE u.id::text IN (SELECT e.actor FROM e) AND {whose} GROUP BY 1, 2\n            )\n            \
             SELECT e.id, e.at, coalesce(n.person, {}), substr(e.action, 5),{columns}\n                \
             CASE WHEN e.action = 'row.update' THEN e.fields ELSE '{{}}' END, e.state_from, e.state_to\n            \
             FROM e LEFT JOIN n ON n.actor = e.actor AND n.persona = e.persona ORDER BY e.id DESC;\n",
            self.kinds_of_people("e")
        )
    }

    /// `Somebody of …`, by the persona of `alias` that did it.
    pub(super) fn kinds_of_people(&self, alias: &str) -> String {
        let mut text = format!("CASE {alias}.persona");
        for name in self.model.personas.keys() {
            let portal = self.model.portals.get(&name.portal);
            if let Some(audience) = portal.and_then(|portal| portal.audiences.get(&name.audience)) {
                let label = Ident::literal(&format!("Somebody of {}", audience.label));
                let _ = write!(text, " WHEN {} THEN {label}", Ident::literal(&name.to_string()));
            }
        }
        text + " ELSE 'Somebody' END"
    }

    fn activity_function(
        &mut self,
        name: String,
        (arguments, argument_types, returns): (&str, &str, &str),
        branches: &BTreeMap<&RoleName, String>,
    ) {
        let switch = RoleSwitch {
            name,
            arguments,
            argument_types,
            returns,
            volatility: Volatility::Stable,
            owner: self.roles.lookup.clone(),
            declares: "    known record;\n",
            otherwise: "        RETURN;\n",
            finally: "",
            called: true,
        };
        self.role_switch(switch, branches);
    }
}

/// What was done with files is told where `seen` says that they are seen.
fn of_files(seen: &str) -> String {
    format!("(e.action NOT IN ('row.attach', 'row.detach') OR ({seen}))")
}
