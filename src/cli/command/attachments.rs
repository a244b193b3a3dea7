//! `portalctl attachments`: files of rows, and the folder that holds their bytes.

use crate::adapters::postgres::attachments::Attachments;
use crate::adapters::stored;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::directory::open_directory;
use crate::cli::project::load_document;
use crate::cli::{CliError, ExitCode};
use std::collections::BTreeSet;

/// Tidy up the files of rows
#[derive(Debug, clap::Subcommand)]
pub enum AttachmentsVerb {
    /// Remove files of rows that are gone, and bytes that belong to no file
    ///
    /// Without `--yes` it says what there is to remove. Rows that the business deletes take their files along only here;
    /// run it where all tables hold their rows, and never in the middle of reloading one.
    Sweep(SweepArgs),
}

#[derive(Debug, clap::Args)]
pub struct SweepArgs {
    /// Remove what there is to remove
    #[arg(long, short)]
    yes: bool,
}

pub async fn run(context: &Context, verb: AttachmentsVerb) -> Result<ExitCode, CliError> {
    let AttachmentsVerb::Sweep(SweepArgs { yes }) = verb;
    let (folder, document) = load_document(context)?;
    let database = Database::open(context, &folder, &document).await?;
    let mut connection = database.url.connect().await?;
    open_directory(&mut connection, &document).await?;
    let mut attachments = Attachments::new(&mut connection, &document.name.value, &document.control_schema());
    let storage = folder.join(&document.storage.folder);
    let unable = |error: std::io::Error| CliError::file("tidy", &storage, &error);
    let lost = attachments.lost(yes).await?;
    // In this order: what is added in between is known by the time that it is asked about.
    let settled = stored::settled(&storage).map_err(unable)?;
    let known: BTreeSet<String> = attachments.known().await?.into_iter().collect();
    let left: Vec<String> = settled.into_iter().filter(|name| !known.contains(name)).collect();
    if yes {
        for name in &left {
            stored::remove(&storage, name).map_err(unable)?;
        }
        attachments.removed(&left).await?;
    }
    let missing = known.iter().filter(|name| !stored::is_there(&storage, name)).count();
    if missing > 0 {
        context.terminal.warn(&format!(
            "{missing} of {} attachments have no bytes in `{}`",
            known.len(),
            storage.display()
        ));
    }
    let done = if yes { "removed" } else { "to remove" };
    context
        .terminal
        .data(&format!("{lost} attachments of rows that are gone, {} files without a record: {done}\n", left.len()))?;
    Ok(if missing > 0 { ExitCode::No } else { ExitCode::Done })
}
