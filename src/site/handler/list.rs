//! The list of an object: sorted, filtered, searched, page by page.

use super::rows::Rows;
use super::visit::Visit;
use super::{Ask, reply};
use crate::model::{Field, FieldType, Page};
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::format;
use crate::site::key;
use crate::site::params::{self, Params, sort_value};
use crate::site::query::{Bound, COUNT_LIMIT, ListQuery, Page as Found, QueryError, RecordQuery, Row, Seek};
use crate::site::template::value;
use crate::site::view::{
    Chip, FilterView, HiddenField, ListView, NamedLink, OptionView, PageHead, SearchView, SortLink, TableColumn,
};
use crate::site::wording;
use axum::http::StatusCode;
use axum::response::Response;

const PAGE: usize = 25;

/// The list of an object, or of a page that shows its rows.
pub async fn show(ask: &Ask<'_>, object: &ObjectName, page: Option<&Page>) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let rows = Rows::of(ask, &visit.viewer, object)?.sorted_by(page.and_then(|page| page.sort.as_ref()));
    let params = Params::read(ask.query, rows.object, rows.facet, &rows.shape)?;
    let columns: Vec<&Field> = page
        .and_then(|page| rows.of_page(page))
        .unwrap_or_else(|| rows.shape.columns.clone())
        .into_iter()
        .filter(|field| params.of.as_ref().is_none_or(|(link, _)| link.field.as_ref() != Some(&field.name)))
        .collect();
    let selection = rows.selection(&columns, true);
    let sort = params.sort.or_else(|| rows.shape.default_sort());
    let query = ListQuery {
        object: rows.object,
        role: &rows.facet.role,
        types: &ask.site.types,
        timezone: &ask.site.model.project.timezone,
        selection: &selection,
        filters: &params.filters(&rows.shape),
        sort: sort.map(|(field, _)| &field.column),
        descending: sort.is_some_and(|(_, descending)| descending),
        seek: params.seek.as_ref(),
        rows: PAGE,
    };
    let mut found = query.run(&mut visit.reading).await?;
    rows.name_keys(&mut found.rows, &mut visit.reading).await?;
    let of = parent(ask, &rows, &params, &mut visit).await?;
    let path = page.map_or_else(|| rows.path(), |page| format!("{}/p/{}", ask.base, page.name));
    let mut list = view(&rows, &params, &columns, &found, (of, path));
    (list.new, list.export) = offers(&rows, &params, &visit, found.total);
    let here = page.map_or_else(|| object.to_string(), |page| format!("p/{}", page.name));
    let shell = visit.viewer.shell(ask, &here, !params.address("").is_empty());
    let label = page.map_or(&rows.object.label_many, |page| &page.title);
    let head = PageHead { as_of: format::as_of(rows.object), ..PageHead::plain(label.as_str()) };
    let values = [("shell", value(shell)), ("page", value(head)), ("list", value(list))];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("object/list.html", &values)?))
}

/// The record that the list is narrowed to, as far as the visitor may see it.
async fn parent(
    ask: &Ask<'_>,
    rows: &Rows<'_>,
    params: &Params<'_>,
    visit: &mut Visit<'_>,
) -> Result<Option<NamedLink>, Fault> {
    let Some((link, values)) = &params.of else { return Ok(None) };
    let Some(target) = ask.site.model.objects.get(&link.target) else { return Ok(None) };
    let Some(facet) = visit.viewer.persona.readable.in_role(&link.target, &rows.facet.role) else { return Ok(None) };
    let parents = Rows::new(ask, visit.viewer.persona, target, facet);
    let selection = parents.selection(&[], true);
    let types = &ask.site.types;
    let query = RecordQuery { object: target, role: &facet.role, types, selection: &selection, key: values };
    let found = match query.run(&mut visit.reading).await {
        Err(QueryError::BadValue(_)) => None,
        found => found?,
    };
    Ok(found.map(|row| NamedLink { label: parents.name(&row), href: parents.href(&row) }))
}

/// The form for a new one, and the list as a file, where this persona may be offered them.
fn offers(
    rows: &Rows<'_>,
    params: &Params<'_>,
    visit: &Visit<'_>,
    total: Option<i64>,
) -> (Option<NamedLink>, Option<NamedLink>) {
    let Some(writable) = visit.viewer.persona.writable.objects.get(&rows.object.name) else { return (None, None) };
    let path = rows.path();
    let of = Params { of: params.of.clone(), ..Params::default() };
    let new = rows.creation().map(|new| NamedLink { href: of.address(&new.href), ..new });
    let listed = Params { seek: None, ..params.clone() };
    let export = writable.export.zip(total).map(|(most, total)| {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let first = format!("Export first {}", format::count(most, i64::MAX));
        let label = if total > most { first } else { "Export".to_owned() };
        NamedLink { label, href: listed.address(&format!("{path}.csv")) }
    });
    (new, export)
}

fn view(
    rows: &Rows<'_>,
    params: &Params<'_>,
    columns: &[&Field],
    page: &Found,
    (of, path): (Option<NamedLink>, String),
) -> ListView {
    let bare = Params { of: params.of.clone(), ..Params::default() };
    let pages = Pages::of(params, page, &path, rows.shape.default_sort().is_some());
    let searched: Vec<String> = rows.shape.searched.iter().map(|field| wording::in_sentence(&field.label)).collect();
    ListView {
        columns: sortable(rows, params, columns, &path),
        rows: page.rows.iter().map(|row| rows.row(row, columns)).collect(),
        label_many: rows.label_many(),
        total: page.total.map(|total| format::count(total, COUNT_LIMIT)),
        of,
        hidden: hidden(params),
        search: (!searched.is_empty())
            .then(|| SearchView { value: params.search.clone(), placeholder: any_of(&searched) }),
        filters: filters(rows, params),
        sorts: sorts(rows, params),
        active: active(params, &path),
        new: None,
        export: None,
        clear: bare.address(&path),
        first: pages.first,
        previous: pages.previous,
        next: pages.next,
        action: path,
    }
}

/// `number, subject or name`.
fn any_of(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Headings that sort, and the other way round when they do already.
fn sortable(rows: &Rows<'_>, params: &Params<'_>, columns: &[&Field], path: &str) -> Vec<TableColumn> {
    let title = rows.shape.title.last().copied().or(rows.shape.called);
    let fields = std::iter::once(title).chain(columns.iter().copied().map(Some));
    let current = params.sort.or_else(|| rows.shape.default_sort());
    let heading = |(mut column, field): (TableColumn, Option<&Field>)| {
        let Some(field) = field.and_then(|field| rows.shape.sortable.iter().find(|known| known.name == field.name))
        else {
            return column;
        };
        let mine = current.filter(|(sorted, _)| sorted.name == field.name).map(|(_, descending)| descending);
        // The newest and the most come first when a date or an amount is sorted by.
        let first = !matches!(field.field_type, FieldType::Date | FieldType::Timestamp | FieldType::Money);
        let descending = mine.map_or(!first, |descending| !descending);
        let sorted = Params { sort: Some((*field, descending)), seek: None, ..params.clone() };
        let state = mine.map(|descending| if descending { "descending" } else { "ascending" });
        column.sort = Some(SortLink { href: sorted.address(path), state });
        column
    };
    rows.columns(columns).into_iter().zip(fields).map(heading).collect()
}

fn hidden(params: &Params<'_>) -> Vec<HiddenField> {
    let of = params.of.iter().map(|(link, values)| HiddenField {
        name: format!("of.{}", link.name),
        value: key::encode(values.iter().map(|value| Some(value.as_str()))),
    });
    of.collect()
}

fn filters(rows: &Rows<'_>, params: &Params<'_>) -> Vec<FilterView> {
    let choice = |field: &&Field| {
        let chosen = params.choices.iter().find(|(known, _)| known.name == field.name).map(|(_, value)| value.as_str());
        let options = params::choices(field).into_iter().map(|value| OptionView {
            label: say_choice(field, &value),
            selected: chosen == Some(value.as_str()),
            value,
        });
        FilterView::Choice {
            name: format!("f.{}", field.name),
            label: field.label.to_string(),
            options: options.collect(),
        }
    };
    let range = |field: &&Field| {
        let day = |bound: Bound| {
            let found = params.days.iter().find(|(known, side, _)| known.name == field.name && *side == bound);
            found.map(|(_, _, day)| day.clone()).unwrap_or_default()
        };
        FilterView::Range {
            name: format!("f.{}", field.name),
            label: field.label.to_string(),
            from: day(Bound::From),
            to: day(Bound::Until),
        }
    };
    rows.shape.choices.iter().map(choice).chain(rows.shape.days.iter().map(range)).collect()
}

fn say_choice(field: &Field, value: &str) -> String {
    match (&field.field_type, value) {
        (FieldType::Boolean, "true") => "Yes".to_owned(),
        (FieldType::Boolean, _) => "No".to_owned(),
        _ => wording::choice(field, value),
    }
}

fn sorts(rows: &Rows<'_>, params: &Params<'_>) -> Vec<OptionView> {
    let current = params.sort.or_else(|| rows.shape.default_sort());
    let shape = &rows.shape;
    let seen = |field: &&&Field| {
        let mut shown = shape.title.iter().chain(&shape.columns).chain(&shape.days);
        shown.any(|shown| shown.name == field.name) || current.is_some_and(|(sorted, _)| sorted.name == field.name)
    };
    let both = shape.sortable.iter().filter(seen).flat_map(|field| [(field, false), (field, true)]);
    both.map(|(field, descending)| {
        let way = match (&field.field_type, descending) {
            (FieldType::Date | FieldType::Timestamp, true) => "newest first",
            (FieldType::Date | FieldType::Timestamp, false) => "oldest first",
            (FieldType::Integer | FieldType::Decimal | FieldType::Money, true) => "highest first",
            (FieldType::Integer | FieldType::Decimal | FieldType::Money, false) => "lowest first",
            (FieldType::Boolean | FieldType::Enum(_), true) => "last to first",
            (FieldType::Boolean | FieldType::Enum(_), false) => "first to last",
            (_, true) => "Z to A",
            (_, false) => "A to Z",
        };
        OptionView {
            value: sort_value(&field.name, descending),
            label: format!("{}, {way}", field.label),
            selected: current.is_some_and(|(sorted, down)| sorted.name == field.name && down == descending),
        }
    })
    .collect()
}

/// Every filter that is on, with the list without it.
fn active(params: &Params<'_>, path: &str) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut add = |label: String, without: Params<'_>| {
        let href = Params { seek: None, ..without }.address(path);
        chips.push(Chip { label, href });
    };
    if !params.search.is_empty() {
        add(format!("“{}”", params.search), Params { search: String::new(), ..params.clone() });
    }
    for (at, (field, value)) in params.choices.iter().enumerate() {
        let mut without = params.clone();
        without.choices.remove(at);
        add(format!("{}: {}", field.label, say_choice(field, value)), without);
    }
    for (at, (field, bound, day)) in params.days.iter().enumerate() {
        let mut without = params.clone();
        without.days.remove(at);
        let word = if *bound == Bound::From { "from" } else { "to" };
        let day = format::say_date(day).unwrap_or_else(|| day.clone());
        add(format!("{} {word} {day}", field.label), without);
    }
    chips
}

/// The neighbouring pages.
struct Pages {
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

impl Pages {
    fn of(params: &Params<'_>, page: &Found, path: &str, has_default_sort: bool) -> Self {
        let sorted = params.sort.is_some() || has_default_sort;
        let at = |row: &Row, back: bool| {
            let sorted_by = sorted.then(|| row.sorted_by.clone());
            params.address_at(path, &Seek { back, sorted_by, key: row.key.clone() })
        };
        let back = params.seek.as_ref().map(|seek| seek.back);
        let before = back == Some(false) || (back == Some(true) && page.more);
        let after = back == Some(true) || page.more;
        Self {
            first: back.map(|_| Params { seek: None, ..params.clone() }.address(path)),
            previous: page.rows.first().filter(|_| before).map(|row| at(row, true)),
            next: page.rows.last().filter(|_| after).map(|row| at(row, false)),
        }
    }
}
