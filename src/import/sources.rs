//! What the project document could say of where tenants and people come from.

use super::found::FoundRelation;
use super::ledger::Ledger;
use super::outline::Outline;
use super::report::{Choice, Decision, ObjectReport, Status};
use super::settings::TenantTable;
use super::{guess, naming, yaml};
use crate::names::{ColumnName, TableName};
use crate::spec::PROJECT_FILE;
use crate::spec::edit::New;
use crate::state::ForeignKey;
use std::collections::BTreeSet;

/// Entries of `tenants:` that the project document does not have: `{from_table: public.customer, key: customer_id}`.
pub fn sources(outline: &Outline<'_>) -> Vec<(TableName, New)> {
    let mut sources: Vec<(TableName, New)> = Vec::new();
    for tenant in outline.tenants.iter().filter(|tenant| !tenant.declared) {
        if !sources.iter().any(|(table, _)| *table == tenant.table) {
            sources.extend(source(outline, tenant).map(|source| (tenant.table.clone(), source)));
        }
    }
    sources
}

fn source(outline: &Outline<'_>, tenant: &TenantTable) -> Option<New> {
    let relation = outline.found.relations.get(&tenant.table)?;
    let ranked = relation.columns.iter().filter(|column| column.category == 'S');
    let ranked = ranked
        .filter_map(|column| Some((guess::title_rank(&short_name(outline, tenant, column.name.as_str()))?, column)));
    let title = ranked.min_by_key(|(rank, column)| (!column.not_null, *rank)).map(|(_, column)| &column.name);
    let mut parts = vec![("from_table", New::text(tenant.table.to_string())), ("key", New::text(tenant.key.as_str()))];
    parts.extend(title.map(|title| ("title", New::text(title.as_str()))));
    parts.extend(above(tenant, relation).map(|column| ("parent", New::text(column.as_str()))));
    parts.extend(kind(outline, tenant).map(|kind| ("tenant_kind", kind)));
    Some(yaml::map(parts))
}

/// The column with the tenant above, where a key leads to the table itself and is called so.
fn above<'f>(tenant: &TenantTable, relation: &'f FoundRelation) -> Option<&'f ColumnName> {
    let words = |column: &ColumnName| naming::snake(column.as_str(), "column");
    let is_called_so = |column: &ColumnName| words(column).split('_').any(|word| matches!(word, "parent" | "holding"));
    relation.foreign_keys.iter().find_map(|key| match key.columns.as_slice() {
        [column] if key.references == tenant.table && key.referenced == [tenant.key.clone()] => {
            Some(column).filter(|column| is_called_so(column))
        }
        _ => None,
    })
}

/// One kind for the table, or by the column that decides.
fn kind(outline: &Outline<'_>, tenant: &TenantTable) -> Option<New> {
    let Some(only) = &tenant.only else { return tenant.kind.as_deref().map(New::text) };
    let of_table = outline.tenants.iter().filter(|other| other.table == tenant.table);
    let values = of_table.flat_map(|other| {
        let values = other.only.iter().flat_map(|only| only.values.iter().cloned());
        values.map(|value| (value, New::text(other.kind.as_deref().unwrap_or_default())))
    });
    let values = New::Map(values.collect());
    Some(yaml::map([("column", New::text(only.column.as_str())), ("values", values)]))
}

/// `customer_name` of customers is their `name`.
fn short_name(outline: &Outline<'_>, tenant: &TenantTable, column: &str) -> String {
    let name = naming::snake(column, "column");
    let object = outline.names.get(&tenant.table).map(ToString::to_string).unwrap_or_default();
    name.strip_prefix(&format!("{object}_")).map_or(name.clone(), str::to_owned)
}

/// People of a tenant: the column that says of which, and the kind where there are several.
fn of_tenants(outline: &Outline<'_>, relation: &FoundRelation, counts: &dyn Fn(&TenantTable) -> bool) -> Vec<String> {
    let leads = |key: &&ForeignKey, tenant: &TenantTable| {
        key.references == tenant.table && key.referenced == [tenant.key.clone()] && key.columns.len() == 1
    };
    let found = outline.tenants.iter().filter(|tenant| counts(tenant)).find_map(|tenant| {
        let key = relation.foreign_keys.iter().find(|key| leads(key, tenant))?;
        Some((key.columns.first()?, tenant))
    });
    let Some((column, tenant)) = found else { return Vec::new() };
    let kind = match (&tenant.kind, &tenant.only) {
        (Some(_), Some(_)) => Some("tenant_kind: KIND".to_owned()),
        (Some(kind), None) => Some(format!("tenant_kind: {kind}")),
        (None, _) => None,
    };
    std::iter::once(format!("tenant: {}", yaml::text(column.as_str()))).chain(kind).collect()
}

/// Owners are keys of people, who come from somewhere.
pub fn people(outline: &Outline<'_>, objects: &[ObjectReport]) -> Vec<Decision> {
    let new = objects.iter().filter(|object| object.status == Status::New);
    let tables: BTreeSet<&str> = new
        .flat_map(|object| &object.owners)
        .filter(|owner| !owner.declared)
        .map(|owner| owner.people.as_str())
        .collect();
    let found = outline.found.relations.iter().filter(|(table, _)| tables.contains(table.to_string().as_str()));
    found.filter_map(|(table, relation)| sign_in(outline, table, relation)).collect()
}

/// What the project was told of people before some of the tenants were known, with what it would be told now.
pub fn completed(outline: &Outline<'_>, before: &Ledger) -> Vec<(TableName, String, String)> {
    let told = outline.found.relations.iter().filter(|(table, _)| before.has_people(&table.to_string()));
    let both = told.filter_map(|(table, relation)| {
        let then = entry(outline, table, relation, &|tenant| before.has_tenant(&tenant.table))?;
        Some((table.clone(), then, entry(outline, table, relation, &|_| true)?))
    });
    both.filter(|(_, then, now)| then != now).collect()
}

fn sign_in(outline: &Outline<'_>, table: &TableName, relation: &FoundRelation) -> Option<Decision> {
    let entry = entry(outline, table, relation, &|_| true)?;
    let without =
        if entry.contains(NO_EMAIL) { ", and for that give them a column with an e-mail address" } else { "" };
    Some(Decision {
        about: "people",
        object: outline.names.get(table).map(ToString::to_string),
        table: Some(table.to_string()),
        message: format!(
            "`{}` looks like people who sign in: say so once there is a portal for them{without}{}",
            yaml::remark(&table.to_string()),
            if outline.settings.is_elsewhere { "" } else { "; the lines stand at the end of the document as a remark" }
        ),
        file: Some(PROJECT_FILE.to_owned()),
        choices: vec![Choice { yaml: format!("people:\n{entry}"), told: None }],
    })
}

/// Stands where somebody has to name the column.
const NO_EMAIL: &str = "email: EMAIL_COLUMN";

/// `  - {from_table: …, audience: PORTAL/AUDIENCE}`, with the tenants that count.
fn entry(
    outline: &Outline<'_>,
    table: &TableName,
    relation: &FoundRelation,
    counts: &dyn Fn(&TenantTable) -> bool,
) -> Option<String> {
    let (key, name) = outline.people(table)?;
    let named = |wanted: &[&str]| {
        let is = |name: &str| wanted.contains(&naming::snake(name, "column").as_str());
        let column = relation.columns.iter().find(|column| is(column.name.as_str()));
        column.map(|column| yaml::text(column.name.as_str()))
    };
    let email = named(&["email", "e_mail", "mail", "email_address"]);
    let title = named(&["full_name", "name", "display_name", "last_name", "family_name", "surname"]);
    let above = relation.foreign_keys.iter().find(|key| key.references == *table);
    let above = above.and_then(|key| key.columns.first()).map(|column| yaml::text(column.as_str()));
    let mut parts = vec![
        format!("from_table: {}", yaml::text(&table.to_string())),
        format!("keys: {{{name}: {}}}", yaml::text(key.as_str())),
        email.map_or_else(|| NO_EMAIL.to_owned(), |email| format!("email: {email}")),
    ];
    parts.extend(title.map(|title| format!("title: {title}")));
    parts.extend(above.map(|above| format!("reports_to: {above}")));
    parts.extend(of_tenants(outline, relation, counts));
    parts.push("audience: PORTAL/AUDIENCE".to_owned());
    Some(format!("  - {{{}}}", parts.join(", ")))
}
