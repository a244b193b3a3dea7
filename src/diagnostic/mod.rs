//! Floor 0: where something stands in a file, and what is wrong with it.

mod finding;
mod source;
mod suggest;

pub use finding::{Finding, Label, Report, Severity, Summary};
pub use source::{FileId, Location, SourceFile, SourceMap, Span, Spanned};
pub use suggest::closest;
