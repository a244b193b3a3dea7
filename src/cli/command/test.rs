//! `portalctl test`: do the access tests hold?

use crate::adapters::local_postgres::Environment;
use crate::adapters::postgres::access_test::{Bench, prepare};
use crate::adapters::postgres::given::GIVEN_SCHEMA;
use crate::adapters::postgres::scratch::Scratch;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::{Project, load_valid};
use crate::cli::test_report::{Tested, render_test_json, render_test_junit, render_test_text, summary};
use crate::cli::{CliError, ExitCode, provision};
use crate::diagnostic::closest;
use crate::model::{self, AccessModel, AccessTest};
use crate::names::ProjectName;
use clap::ValueEnum;

/// Run the access tests
///
/// Each runs as its people, on PostgreSQL, with the rows that it gives and no others: in a database of its own beside the
/// project's, which has the structure of its tables, what `apply` makes, and roles of its own. It goes when the tests have
/// ended; the project's database is only read. Exits 1 where something is not as expected.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// Run these tests, by name; all of them where none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Run them on PostgreSQL
    #[arg(long, overrides_with = "no_database")]
    database: bool,

    /// Run them without a database
    #[arg(long)]
    no_database: bool,

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
    if args.no_database {
        return Err(CliError::usage("this version runs access tests on PostgreSQL alone")
            .hint("leave `--no-database` away: the project's private server is started for them"));
    }
    let (project, model) = load_valid(context)?;
    let tests = chosen(&model, &args.names)?;
    if tests.is_empty() {
        context.terminal.note("there are no access tests: write one as a document of `kind: access_test`");
    }
    let tested = if tests.is_empty() { Vec::new() } else { on_postgres(context, &project, &model, tests).await? };
    let text = match args.format {
        TestFormat::Text => render_test_text(&tested, &model.sources),
        TestFormat::Json => render_test_json(&tested, &model.sources),
        TestFormat::Junit => render_test_junit(&tested, &model.sources),
    };
    context.terminal.data(&text)?;
    context.terminal.note(&summary(&tested));
    Ok(if tested.iter().all(Tested::holds) { ExitCode::Done } else { ExitCode::No })
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

async fn on_postgres<'m>(
    context: &Context,
    project: &Project,
    own: &'m AccessModel,
    tests: Vec<&'m AccessTest>,
) -> Result<Vec<Tested<'m>>, CliError> {
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let progress = context.terminal.progress("making a database for the tests");
    let mut scratch = Scratch::create(&database.url, &own.project.name).await?;
    scratch.copy_structure(&Environment::of_process()).await?;
    let (model, copies) = renamed(project, &scratch.project)?.with_given_people(GIVEN_SCHEMA);
    let mut connection = scratch.url.connect().await?;
    prepare(&mut connection, &copies).await?;
    progress.step("applying");
    provision::make_for_tests(context, &model, &mut connection, &scratch.url).await?;
    let bench = Bench::open(&mut connection, own, &model).await?;
    let mut tested = Vec::new();
    for test in tests {
        progress.step(test.name.as_str());
        tested.push(Tested { test, outcomes: bench.run(&mut connection, test).await? });
    }
    drop(connection);
    scratch.remove().await?;
    Ok(tested)
}

/// The same project under another name, so that its roles are others.
fn renamed(project: &Project, name: &ProjectName) -> Result<AccessModel, CliError> {
    let mut spec = project.spec.clone();
    if let Some(document) = &mut spec.project {
        document.name.value = name.clone();
    }
    let (model, _) = model::resolve(&spec);
    model.ok_or_else(|| CliError::usage("the project document cannot be read"))
}
