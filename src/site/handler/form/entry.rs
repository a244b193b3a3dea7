//! A form comes in: from whom, and whether to do it or to show it again.

use super::again;
use crate::model::Object;
use crate::names::{ObjectName, RoleName};
use crate::site::fault::Fault;
use crate::site::form::{Problems, Slot, Submitted, explain};
use crate::site::handler::visit::{Attempt, Viewer};
use crate::site::handler::{Ask, LARGEST_FORM, body::read_form, reply};
use crate::site::query::{QueryError, Refusal, Submissions, Writing};
use crate::site::view::HiddenField;
use crate::site::writable::WritableObject;
use crate::site::{guard, note};
use axum::body::Body;
use axum::response::Response;

/// A form with the transaction that it is to be done in.
pub struct Entry<'a> {
    pub viewer: Viewer<'a>,
    pub writing: Writing,
    pub submitted: Submitted,
    /// It came from a page of this very session.
    trusted: bool,
}

pub enum Entered<'a> {
    In(Box<Entry<'a>>),
    /// The session is over: a page that keeps what was sent.
    Out(Response),
}

/// Reads a form and begins its transaction.
pub async fn enter<'a>(ask: &Ask<'a>, body: Body) -> Result<Entered<'a>, Fault> {
    let submitted = Submitted::new(read_form(ask, body, LARGEST_FORM).await?);
    let token = submitted.get("csrf").unwrap_or_default();
    let Attempt { viewer, writing } = match Attempt::begin(ask).await {
        Ok(attempt) => attempt,
        Err(Fault::SignIn { stale }) => return again::keep(ask, &submitted, stale).map(Entered::Out),
        Err(fault) => return Err(fault),
    };
    let trusted = match &viewer.user {
        Some(user) => guard::matches(token, &user.csrf),
        // Whoever sent it was signed in, and is a guest now.
        None if !token.is_empty() || submitted.only_shows() => {
            return again::keep(ask, &submitted, false).map(Entered::Out);
        }
        // A guest has nothing that another site could make use of.
        None => true,
    };
    Ok(Entered::In(Box::new(Entry { viewer, writing, submitted, trusted })))
}

impl Entry<'_> {
    /// Why the form is only shown again, where it is; nothing to say where a choice was searched.
    pub fn shows(&self) -> Option<Option<String>> {
        if self.submitted.get("again") == Some("find") {
            return Some(None);
        }
        let text = match (self.submitted.only_shows(), self.trusted) {
            (false, true) => return None,
            (true, _) => "You are signed in again, and nothing was saved yet. Check what you wrote, then send it.",
            (false, false) => {
                "You have signed in anew since you opened this form, so nothing was saved yet. Check it, then send it again."
            }
        };
        Some(Some(text.to_owned()))
    }

    /// Names this form for [`Submissions`].
    pub fn id(&self, ask: &Ask<'_>) -> String {
        let session = self.viewer.user.as_ref().map_or("", |user| user.csrf.as_str());
        self.submitted.id(&ask.path, session)
    }
}

/// What this persona may do with the object, of one kind.
///
/// # Errors
/// Where it is nothing: a guest is asked to sign in, anybody else sees that there is no such page.
pub fn ways<'a, W>(
    ask: &Ask<'a>,
    viewer: &Viewer<'a>,
    name: &ObjectName,
    of: impl Fn(&'a WritableObject) -> &'a [W],
) -> Result<(&'a Object, &'a [W]), Fault> {
    let found = ask.site.model.objects.get(name).zip(viewer.persona.writable.objects.get(name));
    match found.map(|(object, writable)| (object, of(writable))) {
        Some((object, ways)) if !ways.is_empty() => Ok((object, ways)),
        _ if viewer.user.is_none() => Err(Fault::SignIn { stale: false }),
        _ => Err(Fault::not_found()),
    }
}

/// What a form carries of its session, and what names it.
pub fn secrets(viewer: &Viewer<'_>) -> Result<Vec<HiddenField>, Fault> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Fault::internal(format!("no randomness: {error}")))?;
    let csrf = viewer.user.as_ref().map(|user| hidden("csrf", guard::mask(&user.csrf)));
    Ok(csrf.into_iter().chain([hidden("submission", guard::hex(bytes))]).collect())
}

pub fn hidden(name: &str, value: impl Into<String>) -> HiddenField {
    HiddenField { name: name.to_owned(), value: value.into() }
}

/// What became of a form: where it leads, and what is said there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Below the portal's base.
    pub path: String,
    pub note: String,
}

impl Outcome {
    pub fn new(path: impl Into<String>, done: note::Done, object: &Object) -> Self {
        Self { path: path.into(), note: note::write(done, object.name.as_str()) }
    }

    /// Of people, who are no object.
    pub fn of_people(path: impl Into<String>, done: note::Done) -> Self {
        Self { path: path.into(), note: note::write(done, "") }
    }

    fn read(text: &str) -> Self {
        let (path, note) = text.split_once('\n').unwrap_or(("/", ""));
        Self { path: path.to_owned(), note: note.to_owned() }
    }

    pub fn answer(&self, ask: &Ask<'_>) -> Response {
        let response = reply::see_other(&format!("{}{}", ask.base, self.path));
        reply::with_cookie(response, &note::set(ask.portal.name.as_str(), &self.note, ask.cookie.secure()))
    }
}

/// The form's place among those that were sent: what became of it, where it was done before.
pub async fn done_before(
    submissions: &Submissions,
    id: &str,
    role: &RoleName,
    writing: &mut Writing,
) -> Result<Option<Outcome>, Refusal> {
    Ok(submissions.begin(id, role, writing).await?.map(|text| Outcome::read(&text)))
}

/// Makes it all happen, with its outcome.
pub async fn finish(
    submissions: &Submissions,
    id: &str,
    outcome: &Outcome,
    mut writing: Writing,
) -> Result<(), Refusal> {
    submissions.end(id, &format!("{}\n{}", outcome.path, outcome.note), &mut writing).await?;
    writing.commit().await
}

/// What to say of a refusal, on a page that still holds everything that was filled in.
///
/// # Errors
/// Where it is nothing that the person could do something about.
pub fn problems(ask: &Ask<'_>, refusal: Refusal, object: &Object, slots: &[Slot]) -> Result<Problems, Fault> {
    match refusal {
        Refusal::Said(said) => Ok(explain(&said, object, slots, &ask.site.types, &ask.site.names)),
        Refusal::Failed(QueryError::Unavailable(_)) => Ok(Problems::of(
            "The portal is busy at the moment, and nothing was saved. Send it again in a little while.",
        )),
        Refusal::Failed(error) => Err(error.into()),
    }
}
