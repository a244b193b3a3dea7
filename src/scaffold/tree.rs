//! The files of a site as they would be written today.

use std::collections::BTreeMap;

/// Who owns a file once it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileClass {
    /// portalctl: rewritten, and refused where somebody else changed it.
    Managed,
    /// The project: written once.
    Seeded,
    /// Both: later changes are merged into what is there.
    Merged,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    pub class: FileClass,
    /// Lines end in `\n`, the last one too.
    pub text: String,
}

/// Generated files by their path: relative to the project folder, with `/` between its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTree {
    files: BTreeMap<String, GeneratedFile>,
}

impl FileTree {
    pub fn insert(&mut self, path: impl Into<String>, class: FileClass, text: impl Into<String>) {
        self.files.insert(path.into(), GeneratedFile { class, text: text.into() });
    }

    pub fn get(&self, path: &str) -> Option<&GeneratedFile> {
        self.files.get(path)
    }

    /// In the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &GeneratedFile)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }
}
