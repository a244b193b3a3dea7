//! The business's own SQL, which `database.setup` names by patterns.

use super::MAX_FOLDER_DEPTH;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("`{}` cannot be read: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("`{0}` in `database.setup` is not a pattern: {1}")]
    Pattern(String, String),
    #[error("`{0}` in `database.setup` matches no file of the project")]
    NoMatch(String),
    #[error("`{0}` in `database.setup` is not a file inside the project folder")]
    Outside(String),
}

/// One file of `database.setup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupFile {
    /// As a person would name it: relative to the project folder.
    pub name: String,
    pub path: PathBuf,
}

/// The files that the patterns of `database.setup` stand for: pattern by pattern, each in the order of the
/// names, no file twice.
///
/// # Errors
/// Where a pattern is none, matches nothing, or matches something else than a file inside the project folder.
pub fn setup_files(folder: &Path, patterns: &[String]) -> Result<Vec<SetupFile>, SetupError> {
    let root = folder.canonicalize().map_err(|source| SetupError::Folder { path: folder.to_owned(), source })?;
    let mut found: Vec<SetupFile> = Vec::new();
    for pattern in patterns {
        for name in matches(&root, pattern)? {
            let path = root.join(&name);
            let real = path.canonicalize().ok().filter(|real| real.starts_with(&root) && real.is_file());
            let path = real.ok_or_else(|| SetupError::Outside(name.clone()))?;
            if found.iter().all(|file| file.path != path) {
                found.push(SetupFile { name, path });
            }
        }
    }
    Ok(found)
}

fn matches(root: &Path, pattern: &str) -> Result<Vec<String>, SetupError> {
    let is_inside =
        Path::new(pattern).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !is_inside {
        return Err(SetupError::Outside(pattern.to_owned()));
    }
    let pattern = pattern.trim_start_matches("./");
    let matcher = globset::GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| SetupError::Pattern(pattern.to_owned(), error.kind().to_string()))?
        .compile_matcher();
    // Only folders that the pattern can reach are listed: its fixed beginning, to the depth it has.
    let parts: Vec<&str> = pattern.split('/').collect();
    let fixed = parts.iter().take(parts.len() - 1).take_while(|part| !part.contains(['*', '?', '[', '{'])).count();
    let depth = if pattern.contains("**") { MAX_FOLDER_DEPTH } else { parts.len() - fixed };
    let mut names = Vec::new();
    walk(root, &parts[..fixed].join("/"), depth, &mut |name| {
        if matcher.is_match(name) {
            names.push(name.to_owned());
        }
    });
    names.sort_unstable();
    if names.is_empty() { Err(SetupError::NoMatch(pattern.to_owned())) } else { Ok(names) }
}

/// Every file below `folder` by its name relative to `root`; links to folders are not followed.
fn walk(root: &Path, folder: &str, depth: usize, take: &mut dyn FnMut(&str)) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if !kind.is_dir() {
            take(&path);
        } else if depth > 1 {
            walk(root, &path, depth - 1, take);
        }
    }
}
