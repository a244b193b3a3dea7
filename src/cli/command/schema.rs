//! `portalctl schema`: JSON Schema of the documents.

use crate::cli::context::Context;
use crate::cli::{CliError, ExitCode, editors};
use crate::spec::schema;

/// Print the JSON Schema of the documents, for editors and other programs
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// Print the schema of this kind of document alone
    #[arg(value_name = "KIND")]
    kind: Option<String>,

    /// Write it into the project, with its address at the head of each document, so that editors complete and explain keys
    #[arg(long, conflicts_with = "kind")]
    install: bool,
}

pub fn run(context: &Context, args: &SchemaArgs) -> Result<ExitCode, CliError> {
    if args.install {
        let changed = editors::install(context)?;
        context.terminal.data(&changed.iter().map(|path| format!("{path}\n")).collect::<String>())?;
        context.terminal.note(match changed.len() {
            0 => "editors know the schema already",
            _ => "editors with a YAML language server know the documents now; commit what was written",
        });
        return Ok(ExitCode::Done);
    }
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
