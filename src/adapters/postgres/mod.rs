//! The administrator's side of a PostgreSQL database.

pub mod directory;
mod error;
pub mod inspect;

pub use error::PgError;
