//! The rows that a field may lead to, by what they are called.

use crate::model::{Field, Object};
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::handler::Ask;
use crate::site::handler::rows::Rows;
use crate::site::handler::visit::Viewer;
use crate::site::key;
use crate::site::params::MOST_WORDS;
use crate::site::query::{Assignee, Filter, KeyChoices, ListQuery, QueryError, Reading, RecordQuery, RecordsQuery};
use crate::site::view::OptionView;
use std::collections::{BTreeMap, BTreeSet};

/// More than these are not looked through by eye.
const MOST: usize = 200;

pub struct Choices {
    pub options: Vec<OptionView>,
    /// There are more than are shown, so they can be searched.
    pub more: bool,
}

/// What may be chosen, the chosen one among it.
pub async fn of(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    reading: &mut Reading,
    target: &ObjectName,
    (chosen, search): (&str, &str),
) -> Result<Choices, Fault> {
    let found = ask.site.model.objects.get(target).zip(viewer.persona.readable.most_rows(target));
    let Some((object, facet)) = found else {
        let kept = (!chosen.is_empty()).then(|| unseen(chosen)).into_iter().collect();
        return Ok(Choices { options: kept, more: false });
    };
    let rows = Rows::new(ask, viewer.persona, object, facet);
    let searched: Vec<&Field> =
        if rows.shape.searched.is_empty() { rows.shape.title.clone() } else { rows.shape.searched.clone() };
    let words: Vec<String> = search.split_whitespace().take(MOST_WORDS).map(str::to_owned).collect();
    let columns = searched.iter().map(|field| field.column.clone()).collect();
    let filter = (!words.is_empty() && !searched.is_empty()).then_some(Filter::Search { columns, words });
    let sort = rows.shape.title.last().filter(|field| rows.shape.can_sort(field));
    let selection = rows.selection(&[], true);
    let page = ListQuery {
        object,
        role: &facet.role,
        types: &ask.site.types,
        timezone: &ask.site.model.project.timezone,
        selection: &selection,
        filters: filter.as_slice(),
        sort: sort.map(|field| &field.column),
        descending: false,
        seek: None,
        rows: MOST,
    };
    let mut page = page.run(reading).await?;
    rows.name_keys(&mut page.rows, reading).await?;
    let option = |row: &crate::site::query::Row| {
        let value = key::encode(row.key.iter().map(|part| Some(part.as_str())));
        OptionView { selected: value == chosen, label: rows.name(row), value }
    };
    let mut options: Vec<OptionView> = page.rows.iter().map(option).collect();
    if !chosen.is_empty() && !options.iter().any(|option| option.selected) {
        let name = name(ask, viewer, reading, target, chosen).await?;
        options.insert(0, name.map_or_else(|| unseen(chosen), |label| chosen_as(chosen, label)));
    }
    Ok(Choices { options, more: page.more || !search.is_empty() })
}

/// The people or tenants that may be chosen, the chosen one among them.
pub async fn known(
    known: &KeyChoices<'_>,
    reading: &mut Reading,
    (chosen, search): (&str, &str),
) -> Result<Choices, Fault> {
    let words: Vec<String> = search.split_whitespace().take(MOST_WORDS).map(str::to_owned).collect();
    let mut found = known.run(&words, MOST, reading).await?;
    let more = found.len() > MOST || !words.is_empty();
    found.truncate(MOST);
    let option = |one: Assignee| OptionView { selected: one.key == chosen, label: one.name, value: one.key };
    let mut options: Vec<OptionView> = found.into_iter().map(option).collect();
    if !chosen.is_empty() && !options.iter().any(|option| option.selected) {
        let name = known.name(chosen, reading).await?;
        options.insert(0, name.map_or_else(|| unseen(chosen), |label| chosen_as(chosen, label)));
    }
    Ok(Choices { options, more })
}

/// What the row is called that a key leads to; `None`: it is not one that the person sees.
pub async fn name(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    reading: &mut Reading,
    target: &ObjectName,
    key: &str,
) -> Result<Option<String>, Fault> {
    let found = ask.site.model.objects.get(target).zip(viewer.persona.readable.most_rows(target));
    let Some((object, facet)) = found else { return Ok(None) };
    let Some(key) = key::decode_key(key, object.key.len()) else { return Ok(None) };
    let rows = Rows::new(ask, viewer.persona, object, facet);
    let selection = rows.selection(&[], true);
    let query = RecordQuery { object, role: &facet.role, types: &ask.site.types, selection: &selection, key: &key };
    match query.run(reading).await {
        // A key that no column could hold; the transaction answers no more, so this is the last question.
        Err(QueryError::BadValue(_)) => Err(Fault::bad_request("This record cannot be found.")),
        found => Ok(found?.map(|row| rows.name(&row))),
    }
}

/// What the rows with these keys are called, as far as the person sees them.
pub async fn names(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    reading: &mut Reading,
    object: &Object,
    keys: &BTreeSet<Vec<String>>,
) -> Result<BTreeMap<Vec<String>, String>, Fault> {
    let keys: BTreeSet<Vec<String>> = keys.iter().filter(|key| key.len() == object.key.len()).cloned().collect();
    let facet = viewer.persona.readable.most_rows(&object.name).filter(|_| !keys.is_empty());
    let Some(facet) = facet else { return Ok(BTreeMap::new()) };
    let rows = Rows::new(ask, viewer.persona, object, facet);
    let selection = rows.selection(&[], true);
    let query = RecordsQuery { object, role: &facet.role, types: &ask.site.types, selection: &selection, keys: &keys };
    let found = query.run(reading).await?;
    Ok(found.into_iter().map(|row| (row.key.clone(), rows.name(&row))).collect())
}

fn chosen_as(value: &str, label: String) -> OptionView {
    OptionView { value: value.to_owned(), label, selected: true }
}

/// It stays what it is, without saying what that is.
fn unseen(chosen: &str) -> OptionView {
    chosen_as(chosen, "As it is (you cannot see it)".to_owned())
}
