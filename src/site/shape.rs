//! What a list of an object looks like to a persona: worked out from the field's types, the same for
//! every visitor of that persona.

use super::query::LiveTypes;
use super::readable::{ReadableFacet, holds_key};
use super::wording;
use crate::model::{Field, FieldType, Object, Sort};
use crate::names::FieldName;

/// Columns beside the first: more do not fit a page.
const MOST_COLUMNS: usize = 6;

#[derive(Debug, Clone)]
pub struct Shape<'a> {
    /// What rows are called by; empty: by their key.
    pub title: Vec<&'a Field>,
    /// What rows without a title are called by where their key tells a reader nothing.
    pub called: Option<&'a Field>,
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
    /// Whether it says so by its name, and needs no label beside the row's title.
    pub state_is_plain: bool,
    /// The date that every row has: lists begin with the newest, unless the object says otherwise.
    pub moment: Option<&'a Field>,
    /// What the spec says lists begin with, where this reader sees it; whether the newest or the most comes first.
    pub order: Option<(&'a Field, bool)>,
    /// The field that leads to what the row is a part of.
    pub above: Option<&'a Field>,
}

impl<'a> Shape<'a> {
    /// Fields that the database does not have are left out.
    pub fn of(object: &'a Object, facet: &'a ReadableFacet, types: &LiveTypes) -> Self {
        let live = |field: &Field| types.column(&object.table, &field.column);
        let get = |name: &FieldName| object.fields.get(name).filter(|field| live(field).is_some());
        let fields: Vec<&Field> = facet.fields.iter().filter_map(get).collect();
        let title: Vec<&Field> = facet.title.iter().filter_map(get).collect();
        let plain: Vec<&Field> = fields.iter().copied().filter(|field| !facet.masked.contains(&field.name)).collect();
        let is = |wanted: fn(&FieldType) -> bool| -> Vec<&'a Field> {
            plain.iter().copied().filter(|field| wanted(&field.field_type)).collect()
        };
        let choices = is(|kind| matches!(kind, FieldType::Enum(_) | FieldType::Boolean));
        let days = is(|kind| matches!(kind, FieldType::Date | FieldType::Timestamp));
        let enums = choices.iter().copied().filter(|field| matches!(field.field_type, FieldType::Enum(_)));
        let state = enums.clone().find(|field| matches!(field.name.as_str(), "status" | "state" | "stage"));
        // Of a comment or a message the text itself is what one wants to see.
        let text = fields.iter().copied().find(|field| matches!(field.field_type, FieldType::LongText));
        let text = text.filter(|_| !wording::names_itself(&title)).map(|field| &field.name);
        let random = |column| types.column(&object.table, column).is_some_and(|live| live.sql_type == "uuid");
        let nameless = title.is_empty() && object.key.iter().all(random);
        let called = plain.iter().copied().find(|field| nameless && tells(object, field));
        let shown = |field: &&Field| text == Some(&field.name) || fits_a_cell(object, field, &title);
        let shown = |field: &&Field| shown(field) && called.is_none_or(|called| called.name != field.name);
        let shown = fields.iter().copied().filter(shown).filter(|field| !is_currency(field, &fields));
        let state_is_plain = state.is_some();
        let state = state.or_else(|| enums.clone().next());
        let always = days.iter().copied().filter(|field| live(field).is_some_and(|live| live.not_null));
        let order = object.sort.as_ref().and_then(|sort| Some((*sorting(&plain, &sort.field)?, sort.descending)));
        let above = object.parent.as_ref().map(|parent| &parent.via[..]);
        let above = plain.iter().copied().find(|field| above == Some(std::slice::from_ref(&field.column)));
        let moment = wording::beginning(&always.collect::<Vec<_>>());
        Self {
            columns: fitting(shown.collect(), state, order.map(|(field, _)| field).or(moment)),
            sortable: plain
                .iter()
                .copied()
                .filter(|field| !matches!(field.field_type, FieldType::LongText | FieldType::Json | FieldType::File))
                // A link is shown by a name and kept as a key, whose order means nothing to a reader.
                .filter(|field| !holds_key(field))
                .filter(|field| !facet.links.iter().any(|link| link.field.as_ref() == Some(&field.name)))
                .filter(|field| live(field).is_some_and(super::query::LiveColumn::sortable))
                .collect(),
            searched: plain.iter().copied().filter(|field| field.search).collect(),
            state,
            state_is_plain,
            moment,
            order: order.filter(|(field, _)| live(field).is_some_and(super::query::LiveColumn::sortable)),
            above,
            title,
            called,
            choices,
            days,
        }
    }

    /// As the spec says; else newest first where rows have a date, else by what they are called; `None`: by their key.
    pub fn default_sort(&self) -> Option<(&'a Field, bool)> {
        let by_title = || self.title.last().copied().filter(|field| self.can_sort(field)).map(|field| (field, false));
        self.order.or_else(|| self.moment.map(|field| (field, true))).or_else(by_title)
    }

    /// The same list in the order that a page says, where this reader sees the field.
    pub fn sorted_by(mut self, sort: Option<&Sort>) -> Self {
        let said = sort.and_then(|sort| Some((*sorting(&self.sortable, &sort.field)?, sort.descending)));
        self.order = said.or(self.order);
        self
    }

    /// The date by which lists begin with the newest.
    pub fn newest_by(&self) -> Option<&'a Field> {
        let is_day = |field: &Field| matches!(field.field_type, FieldType::Date | FieldType::Timestamp);
        self.default_sort().filter(|(field, newest)| *newest && is_day(field)).map(|(field, _)| field)
    }

    pub fn can_sort(&self, field: &Field) -> bool {
        self.sortable.iter().any(|sortable| sortable.name == field.name)
    }
}

fn sorting<'f, 'a>(fields: &'f [&'a Field], name: &FieldName) -> Option<&'f &'a Field> {
    fields.iter().find(|field| field.name == *name)
}

/// As many as fit, in their order, and among them how the row stands and since when: lists begin with
/// the newest, and one wants to see by what.
fn fitting<'a>(mut shown: Vec<&'a Field>, state: Option<&Field>, moment: Option<&Field>) -> Vec<&'a Field> {
    let needed = |field: &Field| [state, moment].into_iter().flatten().any(|needed| needed.name == field.name);
    while shown.len() > MOST_COLUMNS {
        let Some(last) = shown.iter().rposition(|field| !needed(field)) else { break };
        shown.remove(last);
    }
    shown
}

/// The currency is said with the amount.
pub fn is_currency(field: &Field, fields: &[&Field]) -> bool {
    fields.iter().any(|other| other.currency.as_ref() == Some(&field.name))
}

/// Whether the value tells one row from others: what it leads to, who or when it is, of what kind; not how it stands,
/// nor what it is a part of.
fn tells(object: &Object, field: &Field) -> bool {
    let is_parent = object.parent.as_ref().is_some_and(|parent| parent.via.contains(&field.column));
    let is_state = object.states.as_ref().is_some_and(|states| states.field == field.name);
    let kind = &field.field_type;
    let tells = matches!(kind, FieldType::Reference(_) | FieldType::Date | FieldType::Timestamp | FieldType::Enum(_));
    (tells || holds_key(field)) && !is_parent && !is_state
}

/// Long texts and structures do not; a random id of the row tells a reader nothing.
fn fits_a_cell(object: &Object, field: &Field, title: &[&Field]) -> bool {
    let long = matches!(field.field_type, FieldType::LongText | FieldType::Json | FieldType::File);
    let key = object.key.contains(&field.column);
    // Without a title the key is the row's name already.
    let named = key && (title.is_empty() || matches!(field.field_type, FieldType::Uuid));
    !long && !named && !title.iter().any(|shown| shown.name == field.name)
}
