//! The bytes of an attachment, to whoever the database says may have them. Whatever is in them, nothing of it runs here.

use super::Ask;
use super::form::find_file;
use super::visit::Visit;
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::storage::disposition;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// Shown where they are; of everything else a browser is given a file to keep.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];
/// What a browser might take for a page, or run, is given no name of its own.
const SAFE: &[&str] = &["application/pdf", "text/plain", "text/csv", "application/zip"];
const POLICY: &str = "sandbox; default-src 'none'";
const PIECE: usize = 64 * 1024;

pub async fn send<'a>(ask: &'a Ask<'a>, object: &ObjectName, key: &str, id: &str) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let found = find_file(ask, &mut visit, object, key, id).await?.1;
    // The connection goes back before a slow visitor is served.
    drop(visit);
    let (file, bytes) = ask.site.storage.open(&found.storage).await.map_err(|error| missing(&error))?;
    if bytes != found.bytes {
        return Err(Fault::internal("the bytes of an attachment are not those that were kept"));
    }
    let media_type = found.media_type.as_str();
    let shown = SHOWN.contains(&media_type);
    let kind = if shown { "inline" } else { "attachment" };
    let served = if shown || SAFE.contains(&media_type) { media_type } else { "application/octet-stream" };
    let served = if media_type.starts_with("text/") { format!("{served}; charset=utf-8") } else { served.to_owned() };
    let mut response = Response::new(Body::from_stream(pieces(file)));
    let headers = response.headers_mut();
    let texts = [
        (CONTENT_TYPE, served.as_str()),
        (CONTENT_DISPOSITION, &disposition(kind, &found.name)),
        (CONTENT_LENGTH, &bytes.to_string()),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "private, no-store"),
    ];
    for (name, text) in texts {
        set(headers, name, text)?;
    }
    Ok(response)
}

fn set(headers: &mut axum::http::HeaderMap, name: HeaderName, text: &str) -> Result<(), Fault> {
    let value =
        HeaderValue::from_str(text).map_err(|_| Fault::internal("a header of an attachment cannot be written"))?;
    headers.insert(name, value);
    Ok(())
}

fn missing(error: &std::io::Error) -> Fault {
    Fault::internal(format!("the bytes of an attachment: {error}"))
}

fn pieces(file: File) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    })
}
