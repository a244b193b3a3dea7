//! Templates of projects that somebody else has written: a head with questions, and files that the answers fill in.

mod answers;
mod condition;
mod head;
mod question;
mod render;

pub use answers::{Given, Incomplete, Kept, TemplateAnswers, stored};
pub use head::{Head, TEMPLATE_FILE};
pub use question::{Question, Sort};
pub use render::{RenderedFile, TemplateError, TemplateFile, rendered};
