//! `portalctl types`: the portal types of the catalogue.

use crate::cli::catalogue::{self, WIDTH};
use crate::cli::context::Context;
use crate::cli::{CliError, ExitCode, Format};
use crate::guide::{self, Shelf, walls};

/// List the portal types, or show what is in one
///
/// Of one type: its audiences, modules and menu, the modules that fit besides, and its walls: which rows people
/// from outside read of each object, and which fields they never do.
#[derive(Debug, clap::Args)]
pub struct TypesArgs {
    /// Show this type alone, with everything in it
    #[arg(value_name = "TYPE")]
    name: Option<String>,

    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(context: &Context, args: &TypesArgs) -> Result<ExitCode, CliError> {
    let shelf = Shelf::read();
    let width = context.terminal.width().min(WIDTH);
    let text = match &args.name {
        None => match args.format {
            Format::Text => guide::types(&shelf, width),
            Format::Json => format!("{:#}\n", serde_json::json!({ "types": shelf.types })),
        },
        Some(name) => {
            let card = shelf.portal_type(name).ok_or_else(|| catalogue::unknown_type(&shelf, name))?;
            let walls = walls(&card.name);
            match args.format {
                Format::Text => guide::portal_type(&shelf, card, &walls, width),
                Format::Json => {
                    let mut card = serde_json::json!(card);
                    card["walls"] = serde_json::json!(walls);
                    format!("{card:#}\n")
                }
            }
        }
    };
    context.terminal.data(&text)?;
    if args.name.is_none() && args.format == Format::Text {
        context.terminal.note("`portalctl types TYPE` shows what is in one");
    }
    Ok(ExitCode::Done)
}
