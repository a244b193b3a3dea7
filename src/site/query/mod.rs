//! All SQL of the site. Two logins, each with a pool of its own:
//!
//! - the **gateway** may become any persona and owns nothing. Its statements are unnamed and its
//!   relations schema-qualified; what the pages rely on is sent as start-up options, since a role
//!   could alter its own settings. A connection that comes back is rolled back and then cleaned by
//!   `DISCARD ALL` in a message of its own (in one batch with the ROLLBACK, what a prepared statement
//!   planted would come back); where either fails the connection is closed.
//! - the **issuer** signs people in and has contexts signed. It never runs text that comes from a
//!   spec, so it alone keeps its statements prepared.
//!
//! A page costs these round trips, of which the last is made after the answer is on its way:
//!
//! ```text
//! gateway  BEGIN READ ONLY; which backend is this            1
//! issuer   session and signed context                        1
//! gateway  role and context, as bound parameters             2   (parse, then bind and execute)
//! gateway  each query                                        2
//! gateway  ROLLBACK, DISCARD ALL                             2   in the background
//! ```
//!
//! So a list is 6, a record with its related lists 8, while the persona has one facet: all
//! related lists travel in one statement, and rows with their count in one. Where the persona has them, what
//! may be done with the record, its history, its files, to whom it may go and with whom it is shared cost 2 each; so do
//! the names of people and tenants whose keys stand in the rows of one object.

mod activity;
mod attachments;
mod begin;
mod handing;
mod home;
mod issuer;
mod list;
mod naming;
mod pool;
mod ready;
mod record;
mod refusal;
mod registrations;
mod row;
mod sql;
mod team;
mod types;
mod write;

#[cfg(test)]
mod tests;

pub use activity::{Event, Events};
pub use attachments::{File, NewFile, Remains};
pub use begin::{Reader, Reading, Writing};
pub use handing::{Assignee, OneRow, Shared};
pub use home::{Above, CountedRows, First, Teaser};
pub use issuer::{Issuer, LinkPreview, Over, Registered, SignedIn};
pub use list::{Bound, COUNT_LIMIT, Filter, ListQuery, Page, Seek};
pub use naming::{KeyChoices, NamesQuery};
pub use pool::{Database, Pools};
pub use ready::Readiness;
pub use record::{RecordQuery, RecordsQuery};
pub use refusal::{Kind, Refusal, Said};
pub use registrations::{Asked, Registrar, RegistrarAnswer};
pub use row::{Row, Scene, Selection};
pub use team::{Member, Team, TeamAnswer};
pub use types::{LiveColumn, LiveTypes};
pub use write::{Change, Hold, Submissions, Written};

/// Why the database gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// No connection is free, the server is away, or a statement ran too long: come back later.
    #[error("the database is busy or away: {0}")]
    Unavailable(String),
    /// What the visitor sent does not fit the column's type.
    #[error("the value does not fit: {0}")]
    BadValue(String),
    /// A login that row policies do not bind: the site does not run with it.
    #[error("the {login} login `{role}` is a superuser or bypasses row security: use the {login} role of the project")]
    TooPowerful { login: String, role: String },
    #[error("{0}")]
    Failed(String),
}

impl From<sqlx::Error> for QueryError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Database(refusal) => {
                // The server's message may quote a value; its code never does.
                let code = refusal.code().unwrap_or_default().into_owned();
                match code.as_str() {
                    // Too many connections, shut down, starting up, cancelled by its timeout, lock not free.
                    "53300" | "57P01" | "57P02" | "57P03" | "57014" | "55P03" | "25P03" => Self::Unavailable(code),
                    _ if code.starts_with("08") => Self::Unavailable(code),
                    _ if code.starts_with("22") => Self::BadValue(code),
                    _ => Self::Failed(format!("PostgreSQL says {code}: {}", refusal.message())),
                }
            }
            _ => Self::Failed(error.to_string()),
        }
    }
}
