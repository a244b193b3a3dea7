//! Floor 3: answers about the access model.

mod can;
mod matrix;
pub mod words;

pub use can::{Because, Decision, Verdict, can_read};
pub use matrix::{AccessMatrix, Entry, Source, matrix};
