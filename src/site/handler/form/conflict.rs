//! Somebody else changed the same: both values side by side, and one decides.

use super::choices;
use super::editing::{Editing, decision};
use super::entry::{hidden, secrets};
use crate::site::fault::Fault;
use crate::site::form::{Control, Difference, Slot, Submitted};
use crate::site::handler::visit::Viewer;
use crate::site::handler::{Ask, reply};
use crate::site::query::{KeyChoices, Reading};
use crate::site::template::value;
use crate::site::view::{Cell, CellKind, ConflictView, DifferenceView, NamedLink, PageHead, ProblemView};
use crate::site::wording::{humanise, in_sentence};
use axum::http::StatusCode;
use axum::response::Response;

/// Nothing was written. What was typed travels along, with a digest of what is there now: whoever
/// decides has seen that, and what changes after it is found again.
pub async fn page(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    editing: &Editing<'_>,
    submitted: &Submitted,
    differences: &[(&Slot, Difference, String)],
    reading: &mut Reading,
) -> Result<Response, Fault> {
    let shown = editing.shown();
    let mut views = Vec::new();
    let mut carried = secrets(viewer)?;
    carried.push(hidden("was", editing.was().write()));
    for (slot, difference, mine) in differences {
        let now = shown.get(&slot.name).map_or("", String::as_str);
        // What somebody else alone changed stays theirs: carrying the old value would take it back.
        let keeps = if *difference == Difference::None { now } else { mine };
        carried.push(hidden(&slot.name, keeps));
        if *difference == Difference::Both {
            carried.push(hidden("asked", slot.name.as_str()));
            views.push(DifferenceView {
                id: slot.name.replace('.', "-"),
                name: decision(&slot.name),
                label: slot.label.to_string(),
                theirs: cell(ask, viewer, slot, now, reading).await?,
                mine: cell(ask, viewer, slot, mine, reading).await?,
                problem: submitted.asked(&slot.name),
            });
        }
    }
    let undecided = views.iter().filter(|view| view.problem).map(|view| ProblemView {
        href: Some(format!("#{}-mine", view.id)),
        text: format!("{}: Choose one of the two.", view.label),
    });
    let path = editing.path();
    let conflict = ConflictView {
        action: format!("{}{path}/edit", ask.base),
        hidden: carried,
        problems: undecided.collect(),
        differences: views,
        cancel: format!("{}{path}", ask.base),
    };
    answer(ask, viewer, editing, conflict)
}

fn answer(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    editing: &Editing<'_>,
    conflict: ConflictView,
) -> Result<Response, Fault> {
    let object = editing.object;
    let list = conflict.cancel.rsplit_once('/').map_or("/", |(list, _)| list).to_owned();
    let crumbs = vec![
        NamedLink { label: object.label_many.to_string(), href: list },
        NamedLink { label: editing.name(), href: conflict.cancel.clone() },
    ];
    let heading = format!("Somebody else changed this {}", in_sentence(&object.label_one));
    let title = format!("Error: {heading}");
    let values = [
        ("shell", value(viewer.shell(ask, object.name.as_str(), true))),
        ("page", value(PageHead { title, crumb: "Decide".to_owned(), ..PageHead::plain(heading) })),
        ("crumbs", value(crumbs)),
        ("conflict", value(conflict)),
    ];
    Ok(reply::html(StatusCode::CONFLICT, ask.portal.look.templates.render("object/conflict.html", &values)?))
}

/// A control's text as one reads it.
async fn cell(
    ask: &Ask<'_>,
    viewer: &Viewer<'_>,
    slot: &Slot,
    text: &str,
    reading: &mut Reading,
) -> Result<Cell, Fault> {
    if text.is_empty() {
        return Ok(Cell::none());
    }
    Ok(match &slot.control {
        Control::LongText | Control::Json => Cell::new(CellKind::Long, text),
        Control::Checkbox | Control::YesNo => Cell::new(CellKind::Text, if text == "true" { "Yes" } else { "No" }),
        Control::Choice(values) => {
            Cell::new(CellKind::Text, values.get(text).cloned().unwrap_or_else(|| humanise(text)))
        }
        Control::Timestamp => Cell::new(CellKind::Text, text.replace('T', " ")),
        Control::Row(target) => {
            let name = choices::name(ask, viewer, reading, target, text).await?;
            Cell::new(CellKind::Text, name.unwrap_or_else(|| "a record that you cannot see".to_owned()))
        }
        Control::Known(object, field, role) => {
            let known = KeyChoices { object, field, role, control: &ask.site.model.project.control_schema };
            let name = known.name(text, reading).await?;
            Cell::new(CellKind::Text, name.unwrap_or_else(|| "somebody whom you cannot see".to_owned()))
        }
        _ => Cell::new(CellKind::Text, text),
    })
}
