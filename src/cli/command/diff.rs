//! `portalctl diff`: who gains and loses what.

use crate::adapters::clock;
use crate::analysis::diff::{AccessDiff, Change, Class, Kind, Severity, diff};
use crate::cli::assertions::{against_revisions, show};
use crate::cli::context::Context;
use crate::cli::project::outlive;
use crate::cli::revision::model_of;
use crate::cli::{CliError, ExitCode};
use crate::model::AccessModel;
use crate::plan::accept;
use clap::ValueEnum;

/// Show who gains and who loses what between two revisions; exit 1 for what `--fail-on` names
///
/// BASE and HEAD are git revisions of the project here (a branch, a tag, a commit), or folders with a project. The access
/// that the documents come to is compared, not their text. Each difference comes with a row and a person for which it
/// shows, where there is one; what can be neither shown nor ruled out counts as wider. The work tree is not touched.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// Compare with this revision or folder
    #[arg(value_name = "BASE")]
    base: String,

    /// Compare this revision or folder, instead of the working folder
    #[arg(value_name = "HEAD")]
    head: Option<String>,

    /// Exit with 1 where one of these occurs and is not accepted
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    fail_on: Vec<FailOn>,

    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DiffFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Somebody gains something, or may.
    Widen,
    /// Somebody loses something.
    Narrow,
    /// Somebody gains and loses, or nobody can tell.
    Incomparable,
    /// It is written otherwise, and the same.
    Neutral,
    /// Guests gain something, or people who register.
    Public,
    /// A field that is more than business is gained, or one that was masked.
    Sensitive,
    /// Signing in is easier.
    Authentication,
    /// Something is kept no longer.
    DataLoss,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DiffFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a comment on a pull request.
    Md,
}

pub fn run(context: &Context, args: &DiffArgs) -> Result<ExitCode, CliError> {
    let (after, found) = between(context, &args.base, args.head.as_deref())?;
    let text = match args.format {
        DiffFormat::Text => found.text(),
        DiffFormat::Json => {
            format!("{}\n", serde_json::json!({ "changes": found.changes, "summary": found.summary() }))
        }
        DiffFormat::Md => found.markdown(),
    };
    context.terminal.data(&text)?;
    let broken = against_revisions(context, &after)?;
    let is_broken = !broken.is_empty();
    if is_broken {
        show(context, &after, broken);
    }
    let fails = is_broken || found.changes.iter().any(|change| args.fail_on.iter().any(|class| class.takes(change)));
    outlive((after, found));
    Ok(if fails { ExitCode::No } else { ExitCode::Done })
}

/// The later state, and what differs, with what its documents accept of it.
pub(super) fn between(
    context: &Context,
    base: &str,
    head: Option<&str>,
) -> Result<(AccessModel, AccessDiff), CliError> {
    let before = model_of(context, Some(base))?;
    let after = model_of(context, head)?;
    let mut found = diff(&before, &after);
    accept(&after, &mut found, clock::now().date());
    outlive(before);
    Ok((after, found))
}

impl FailOn {
    fn takes(self, change: &Change) -> bool {
        let gains = change.class.gains() && change.kind != Kind::DataLoss;
        let access = change.kind != Kind::DataLoss;
        change.accepted.is_none()
            && match self {
                Self::Widen => gains,
                Self::Narrow => access && change.class == Class::Narrow,
                Self::Incomparable => access && change.class == Class::Incomparable,
                Self::Neutral => access && change.class == Class::Neutral,
                Self::Public => gains && change.severity == Severity::Public,
                Self::Sensitive => gains && change.severity == Severity::Sensitive,
                Self::Authentication => gains && change.kind == Kind::Authentication,
                Self::DataLoss => change.kind == Kind::DataLoss,
            }
    }
}
