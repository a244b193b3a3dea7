//! Answers, and the headers every one of them has.

use crate::site::fault::Fault;
use crate::site::log::Route;
use crate::site::portal::PortalSite;
use crate::site::template::value;
use crate::site::view::{PageHead, PortalEntry};
use crate::site::{Inner, wording};
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
    REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

/// Nothing but this site's own files; no script in a page, no frame around it.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Adds what protects the visitor, whatever the answer is.
pub fn secure(response: &mut Response, plain: bool) {
    let fixed = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    let headers = response.headers_mut();
    for (name, text) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(text));
    }
    if !plain {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}

fn build(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub fn html(status: StatusCode, page: String) -> Response {
    build(status, "text/html; charset=utf-8", page)
}

/// Says which language the answer is in, and what else than the address it depends on.
#[must_use]
pub fn in_language(mut response: Response, site: &Inner) -> Response {
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let text = [&b"text/html"[..], b"text/csv"].iter().any(|known| kind.starts_with(known));
    if let Some(language) = site.language.as_ref().filter(|_| text) {
        if let Ok(tag) = HeaderValue::from_str(language.as_str()) {
            response.headers_mut().insert(CONTENT_LANGUAGE, tag);
        }
        if site.languages.len() > 1 {
            response.headers_mut().append(VARY, HeaderValue::from_static("accept-language, cookie"));
        }
    }
    response
}

pub fn is_html(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// A file to keep. The name is of plain letters.
pub fn file(name: &str, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = build(StatusCode::OK, content_type, bytes);
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

fn text(text: &'static str) -> Response {
    build(StatusCode::OK, "text/plain; charset=utf-8", text)
}

/// Whether both logins answer, for load balancers.
pub async fn ready(site: &Inner) -> Response {
    let mut response = if site.readiness.ready().await {
        text("ready\n")
    } else {
        build(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", "the database does not answer\n")
    };
    response.extensions_mut().insert(Route { page: "readyz", ..Route::default() });
    response
}

/// Whether this process answers at all.
pub fn healthy() -> Response {
    let mut response = text("ok\n");
    response.extensions_mut().insert(Route { page: "healthz", ..Route::default() });
    response
}

/// `location` is one of our own addresses, percent-encoded already.
pub fn see_other(location: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

#[must_use]
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The address of a page about links is itself a secret.
#[must_use]
pub fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[must_use]
pub fn retry_after(mut response: Response, seconds: Option<u32>) -> Response {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// The way to each portal.
pub fn portals(site: &Inner, portals: &[(&PortalSite, String)]) -> Response {
    let entries: Vec<PortalEntry> = portals
        .iter()
        .map(|(portal, base)| PortalEntry {
            title: portal.look.title.clone(),
            href: format!("{base}/"),
            monogram: wording::monogram(&portal.look.brand_name),
        })
        .collect();
    let values = [
        ("shell", value(super::visit::bare_shell(&site.neutral, ""))),
        ("page", value(PageHead::plain("Portals"))),
        ("portals", value(entries)),
    ];
    match site.neutral.templates.render("portals/index.html", &values) {
        Ok(page) => html(StatusCode::OK, page),
        Err(error) => super::error::neutral(site, Fault::from(error)),
    }
}
