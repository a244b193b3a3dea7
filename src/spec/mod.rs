//! Floor 1: documents as written.

mod conform;
pub mod document;
mod findings;
#[expect(dead_code, reason = "the descriptions of keys are read by the JSON Schema")]
mod grammar;
mod lower;
mod raw;
mod read;
mod scalar;
mod tenant_file;
mod text;
mod tree;

pub use raw::{MAX_FILE_BYTES, PROJECT_FILE, RawContent, RawFile};
pub use read::{Outline, outline, read};
