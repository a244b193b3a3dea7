//! `portalctl apply`: make the database enforce what the documents say.

use crate::adapters::files::read_whole;
use crate::adapters::postgres::apply::Receipt;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::{Project, load_valid};
use crate::cli::{CliError, ExitCode, provision, running_site};
use crate::model::AccessModel;
use crate::plan::{Hazard, SavedPlan};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Plans hold every statement; a plan of this size would be one of ten thousand tables.
const LARGEST_PLAN: u64 = 256 << 20;

/// Make the database enforce what the documents say, in one transaction
///
/// Without a saved plan, shows what would be done and asks. With one, does exactly that or refuses.
#[derive(Debug, clap::Args)]
pub struct ApplyArgs {
    /// Apply this plan, saved by `portalctl plan --out FILE`
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,

    /// Do not ask; covers the hazards widens, narrows and locks-table
    #[arg(long)]
    yes: bool,

    /// Allow a hazard of the plan by name: `locks-out=ROLE`, `destroys-data=NAME`, `lapses=PORTAL/AUDIENCE`
    #[arg(long, value_name = "HAZARD=NAME", value_parser = Hazard::parse)]
    allow: Vec<Hazard>,
}

pub async fn run(context: &Context, args: &ApplyArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let saved = args.plan.as_deref().map(read_plan).transpose()?;
    let receipt = match saved {
        Some(saved) => apply_saved(context, &project, &model, args, &saved).await?,
        None => match ask_and_apply(context, &project, &model, args).await? {
            Some(receipt) => receipt,
            None => return Ok(ExitCode::Done),
        },
    };
    context.terminal.note(&told(receipt.changes));
    Ok(ExitCode::Done)
}

fn read_plan(path: &Path) -> Result<SavedPlan, CliError> {
    let text = read_whole(path, LARGEST_PLAN).map_err(|error| CliError::file("read", path, &error))?;
    SavedPlan::parse(&text).map_err(|error| {
        CliError::usage(format!("`{}` is not a saved plan: {error}", path.display()))
            .hint("save one with `portalctl plan --out FILE`")
    })
}

async fn apply_saved(
    context: &Context,
    project: &Project,
    model: &AccessModel,
    args: &ApplyArgs,
    saved: &SavedPlan,
) -> Result<Receipt, CliError> {
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let mut connection = database.url.connect().await?;
    let allowed: BTreeSet<Hazard> = args.allow.iter().cloned().collect();
    let receipt = provision::make_saved_true(context, model, &mut connection, &database.url, (saved, &allowed)).await?;
    running_site::tell_of_former(context, &project.folder, &database.url);
    Ok(receipt)
}

/// `None` where there was nothing to do.
async fn ask_and_apply(
    context: &Context,
    project: &Project,
    model: &AccessModel,
    args: &ApplyArgs,
) -> Result<Option<Receipt>, CliError> {
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let mut connection = database.url.connect().await?;
    let allowed: BTreeSet<Hazard> = args.allow.iter().cloned().collect();
    let wanted = provision::Wanted { model, origin: None, allowed: &allowed, yes: args.yes };
    let receipt = provision::ask_and_make_true(context, wanted, &mut connection, &database.url).await?;
    if receipt.is_some() {
        running_site::tell_of_former(context, &project.folder, &database.url);
    }
    Ok(receipt)
}

/// What became of it, for whoever waited.
pub fn told(changes: usize) -> String {
    match changes {
        0 => "nothing to do: the database is as the documents say".to_owned(),
        1 => "applied 1 change".to_owned(),
        changes => format!("applied {changes} changes"),
    }
}
