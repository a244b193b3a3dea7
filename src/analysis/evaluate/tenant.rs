//! Tenant paths: whether a row reaches one of a set of tenants.

use super::asking::Asking;
use super::compare::{Datum, same_key};
use super::truth::Truth;
use super::world::{Row, Standing, Tenant};
use crate::model::{Object, TenantRoute, UserColumn};
use crate::names::{ColumnName, KeyName, PathName, TableName, TenantKind};

/// Which tenants a path looks for.
#[derive(Clone, Copy)]
pub(super) enum Tenants<'a> {
    Mine,
    /// Mine and those below it.
    Tree,
    /// Those that the project's table of assigned tenants names for me.
    Assigned,
    /// Those whose main key `column` of `table` holds where `user` is me.
    Linked {
        table: &'a TableName,
        column: &'a ColumnName,
        user: &'a UserColumn,
    },
}

impl<'w> Asking<'w> {
    pub(super) fn reaches(&self, object: &'w Object, row: &Row, path: &PathName, set: Tenants<'_>) -> Truth {
        let Some(found) = object.tenant_paths.get(path) else {
            return Truth::untold(format!("`{}` has no tenant path `{path}`", object.name));
        };
        let kind = found.kind.as_ref();
        match &found.route {
            TenantRoute::Column { column, key } => {
                self.is_of(&self.world.cell(&object.table, row, column), kind, key, set)
            }
            TenantRoute::Via { via, object: parent, path } => {
                let Some(parent) = self.object(parent) else { return gone(parent.as_str()) };
                let test = |row: &Row| self.reaches(parent, row, path, set);
                self.some_row((&object.table, row, via), (&parent.table, &parent.key), test)
            }
            TenantRoute::Link { table, row: columns, tenant, key } => {
                let test = |row: &Row| self.is_of(&self.world.cell(table, row, tenant), kind, key, set);
                self.some_row((&object.table, row, &object.key), (table, columns), test)
            }
            TenantRoute::From { object: child, columns, path } => {
                let Some(child) = self.object(child) else { return gone(child.as_str()) };
                let test = |row: &Row| self.reaches(child, row, path, set);
                self.some_row((&object.table, row, &object.key), (&child.table, columns), test)
            }
        }
    }

    /// Some row of `table` has in `theirs` what this one has in `own`, and passes.
    pub(super) fn some_row(
        &self,
        (own_table, row, own): (&TableName, &Row, &[ColumnName]),
        (table, theirs): (&'w TableName, &'w [ColumnName]),
        test: impl Fn(&Row) -> Truth,
    ) -> Truth {
        let wanted: Vec<Datum> = own.iter().map(|column| self.world.cell(own_table, row, column)).collect();
        let others = self.rows_with(table, theirs, &wanted).into_iter().map(|other| {
            let pairs = theirs.iter().zip(&wanted);
            let same = Truth::all(pairs.map(|(column, own)| same_key(&self.world.cell(table, other, column), own)));
            if matches!(same, Truth::No | Truth::Null) {
                return same;
            }
            let passes = self.further(|| test(other));
            Truth::all([same, passes.unwrap_or_else(|| Truth::untold(format!("rows of `{table}` lead in a circle")))])
        });
        Truth::any(others)
    }

    /// The cell holds the key, of that name, of a tenant of the set.
    fn is_of(&self, cell: &Datum, kind: Option<&TenantKind>, key: &KeyName, set: Tenants<'_>) -> Truth {
        match self.keys_of_set(kind, key, set) {
            Ok(keys) => Truth::any(keys.iter().map(|key| same_key(cell, key))),
            Err(why) => Truth::Untold(why),
        }
    }

    fn keys_of_set(&self, kind: Option<&TenantKind>, key: &KeyName, set: Tenants<'_>) -> Result<Vec<Datum>, String> {
        match set {
            Tenants::Mine => Ok(vec![self.tenant_key(kind, key)]),
            Tenants::Tree => Ok(self.tree_keys(kind, key)),
            Tenants::Assigned => {
                let other_kind = |ours: &Option<TenantKind>| ours.as_ref().zip(kind).is_some_and(|(a, b)| a != b);
                let Some(assigned) = self.model.assigned_tenants.as_ref().filter(|ours| !other_kind(&ours.kind)) else {
                    return Ok(Vec::new());
                };
                // A table that says a kind names none but tenants of that kind; and a path that says one, too.
                let narrower = if assigned.kind.as_ref() == kind { None } else { assigned.kind.as_ref().or(kind) };
                self.linked_keys((&assigned.table, &assigned.tenant, &assigned.user), (kind, narrower), key)
            }
            Tenants::Linked { table, column, user } => self.linked_keys((table, column, user), (kind, None), key),
        }
    }

    /// Keys of my tenant and of those below it.
    pub(super) fn tree_keys(&self, kind: Option<&TenantKind>, key: &KeyName) -> Vec<Datum> {
        let mine = self.tenant_key(kind, &KeyName::main());
        let own_kind = if self.model.one_key_one_tenant && kind.is_none() {
            self.tenant.and_then(|tenant| tenant.kind.as_ref())
        } else {
            kind
        };
        let is_root = |tenant: &&Tenant| {
            same_key(&Datum::text(&tenant.key), &mine).holds()
                && (own_kind.is_none() || tenant.kind.as_ref() == own_kind)
        };
        let there = || self.world.tenants.iter().filter(|tenant| tenant.standing != Standing::Gone);
        let mut tree: Vec<&Tenant> = there().filter(is_root).collect();
        let mut at = 0;
        while let Some(above) = tree.get(at).copied() {
            let below =
                there().filter(|tenant| tenant.parent.as_ref() == Some(&above.key) && tenant.kind == above.kind);
            let new: Vec<&Tenant> =
                below.filter(|tenant| !tree.iter().any(|known| std::ptr::eq(*known, *tenant))).collect();
            tree.extend(new);
            at += 1;
        }
        let keys = tree.into_iter().filter_map(|tenant| tenant.key_of(key)).map(Datum::text);
        std::iter::once(self.tenant_key(kind, key)).chain(keys).collect()
    }

    /// Keys of that name of the tenants that rows of a table name for me by their main key.
    fn linked_keys(
        &self,
        (table, column, user): (&TableName, &ColumnName, &UserColumn),
        (kind, narrower): (Option<&TenantKind>, Option<&TenantKind>),
        key: &KeyName,
    ) -> Result<Vec<Datum>, String> {
        let me = self.user_key(&user.key);
        let mut main = Vec::new();
        for row in self.world.rows_of(table) {
            match same_key(&self.world.cell(table, row, &user.column), &me) {
                Truth::Yes => main.push(self.world.cell(table, row, column)),
                Truth::No | Truth::Null => {}
                Truth::Untold(why) => return Err(why),
            }
        }
        let is_one = |tenant: &&Tenant, named: &Datum| same_key(&Datum::text(&tenant.key), named).holds();
        if let Some(narrower) = narrower {
            let of_kind = self.world.tenants.iter().filter(|tenant| tenant.kind.as_ref() == Some(narrower));
            main.retain(|named| of_kind.clone().any(|tenant| is_one(&tenant, named)));
        }
        if *key == KeyName::main() {
            return Ok(main);
        }
        let tenants = self.world.tenants.iter().filter(|tenant| kind.is_none() || tenant.kind.as_ref() == kind);
        let named = tenants.filter(|tenant| main.iter().any(|named| is_one(tenant, named)));
        Ok(named.filter_map(|tenant| tenant.key_of(key)).map(Datum::text).collect())
    }
}

pub(super) fn gone(object: &str) -> Truth {
    Truth::untold(format!("there is no object `{object}`"))
}
