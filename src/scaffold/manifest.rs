//! What the last run wrote: `.portalctl/manifest.json`.

use super::FileClass;
use crate::diagnostic::escape::is_unshowable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the manifest lies in a project.
pub const MANIFEST_PATH: &str = ".portalctl/manifest.json";

/// Where it lies for the files that came from a template.
pub const TEMPLATE_MANIFEST_PATH: &str = ".portalctl/template.json";

const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    version: u32,
    /// `portalctl 0.1.0`.
    pub generator: String,
    /// The hash of the documents that the files were made from.
    pub spec: String,
    /// By path.
    pub files: BTreeMap<String, FileRecord>,
}

/// One file as it was left on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    pub class: FileClass,
    /// See [`content_hash`].
    pub hash: String,
    /// Of merged files: the text that was generated, before what the project changed in it. As lines, so
    /// that version control can show and merge it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Vec<String>>,
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("it cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it was written by a newer portalctl ({0})")]
    Newer(String),
    #[error("it names `{0}`, which is no path that portalctl writes")]
    Path(String),
}

impl Manifest {
    /// Of a project that has none yet.
    pub fn new(spec_hash: &str) -> Self {
        Self {
            version: VERSION,
            generator: concat!("portalctl ", env!("CARGO_PKG_VERSION")).to_owned(),
            spec: spec_hash.to_owned(),
            files: BTreeMap::new(),
        }
    }

    /// Reads what [`Manifest::to_json`] wrote.
    ///
    /// # Errors
    /// Where it is damaged, comes from a newer portalctl, or names a path outside the project: a manifest
    /// is a file like any other, and what it names may be deleted.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
            generator: String,
        }
        // The head alone comes first, because a newer version may have another body.
        let head: Head = serde_json::from_str(text)?;
        if head.version > VERSION {
            return Err(ManifestError::Newer(head.generator));
        }
        let manifest: Self = serde_json::from_str(text)?;
        match manifest.files.keys().find(|path| !is_plain(path)) {
            Some(path) => Err(ManifestError::Path(path.clone())),
            None => Ok(manifest),
        }
    }

    /// The same bytes for the same manifest.
    pub fn to_json(&self) -> String {
        // A map of strings and numbers has no value that JSON cannot hold.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl FileRecord {
    /// `text` is what lies on disk now, `generated` what would lie there had nobody changed it.
    pub fn new(class: FileClass, text: &str, generated: &str) -> Self {
        let base = (class == FileClass::Merged).then(|| generated.split('\n').map(str::to_owned).collect());
        Self { class, hash: content_hash(text.as_bytes()), base }
    }

    pub fn base(&self) -> Option<String> {
        self.base.as_ref().map(|lines| lines.join("\n"))
    }
}

/// blake3, hex. `\r\n` counts as `\n`, since git may change the one into the other on checkout.
pub fn content_hash(bytes: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(2).position(|pair| pair == b"\r\n") {
        hasher.update(&rest[..at]);
        rest = &rest[at + 1..];
    }
    hasher.update(rest);
    hasher.finalize().to_hex().to_string()
}

/// Relative, without `.`, `..` and what cannot be shown, and not in a folder that belongs to git or holds the database.
pub fn is_plain(path: &str) -> bool {
    let mut parts = path.split('/');
    let reserved = matches!(path.split('/').next(), Some(".git" | ".portalctl"));
    !reserved
        && parts.all(|part| {
            !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']) && !part.contains(is_unshowable)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back_as_it_was_written() {
        let mut manifest = Manifest::new("abc");
        for (class, text) in [(FileClass::Managed, "a\n"), (FileClass::Seeded, ""), (FileClass::Merged, "a\n\nb\n")] {
            manifest.files.insert(format!("site/{class:?}"), FileRecord::new(class, "on disk\n", text));
        }
        assert_eq!(Manifest::parse(&manifest.to_json()).unwrap(), manifest);
        assert_eq!(manifest.files["site/Merged"].base().unwrap(), "a\n\nb\n");
    }

    #[test]
    fn a_manifest_that_leads_out_of_the_project_is_refused() {
        for path in [
            "/etc/passwd",
            "../x",
            "site/../../x",
            "site//x",
            "",
            ".git/config",
            ".portalctl/postgres/x",
            "site/\u{1b}[2J",
        ] {
            let mut manifest = Manifest::new("abc");
            manifest.files.insert(path.to_owned(), FileRecord::new(FileClass::Managed, "x", "x"));
            let error = Manifest::parse(&manifest.to_json()).unwrap_err();
            assert!(matches!(&error, ManifestError::Path(named) if named == path), "{path}: {error}");
        }
    }

    #[test]
    fn a_damaged_or_newer_manifest_is_an_error_and_not_an_empty_one() {
        for damaged in ["", "{", "[]", "{}", r#"{"version": 1, "generator": "x", "files": 3}"#] {
            assert!(matches!(Manifest::parse(damaged), Err(ManifestError::Json(_))), "{damaged}");
        }
        let newer = r#"{"version": 2, "generator": "portalctl 9.0.0", "shape": "other"}"#;
        assert!(matches!(Manifest::parse(newer), Err(ManifestError::Newer(by)) if by == "portalctl 9.0.0"));
    }

    #[test]
    fn line_endings_do_not_count() {
        assert_eq!(content_hash(b"a\r\nb\r\n"), content_hash(b"a\nb\n"));
        assert_ne!(content_hash(b"a\rb\n"), content_hash(b"a\nb\n"));
        assert_ne!(content_hash(b"a\n"), content_hash(b"a"));
    }
}
