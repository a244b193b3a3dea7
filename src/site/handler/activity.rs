//! What has become of rows: of one, on its page, and of those of one's tenant. The database decides what is told.

use super::visit::{Viewer, Visit};
use super::{Ask, form, reply};
use crate::model::{FieldType, Object, Who, uncapitalised};
use crate::names::{ObjectName, RoleName};
use crate::site::fault::Fault;
use crate::site::format::{self, Meaning};
use crate::site::key;
use crate::site::portal::slug;
use crate::site::query::{Event, Events, Row};
use crate::site::template::value;
use crate::site::view::{Cell, EventView, NamedLink, PageHead};
use crate::site::wording::in_sentence;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::{BTreeMap, BTreeSet};

/// Of one record; what is older is for those who keep the record.
const OF_ROW: usize = 20;
/// On a page of a tenant's.
const OF_TENANT: usize = 30;

fn events<'a>(ask: &'a Ask<'_>, role: &'a RoleName, most: usize) -> Events<'a> {
    let project = &ask.site.model.project;
    Events { control: &project.control_schema, role, timezone: &project.timezone, most }
}

/// The history of a row that the role sees.
pub async fn history(
    ask: &Ask<'_>,
    visit: &mut Visit<'_>,
    (object, role): (&Object, &RoleName),
    row: &Row,
) -> Result<Vec<EventView>, Fault> {
    if visit.viewer.user.is_none() || !ask.site.model.records_changes(&object.name) {
        return Ok(Vec::new());
    }
    let found = events(ask, role, OF_ROW).of_row(&object.name, &row.key, &mut visit.reading).await?;
    Ok(found.into_iter().map(|event| view(object, event, None)).collect())
}

/// The roles that are told something of their tenant.
fn roles<'a>(ask: &Ask<'a>, viewer: &Viewer<'a>) -> Vec<&'a RoleName> {
    if viewer.user.is_none() || viewer.persona.who != Who::External {
        return Vec::new();
    }
    let readable = viewer.persona.readable.objects.iter();
    let recorded = readable.filter(|(name, _)| ask.site.model.records_changes(name));
    let mut roles: Vec<&RoleName> =
        recorded.flat_map(|(_, object)| object.facets.iter().map(|facet| &facet.role)).collect();
    roles.sort();
    roles.dedup();
    roles
}

/// The way to the page; `None`: this person has none.
pub fn link(ask: &Ask<'_>, viewer: &Viewer<'_>) -> Option<String> {
    (!roles(ask, viewer).is_empty()).then(|| format!("{}/activity", ask.base))
}

pub async fn show<'a>(ask: &'a Ask<'a>) -> Result<Response, Fault> {
    let Visit { viewer, mut reading } = Visit::begin(ask).await?;
    let roles = roles(ask, &viewer);
    if roles.is_empty() {
        return Err(if viewer.user.is_none() { Fault::SignIn { stale: false } } else { Fault::not_found() });
    }
    let before = ask.query.iter().find(|(name, _)| name == "before").and_then(|(_, text)| text.parse().ok());
    // Each role sees rows and fields of its own; of an event that several are told, the most telling stays.
    let mut all: BTreeMap<i64, Event> = BTreeMap::new();
    for role in roles {
        for event in events(ask, role, OF_TENANT + 1).of_tenant(before, &mut reading).await? {
            let more = all.get(&event.id).is_none_or(|known| known.fields.len() < event.fields.len());
            if more {
                all.insert(event.id, event);
            }
        }
    }
    let next = all.len() > OF_TENANT;
    let shown: Vec<Event> = all.into_values().rev().take(OF_TENANT).collect();
    let older = shown.last().filter(|_| next).map(|last| format!("{}/activity?before={}", ask.base, last.id));
    let mut keys: BTreeMap<&ObjectName, BTreeSet<Vec<String>>> = BTreeMap::new();
    for event in &shown {
        keys.entry(&event.object).or_default().insert(event.key.clone());
    }
    let mut names: BTreeMap<ObjectName, BTreeMap<Vec<String>, String>> = BTreeMap::new();
    for (name, keys) in keys {
        let Some(object) = ask.site.model.objects.get(name) else { continue };
        names.insert(name.clone(), form::row_names(ask, &viewer, &mut reading, object, &keys).await?);
    }
    let mut views = Vec::with_capacity(shown.len());
    for event in shown {
        let Some((object, names)) = ask.site.model.objects.get(&event.object).zip(names.get(&event.object)) else {
            continue;
        };
        let label = names.get(&event.key).cloned().unwrap_or_else(|| event.key.join(" / "));
        let address = key::encode(event.key.iter().map(|part| Some(part.as_str())));
        let href = format!("{}/{}/{address}", ask.base, slug(&object.name));
        views.push(view(object, event, Some(NamedLink { label, href })));
    }
    let values = [
        ("shell", value(viewer.shell(ask, "activity", false))),
        ("page", value(PageHead::plain("Activity"))),
        ("events", value(views)),
        ("older", value(older)),
        ("first", value(before.map(|_| format!("{}/activity", ask.base)))),
    ];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("activity/activity.html", &values)?))
}

fn view(object: &Object, event: Event, record: Option<NamedLink>) -> EventView {
    let state = object.states.as_ref().and_then(|states| object.fields.get(&states.field));
    let tag = |text: Option<String>| {
        let field = state?;
        let text = text?;
        let called = field.value_labels.get(&text).map(|label| &**label);
        let meaning = Meaning { field_type: &field.field_type, currency: None, identifies: false, called };
        Some(format::cell(Some(&text), meaning))
    };
    let moment = Meaning { field_type: &FieldType::Timestamp, currency: None, identifies: false, called: None };
    let at: Cell = format::cell(Some(&event.at), moment);
    let label = |name: &String| {
        let field = object.fields.get(name.as_str());
        field.map_or_else(|| uncapitalised(name), |field| in_sentence(&field.label))
    };
    let fields: Vec<String> = event.fields.iter().map(label).collect();
    EventView {
        at,
        who: event.who,
        what: match event.what.as_str() {
            "insert" => "created".to_owned(),
            "delete" => "deleted".to_owned(),
            "attach" => "attached a file to".to_owned(),
            "detach" => "removed a file from".to_owned(),
            _ => "changed".to_owned(),
        },
        label: in_sentence(&object.label_one),
        record,
        fields: fields.join(", "),
        from: tag(event.from),
        to: tag(event.to),
    }
}
