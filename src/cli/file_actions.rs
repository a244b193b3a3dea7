//! What is done to the generated files, told to people.

use crate::adapters::project_files::Prepared;
use crate::diagnostic::escape::is_unshowable;
use crate::scaffold::{Decision, FileAction, Kept, Merge};
use std::fmt::Write;

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
    let mut options = diffy::DiffOptions::new();
    options.set_original_filename(action.path.clone()).set_modified_filename(action.path.clone());
    let patch = options.create_patch(&before, after).to_string();
    patch.replace(|c| is_unshowable(c) && !matches!(c, '\n' | '\t'), "\u{fffd}")
}
