//! What a form with a file sends: a few words, then the file, which goes to the disk as it comes in.

use super::Ask;
use crate::site::fault::Fault;
use crate::site::storage::{Incoming, Received, Storage, presentable};
use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::Method;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::{StreamExt, stream};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Poll, ready};
use std::time::Duration;

/// What stands around the file.
const AROUND: u64 = 64 * 1024;
const MOST_FIELDS: usize = 8;
const LONGEST_WORD: usize = 4 * 1024;
/// From one piece of the file to the next.
const PATIENCE: Duration = Duration::from_secs(30);
/// Of a file that is too large so much is still read, and thrown away: a browser that is cut off shows no page.
const DRAINED: u64 = 64 << 20;

/// A form that came in.
pub struct Upload {
    pub words: Vec<(String, String)>,
    /// Presentable.
    pub name: String,
    pub content: Content,
}

pub enum Content {
    File(Received),
    /// Nothing was chosen, or there is nothing in it.
    Nothing,
    TooLarge,
}

/// Whether the form is of the kind that holds files.
pub fn is_upload(ask: &Ask<'_>) -> bool {
    let kind = ask.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.to_ascii_lowercase().starts_with("multipart/form-data")
}

/// Reads the words, asks `trusted` of them, and only then lets a file in.
///
/// # Errors
/// Where it is no such form, a word is missing that must come first, or the disk does not take the file.
pub async fn read(
    ask: &Ask<'_>,
    storage: &Storage,
    body: Body,
    most: u64,
    trusted: impl Fn(&[(String, String)]) -> bool,
) -> Result<Upload, Fault> {
    let announced = ask.headers.get(CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse::<u64>().ok());
    let limit = usize::try_from(most + AROUND + DRAINED).unwrap_or(usize::MAX);
    let gate = Arc::new(Gate::default());
    let mut request = Request::new(Arc::clone(&gate).guard(body));
    *request.method_mut() = Method::POST;
    if let Some(kind) = ask.headers.get(CONTENT_TYPE) {
        request.headers_mut().insert(CONTENT_TYPE, kind.clone());
    }
    DefaultBodyLimit::max(limit).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let mut words: Vec<(String, String)> = Vec::new();
    for _ in 0..MOST_FIELDS {
        let Some(field) = patient(&gate, form.next_field()).await? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            words.push((name, word(&gate, field).await?));
            continue;
        }
        if !trusted(&words) {
            return Err(Fault::forbidden(
                "This form is not of your session any more. Go back, load the page again, then send the file.",
            ));
        }
        gate.begun.store(true, Ordering::Relaxed);
        let called = field.file_name().unwrap_or_default().to_owned();
        let content = match announced.is_some_and(|bytes| bytes > most + AROUND) {
            true => drain(&gate, field).await,
            false => content(&gate, field, storage, most).await?,
        };
        return Ok(Upload { words, name: presentable(&called), content });
    }
    Ok(Upload { words, name: String::new(), content: Content::Nothing })
}

/// What stands before the file is let in up to [`AROUND`], and the file only once it has begun.
#[derive(Default)]
struct Gate {
    before: AtomicU64,
    begun: AtomicBool,
}

impl Gate {
    fn is_closed(&self) -> bool {
        self.before.load(Ordering::Relaxed) > AROUND && !self.begun.load(Ordering::Relaxed)
    }

    /// The body through the gate. What reads the form takes all that is ready before it looks at any of it, and keeps
    /// a part until the end of its head: so it gets one piece at a time.
    fn guard(self: Arc<Self>, body: Body) -> Body {
        let mut pieces = body.into_data_stream();
        let mut rests = false;
        Body::from_stream(stream::poll_fn(move |context| {
            if std::mem::take(&mut rests) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            // What came in already may hold the whole of the form: whether more is needed, `patient` sees.
            if self.is_closed() {
                return Poll::Pending;
            }
            let piece = ready!(pieces.poll_next_unpin(context));
            if let Some(Ok(bytes)) = &piece {
                self.before.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                rests = true;
            }
            Poll::Ready(piece)
        }))
    }
}

async fn word(gate: &Gate, mut field: Field<'_>) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = patient(gate, field.chunk()).await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_WORD {
            return Err(unreadable());
        }
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

async fn content(gate: &Gate, mut field: Field<'_>, storage: &Storage, most: u64) -> Result<Content, Fault> {
    let disk = |error: std::io::Error| Fault::internal(format!("the storage of attachments: {error}"));
    let mut incoming: Incoming = storage.receive().await.map_err(disk)?;
    while let Some(chunk) = patient(gate, field.chunk()).await? {
        if incoming.bytes + chunk.len() as u64 > most {
            drop(incoming);
            return Ok(drain(gate, field).await);
        }
        incoming.write(&chunk).await.map_err(disk)?;
    }
    if incoming.bytes == 0 {
        return Ok(Content::Nothing);
    }
    Ok(Content::File(incoming.received().await.map_err(disk)?))
}

async fn drain(gate: &Gate, mut field: Field<'_>) -> Content {
    let mut left = DRAINED;
    while let Ok(Some(chunk)) = patient(gate, field.chunk()).await {
        let bytes = chunk.len() as u64;
        if bytes >= left {
            break;
        }
        left -= bytes;
    }
    Content::TooLarge
}

async fn patient<T>(gate: &Gate, next: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Fault> {
    let mut next = pin!(next);
    // It needs more, and no more is let in.
    let next = poll_fn(|context| match next.as_mut().poll(context) {
        Poll::Pending if gate.is_closed() => Poll::Ready(Err(unreadable())),
        polled => polled.map_err(|_| unreadable()),
    });
    match tokio::time::timeout(PATIENCE, next).await {
        Ok(found) => found,
        Err(_) => Err(Fault::bad_request("The file came in too slowly, and nothing was kept. Send it again.")),
    }
}

fn unreadable() -> Fault {
    Fault::bad_request("The form cannot be read.")
}
