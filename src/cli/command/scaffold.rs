//! `portalctl scaffold`: the files of the site, from the spec.

use crate::adapters::project_files::{Prepared, prepare};
use crate::cli::context::Context;
use crate::cli::project::load_valid;
use crate::cli::{CliError, ExitCode, file_actions};
use crate::scaffold::{Conflicts, Decision, Options, reject_path, render};
use clap::ValueEnum;

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
    conflicts: Where,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Where {
    /// Into the file, between markers as git writes them.
    Inline,
    /// Into a file of the same name with `.rej` behind it.
    Rej,
}

pub fn run(context: &Context, args: &ScaffoldArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let tree = render(&model).map_err(|error| CliError::usage(error.to_string()))?;
    let conflicts = match args.conflicts {
        Where::Inline => Conflicts::Inline,
        Where::Rej => Conflicts::Reject,
    };
    let options = Options { force: args.force, conflicts };
    let prepared = prepare(&project.folder, &tree, &model.spec_hash, options)?;
    context.terminal.data(&file_actions::told(&prepared, args.diff))?;
    if args.check {
        return Ok(if prepared.is_drift() { ExitCode::No } else { ExitCode::Done });
    }
    let refused = prepared.refused().count();
    if refused > 0 {
        let them = if refused == 1 { "a file is" } else { "some files are" };
        return Err(CliError::refused(format!("nothing is written, because {them} refused")));
    }
    if !args.dry_run {
        prepared.write()?;
        after(context, &prepared);
    }
    Ok(ExitCode::Done)
}

fn after(context: &Context, prepared: &Prepared) {
    if !prepared.is_drift() {
        context.terminal.note("the files of the site are up to date");
    }
    let conflicts = prepared.actions().iter().filter_map(|action| match &action.decision {
        Decision::Merge(merge) if merge.conflicts > 0 => Some((&action.path, merge)),
        _ => None,
    });
    for (path, merge) in conflicts {
        let left = if merge.rejected.is_some() { reject_path(path) } else { path.clone() };
        context.terminal.warn(&format!("both you and the spec changed the same lines of `{path}`: see `{left}`"));
    }
}
