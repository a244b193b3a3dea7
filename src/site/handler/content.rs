//! Help, terms, privacy, accessibility, and whatever else the owner wrote.

use super::visit::{Viewer, bare_shell};
use super::{Ask, reply};
use crate::site::content;
use crate::site::fault::Fault;
use crate::site::template::{html, value};
use crate::site::view::{PageHead, Shell};
use axum::http::StatusCode;
use axum::response::Response;

/// Open to everyone: terms and privacy are read before one signs in.
pub async fn show(ask: &Ask<'_>, name: &str) -> Result<Response, Fault> {
    let page = content::read(&ask.portal.look, name).map_err(Fault::internal)?.ok_or_else(Fault::not_found)?;
    let shell = match Viewer::recognise(ask).await? {
        Some(viewer) => viewer.shell(ask, &format!("pages/{name}"), false),
        None => Shell {
            footer: ask.portal.footer(&ask.base),
            sign_in: Some(format!("{}/sign-in", ask.base)),
            ..bare_shell(&ask.portal.look, &ask.base)
        },
    };
    let values = [("shell", value(shell)), ("page", value(PageHead::plain(page.title))), ("body", html(page.html))];
    Ok(reply::html(StatusCode::OK, ask.portal.look.templates.render("content/page.html", &values)?))
}
