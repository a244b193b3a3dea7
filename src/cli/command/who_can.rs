//! `portalctl who-can`: everybody who may do that.

use super::can::{action, check};
use crate::analysis::{Able, Action, who_can};
use crate::cli::context::Context;
use crate::cli::project::load_valid;
use crate::cli::target::Target;
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::one_line;
use std::fmt::Write as _;

/// Show every audience that may do something, on which rows, and because of which line; exit 1 where nobody may
///
/// ACTION is as in `can`. The documents alone answer.
#[derive(Debug, clap::Args)]
pub struct WhoCanArgs {
    /// Choose the action: read, create, update, delete, export, assign, share, download, attach or transition:TO
    #[arg(value_name = "ACTION", value_parser = action)]
    action: Action,
    /// Name what it is about: OBJECT or OBJECT.FIELD
    #[arg(value_name = "TARGET")]
    target: String,
    /// Choose the format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(context: &Context, args: &WhoCanArgs) -> Result<ExitCode, CliError> {
    let (_, model) = load_valid(context)?;
    let target = Target::parse(&model, &args.target)?;
    check(&args.action, &target)?;
    if target.key.is_some() {
        return Err(CliError::usage("which rows there are only the database knows")
            .hint(format!("write `{}`; `can` answers for one person and one row", target.object.name)));
    }
    let able = who_can(&model, &args.action, target.object, target.field.as_ref());
    let text = match args.format {
        Format::Json => format!("{}\n", serde_json::json!({ "personas": able })),
        Format::Text if able.is_empty() => "nobody\n".to_owned(),
        Format::Text => told(&able),
    };
    context.terminal.data(&text)?;
    Ok(if able.is_empty() { ExitCode::No } else { ExitCode::Done })
}

fn told(able: &[Able]) -> String {
    let mut out = String::new();
    for one in able {
        let rows = one.decision.filter.as_deref().unwrap_or_default();
        let _ = writeln!(out, "{}: {}", one.persona, one_line(rows));
        for because in &one.decision.because {
            let (text, source) = (one_line(&because.text), &because.source);
            let _ = writeln!(out, "  because {text} ({}:{})", one_line(&source.file), source.line);
        }
    }
    out
}
