//! Signing in by a one-time link, and out again.

use super::body::read_form;
use super::visit::bare_shell;
use super::{Ask, LARGEST_BODY, register, reply};
use crate::site::fault::Fault;
use crate::site::guard;
use crate::site::query::LinkPreview;
use crate::site::template::value;
use crate::site::view::{LinkView, Moment, PageHead, Shell};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::value::Value;
use std::time::Instant;
use time::macros::format_description;

/// Without a link: how one signs in. With one: who it would sign in, and a button. Only the button
/// uses the link up, since mail scanners open every link they see.
pub async fn show(ask: &Ask<'_>) -> Result<Response, Fault> {
    let link = ask.query.iter().find(|(name, _)| name == "link").map(|(_, value)| value.as_str());
    let Some(link) = link else { return start(ask, StatusCode::OK, None) };
    admit(ask)?;
    let preview = match guard::is_secret(link) {
        true => ask.site.issuer.link_preview(link, ask.portal.name.as_str()).await?,
        false => None,
    };
    match preview {
        Some(preview) if !ask.portal.personas.contains_key(&preview.persona) => behind(ask),
        Some(preview) => confirm(ask, link, preview),
        None => used_up(ask),
    }
}

/// The button was pressed.
pub async fn redeem(ask: &Ask<'_>, body: Body) -> Result<Response, Fault> {
    admit(ask)?;
    let form = read_form(ask, body, LARGEST_BODY).await?;
    let link = form.iter().find(|(name, _)| name == "link").map(|(_, value)| value.as_str());
    let Some(link) = link.filter(|link| guard::is_secret(link)) else { return used_up(ask) };
    let redeemed = ask.site.issuer.redeem_link(link, ask.portal.name.as_str()).await?;
    let Some(redeemed) = redeemed else { return used_up(ask) };
    if !ask.portal.personas.contains_key(&redeemed.persona) {
        return behind(ask);
    }
    // Whoever used this browser before is signed out of this portal.
    if let Some(before) = ask.cookie.read(ask.headers) {
        ask.site.issuer.sign_out(&before).await?;
    }
    let response = reply::see_other(&format!("{}/", ask.base));
    Ok(reply::without_referrer(reply::with_cookie(response, &ask.cookie.set(&redeemed.session_secret))))
}

/// Ends the session, if the form is one of this session's pages.
pub async fn sign_out(ask: &Ask<'_>, body: Body) -> Result<Response, Fault> {
    let form = read_form(ask, body, LARGEST_BODY).await?;
    if let Some(secret) = ask.cookie.read(ask.headers)
        && let Some(user) = ask.site.issuer.session(&secret, ask.portal.name.as_str()).await?
    {
        let token = form.iter().find(|(name, _)| name == "csrf").map_or("", |(_, value)| value.as_str());
        if !guard::matches(token, &user.csrf) {
            return Err(Fault::forbidden(
                "This form belongs to another session. Reload the page, then sign out again.",
            ));
        }
        ask.site.issuer.sign_out(&secret).await?;
    }
    let response = reply::see_other(&format!("{}/sign-out", ask.base));
    Ok(reply::with_cookie(response, &ask.cookie.clear()))
}

/// Where signing out leads.
pub async fn signed_out(ask: &Ask<'_>) -> Result<Response, Fault> {
    if let Some(secret) = ask.cookie.read(ask.headers)
        && ask.site.issuer.session(&secret, ask.portal.name.as_str()).await?.is_some()
    {
        return Ok(reply::see_other(&format!("{}/", ask.base)));
    }
    let values = [
        ("shell", value(shell(ask))),
        ("page", value(PageHead::plain("You are signed out"))),
        ("guest", Value::from(ask.portal.guest.is_some())),
    ];
    let page = ask.portal.look.templates.render("sign-in/signed-out.html", &values)?;
    Ok(reply::html(StatusCode::OK, page))
}

fn start(ask: &Ask<'_>, status: StatusCode, problem: Option<&str>) -> Result<Response, Fault> {
    let head = PageHead::plain(format!("Sign in to {}", ask.portal.look.title));
    let title = if problem.is_some() { "Error: Sign in" } else { "Sign in" };
    let values = [
        ("shell", value(shell(ask))),
        ("page", value(PageHead { title: title.to_owned(), ..head })),
        ("problem", Value::from(problem)),
        ("guest", Value::from(ask.portal.guest.is_some())),
        ("register", value(register::link(ask))),
    ];
    let page = ask.portal.look.templates.render("sign-in/start.html", &values)?;
    Ok(reply::without_referrer(reply::html(status, page)))
}

/// One answer for every link that does not work, so that none tells why.
fn used_up(ask: &Ask<'_>) -> Result<Response, Fault> {
    start(ask, StatusCode::GONE, Some("This link does not work: it has expired, was used before, or is not complete."))
}

/// The link is good, and lets its person in as an audience that came into the documents while the site was running.
fn behind(ask: &Ask<'_>) -> Result<Response, Fault> {
    let problem = "This portal has been changed, and has to be started again before it can let you in. \
                   Tell those who run it, then ask for a new link.";
    start(ask, StatusCode::SERVICE_UNAVAILABLE, Some(problem))
}

fn confirm(ask: &Ask<'_>, secret: &str, preview: LinkPreview) -> Result<Response, Fault> {
    let until = preview.expires_at;
    let shown = until.format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"));
    let machine = until.format(format_description!("[year]-[month]-[day]T[hour]:[minute]Z"));
    let persona = ask.portal.personas.get(&preview.persona);
    let link = LinkView {
        secret: secret.to_owned(),
        person: preview.person,
        email: preview.email,
        tenant: preview.tenant_title,
        audience: persona.map(|persona| persona.label.clone()).ok_or_else(Fault::not_found)?,
        expires: Moment { text: shown.unwrap_or_default(), machine: machine.unwrap_or_default() },
    };
    let values =
        [("shell", value(shell(ask))), ("page", value(PageHead::plain("Is this you?"))), ("link", value(link))];
    let page = ask.portal.look.templates.render("sign-in/confirm.html", &values)?;
    Ok(reply::without_referrer(reply::html(StatusCode::OK, page)))
}

pub(super) fn shell(ask: &Ask<'_>) -> Shell {
    Shell {
        footer: ask.portal.footer(&ask.base),
        languages: ask.languages.clone(),
        ..bare_shell(&ask.portal.look, &ask.base)
    }
}

fn admit(ask: &Ask<'_>) -> Result<(), Fault> {
    match ask.address {
        Some(address) => ask.site.limiter.admit(address, Instant::now()).map_err(Fault::too_many),
        None => Ok(()),
    }
}
