//! Findings that are mended without a decision of anybody: `validate --fix`.

use super::context::Context;
use super::error::CliError;
use super::patch;
use super::project::{Changed, Project, load_changed};
use crate::adapters::files::{read_whole, write_whole};
use crate::spec::MAX_FILE_BYTES;
use std::path::Path;
use std::sync::Arc;

/// Fixes may make way for further ones; no project has more of them in a row.
const MOST_ROUNDS: usize = 50;

/// The project as it is with the fixes of its findings written to its files.
///
/// # Errors
/// Nobody agrees, or a file is not as it was read: nothing is written then. A file cannot be written.
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
    for (_, file) in sources.files() {
        let Some(text) = changed.get(&file.path).cloned() else { continue };
        context.terminal.report(&patch::colored(&file.path, &file.text, &text));
        changed.insert(file.path.clone(), with_mark(&folder, &file.path, &file.text, &text)?);
    }
    let findings = if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
    if !yes {
        agree(context, &findings, changed.len()).await?;
    }
    for (path, text) in &changed {
        let place = folder.join(path);
        write_whole(&place, text).map_err(|error| CliError::file("write", &place, &error))?;
    }
    context.terminal.note(&format!("mended {findings}"));
    Ok(after)
}

/// The new text behind the byte order mark that the file may begin with, which is no part of what was read.
fn with_mark(folder: &Path, path: &str, before: &str, after: &str) -> Result<String, CliError> {
    let place = folder.join(path);
    let now = read_whole(&place, MAX_FILE_BYTES).map_err(|error| CliError::file("read", &place, &error))?;
    let (mark, now) = match now.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", now.as_str()),
    };
    if now != before {
        return Err(CliError::refused(format!("`{path}` was changed meanwhile")).hint("run the command again"));
    }
    Ok(format!("{mark}{after}"))
}

async fn agree(context: &Context, findings: &str, files: usize) -> Result<(), CliError> {
    let files = if files == 1 { "this file".to_owned() } else { format!("these {files} files") };
    match context.terminal.confirm(&format!("mend {findings} in {files}?")).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(CliError::refused("nothing was changed")),
        Err(nobody) => Err(CliError::refused(nobody.to_string()).hint("read the changes, then say `--yes`")),
    }
}
