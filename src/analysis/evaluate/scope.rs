//! Scopes: which rows a grant reaches.

use super::asking::Asking;
use super::compare::{Datum, same_key};
use super::tenant::{Tenants, gone};
use super::truth::Truth;
use super::world::Row;
use crate::model::{Has, Object, OwnerPath, ParentNeeds, Rows, Scope, Value, Write};
use crate::names::PathName;

impl<'w> Asking<'w> {
    pub(super) fn in_scope(&self, object: &'w Object, rows: &Rows, needs: ParentNeeds, row: &Row) -> Truth {
        let path = rows.path.clone().unwrap_or_else(PathName::only);
        match rows.scope {
            Scope::None => Truth::No,
            Scope::Own => self.is_owned(object, row, &path, false),
            Scope::Reports => self.is_owned(object, row, &path, true),
            Scope::Shared => self.is_shared(object, row),
            Scope::Assigned => self.is_assigned(object, row),
            Scope::Tenant => self.reaches(object, row, &path, Tenants::Mine),
            Scope::TenantTree => self.reaches(object, row, &path, Tenants::Tree),
            Scope::Parent => self.is_under(object, row, needs),
            Scope::Public | Scope::All => Truth::Yes,
        }
    }

    /// The owner is me; with the team, me or somebody who reports to me.
    fn is_owned(&self, object: &'w Object, row: &Row, path: &PathName, team: bool) -> Truth {
        match object.owners.get(path) {
            None => Truth::untold(format!("`{}` has no owner path `{path}`", object.name)),
            Some(OwnerPath::Column(user)) => {
                let owner = self.world.cell(&object.table, row, &user.column);
                if !team {
                    return same_key(&owner, &self.user_key(&user.key));
                }
                Truth::any(self.team_keys(&user.key).iter().map(|key| same_key(&owner, key)))
            }
            Some(OwnerPath::Via { via, object: parent, path }) => {
                let Some(parent) = self.object(parent) else { return gone(parent.as_str()) };
                let test = |row: &Row| self.is_owned(parent, row, path, team);
                self.some_row((&object.table, row, via), (&parent.table, &parent.key), test)
            }
        }
    }

    /// The parent is one that I read, or may update.
    fn is_under(&self, object: &'w Object, row: &Row, needs: ParentNeeds) -> Truth {
        let Some(link) = &object.parent else { return Truth::untold(format!("`{}` has no parent", object.name)) };
        let Some(parent) = self.object(&link.object) else { return gone(link.object.as_str()) };
        self.some_row((&object.table, row, &link.via), (&parent.table, &parent.key), |above| match needs {
            ParentNeeds::Read => self.reads(parent, above),
            ParentNeeds::Update => self.updates(parent, above),
        })
    }

    /// Some read grant on the object covers the row.
    pub(super) fn reads(&self, object: &'w Object, row: &Row) -> Truth {
        let grants = self.persona.reads.get(&object.name).into_iter().flatten();
        Truth::any(grants.map(|grant| self.covers(object, &grant.rows, ParentNeeds::Read, row)))
    }

    fn updates(&self, object: &'w Object, row: &Row) -> Truth {
        let grants = self.persona.writes.get(&object.name).into_iter().flatten();
        Truth::any(grants.filter_map(|grant| match &grant.write {
            Write::Update { parent, .. } => Some(self.covers(object, &grant.rows, *parent, row)),
            _ => None,
        }))
    }

    /// Some row of the other object that I read matches this one.
    pub(super) fn has(&self, object: &'w Object, has: &Has, row: &Row) -> Truth {
        let Some(other) = self.object(&has.object) else { return gone(has.object.as_str()) };
        let rows = self.world.rows_of(&other.table).iter().map(|candidate| {
            let pairs = has.matches.iter().map(|(field, value)| {
                let Some(field) = other.fields.get(field) else { return gone(field.as_str()) };
                let theirs = self.world.cell(&other.table, candidate, &field.column);
                let wanted = match value {
                    Value::Row(asking) => self.field(object, row, asking),
                    value => self.value(value),
                };
                self.equal_in(&other.table, &field.column, &theirs, &wanted)
            });
            let same = Truth::all(pairs);
            if matches!(same, Truth::No | Truth::Null) {
                return same;
            }
            let read = self.further(|| self.reads(other, candidate));
            Truth::all([same, read.unwrap_or_else(|| Truth::untold("`has` leads in a circle"))])
        });
        Truth::any(rows)
    }

    /// What the field of a row holds.
    pub(super) fn field(&self, object: &Object, row: &Row, field: &crate::names::FieldName) -> Datum {
        match object.fields.get(field) {
            Some(field) => self.world.cell(&object.table, row, &field.column),
            None => Datum::Untold(format!("`{}` has no field `{field}`", object.name)),
        }
    }
}
