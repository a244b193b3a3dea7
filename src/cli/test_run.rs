//! Running access tests: by the evaluator, and on PostgreSQL.

use super::context::Context;
use super::database::Database;
use super::project::Project;
use super::test_report::Tested;
use super::{CliError, provision};
use crate::adapters::clock;
use crate::adapters::local_postgres::Environment;
use crate::adapters::postgres::access_test::{Bench, prepare};
use crate::adapters::postgres::given::GIVEN_SCHEMA;
use crate::adapters::postgres::scratch::Scratch;
use crate::analysis::access_test::evaluate;
use crate::model::{self, AccessModel, AccessTest};
use crate::names::ProjectName;

/// By the evaluator alone.
pub fn by_evaluator<'m>(model: &AccessModel, tests: Vec<&'m AccessTest>) -> Vec<Tested<'m>> {
    let now = clock::now();
    tests.into_iter().map(|test| Tested::of(test, Vec::new(), evaluate(model, test, now, None))).collect()
}

/// By both, on the same rows.
pub async fn by_both<'m>(
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
        let ran = bench.run(&mut connection, test).await?;
        // Of rows that the database does not take nothing is to be said.
        let around = ran.around.as_ref();
        let evaluated = around.map(|around| evaluate(own, test, clock::now(), Some(around))).unwrap_or_default();
        tested.push(Tested::of(test, ran.outcomes, evaluated));
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
