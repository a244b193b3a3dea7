//! What can go wrong between portalctl and a server.

#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// `doing` completes the sentence "could not …".
    #[error("could not {doing}: {}", reason(source))]
    Query { doing: &'static str, source: sqlx::Error },
    #[error("the server's answer about {what} cannot be read: {source}")]
    Answer { what: &'static str, source: serde_json::Error },
}

impl PgError {
    /// For `map_err`, so that an error says what it interrupted.
    pub fn query(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Query { doing, source }
    }

    /// Whether the server refused for want of a privilege.
    pub fn is_denied(&self) -> bool {
        match self {
            Self::Query { source, .. } => source
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|code| code == "42501"),
            Self::Answer { .. } => false,
        }
    }
}

/// What the server said, without the wrapping words of the library.
pub fn reason(error: &sqlx::Error) -> String {
    let Some(refusal) = error.as_database_error() else { return error.to_string() };
    let detail = refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|error| error.detail());
    let message = refusal.message().to_owned();
    detail.map_or_else(|| message.clone(), |detail| format!("{message} ({detail})"))
}
