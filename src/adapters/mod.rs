//! Floor 5: what touches the world outside.

pub mod clock;
pub mod files;
pub mod local_postgres;
pub mod postgres;
pub mod serving;
pub mod terminal;
