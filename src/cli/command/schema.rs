//! `portalctl schema`: JSON Schema of the documents.

use crate::cli::context::Context;
use crate::cli::{CliError, ExitCode};
use crate::spec::schema;

/// Print the JSON Schema of the documents, for editors and other programs
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// Print the schema of this kind of document alone
    #[arg(value_name = "KIND")]
    kind: Option<String>,
}

pub fn run(context: &Context, args: &SchemaArgs) -> Result<ExitCode, CliError> {
    let schema = match &args.kind {
        None => schema::of_documents(),
        Some(kind) => schema::of_kind(kind).ok_or_else(|| {
            let known: Vec<&str> = schema::kinds().collect();
            CliError::usage(format!("there is no kind `{kind}`")).hint(format!("the kinds are {}", known.join(", ")))
        })?,
    };
    context.terminal.data(&format!("{:#}\n", serde_json::json!(schema)))?;
    Ok(ExitCode::Done)
}
