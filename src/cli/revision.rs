//! One side of a comparison: a revision of the project here, or a folder.

use super::context::Context;
use super::error::CliError;
use super::project::resolve_files;
use crate::adapters::{files, git_tree};
use crate::diagnostic::one_line;
use crate::model::AccessModel;
use crate::spec::PROJECT_FILE;
use std::path::Path;

/// What the documents come to in what `name` names; `None`: the project here, as it lies in its folder.
///
/// # Errors
/// There is no such folder or revision, or the documents in it have errors: exit code 2.
pub fn model_of(context: &Context, name: Option<&str>) -> Result<AccessModel, CliError> {
    let Some(name) = name else {
        let folder = context.project_folder()?;
        return resolve_files(context, files::project_files(&folder)?, "the working folder");
    };
    let shown = format!("`{}`", one_line(name));
    let folder = Path::new(name);
    if folder.join(PROJECT_FILE).symlink_metadata().is_ok() {
        return resolve_files(context, files::project_files(folder)?, &shown);
    }
    of_revision(context, name)
}

/// What the documents came to in a git revision, and nothing else: a folder of that name is not looked at.
///
/// # Errors
/// There is no such revision, or its documents have errors: exit code 2.
pub fn of_revision(context: &Context, name: &str) -> Result<AccessModel, CliError> {
    let here = context.project_folder()?;
    resolve_files(context, git_tree::project_at(&here, name)?, &format!("`{}`", one_line(name)))
}
