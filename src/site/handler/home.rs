//! The first page: how much there is of everything, and what is newest.

use super::rows::{self, Rows};
use super::visit::Visit;
use super::{Ask, reply};
use crate::model::{Field, FieldType};
use crate::names::{ColumnName, RoleName};
use crate::site::content;
use crate::site::fault::Fault;
use crate::site::format;
use crate::site::portal::Way;
use crate::site::query::{COUNT_LIMIT, CountedRows, First, Row, Teaser};
use crate::site::template::{html, value};
use crate::site::view::{HomeCard, NamedLink, PageHead, RecentRow};
use crate::site::wording;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::value::Value;
use std::collections::BTreeSet;

/// Objects with their newest rows; the others only with their count.
const WITH_ROWS: usize = 4;
const ROWS: usize = 5;
/// What can be begun from here: what stands first in the navigation; everything else from its own list.
const ACTIONS: usize = 3;

pub async fn show(ask: &Ask<'_>) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let viewer = &visit.viewer;
    let shell = viewer.shell(ask, "home", false);
    let ways = ask.portal.navigation.iter().filter_map(|way| match way {
        Way::Object(object) => Some(object),
        Way::Home | Way::View(_) | Way::Page { .. } => None,
    });
    let objects: Vec<Rows<'_>> = ways.filter_map(|object| Rows::of(ask, viewer, object).ok()).collect();
    let counted = count(ask, &objects, &mut visit).await?;
    let cards: Vec<HomeCard> = objects.iter().zip(&counted).map(|(rows, counted)| card(rows, counted)).collect();
    let actions: Vec<NamedLink> = objects.iter().filter_map(Rows::creation).take(ACTIONS).collect();
    let intro = content::read(&ask.portal.look, "home").map_err(Fault::internal)?;
    let heading = match &visit.viewer.user {
        Some(user) => match user.person.as_deref().or(user.email.as_deref()) {
            Some(name) => format!("Welcome, {name}"),
            None => "Welcome".to_owned(),
        },
        None => ask.portal.look.title.clone(),
    };
    let lead = visit.viewer.user.as_ref().and_then(|user| user.tenant_title.clone());
    let values = [
        ("shell", value(shell)),
        ("page", value(PageHead { title: "Home".to_owned(), lead, ..PageHead::plain(heading) })),
        ("intro", intro.map_or(Value::from(()), |intro| html(intro.html))),
        ("cards", value(cards)),
        ("actions", value(actions)),
    ];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("home/home.html", &values)?))
}

/// One statement for each role, mostly one in all; the answers in the objects' order.
async fn count(ask: &Ask<'_>, objects: &[Rows<'_>], visit: &mut Visit<'_>) -> Result<Vec<CountedRows>, Fault> {
    let mut roles: Vec<&RoleName> = objects.iter().map(|rows| &rows.facet.role).collect();
    roles.sort();
    roles.dedup();
    let selections: Vec<_> = objects.iter().map(|rows| rows.selection(&teased(rows), true)).collect();
    let mut answers: Vec<Option<CountedRows>> = objects.iter().map(|_| None).collect();
    for role in roles {
        let mine: Vec<usize> = (0..objects.len()).filter(|at| &objects[*at].facet.role == role).collect();
        let teasers: Vec<Teaser<'_>> = mine
            .iter()
            .map(|at| {
                let sort = objects[*at].shape.default_sort();
                let coming = objects[*at].shape.newest_by().is_some();
                Teaser {
                    object: objects[*at].object,
                    selection: &selections[*at],
                    of: None,
                    sort: sort.map(|(field, _)| &field.column),
                    descending: sort.is_none_or(|(_, descending)| descending),
                    rows: if *at < WITH_ROWS { ROWS } else { 0 },
                    first: Some(First { open: standing(&objects[*at]), coming }),
                }
            })
            .collect();
        let found = Teaser::run(&teasers, role, &ask.site.types, &mut visit.reading).await?;
        for (at, mut counted) in mine.into_iter().zip(found) {
            objects[at].name_keys(&mut counted.rows, &mut visit.reading).await?;
            answers[at] = Some(counted);
        }
    }
    answers.into_iter().collect::<Option<_>>().ok_or_else(|| Fault::internal("an object was not counted"))
}

/// Where a row stands, and where nothing is to be done with it any more.
fn standing<'a>(rows: &Rows<'a>) -> Option<(&'a ColumnName, &'a BTreeSet<String>)> {
    let states = rows.object.states.as_ref().filter(|states| !states.over.is_empty())?;
    let seen = rows.facet.fields.contains(&states.field) && !rows.facet.masked.contains(&states.field);
    let field = rows.object.fields.get(&states.field).filter(|_| seen)?;
    Some((&field.column, &states.over))
}

/// The fields that a row of the home page shows: what it is, how it stands, since when.
fn teased<'a>(rows: &Rows<'a>) -> Vec<&'a Field> {
    line(rows).into_iter().chain(state(rows)).chain(since(rows)).collect()
}

/// How the row stands, where that needs no label.
fn state<'a>(rows: &Rows<'a>) -> Option<&'a Field> {
    rows.shape.state.filter(|_| rows.shape.state_is_plain)
}

/// The date that its place among the others comes from, or else since when there is one.
fn since<'a>(rows: &Rows<'a>) -> Option<&'a Field> {
    let is_day = |field: &&Field| matches!(field.field_type, FieldType::Date | FieldType::Timestamp);
    rows.shape.order.map(|(field, _)| field).filter(is_day).or(rows.shape.moment)
}

/// A short text beside the title.
fn line<'a>(rows: &Rows<'a>) -> Option<&'a Field> {
    let short =
        |field: &&&Field| matches!(field.field_type, FieldType::Text | FieldType::Email | FieldType::Reference(_));
    rows.shape.columns.iter().filter(|field| !wording::is_code(field)).find(short).copied()
}

fn card(rows: &Rows<'_>, counted: &CountedRows) -> HomeCard {
    let label = rows.object.label_many.to_string();
    let newest = rows.shape.newest_by().is_some() && !counted.begins_ahead;
    HomeCard {
        name: rows.object.name.to_string(),
        recent_label: if newest { format!("Recent {}", rows.label_many()) } else { label.clone() },
        icon: rows::icon(rows.object),
        href: rows.path(),
        count: format::count(counted.total, COUNT_LIMIT),
        counted_label: if counted.total == 1 { rows.object.label_one.to_string() } else { label.clone() },
        rows: counted.rows.iter().map(|row| recent(rows, row)).collect(),
        label,
    }
}

fn recent(rows: &Rows<'_>, row: &Row) -> RecentRow {
    let cell = |field: Option<&Field>| field.map(|field| rows.cell(row, field));
    let set = |cell: &crate::site::view::Cell| !cell.text.is_empty();
    RecentRow {
        href: rows.href(row),
        name: rows.name(row),
        line: cell(line(rows)).filter(set).map(|cell| cell.text),
        tag: cell(state(rows)).filter(set),
        date: cell(since(rows)).filter(set),
    }
}
