//! The rows of a grant: the scope, and everything that narrows it, each part of which must hold.

use super::asking::Asking;
use super::compare::{Datum, Kind, order};
use super::tenant::Tenants;
use super::truth::Truth;
use super::world::Row;
use crate::analysis::words;
use crate::model::{Condition, Deletion, Deny, FieldType, Has, Object, ParentNeeds, Rows, TierBound, TimeBound};
use crate::names::PathName;
use std::cmp::Ordering;
use std::{iter, slice};

/// One thing that must hold.
enum Part<'r> {
    Scope(&'r Rows, ParentNeeds),
    Reach(&'r PathName),
    NotDeleted,
    LargeEnough,
    Condition(&'r Condition),
    Deny(&'r Deny),
    Has(&'r Has),
    Tier(&'r TierBound),
    Mfa,
    From(&'r TimeBound),
    Until(&'r TimeBound),
}

fn parts(rows: &Rows, needs: ParentNeeds) -> impl Iterator<Item = Part<'_>> {
    iter::once(Part::Scope(rows, needs)).chain(narrowing(rows))
}

fn narrowing(rows: &Rows) -> impl Iterator<Item = Part<'_>> {
    let conditions = match &rows.condition {
        Condition::All(all) => all.as_slice(),
        one => slice::from_ref(one),
    };
    let rest = [Part::NotDeleted, Part::LargeEnough].into_iter();
    rest.chain(rows.reach.as_ref().map(Part::Reach))
        .chain(conditions.iter().map(Part::Condition))
        .chain(rows.denied.iter().map(Part::Deny))
        .chain(rows.has.iter().map(Part::Has))
        .chain(rows.min_tier.as_ref().map(Part::Tier))
        .chain(rows.mfa.then_some(Part::Mfa))
        .chain(rows.valid_from.as_ref().map(Part::From))
        .chain(rows.valid_until.as_ref().map(Part::Until))
}

impl<'w> Asking<'w> {
    /// The row is one of the grant's.
    pub(super) fn covers(&self, object: &'w Object, rows: &Rows, needs: ParentNeeds, row: &Row) -> Truth {
        Truth::all(parts(rows, needs).map(|part| self.part(object, &part, row)))
    }

    /// The same, whatever the scope says.
    pub(super) fn passes(&self, object: &'w Object, rows: &Rows, row: &Row) -> Truth {
        Truth::all(narrowing(rows).map(|part| self.part(object, &part, row)))
    }

    /// The first part that does not hold, in words.
    pub(super) fn why_not(&self, object: &'w Object, rows: &Rows, needs: ParentNeeds, row: &Row) -> Option<String> {
        let failing = parts(rows, needs).find(|part| !self.part(object, part, row).holds());
        failing.map(|part| said(object, &part))
    }

    /// Every part that does not hold, in words.
    pub(super) fn against(&self, object: &'w Object, rows: &Rows, needs: ParentNeeds, row: &Row) -> Vec<String> {
        let failing = parts(rows, needs).filter(|part| !self.part(object, part, row).holds());
        failing.map(|part| said(object, &part)).collect()
    }

    fn part(&self, object: &'w Object, part: &Part<'_>, row: &Row) -> Truth {
        match part {
            Part::Scope(rows, needs) => self.in_scope(object, rows, *needs, row),
            Part::Reach(path) => self.reaches(object, row, path, Tenants::Assigned),
            Part::NotDeleted => self.is_not_deleted(object, row),
            Part::LargeEnough => self.is_large_enough(object, row),
            Part::Condition(condition) => self.condition(object, condition, row),
            Part::Deny(deny) => self.condition(object, &deny.condition, row).contrary(),
            Part::Has(has) => self.has(object, has, row),
            Part::Tier(bound) => self.has_tier(object, bound, row),
            Part::Mfa => Truth::of(self.mfa),
            Part::From(bound) => self.is_past(object, bound, row),
            Part::Until(bound) => self.is_past(object, bound, row).contrary(),
        }
    }

    fn is_not_deleted(&self, object: &Object, row: &Row) -> Truth {
        let Some(Deletion::Soft(column)) = &object.deletion else { return Truth::Yes };
        let deleted = self.world.cell(&object.table, row, column);
        let is_flag = object.field_of(column).is_some_and(|field| field.field_type == FieldType::Boolean);
        match &deleted {
            Datum::Text(text) if is_flag || matches!(text.as_str(), "true" | "false") => {
                Truth::of(!matches!(text.as_str(), "true" | "t"))
            }
            other => other.is_null(),
        }
    }

    /// Rows of an aggregate that stand for enough.
    fn is_large_enough(&self, object: &Object, row: &Row) -> Truth {
        let Some(group) = &object.min_group else { return Truth::Yes };
        let count = self.world.cell(&object.table, row, &group.count);
        match order(Kind::Number, self.clock(), &count, &Datum::text(group.least.to_string())) {
            Ok(order) => Truth::of(order != Ordering::Less),
            Err(truth) => truth,
        }
    }
}

fn said(object: &Object, part: &Part<'_>) -> String {
    let only = |narrow: &dyn Fn(&mut Rows)| {
        let mut rows = Rows::every();
        narrow(&mut rows);
        words::filter(&rows)
    };
    match part {
        Part::Scope(rows, _) => format!("the row is not among those of scope {}", words::scope_and_path(rows)),
        Part::NotDeleted => "the row is deleted".to_owned(),
        Part::LargeEnough => {
            let least = object.min_group.as_ref().map_or(0, |group| group.least);
            format!("the row stands for fewer than {least}")
        }
        Part::Condition(condition) => format!("it does not hold that {}", words::condition(condition)),
        Part::Deny(deny) => format!("denied, unless it is false that {}", words::condition(&deny.condition)),
        Part::Reach(path) => unless(&only(&|rows| rows.reach = Some((*path).clone()))),
        Part::Has(has) => unless(&only(&|rows| rows.has = vec![(*has).clone()])),
        Part::Tier(bound) => unless(&only(&|rows| rows.min_tier = Some((*bound).clone()))),
        Part::Mfa => unless(&only(&|rows| rows.mfa = true)),
        Part::From(bound) => unless(&only(&|rows| rows.valid_from = Some((*bound).clone()))),
        Part::Until(bound) => unless(&only(&|rows| rows.valid_until = Some((*bound).clone()))),
    }
}

fn unless(what: &str) -> String {
    format!("it does not hold that {what}")
}
