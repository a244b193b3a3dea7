//! One row with everything about it, and what belongs to it.

use super::form::{self, ShareDraft};
use super::rows::Rows;
use super::visit::Visit;
use super::{Ask, activity, reply};
use crate::model::{Field, FieldType, Object};
use crate::names::{ObjectName, RoleName};
use crate::site::fault::Fault;
use crate::site::format;
use crate::site::key;
use crate::site::params::Params;
use crate::site::query::{Above, QueryError, RecordQuery, Row, Teaser};
use crate::site::readable::Link;
use crate::site::shape::is_currency;
use crate::site::template::value;
use crate::site::view::{Actions, Fact, NamedLink, PageHead, Record, RelatedView};
use crate::site::wording;
use axum::http::StatusCode;
use axum::response::Response;

/// Rows of a related list; the rest is a page of its own.
const RELATED: usize = 10;
/// Columns of a related list beside the first.
const COLUMNS: usize = 5;

/// A text longer than this wants the whole width.
const LINE: usize = 60;

/// What the page says besides the record: why what somebody wanted to do with it was not done, and what they wrote.
#[derive(Default)]
pub struct Told {
    pub problem: Option<String>,
    pub share: ShareDraft,
    /// Why a file was not attached.
    pub file: Option<String>,
}

pub async fn show<'a>(
    ask: &'a Ask<'a>,
    object: &ObjectName,
    key: &str,
    Told { problem, share, file }: Told,
) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let (rows, row) = row(ask, object, key, &mut visit).await?;
    let related = related(ask, rows.object, &row, &mut visit).await?;
    let actions = form::actions(ask, &mut visit, &rows, &row).await?;
    let sharing = form::sharing(ask, &mut visit, rows.object, &row, &share).await?;
    let attachments = form::attachments(ask, &mut visit, rows.object, &row, file.as_deref()).await?;
    let history = activity::history(ask, &mut visit, (rows.object, &rows.facet.role), &row).await?;
    let name = rows.heading(&row);
    let title = if problem.is_some() { format!("Error: {name}") } else { name.clone() };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let values = [
        ("shell", value(visit.viewer.shell(ask, object.as_str(), true))),
        ("page", value(PageHead { title, as_of: format::as_of(rows.object), ..PageHead::plain(name) })),
        ("crumbs", value([NamedLink { label: rows.object.label_many.to_string(), href: rows.path() }])),
        ("record", value(record(&rows, &row, actions))),
        ("problem", value(problem)),
        ("sharing", value(sharing)),
        ("attachments", value(attachments)),
        ("related", value(related)),
        ("history", value(history)),
    ];
    Ok(reply::html(status, ask.portal.look.templates.render("object/detail.html", &values)?))
}

/// The row that an address names, as far as this visitor sees it.
///
/// # Errors
/// Where there is none.
pub async fn row<'a>(
    ask: &'a Ask<'a>,
    object: &ObjectName,
    key: &str,
    visit: &mut Visit<'a>,
) -> Result<(Rows<'a>, Row), Fault> {
    let rows = Rows::of(ask, &visit.viewer, object)?;
    let key = key::decode_key(key, rows.object.key.len()).ok_or_else(Fault::not_found)?;
    find(ask, rows, &key, visit).await?.ok_or_else(Fault::not_found)
}

/// The row in the widest facet that shows it. A key that no column could hold is nobody's.
async fn find<'a>(
    ask: &'a Ask<'a>,
    most_rows: Rows<'a>,
    key: &[String],
    visit: &mut Visit<'a>,
) -> Result<Option<(Rows<'a>, Row)>, Fault> {
    let persona = visit.viewer.persona;
    let object = most_rows.object;
    let Some(readable) = persona.readable.objects.get(&object.name) else { return Ok(None) };
    for facet in readable.widest_first() {
        let rows = Rows::new(ask, persona, object, facet);
        let fields: Vec<&Field> = facet.fields.iter().filter_map(|name| object.fields.get(name)).collect();
        let selection = rows.selection(&fields, false);
        let types = &ask.site.types;
        let query = RecordQuery { object, role: &facet.role, types, selection: &selection, key };
        match query.run(&mut visit.reading).await {
            Ok(Some(mut row)) => {
                rows.name_keys(std::slice::from_mut(&mut row), &mut visit.reading).await?;
                return Ok(Some((rows, row)));
            }
            Ok(None) => {}
            Err(QueryError::BadValue(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn record(rows: &Rows<'_>, row: &Row, actions: Actions) -> Record {
    let fields: Vec<&Field> = rows.facet.fields.iter().filter_map(|name| rows.object.fields.get(name)).collect();
    let shown = |field: &&&Field| {
        let heads = matches!(&rows.shape.title[..], [only] if only.name == field.name);
        row.values.contains_key(&field.name) && !heads && !is_currency(field, &fields)
    };
    let fact = |field: &&Field| Fact { label: field.label.to_string(), cell: rows.cell(row, field) };
    let wide = |field: &&Field| {
        let long = row.values.get(&field.name).and_then(Option::as_ref).is_some_and(|text| text.len() > LINE);
        matches!(field.field_type, FieldType::LongText | FieldType::Json)
            || (long && matches!(field.field_type, FieldType::Text))
    };
    let state = rows.shape.state.filter(|_| rows.shape.state_is_plain);
    let state = state.map(|field| rows.cell(row, field));
    Record {
        label: rows.object.label_one.to_string(),
        tags: state.into_iter().filter(|tag| !tag.text.is_empty()).collect(),
        facts: fields.iter().filter(|field| !wide(field)).filter(shown).map(fact).collect(),
        texts: fields.iter().filter(|field| wide(field)).filter(shown).map(fact).collect(),
        actions,
    }
}

/// Another object's rows that lead to this one.
struct Child<'a> {
    rows: Rows<'a>,
    link: &'a Link,
    columns: Vec<&'a Field>,
}

impl Child<'_> {
    fn is_part_of(&self, object: &Object) -> bool {
        self.rows.object.parent.as_ref().is_some_and(|parent| parent.object == object.name)
    }
}

/// What belongs to the row, its parts first: one statement for each role, mostly one in all.
async fn related<'a>(
    ask: &'a Ask<'a>,
    object: &'a Object,
    row: &Row,
    visit: &mut Visit<'a>,
) -> Result<Vec<RelatedView>, Fault> {
    let children = children(ask, object, visit);
    let mut roles: Vec<&RoleName> = children.iter().map(|child| &child.rows.facet.role).collect();
    roles.sort();
    roles.dedup();
    let mut views: Vec<Option<RelatedView>> = children.iter().map(|_| None).collect();
    let selections: Vec<_> = children.iter().map(|child| child.rows.selection(&child.columns, true)).collect();
    for role in roles {
        let mine: Vec<usize> = (0..children.len()).filter(|at| &children[*at].rows.facet.role == role).collect();
        let teasers: Vec<Teaser<'_>> = mine
            .iter()
            .map(|at| {
                let sort = children[*at].rows.shape.default_sort();
                Teaser {
                    object: children[*at].rows.object,
                    selection: &selections[*at],
                    of: Some(Above { columns: &children[*at].link.columns, object, key: &row.key }),
                    sort: sort.map(|(field, _)| &field.column),
                    descending: sort.is_some_and(|(_, descending)| descending),
                    rows: RELATED,
                    first: None,
                }
            })
            .collect();
        let found = match Teaser::run(&teasers, role, &ask.site.types, &mut visit.reading).await {
            // Some key does not fit a narrower column, in a row policy perhaps. The transaction answers no more, so the
            // rest of the page is asked in another.
            Err(QueryError::BadValue(_)) => {
                *visit = Visit::begin(ask).await?;
                continue;
            }
            found => found?,
        };
        for (at, mut counted) in mine.into_iter().zip(found) {
            children[at].rows.name_keys(&mut counted.rows, &mut visit.reading).await?;
            // That there are none is worth saying only of what is a part of the row.
            if counted.total > 0 || children[at].is_part_of(object) {
                views[at] = Some(view(&children[at], &children, row, counted.total, &counted.rows));
            }
        }
    }
    let parent = key::encode(row.key.iter().map(|part| Some(part.as_str())));
    for (child, view) in children.iter().zip(&mut views).filter(|(child, _)| child.is_part_of(object)) {
        if let Some(view) = view {
            (view.new, view.add) = form::inline(ask, visit, child.rows.object, object, &parent).await?;
        }
    }
    Ok(views.into_iter().flatten().collect())
}

fn children<'a>(ask: &'a Ask<'a>, object: &Object, visit: &Visit<'a>) -> Vec<Child<'a>> {
    let persona = visit.viewer.persona;
    let mut children = Vec::new();
    for name in persona.readable.objects.keys() {
        let found = ask.site.model.objects.get(name).zip(persona.readable.most_rows(name));
        let Some((child, facet)) = found else { continue };
        let fits = |link: &&Link| link.target == object.name && compares(ask, child, link, object);
        for link in facet.links.iter().filter(fits) {
            let rows = Rows::new(ask, persona, child, facet);
            let other = |field: &&Field| link.field.as_ref() != Some(&field.name);
            let columns = rows.shape.columns.iter().copied().filter(other).take(COLUMNS).collect();
            children.push(Child { rows, link, columns });
        }
    }
    // What is a part of this row comes first.
    let is_part =
        |child: &Child<'_>| child.rows.object.parent.as_ref().is_some_and(|parent| parent.object == object.name);
    children.sort_by_key(|child| !is_part(child));
    children
}

/// Whether the link's columns can be compared with the key in the database as it is.
fn compares(ask: &Ask<'_>, child: &Object, link: &Link, object: &Object) -> bool {
    let types = &ask.site.types;
    link.columns.iter().zip(&object.key).all(|(from, to)| {
        let live = types.column(&child.table, from).zip(types.column(&object.table, to));
        live.is_some_and(|(from, to)| from.compares_with(to))
    })
}

fn view(child: &Child<'_>, all: &[Child<'_>], row: &Row, total: i64, found: &[Row]) -> RelatedView {
    let rows = &child.rows;
    let several = all.iter().filter(|other| other.rows.object.name == rows.object.name).count() > 1;
    let by = child.link.field.as_ref().and_then(|name| rows.object.fields.get(name)).map(|field| &field.label);
    let label = match by.filter(|_| several) {
        Some(by) => format!("{} ({})", rows.object.label_many, wording::in_sentence(by)),
        None => rows.object.label_many.to_string(),
    };
    let narrowed = Params { of: Some((child.link, row.key.clone())), ..Params::default() };
    let shown = i64::try_from(found.len()).unwrap_or(i64::MAX);
    RelatedView {
        label,
        label_many: rows.label_many(),
        columns: rows.columns(&child.columns),
        rows: found.iter().map(|found| rows.row(found, &child.columns)).collect(),
        more: (total > shown).then(|| narrowed.address(&rows.path())),
        new: None,
        add: None,
    }
}
