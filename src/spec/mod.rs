//! Floor 1: documents as written.

pub mod document;
