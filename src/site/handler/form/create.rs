//! A new row.

use super::entry::{self, Entered, Entry, Outcome, hidden};
use super::page::Draft;
use crate::model::Object;
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::form::{Control, Problems, Slot};
use crate::site::handler::Ask;
use crate::site::handler::visit::{Viewer, Visit};
use crate::site::key;
use crate::site::note::Done;
use crate::site::portal::slug;
use crate::site::query::{Change, Refusal, Written};
use crate::site::view::{FormView, NamedLink};
use crate::site::wording::in_sentence;
use crate::site::writable::{CreateWay, Parent};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeMap;

/// A form of at most so many fields stands on the page of the parent.
const INLINE: usize = 3;

/// How this persona makes a row of the object.
struct Making<'a> {
    object: &'a Object,
    way: &'a CreateWay,
    /// The rows above it, each with what names it; they come first in `slots`.
    above: Vec<(&'a Parent, Slot)>,
    slots: Vec<Slot>,
}

impl<'a> Making<'a> {
    /// # Errors
    /// Where it makes none: a guest is asked to sign in, anybody else sees that there is no such page.
    fn of(ask: &Ask<'a>, viewer: &Viewer<'a>, name: &ObjectName) -> Result<Self, Fault> {
        let (object, ways) = entry::ways(ask, viewer, name, |writable| &writable.creates)?;
        ways.first().map(|way| Self::new(ask, object, way)).ok_or_else(Fault::not_found)
    }

    fn new(ask: &Ask<'a>, object: &'a Object, way: &'a CreateWay) -> Self {
        let types = &ask.site.types;
        let above = way.parents.iter().filter_map(|parent| {
            let target = ask.site.model.objects.get(&parent.target)?;
            Some((parent, Slot::of_parent(object, parent, target, types)?))
        });
        let above: Vec<(&Parent, Slot)> = above.collect();
        let fields = way.fields.iter().filter_map(|name| {
            let field = object.fields.get(name)?;
            let slot = Slot::of_field(object, field, types, true)?;
            Some(if way.chooses { slot.chosen_as(object, field, &way.role) } else { slot })
        });
        let slots = above.iter().map(|(_, slot)| slot.clone()).chain(fields).collect();
        Self { object, way, above, slots }
    }

    fn defaults(&self) -> BTreeMap<String, String> {
        let begins = |slot: &Slot| Some((slot.name.clone(), slot.default.clone()?));
        self.slots.iter().filter_map(begins).collect()
    }

    fn draft(&self, values: BTreeMap<String, String>) -> Draft {
        let path = format!("/{}", slug(&self.object.name));
        Draft {
            slots: self.slots.clone(),
            values,
            action: format!("{path}/new"),
            submit: format!("Create {}", in_sentence(&self.object.label_one)),
            cancel: Some(path),
            ..Draft::default()
        }
    }

    async fn page(
        &self,
        ask: &Ask<'_>,
        viewer: &Viewer<'_>,
        reading: &mut crate::site::query::Reading,
        mut draft: Draft,
        status: StatusCode,
    ) -> Result<Response, Fault> {
        let readable = viewer.persona.readable.objects.contains_key(&self.object.name);
        if !readable {
            draft.cancel = Some("/".to_owned());
        }
        let list = NamedLink {
            label: self.object.label_many.to_string(),
            href: format!("{}/{}", ask.base, slug(&self.object.name)),
        };
        let crumbs = readable.then_some(list).into_iter().collect();
        let heading = format!("New {}", in_sentence(&self.object.label_one));
        draft.page(ask, viewer, reading, (self.object, heading, crumbs), status).await
    }

    /// Everything that was filled in, or what is wrong with it. What was left empty the database fills.
    fn read(&self, values: &BTreeMap<String, String>) -> Result<Vec<Written>, Problems> {
        let mut problems = Problems::default();
        let mut written = Vec::new();
        for slot in &self.slots {
            match slot.read(values.get(&slot.name).map_or("", String::as_str)) {
                Ok(Some(text)) => written.extend(slot.written(Some(&text))),
                Ok(None) => {}
                Err(text) => _ = problems.at.insert(slot.name.clone(), text),
            }
        }
        if problems.is_empty() { Ok(written) } else { Err(problems) }
    }
}

pub async fn show_new(ask: &Ask<'_>, object: &ObjectName) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let making = Making::of(ask, &visit.viewer, object)?;
    let mut values = making.defaults();
    for slot in &making.slots {
        let given = ask.query.iter().find(|(name, _)| *name == slot.name).map(|(_, text)| text);
        let is_row = matches!(slot.control, Control::Row(_));
        let sound = given.filter(|text| !is_row || key::decode_key(text, slot.columns.len()).is_some());
        values.extend(sound.map(|text| (slot.name.clone(), text.clone())));
    }
    let draft = making.draft(values);
    making.page(ask, &visit.viewer, &mut visit.reading, draft, StatusCode::OK).await
}

pub async fn create(ask: &Ask<'_>, object: &ObjectName, body: Body) -> Result<Response, Fault> {
    let mut entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let making = Making::of(ask, &entry.viewer, object)?;
    let mut draft = making.draft(entry.submitted.values());
    draft.found = entry.submitted.found();
    let beside = entry.submitted.get("land") == Some("parent");
    draft.hidden.extend(beside.then(|| hidden("land", "parent")));
    if let Some(notice) = entry.shows() {
        draft.notice = notice;
        return making.page(ask, &entry.viewer, entry.writing.reading(), draft, StatusCode::OK).await;
    }
    draft.submission = entry.submitted.get("submission").map(str::to_owned);
    let written = match making.read(&draft.values) {
        Ok(written) => written,
        Err(problems) => {
            draft.problems = problems;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return making.page(ask, &entry.viewer, entry.writing.reading(), draft, status).await;
        }
    };
    match make(ask, &making, entry, &written, beside).await {
        Ok(outcome) => Ok(outcome.answer(ask)),
        Err(refusal) => {
            draft.problems = entry::problems(ask, refusal, making.object, &making.slots)?;
            let mut visit = Visit::begin(ask).await?;
            making.page(ask, &visit.viewer, &mut visit.reading, draft, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn make(
    ask: &Ask<'_>,
    making: &Making<'_>,
    mut entry: Entry<'_>,
    written: &[Written],
    beside: bool,
) -> Result<Outcome, Refusal> {
    let (site, object, role) = (ask.site, making.object, &making.way.role);
    let id = entry.id(ask);
    let before = entry::done_before(&site.submissions, &id, role, &mut entry.writing).await?;
    if let Some(outcome) = before {
        return Ok(outcome);
    }
    let readable = entry.viewer.persona.readable.in_role(&object.name, role).is_some();
    let change = Change { object, role, types: &site.types, timezone: &site.model.project.timezone };
    let key = change.create(written, readable, &mut entry.writing).await?;
    let own =
        key.map(|key| format!("/{}/{}", slug(&object.name), key::encode(key.iter().map(|part| Some(part.as_str())))));
    let path = if beside { parent_path(making, &entry).or(own) } else { own };
    let outcome = Outcome::new(path.unwrap_or_else(|| "/".to_owned()), Done::Created, object);
    entry::finish(&site.submissions, &id, &outcome, entry.writing).await?;
    Ok(outcome)
}

/// The page that the form stood on.
fn parent_path(making: &Making<'_>, entry: &Entry<'_>) -> Option<String> {
    let values = entry.submitted.values();
    let (parent, slot) = making.above.iter().find(|(_, slot)| values.contains_key(&slot.name))?;
    let key = key::decode_key(values.get(&slot.name)?, parent.columns.len())?;
    Some(format!("/{}/{}", slug(&parent.target), key::encode(key.iter().map(|part| Some(part.as_str())))))
}

/// The way to a new child of the row with that key, and the form itself where it is short.
pub async fn inline(
    ask: &Ask<'_>,
    visit: &mut Visit<'_>,
    child: &Object,
    parent: &Object,
    key: &str,
) -> Result<(Option<NamedLink>, Option<FormView>), Fault> {
    let writable = visit.viewer.persona.writable.objects.get(&child.name);
    let Some(way) = writable.and_then(|writable| writable.creates.first()) else { return Ok((None, None)) };
    let making = Making::new(ask, child, way);
    let above = making.above.iter().find(|(above, _)| above.target == parent.name);
    let Some((_, slot)) = above.cloned() else { return Ok((None, None)) };
    let href = format!("{}/{}/new?{}={key}", ask.base, slug(&child.name), slot.name);
    let link = NamedLink { label: format!("Add {}", in_sentence(&child.label_one)), href };
    let others: Vec<Slot> = making.slots.iter().filter(|other| other.name != slot.name).cloned().collect();
    if others.len() > INLINE || others.iter().any(|slot| matches!(slot.control, Control::Row(_) | Control::Known(..))) {
        return Ok((Some(link), None));
    }
    let mut draft = making.draft(making.defaults());
    draft.slots = others;
    draft.hidden = vec![hidden(&slot.name, key), hidden("land", "parent")];
    draft.submit.clone_from(&link.label);
    draft.cancel = None;
    let mut form = draft.view(ask, &visit.viewer, &mut visit.reading).await?;
    // Several forms on a page share no id.
    form.id = format!("add-{}", child.name);
    for slot in &mut form.slots {
        slot.id = format!("{}-{}", form.id, slot.id);
    }
    Ok((None, Some(form)))
}
