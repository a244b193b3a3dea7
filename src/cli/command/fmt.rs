//! `portalctl fmt`: documents laid out as all others.

use crate::adapters::files::{NamedFiles, named_files, project_files, write_whole};
use crate::cli::context::Context;
use crate::cli::project::render_options;
use crate::cli::{CliError, ExitCode, patch};
use crate::diagnostic::render_text;
use crate::spec::format::{Formatted, formatted};
use crate::spec::{MAX_FILE_BYTES, RawContent, RawFile};
use std::io::{self, Read};
use std::path::PathBuf;

/// Lay documents out as all others are, and change nothing of what they say
///
/// Indentation, blanks, empty lines and line ends become the same everywhere. Comments, anchors, quotes that matter, the order
/// of keys and where lines break stay. Where a file would read otherwise afterwards nothing is written.
#[derive(Debug, clap::Args)]
pub struct FmtArgs {
    /// Lay these files out, or those below these folders, in place of all documents of the project; `-` is the standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Write nothing, show what would change, and exit 1 where something would
    #[arg(long)]
    check: bool,
}

pub fn run(context: &Context, args: &FmtArgs) -> Result<ExitCode, CliError> {
    if let [only] = args.files.as_slice()
        && only.as_os_str() == "-"
    {
        return stream(context, args.check);
    }
    let named = gather(context, args)?;
    let mut all: Vec<(PathBuf, Formatted)> = Vec::new();
    let mut broken = 0;
    for NamedFiles { folder, files } in named {
        for file in files {
            if let Some(done) = laid_out(context, file) {
                all.push((folder.join(&done.path), done));
            } else {
                broken += 1;
            }
        }
    }
    if broken > 0 {
        let them = if broken == 1 { "a file that is".to_owned() } else { format!("{broken} files that are") };
        return Err(CliError::usage(format!("nothing is laid out, because of {them} invalid"))
            .hint("mend what is said above, or name the files that are to be laid out"));
    }
    let count = all.len();
    all.retain(|(_, done)| !done.is_canonical());
    for (path, done) in &all {
        if args.check {
            context.terminal.data(&patch::colored(&done.path, &done.before, &done.after))?;
        } else {
            write_whole(path, &done.after).map_err(|error| CliError::file("write", path, &error))?;
            context.terminal.data(&format!("{}\n", done.path))?;
        }
    }
    context.terminal.note(&summary(all.len(), count, args.check));
    Ok(if args.check && !all.is_empty() { ExitCode::No } else { ExitCode::Done })
}

fn summary(changed: usize, of: usize, check: bool) -> String {
    let files = if of == 1 { "1 file".to_owned() } else { format!("{of} files") };
    match (changed, check) {
        (0, _) => format!("{files}: nothing to change"),
        (_, true) => format!("{changed} of {files} would be laid out anew: `portalctl fmt` does it"),
        (_, false) => format!("{changed} of {files} laid out anew"),
    }
}

fn gather(context: &Context, args: &FmtArgs) -> Result<Vec<NamedFiles>, CliError> {
    if !args.files.is_empty() {
        return Ok(args.files.iter().map(|path| named_files(path)).collect::<Result<_, _>>()?);
    }
    let folder = context.project_folder()?;
    let mut files = project_files(&folder)?;
    // Lists of tenants are not ours to lay out, and what the spec names and is not there is for `validate` to tell.
    let is_document = |path: &str| path.ends_with(".yaml") || path.ends_with(".yml");
    files.retain(|file| {
        is_document(&file.path) && !matches!(file.content, RawContent::Missing | RawContent::PassedOver(_))
    });
    Ok(vec![NamedFiles { folder, files }])
}

/// `None`: it cannot be, which has been told.
fn laid_out(context: &Context, file: RawFile) -> Option<Formatted> {
    formatted(file)
        .map_err(|report| {
            context.terminal.report(&render_text(&report, render_options(context.terminal.colors_talk())));
        })
        .ok()
}

fn stream(context: &Context, check: bool) -> Result<ExitCode, CliError> {
    let mut bytes = Vec::new();
    let failed = |error: io::Error| CliError::usage(format!("cannot read the standard input: {error}"));
    io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    let file = RawFile { path: "-".to_owned(), content: RawContent::Bytes(bytes) };
    let done = laid_out(context, file).ok_or_else(|| CliError::usage("the standard input is invalid"))?;
    if check && !done.is_canonical() {
        context.terminal.data(&patch::colored(&done.path, &done.before, &done.after))?;
        return Ok(ExitCode::No);
    }
    if !check {
        context.terminal.data(&done.after)?;
    }
    Ok(ExitCode::Done)
}
