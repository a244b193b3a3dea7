//! Floor 0: where something stands in a file, what is wrong with it, and how that is told.

pub mod escape;
mod finding;
mod fix;
pub mod junit;
mod render;
mod source;
mod suggest;

pub use escape::{is_unshowable, one_line};
pub use finding::{Finding, Label, Report, Severity, Summary};
pub use fix::{Fix, Mended, Replacement};
pub use render::{
    CheckAbout, RenderOptions, render_github, render_json, render_junit, render_sarif, render_text, spelled,
    summary_line,
};
pub use source::{BUILT_IN, FileId, Location, SourceFile, SourceMap, Span, Spanned};
pub use suggest::{closest, only_close};
