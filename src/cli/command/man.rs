//! `portalctl man`: the manual pages.

use crate::cli::context::Context;
use crate::cli::{Cli, CliError, ExitCode};
use crate::diagnostic::closest;
use clap::{Command, CommandFactory};
use std::path::PathBuf;

/// Print a manual page, or write all of them into a folder
///
/// `portalctl man tenant add | man -l -` shows one; `portalctl man --out ~/.local/share/man/man1` puts all where
/// `man portalctl-tenant-add` finds them.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Print the page of this verb; without one, that of the program
    #[arg(value_name = "VERB")]
    verb: Vec<String>,

    /// Write a page for every verb into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "verb")]
    out: Option<PathBuf>,
}

pub fn run(context: &Context, args: &ManArgs) -> Result<ExitCode, CliError> {
    let mut root = Cli::command();
    root.build();
    if let Some(folder) = &args.out {
        let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(root, folder));
        written.map_err(|error| CliError::file("write the manual pages into", folder, &error))?;
        return Ok(ExitCode::Done);
    }
    let command = args.verb.iter().try_fold(&root, |command, name| below(command, name))?;
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name).render(&mut page)?;
    context.terminal.data(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::Done)
}

fn below<'c>(command: &'c Command, name: &str) -> Result<&'c Command, CliError> {
    let known = command.get_subcommands().map(Command::get_name);
    command.find_subcommand(name).ok_or_else(|| {
        let error = CliError::usage(format!("`{}` has no verb `{name}`", command.get_name()));
        match closest(name, known) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`portalctl --help` lists the verbs"),
        }
    })
}
