//! `portalctl doctor`: what stands in the way here.

use crate::cli::context::Context;
use crate::cli::doctor::{Line, Standing, examine};
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::escape::{self, one_line};
use std::fmt::Write as _;

/// Say what is well and what is not: spec, programs, database, logins, site, permissions of files
///
/// Changes nothing and starts nothing. Exits 1 where there is a problem; a warning is none.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Choose the format of the output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, args: &DoctorArgs) -> Result<ExitCode, CliError> {
    let progress = context.terminal.progress("looking");
    let lines = examine(context).await;
    drop(progress);
    context.terminal.data(&match args.format {
        Format::Text => text(&lines),
        Format::Json => json(&lines),
    })?;
    Ok(if count(&lines, Standing::Problem) > 0 { ExitCode::No } else { ExitCode::Done })
}

fn count(lines: &[Line], status: Standing) -> usize {
    lines.iter().filter(|line| line.status == status).count()
}

fn text(lines: &[Line]) -> String {
    let width = lines.iter().map(|line| line.about.len()).max().unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        let status = match line.status {
            Standing::Ok => "ok     ",
            Standing::Warning => "warning",
            Standing::Problem => "PROBLEM",
        };
        let _ = writeln!(text, "{status}  {:<width$}  {}", line.about, one_line(&line.message));
        for fix in line.fix.iter().flat_map(|fix| fix.lines()) {
            let _ = writeln!(text, "         {:<width$}  fix: {}", "", one_line(fix));
        }
    }
    text
}

/// `{"checks": [{"about", "status": "ok"|"warning"|"problem", "message", "fix"}], "summary": {"ok", "warning", "problem"}}`.
fn json(lines: &[Line]) -> String {
    let value = serde_json::json!({"checks": lines, "summary": {
        "ok": count(lines, Standing::Ok),
        "warning": count(lines, Standing::Warning),
        "problem": count(lines, Standing::Problem),
    }});
    format!("{}\n", escape::json(&format!("{value:#}")))
}
