//! `portalctl matrix`: the whole access matrix.

use crate::analysis::matrix;
use crate::cli::context::Context;
use crate::cli::project::load_valid;
use crate::cli::{CliError, ExitCode};
use crate::names::PortalName;
use clap::ValueEnum;

/// Show who may do what: every persona, object, action, row scope and field
#[derive(Debug, clap::Args)]
pub struct MatrixArgs {
    /// Show one portal alone
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

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
}

pub fn run(context: &Context, args: &MatrixArgs) -> Result<ExitCode, CliError> {
    let (_, model) = load_valid(context)?;
    let mut whole = matrix(&model);
    if let Some(name) = &args.portal {
        let portal = PortalName::new(name);
        if !model.portals.contains_key(&portal) {
            let known: Vec<&str> = model.portals.keys().map(PortalName::as_str).collect();
            let error = CliError::usage(format!("there is no portal `{name}`"));
            return Err(error.hint(format!("the portals are {}", known.join(", "))));
        }
        whole = whole.of_portal(&portal);
    }
    let text = match args.format {
        MatrixFormat::Text => whole.text(context.terminal.width()),
        MatrixFormat::Json => format!("{}\n", serde_json::json!(whole)),
        MatrixFormat::Csv => whole.csv().map_err(|error| CliError::usage(error.to_string()))?,
        MatrixFormat::Md => whole.markdown(),
    };
    context.terminal.data(&text)?;
    Ok(ExitCode::Done)
}
