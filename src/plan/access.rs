//! A plan read as access: which persona gains or loses which fields, and where other rows show.

use super::cause::Causes;
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
    let nothing = BTreeSet::new();
    for (table, wanted) in &desired.relations {
        let Some(now) = live.relations.get(table) else { continue };
        if now == wanted {
            continue;
        }
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
            let persona = persona.map(|(_, persona)| persona);
            let subject = Subject {
                name,
                persona,
                object: causes.object(table, persona),
                table,
                cause: causes.of_read(table, persona),
            };
            let columns = (before.get(role).unwrap_or(&nothing), after.get(role).unwrap_or(&nothing));
            subject.columns(columns, &mut changes);
            if before.contains_key(role) && after.contains_key(role) {
                subject.rows(rows(now, role), rows(wanted, role), &mut changes);
            }
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

/// The texts that decide which rows a role reads.
fn rows(relation: &Relation, role: &RoleName) -> BTreeSet<(bool, String)> {
    relation
        .policies
        .values()
        .filter(|policy| policy.roles.contains(&Grantee::Role(role.clone())))
        .map(|policy| (policy.permissive, policy.using.clone().unwrap_or_default()))
        .collect()
}

struct Subject<'a> {
    name: String,
    persona: Option<&'a Persona>,
    object: Option<&'a Object>,
    table: &'a TableName,
    cause: Option<Location>,
}

type Columns<'a> = BTreeSet<&'a ColumnName>;

impl Subject<'_> {
    fn columns(&self, (before, after): (&Columns<'_>, &Columns<'_>), changes: &mut Vec<AccessChange>) {
        for column in after.difference(before) {
            changes.push(self.change(Some(column), AccessClass::Widen, None, Some("read")));
        }
        for column in before.difference(after) {
            changes.push(self.change(Some(column), AccessClass::Narrow, Some("read"), None));
        }
    }

    fn rows(&self, before: BTreeSet<(bool, String)>, after: BTreeSet<(bool, String)>, changes: &mut Vec<AccessChange>) {
        if before != after {
            let text = |rows: BTreeSet<(bool, String)>| {
                let permissive = rows.into_iter().filter(|(permissive, _)| *permissive).map(|(_, text)| text);
                permissive.collect::<Vec<_>>().join(" OR ")
            };
            let (before, after) = (text(before), text(after));
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
