//! Reports as people and programs read them.

mod json;
mod text;

pub use json::render_json;
pub use text::{RenderOptions, render_text, summary_line};
