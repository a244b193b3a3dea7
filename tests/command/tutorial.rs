//! The tutorials of the guide are true: their files are written, their commands run as they stand, and what comes is what the
//! pages show.
//!
//! A block of YAML whose first line names a file in a comment is that file, and one of text what stands below that line. In a
//! block `console` a line after `$ ` is run by the shell, and the lines up to the next one are what it writes; `…` in a line
//! stands for anything, and alone for any lines.

use crate::run::Ran;
use portalctl_test_support::PrivateProject;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FIRST_PORTAL: &str = include_str!("../../docs/guide/tutorial-first-portal.md");
const CONCEPTS: &str = include_str!("../../docs/guide/concepts.md");
const TEMPLATE: &str = include_str!("../../docs/guide/tutorial-template.md");

/// Where the reader of a page is.
struct Reader {
    folder: PathBuf,
}

impl Reader {
    fn read(&self, page: &str) {
        let mut commands = 0;
        for block in page.split("```").skip(1).step_by(2) {
            let (language, text) = block.split_once('\n').unwrap_or((block, ""));
            match language {
                "console" => commands += self.console(text),
                "yaml" => self.file(text, text),
                "text" => self.file(text, text.split_once('\n').map_or("", |(_, below)| below)),
                _ => {}
            }
        }
        assert!(commands > 0, "the page runs nothing");
    }

    fn file(&self, block: &str, text: &str) {
        let Some(name) = block.lines().next().and_then(|line| line.strip_prefix("# ")) else { return };
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn console(&self, text: &str) -> usize {
        let mut commands: Vec<(&str, String)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command, String::new())),
                (None, Some((_, expected))) => writeln!(expected, "{line}").unwrap(),
                (None, None) => panic!("`{line}` comes from no command"),
            }
        }
        for (command, expected) in &commands {
            let said = self.shell(command);
            assert!(is_like(&said, expected), "$ {command}\nthe page says:\n{expected}\nit wrote:\n{said}");
        }
        commands.len()
    }

    /// Both streams as a terminal shows them, without what the site logs of requests and of another program's port.
    fn shell(&self, command: &str) -> String {
        let ran = in_shell(&self.folder, command);
        ran.stdout.lines().filter(is_of_the_page).map(|line| format!("{line}\n")).collect()
    }
}

fn is_of_the_page(line: &&str) -> bool {
    !line.starts_with("time=") && !line.ends_with("is taken: the site takes another port")
}

fn in_shell(folder: &Path, command: &str) -> Ran {
    let program = Path::new(env!("CARGO_BIN_EXE_portalctl")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("exec 2>&1\n{command}")]).current_dir(folder).stdin(Stdio::null()).env("PATH", path);
    for name in ["DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSSLMODE", "PGOPTIONS"] {
        shell.env_remove(name);
    }
    for (name, value) in [("NAME", "Reader"), ("EMAIL", "reader@example.com")] {
        shell.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    crate::run::ended(shell.output().unwrap())
}

/// Line by line, with `…` for what differs from run to run.
fn is_like(said: &str, expected: &str) -> bool {
    let said: Vec<&str> = said.lines().filter(|line| !line.is_empty()).collect();
    let expected: Vec<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
    lines_are_like(&said, &expected)
}

fn lines_are_like(said: &[&str], expected: &[&str]) -> bool {
    match (said, expected) {
        ([], []) => true,
        (_, ["…", rest @ ..]) => (0..=said.len()).any(|skipped| lines_are_like(&said[skipped..], rest)),
        ([line, said @ ..], [pattern, expected @ ..]) => line_is_like(line, pattern) && lines_are_like(said, expected),
        _ => false,
    }
}

fn line_is_like(line: &str, pattern: &str) -> bool {
    match pattern.split_once('…') {
        None => line == pattern,
        Some((before, after)) => line.strip_prefix(before).is_some_and(|rest| {
            let mut tails = rest.char_indices().map(|(at, _)| &rest[at..]).chain([""]);
            tails.any(|tail| line_is_like(tail, after))
        }),
    }
}

#[test]
fn the_first_portal_is_made_as_the_page_says() {
    let project = PrivateProject::new();
    project.make_cluster();
    Reader { folder: project.path().to_owned() }.read(FIRST_PORTAL);
}

#[test]
fn the_example_of_the_model_becomes_what_the_page_says() {
    let project = PrivateProject::new();
    project.make_cluster();
    Reader { folder: project.path().to_owned() }.read(CONCEPTS);
}

#[test]
fn the_template_reaches_three_clients_as_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    Reader { folder: folder.path().to_owned() }.read(TEMPLATE);
}

#[test]
fn what_a_page_shows_is_compared() {
    assert!(is_like("a\nb 17 c\nd\ne\n", "a\nb … c\n…\ne\n"));
    for wrong in ["a\n", "a\nb … d\n…\n", "…\nd\n", "a\nb … c\nd\n"] {
        assert!(!is_like("a\nb 17 c\nd\ne\n", wrong), "{wrong}");
    }
}
