//! Findings that are mended without a decision of anybody: `validate --fix`.

use super::context::Context;
use super::error::CliError;
use super::patch;
use super::project::{Changed, Project, load_changed};
use crate::adapters::files::{FileChange, read_whole, write_several};
use crate::spec::MAX_FILE_BYTES;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Fixes may make way for further ones; no project has more of them in a row.
const MOST_ROUNDS: usize = 50;

/// The project as it is with the fixes of its findings written to its files.
///
/// # Errors
/// Nobody agrees, a file is not as it was read, or one cannot be written: nothing is written then.
pub async fn mend(context: &Context, project: Project, yes: bool) -> Result<Project, CliError> {
    let (mut changed, mut count) = (Changed::new(), 0);
    let folder = project.folder.clone();
    let sources = Arc::clone(&project.report.sources);
    let mut after = project;
    for _ in 0..MOST_ROUNDS {
        let mended = after.report.mended();
        if mended.count == 0 {
            break;
        }
        count += mended.count;
        changed.extend(mended.files);
        after = load_changed(context, &folder, &changed)?;
    }
    if count == 0 {
        context.terminal.note("nothing that is found can be mended without a decision of yours");
        return Ok(after);
    }
    let mut changes = Vec::new();
    for (_, file) in sources.files() {
        let Some(text) = changed.get(&file.path) else { continue };
        context.terminal.report(&patch::colored(&file.path, &file.text, text));
        changes.push(change(&folder, &file.path, &file.text, text)?);
    }
    let findings = if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
    if !yes {
        agree(context, &findings, changes.len()).await?;
    }
    write_several(&changes)?;
    context.terminal.note(&format!("mended {findings}"));
    Ok(after)
}

/// The new text, behind the byte order mark that the file may begin with, which is no part of what was read. A link is
/// followed, so that it stays one.
fn change(folder: &Path, path: &str, before: &str, after: &str) -> Result<FileChange, CliError> {
    let place = folder.join(path);
    let unread = |error: &io::Error| CliError::file("read", &place, error);
    let real = place.canonicalize().map_err(|error| unread(&error))?;
    let now = read_whole(&real, MAX_FILE_BYTES).map_err(|error| unread(&error))?;
    let mark = if now.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    if now[mark.len()..] != *before {
        return Err(CliError::refused(format!("`{path}` was changed meanwhile")).hint("run the command again"));
    }
    Ok(FileChange { path: real, before: Some(now), after: format!("{mark}{after}") })
}

async fn agree(context: &Context, findings: &str, files: usize) -> Result<(), CliError> {
    let files = if files == 1 { "this file".to_owned() } else { format!("these {files} files") };
    match context.terminal.confirm(&format!("mend {findings} in {files}?")).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(CliError::refused("nothing was changed")),
        Err(nobody) => Err(CliError::refused(nobody.to_string()).hint("read the changes, then say `--yes`")),
    }
}
