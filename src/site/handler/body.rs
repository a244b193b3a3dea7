//! What a form sends.

use super::Ask;
use crate::site::fault::Fault;
use axum::Form;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::Method;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};

/// The pairs of a form of at most so many bytes.
pub async fn read_form(ask: &Ask<'_>, body: Body, most: usize) -> Result<Vec<(String, String)>, Fault> {
    let announced = ask.headers.get(CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > most) {
        return Err(Fault::form_too_long());
    }
    let bytes = to_bytes(body, most).await.map_err(|_| Fault::form_too_long())?;
    let mut request = Request::new(Body::from(bytes));
    *request.method_mut() = Method::POST;
    if let Some(content_type) = ask.headers.get(CONTENT_TYPE) {
        request.headers_mut().insert(CONTENT_TYPE, content_type.clone());
    }
    let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    form.map(|form| form.0).map_err(|_| Fault::bad_request("The form cannot be read."))
}
