//! Pages that say why there is no other.

use super::visit::bare_shell;
use super::{Ask, reply};
use crate::site::fault::Fault;
use crate::site::log::Route;
use crate::site::look::Look;
use crate::site::query::Over;
use crate::site::template::{TemplateError, Templates, value};
use crate::site::view::{ErrorView, NamedLink, PageHead, Shell};
use crate::site::{Inner, files::Folder};
use axum::http::StatusCode;
use axum::response::Response;

/// In a portal, with its look. The reason goes to the log, and onto the page only in development.
pub async fn in_portal(ask: &Ask<'_>, fault: Fault, route: &mut Route) -> Response {
    let (status, text, reason, retry) = match fault {
        Fault::SignIn { stale } => {
            let response = reply::see_other(&format!("{}/sign-in", ask.base));
            return if stale { reply::with_cookie(response, &ask.cookie.clear()) } else { response };
        }
        Fault::Over(why) => {
            let told = Box::pin(in_portal(ask, Fault::over(why, &ask.portal.look.title), route)).await;
            // A tenant that is open again finds its people where they were.
            return if why == Over::Ended { reply::with_cookie(told, &ask.cookie.clear()) } else { told };
        }
        Fault::Page { status, text, reason, retry_after } => (status, text, reason, retry_after),
    };
    let mut actions = vec![link("Go to the home page", format!("{}/", ask.base))];
    if status == StatusCode::NOT_FOUND && ask.cookie.read(ask.headers).is_none() {
        actions.push(link("Sign in", format!("{}/sign-in", ask.base)));
    }
    let view = ErrorView {
        status: status.as_u16(),
        text,
        detail: detail(status, reason.as_ref(), ask.site),
        actions,
        reference: (status.as_u16() >= 500).then(|| ask.id.clone()),
    };
    let languages = ask.languages.clone();
    let shell = Shell { footer: ask.portal.footer(&ask.base), languages, ..bare_shell(&ask.portal.look, &ask.base) };
    let (page, broken) = render(&ask.portal.look, shell, status, view);
    route.reason = match (reason, broken) {
        (Some(reason), Some(broken)) => Some(format!("{reason}; and the error page: {broken}")),
        (reason, broken) => reason.or(broken.map(|broken| broken.to_string())),
    };
    reply::retry_after(reply::html(status, page), retry)
}

/// Outside every portal, or where no portal can be told.
pub fn neutral(site: &Inner, fault: Fault) -> Response {
    let (status, text, reason, retry) = match fault {
        Fault::Page { status, text, reason, retry_after } => (status, text, reason, retry_after),
        Fault::SignIn { .. } | Fault::Over(_) => return reply::see_other("/"),
    };
    let view = ErrorView {
        status: status.as_u16(),
        text,
        detail: detail(status, reason.as_ref(), site),
        actions: vec![link("Go to the start", "/".to_owned())],
        reference: None,
    };
    let (page, _) = render(&site.neutral, bare_shell(&site.neutral, ""), status, view);
    let mut response = reply::retry_after(reply::html(status, page), retry);
    response.extensions_mut().insert(Route { page: "none", reason, ..Route::default() });
    response
}

/// What went wrong in a page or a template is shown to whoever works on it. What the system said about a database that
/// is away helps nobody who reads a page: it is in the log, by the reference.
fn detail(status: StatusCode, reason: Option<&String>, site: &Inner) -> Option<String> {
    reason.filter(|_| site.dev && status != StatusCode::SERVICE_UNAVAILABLE).cloned()
}

fn link(label: &str, href: String) -> NamedLink {
    NamedLink { label: label.to_owned(), href }
}

fn heading(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "That did not work",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::NOT_FOUND => "Page not found",
        StatusCode::METHOD_NOT_ALLOWED => "Not possible here",
        StatusCode::URI_TOO_LONG | StatusCode::PAYLOAD_TOO_LARGE => "Too long",
        StatusCode::TOO_MANY_REQUESTS => "Please wait a moment",
        StatusCode::SERVICE_UNAVAILABLE => "Back in a moment",
        _ => "Something went wrong",
    }
}

/// The portal's own error page; where that is the broken one, ours; and where even that fails, plain
/// words, and none of the visitor's.
fn render(look: &Look, shell: Shell, status: StatusCode, view: ErrorView) -> (String, Option<TemplateError>) {
    let heading = heading(status);
    let head = PageHead { title: format!("Error: {heading}"), ..PageHead::plain(heading) };
    let values = [("shell", value(shell)), ("page", value(head)), ("error", value(view))];
    match look.templates.render("error/error.html", &values) {
        Ok(page) => (page, None),
        Err(broken) => {
            let ours = Templates::new(Folder::none(), false).render("error/error.html", &values);
            (
                ours.unwrap_or_else(|_| format!("<!doctype html><title>{heading}</title><h1>{heading}</h1>")),
                Some(broken),
            )
        }
    }
}
