//! The JSON Schema of the documents, where editors find it.

use super::context::Context;
use super::error::CliError;
use crate::adapters::files::{project_files, read_whole, write_whole};
use crate::spec::edit::headed;
use crate::spec::{MAX_FILE_BYTES, RawContent, schema};
use std::fs;
use std::path::Path;

/// In a folder of its own that can be committed: what lies under `.portalctl` belongs to one machine.
const PLACE: &str = ".schema/portalctl.json";
/// By which the YAML servers of editors know the schema of a file.
const KEY: &str = "# yaml-language-server:";

/// Writes the schema into the project, and its address at the head of each document file: the paths that changed.
///
/// # Errors
/// A file cannot be read, edited or written. Nothing is written before all files are known to be editable.
pub fn install(context: &Context) -> Result<Vec<String>, CliError> {
    let folder = context.project_folder()?;
    let mut changed = Vec::new();
    for file in project_files(&folder)? {
        let (true, RawContent::Bytes(bytes)) =
            (file.path.ends_with(".yaml") || file.path.ends_with(".yml"), file.content)
        else {
            continue;
        };
        let path = file.path;
        let text = String::from_utf8(bytes).map_err(|_| CliError::usage(format!("`{path}` is not UTF-8")))?;
        let up = "../".repeat(path.matches('/').count());
        let headed = headed(&text, KEY, &format!("{KEY} $schema={up}{PLACE}"));
        let after = headed.map_err(|error| {
            CliError::usage(format!("`{path}` cannot be edited: {error}"))
                .hint("`portalctl validate` says what is wrong with it")
        })?;
        changed.extend(after.map(|after| (path, after)));
    }
    let text = format!("{:#}\n", serde_json::json!(schema::of_documents()));
    let place = folder.join(PLACE);
    if read_whole(&place, MAX_FILE_BYTES).ok().is_none_or(|now| now != text) {
        make_folder(&folder)?;
        changed.insert(0, (PLACE.to_owned(), text));
    }
    for (path, text) in &changed {
        let place = folder.join(path);
        write_whole(&place, text).map_err(|error| CliError::file("write", &place, &error))?;
    }
    Ok(changed.into_iter().map(|(path, _)| path).collect())
}

fn make_folder(folder: &Path) -> Result<(), CliError> {
    for place in [folder.join(".schema"), folder.join(PLACE)] {
        if place.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
            return Err(CliError::refused(format!("`{}` is a link", place.display())).hint("take it away"));
        }
    }
    let place = folder.join(".schema");
    fs::create_dir_all(&place).map_err(|error| CliError::file("make", &place, &error))
}
