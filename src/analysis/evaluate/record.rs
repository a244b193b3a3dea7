//! Rows that a record names for me: shares, assignments, and the people who report to me.

use super::asking::Asking;
use super::compare::{Datum, Kind, order, same_key};
use super::tenant::Tenants;
use super::truth::Truth;
use super::world::{Record, Row, User, With};
use crate::model::{AssignmentTarget, LinkedTo, Object, UserColumn};
use crate::names::{ColumnName, KeyName, TableName};
use std::cmp::Ordering;

impl<'w> Asking<'w> {
    /// Shared with me or my tenant, and not run out.
    pub(super) fn is_shared(&self, object: &'w Object, row: &Row) -> Truth {
        let records = self.world.shares.iter().map(|share| {
            let with_me = match &share.with {
                With::User { key, value } => self.is_my_key(key, value),
                With::Tenant { kind, key } => {
                    Truth::of(self.tenant.is_some_and(|mine| mine.kind == *kind && mine.key == *key))
                }
            };
            let holds = self.later_than_now(Kind::Timestamp, &share.expires);
            Truth::all([with_me, self.names(&share.record, object, row), holds])
        });
        let by_record = Truth::any(records);
        let Some(link) = &object.shares else { return by_record };
        let by_link = self.some_row((&object.table, row, &object.key), (&link.table, &link.row), |other| {
            let with_me = match &link.with {
                LinkedTo::User(user) => self.is_me(&link.table, other, user),
                LinkedTo::Tenant { column, kind, key } => {
                    let mine = self.tenant_key(kind.as_ref(), key);
                    same_key(&self.world.cell(&link.table, other, column), &mine)
                }
            };
            let holds = link.until.as_ref().map_or(Truth::Yes, |until| self.has_not_ended(&link.table, other, until));
            Truth::all([with_me, holds])
        });
        Truth::any([by_record, by_link])
    }

    /// A share holds while its end is empty or later than now.
    fn has_not_ended(&self, table: &TableName, row: &Row, until: &ColumnName) -> Truth {
        let end = self.world.cell(table, row, until);
        let kind = match (self.kind_in(table, until), &end) {
            // No field says what the column holds, so what is written does.
            (Kind::Key, Datum::Text(text)) if text.len() <= 10 => Kind::Date,
            (Kind::Key, _) => Kind::Timestamp,
            (kind, _) => kind,
        };
        Truth::any([end.is_null(), self.later_than_now(kind, &end)])
    }

    pub(super) fn later_than_now(&self, kind: Kind, moment: &Datum) -> Truth {
        match order(kind, self.clock(), moment, &Datum::Now) {
            Ok(order) => Truth::of(order == Ordering::Greater),
            Err(truth) => truth,
        }
    }

    /// Named for me: the row, its parent or its tenant.
    pub(super) fn is_assigned(&self, object: &'w Object, row: &Row) -> Truth {
        let records = self
            .world
            .assignments
            .iter()
            .map(|one| Truth::all([self.is_my_key(&one.key, &one.value), self.names(&one.record, object, row)]));
        let by_record = Truth::any(records);
        let by_table = object.assignments.iter().map(|assignment| {
            let (table, user) = (&assignment.table, &assignment.user);
            let is_me = |other: &Row| self.is_me(table, other, user);
            match &assignment.target {
                AssignmentTarget::Row(columns) => {
                    self.some_row((&object.table, row, &object.key), (table, columns), is_me)
                }
                AssignmentTarget::Parent(columns) => match &object.parent {
                    Some(link) => self.some_row((&object.table, row, &link.via), (table, columns), is_me),
                    None => Truth::untold(format!("`{}` has no parent", object.name)),
                },
                AssignmentTarget::Tenant { column, path } => {
                    self.reaches(object, row, path, Tenants::Linked { table, column, user })
                }
            }
        });
        Truth::any([by_record, Truth::any(by_table)])
    }

    /// The record is about this row. One of another shape, from when the object had another key, is not.
    fn names(&self, record: &Record, object: &Object, row: &Row) -> Truth {
        if record.object != object.name || record.row_key.len() != object.key.len() {
            return Truth::No;
        }
        let parts = object.key.iter().zip(&record.row_key);
        Truth::all(
            parts.map(|(column, part)| same_key(&self.world.cell(&object.table, row, column), &Datum::text(part))),
        )
    }

    fn is_my_key(&self, key: &KeyName, value: &str) -> Truth {
        Truth::of(self.user.and_then(|user| user.keys.get(key)).is_some_and(|mine| mine == value))
    }

    /// `user` of a row of a table is me.
    fn is_me(&self, table: &TableName, row: &Row, user: &UserColumn) -> Truth {
        same_key(&self.world.cell(table, row, &user.column), &self.user_key(&user.key))
    }

    /// My key of that name and those of everybody who reports to me, at any depth.
    pub(super) fn team_keys(&self, key: &KeyName) -> Vec<Datum> {
        let tables =
            self.model.people.iter().filter(|source| source.reports_to.is_some() && source.keys.contains_key(key));
        // In a table of people, whoever has its first key is there, and says by it to whom they report.
        let mut by: Vec<&KeyName> = tables.filter_map(|source| source.keys.first().map(|(first, _)| first)).collect();
        if by.is_empty() {
            by.push(key);
        }
        let is_table = |first: &KeyName| {
            self.model.people.iter().any(|source| {
                source.reports_to.is_some()
                    && source.keys.contains_key(key)
                    && source.keys.first().is_some_and(|(one, _)| one == first)
            })
        };
        let mut keys = vec![self.user_key(key)];
        for first in by {
            let Some(me) = self.user.and_then(|user| user.keys.get(first)) else { continue };
            let is_there = |user: &User| !is_table(first) || user.keys.contains_key(first);
            let users = || self.world.users.iter().enumerate().filter(|(_, user)| is_there(user));
            let mut team: Vec<usize> =
                users().filter(|(_, user)| user.keys.get(first) == Some(me)).map(|(at, _)| at).collect();
            let mut next = 0;
            while let Some(above) = team.get(next).copied() {
                let below: Vec<usize> = users()
                    .filter(|(at, user)| user.superior == Some(above) && !team.contains(at))
                    .map(|(at, _)| at)
                    .collect();
                team.extend(below);
                next += 1;
            }
            keys.extend(team.into_iter().filter_map(|at| self.world.users[at].keys.get(key)).map(Datum::text));
        }
        keys
    }
}
