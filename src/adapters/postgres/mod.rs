//! The administrator's side of a PostgreSQL database.

pub mod as_persona;
pub mod directory;
mod error;
pub mod inspect;

pub use error::PgError;
