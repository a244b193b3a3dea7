//! What nobody can guess, each with the lines that would settle it.

use super::answers::Answers;
use super::kinds;
use super::outline::Outline;
use super::report::{Choice, Decision, ObjectReport, Status};
use super::sources::{people, sources};
use super::ways::{Way, Ways};
use super::{naming, yaml};
use crate::names::ColumnName;
use crate::spec::PROJECT_FILE;

pub fn decisions(
    outline: &Outline<'_>,
    answers: &Answers,
    objects: &[ObjectReport],
    today: time::Date,
) -> Vec<Decision> {
    let mut decisions: Vec<Decision> = tenants(outline).into_iter().collect();
    decisions.extend(kinds::decisions(outline, answers));
    for object in objects.iter().filter(|object| object.status != Status::LeftOut) {
        if object.status == Status::Undecided {
            decisions.push(undecided(object));
            continue;
        }
        let written = outline.settings.objects.iter().find(|known| known.name.as_str() == object.object);
        for ways in &object.tenants {
            let has_path = written.is_some_and(|known| known.has_tenant);
            let is_written = object.status == Status::New || object.added.iter().any(|key| key.starts_with("tenant"));
            if is_written {
                decisions.extend(way(object, ways));
            } else if !has_path {
                decisions.push(without_way(object, ways));
            }
            let nullable = ways.chosen().filter(|_| is_written);
            decisions.extend(nullable.and_then(|way| null(object, ways, way, today)));
        }
    }
    decisions.extend(people(outline, objects));
    decisions
}

/// `tenants:` of the project document, where the command line alone has said them and the document is not added to.
fn tenants(outline: &Outline<'_>) -> Option<Decision> {
    let sources = sources(outline);
    if sources.is_empty() || outline.settings.project.is_none() || !outline.settings.is_elsewhere {
        return None;
    }
    let lines: Vec<String> = sources.iter().map(|(_, source)| format!("  - {source}")).collect();
    Some(Decision {
        about: "tenants",
        object: None,
        table: None,
        message: "say in the project where its tenants are".to_owned(),
        file: Some(PROJECT_FILE.to_owned()),
        choices: vec![Choice { yaml: format!("tenants:\n{}", lines.join("\n")), told: None }],
    })
}

fn undecided(object: &ObjectReport) -> Decision {
    let (message, choices) = if let Some(why) = object.unnameable {
        (format!("{why}, and no document can name it; put a view over it, or rename it"), Vec::new())
    } else if let Some(why) = &object.not_looked_into {
        (format!("nothing tells its rows apart, and they were not looked at: {why}"), key_choice(object))
    } else if object.key.is_empty() {
        ("it has no key, and no column that looks like one tells its rows apart".to_owned(), key_choice(object))
    } else {
        ("no type of field holds any of its columns".to_owned(), Vec::new())
    };
    Decision {
        about: "key",
        object: Some(object.object.clone()),
        table: None,
        message: format!("`{}` was left out: {message}", shown(&object.table)),
        file: None,
        choices,
    }
}

fn shown(text: &str) -> String {
    yaml::remark(text)
}

fn key_choice(object: &ObjectReport) -> Vec<Choice> {
    let what =
        "give the table a primary key and import again; or write a document with the columns that tell rows apart";
    let yaml = format!(
        "kind: object\nname: {}\ntable: {}\nkey: [COLUMN, COLUMN]\nfields: {{FIELD: text}}",
        object.object,
        yaml::text(&object.table)
    );
    vec![Choice { yaml, told: Some(what.to_owned()) }]
}

fn way(object: &ObjectReport, ways: &Ways) -> Option<Decision> {
    if ways.chosen.is_some() {
        return None;
    }
    let several = ways.candidates.len() > 1;
    let message = match (several, ways.candidates.first()) {
        _ if ways.waits_for.is_some() => format!(
            "`{}` goes with `{}`, whose own way to a tenant is to be decided first; then write",
            object.object,
            ways.waits_for.as_deref().unwrap_or_default()
        ),
        (true, _) => {
            format!("{} ways lead from `{}` to a tenant{}", ways.candidates.len(), object.object, of_kind(ways))
        }
        (false, Some(way)) if way.from_below => format!(
            "nothing leads up from `{}` to a tenant{}, and rows below it do: whoever sees one of these would see the row",
            object.object,
            of_kind(ways)
        ),
        (false, Some(way)) if way.foreign_keys => format!("a link table leads from `{}` to tenants", object.object),
        (false, _) => format!("no foreign key leads from `{}` to a tenant, a column is called like one", object.object),
    };
    Some(Decision {
        about: "tenant",
        object: Some(object.object.clone()),
        table: None,
        message,
        file: object.file.clone(),
        choices: ways.candidates.iter().map(|way| choice(ways, way)).collect(),
    })
}

/// An object that was written before the ways to tenants were known, or on purpose without one.
fn without_way(object: &ObjectReport, ways: &Ways) -> Decision {
    Decision {
        about: "tenant",
        object: Some(object.object.clone()),
        table: None,
        message: format!("`{}` has no way to a tenant{}, and could have one", object.object, of_kind(ways)),
        file: object.file.clone(),
        choices: ways.candidates.iter().map(|way| choice(ways, way)).collect(),
    }
}

fn of_kind(ways: &Ways) -> String {
    ways.kind.as_ref().map(|kind| format!(" of kind `{kind}`")).unwrap_or_default()
}

fn choice(ways: &Ways, way: &Way) -> Choice {
    let yaml = match &ways.kind {
        None => format!("tenant: {}", way.yaml),
        Some(kind) => format!("tenants: {{{kind}: {}}}", way.yaml),
    };
    Choice { yaml, told: Some(counts(ways, way)) }
}

/// `customer: 2155 of 2155 rows, 0 lead nowhere, 0 NULL`.
pub fn counts(ways: &Ways, way: &Way) -> String {
    let (Some(extent), Some(reachable)) = (&ways.extent, way.reachable) else {
        let why = ways.not_counted.as_deref().unwrap_or("its rows were not looked at");
        return format!("{}: not counted, {why}", way.told);
    };
    let of = if extent.complete { "rows" } else { "rows of a sample" };
    let mut told = format!("{}: reaches {reachable} of {} {of}", way.told, extent.rows);
    let others = [
        (way.unreachable, "leads nowhere from"),
        (way.nulls, "NULL in"),
        (way.differs, "another than by the shortest way in"),
        (way.of_others, "of another kind"),
        (way.several, "of several tenants at once"),
    ];
    for (count, what) in others {
        if let Some(count) = count.filter(|count| *count > 0) {
            told.push_str(&format!(", {what} {count}"));
        }
    }
    told
}

fn null(object: &ObjectReport, ways: &Ways, way: &Way, today: time::Date) -> Option<Decision> {
    let column: &ColumnName = way.nullable.as_ref()?;
    let rows = match (way.nulls, &ways.extent) {
        (Some(nulls), Some(extent)) => {
            format!("{nulls} of {} rows have none", extent.rows)
        }
        _ => "nobody counted the rows without one".to_owned(),
    };
    let until = today.saturating_add(time::Duration::days(365));
    let accept = format!(
        "accept:\n  - {{check: nullable-tenant-path, object: {}, reason: a row without {} is nobody's, until: {until}}}",
        object.object,
        naming::snake(column.as_str(), "it")
    );
    Some(Decision {
        about: "nullable-tenant-path",
        object: Some(object.object.clone()),
        table: None,
        message: format!(
            "`{}` of `{}` may be NULL, and {rows}: no tenant sees such a row. Make the column NOT NULL, or accept it",
            shown(column.as_str()),
            object.object
        ),
        file: Some(PROJECT_FILE.to_owned()),
        choices: vec![Choice { yaml: accept, told: None }],
    })
}
