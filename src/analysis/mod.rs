//! Floor 3: answers about the access model.

mod matrix;
pub mod words;

pub use matrix::{AccessMatrix, Entry, Source, matrix};
