//! A plan read as access: which persona comes to read, create, update or delete what, and where other rows are concerned.

use super::cause::Causes;
use super::rows::rows_of;
use crate::diagnostic::Location;
use crate::model::{FieldClass, Object, Persona, Who};
use crate::names::{ColumnName, RoleName, TableName};
use crate::state::{Command, DatabaseState, Grantee, Marker, Privilege, Relation};
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
    /// `None`: the rows; of deleting, the whole.
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

/// What can be done to a table's rows, each with the privilege and the row policies that PostgreSQL asks for it.
const ACTIONS: [Action; 4] = [
    Action { name: "read", privilege: Privilege::Select, command: Command::Select },
    Action { name: "create", privilege: Privilege::Insert, command: Command::Insert },
    Action { name: "update", privilege: Privilege::Update, command: Command::Update },
    Action { name: "delete", privilege: Privilege::Delete, command: Command::Delete },
];

#[derive(Debug, Clone, Copy)]
struct Action {
    name: &'static str,
    privilege: Privilege,
    command: Command,
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
        if now != wanted {
            let of = Table { live, desired, marker, table, now, wanted };
            ACTIONS.iter().for_each(|action| of.changes(*action, causes, &mut changes));
        }
    }
    let rank = |change: &AccessChange| ACTIONS.iter().position(|action| action.name == change.action);
    changes.sort_by(|a, b| {
        (&a.persona, &a.object, rank(a), a.class, &a.field).cmp(&(&b.persona, &b.object, rank(b), b.class, &b.field))
    });
    changes
}

/// One table of the two states.
struct Table<'a> {
    live: &'a DatabaseState,
    desired: &'a DatabaseState,
    marker: &'a Marker,
    table: &'a TableName,
    now: &'a Relation,
    wanted: &'a Relation,
}

impl Table<'_> {
    fn changes(&self, action: Action, causes: &mut Causes<'_>, changes: &mut Vec<AccessChange>) {
        let Self { now, wanted, table, .. } = *self;
        let mut personas: BTreeMap<String, (Option<&Persona>, Difference<'_>)> = BTreeMap::new();
        let (before, after) = (held(now, action.privilege), held(wanted, action.privilege));
        let roles: BTreeSet<&RoleName> = before.keys().chain(after.keys()).copied().collect();
        for role in roles {
            let persona = causes.persona(role);
            // The project's own roles serve the personas; those of others are not ours to change.
            let was_ours = self.live.roles.get(role).is_some_and(|role| role.marker.as_ref() == Some(self.marker));
            let is_gone = was_ours && !self.desired.roles.contains_key(role);
            if persona.is_none() && !is_gone {
                continue;
            }
            let name = persona.map_or_else(|| role.to_string(), |(name, _)| name.to_string());
            let (_, difference) =
                personas.entry(name).or_insert_with(|| (persona.map(|(_, persona)| persona), Difference::default()));
            difference.before.of_role(now, role, before.get(role), action.command);
            difference.after.of_role(wanted, role, after.get(role), action.command);
        }
        for (name, (persona, difference)) in personas {
            let object = causes.object(table, persona);
            let cause = causes.of_action(table, persona, action.name);
            Subject { name, persona, object, table, cause, action: action.name }.changes(&difference, changes);
        }
    }
}

/// Columns by role. A privilege on the table is one on each of its columns; deleting concerns whole rows.
fn held(relation: &Relation, privilege: Privilege) -> BTreeMap<&RoleName, BTreeSet<&ColumnName>> {
    let mut held: BTreeMap<&RoleName, BTreeSet<&ColumnName>> = BTreeMap::new();
    let whole = relation.columns.keys().map(|column| (Some(column), &relation.acl));
    let single = relation.column_acl.iter().map(|(column, acl)| (Some(column), acl));
    let rows = std::iter::once((None, &relation.acl));
    for (column, acl) in whole.chain(single).chain(rows) {
        for (grantee, privileges) in &acl.0 {
            if let (Grantee::Role(role), true) = (grantee, privileges.contains(privilege)) {
                held.entry(role).or_default().extend(column.filter(|_| privilege != Privilege::Delete));
            }
        }
    }
    held
}

#[derive(Default)]
struct Difference<'a> {
    before: Reads<'a>,
    after: Reads<'a>,
}

/// What all facets of a persona may do with one table in one way.
#[derive(Default, PartialEq, Eq)]
struct Reads<'a> {
    /// Some facet has the privilege.
    held: bool,
    columns: BTreeSet<&'a ColumnName>,
    /// The texts that decide which rows show, with the columns that show in them.
    rows: BTreeSet<(BTreeSet<&'a ColumnName>, bool, String)>,
}

impl<'a> Reads<'a> {
    fn of_role(
        &mut self,
        relation: &Relation,
        role: &RoleName,
        columns: Option<&BTreeSet<&'a ColumnName>>,
        command: Command,
    ) {
        let Some(columns) = columns else { return };
        self.held = true;
        self.columns.extend(columns);
        let policies = relation.policies.values().filter(|policy| {
            policy.roles.contains(&Grantee::Role(role.clone())) && [command, Command::All].contains(&policy.command)
        });
        for policy in policies {
            let texts: BTreeSet<String> = policy.using.iter().chain(&policy.check).map(|text| rows_of(text)).collect();
            let text = texts.into_iter().collect::<Vec<_>>().join(" AND ");
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
    action: &'static str,
}

impl Subject<'_> {
    fn changes(&self, difference: &Difference<'_>, changes: &mut Vec<AccessChange>) {
        let Difference { before, after } = difference;
        for column in after.columns.difference(&before.columns) {
            changes.push(self.change(Some(column), AccessClass::Widen, None, Some(self.action)));
        }
        for column in before.columns.difference(&after.columns) {
            changes.push(self.change(Some(column), AccessClass::Narrow, Some(self.action), None));
        }
        let whole_rows = before.columns.is_empty() && after.columns.is_empty();
        match (before.held, after.held) {
            (false, true) if whole_rows => {
                changes.push(self.change(None, AccessClass::Widen, None, Some(self.action)));
            }
            (true, false) if whole_rows => {
                changes.push(self.change(None, AccessClass::Narrow, Some(self.action), None));
            }
            _ => {}
        }
        let known = before.held && after.held;
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
            action: self.action,
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
