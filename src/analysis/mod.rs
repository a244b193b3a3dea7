//! Floor 3: answers about the access model.

mod can;
mod expanded;
mod matrix;
pub mod words;

pub use can::{Because, Decision, Verdict, can_read};
pub use expanded::{Expanded, ExpandedLine, expand_object, expand_portal};
pub use matrix::{AccessMatrix, Entry, Source, matrix};
