//! Floor 0: where something stands in a file, what is wrong with it, and how that is told.

pub mod escape;
mod finding;
mod render;
mod source;
mod suggest;

pub use escape::{is_unshowable, one_line};
pub use finding::{Finding, Label, Report, Severity, Summary};
pub use render::{RenderOptions, render_json, render_text, summary_line};
pub use source::{FileId, Location, SourceFile, SourceMap, Span, Spanned};
pub use suggest::closest;
