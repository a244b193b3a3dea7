//! Floor 5.

pub mod files;
pub mod postgres;
