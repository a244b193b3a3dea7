//! Floor 5.

pub mod postgres;
