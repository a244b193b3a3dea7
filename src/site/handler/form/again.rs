//! The session was over when a form came: what was written is kept until somebody is signed in again.

use super::entry::hidden;
use crate::site::fault::Fault;
use crate::site::form::Submitted;
use crate::site::handler::{Ask, reply, sign_in};
use crate::site::template::value;
use crate::site::view::{AgainView, PageHead};
use axum::http::StatusCode;
use axum::response::Response;

/// A page with everything that was sent and nothing of the session that is over. Its button sends it
/// once more, only to be shown in the form again: whoever signs in decides whether to send it.
pub fn keep(ask: &Ask<'_>, submitted: &Submitted, stale: bool) -> Result<Response, Fault> {
    let carried = submitted.carried().into_iter().map(|(name, text)| hidden(&name, text));
    let again = AgainView {
        action: format!("{}{}", ask.base, ask.path),
        hidden: carried.chain([hidden("again", "signed-in")]).collect(),
        sign_in: format!("{}/sign-in", ask.base),
        still: submitted.only_shows(),
    };
    let head = PageHead { title: "Error: Sign in again".to_owned(), ..PageHead::plain("Your session has ended") };
    let values = [("shell", value(sign_in::shell(ask))), ("page", value(head)), ("again", value(again))];
    let page = ask.portal.look.templates.render("sign-in/again.html", &values)?;
    let response = reply::html(StatusCode::UNAUTHORIZED, page);
    Ok(if stale { reply::with_cookie(response, &ask.cookie.clear()) } else { response })
}
