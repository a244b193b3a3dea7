//! Style sheet, icons, logo: the portal's own files and those that come with the binary.

use super::Ask;
use crate::site::Inner;
use crate::site::brand;
use crate::site::fault::Fault;
use crate::site::look::Look;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

pub fn serve(ask: &Ask<'_>, name: &str) -> Result<Response, Fault> {
    let name = percent_encoding::percent_decode_str(name).decode_utf8().map_err(|_| Fault::not_found())?;
    let version = ask.query.iter().find(|(name, _)| name == "v").map(|(_, value)| value.as_str());
    let known = ask.headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let colors = if name == brand::SHEET { brand::sheet(ask.query) } else { None };
    let found = match colors {
        Some(css) => {
            Some(answer(css.into_bytes(), "text/css; charset=utf-8", current(&ask.portal.look, version), known))
        }
        None => from(&ask.portal.look, &name, version, known)?,
    };
    found.ok_or_else(Fault::not_found)
}

/// What the pages outside every portal need.
pub fn neutral(site: &Inner, name: &str) -> Option<Response> {
    from(&site.neutral, name, None, None).ok().flatten()
}

fn from(look: &Look, name: &str, version: Option<&str>, known: Option<&str>) -> Result<Option<Response>, Fault> {
    let Some(content_type) = content_type(name) else { return Ok(None) };
    let bytes = look.static_file(name).map_err(|error| Fault::internal(format!("static/{name}: {error}")))?;
    let Some(bytes) = bytes else { return Ok(None) };
    Ok(Some(answer(bytes, content_type, current(look, version), known)))
}

fn current(look: &Look, version: Option<&str>) -> bool {
    version.is_some_and(|version| look.is_current(version))
}

/// The bytes, or that they are still the same; to be kept for good where `current`.
fn answer(bytes: Vec<u8>, content_type: &'static str, current: bool, known: Option<&str>) -> Response {
    let tag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..20]);
    let keep = if current { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let fresh = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = Response::new(if fresh { Body::empty() } else { Body::from(bytes) });
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

/// What a page may be made of; other files are not served.
fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "pdf" => "application/pdf",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
