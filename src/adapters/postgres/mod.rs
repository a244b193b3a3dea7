//! The administrator's side of a PostgreSQL database.

mod error;
pub mod inspect;

pub use error::PgError;
