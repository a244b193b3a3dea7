//! Floor 3: the files of a site, from the access model.
//!
//! [`render`] says what would lie in the project had nobody touched it, [`reconcile`] what to do about
//! what lies there. Neither reads or writes a file: `adapters::project_files` does.

mod manifest;
mod merge;
mod reconcile;
mod render;
mod site_file;
mod tree;

pub use manifest::{
    FileRecord, MANIFEST_PATH, Manifest, ManifestError, TEMPLATE_MANIFEST_PATH, content_hash, is_plain,
};
pub use merge::{Conflicts, Merge};
pub use reconcile::{Decision, FileAction, Kept, OnDisk, Options, Refusal, manifest_after, reconcile, reject_path};
pub use render::render;
pub use site_file::{Branding, Colors, Entry, SiteFile};
pub use tree::{FileClass, FileTree, GeneratedFile};
