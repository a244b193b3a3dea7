//! Floor 1: documents as written.

mod catalogue;
mod conform;
pub mod document;
pub mod edit;
mod finding_ids;
mod findings;
pub mod format;
mod grammar;
mod lower;
mod merge;
mod pieces;
mod raw;
mod read;
pub mod reference;
mod scalar;
pub mod schema;
mod setting;
mod tenant_file;
mod text;
mod tree;
mod values;

#[cfg(test)]
mod tests;

pub use catalogue::Catalogue;
pub use finding_ids::{FINDINGS, FindingKind};
pub(crate) use findings::{MAX_PER_FILE, too_many};
pub use grammar::check_project_name;
pub use raw::{MAX_FILE_BYTES, PROJECT_FILE, RawContent, RawFile};
pub use read::{Outline, holds_documents, outline, read, read_as, read_with};
pub use setting::{TENANT_SETTINGS, check_tenant_setting, check_title, tenant_settings};
pub use values::{Value, Values};
