//! The reference of the command line, written from the same definitions that read it.

use super::{Cli, ExitCode};
use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory};
use std::fmt::Write as _;

const EXIT_CODES: &[(ExitCode, &str)] = &[
    (ExitCode::Done, "done, and nothing to report"),
    (ExitCode::No, "the verb is a question and the answer is no: findings, denied, failed tests, drift, changes"),
    (ExitCode::Usage, "the command cannot be carried out as given: wrong usage, no project here, an invalid spec"),
    (ExitCode::Database, "the database could not be reached, or refused"),
    (ExitCode::Refused, "refused for safety"),
    (ExitCode::HungUp, "the terminal was closed"),
    (ExitCode::Interrupted, "interrupted with Ctrl-C"),
    (ExitCode::Terminated, "asked to end by the system"),
];

/// The whole reference as Markdown: every verb with its options, and the exit codes.
pub fn reference() -> String {
    let mut root = Cli::command();
    root.build();
    let mut text = String::from(
        "<!-- Generated from the command line's own definitions: `UPDATE_DOCS=1 cargo test --test cli_reference`. -->\n\n",
    );
    text.push_str(
        "# The command line\n\nData goes to stdout, talk and progress to stderr.\n\n## Options of every verb\n\n",
    );
    options(&mut text, root.get_arguments().filter(|arg| arg.is_global_set()));
    for command in root.get_subcommands() {
        section(&mut text, command, &format!("portalctl {}", command.get_name()));
    }
    text.push_str("## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (code, meaning) in EXIT_CODES {
        let _ = writeln!(text, "| {} | {meaning} |", *code as u8);
    }
    text
}

fn section(text: &mut String, command: &Command, path: &str) {
    let own: Vec<&Arg> = command.get_arguments().filter(|arg| is_own(arg)).collect();
    let about = command.get_long_about().or(command.get_about());
    let _ = write!(text, "{} {path}\n\n{}.\n\n", "#".repeat(path.split(' ').count()), paragraphs(about).join(".\n\n"));
    if !command.has_subcommands() {
        let usage = own.iter().fold(path.to_owned(), |usage, arg| format!("{usage} {}", shape(arg)));
        let _ = write!(text, "```\n{usage}\n```\n\n");
        options(text, own.into_iter());
    }
    for below in command.get_subcommands() {
        section(text, below, &format!("{path} {}", below.get_name()));
    }
}

fn is_own(arg: &Arg) -> bool {
    !arg.is_global_set() && !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version")
}

/// `[--format FORMAT]`, `NAME`, `[-- ARGS…]`.
fn shape(arg: &Arg) -> String {
    let plain = match (arg.get_long(), arg.get_short()) {
        (Some(long), _) => format!("--{long}{}", value(arg)),
        (None, Some(short)) => format!("-{short}{}", value(arg)),
        (None, None) if arg.is_last_set() => format!("-- {}…", value(arg).trim_start()),
        (None, None) => value(arg).trim_start().to_owned(),
    };
    if arg.is_required_set() { plain } else { format!("[{plain}]") }
}

fn value(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let takes = arg.get_action().takes_values();
    names.iter().filter(|_| takes).fold(String::new(), |text, name| format!("{text} {name}"))
}

fn options<'a>(text: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    let rows: Vec<String> = arguments.map(row).collect();
    if !rows.is_empty() {
        let _ = write!(text, "| option | meaning |\n|---|---|\n{}\n", rows.concat());
    }
}

fn row(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| format!("-{short}{}", value(arg)));
    let long = arg.get_long().map(|long| format!("--{long}{}", value(arg)));
    let names: Vec<String> = [short, long].into_iter().flatten().map(|name| format!("`{name}`")).collect();
    let names = if names.is_empty() { format!("`{}`", value(arg).trim_start()) } else { names.join(", ") };
    let mut meaning = paragraphs(arg.get_long_help().or(arg.get_help())).join(". ");
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if arg.get_action().takes_values() && !values.is_empty() {
        let _ = write!(meaning, ": {}", values.join(", "));
    }
    if let Some(default) = arg.get_default_values().first().filter(|_| arg.get_action().takes_values()) {
        let _ = write!(meaning, "; otherwise `{}`", default.to_string_lossy());
    }
    if let Some(variable) = arg.get_env() {
        let _ = write!(meaning, ". Also read from `{}`", variable.to_string_lossy());
    }
    format!("| {names} | {} |\n", meaning.replace('|', "\\|"))
}

/// Without their final periods: the first line of help never has one.
fn paragraphs(help: Option<&StyledStr>) -> Vec<String> {
    let text = help.map(ToString::to_string).unwrap_or_default();
    text.split("\n\n").map(|paragraph| paragraph.trim().trim_end_matches('.').replace('\n', " ")).collect()
}
