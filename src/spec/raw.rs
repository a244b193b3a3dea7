//! What the reader is given: the files of a project, already fetched or refused.

/// One file of the project folder, as the adapter met it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFile {
    /// Relative to the project folder, with `/`.
    pub path: String,
    pub content: RawContent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawContent {
    Bytes(Vec<u8>),
    /// Larger than [`MAX_FILE_BYTES`]; never loaded.
    TooLarge {
        bytes: u64,
    },
    Directory,
    /// A file or folder that the project names and that is not there.
    Missing,
    /// Why, in words: `permission denied`, `a named pipe, not a file`.
    Unreadable(String),
    /// A symbolic link that leads out of the project folder.
    SymlinkOutside,
    /// YAML beside the project document that is no part of the project, and why, in words: another tool's, a stray link.
    PassedOver(&'static str),
}

/// The largest file that is read.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Where the project document stands.
pub const PROJECT_FILE: &str = "portalctl.yaml";
