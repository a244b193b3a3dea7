//! `portalctl accept`: a finding that somebody decides to live with, written down.

use crate::adapters::clock;
use crate::adapters::files::write_whole;
use crate::cli::accepting::{self, Wanted};
use crate::cli::context::Context;
use crate::cli::project::{Project, check_database, load, load_changed};
use crate::cli::{CliError, ExitCode, patch};
use crate::diagnostic::Severity;
use time::Date;
use time::macros::format_description;

/// Accept what a check finds of an object, for a reason and until a day
///
/// The acceptance is written into the document of the portal that the finding is about, else into that of the project; comments
/// and everything else there stay. One that is there for the same check and object gets the new reason and day.
#[derive(Debug, clap::Args)]
pub struct AcceptArgs {
    /// Name the check, as it stands in brackets beside the finding
    #[arg(value_name = "CHECK")]
    check: String,

    /// Name what the finding is about: an object, in some checks an audience, a portal or a table
    #[arg(long, value_name = "NAME")]
    object: String,

    /// Say why it is accepted, for whoever reads the document
    #[arg(long, value_name = "TEXT", value_parser = accepting::reason)]
    reason: String,

    /// Give the last day on which it is accepted, as in 2027-01-31
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Date,

    /// Write it into the document of this portal
    #[arg(long, value_name = "PORTAL")]
    portal: Option<String>,

    /// Look at the database as well, for checks of what is there
    #[arg(long)]
    database: bool,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| "write a day as 2027-01-31".to_owned())
}

pub async fn run(context: &Context, args: &AcceptArgs) -> Result<ExitCode, CliError> {
    let wanted = Wanted {
        check: &args.check,
        object: &args.object,
        reason: &args.reason,
        until: args.until,
        portal: args.portal.as_deref(),
    };
    wanted.check_words(clock::now().date(), args.database)?;
    let mut project = load(context)?;
    if args.database && project.model.is_some() {
        check_database(context, &mut project).await?;
    }
    let target = accepting::target(context, &project, &wanted)?;
    let Some(change) = accepting::written(&target, &wanted)? else {
        context.terminal.note(&format!("`{}` says so already", target.path));
        return Ok(ExitCode::Done);
    };
    let mut after = load_changed(context, &project.folder, &change)?;
    if args.database && after.model.is_some() {
        check_database(context, &mut after).await?;
    }
    if !is_accepted(&after, &wanted) {
        return Err(CliError::usage("the acceptance would not hold where it would be written, so nothing is written")
            .hint("write it by hand; `portalctl validate` says what is wrong with it"));
    }
    for (path, text) in &change {
        let place = project.folder.join(path);
        write_whole(&place, text).map_err(|error| CliError::file("write", &place, &error))?;
        context.terminal.data(&patch::colored(path, &target.text, text))?;
    }
    let about = format!("accepted until {} in `{}`: {} for `{}`", args.until, target.path, args.check, args.object);
    context.terminal.note(&about);
    for finding in after.report.findings.iter().filter(|finding| finding.id.starts_with("acceptance-")) {
        if !project.report.findings.iter().any(|before| before.message == finding.message) {
            context.terminal.warn(&format!("{}: {}", finding.id, finding.message));
        }
    }
    Ok(ExitCode::Done)
}

fn is_accepted(after: &Project, wanted: &Wanted<'_>) -> bool {
    let mut about = after.report.findings.iter().filter(|finding| wanted.is_about(finding)).peekable();
    about.peek().is_some() && about.all(|finding| finding.severity == Severity::Info)
}
