//! What can go wrong between portalctl and a server.

#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// `doing` completes the sentence "could not …".
    #[error("could not {doing}: {source}")]
    Query { doing: &'static str, source: sqlx::Error },
    #[error("the server's answer about {what} cannot be read: {source}")]
    Answer { what: &'static str, source: serde_json::Error },
}

impl PgError {
    /// For `map_err`, so that an error says what it interrupted.
    pub fn query(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Query { doing, source }
    }
}
