//! `portalctl graph`: who reaches what, as a picture.

use crate::adapters::files::write_whole;
use crate::analysis::graph;
use crate::cli::context::Context;
use crate::cli::portal_choice::{matrix_of, of_audience};
use crate::cli::project::load_valid;
use crate::cli::{CliError, ExitCode};
use clap::ValueEnum;
use std::path::PathBuf;

/// Draw who reaches what: audiences, objects, and the scopes between them
#[derive(Debug, clap::Args)]
pub struct GraphArgs {
    /// Draw one portal alone
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Draw one audience alone, by its name or as `portal/audience`
    #[arg(long, visible_alias = "as", value_name = "NAME")]
    audience: Option<String>,

    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    format: GraphFormat,

    /// Write it into this file, and not to the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GraphFormat {
    /// For Markdown pages that draw Mermaid.
    Mermaid,
    /// For handbooks: an image that needs nothing else, light or dark as its reader has it.
    Svg,
}

pub fn run(context: &Context, args: &GraphArgs) -> Result<ExitCode, CliError> {
    let (_, model) = load_valid(context)?;
    let mut shown = matrix_of(&model, args.portal.as_deref())?;
    if let Some(audience) = &args.audience {
        shown = of_audience(&model, shown, args.portal.as_deref(), audience)?;
    }
    let picture = graph(&model, &shown);
    let text = match args.format {
        GraphFormat::Mermaid => picture.mermaid(),
        GraphFormat::Svg => picture.svg(),
    };
    match &args.out {
        Some(path) => {
            write_whole(path, &text).map_err(|error| CliError::file("write", path, &error))?;
            context.terminal.note(&format!("wrote `{}`", path.display()));
        }
        None => context.terminal.data(&text)?,
    }
    Ok(ExitCode::Done)
}
