//! `portalctl advise`: which types and modules, and why.

use crate::cli::asking::{answers_of, ask_guide, unanswered};
use crate::cli::catalogue::WIDTH;
use crate::cli::context::Context;
use crate::cli::{CliError, ExitCode, Format};
use crate::guide::{self, Advice, Answers, Guide, Shelf, advise};
use std::path::PathBuf;

/// Find out which portal is needed: which types and modules, and why
///
/// Asks five questions on a terminal, or takes the answers from a file. Says which answer led to what. Exits 1 where
/// the answers lead to no recommendation.
#[derive(Debug, clap::Args)]
pub struct AdviseArgs {
    /// Take the answers from this file, YAML or JSON, and ask nothing
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,

    /// Print a file of answers to be filled in, with every question and what may be answered
    #[arg(long, conflicts_with = "answers")]
    blank: bool,

    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "blank")]
    format: Format,
}

pub fn run(context: &Context, args: &AdviseArgs) -> Result<ExitCode, CliError> {
    let guide = Guide::read();
    if args.blank {
        context.terminal.data(&Answers::blank(&guide))?;
        return Ok(ExitCode::Done);
    }
    let answers = match &args.answers {
        Some(path) => answers_of(context, &guide, path)?,
        None => ask_guide(context, &guide).map_err(|error| {
            unanswered(&error, "fill in what `portalctl advise --blank` prints and name the file with `--answers`")
        })?,
    };
    let shelf = Shelf::read();
    let advice = advise(&guide, &shelf, &answers);
    let text = match args.format {
        Format::Text => guide::advice(&shelf, &advice, context.terminal.width().min(WIDTH)),
        Format::Json => format!("{:#}\n", serde_json::json!(advice)),
    };
    context.terminal.data(&text)?;
    if advice.types.is_empty() {
        return Ok(ExitCode::No);
    }
    context.terminal.note(&next(&advice));
    Ok(ExitCode::Done)
}

fn next(advice: &Advice) -> String {
    let types = advice.types.iter().map(|advised| format!(" --type {}", advised.name)).collect::<String>();
    format!("next: portalctl new NAME{types}")
}
