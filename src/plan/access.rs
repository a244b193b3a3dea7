//! A plan read as access: which persona comes to read, create, update or delete what, and where other rows are concerned.

use super::cause::Causes;
use super::desired::MASKED;
use super::rows::rows_of;
pub use crate::analysis::diff::{Class as AccessClass, Severity as Exposure};
use crate::diagnostic::Location;
use crate::model::{FieldClass, Object, Persona, Who};
use crate::names::{ColumnName, RoleName, TableName};
use crate::state::{Command, DatabaseState, Grantee, Marker, Privilege, Relation, View};
use std::collections::{BTreeMap, BTreeSet};

/// One field, or the rows, of one object for one persona.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AccessChange {
    /// `portal/audience`, or the role where no document names the persona any more.
    pub persona: String,
    pub object: String,
    pub action: &'static str,
    /// `None`: the rows; of deleting, the whole.
    pub field: Option<String>,
    /// What is shown of the field in place of its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
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
        let of = Table { live, desired, marker, table, now, wanted };
        if now != wanted || !of.views(live).eq(of.views(desired)) {
            ACTIONS.iter().for_each(|action| of.changes(*action, causes, &mut changes));
        }
    }
    let rank = |change: &AccessChange| ACTIONS.iter().position(|action| action.name == change.action);
    changes.sort_by(|a, b| {
        (&a.persona, &a.object, rank(a), a.class, &a.field, &a.mask).cmp(&(
            &b.persona,
            &b.object,
            rank(b),
            b.class,
            &b.field,
            &b.mask,
        ))
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

impl<'a> Table<'a> {
    /// Our views of the table.
    fn views(&self, of: &'a DatabaseState) -> impl Iterator<Item = &'a View> {
        let (table, marker) = (self.table, self.marker);
        of.views.values().filter(move |view| view.of.contains(table) && view.marker.as_ref() == Some(marker))
    }

    /// What roles read through views: masks of a table, and all of what is none.
    fn read_through(&self, of: &'a DatabaseState, relation: &Relation) -> BTreeMap<&'a RoleName, (Cells<'a>, &'a str)> {
        let guarded = relation.kind.takes_row_security();
        let mut through = BTreeMap::new();
        for view in self.views(of) {
            let cells = view.columns.iter().map(|column| {
                (&column.name, column.comment.as_deref().and_then(|comment| comment.strip_prefix(MASKED)))
            });
            let cells: Cells<'_> = cells.filter(|(_, mask)| mask.is_some() || !guarded).collect();
            let text = view.over.as_ref().and_then(|below| of.views.get(below)).unwrap_or(view);
            let rows = text.query.split_once("WHERE ").map_or("true", |(_, rows)| rows.trim_end_matches(';'));
            for grantee in view.acl.0.keys() {
                if let (Grantee::Role(role), true) = (grantee, view.acl.has(grantee, Privilege::Select)) {
                    through.insert(role, (cells.clone(), rows));
                }
            }
        }
        through
    }

    fn changes(&self, action: Action, causes: &mut Causes<'_>, changes: &mut Vec<AccessChange>) {
        let Self { now, wanted, table, .. } = *self;
        let mut personas: BTreeMap<String, (Option<&Persona>, Difference<'_>)> = BTreeMap::new();
        let (mut before, mut after) = (held(now, action.privilege), held(wanted, action.privilege));
        let mut rows = [BTreeMap::new(), BTreeMap::new()];
        if action.privilege == Privilege::Select {
            let states = [(&mut before, self.live, now), (&mut after, self.desired, wanted)];
            for ((held, state, relation), rows) in states.into_iter().zip(&mut rows) {
                for (role, (cells, text)) in self.read_through(state, relation) {
                    held.entry(role).or_default().extend(cells);
                    if !relation.kind.takes_row_security() {
                        rows.insert(role, text);
                    }
                }
            }
        }
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
            difference.before.of_view(before.get(role), rows[0].get(role));
            difference.after.of_view(after.get(role), rows[1].get(role));
        }
        for (name, (persona, difference)) in personas {
            let object = causes.object(table, persona);
            let cause = causes.of_action(table, persona, action.name);
            Subject { name, persona, object, table, cause, action: action.name }.changes(&difference, changes);
        }
    }
}

/// Columns, each as it is or by a mask.
type Cells<'a> = BTreeSet<(&'a ColumnName, Option<&'a str>)>;

/// Columns by role. A privilege on the table is one on each of its columns; deleting concerns whole rows.
fn held(relation: &Relation, privilege: Privilege) -> BTreeMap<&RoleName, Cells<'_>> {
    let mut held: BTreeMap<&RoleName, Cells<'_>> = BTreeMap::new();
    let whole = relation.columns.keys().map(|column| (Some(column), &relation.acl));
    let single = relation.column_acl.iter().map(|(column, acl)| (Some(column), acl));
    let rows = std::iter::once((None, &relation.acl));
    for (column, acl) in whole.chain(single).chain(rows) {
        for (grantee, privileges) in &acl.0 {
            if let (Grantee::Role(role), true) = (grantee, privileges.contains(privilege)) {
                let column = column.filter(|_| privilege != Privilege::Delete);
                held.entry(role).or_default().extend(column.map(|column| (column, None)));
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
    columns: Cells<'a>,
    /// The texts that decide which rows show, with the columns that show in them.
    rows: BTreeSet<(Cells<'a>, bool, String)>,
}

impl<'a> Reads<'a> {
    fn of_role(&mut self, relation: &Relation, role: &RoleName, columns: Option<&Cells<'a>>, command: Command) {
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

    /// Of what has no row policies a view holds the rows.
    fn of_view(&mut self, columns: Option<&Cells<'a>>, rows: Option<&&str>) {
        if let (Some(columns), Some(rows)) = (columns, rows) {
            self.rows.insert((columns.clone(), true, rows_of(rows)));
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
        cell: Option<&(&ColumnName, Option<&str>)>,
        class: AccessClass,
        before: Option<&str>,
        after: Option<&str>,
    ) -> AccessChange {
        let column = cell.map(|(column, _)| *column);
        let field = column.and_then(|column| self.object?.field_of(column));
        let guest = self.persona.is_some_and(|persona| persona.who == Who::Guest);
        let sensitive = field.is_some_and(|field| !matches!(field.class, FieldClass::Public | FieldClass::Business));
        let shown = |column: &ColumnName| field.map_or_else(|| column.to_string(), |field| field.name.to_string());
        AccessChange {
            persona: self.name.clone(),
            object: self.object.map_or_else(|| self.table.to_string(), |object| object.name.to_string()),
            action: self.action,
            field: column.map(shown),
            mask: cell.and_then(|(_, mask)| *mask).map(str::to_owned),
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
