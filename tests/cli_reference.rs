//! The help of the command line: its voice, and its copy in `docs/`.

use clap::{Command, CommandFactory};
use portalctl::cli::{Cli, reference};
use std::path::Path;

/// Set to write the page instead of comparing it.
const UPDATE: &str = "UPDATE_DOCS";

#[test]
fn the_page_in_docs_is_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let now = reference();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &now).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == now, "`docs/cli.md` is stale: run `{UPDATE}=1 cargo test --test cli_reference`");
}

fn every_command(command: &Command, path: &str, visit: &mut dyn FnMut(&Command, &str)) {
    visit(command, path);
    for below in command.get_subcommands() {
        every_command(below, &format!("{path} {}", below.get_name()), visit);
    }
}

/// An imperative begins with a bare verb. Third persons end in `s`; these verbs do as well.
fn is_imperative(text: &str) -> bool {
    const VERBS_IN_S: &[&str] = &["Pass", "Express", "Process", "Address"];
    let first = text.split_whitespace().next().unwrap_or_default();
    let articles = ["A", "An", "The", "This", "Whether", "If", "When"];
    first.starts_with(char::is_uppercase)
        && (!first.ends_with('s') || VERBS_IN_S.contains(&first))
        && !first.ends_with("ing")
        && !articles.contains(&first)
}

#[test]
fn help_is_in_the_imperative_without_a_final_period() {
    let mut faults = Vec::new();
    let mut root = Cli::command();
    root.build();
    every_command(&root, "portalctl", &mut |command, path| {
        let mut texts = vec![(path.to_owned(), command.get_about().map(ToString::to_string))];
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let is_clap = matches!(arg.get_id().as_str(), "help" | "version");
            if !is_clap && (arg.is_global_set() == (path == "portalctl")) {
                texts.push((format!("{path} {}", arg.get_id()), arg.get_help().map(ToString::to_string)));
            }
        }
        for (place, text) in texts {
            let text = text.unwrap_or_default();
            let first_line = text.lines().next().unwrap_or_default();
            if !is_imperative(first_line) || first_line.ends_with('.') {
                faults.push(format!("{place}: {first_line:?}"));
            }
        }
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_voice_of_help_is_told_apart() {
    for good in ["Start the server", "Pass these arguments", "Colour the output"] {
        assert!(is_imperative(good), "{good}");
    }
    for bad in ["Starts the server", "The folder", "starting", "Running it", "Whether to", ""] {
        assert!(!is_imperative(bad), "{bad}");
    }
}
