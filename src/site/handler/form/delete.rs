//! Deleting a row, after one has said so twice.

use super::editing;
use super::entry::{self, Entered, Entry, Outcome, secrets};
use crate::model::{Deletion, Object};
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::handler::visit::Visit;
use crate::site::handler::{Ask, record, reply};
use crate::site::key;
use crate::site::note::Done;
use crate::site::portal::slug;
use crate::site::query::{Change, Kind, Refusal};
use crate::site::template::value;
use crate::site::view::{DeleteView, NamedLink, PageHead};
use crate::site::wording::in_sentence;
use crate::site::writable::DeleteWay;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

pub async fn show_delete<'a>(ask: &'a Ask<'a>, object: &ObjectName, key: &str) -> Result<Response, Fault> {
    confirm(ask, object, key, None, StatusCode::OK).await
}

async fn confirm<'a>(
    ask: &'a Ask<'a>,
    name: &ObjectName,
    key: &str,
    problem: Option<String>,
    status: StatusCode,
) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let (object, _) = entry::ways(ask, &visit.viewer, name, |writable| &writable.deletes)?;
    let (rows, row) = record::row(ask, name, key, &mut visit).await?;
    let path = format!("{}{}", ask.base, editing::path(object, &row.key));
    let label = in_sentence(&object.label_one);
    let heading = format!("Delete this {label}?");
    let title = if problem.is_some() { format!("Error: {heading}") } else { heading.clone() };
    let crumbs = vec![
        NamedLink { label: object.label_many.to_string(), href: rows.path() },
        NamedLink { label: rows.name(&row), href: path.clone() },
    ];
    let delete = DeleteView {
        action: format!("{path}/delete"),
        hidden: secrets(&visit.viewer)?,
        problem,
        label,
        name: rows.name(&row),
        for_good: object.deletion == Some(Deletion::Hard),
        cancel: path,
    };
    let values = [
        ("shell", value(visit.viewer.shell(ask, name.as_str(), true))),
        ("page", value(PageHead { title, crumb: "Delete".to_owned(), ..PageHead::plain(heading) })),
        ("crumbs", value(crumbs)),
        ("delete", value(delete)),
    ];
    Ok(reply::html(status, ask.portal.look.templates.render("object/delete.html", &values)?))
}

pub async fn delete<'a>(ask: &'a Ask<'a>, name: &ObjectName, key: &str, body: Body) -> Result<Response, Fault> {
    let entry = match entry::enter(ask, body).await? {
        Entered::In(entry) => *entry,
        Entered::Out(response) => return Ok(response),
    };
    let (object, ways) = entry::ways(ask, &entry.viewer, name, |writable| &writable.deletes)?;
    let parts = key::decode_key(key, object.key.len()).ok_or_else(Fault::not_found)?;
    if let Some(notice) = entry.shows() {
        return confirm(ask, name, key, notice, StatusCode::OK).await;
    }
    match remove(ask, entry, object, &parts, ways).await {
        Ok(Some(outcome)) => {
            if object.attachments.is_some() {
                ask.site.clear_remains();
            }
            Ok(outcome.answer(ask))
        }
        Ok(None) => {
            let label = in_sentence(&object.label_one);
            Err(Fault::forbidden(format!("This {label} is not there any more, or it is not one that you may delete.")))
        }
        Err(refusal) => {
            let text = match refusal {
                Refusal::Said(said) if said.kind == Kind::Reference => {
                    let label = in_sentence(&object.label_one);
                    format!("This {label} cannot be deleted while other records refer to it.")
                }
                other => entry::problems(ask, other, object, &[])?.general.join(" "),
            };
            confirm(ask, name, key, Some(text), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// `None`: no role of the persona may, or the row is gone.
async fn remove(
    ask: &Ask<'_>,
    mut entry: Entry<'_>,
    object: &Object,
    key: &[String],
    ways: &[DeleteWay],
) -> Result<Option<Outcome>, Refusal> {
    let (site, id) = (ask.site, entry.id(ask));
    let Some(first) = ways.first() else { return Ok(None) };
    let before = entry::done_before(&site.submissions, &id, &first.role, &mut entry.writing).await?;
    if before.is_some() {
        return Ok(before);
    }
    for way in ways {
        let change = Change { object, role: &way.role, types: &site.types, timezone: &site.model.project.timezone };
        if change.delete(key, &site.model.project.control_schema, &mut entry.writing).await? {
            let outcome = Outcome::new(format!("/{}", slug(&object.name)), Done::Deleted, object);
            entry::finish(&site.submissions, &id, &outcome, entry.writing).await?;
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}
