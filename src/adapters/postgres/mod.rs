//! The administrator's side of a PostgreSQL database.

pub mod access_test;
mod administrator;
pub mod applied;
pub mod apply;
pub mod as_persona;
pub mod attachments;
pub mod barriers;
mod canonical;
mod canonical_makes;
mod canonical_views;
pub mod connect;
pub mod credentials;
pub mod directory;
mod error;
pub mod given;
pub mod inspect;
mod lapsing;
pub mod local_database;
pub mod outbox;
mod owner;
pub mod planning;
mod preflight;
pub mod retention;
pub mod row_facts;
pub mod scratch;
pub mod survey;
pub mod verify;

pub use error::PgError;

/// An open connection, for those who hand it on without speaking to it.
pub type Connection = sqlx::PgConnection;
