//! `portalctl scaffold`: the files of the site, from the spec.

use crate::adapters::project_files::prepare;
use crate::cli::context::Context;
use crate::cli::project::load_valid;
use crate::cli::{CliError, ExitCode, file_actions};
use crate::scaffold::{Options, render};

/// Write the files of the site, or bring them up to date with the spec
///
/// Files that are yours stay as they are, later changes are merged into those that are both yours and portalctl's,
/// and what you deleted stays deleted. All files are written or none.
#[derive(Debug, clap::Args)]
pub struct ScaffoldArgs {
    /// Write nothing; exit 1 where the files are not as the spec says
    #[arg(long)]
    check: bool,

    /// Write nothing; show what would be done
    #[arg(long)]
    dry_run: bool,

    /// Show the lines that change
    #[arg(long)]
    diff: bool,

    /// Go on where it would refuse: overwrite what was changed by hand, merge into what is not committed
    #[arg(long)]
    force: bool,

    /// Choose where lines go that both you and the spec changed
    #[arg(long, value_name = "WHERE", default_value = "inline")]
    conflicts: file_actions::Where,
}

pub fn run(context: &Context, args: &ScaffoldArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let tree = render(&model).map_err(|error| CliError::usage(error.to_string()))?;
    let options = Options { force: args.force, conflicts: args.conflicts.into() };
    let prepared = prepare(&project.folder, &tree, &model.spec_hash, options)?;
    context.terminal.data(&file_actions::told(&prepared, args.diff))?;
    if args.check {
        return Ok(if prepared.is_drift() { ExitCode::No } else { ExitCode::Done });
    }
    file_actions::refuse(&prepared)?;
    if args.dry_run {
        return Ok(ExitCode::Done);
    }
    prepared.write()?;
    Ok(file_actions::after(context, &prepared, "the spec"))
}
