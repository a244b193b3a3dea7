//! Why a page is not shown, as the visitor hears it and as the log does.

use super::query::{Kind, Over, QueryError, Refusal};
use super::template::TemplateError;
use axum::http::StatusCode;

/// What happened instead of a page.
#[derive(Debug)]
pub enum Fault {
    /// The visitor has to sign in; `stale`: the browser's session is over and may be forgotten.
    SignIn { stale: bool },
    /// They were signed in, and are told why they are so no more.
    Over(Over),
    /// An error page.
    Page { status: StatusCode, text: String, reason: Option<String>, retry_after: Option<u32> },
}

impl Fault {
    /// What somebody is told who was let in until now. Why is their tenant's or the operator's to say.
    #[must_use]
    pub fn over(why: Over, portal: &str) -> Self {
        let text = match why {
            Over::Suspended => format!(
                "The access of your organisation to {portal} is suspended at the moment. \
                 Ask whoever looks after it in your organisation; once it is open again, so is this page."
            ),
            Over::Ended => format!(
                "Your access to {portal} has ended, so you were signed out. \
                 If you think that is a mistake, ask whoever invited you."
            ),
        };
        Self::page(StatusCode::FORBIDDEN, text)
    }

    fn page(status: StatusCode, text: impl Into<String>) -> Self {
        Self::Page { status, text: text.into(), reason: None, retry_after: None }
    }

    /// `text` is shown: a sentence.
    pub fn bad_request(text: impl Into<String>) -> Self {
        Self::page(StatusCode::BAD_REQUEST, text)
    }

    pub fn forbidden(text: impl Into<String>) -> Self {
        Self::page(StatusCode::FORBIDDEN, text)
    }

    pub fn not_found() -> Self {
        Self::page(StatusCode::NOT_FOUND, "The page does not exist, or it is not one that you may see.")
    }

    pub fn method_not_allowed() -> Self {
        Self::page(StatusCode::METHOD_NOT_ALLOWED, "This page cannot be used that way.")
    }

    pub fn too_long() -> Self {
        Self::page(StatusCode::URI_TOO_LONG, "The address is too long.")
    }

    pub fn form_too_long() -> Self {
        Self::page(
            StatusCode::PAYLOAD_TOO_LARGE,
            "What you sent is too long. Go back: your browser mostly still has it. Shorten it, then send it again.",
        )
    }

    pub fn too_many(seconds: u32) -> Self {
        Self::Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            text: "There were too many attempts from your network. Wait a minute, then try again.".to_owned(),
            reason: None,
            retry_after: Some(seconds),
        }
    }

    /// `reason` is for the log alone.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Page {
            status: StatusCode::SERVICE_UNAVAILABLE,
            text: "The portal is busy at the moment. Wait a little, then try again.".to_owned(),
            reason: Some(reason.into()),
            retry_after: Some(5),
        }
    }

    /// `reason` is for the log alone.
    pub fn internal(reason: impl Into<String>) -> Self {
        Self::Page {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            text: "Something went wrong on our side. It has been noted; please try again later.".to_owned(),
            reason: Some(reason.into()),
            retry_after: None,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Said(said) if said.kind == Kind::Forbidden => Self::forbidden("You may not do this."),
            // Its message may quote what somebody wrote.
            Refusal::Said(said) => Self::internal(format!("PostgreSQL refused: {:?}", said.kind)),
            Refusal::Failed(error) => error.into(),
        }
    }
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unavailable(reason) => Self::unavailable(reason),
            QueryError::BadValue(_) => {
                Self::bad_request("A value in the address does not fit what it is compared with.")
            }
            error => Self::internal(error.to_string()),
        }
    }
}

impl From<TemplateError> for Fault {
    fn from(error: TemplateError) -> Self {
        Self::internal(error.to_string())
    }
}
