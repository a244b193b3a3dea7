//! Why somebody is not shown a row.

use super::asking::Asking;
use super::world::Row;
use crate::model::{Object, ParentNeeds, ReadGrant};

/// What keeps a row out of a read grant.
#[derive(Debug)]
pub struct KeptBy<'w> {
    pub grant: &'w ReadGrant,
    /// Everything that would have to be otherwise, in words; empty: nothing, it is shown.
    pub parts: Vec<String>,
}

impl<'w> Asking<'w> {
    /// Each of the persona's read grants on the object, the nearest first: those that the fewest parts keep the row from.
    pub fn kept_by(&self, object: &'w Object, row: &Row) -> Vec<KeptBy<'w>> {
        let grants = self.persona.reads.get(&object.name).into_iter().flatten();
        let mut kept: Vec<KeptBy<'w>> = grants
            .map(|grant| KeptBy { grant, parts: self.against(object, &grant.rows, ParentNeeds::Read, row) })
            .collect();
        kept.sort_by_key(|kept| kept.parts.len());
        kept
    }

    /// The row that holds these texts in the columns of the object's key.
    pub fn row_of(&self, object: &Object, key: &[String]) -> Option<&'w Row> {
        self.world.rows_of(&object.table).iter().find(|row| {
            object
                .key
                .iter()
                .zip(key)
                .all(|(column, text)| self.world.cell(&object.table, row, column) == super::compare::Datum::text(text))
        })
    }
}
