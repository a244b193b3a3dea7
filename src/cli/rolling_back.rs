//! Which earlier state is gone back to.

use super::Format;
use super::context::Context;
use super::error::CliError;
use super::project::{invalid, resolve_files};
use super::table::Table;
use crate::adapters::postgres::{Connection, applied};
use crate::adapters::{clock, git_tree};
use crate::check;
use crate::diagnostic::{Report, one_line};
use crate::model::AccessModel;
use crate::names::SchemaName;
use crate::plan::{AppliedState, Unsaid, undo_renames};
use crate::spec::document::ProjectDoc;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Which of the states is meant; without a number the last one that was of other documents.
///
/// # Errors
/// There is none.
pub fn chosen(states: &[AppliedState], number: Option<i64>) -> Result<&AppliedState, CliError> {
    let current =
        states.first().ok_or_else(|| CliError::usage("nothing was applied yet that could be gone back to"))?;
    let found = match number {
        Some(number) => states.iter().find(|state| state.number == number),
        None => states.iter().find(|state| state.spec_hash != current.spec_hash),
    };
    found.ok_or_else(|| match number {
        Some(number) => CliError::usage(format!("there is no state {number}"))
            .hint("`portalctl rollback --list` names those that are kept"),
        None => CliError::usage(format!("nothing is known of what was applied before {}", current.words()))
            .hint("name a git revision"),
    })
}

/// What that state was, and the commit that it was of.
///
/// # Errors
/// This version cannot read its documents.
pub async fn at_state(
    context: &Context,
    connection: &mut Connection,
    schema: &SchemaName,
    listed: &AppliedState,
) -> Result<(AccessModel, Option<String>), CliError> {
    context.terminal.note(&format!("back to {}, applied by {}", listed.words(), one_line(&listed.applied_by)));
    let whole = applied::numbered(connection, schema, listed.number).await?;
    let state = whole.ok_or_else(|| CliError::usage(format!("{} is not kept any more", listed.words())))?;
    let model = state.resolve().map_err(|why| {
        CliError::usage(format!("{} cannot be read by this version: {why}", state.words()))
            .hint(format!("use portalctl {}, which applied it, or name a git revision", one_line(&state.portalctl)))
    })?;
    Ok((model, state.commit))
}

/// What never was applied may have mistakes, and is checked as `apply` checks it.
///
/// # Errors
/// There is no such revision, or no project of this name in it, or its documents have errors.
pub fn at_revision(
    context: &Context,
    folder: &Path,
    here: &ProjectDoc,
    revision: &str,
) -> Result<(AccessModel, Option<String>), CliError> {
    let commit = git_tree::commit_of(folder, revision)?;
    let model = resolve_files(context, git_tree::project_at(folder, &commit)?, &format!("`{}`", one_line(revision)))?;
    if model.project.name != here.name.value || model.project.control_schema != here.control_schema() {
        return Err(CliError::usage(format!("`{}` holds another project", one_line(revision)))
            .hint("only states of the same project, with the same control schema, follow each other in a database"));
    }
    let report = Report::new(Arc::clone(&model.sources), check::run(&model, Vec::new(), clock::now().date()));
    if report.has_errors() {
        return Err(invalid(context, &report));
    }
    context.terminal.note(&format!("back to `{}`, commit {commit}", one_line(revision)));
    Ok((model, Some(commit)))
}

/// Has the model take over what was renamed since, in place of making it anew and empty, and says what the documents applied
/// last would not rename again.
///
/// # Errors
/// The server cannot be asked.
pub async fn take_over(
    context: &Context,
    connection: &mut Connection,
    schema: &SchemaName,
    earlier: &mut AccessModel,
) -> Result<Vec<String>, CliError> {
    if earlier.objects.values().all(|object| object.managed.is_none()) {
        return Ok(Vec::new());
    }
    let mut read: BTreeMap<String, AccessModel> = BTreeMap::new();
    let mut states = Vec::new();
    for state in applied::all(connection, schema).await?.iter().rev() {
        let known = read.get(&state.spec_hash).cloned();
        let Some(model) = known.or_else(|| state.resolve_for_names()) else {
            let words = state.words();
            context.terminal.warn(&format!("{words} cannot be read by this version, so what it renamed is not known"));
            continue;
        };
        states.push(read.entry(state.spec_hash.clone()).or_insert(model).clone());
    }
    let unsaid = undo_renames(earlier, &states).into_iter();
    let told = unsaid.map(|Unsaid { now, was }| {
        format!(
            "`{now}` is called `{was}` again; before the later documents are applied anew, write `was: {was}` there, or it comes back empty"
        )
    });
    Ok(told.collect())
}

/// A line or an entry for each.
pub fn list(states: &[AppliedState], format: Format) -> String {
    if format == Format::Json {
        return format!("{}\n", serde_json::json!({ "states": states }));
    }
    let mut table = Table::new(["STATE", "APPLIED", "BY", "WITH", "COMMIT", "DOCUMENTS"]);
    for state in states {
        let short = |text: &str| text.chars().take(12).collect::<String>();
        let commit = state.commit.as_deref().map_or_else(|| "-".to_owned(), short);
        let (number, documents) = (state.number.to_string(), short(&state.spec_hash));
        table.row([number.as_str(), &state.at, &state.applied_by, &state.portalctl, &commit, &documents]);
    }
    table.to_string()
}
