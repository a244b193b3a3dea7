//! Reports as people and programs read them.

mod github;
mod json;
mod junit;
mod sarif;
mod text;

pub use github::render_github;
pub use json::{render_json, spelled};
pub use junit::render_junit;
pub use sarif::{CheckAbout, render_sarif};
pub use text::{RenderOptions, render_text, summary_line};
