//! Floor 3: answers about the access model.

pub mod access_test;
pub mod assertion;
mod can;
pub mod coverage;
pub mod diff;
mod effect;
pub mod evaluate;
mod expanded;
mod graph;
mod matrix;
pub mod verify;
mod who_can;
pub mod words;

pub use crate::model::Action;
pub use can::{Because, Decision, Hidden, OneRow, RowFacts, Verdict, can, of_row};
pub use effect::{Effect, Move};
pub use expanded::{Expanded, ExpandedLine, expand_object, expand_portal};
pub use graph::{Graph, graph};
pub use matrix::{AccessMatrix, Entry, Source, matrix};
pub use who_can::{Able, who_can};
