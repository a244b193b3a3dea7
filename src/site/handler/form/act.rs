//! What is done with a button on a record's page: moving it to another state.

use super::editing;
use super::entry::{self, Entered, Entry, Outcome, hidden, secrets};
use super::hand_over;
use super::page::form_page;
use crate::model::Object;
use crate::names::{FieldName, ObjectName, RoleName};
use crate::site::fault::Fault;
use crate::site::handler::Ask;
use crate::site::handler::record::{self, Told};
use crate::site::handler::rows::Rows;
use crate::site::handler::visit::{Viewer, Visit};
use crate::site::key;
use crate::site::note::Done;
use crate::site::query::{Change, Hold, OneRow, Refusal, Row};
use crate::site::verb;
use crate::site::view::{Actions, FormView, MoveView, NamedLink};
use crate::site::wording::{choice, in_sentence};
use crate::site::writable::MoveWay;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeSet;

/// Says that the person was asked once more.
const SURE: &str = "sure";

/// What may be offered for a record that is on the page.
pub async fn actions(ask: &Ask<'_>, visit: &mut Visit<'_>, rows: &Rows<'_>, row: &Row) -> Result<Actions, Fault> {
    let object = rows.object;
    let (viewer, control) = (&visit.viewer, &ask.site.model.project.control_schema);
    let Some(writable) = viewer.persona.writable.objects.get(&object.name) else { return Ok(Actions::default()) };
    // A mask is not what the row holds.
    let plain = |name: &FieldName| !rows.facet.masked.contains(name);
    let known = |name: &FieldName| row.values.get(name).filter(|_| plain(name)).map(Option::as_deref);
    let path = format!("{}{}", ask.base, editing::path(object, &row.key));
    let roles = writable.updates.iter().map(|way| &way.role).chain(writable.moves.iter().map(|way| &way.role));
    let roles: BTreeSet<&RoleName> = roles.chain(writable.deletes.iter().map(|way| &way.role)).collect();
    let mut possible = BTreeSet::new();
    for role in roles {
        possible
            .extend(OneRow { object: &object.name, control, role, key: &row.key }.possible(&mut visit.reading).await?);
    }
    let mut moves: Vec<MoveView> = Vec::new();
    let mut offered = BTreeSet::new();
    for way in writable.moves.iter().filter(|way| possible.contains(&way.grant)) {
        let from = known(&way.field).flatten().unwrap_or_default();
        for to in way.moves.get(from).into_iter().flatten() {
            if !offered.insert(to.as_str()) {
                continue;
            }
            let called = object.fields.get(&way.field).and_then(|field| field.value_labels.get(to));
            let label = verb::to_reach(to, from, called);
            let mut carried = secrets(viewer)?;
            carried.extend([hidden("from", from), hidden("to", to)]);
            moves.push(MoveView { label, action: format!("{path}/move"), hidden: carried });
        }
    }
    let assign = hand_over::may(ask, object, &row.key, &writable.assigns, &mut visit.reading).await?;
    Ok(Actions {
        assign: assign.then(|| format!("{path}/hand-over")),
        edit: writable.updates.iter().any(|way| way.may(&possible)).then(|| format!("{path}/edit")),
        delete: writable.deletes.iter().any(|way| possible.contains(&way.grant)).then(|| format!("{path}/delete")),
        moves,
    })
}

pub async fn transition<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, body: Body) -> Result<Response, Fault> {
    let entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let (object, ways) = entry::ways(ask, &entry.viewer, name, |writable| &writable.moves)?;
    let parts = key::decode_key(key, object.key.len()).ok_or_else(Fault::not_found)?;
    if let Some(notice) = entry.shows() {
        return record::show(ask, name, key, Told { problem: notice, ..Told::default() }).await;
    }
    let text = |name: &str| entry.submitted.get(name).unwrap_or_default().to_owned();
    let (from, to) = (text("from"), text("to"));
    let fits = |way: &&MoveWay| way.moves.get(&from).is_some_and(|targets| targets.contains(&to));
    let ways: Vec<&MoveWay> = ways.iter().filter(fits).collect();
    if !ways.is_empty() && is_end(object, &to) && entry.submitted.get(SURE).is_none() {
        drop(entry);
        return confirm(ask, name, key, (&from, &to)).await;
    }
    match go(ask, entry, object, &parts, &ways, &to).await {
        Ok(Some(outcome)) => Ok(outcome.answer(ask)),
        Ok(None) => {
            let label = in_sentence(&object.label_one);
            Err(Fault::forbidden(format!("This {label} is not there any more, or you may not do this with it now.")))
        }
        Err(refusal) => {
            let said = entry::problems(ask, refusal, object, &[])?.general.join(" ");
            record::show(ask, name, key, Told { problem: Some(said), ..Told::default() }).await
        }
    }
}

/// Whether nobody moves a row on from there.
fn is_end(object: &Object, state: &str) -> bool {
    let moves = object.states.as_ref().and_then(|states| states.transitions.get(state));
    moves.is_none_or(BTreeSet::is_empty)
}

/// Asks once more, since there is no way back.
async fn confirm<'a>(
    ask: &'a Ask<'a>,
    name: &ObjectName,
    key: &str,
    (from, to): (&str, &str),
) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let (rows, row) = record::row(ask, name, key, &mut visit).await?;
    let (object, label) = (rows.object, rows.label_one());
    let path = format!("{}{}", ask.base, editing::path(object, &row.key));
    let field = object.states.as_ref().and_then(|states| object.fields.get(&states.field));
    let verb = verb::to_reach(to, from, field.and_then(|field| field.value_labels.get(to)));
    let state = field.map_or_else(|| to.to_owned(), |field| choice(field, to));
    let heading = match verb.strip_prefix("Mark as ") {
        Some(state) => format!("Mark this {label} as {state}?"),
        None => format!("{verb} this {label}?"),
    };
    let mut carried = secrets(&visit.viewer)?;
    carried.extend([hidden("from", from), hidden("to", to), hidden(SURE, "yes")]);
    let form = FormView {
        id: "form".to_owned(),
        problems: Vec::new(),
        action: format!("{path}/move"),
        hidden: carried,
        slots: Vec::new(),
        notice: Some(format!(
            "This is the last step: “{}” will be “{state}”, and can be moved neither on nor back.",
            rows.name(&row)
        )),
        submit: verb,
        cancel: Some(path.clone()),
    };
    let crumbs = vec![
        NamedLink { label: object.label_many.to_string(), href: rows.path() },
        NamedLink { label: rows.name(&row), href: path },
    ];
    form_page(ask, &visit.viewer, (object, heading, crumbs), form, StatusCode::OK)
}

/// `None`: no role of the persona may.
async fn go<'a>(
    ask: &'a Ask<'a>,
    mut entry: Entry<'a>,
    object: &'a Object,
    key: &[String],
    ways: &[&'a MoveWay],
    to: &str,
) -> Result<Option<Outcome>, Refusal> {
    let (site, id) = (ask.site, entry.id(ask));
    let path = editing::path(object, key);
    let Some(first) = ways.first() else { return Ok(None) };
    let before = entry::done_before(&site.submissions, &id, &first.role, &mut entry.writing).await?;
    if before.is_some() {
        return Ok(before);
    }
    for way in ways {
        let found = state(&entry.viewer, ask, object, way);
        let Some((rows, field)) = found else { continue };
        let change = Change { object, role: &way.role, types: &site.types, timezone: &site.model.project.timezone };
        let selection = rows.selection(&[field], false);
        let Some(row) = change.hold(key, Hold::Change, &selection, &mut entry.writing).await? else { continue };
        let now = row.values.get(&field.name).and_then(Option::as_deref);
        if now != entry.submitted.get("from") {
            return Ok(Some(Outcome::new(path, Done::Overtaken, object)));
        }
        if change.update(key, &[(field.column.clone(), Some(to.to_owned()))], &mut entry.writing).await? {
            let outcome = Outcome::new(path, Done::Changed, object);
            entry::finish(&site.submissions, &id, &outcome, entry.writing).await?;
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}

fn state<'a>(
    viewer: &Viewer<'a>,
    ask: &'a Ask<'a>,
    object: &'a Object,
    way: &MoveWay,
) -> Option<(Rows<'a>, &'a crate::model::Field)> {
    let facet = viewer.persona.readable.in_role(&object.name, &way.role)?;
    let field = object.fields.get(&way.field).filter(|field| facet.fields.contains(&field.name))?;
    Some((Rows::new(ask, viewer.persona, object, facet), field))
}
