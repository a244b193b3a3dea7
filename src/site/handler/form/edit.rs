//! Changing a row.

use super::conflict;
use super::editing::{self, Editing};
use super::entry::{self, Entered, Entry, Outcome, hidden};
use super::page::Draft;
use crate::model::Object;
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::form::{Difference, Problems, Slot};
use crate::site::handler::Ask;
use crate::site::handler::visit::{Attempt, Viewer, Visit};
use crate::site::key;
use crate::site::note::Done;
use crate::site::query::{Hold, Reading, Refusal, Written};
use crate::site::view::NamedLink;
use crate::site::wording::in_sentence;
use crate::site::writable::UpdateWay;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeMap;

pub async fn show_edit<'a>(ask: &'a Ask<'a>, object: &ObjectName, key: &str) -> Result<Response, Fault> {
    // Asking whether a row may be changed is a question that a reading transaction may not put.
    let Attempt { viewer, mut writing } = Attempt::begin(ask).await?;
    let (object, ways) = entry::ways(ask, &viewer, object, |writable| &writable.updates)?;
    let key = key::decode_key(key, object.key.len()).ok_or_else(Fault::not_found)?;
    let editing = Editing::load(ask, &viewer, (object, ways), key, Hold::Ask, &mut writing).await?;
    if editing.parts.is_empty() {
        return Err(not_yours(object));
    }
    let draft = draft(&editing, editing.shown());
    page(ask, &viewer, writing.reading(), (object, editing.name()), draft, StatusCode::OK).await
}

fn not_yours(object: &Object) -> Fault {
    let label = in_sentence(&object.label_one);
    Fault::forbidden(format!("This {label} is not there any more, or it is not one that you may change now."))
}

fn draft(editing: &Editing<'_>, values: BTreeMap<String, String>) -> Draft {
    Draft {
        slots: editing.slots().cloned().collect(),
        values,
        hidden: vec![hidden("was", editing.was().write())],
        ..frame(editing.object, &editing.key)
    }
}

fn frame(object: &Object, key: &[String]) -> Draft {
    let path = editing::path(object, key);
    Draft { action: format!("{path}/edit"), submit: "Save changes".to_owned(), cancel: Some(path), ..Draft::default() }
}

async fn page(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    reading: &mut Reading,
    (object, name): (&Object, String),
    draft: Draft,
    status: StatusCode,
) -> Result<Response, Fault> {
    let list = editing::path(object, &[]);
    let list = list.trim_end_matches('/');
    let back = draft.cancel.clone().unwrap_or_default();
    let crumbs = vec![
        NamedLink { label: object.label_many.to_string(), href: format!("{}{list}", ask.base) },
        NamedLink { label: name, href: format!("{}{back}", ask.base) },
    ];
    let heading = format!("Edit {}", in_sentence(&object.label_one));
    draft.page(ask, viewer, reading, (object, heading, crumbs), status).await
}

pub async fn edit<'a>(ask: &'a Ask<'a>, object: &ObjectName, key: &str, body: Body) -> Result<Response, Fault> {
    let entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let (object, ways) = entry::ways(ask, &entry.viewer, object, |writable| &writable.updates)?;
    let key = key::decode_key(key, object.key.len()).ok_or_else(Fault::not_found)?;
    let submitted = entry.submitted.clone();
    let what = (object, ways, key.as_slice());
    match attempt(ask, entry, what).await {
        Ok(Attempted::Answered(response)) => Ok(response),
        Ok(Attempted::Refused(problems)) => again(ask, &submitted, what, problems).await,
        Err(Trouble::Refusal(refusal)) => {
            let slots = all_slots(ask, object, ways);
            again(ask, &submitted, what, entry::problems(ask, refusal, object, &slots)?).await
        }
        Err(Trouble::Fault(fault)) => Err(fault),
    }
}

enum Attempted {
    Answered(Response),
    /// The form once more, with what is wrong.
    Refused(Problems),
}

enum Trouble {
    Refusal(Refusal),
    Fault(Fault),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

type What<'a, 'k> = (&'a Object, &'a [UpdateWay], &'k [String]);

async fn attempt<'a>(
    ask: &'a Ask<'a>,
    mut entry: Entry<'a>,
    (object, ways, key): What<'a, '_>,
) -> Result<Attempted, Trouble> {
    if let Some(notice) = entry.shows() {
        let editing =
            Editing::load(ask, &entry.viewer, (object, ways), key.to_vec(), Hold::Ask, &mut entry.writing).await?;
        let mut draft = refilled(ask, &editing, ways, &entry.submitted);
        draft.notice = notice;
        let name = editing.name();
        let reading = entry.writing.reading();
        return Ok(Attempted::Answered(
            page(ask, &entry.viewer, reading, (object, name), draft, StatusCode::OK).await?,
        ));
    }
    let (site, id) = (ask.site, entry.id(ask));
    let Some(first) = ways.first() else { return Err(Fault::not_found().into()) };
    if let Some(outcome) = entry::done_before(&site.submissions, &id, &first.role, &mut entry.writing).await? {
        return Ok(Attempted::Answered(outcome.answer(ask)));
    }
    let editing =
        Editing::load(ask, &entry.viewer, (object, ways), key.to_vec(), Hold::Change, &mut entry.writing).await?;
    if editing.parts.is_empty() {
        let label = in_sentence(&object.label_one);
        let text =
            format!("This {label} is not there any more, or it is not one that you may change now. Nothing was saved.");
        return Ok(Attempted::Refused(Problems::of(text)));
    }
    let differences = editing.differences(&entry.submitted);
    let values = match read(&differences, &entry) {
        Ok(values) => values,
        Err(problems) => return Ok(Attempted::Refused(problems)),
    };
    if differences.iter().any(|(_, difference, _)| *difference == Difference::Both) {
        let conflict =
            conflict::page(ask, &entry.viewer, &editing, &entry.submitted, &differences, entry.writing.reading());
        return Ok(Attempted::Answered(conflict.await?));
    }
    let done = if values.is_empty() { Done::Unchanged } else { Done::Changed };
    let Some(key) = editing.write(ask, &values, &mut entry.writing).await? else {
        return Ok(Attempted::Refused(Problems::of("You may not change this any more. Nothing was saved.")));
    };
    let outcome = Outcome::new(editing::path(object, &key), done, object);
    entry::finish(&site.submissions, &id, &outcome, entry.writing).await?;
    Ok(Attempted::Answered(outcome.answer(ask)))
}

/// What is to be written, or what is wrong with it. What was not changed is not judged.
fn read(
    differences: &[(&Slot, Difference, String)],
    entry: &Entry<'_>,
) -> Result<BTreeMap<String, Vec<Written>>, Problems> {
    let typed = entry.submitted.values();
    let mut problems = Problems::default();
    let mut values = BTreeMap::new();
    for (slot, _, _) in differences.iter().filter(|(_, difference, _)| *difference != Difference::None) {
        match slot.read(typed.get(&slot.name).map_or("", String::as_str)) {
            Ok(value) => _ = values.insert(slot.name.clone(), slot.written(value.as_deref())),
            Err(text) => _ = problems.at.insert(slot.name.clone(), text),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// The form as it was sent, with what is wrong, in a transaction of its own: the last answers no more.
async fn again<'a>(
    ask: &'a Ask<'a>,
    submitted: &crate::site::form::Submitted,
    (object, ways, key): What<'a, '_>,
    problems: Problems,
) -> Result<Response, Fault> {
    let Visit { viewer, mut reading } = Visit::begin(ask).await?;
    let draft = Draft {
        slots: all_slots(ask, object, ways),
        values: submitted.values(),
        found: submitted.found(),
        problems,
        submission: submitted.get("submission").map(str::to_owned),
        // What was seen then, so that a change by somebody else is still found.
        hidden: vec![hidden("was", submitted.get("was").unwrap_or_default())],
        ..frame(object, key)
    };
    let name = object.label_one.to_string();
    page(ask, &viewer, &mut reading, (object, name), draft, StatusCode::UNPROCESSABLE_ENTITY).await
}

fn refilled(
    ask: &Ask<'_>,
    editing: &Editing<'_>,
    ways: &[UpdateWay],
    submitted: &crate::site::form::Submitted,
) -> Draft {
    let slots = if editing.parts.is_empty() {
        all_slots(ask, editing.object, ways)
    } else {
        editing.slots().cloned().collect()
    };
    Draft {
        slots,
        values: submitted.values(),
        found: submitted.found(),
        hidden: vec![hidden("was", submitted.get("was").unwrap_or_default())],
        ..frame(editing.object, &editing.key)
    }
}

/// What any role of the persona may write of the object.
fn all_slots(ask: &Ask<'_>, object: &Object, ways: &[UpdateWay]) -> Vec<Slot> {
    let mut all: Vec<Slot> = Vec::new();
    for slot in ways.iter().flat_map(|way| editing::slots(ask, object, way, None)) {
        if !all.iter().any(|known| known.name == slot.name) {
            all.push(slot);
        }
    }
    all
}
