//! Retentions on the command line: which there are, and that somebody agrees.

use super::context::Context;
use super::table::Table;
use super::target::unknown;
use super::{CliError, Format};
use crate::adapters::postgres::retention::{Due, Retentions};
use crate::model::{AccessModel, Object, Retention, RetentionEnd};
use crate::names::ObjectName;

/// An object whose rows are not kept for ever.
pub struct Kept<'m> {
    pub object: &'m Object,
    pub retention: &'m Retention,
}

/// Those that are named, or all.
///
/// # Errors
/// There is no object of a name, or it has no retention.
pub fn kept<'m>(model: &'m AccessModel, named: &[String]) -> Result<Vec<Kept<'m>>, CliError> {
    let all = || model.objects.values().filter_map(|object| Some((object, object.retention.as_ref()?)));
    for name in named {
        match model.objects.get(&ObjectName::new(name.as_str())) {
            None => return Err(unknown("object", name, all().map(|(object, _)| object.name.as_str()))),
            Some(object) if object.retention.is_none() => {
                return Err(CliError::usage(format!("rows of `{name}` are kept for ever"))
                    .hint("write `retention: {after: 7y, then: delete}` at the object"));
            }
            Some(_) => {}
        }
    }
    let is_meant = |object: &Object| named.is_empty() || named.iter().any(|name| name == object.name.as_str());
    Ok(all().filter(|(object, _)| is_meant(object)).map(|(object, retention)| Kept { object, retention }).collect())
}

/// A table for people, or `{"retention": […]}`.
pub fn render(kept: &[Kept<'_>], due: &[Due], format: Format) -> String {
    let rows = kept.iter().zip(due);
    if format == Format::Json {
        let rows: Vec<serde_json::Value> = rows
            .map(|(Kept { object, retention }, due)| {
                serde_json::json!({"object": object.name, "then": retention.then, "after": retention.after.to_string(),
                    "from": retention.from, "fields": retention.fields, "due": due.due, "held": due.held})
            })
            .collect();
        return format!("{}\n", serde_json::json!({ "retention": rows }));
    }
    let mut table = Table::new(["OBJECT", "AFTER", "FROM", "THEN", "DUE", "HELD"]);
    for (Kept { object, retention }, due) in rows {
        let (after, many, held) = (retention.after.to_string(), due.due.to_string(), due.held.to_string());
        table.row([object.name.as_str(), &after, retention.from.as_str(), word(retention.then), &many, &held]);
    }
    table.to_string()
}

fn word(then: RetentionEnd) -> &'static str {
    match then {
        RetentionEnd::Delete => "delete",
        RetentionEnd::Anonymise => "anonymise",
    }
}

/// Goes on where somebody agrees.
///
/// # Errors
/// Nobody does, or nobody is there to ask.
pub async fn agree(context: &Context, yes: bool, rows: i64) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    let question = format!("delete or make anonymous {rows} rows, for good?");
    match context.terminal.confirm(&question).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(CliError::refused("not done; nothing was changed")),
        Err(nobody) => Err(CliError::refused(nobody.to_string()).hint("look with `--dry-run`, then say `--yes`")),
    }
}

/// Batch by batch, each object to its end.
///
/// # Errors
/// The server refuses; what was done before stays done.
pub async fn carry_out(context: &Context, retentions: &mut Retentions<'_>, kept: &[Kept<'_>]) -> Result<(), CliError> {
    for Kept { object, retention } in kept {
        let mut rows = 0;
        loop {
            match retentions.batch(object, retention).await? {
                0 => break,
                some => rows += some,
            }
        }
        let done = match retention.then {
            RetentionEnd::Delete => "deleted",
            RetentionEnd::Anonymise => "made anonymous",
        };
        if rows > 0 {
            context.terminal.note(&format!("{done}: {rows} rows of `{}`", object.name));
        }
    }
    Ok(())
}
