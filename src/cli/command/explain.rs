//! `portalctl explain`: what does a check look for?

use crate::check::{RULES, Stage, rule};
use crate::cli::context::Context;
use crate::cli::table::Table;
use crate::cli::{CliError, ExitCode, Format, check_pages};
use crate::diagnostic::{CheckAbout, closest, spelled};

/// Explain what a check looks for, why, and what to write instead
///
/// Without CHECK it lists all checks.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Name the check, as it stands in brackets beside a finding
    #[arg(value_name = "CHECK")]
    check: Option<String>,

    /// Choose the format of the page
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(serde::Serialize)]
struct Entry {
    id: &'static str,
    severity: &'static str,
    /// Whether `accept` lets its findings pass.
    acceptable: bool,
    /// `spec` or `database`: where it looks.
    looks_at: &'static str,
    summary: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

pub fn run(context: &Context, args: &ExplainArgs) -> Result<ExitCode, CliError> {
    let text = match &args.check {
        None => list(args.format),
        Some(id) => page(id, args.format)?,
    };
    context.terminal.data(&text)?;
    Ok(ExitCode::Done)
}

fn entry(about: &CheckAbout<'static>) -> Option<Entry> {
    let rule = rule(about.id)?;
    let looks_at = match rule.stage {
        Stage::Live(_) => "database",
        Stage::Revisions => "revisions",
        _ => "spec",
    };
    let severity = rule.severity.word();
    Some(Entry { id: about.id, severity, acceptable: rule.acceptable, looks_at, summary: about.summary, page: None })
}

fn list(format: Format) -> String {
    let all = check_pages::all();
    let entries = all.iter().filter_map(entry);
    if format == Format::Json {
        return spelled(&serde_json::json!({ "checks": entries.collect::<Vec<_>>() }));
    }
    let mut table = Table::new(["check", "level", "fires when"]);
    for entry in entries {
        table.row([entry.id, entry.severity, entry.summary]);
    }
    table.to_string()
}

fn page(id: &str, format: Format) -> Result<String, CliError> {
    let Some(about) = rule(id).and_then(check_pages::about) else {
        let error = CliError::usage(format!("there is no page about `{}`", id.escape_debug()));
        let meant = closest(id, RULES.iter().map(|rule| rule.id));
        return Err(error.hint(meant.map_or_else(
            || "a mistake of form, such as an unknown key, says all there is where it stands; `portalctl explain` lists the checks".to_owned(),
            |meant| format!("did you mean `{meant}`?"),
        )));
    };
    Ok(match format {
        Format::Text => format!("{}\n", about.page),
        Format::Json => spelled(&entry(&about).map(|entry| Entry { page: Some(about.page), ..entry })),
    })
}
