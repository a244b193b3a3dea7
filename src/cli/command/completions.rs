//! `portalctl completions`: what a shell needs to complete the command line.

use crate::cli::context::Context;
use crate::cli::{Cli, CliError, ExitCode};
use clap::CommandFactory;
use clap_complete::Shell;

/// Print the completions for a shell, to be loaded by it
///
/// For bash: `portalctl completions bash > ~/.local/share/bash-completion/completions/portalctl`; for zsh into a
/// file `_portalctl` in a folder of `$fpath`; for fish into `~/.config/fish/completions/portalctl.fish`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// Choose the shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub fn run(context: &Context, args: &CompletionsArgs) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "portalctl", &mut script);
    context.terminal.data(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Done)
}
