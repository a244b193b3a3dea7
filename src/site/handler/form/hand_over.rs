//! Handing a row over to somebody else: a choice among the people whom the database names.

use super::editing;
use super::entry::{self, Entered, Entry, Outcome, secrets};
use super::page::form_page;
use crate::model::Object;
use crate::model::uncapitalised;
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::form::{FIELD, FIND, Problems};
use crate::site::handler::visit::Visit;
use crate::site::handler::{Ask, record};
use crate::site::key;
use crate::site::note::Done;
use crate::site::params::MOST_WORDS;
use crate::site::query::{Change, OneRow, QueryError, Reading, Refusal};
use crate::site::view::{FindView, FormView, NamedLink, OptionView, ProblemView, SlotKind, SlotView};
use crate::site::wording::{humanise, in_sentence};
use crate::site::writable::AssignWay;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

/// More than these are not looked through by eye.
const MOST: usize = 200;
const TO: &str = "to";

/// Whether there is somebody to whom the row may go.
pub async fn may(
    ask: &Ask<'_>,
    object: &Object,
    key: &[String],
    ways: &[AssignWay],
    reading: &mut Reading,
) -> Result<bool, QueryError> {
    for way in ways {
        if !handing(ask, object, way, key).assignees(&way.path, &[], 0, reading).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn handing<'a>(ask: &'a Ask<'_>, object: &'a Object, way: &'a AssignWay, key: &'a [String]) -> OneRow<'a> {
    let control = &ask.site.model.project.control_schema;
    OneRow { object: &object.name, control, role: &way.role, key }
}

/// What the page says and holds besides the choice itself.
#[derive(Default)]
struct Draft {
    chosen: String,
    search: String,
    notice: Option<String>,
    problems: Problems,
}

pub async fn show_hand_over<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str) -> Result<Response, Fault> {
    page(ask, name, key, Draft::default()).await
}

async fn page<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, draft: Draft) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let (object, ways) = entry::ways(ask, &visit.viewer, name, |writable| &writable.assigns)?;
    let (rows, row) = record::row(ask, name, key, &mut visit).await?;
    let path = format!("{}{}", ask.base, editing::path(object, &row.key));
    let slot = slot(ask, (object, ways), &row.key, &draft, &mut visit.reading).await?;
    if slot.options.len() < 2 && slot.find.is_none() {
        return Err(not_yours(object));
    }
    let label = in_sentence(&object.label_one);
    let at = slot
        .problem
        .as_ref()
        .map(|text| ProblemView { href: Some(format!("#{}", slot.id)), text: format!("{}: {text}", slot.label) });
    let general = draft.problems.general.iter().map(|text| ProblemView { href: None, text: text.clone() });
    let form = FormView {
        id: "form".to_owned(),
        problems: general.chain(at).collect(),
        action: format!("{path}/hand-over"),
        hidden: secrets(&visit.viewer)?,
        slots: vec![slot],
        notice: draft.notice,
        submit: format!("Hand over {label}"),
        cancel: Some(path.clone()),
    };
    let crumbs = vec![
        NamedLink { label: object.label_many.to_string(), href: rows.path() },
        NamedLink { label: rows.name(&row), href: path },
    ];
    let status = if form.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    form_page(ask, &visit.viewer, (object, format!("Hand over {label}"), crumbs), form, status)
}

fn not_yours(object: &Object) -> Fault {
    let label = in_sentence(&object.label_one);
    Fault::forbidden(format!("This {label} is not there any more, or it is not one that you may hand over now."))
}

/// Everybody to whom some way leads, once; the value says which way as well.
async fn slot(
    ask: &Ask<'_>,
    (object, ways): (&Object, &[AssignWay]),
    key: &[String],
    draft: &Draft,
    reading: &mut Reading,
) -> Result<SlotView, Fault> {
    let words: Vec<String> = draft.search.split_whitespace().take(MOST_WORDS).map(str::to_owned).collect();
    let several = ways.iter().any(|way| way.path != ways[0].path);
    let nobody = OptionView { value: String::new(), label: "Choose one".to_owned(), selected: draft.chosen.is_empty() };
    let mut options = vec![nobody];
    let mut more = !words.is_empty();
    for way in ways {
        let mut people = handing(ask, object, way, key).assignees(&way.path, &words, MOST, reading).await?;
        more |= people.len() > MOST;
        people.truncate(MOST);
        for person in people {
            let value = key::encode([Some(way.path.as_str()), Some(person.key.as_str())]);
            if options.iter().any(|known| known.value == value) {
                continue;
            }
            let label = match several {
                true => format!("{} ({})", person.name, uncapitalised(&humanise(way.path.as_str()))),
                false => person.name,
            };
            options.push(OptionView { selected: value == draft.chosen, label, value });
        }
    }
    let name = format!("{FIELD}{TO}");
    let find = more.then(|| FindView {
        name: format!("{FIND}{name}"),
        label: "Search people".to_owned(),
        value: draft.search.clone(),
    });
    Ok(SlotView {
        id: name.replace('.', "-"),
        label: "New owner".to_owned(),
        kind: SlotKind::Choice,
        input: "",
        keys: None,
        autocomplete: None,
        value: draft.chosen.clone(),
        required: true,
        max_length: None,
        options,
        hint: None,
        problem: draft.problems.at.get(&name).cloned(),
        find,
        name,
    })
}

pub async fn hand_over<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, body: Body) -> Result<Response, Fault> {
    let entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let (object, ways) = entry::ways(ask, &entry.viewer, name, |writable| &writable.assigns)?;
    let parts = key::decode_key(key, object.key.len()).ok_or_else(Fault::not_found)?;
    let slot = format!("{FIELD}{TO}");
    let sent = Draft {
        chosen: entry.submitted.get(&slot).unwrap_or_default().to_owned(),
        search: entry.submitted.found().remove(&slot).unwrap_or_default(),
        ..Draft::default()
    };
    if let Some(notice) = entry.shows() {
        return page(ask, name, key, Draft { notice, ..sent }).await;
    }
    let wrong = |text: &str| Problems { at: [(slot.clone(), text.to_owned())].into(), ..Problems::default() };
    if sent.chosen.is_empty() {
        return page(ask, name, key, Draft { problems: wrong("Choose one."), ..sent }).await;
    }
    let problems = match give(ask, entry, (object, ways), &parts, &sent.chosen).await {
        Ok(Some(outcome)) => return Ok(outcome.answer(ask)),
        Ok(None) => wrong("This is not one of the people that it may go to now. Choose another."),
        Err(refusal) => entry::problems(ask, refusal, object, &[])?,
    };
    page(ask, name, key, Draft { problems, ..sent }).await
}

/// `None`: no role of the persona may.
async fn give(
    ask: &Ask<'_>,
    mut entry: Entry<'_>,
    (object, ways): (&Object, &[AssignWay]),
    key: &[String],
    chosen: &str,
) -> Result<Option<Outcome>, Refusal> {
    let (site, id) = (ask.site, entry.id(ask));
    let Some(chosen) = key::decode_key(chosen, 2) else { return Ok(None) };
    let Some(first) = ways.first() else { return Ok(None) };
    let before = entry::done_before(&site.submissions, &id, &first.role, &mut entry.writing).await?;
    if before.is_some() {
        return Ok(before);
    }
    for way in ways.iter().filter(|way| way.path.as_str() == chosen[0]) {
        // Asked before it is tried: a refused statement ends the transaction, and another role may do it.
        let people = handing(ask, object, way, key).assignee(&way.path, &chosen[1], entry.writing.reading()).await?;
        if people.is_none() {
            continue;
        }
        let change = Change { object, role: &way.role, types: &site.types, timezone: &site.model.project.timezone };
        let written = [(way.column.clone(), Some(chosen[1].clone()))];
        if change.update(key, &written, &mut entry.writing).await? {
            let outcome = Outcome::new(editing::path(object, key), Done::Assigned, object);
            entry::finish(&site.submissions, &id, &outcome, entry.writing).await?;
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}
