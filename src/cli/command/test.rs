//! `portalctl test`: do the access tests hold?

use crate::adapters::clock;
use crate::analysis::coverage::coverage;
use crate::cli::context::Context;
use crate::cli::coverage;
use crate::cli::project::load_valid;
use crate::cli::test_report::{Tested, render_test_json, render_test_junit, render_test_text, summary, untold};
use crate::cli::test_run::{by_both, by_evaluator};
use crate::cli::{CliError, ExitCode};
use crate::diagnostic::closest;
use crate::model::{AccessModel, AccessTest};
use clap::ValueEnum;

/// Run the access tests
///
/// Each runs as its people, with the rows that it gives and no others, twice: by the evaluator, which interprets the access
/// model, and on PostgreSQL, in a database of its own beside the project's, which has the structure of its tables, what
/// `apply` makes, and roles of its own. It goes when the tests have ended; the project's database is only read. Exits 1 where
/// something is not as expected, or the two disagree.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// Run these tests, by name; all of them where none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Run them by the evaluator and on PostgreSQL, which is the default
    #[arg(long, overrides_with = "no_database")]
    database: bool,

    /// Run them by the evaluator alone, without a database
    #[arg(long)]
    no_database: bool,

    /// Say which grants, fields and conditions the tests hold; with PERCENT, exit with 1 where they hold less
    ///
    /// Each is changed, one at a time, and the tests are asked again by the evaluator: what none of them answers otherwise
    /// none of them holds.
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage: Option<u8>,

    /// Choose the format of the results
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TestFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TestFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For CI
    Junit,
}

pub async fn run(context: &Context, args: &TestArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let tests = chosen(&model, &args.names)?;
    if tests.is_empty() {
        context
            .terminal
            .warn("there are no access tests, so nothing was tried: write one as a document of `kind: access_test`");
    }
    let covered = args.coverage.map(|least| (coverage(&model, &tests, clock::now()), usize::from(least)));
    let tested = match args.no_database {
        true => by_evaluator(&model, tests),
        false if tests.is_empty() => Vec::new(),
        false => by_both(context, &project, &model, tests).await?,
    };
    let text = match args.format {
        TestFormat::Text => {
            let covered = covered.as_ref().map(|(covered, _)| format!("\n{}", coverage::text(covered)));
            render_test_text(&tested, &model.sources) + &covered.unwrap_or_default()
        }
        TestFormat::Json => {
            let covered = covered.as_ref().map(|(covered, _)| coverage::json(covered, &model.sources));
            render_test_json(&tested, &model.sources, covered)
        }
        TestFormat::Junit => {
            let percent = covered.as_ref().map(|(covered, _)| covered.percent().to_string());
            render_test_junit(&tested, &model.sources, percent)
        }
    };
    context.terminal.data(&text)?;
    for line in untold(&tested, &model.sources) {
        context.terminal.detail(&line);
    }
    context.terminal.note(&summary(&tested));
    let is_enough = covered.is_none_or(|(covered, least)| {
        let enough = covered.percent() >= least;
        if !enough {
            context.terminal.note(&format!("the tests hold {} % of the access, not {least} %", covered.percent()));
        }
        enough
    });
    Ok(if is_enough && tested.iter().all(Tested::holds) { ExitCode::Done } else { ExitCode::No })
}

fn chosen<'m>(model: &'m AccessModel, names: &[String]) -> Result<Vec<&'m AccessTest>, CliError> {
    let known = || model.access_tests.iter().map(|test| test.name.as_str());
    for name in names {
        if !known().any(|known| known == name) {
            let mut error = CliError::usage(format!("there is no access test `{}`", name.escape_debug()));
            error.hint = closest(name, known()).map(|meant| format!("did you mean `{meant}`?"));
            return Err(error);
        }
    }
    let is_wanted = |test: &&AccessTest| names.is_empty() || names.iter().any(|name| name == test.name.as_str());
    Ok(model.access_tests.iter().filter(is_wanted).collect())
}
