//! Sharing a row with somebody, and taking that back. Whoever cannot be shared with is one answer, whether there is
//! such a person or not: a form that told them apart would tell who has an account here.

use super::editing;
use super::entry::{self, Entered, Entry, Outcome, hidden, secrets};
use crate::model::Object;
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::form::{FIELD, Problems};
use crate::site::format;
use crate::site::handler::Ask;
use crate::site::handler::record::{self, Told};
use crate::site::handler::visit::Visit;
use crate::site::key;
use crate::site::note::Done;
use crate::site::query::{OneRow, Refusal, Row, Shared};
use crate::site::view::{Cell, CellKind, FormView, ShareView, SharingView, SlotKind, SlotView};
use crate::site::wording::in_sentence;
use crate::site::writable::{Days, ShareWay};
use axum::body::Body;
use axum::response::Response;

const EMAIL: &str = "email";
const DAYS: &str = "days";
const LONGEST_EMAIL: u32 = 254;

/// What somebody wrote into the form, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct ShareDraft {
    email: String,
    days: String,
    problems: Problems,
}

fn slot_name(name: &str) -> String {
    format!("{FIELD}{name}")
}

fn handing<'a>(ask: &'a Ask<'_>, object: &'a Object, way: &'a ShareWay, key: &'a [String]) -> OneRow<'a> {
    let control = &ask.site.model.project.control_schema;
    OneRow { object: &object.name, control, role: &way.role, key }
}

/// The part of a record's page; `None`: the record is not one that this person may share.
pub async fn sharing(
    ask: &Ask<'_>,
    visit: &mut Visit<'_>,
    object: &Object,
    row: &Row,
    draft: &ShareDraft,
) -> Result<Option<SharingView>, Fault> {
    let Some(writable) = visit.viewer.persona.writable.objects.get(&object.name) else { return Ok(None) };
    let timezone = &ask.site.model.project.timezone;
    let mut found: Option<(Vec<Shared>, Option<Days>)> = None;
    for way in &writable.shares {
        let Some(shares) = handing(ask, object, way, &row.key).shares(timezone, &mut visit.reading).await? else {
            continue;
        };
        let (all, days) = found.get_or_insert_default();
        all.extend(shares.into_iter().filter(|new| !all.iter().any(|known| known.id == new.id)).collect::<Vec<_>>());
        *days = [*days, way.days].into_iter().flatten().max_by_key(|days| days.most);
    }
    let Some((shares, days)) = found else { return Ok(None) };
    let path = format!("{}{}", ask.base, editing::path(object, &row.key));
    let mut views = Vec::with_capacity(shares.len());
    for share in shares {
        let mut carried = secrets(&visit.viewer)?;
        carried.push(hidden("share", share.id));
        views.push(ShareView {
            person: share.person,
            until: share.until.map(|text| {
                let date = text.get(..10).unwrap_or(&text).to_owned();
                Cell::new(CellKind::Date, format::say_date(&date).unwrap_or_else(|| date.clone())).machine(date)
            }),
            action: format!("{path}/unshare"),
            hidden: carried,
        });
    }
    let form = FormView {
        id: "share".to_owned(),
        action: format!("{path}/share"),
        hidden: secrets(&visit.viewer)?,
        slots: slots(days, draft),
        problems: Vec::new(),
        notice: None,
        submit: "Share".to_owned(),
        cancel: None,
    };
    Ok(Some(SharingView { shares: views, form }))
}

fn slots(days: Option<Days>, draft: &ShareDraft) -> Vec<SlotView> {
    let slot = |name: &str, label: &str, value: &str| SlotView {
        id: format!("share-{name}"),
        name: slot_name(name),
        label: label.to_owned(),
        kind: SlotKind::Line,
        input: "text",
        keys: None,
        autocomplete: None,
        value: value.to_owned(),
        required: false,
        max_length: None,
        options: Vec::new(),
        hint: None,
        problem: draft.problems.at.get(&slot_name(name)).cloned(),
        find: None,
    };
    let email = SlotView {
        input: "email",
        required: true,
        max_length: Some(LONGEST_EMAIL),
        ..slot(EMAIL, "E-mail of a colleague", &draft.email)
    };
    let end = days.map(|days| SlotView {
        keys: Some("numeric"),
        hint: Some(match days.ends {
            true => format!("At most {}, and so long where you leave it empty.", days.most),
            false => "Without an end where you leave it empty.".to_owned(),
        }),
        ..slot(DAYS, "For how many days", &draft.days)
    });
    [Some(email), end].into_iter().flatten().collect()
}

pub async fn share<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, body: Body) -> Result<Response, Fault> {
    let entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let (object, ways) = entry::ways(ask, &entry.viewer, name, |writable| &writable.shares)?;
    let parts = key::decode_key(key, object.key.len()).ok_or_else(Fault::not_found)?;
    let text = |name: &str| entry.submitted.get(&slot_name(name)).unwrap_or_default().trim().to_owned();
    let sent = ShareDraft { email: text(EMAIL), days: text(DAYS), problems: Problems::default() };
    if let Some(notice) = entry.shows() {
        return record::show(ask, name, key, Told { problem: notice, share: sent, ..Told::default() }).await;
    }
    let most = ways.iter().filter_map(|way| way.days).map(|days| days.most).max();
    let own = entry.viewer.user.as_ref().and_then(|user| user.email.clone()).unwrap_or_default();
    let problems = match read(&sent, most) {
        Err(problems) => problems,
        Ok(_) if own.to_lowercase() == sent.email.to_lowercase() => {
            at(EMAIL, "This is your own address: you see it already.")
        }
        Ok(days) => match give(ask, entry, (object, ways), &parts, (&sent.email, days)).await {
            Ok(Some(outcome)) => return Ok(outcome.answer(ask)),
            Ok(None) => at(EMAIL, "It cannot be shared with this address. Check how it is written."),
            Err(refusal) => entry::problems(ask, refusal, object, &[])?,
        },
    };
    let said = problems.general.first().cloned();
    let problem = said.unwrap_or_else(|| format!("This {} was not shared.", in_sentence(&object.label_one)));
    let share = ShareDraft { problems, ..sent };
    record::show(ask, name, key, Told { problem: Some(problem), share, ..Told::default() }).await
}

fn at(name: &str, text: impl Into<String>) -> Problems {
    Problems { at: [(slot_name(name), text.into())].into(), ..Problems::default() }
}

/// For how many days, or what is wrong with what was written.
fn read(sent: &ShareDraft, most: Option<u32>) -> Result<Option<u32>, Problems> {
    if sent.email.is_empty() {
        return Err(at(EMAIL, "Fill this in."));
    }
    // The database keeps no zero bytes in texts.
    if sent.email.contains(char::is_control) || !sent.email.contains('@') {
        return Err(at(EMAIL, "Enter an e-mail address, such as name@example.com."));
    }
    let Some(most) = most.filter(|_| !sent.days.is_empty()) else { return Ok(None) };
    match sent.days.parse::<u32>() {
        Ok(days) if (1..=most).contains(&days) => Ok(Some(days)),
        _ => Err(at(DAYS, format!("Enter a whole number from 1 to {most}."))),
    }
}

/// `None`: no role of the persona may share it with them.
async fn give(
    ask: &Ask<'_>,
    mut entry: Entry<'_>,
    (object, ways): (&Object, &[ShareWay]),
    key: &[String],
    (email, days): (&str, Option<u32>),
) -> Result<Option<Outcome>, Refusal> {
    let (site, id) = (ask.site, entry.id(ask));
    let Some(first) = ways.first() else { return Ok(None) };
    let before = entry::done_before(&site.submissions, &id, &first.role, &mut entry.writing).await?;
    if before.is_some() {
        return Ok(before);
    }
    for way in ways {
        if handing(ask, object, way, key).share(email, days, &mut entry.writing).await? {
            let outcome = Outcome::new(editing::path(object, key), Done::Shared, object);
            entry::finish(&site.submissions, &id, &outcome, entry.writing).await?;
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}

pub async fn unshare<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, body: Body) -> Result<Response, Fault> {
    let entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let (object, ways) = entry::ways(ask, &entry.viewer, name, |writable| &writable.shares)?;
    let parts = key::decode_key(key, object.key.len()).ok_or_else(Fault::not_found)?;
    if let Some(notice) = entry.shows() {
        return record::show(ask, name, key, Told { problem: notice, ..Told::default() }).await;
    }
    let said = match take_back(ask, entry, (object, ways), &parts).await {
        Ok(Some(outcome)) => return Ok(outcome.answer(ask)),
        Ok(None) => "It is not shared with this person any more.".to_owned(),
        Err(refusal) => entry::problems(ask, refusal, object, &[])?.general.join(" "),
    };
    record::show(ask, name, key, Told { problem: Some(said), ..Told::default() }).await
}

/// `None`: there is no such share that a role of the persona may take back.
async fn take_back(
    ask: &Ask<'_>,
    mut entry: Entry<'_>,
    (object, ways): (&Object, &[ShareWay]),
    key: &[String],
) -> Result<Option<Outcome>, Refusal> {
    let (site, id) = (ask.site, entry.id(ask));
    let share = entry.submitted.get("share").unwrap_or_default().to_owned();
    let Some(first) = ways.first() else { return Ok(None) };
    let before = entry::done_before(&site.submissions, &id, &first.role, &mut entry.writing).await?;
    if before.is_some() {
        return Ok(before);
    }
    for way in ways {
        if handing(ask, object, way, key).unshare(&share, &mut entry.writing).await? {
            let outcome = Outcome::new(editing::path(object, key), Done::Unshared, object);
            entry::finish(&site.submissions, &id, &outcome, entry.writing).await?;
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}
