//! A plan read as access: which persona gains or loses which fields, and where other rows show.

use super::cause::Causes;
use super::rows::rows_of;
use crate::diagnostic::Location;
use crate::model::{FieldClass, Object, Persona, Who};
use crate::names::{ColumnName, RoleName, TableName};
use crate::state::{DatabaseState, Grantee, Marker, Privilege, Relation};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessClass {
    Widen,
    Narrow,
    /// Other rows than before: more, fewer or both.
    Incomparable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// Guests are concerned.
    Public,
    /// A field that is more than business.
    Sensitive,
    Plain,
}

/// One field, or the rows, of one object for one persona.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AccessChange {
    /// `portal/audience`, or the role where no document names the persona any more.
    pub persona: String,
    pub object: String,
    pub action: &'static str,
    /// `None`: the rows.
    pub field: Option<String>,
    pub class: AccessClass,
    pub severity: Exposure,
    pub before: Option<String>,
    pub after: Option<String>,
    /// A row that shows the difference; a plan looks at no rows.
    pub witness: Option<String>,
    pub file: Option<String>,
    pub line: Option<usize>,
}

/// What personas gain and lose between two states.
pub fn access_changes(
    live: &DatabaseState,
    desired: &DatabaseState,
    marker: &Marker,
    causes: &mut Causes<'_>,
) -> Vec<AccessChange> {
    let mut changes = Vec::new();
    for (table, wanted) in &desired.relations {
        let Some(now) = live.relations.get(table) else { continue };
        if now == wanted {
            continue;
        }
        let mut personas: BTreeMap<String, (Option<&Persona>, Difference<'_>)> = BTreeMap::new();
        let (before, after) = (reads(now), reads(wanted));
        let roles: BTreeSet<&RoleName> = before.keys().chain(after.keys()).copied().collect();
        for role in roles {
            let persona = causes.persona(role);
            // The project's own roles serve the personas; those of others are not ours to change.
            let was_ours = live.roles.get(role).is_some_and(|role| role.marker.as_ref() == Some(marker));
            let is_gone = was_ours && !desired.roles.contains_key(role);
            if persona.is_none() && !is_gone {
                continue;
            }
            let name = persona.map_or_else(|| role.to_string(), |(name, _)| name.to_string());
            let (_, difference) =
                personas.entry(name).or_insert_with(|| (persona.map(|(_, persona)| persona), Difference::default()));
            difference.before.of_role(now, role, before.get(role));
            difference.after.of_role(wanted, role, after.get(role));
        }
        for (name, (persona, difference)) in personas {
            let object = causes.object(table, persona);
            let cause = causes.of_read(table, persona);
            Subject { name, persona, object, table, cause }.changes(&difference, &mut changes);
        }
    }
    changes.sort_by(|a, b| (&a.persona, &a.object, a.class, &a.field).cmp(&(&b.persona, &b.object, b.class, &b.field)));
    changes
}

/// Columns by role. A privilege on the table is one on each of its columns.
fn reads(relation: &Relation) -> BTreeMap<&RoleName, BTreeSet<&ColumnName>> {
    let mut reads: BTreeMap<&RoleName, BTreeSet<&ColumnName>> = BTreeMap::new();
    let whole = relation.columns.keys().map(|column| (column, &relation.acl));
    for (column, acl) in whole.chain(&relation.column_acl) {
        for (grantee, privileges) in &acl.0 {
            if let (Grantee::Role(role), true) = (grantee, privileges.contains(&Privilege::Select)) {
                reads.entry(role).or_default().insert(column);
            }
        }
    }
    reads
}

#[derive(Default)]
struct Difference<'a> {
    before: Reads<'a>,
    after: Reads<'a>,
}

/// What all facets of a persona read of one table.
#[derive(Default, PartialEq, Eq)]
struct Reads<'a> {
    columns: BTreeSet<&'a ColumnName>,
    /// The texts that decide which rows show, with the columns that show in them.
    rows: BTreeSet<(BTreeSet<&'a ColumnName>, bool, String)>,
}

impl<'a> Reads<'a> {
    fn of_role(&mut self, relation: &Relation, role: &RoleName, columns: Option<&BTreeSet<&'a ColumnName>>) {
        let Some(columns) = columns else { return };
        self.columns.extend(columns);
        let policies = relation.policies.values().filter(|policy| policy.roles.contains(&Grantee::Role(role.clone())));
        for policy in policies {
            let text = policy.using.as_deref().map(rows_of).unwrap_or_default();
            self.rows.insert((columns.clone(), policy.permissive, text));
        }
    }

    fn predicate(&self) -> String {
        let texts: BTreeSet<&str> =
            self.rows.iter().filter(|(_, permissive, _)| *permissive).map(|(_, _, text)| text.as_str()).collect();
        texts.into_iter().collect::<Vec<_>>().join(" OR ")
    }

    /// Within one facet the rows are the same whatever its columns are; between several it matters which
    /// columns show in which rows.
    fn same_rows(&self, other: &Self) -> bool {
        let facets = |reads: &Self| reads.rows.iter().map(|(columns, ..)| columns).collect::<BTreeSet<_>>().len();
        let texts =
            |reads: &Self| reads.rows.iter().map(|(_, kind, text)| (*kind, text.clone())).collect::<BTreeSet<_>>();
        if facets(self) > 1 || facets(other) > 1 { self.rows == other.rows } else { texts(self) == texts(other) }
    }
}

struct Subject<'a> {
    name: String,
    persona: Option<&'a Persona>,
    object: Option<&'a Object>,
    table: &'a TableName,
    cause: Option<Location>,
}

impl Subject<'_> {
    fn changes(&self, difference: &Difference<'_>, changes: &mut Vec<AccessChange>) {
        let Difference { before, after } = difference;
        for column in after.columns.difference(&before.columns) {
            changes.push(self.change(Some(column), AccessClass::Widen, None, Some("read")));
        }
        for column in before.columns.difference(&after.columns) {
            changes.push(self.change(Some(column), AccessClass::Narrow, Some("read"), None));
        }
        let known = !before.columns.is_empty() && !after.columns.is_empty();
        if known && !before.same_rows(after) {
            let (before, after) = (before.predicate(), after.predicate());
            changes.push(self.change(None, AccessClass::Incomparable, Some(&before), Some(&after)));
        }
    }

    fn change(
        &self,
        column: Option<&ColumnName>,
        class: AccessClass,
        before: Option<&str>,
        after: Option<&str>,
    ) -> AccessChange {
        let field = column.and_then(|column| self.object?.field_of(column));
        let guest = self.persona.is_some_and(|persona| persona.who == Who::Guest);
        let sensitive = field.is_some_and(|field| !matches!(field.class, FieldClass::Public | FieldClass::Business));
        let shown = |column: &ColumnName| field.map_or_else(|| column.to_string(), |field| field.name.to_string());
        AccessChange {
            persona: self.name.clone(),
            object: self.object.map_or_else(|| self.table.to_string(), |object| object.name.to_string()),
            action: "read",
            field: column.map(shown),
            class,
            severity: match (guest, sensitive) {
                (true, _) => Exposure::Public,
                (false, true) => Exposure::Sensitive,
                (false, false) => Exposure::Plain,
            },
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            witness: None,
            file: self.cause.as_ref().map(|cause| cause.file.clone()),
            line: self.cause.as_ref().map(|cause| cause.line),
        }
    }
}
