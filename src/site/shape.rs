//! What a list of an object looks like to a persona: worked out from the field's types, the same for
//! every visitor of that persona.

use super::query::LiveTypes;
use super::readable::ReadableFacet;
use super::wording;
use crate::model::{Field, FieldType, Object};
use crate::names::FieldName;

/// Columns beside the first: more do not fit a page.
const MOST_COLUMNS: usize = 6;

#[derive(Debug, Clone)]
pub struct Shape<'a> {
    /// What rows are called by; empty: by their key.
    pub title: Vec<&'a Field>,
    /// What follows the title: fields whose values fit a cell, in written order.
    pub columns: Vec<&'a Field>,
    pub sortable: Vec<&'a Field>,
    pub searched: Vec<&'a Field>,
    /// Enums and booleans.
    pub choices: Vec<&'a Field>,
    /// Dates and timestamps.
    pub days: Vec<&'a Field>,
    /// The enum that says how a row stands: `status` and its like, or else the first.
    pub state: Option<&'a Field>,
    /// The date that every row has: lists begin with the newest.
    pub moment: Option<&'a Field>,
}

impl<'a> Shape<'a> {
    /// Fields that the database does not have are left out.
    pub fn of(object: &'a Object, facet: &'a ReadableFacet, types: &LiveTypes) -> Self {
        let live = |field: &Field| types.column(&object.table, &field.column);
        let get = |name: &FieldName| object.fields.get(name).filter(|field| live(field).is_some());
        let fields: Vec<&Field> = facet.fields.iter().filter_map(get).collect();
        let title: Vec<&Field> = facet.title.iter().filter_map(get).collect();
        let is = |wanted: fn(&FieldType) -> bool| -> Vec<&'a Field> {
            fields.iter().copied().filter(|field| wanted(&field.field_type)).collect()
        };
        let choices = is(|kind| matches!(kind, FieldType::Enum(_) | FieldType::Boolean));
        let days = is(|kind| matches!(kind, FieldType::Date | FieldType::Timestamp));
        let enums = choices.iter().copied().filter(|field| matches!(field.field_type, FieldType::Enum(_)));
        let state = enums.clone().find(|field| matches!(field.name.as_str(), "status" | "state" | "stage"));
        // Of a comment or a message the text itself is what one wants to see.
        let text = fields.iter().copied().find(|field| matches!(field.field_type, FieldType::LongText));
        let text = text.filter(|_| !wording::names_itself(&title)).map(|field| &field.name);
        let shown = |field: &&Field| text == Some(&field.name) || fits_a_cell(object, field, &title);
        let columns = fields.iter().copied().filter(shown).filter(|field| !is_currency(field, &fields));
        Self {
            columns: columns.take(MOST_COLUMNS).collect(),
            sortable: fields
                .iter()
                .copied()
                .filter(|field| !matches!(field.field_type, FieldType::LongText | FieldType::Json | FieldType::File))
                .filter(|field| live(field).is_some_and(super::query::LiveColumn::sortable))
                .collect(),
            searched: fields.iter().copied().filter(|field| field.search).collect(),
            state: state.or_else(|| enums.clone().next()),
            moment: days.iter().copied().find(|field| live(field).is_some_and(|live| live.not_null)),
            title,
            choices,
            days,
        }
    }

    /// Newest first where rows have a date, else by what they are called; `None`: by their key.
    pub fn default_sort(&self) -> Option<(&'a Field, bool)> {
        let by_title = || self.title.last().copied().filter(|field| self.can_sort(field)).map(|field| (field, false));
        self.moment.map(|field| (field, true)).or_else(by_title)
    }

    pub fn can_sort(&self, field: &Field) -> bool {
        self.sortable.iter().any(|sortable| sortable.name == field.name)
    }
}

/// The currency is said with the amount.
pub fn is_currency(field: &Field, fields: &[&Field]) -> bool {
    fields.iter().any(|other| other.currency.as_ref() == Some(&field.name))
}

/// Long texts and structures do not, and a random id of the row tells a reader nothing.
fn fits_a_cell(object: &Object, field: &Field, title: &[&Field]) -> bool {
    let long = matches!(field.field_type, FieldType::LongText | FieldType::Json | FieldType::File);
    let id = matches!(field.field_type, FieldType::Uuid) && object.key.contains(&field.column);
    !long && !id && !title.iter().any(|shown| shown.name == field.name)
}
