//! Scopes as formulas: every scope comes down to cells of rows and to links that are there or not.

use super::build::Builder;
use super::cast::{ME, Role, TEAM};
use super::formula::{Atom, Fact, Formula, Link, Op, Operand, Place, Step, Var};
use crate::analysis::evaluate::{Datum, Kind};
use crate::model::{
    AssignmentTarget, LinkedTo, Object, OwnerPath, ParentNeeds, Rows, Scope, TenantRoute, UserColumn, Who,
};
use crate::names::{ColumnName, KeyName, ObjectName, PathName, TableName, TenantKind};

/// Whose tenants a path leads to.
#[derive(Debug, Clone, Copy)]
enum Whose<'a> {
    Mine,
    Tree,
    Assigned,
    /// This one of the cast, by its main key.
    One(&'a str),
}

impl Builder<'_> {
    pub(super) fn scope(
        &self,
        object: &Object,
        rows: &Rows,
        needs: ParentNeeds,
        place: &Place,
        path: &[ObjectName],
    ) -> Formula {
        let along = rows.path.clone().unwrap_or_else(PathName::only);
        match rows.scope {
            Scope::None => Formula::NO,
            Scope::Own => self.owned(object, &along, place, &[ME]),
            Scope::Reports => self.owned(object, &along, place, &[ME, TEAM]),
            Scope::Shared => self.shared(object, place),
            Scope::Assigned => self.assigned(object, place),
            Scope::Tenant => self.tenant(object, &along, place, Whose::Mine),
            Scope::TenantTree => self.tenant(object, &along, place, Whose::Tree),
            Scope::Parent => {
                match object.parent.as_ref().and_then(|link| Some((link, self.model.objects.get(&link.object)?))) {
                    Some((link, parent)) => {
                        self.above(place, step(&link.via, parent), |above| self.may(parent, needs, above, path))
                    }
                    None => Formula::NO,
                }
            }
            Scope::Public | Scope::All => Formula::YES,
        }
    }

    pub(super) fn reach(&self, object: &Object, along: &PathName, place: &Place) -> Formula {
        self.tenant(object, along, place, Whose::Assigned)
    }

    fn is(&self, place: &Place, column: &ColumnName, key: Datum) -> Formula {
        match key {
            Datum::Null => Formula::NO,
            key => Formula::test(place.cell(column), Op::Eq, Operand::Is(key), Kind::Key),
        }
    }

    fn owned(&self, object: &Object, along: &PathName, place: &Place, whose: &[usize]) -> Formula {
        match object.owners.get(along) {
            None => Formula::NO,
            Some(OwnerPath::Column(user)) => {
                // Nobody reports to anybody where no table of people with such keys says so.
                let team = |at: &&usize| **at == ME || self.has_teams(&user.key);
                let keys = whose.iter().filter(team).map(|at| self.cast.user_key(*at, &user.key));
                Formula::any(keys.map(|key| self.is(place, &user.column, key)))
            }
            Some(OwnerPath::Via { via, object: parent, path: along }) => match self.model.objects.get(parent) {
                Some(parent) => self.above(place, step(via, parent), |above| self.owned(parent, along, above, whose)),
                None => Formula::NO,
            },
        }
    }

    fn has_teams(&self, key: &KeyName) -> bool {
        let people = &self.model.people;
        people.is_empty() || people.iter().any(|source| source.reports_to.is_some() && source.keys.contains_key(key))
    }

    fn linked(
        &self,
        place: &Place,
        own: &[ColumnName],
        (table, theirs): (&TableName, &[ColumnName]),
        (cell, until): ((&ColumnName, Datum), Option<&ColumnName>),
    ) -> Formula {
        if cell.1 == Datum::Null {
            return Formula::NO;
        }
        let link = Link {
            place: place.clone(),
            own: own.to_vec(),
            table: table.clone(),
            theirs: theirs.to_vec(),
            cell: (cell.0.clone(), cell.1),
            until: until.cloned(),
        };
        Formula::Atom(Atom::Holds(Var::Fact(Fact::Linked(link))))
    }

    fn shared(&self, object: &Object, place: &Place) -> Formula {
        if self.cast.who == Who::Guest {
            return Formula::NO;
        }
        let record = Fact::Shared(place.clone(), object.name.clone(), object.key.clone());
        let record = Formula::Atom(Atom::Holds(Var::Fact(record)));
        let link = object.shares.as_ref().map(|link| {
            let cell = match &link.with {
                LinkedTo::User(user) => (&user.column, self.cast.user_key(ME, &user.key)),
                LinkedTo::Tenant { column, kind, key } => (column, self.cast.tenant_key(kind.as_ref(), key)),
            };
            self.linked(place, &object.key, (&link.table, &link.row), (cell, link.until.as_ref()))
        });
        Formula::any(link.into_iter().chain([record]))
    }

    fn assigned(&self, object: &Object, place: &Place) -> Formula {
        if self.cast.who == Who::Guest {
            return Formula::NO;
        }
        let record = Fact::Assigned(place.clone(), object.name.clone(), object.key.clone());
        let record = Formula::Atom(Atom::Holds(Var::Fact(record)));
        let tables = object.assignments.iter().map(|assignment| {
            let (table, user) = (&assignment.table, &assignment.user);
            let me = self.cast.user_key(ME, &user.key);
            match &assignment.target {
                AssignmentTarget::Row(columns) => {
                    self.linked(place, &object.key, (table, columns), ((&user.column, me), None))
                }
                AssignmentTarget::Parent(columns) => match &object.parent {
                    Some(link) => self.linked(place, &link.via, (table, columns), ((&user.column, me), None)),
                    None => Formula::NO,
                },
                AssignmentTarget::Tenant { column, path: along } => {
                    self.named(object, (table, column, user), along, place)
                }
            }
        });
        let tables: Vec<Formula> = tables.collect();
        Formula::any(tables.into_iter().chain([record]))
    }

    /// A table names the row's tenant for me.
    fn named(
        &self,
        object: &Object,
        (table, column, user): (&TableName, &ColumnName, &UserColumn),
        along: &PathName,
        place: &Place,
    ) -> Formula {
        let me = self.cast.user_key(ME, &user.key);
        if me == Datum::Null {
            return Formula::NO;
        }
        Formula::any(self.cast.tenants.iter().map(|(.., tenant)| {
            let cells = vec![(column.clone(), Datum::text(&tenant.key)), (user.column.clone(), me.clone())];
            let fact = Formula::Atom(Atom::Holds(Var::Fact(Fact::Named { table: table.clone(), cells })));
            Formula::all([fact, self.tenant(object, along, place, Whose::One(&tenant.key))])
        }))
    }

    fn tenant(&self, object: &Object, along: &PathName, place: &Place, whose: Whose<'_>) -> Formula {
        let Some(found) = object.tenant_paths.get(along) else { return Formula::NO };
        let kind = found.kind.as_ref();
        match &found.route {
            TenantRoute::Column { column, key } => {
                Formula::any(self.keys(whose, kind, key).into_iter().map(|key| self.is(place, column, key)))
            }
            TenantRoute::Via { via, object: parent, path: along } => match self.model.objects.get(parent) {
                Some(parent) => self.above(place, step(via, parent), |above| self.tenant(parent, along, above, whose)),
                None => Formula::NO,
            },
            TenantRoute::Link { table, row, tenant, key } => Formula::any(
                self.keys(whose, kind, key)
                    .into_iter()
                    .map(|key| self.linked(place, &object.key, (table, row), ((tenant, key), None))),
            ),
            TenantRoute::From { object: child, columns, path: along } => match self.model.objects.get(child) {
                Some(child) => self.some(&child.table, |there| {
                    let same = columns.iter().zip(&object.key).map(|(theirs, own)| {
                        Formula::test(there.cell(theirs), Op::Eq, Operand::Of(place.cell(own)), Kind::Key)
                    });
                    let same: Vec<Formula> = same.collect();
                    Formula::all(same.into_iter().chain([self.tenant(child, along, there, whose)]))
                }),
                None => Formula::NO,
            },
        }
    }

    fn keys(&self, whose: Whose<'_>, kind: Option<&TenantKind>, key: &KeyName) -> Vec<Datum> {
        match whose {
            Whose::Mine => vec![self.cast.tenant_key(kind, key)],
            Whose::Tree => self.cast.keys_of(&[Role::Mine, Role::Below], kind, key),
            Whose::Assigned => {
                let assigned = self.model.assigned_tenants.as_ref();
                let apart = |one: Option<&TenantKind>| one.zip(kind).is_some_and(|(one, kind)| one != kind);
                match assigned.filter(|assigned| !apart(assigned.kind.as_ref())) {
                    Some(assigned) => self.cast.keys_of(&[Role::Assigned], kind.or(assigned.kind.as_ref()), key),
                    None => Vec::new(),
                }
            }
            Whose::One(main) => {
                let one = self.cast.tenants.iter().find(|(.., tenant)| tenant.key == main);
                let fits = one.filter(|(.., tenant)| kind.is_none() || tenant.kind.as_ref() == kind);
                fits.and_then(|(.., tenant)| tenant.key_of(key)).map(Datum::text).into_iter().collect()
            }
        }
    }
}

fn step(via: &[ColumnName], parent: &Object) -> Step {
    Step { via: via.to_vec(), table: parent.table.clone(), key: parent.key.clone() }
}
