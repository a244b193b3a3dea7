//! The project document for a folder that has none.

use super::additions::remark_about_people;
use super::naming::snake;
use super::outline::Outline;
use super::report::Report;
use super::sources::sources;
use super::yaml;
use crate::names::SchemaName;
use std::collections::BTreeSet;

/// Of a project called after the database, with the tenants that were said.
pub fn project_file(outline: &Outline<'_>, report: &Report) -> String {
    let schemas: BTreeSet<&SchemaName> = outline.found.relations.keys().map(|table| &table.schema).collect();
    let name: String = snake(&outline.found.database, "project").chars().take(20).collect();
    let name = name.trim_end_matches('_');
    let mut text = format!("version: 1\nkind: project\nname: {}\n", if name.is_empty() { "project" } else { name });
    let only = schemas.iter().next().filter(|schema| schemas.len() == 1 && schema.as_str() != "public");
    if let Some(schema) = only {
        text.push_str(&format!("database: {{schema: {}}}\n", yaml::text(schema.as_str())));
    }
    let tenants: Vec<String> = sources(outline).iter().map(|(_, source)| format!("  - {source}")).collect();
    if !tenants.is_empty() {
        text.push_str(&format!("tenants:\n{}\n", tenants.join("\n")));
    }
    remark_about_people(&report.decisions).iter().for_each(|line| text.push_str(&format!("{line}\n")));
    text
}
