//! `portalctl matrix`: the whole access matrix.

use crate::cli::context::Context;
use crate::cli::portal_choice::{matrix_of, of_audience, of_object};
use crate::cli::project::load_valid;
use crate::cli::{CliError, ExitCode};
use clap::ValueEnum;

/// Show who may do what: every persona, object, action, row scope and field
#[derive(Debug, clap::Args)]
pub struct MatrixArgs {
    /// Show one portal alone
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Show one audience alone, by its name or as `portal/audience`
    #[arg(long, visible_alias = "as", value_name = "NAME")]
    audience: Option<String>,

    /// Show one object alone
    #[arg(long, value_name = "NAME")]
    object: Option<String>,

    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: MatrixFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MatrixFormat {
    /// For people, as wide as the terminal.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For pages and pull requests.
    Md,
    /// A page for browsers and printers, in one file.
    Html,
}

pub fn run(context: &Context, args: &MatrixArgs) -> Result<ExitCode, CliError> {
    let (_, model) = load_valid(context)?;
    let mut whole = matrix_of(&model, args.portal.as_deref())?;
    if let Some(audience) = &args.audience {
        whole = of_audience(&model, whole, args.portal.as_deref(), audience)?;
    }
    if let Some(object) = &args.object {
        whole = of_object(&model, whole, object)?;
    }
    let text = match args.format {
        MatrixFormat::Text => whole.text(context.terminal.width()),
        MatrixFormat::Json => format!("{}\n", serde_json::json!(whole)),
        MatrixFormat::Csv => whole.csv().map_err(|error| CliError::usage(error.to_string()))?,
        MatrixFormat::Md => whole.markdown(),
        MatrixFormat::Html => whole.html(&model),
    };
    context.terminal.data(&text)?;
    Ok(ExitCode::Done)
}
