//! What the last page did, said once by the next. Only a word of ours and an object's name travel in the
//! cookie: whoever makes one up makes a page say a sentence of ours, and nothing else.

use super::wording::in_sentence;
use crate::model::AccessModel;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Created,
    Changed,
    Unchanged,
    Deleted,
    Assigned,
    Shared,
    Unshared,
    Attached,
    Detached,
    /// Somebody else was faster.
    Overtaken,
    Invited,
    Granted,
    Disabled,
    Enabled,
    Admitted,
    TurnedAway,
}

const WORDS: &[(Done, &str)] = &[
    (Done::Created, "created"),
    (Done::Changed, "changed"),
    (Done::Unchanged, "unchanged"),
    (Done::Deleted, "deleted"),
    (Done::Assigned, "assigned"),
    (Done::Shared, "shared"),
    (Done::Unshared, "unshared"),
    (Done::Attached, "attached"),
    (Done::Detached, "detached"),
    (Done::Overtaken, "overtaken"),
    (Done::Invited, "invited"),
    (Done::Granted, "granted"),
    (Done::Disabled, "disabled"),
    (Done::Enabled, "enabled"),
    (Done::Admitted, "admitted"),
    (Done::TurnedAway, "turned-away"),
];

/// What the page says.
#[derive(Debug, Clone, Serialize)]
pub struct NoteView {
    /// `good` or nothing in particular.
    pub tone: &'static str,
    pub text: String,
}

fn name(portal: &str) -> String {
    format!("portalctl_{portal}_note")
}

/// `created.case`.
pub fn write(done: Done, object: &str) -> String {
    let word = WORDS.iter().find(|(known, _)| *known == done).map_or("", |(_, word)| word);
    format!("{word}.{object}")
}

/// `Set-Cookie` for the next page, which comes at once.
pub fn set(portal: &str, note: &str, secure: &str) -> String {
    format!("{}={note}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60{secure}", name(portal))
}

/// `Set-Cookie` once it has been said.
pub fn clear(portal: &str, secure: &str) -> String {
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", name(portal))
}

/// Whether there is one.
pub fn is_there(headers: &HeaderMap, portal: &str) -> bool {
    cookie(headers, portal).is_some()
}

fn cookie<'a>(headers: &'a HeaderMap, portal: &str) -> Option<&'a str> {
    let name = name(portal);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The sentence that waits to be said.
pub fn read(headers: &HeaderMap, portal: &str, model: &AccessModel) -> Option<NoteView> {
    let (word, object) = cookie(headers, portal)?.split_once('.')?;
    let done = WORDS.iter().find(|(_, known)| *known == word).map(|(done, _)| *done)?;
    if let Some(text) = of_people(done) {
        return Some(NoteView { tone: "good", text: text.to_owned() });
    }
    let object = in_sentence(&model.objects.get(object)?.label_one);
    let text = match done {
        Done::Created => format!("The {object} has been created."),
        Done::Changed => format!("The {object} has been changed."),
        Done::Unchanged => format!("Nothing in the {object} was different, so nothing was changed."),
        Done::Deleted => format!("The {object} has been deleted."),
        Done::Assigned => format!("The {object} has been handed over."),
        Done::Shared => format!("The {object} has been shared."),
        Done::Unshared => format!("The {object} is no longer shared with that person."),
        Done::Attached => format!("The file has been attached to the {object}."),
        Done::Detached => format!("The file has been removed from the {object}."),
        Done::Invited | Done::Granted | Done::Disabled | Done::Enabled | Done::Admitted | Done::TurnedAway => {
            return None;
        }
        Done::Overtaken => {
            format!("Somebody else has changed the {object} in the meantime, so nothing was done. Look at it again.")
        }
    };
    let tone = if matches!(done, Done::Unchanged | Done::Overtaken) { "" } else { "good" };
    Some(NoteView { tone, text })
}

/// What is said of people.
fn of_people(done: Done) -> Option<&'static str> {
    match done {
        Done::Invited => Some("They are in the team now, and can sign in as soon as they have their link."),
        Done::Granted => Some("Their access has been changed."),
        Done::Disabled => Some("They are disabled, and cannot sign in any more."),
        Done::Admitted => Some("They are let in, and can sign in as soon as they have their link."),
        Done::TurnedAway => Some("They are not let in."),
        Done::Enabled => Some("They are enabled, and can sign in again."),
        _ => None,
    }
}
