//! `portalctl new`: a project folder to begin with.

use crate::catalog::{self, Example};
use crate::cli::beginning::{self, Beginning, NewName};
use crate::cli::context::Context;
use crate::cli::project::judged;
use crate::cli::templating::{self, Manner, Template, Update};
use crate::cli::{CliError, ExitCode, combined, file_actions};
use crate::guide::Files;
use crate::scaffold::Options;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

/// Start a project: a folder with everything that `up` needs to run it
///
/// Begins with portal types of the catalogue, one portal for each, with a copy of an example, or with a template of your own.
/// On a terminal it asks what is not said; in a pipe it asks nothing. The folder appears whole or not at all, and nothing
/// is overwritten. With `--update` it brings the project here up to date with the template that it was made from: later
/// changes of the template are merged into the files, and what is yours stays.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// Call the folder and the project so
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// Begin with a portal of this type; once for each portal
    #[arg(long = "type", value_name = "TYPE", conflicts_with_all = ["example", "template"])]
    types: Vec<String>,

    /// Begin with a copy of this example
    #[arg(long, value_name = "EXAMPLE", value_parser = examples(), conflicts_with_all = ["answers", "template"])]
    example: Option<&'static Example>,

    /// Begin with this template: a folder, or a git repository, with `#BRANCH` or `#TAG` behind it
    #[arg(long, value_name = "DIR|GIT")]
    template: Option<String>,

    /// Take the answers to the template's questions from this file, or else those for which `advise` recommends portals
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,

    /// Ask nothing, and take what is usual where nothing is said
    #[arg(long)]
    yes: bool,

    /// Merge the next version of its template into the project here
    #[arg(long, conflicts_with_all = ["name", "types", "example"])]
    update: bool,

    /// Go on where an update would refuse: with changes that are not committed, over files in the way
    #[arg(long, requires = "update")]
    force: bool,

    /// Choose where lines go that both you and the template changed
    #[arg(long, value_name = "WHERE", default_value = "inline", requires = "update")]
    conflicts: file_actions::Where,
}

/// Each with what it shows, in the help and in what the shell completes.
fn examples() -> impl TypedValueParser<Value = &'static Example> {
    let named = catalog::examples().map(|example| PossibleValue::new(example.name).help(example.shows));
    PossibleValuesParser::new(named).try_map(|name| catalog::example(&name).ok_or("there is no such example"))
}

pub fn run(context: &Context, args: &NewArgs) -> Result<ExitCode, CliError> {
    let manner = Manner { answers: args.answers.as_deref(), yes: args.yes };
    if args.update {
        return update(context, args, manner);
    }
    let name = beginning::name(context, args.name.as_deref(), args.yes)?;
    let files = match &args.template {
        Some(template) => templating::files(context, &Template::fetch(context, template)?, &name, manner)?,
        None => begun(context, args)?.files(&name)?,
    };
    beginning::make(&name.folder, &files)?;
    tell(context, &name, &files)?;
    Ok(ExitCode::Done)
}

fn begun(context: &Context, args: &NewArgs) -> Result<Beginning, CliError> {
    match (&args.example, &args.answers) {
        (Some(example), _) => Ok(Beginning::Example(example)),
        (None, Some(answers)) => beginning::advised(context, &args.types, answers),
        (None, None) if args.types.is_empty() => beginning::asked(context, args.yes),
        (None, None) => beginning::typed(&args.types),
    }
}

fn tell(context: &Context, name: &NewName, files: &Files) -> Result<(), CliError> {
    let made: String = files.keys().map(|path| format!("create     {}/{path}\n", name.folder)).collect();
    if !context.terminal.is_quiet() {
        context.terminal.data(&made)?;
    }
    if name.project.as_str() != name.folder {
        context.terminal.note(&format!("the project is called `{}`: it begins the names of roles", name.project));
    }
    let (model, errors) = judged(files);
    if errors > 0 {
        let what = if errors == 1 { "an error is".to_owned() } else { format!("{errors} errors are") };
        context.terminal.warn(&format!("{what} to be mended before it runs: `portalctl validate` shows what"));
    }
    if let Some(common) = model.as_ref().and_then(combined::told) {
        context.terminal.note(&common);
    }
    context.terminal.note(&format!("next:\n  cd {}\n  portalctl up", name.folder));
    Ok(())
}

fn update(context: &Context, args: &NewArgs, manner: Manner<'_>) -> Result<ExitCode, CliError> {
    let options = Options { force: args.force, conflicts: args.conflicts.into() };
    let update = Update::prepare(context, args.template.as_deref(), manner, options)?;
    context.terminal.data(&file_actions::told(&update.prepared, false))?;
    file_actions::refuse(&update.prepared)?;
    update.write()?;
    Ok(file_actions::after(context, &update.prepared, "the template"))
}
