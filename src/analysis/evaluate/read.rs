//! Which rows somebody sees, and what of each.

use super::asking::Asking;
use super::truth::Truth;
use super::world::Row;
use crate::model::{Facet, Mask, Object, ParentNeeds, ReadGrant};
use crate::names::{ColumnName, TableName};

/// What somebody sees of one row.
pub struct Sight<'w> {
    /// Every read grant on the row's table, and whether the row is one of its.
    grants: Vec<(&'w Object, &'w ReadGrant, Truth)>,
}

impl<'w> Asking<'w> {
    /// By all of the persona's grants together.
    pub fn sees(&self, table: &TableName, row: &Row) -> Sight<'w> {
        let objects = self.objects_of(table).iter().copied();
        let granted = objects.filter_map(|object| Some((object, self.persona.reads.get(&object.name)?)));
        let grants = granted.flat_map(|(object, grants)| grants.iter().map(move |grant| (object, grant)));
        Sight { grants: self.asked(grants, row) }
    }

    /// By those of one facet: what one statement sees.
    pub(super) fn sees_in(&self, facet: &'w Facet, table: &TableName, row: &Row) -> Sight<'w> {
        let named = facet.reads.get(table).map_or(&[][..], |rectangle| rectangle.grants.as_slice());
        let grants =
            named.iter().filter_map(|(name, at)| Some((self.object(name)?, self.persona.reads.get(name)?.get(*at)?)));
        Sight { grants: self.asked(grants, row) }
    }

    fn asked(
        &self,
        grants: impl Iterator<Item = (&'w Object, &'w ReadGrant)>,
        row: &Row,
    ) -> Vec<(&'w Object, &'w ReadGrant, Truth)> {
        let asked =
            grants.map(|(object, grant)| (object, grant, self.covers(object, &grant.rows, ParentNeeds::Read, row)));
        asked.collect()
    }
}

impl Sight<'_> {
    /// Whether the row is there for them.
    pub fn row(&self) -> Truth {
        Truth::any(self.grants.iter().map(|(_, _, covers)| covers.clone()))
    }

    /// Whether the column is shown as it is.
    pub fn plain(&self, column: &ColumnName) -> Truth {
        let showing = self.grants.iter().filter(|(object, grant, _)| {
            let field = object.field_of(column).map(|field| &field.name);
            let is_shown =
                field.is_some_and(|field| grant.fields.contains(field) && grant.mask(object, field).is_none());
            is_shown || object.key.contains(column)
        });
        Truth::any(showing.map(|(_, _, covers)| covers.clone()))
    }

    /// The mask by which the column is shown, and whether it is.
    pub fn masked(&self, column: &ColumnName) -> Option<(Mask, Truth)> {
        let masks = self.grants.iter().filter_map(|(object, grant, covers)| {
            let field = &object.field_of(column)?.name;
            Some((grant.mask(object, field)?, covers.clone()))
        });
        let masks: Vec<(Mask, Truth)> = masks.collect();
        let mask = masks.first()?.0;
        Some((mask, Truth::any(masks.into_iter().map(|(_, covers)| covers))))
    }
}
