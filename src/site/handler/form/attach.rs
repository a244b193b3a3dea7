//! Files of a record: which there are, adding one, taking one's own away.

use super::editing;
use super::entry::{self, Entered, Outcome, secrets};
use super::file_words::{kind, kinds, said, size};
use crate::model::{Attachments, FieldType, Object};
use crate::names::{MediaPattern, ObjectName, RoleName};
use crate::site::fault::Fault;
use crate::site::form::Submitted;
use crate::site::format::{self, Meaning};
use crate::site::guard;
use crate::site::handler::record::{self, Told};
use crate::site::handler::upload::{self, Content};
use crate::site::handler::visit::{Attempt, Viewer, Visit};
use crate::site::handler::{Ask, reply};
use crate::site::key;
use crate::site::note::Done;
use crate::site::query::{File, Kind, NewFile, OneRow, QueryError, Refusal, Row};
use crate::site::storage::{Received, media_type};
use crate::site::template::value;
use crate::site::view::{AttachmentsView, DeleteView, FileView, NamedLink, PageHead};
use crate::site::wording::in_sentence;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

/// What this person may do with files of the object.
struct Ways<'a> {
    object: &'a Object,
    limits: &'a Attachments,
    downloads: &'a [RoleName],
    attaches: &'a [RoleName],
}

impl<'a> Ways<'a> {
    fn of(ask: &Ask<'a>, viewer: &Viewer<'a>, name: &ObjectName) -> Option<Self> {
        let object = ask.site.model.objects.get(name)?;
        let (limits, writable) = (object.attachments.as_ref()?, viewer.persona.writable.objects.get(name)?);
        let none = writable.downloads.is_empty() && writable.attaches.is_empty();
        (!none).then_some(Self { object, limits, downloads: &writable.downloads, attaches: &writable.attaches })
    }

    fn roles(&self) -> Vec<&'a RoleName> {
        let mut roles: Vec<&RoleName> = self.downloads.iter().chain(self.attaches).collect();
        roles.sort();
        roles.dedup();
        roles
    }

    fn files<'k>(&'k self, ask: &'k Ask<'_>, role: &'k RoleName, key: &'k [String]) -> OneRow<'k> {
        OneRow { object: &self.object.name, control: &ask.site.model.project.control_schema, role, key }
    }

    /// What any of the roles sees.
    async fn list(
        &self,
        ask: &Ask<'_>,
        visit: &mut Visit<'_>,
        key: &[String],
        wanted: Option<&str>,
    ) -> Result<Vec<File>, QueryError> {
        let timezone = &ask.site.model.project.timezone;
        let mut all: Vec<File> = Vec::new();
        for role in self.roles() {
            for file in self.files(ask, role, key).list(wanted, timezone, &mut visit.reading).await? {
                match all.iter_mut().find(|known| known.id == file.id) {
                    Some(known) => known.mine |= file.mine,
                    None => all.push(file),
                }
            }
        }
        Ok(all)
    }

    async fn attachable(&self, ask: &Ask<'_>, visit: &mut Visit<'_>, key: &[String]) -> Result<bool, QueryError> {
        for role in self.attaches {
            if self.files(ask, role, key).attachable(&mut visit.reading).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The part of a record's page; `None`: this person has nothing to do with files of it.
pub async fn attachments(
    ask: &Ask<'_>,
    visit: &mut Visit<'_>,
    object: &Object,
    row: &Row,
    problem: Option<&str>,
) -> Result<Option<AttachmentsView>, Fault> {
    let Some(ways) = Ways::of(ask, &visit.viewer, &object.name) else { return Ok(None) };
    let found = ways.list(ask, visit, &row.key, None).await?;
    let attachable = ways.attachable(ask, visit, &row.key).await?;
    // There may be some that are not shown to this person: nothing is said of how many there are.
    if found.is_empty() && !attachable {
        return Ok(None);
    }
    let path = format!("{}{}", ask.base, editing::path(object, &row.key));
    let files = found.into_iter().map(|file| view(file, &path)).collect();
    Ok(Some(AttachmentsView {
        files,
        action: attachable.then(|| format!("{path}/attach")),
        hidden: if attachable { secrets(&visit.viewer)? } else { Vec::new() },
        accept: ways.limits.types.iter().map(MediaPattern::as_str).collect::<Vec<_>>().join(","),
        hint: format!("{}, at most {}.", kinds(&ways.limits.types), size(ways.limits.max_bytes)),
        none: if ways.downloads.is_empty() {
            "Files of this record are not shown to you."
        } else {
            "No files that you can see."
        },
        problem: problem.map(str::to_owned),
    }))
}

fn view(file: File, path: &str) -> FileView {
    let moment = Meaning { field_type: &FieldType::Timestamp, currency: None, identifies: false, called: None };
    FileView {
        href: format!("{path}/attachments/{}", file.id),
        remove: file.mine.then(|| format!("{path}/attachments/{}/remove", file.id)),
        kind: kind(&file.media_type),
        size: size(file.bytes),
        at: format::cell(Some(&file.at), moment),
        who: file.who,
        name: file.name,
    }
}

/// One file that this person sees, of a record that they see.
pub async fn find_file<'a>(
    ask: &'a Ask<'a>,
    visit: &mut Visit<'a>,
    name: &ObjectName,
    key: &str,
    id: &str,
) -> Result<(Vec<String>, File), Fault> {
    let ways = Ways::of(ask, &visit.viewer, name).ok_or_else(Fault::not_found)?;
    let parts = key::decode_key(key, ways.object.key.len()).ok_or_else(Fault::not_found)?;
    if uuid::Uuid::try_parse(id).is_err() {
        return Err(Fault::not_found());
    }
    let found = match ways.list(ask, visit, &parts, Some(id)).await {
        Err(QueryError::BadValue(_)) => return Err(Fault::not_found()),
        found => found?,
    };
    found.into_iter().next().map(|file| (parts, file)).ok_or_else(Fault::not_found)
}

pub async fn attach<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, body: Body) -> Result<Response, Fault> {
    if !upload::is_upload(ask) {
        // The page that stood between, once somebody has signed in again: it could not carry the file.
        if let Entered::Out(response) = entry::enter(ask, body).await? {
            return Ok(response);
        }
        return refuse(ask, name, key, "You are signed in again. Choose the file once more.".to_owned()).await;
    }
    // Who may add nothing here sends no bytes to the disk.
    let mut visit = match Visit::begin(ask).await {
        Ok(visit) if visit.viewer.user.is_some() => visit,
        Ok(_) => return super::again::keep(ask, &Submitted::default(), false),
        Err(Fault::SignIn { stale }) => return super::again::keep(ask, &Submitted::default(), stale),
        Err(fault) => return Err(fault),
    };
    let ways = Ways::of(ask, &visit.viewer, name).ok_or_else(Fault::not_found)?;
    let parts = key::decode_key(key, ways.object.key.len()).ok_or_else(Fault::not_found)?;
    let attachable = match ways.attachable(ask, &mut visit, &parts).await {
        Err(QueryError::BadValue(_)) => false,
        found => found?,
    };
    if !attachable {
        return Err(Fault::not_found());
    }
    let csrf = visit.viewer.user.as_ref().map(|user| user.csrf.clone()).unwrap_or_default();
    drop(visit);
    let storage = &ask.site.storage;
    let _place = storage.place().ok_or_else(|| Fault::unavailable("as many files are coming in as may"))?;
    let trusted =
        |words: &[(String, String)]| words.iter().any(|(name, word)| name == "csrf" && guard::matches(word, &csrf));
    let sent = upload::read(ask, storage, body, ways.limits.max_bytes, trusted).await?;
    let (received, new) = match check(ask, &ways, &sent.name, sent.content).await? {
        Ok(found) => found,
        Err(problem) => return refuse(ask, name, key, problem).await,
    };
    match keep(ask, name, &parts, sent.words, (received, &new)).await {
        Ok(Some(outcome)) => Ok(outcome.answer(ask)),
        Ok(None) => Err(Fault::not_found()),
        Err(Refusal::Said(said)) if said.kind == Kind::Check => {
            let limits = ways.limits;
            let problem = match said.constraint.as_deref() {
                Some("attachment_count") => format!(
                    "This {} has {} files already, and may have no more.",
                    in_sentence(&ways.object.label_one),
                    limits.max_files
                ),
                Some("attachment_total") => {
                    "There is no room left for files here. Remove one, or ask us for more.".to_owned()
                }
                _ => "This file is not taken here.".to_owned(),
            };
            refuse(ask, name, key, problem).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The record's page, which says why nothing was attached.
async fn refuse<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, problem: String) -> Result<Response, Fault> {
    let said = format!("No file was attached. {problem}");
    let told = Told { problem: Some(said), file: Some(problem), ..Told::default() };
    record::show(ask, name, key, told).await
}

/// What the file is, or why it is not taken.
async fn check(
    ask: &Ask<'_>,
    ways: &Ways<'_>,
    name: &str,
    content: Content,
) -> Result<Result<(Received, NewFile), String>, Fault> {
    let limits = ways.limits;
    let file = match content {
        Content::File(file) => file,
        Content::Nothing => return Ok(Err("Choose a file that has something in it.".to_owned())),
        Content::TooLarge => {
            return Ok(Err(format!("The file is too large: it may have {} at most.", size(limits.max_bytes))));
        }
    };
    let media_type = media_type(&file.head, name);
    // A drawing may hold a script, so it is no image that is meant.
    let taken = media_type != "image/svg+xml" && limits.types.iter().any(|one| one.holds(media_type));
    if !taken {
        return Ok(Err(format!(
            "By what is in it, the file is {}. Taken are: {}.",
            said(media_type),
            kinds(&limits.types)
        )));
    }
    let scanned = match ask.site.storage.scan(&file).await {
        Ok(Some(false)) => return Ok(Err("The file was looked at and may not be kept.".to_owned())),
        Ok(scanned) => scanned.is_some(),
        Err(reason) => return Err(Fault::unavailable(reason)),
    };
    let new = NewFile { name: name.to_owned(), media_type, bytes: file.bytes, sha256: file.sha256.clone(), scanned };
    Ok(Ok((file, new)))
}

/// `None`: no role of the persona may add it.
async fn keep<'a>(
    ask: &'a Ask<'a>,
    name: &ObjectName,
    key: &[String],
    mut words: Vec<(String, String)>,
    (file, new): (Received, &NewFile),
) -> Result<Option<Outcome>, Refusal> {
    let site = ask.site;
    let internal = |fault: Fault| match fault {
        Fault::Page { reason, text, .. } => Refusal::Failed(QueryError::Unavailable(reason.unwrap_or(text))),
        Fault::SignIn { .. } | Fault::Over(_) => {
            Refusal::Failed(QueryError::Unavailable("the session ended meanwhile".to_owned()))
        }
    };
    let Attempt { viewer, mut writing } = Attempt::begin(ask).await.map_err(internal)?;
    let Some(ways) = Ways::of(ask, &viewer, name) else { return Ok(None) };
    let session = viewer.user.as_ref().map_or("", |user| user.csrf.as_str());
    words.extend([("name".to_owned(), new.name.clone()), ("sha256".to_owned(), new.sha256.clone())]);
    let id = Submitted::new(words).id(&ask.path, session);
    let Some(first) = ways.attaches.first() else { return Ok(None) };
    let before = entry::done_before(&site.submissions, &id, first, &mut writing).await?;
    if before.is_some() {
        return Ok(before);
    }
    for role in ways.attaches {
        let Some(storage) = ways.files(ask, role, key).attach(new, &mut writing).await? else { continue };
        // The bytes have their name before the record is there for anybody.
        let kept = site.storage.keep(file, &storage).await;
        kept.map_err(|error| Refusal::Failed(QueryError::Unavailable(format!("the storage of attachments: {error}"))))?;
        let outcome = Outcome::new(editing::path(ways.object, key), Done::Attached, ways.object);
        if let Err(refusal) = entry::finish(&site.submissions, &id, &outcome, writing).await {
            // Whether it happened is not known where the connection was lost: then the bytes stay.
            if matches!(refusal, Refusal::Said(_)) {
                site.storage.remove(&storage).await;
            }
            return Err(refusal);
        }
        return Ok(Some(outcome));
    }
    Ok(None)
}

/// The page that asks once more.
pub async fn show_detach<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, id: &str) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let (_, file) = find_file(ask, &mut visit, name, key, id).await?;
    if !file.mine {
        return Err(Fault::not_found());
    }
    let (rows, row) = record::row(ask, name, key, &mut visit).await?;
    let path = format!("{}{}", ask.base, editing::path(rows.object, &row.key));
    let heading = "Remove this file?".to_owned();
    let crumbs = vec![
        NamedLink { label: rows.object.label_many.to_string(), href: rows.path() },
        NamedLink { label: rows.name(&row), href: path.clone() },
    ];
    let delete = DeleteView {
        action: format!("{path}/attachments/{id}/remove"),
        hidden: secrets(&visit.viewer)?,
        problem: None,
        label: "file".to_owned(),
        name: file.name,
        for_good: true,
        cancel: path,
    };
    let values = [
        ("shell", value(visit.viewer.shell(ask, name.as_str(), true))),
        ("page", value(PageHead { crumb: "Remove".to_owned(), ..PageHead::plain(heading) })),
        ("crumbs", value(crumbs)),
        ("delete", value(delete)),
    ];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("object/delete.html", &values)?))
}

pub async fn detach<'a>(
    ask: &'a Ask<'a>,
    name: &ObjectName,
    key: &str,
    id: &str,
    body: Body,
) -> Result<Response, Fault> {
    let mut entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let ways = Ways::of(ask, &entry.viewer, name).ok_or_else(Fault::not_found)?;
    let parts = key::decode_key(key, ways.object.key.len()).ok_or_else(Fault::not_found)?;
    if uuid::Uuid::try_parse(id).is_err() {
        return Err(Fault::not_found());
    }
    if let Some(notice) = entry.shows() {
        return record::show(ask, name, key, Told { problem: notice, ..Told::default() }).await;
    }
    let (site, submission) = (ask.site, entry.id(ask));
    let first = ways.attaches.first().ok_or_else(Fault::not_found)?;
    if let Some(before) = entry::done_before(&site.submissions, &submission, first, &mut entry.writing).await? {
        return Ok(before.answer(ask));
    }
    for role in ways.attaches {
        if ways.files(ask, role, &parts).detach(id, &mut entry.writing).await? {
            let outcome = Outcome::new(editing::path(ways.object, &parts), Done::Detached, ways.object);
            entry::finish(&site.submissions, &submission, &outcome, entry.writing).await?;
            site.clear_remains();
            return Ok(outcome.answer(ask));
        }
    }
    Err(Fault::not_found())
}
