//! `portalctl up`: from a project folder to portals that people sign in to.

use crate::adapters::postgres::directory::Directory;
use crate::adapters::project_files::prepare;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::place::sign_in_links;
use crate::cli::project::{Project, load_valid};
use crate::cli::running_site::{self, Listener, Manner};
use crate::cli::{CliError, ExitCode, provision, sample};
use crate::diagnostic::escape::one_line;
use crate::model::AccessModel;
use crate::scaffold::{Options, render};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Do everything: validate, make the local database, apply, write the site's files, serve
///
/// Works on the project's own private database alone. Prints a sign-in link for each audience; Ctrl-C ends it and
/// keeps the data.
#[derive(Debug, clap::Args)]
pub struct UpArgs {
    /// Run the project in this folder
    #[arg(value_name = "DIR")]
    project: Option<PathBuf>,

    /// Listen on this address, or on this port of this machine; port 0 takes a free one
    #[arg(long, alias = "port", value_name = "[ADDRESS:]PORT")]
    listen: Option<String>,

    /// Check that the site answers, and stop
    #[arg(long)]
    exit: bool,
}

pub async fn run(context: &Context, args: &UpArgs) -> Result<ExitCode, CliError> {
    if context.database_url()?.is_some() {
        return Err(CliError::refused("`up` works on the project's own local database alone").hint(
            "without `--database-url` and `DATABASE_URL` it does; for another database use `plan`, `apply`, `serve`",
        ));
    }
    if let Some(folder) = &args.project {
        std::env::set_current_dir(folder).map_err(|error| CliError::file("change to", folder, &error))?;
    }
    let (project, model) = load_valid(context)?;
    let model = Arc::new(model);
    let listener = Listener::open(context, &project.folder, args.listen.as_deref()).await?;
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let mut connection = database.url.connect().await?;

    let plan = provision::plan(context, &model, &mut connection, &BTreeSet::new()).await?;
    for (audience, lapse) in &plan.lapses {
        context.terminal.warn(&format!("people of `{audience}` lapse: {}", one_line(&lapse.lines().join("; "))));
    }
    if !plan.changes.is_empty() {
        let done = provision::make_true(context, &model, &mut connection, &database.url, &plan).await?;
        let changes = if done.changes == 1 { "change" } else { "changes" };
        context.terminal.note(&format!("applied {} {changes}", done.changes));
    }
    sample::load(context, project.document()?, &model, &mut connection).await?;
    write_site(context, &project, &model)?;

    let manner = Manner { dev: true, behind_proxy: false };
    let site = running_site::open(context, &project.folder, &model, &database, manner).await?;
    let schema = &model.project.control_schema;
    let mut directory = Directory::new(&mut connection, &model.project.name, schema);
    context.terminal.data(&sign_in_links(&mut directory, &model, &listener.address).await?)?;
    context.terminal.data(&format!("Serving on {}\n", listener.address))?;
    drop(connection);
    if args.exit {
        running_site::probe(site, listener).await?;
        context.terminal.note("the site answers");
    } else {
        running_site::answer(context, (&project.folder, &model, &database), site, listener).await?;
    }
    Ok(ExitCode::Done)
}

/// Files that their owner changed stay as they are; what `scaffold` would refuse is left to it.
fn write_site(context: &Context, project: &Project, model: &AccessModel) -> Result<(), CliError> {
    let tree = render(model).map_err(|error| CliError::usage(error.to_string()))?;
    let prepared = prepare(&project.folder, &tree, &model.spec_hash, Options::default())?;
    if prepared.refused().count() > 0 {
        context.terminal.warn("the site's files were left as they are: `portalctl scaffold --dry-run` says why");
        return Ok(());
    }
    Ok(prepared.write()?)
}
