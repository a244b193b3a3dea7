//! What is done to the generated files, told to people.

use super::context::Context;
use super::error::CliError;
use super::exit_code::ExitCode;
use super::patch;
use crate::adapters::project_files::Prepared;
use crate::scaffold::{Conflicts, Decision, FileAction, Kept, Merge, reject_path};
use clap::ValueEnum;
use std::fmt::Write;

/// Where lines go that both sides changed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Where {
    /// Into the file, between markers as git writes them.
    Inline,
    /// Into a file of the same name with `.rej` behind it.
    Rej,
}

impl From<Where> for Conflicts {
    fn from(place: Where) -> Self {
        match place {
            Where::Inline => Self::Inline,
            Where::Rej => Self::Reject,
        }
    }
}

/// Stops where a file is refused.
///
/// # Errors
/// Exit code 4.
pub fn refuse(prepared: &Prepared) -> Result<(), CliError> {
    let refused = prepared.refused().count();
    if refused == 0 {
        return Ok(());
    }
    let them = if refused == 1 { "a file is" } else { "some files are" };
    Err(CliError::refused(format!("nothing is written, because {them} refused")))
}

/// What is left to say once the files are written as `other` has them: `No` where a conflict is left to somebody.
pub fn after(context: &Context, prepared: &Prepared, other: &str) -> ExitCode {
    if !prepared.is_drift() {
        context.terminal.note(match other {
            "the spec" => "the files of the site are up to date",
            _ => "the files are up to date",
        });
    }
    let conflicts = prepared.actions().iter().filter_map(|action| match &action.decision {
        Decision::Merge(merge) if merge.conflicts > 0 => Some((&action.path, merge)),
        _ => None,
    });
    let mut code = ExitCode::Done;
    for (path, merge) in conflicts {
        code = ExitCode::No;
        let left = match merge.rejected {
            Some(_) => format!("what {other} has is in `{}`", reject_path(path)),
            None => "both stand in it, between markers".to_owned(),
        };
        context.terminal.warn(&format!("both you and {other} changed the same lines of `{path}`: {left}"));
    }
    code
}

/// A line for every file that changes, is refused, or stays for a reason that is easily forgotten; with `diff`,
/// its changed lines below it.
pub fn told(prepared: &Prepared, diff: bool) -> String {
    let mut text = String::new();
    for action in prepared.actions() {
        let path = &action.path;
        let _ = match &action.decision {
            Decision::Keep(Kept::UpToDate | Kept::Yours) => Ok(()),
            Decision::Keep(Kept::DeletedByYou) => writeln!(text, "deleted    {path} (by you, and stays so)"),
            Decision::Keep(Kept::NoLongerGenerated) => writeln!(text, "kept       {path} (it is yours alone now)"),
            Decision::Create(_) => writeln!(text, "create     {path}"),
            Decision::Rewrite(_) => writeln!(text, "rewrite    {path}"),
            Decision::Merge(Merge { conflicts: 0, .. }) => writeln!(text, "merge      {path}"),
            Decision::Merge(_) => writeln!(text, "conflict   {path}"),
            Decision::Remove => writeln!(text, "remove     {path}"),
            Decision::Refuse(refusal) => writeln!(text, "refuse     {path}: {refusal}"),
        };
        if diff {
            text.push_str(&changed_lines(action, prepared.before(path)));
        }
    }
    text
}

fn changed_lines(action: &FileAction, before: Option<&[u8]>) -> String {
    let after = match &action.decision {
        Decision::Remove => "",
        decision => match decision.text() {
            Some(text) => text,
            None => return String::new(),
        },
    };
    let before = String::from_utf8_lossy(before.unwrap_or_default());
    patch::plain(&action.path, &before, after)
}
