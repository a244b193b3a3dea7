//! `portalctl modules`: the feature modules of the catalogue.

use crate::cli::catalogue::{self, WIDTH};
use crate::cli::context::Context;
use crate::cli::{CliError, ExitCode, Format};
use crate::guide::{self, Shelf};

/// List the feature modules, or show what is in one
///
/// Of one module: its objects with their fields, its permission sets with what they allow, its pages, what it needs,
/// and which types have it or may add it.
#[derive(Debug, clap::Args)]
pub struct ModulesArgs {
    /// Show this module alone, with everything in it
    #[arg(value_name = "MODULE")]
    name: Option<String>,

    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(context: &Context, args: &ModulesArgs) -> Result<ExitCode, CliError> {
    let shelf = Shelf::read();
    let width = context.terminal.width().min(WIDTH);
    let text = match &args.name {
        None => match args.format {
            Format::Text => guide::modules(&shelf, width),
            Format::Json => format!("{:#}\n", serde_json::json!({ "modules": shelf.modules })),
        },
        Some(name) => {
            let card = shelf.module(name).ok_or_else(|| catalogue::unknown_module(&shelf, name))?;
            match args.format {
                Format::Text => guide::module(card, width),
                Format::Json => format!("{:#}\n", serde_json::json!(card)),
            }
        }
    };
    context.terminal.data(&text)?;
    if args.name.is_none() && args.format == Format::Text {
        context.terminal.note("`portalctl modules MODULE` shows what is in one");
    }
    Ok(ExitCode::Done)
}
