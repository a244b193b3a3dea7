//! Columns that say whose a row is, how it stands, or whether it is there: what no grant lets anybody change.
//!
//! Several objects may show one table, and a row may belong to whom its child belongs to; so what one object
//! shows as a plain field may decide about the rows of another.

use super::objects::Objects;
use crate::diagnostic::{Finding, Span};
use crate::model::{Create, Deletion, FieldType, Object, OwnerPath, TenantRoute};
use crate::names::{ColumnName, FieldName};

/// What a column decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Decides {
    State,
    Deleted,
    Key,
    Tenant,
    Owner,
}

pub(super) struct Decisive<'o> {
    decides: Decides,
    /// Of whose rows: the object itself, another on its table, or one whose tenant is that of these rows.
    of: &'o Object,
}

/// What the column under `name` decides; of several things, what says how the row stands comes first.
pub(super) fn decisive<'o>(objects: &'o Objects<'_>, object: &Object, name: &FieldName) -> Option<Decisive<'o>> {
    let column = &object.fields.get(name)?.column;
    let mut others: Vec<&Object> = objects.showing(&object.table).collect();
    others.sort_by_key(|other| other.name != object.name);
    let here = others.iter().filter_map(|of| Some(Decisive { decides: own(of, column)?, of }));
    let above = objects.above(&object.table).filter_map(|of| {
        let from = of.tenant_paths.values().any(|path| match &path.route {
            TenantRoute::From { object: child, columns, .. } => {
                columns.contains(column) && objects.resolved.get(child).is_some_and(|child| child.table == object.table)
            }
            _ => false,
        });
        from.then_some(Decisive { decides: Decides::Tenant, of })
    });
    here.chain(above).min_by_key(|found| (found.decides, found.of.name != object.name))
}

fn own(object: &Object, column: &ColumnName) -> Option<Decides> {
    let states = object.states.as_ref().and_then(|states| object.fields.get(&states.field));
    let of_tenant = || {
        object.tenant_paths.values().any(|path| match &path.route {
            TenantRoute::Column { column: at, .. } => at == column,
            TenantRoute::Via { via, .. } => via.contains(column),
            TenantRoute::Link { .. } | TenantRoute::From { .. } => false,
        }) || object.parent.as_ref().is_some_and(|parent| parent.via.contains(column))
    };
    let of_owner = || {
        object.owners.values().any(|owner| match owner {
            OwnerPath::Column(user) => &user.column == column,
            OwnerPath::Via { via, .. } => via.contains(column),
        })
    };
    if states.is_some_and(|field| &field.column == column) {
        Some(Decides::State)
    } else if matches!(&object.deletion, Some(Deletion::Soft(soft)) if soft == column) {
        Some(Decides::Deleted)
    } else if object.key.contains(column) {
        Some(Decides::Key)
    } else if of_tenant() {
        Some(Decides::Tenant)
    } else {
        of_owner().then_some(Decides::Owner)
    }
}

impl Decisive<'_> {
    /// Whether it holds from the first: a new row's key, tenant and owner may be given, where they are checked.
    pub(super) fn also_when_made(&self) -> bool {
        matches!(self.decides, Decides::State | Decides::Deleted)
    }

    pub(super) fn is_state(&self) -> bool {
        self.decides == Decides::State
    }

    /// That the field at `at` may not be written.
    pub(super) fn refusal(&self, name: &FieldName, at: Span) -> Finding {
        let of = &self.of.name;
        let (message, hint) = match self.decides {
            Decides::State => (
                format!("`{name}` says how a `{of}` stands, and is moved by `transition` alone"),
                "grant a `transition`; a new row's state is its `preset`, or the table's default",
            ),
            Decides::Deleted => (format!("`{name}` is set by deleting a `{of}`"), "grant `delete`"),
            Decides::Key => (format!("`{name}` is the key of `{of}`"), "leave it out: a row keeps its key"),
            Decides::Tenant => {
                (format!("`{name}` says whose `{of}` it is"), "leave it out: a row stays where it was made")
            }
            Decides::Owner => (format!("`{name}` is the owner of the `{of}`"), "grant `assign` to hand rows over"),
        };
        Finding::error("writable-scope-column", at, message)
            .why("whoever may change it may move a row into or out of somebody's scope")
            .hint(hint)
    }
}

/// The first of the fields given that says whose a new row is, and that nothing holds to what its author may see.
pub(super) fn unchecked<'c>(objects: &Objects<'_>, object: &Object, create: &'c Create) -> Option<&'c FieldName> {
    create.fields.iter().find(|name| {
        let Some(field) = object.fields.get(*name) else { return false };
        let whose = decisive(objects, object, name)
            .is_some_and(|found| matches!(found.decides, Decides::Tenant | Decides::Owner));
        whose && !create.fixes(&field.column) && !matches!(field.field_type, FieldType::Reference(_))
    })
}
