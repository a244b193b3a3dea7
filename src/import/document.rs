//! An object document as text, in the form in which the examples are written.

use super::answers::Answers;
use super::fields::Fields;
use super::found::{FoundPolicy, FoundPrivilege, FoundRelation};
use super::naming::irregular_plural;
use super::outline::Outline;
use super::owners::Owner;
use super::route::Step;
use super::ways::{Ways, via};
use super::yaml;
use crate::names::{ColumnName, TableName};
use crate::state::RelationKind;
use std::collections::BTreeMap;

/// A line that is longer is written over several.
const WIDTH: usize = 120;

/// What one document is made of.
pub struct Parts<'a> {
    pub table: &'a TableName,
    pub relation: &'a FoundRelation,
    pub key: &'a [ColumnName],
    pub key_is_guessed: bool,
    pub ways: &'a [Ways],
    pub owners: &'a [Owner],
    pub fields: &'a Fields,
}

pub fn document(outline: &Outline<'_>, answers: &Answers, parts: &Parts<'_>) -> String {
    let mut lines = Vec::new();
    lines.extend(parts.relation.comment.as_ref().map(|comment| format!("# {}", yaml::remark(comment))));
    lines.extend(about(parts.relation));
    let name = outline.names.get(parts.table).map(ToString::to_string).unwrap_or_default();
    lines.push("kind: object".to_owned());
    lines.push(format!("name: {name}"));
    if let Some(many) = irregular_plural(&name) {
        let words = name.replace('_', " ");
        let one: String = words[..1].to_uppercase() + &words[1..];
        lines.push(format!("label: {{one: {}, many: {}}}", yaml::text(&one), yaml::text(&many)));
    }
    lines.push(format!("table: {}", yaml::text(&parts.table.to_string())));
    if !matches!(parts.key, [key] if key.as_str() == "id") || parts.key_is_guessed {
        let guessed = if parts.key_is_guessed { "   # guessed: no two rows have the same; check" } else { "" };
        lines.push(format!("key: {}{guessed}", yaml::columns(parts.key.iter().map(ColumnName::as_str))));
    }
    lines.extend(tenant(parts.ways));
    lines.extend(parent(outline, answers, parts));
    lines.extend(owner(parts.owners));
    lines.extend(fields(parts.fields));
    lines.extend(guards(parts.relation));
    lines.join("\n") + "\n"
}

/// What is unusual about the relation itself.
fn about(relation: &FoundRelation) -> Option<String> {
    let told = match relation.kind {
        RelationKind::View => "# A view: read only, with the rights of its owner.".to_owned(),
        RelationKind::MaterializedView => "# A materialised view: read only, as old as its last refresh.".to_owned(),
        RelationKind::ForeignTable => "# A foreign table: read only.".to_owned(),
        RelationKind::PartitionedTable => format!("# A table of {} partitions.", relation.partitions),
        _ if !relation.inherits.is_empty() => {
            let above: Vec<String> = relation.inherits.iter().map(|table| yaml::remark(&table.to_string())).collect();
            format!("# Its rows are rows of {} as well, by inheritance.", above.join(" and "))
        }
        _ => return None,
    };
    Some(told)
}

fn tenant(ways: &[Ways]) -> Vec<String> {
    let mut lines = Vec::new();
    let chosen: Vec<(&Ways, &str)> =
        ways.iter().filter_map(|ways| Some((ways, ways.chosen()?.yaml.as_str()))).collect();
    match chosen.as_slice() {
        [(Ways { kind: None, .. }, yaml)] => lines.push(format!("tenant: {yaml}")),
        [] => {}
        several => {
            let pairs: Vec<String> = several
                .iter()
                .map(|(ways, yaml)| format!("{}: {yaml}", ways.kind.as_deref().unwrap_or_default()))
                .collect();
            lines.extend(map("tenants", &pairs));
        }
    }
    for undecided in ways.iter().filter(|ways| ways.chosen.is_none()) {
        let (key, under) = match &undecided.kind {
            None => ("tenant", ""),
            Some(kind) => (kind.as_str(), ", under `tenants:`"),
        };
        lines.push(match &undecided.waits_for {
            Some(object) => {
                format!("# To decide at `{object}` first: how that one comes to its tenant; then write here{under}:")
            }
            None => {
                format!(
                    "# To decide: which way leads from a row to its tenant{under}; the counts are told by `import`."
                )
            }
        });
        for way in &undecided.candidates {
            let by_name = if way.foreign_keys { "" } else { ", by its name alone" };
            lines.push(format!("#   {key}: {}   # {}{by_name}", way.yaml, way.told));
        }
    }
    lines
}

fn map(key: &str, pairs: &[String]) -> Vec<String> {
    let line = format!("{key}: {{{}}}", pairs.join(", "));
    if line.chars().count() <= WIDTH {
        return vec![line];
    }
    std::iter::once(format!("{key}:")).chain(pairs.iter().map(|pair| format!("  {pair}"))).collect()
}

/// A row whose key begins with another row's belongs to it.
fn parent(outline: &Outline<'_>, answers: &Answers, parts: &Parts<'_>) -> Option<String> {
    let keys = parts.relation.foreign_keys.iter().filter(|key| {
        key.references != *parts.table
            && !outline.tenants.iter().any(|tenant| tenant.table == key.references)
            && key.columns.len() < parts.key.len()
            && key.columns.iter().all(|column| parts.key.contains(column))
    });
    let first = keys.min_by_key(|key| parts.key.iter().position(|column| key.columns.contains(column)))?;
    let yaml = via(outline, answers, &Step::from(first), None)?.to_string();
    let chosen: Vec<&str> = parts.ways.iter().filter_map(|ways| Some(ways.chosen()?.yaml.as_str())).collect();
    // Where all tenant paths go through it, it is the parent without a word.
    let through = yaml.trim_end_matches('}');
    let is_implied = !chosen.is_empty() && chosen.iter().all(|way| way.starts_with(through));
    (!is_implied).then(|| format!("parent: {yaml}   # guessed: the key holds that one's; check"))
}

fn owner(owners: &[Owner]) -> Vec<String> {
    let guess = |owner: &Owner| match owner.declared {
        true => String::new(),
        false => format!("   # guessed: {} looks like people who sign in; check", yaml::remark(&owner.people)),
    };
    match owners {
        [] => Vec::new(),
        [only] => vec![format!("owner: {}{}", only.yaml, guess(only))],
        several => std::iter::once("owners:".to_owned())
            .chain(several.iter().map(|owner| format!("  {}: {}{}", owner.path, owner.yaml, guess(owner))))
            .collect(),
    }
}

fn fields(fields: &Fields) -> Vec<String> {
    let mut lines = vec!["fields:".to_owned()];
    lines.extend(fields.lines.iter().map(field_line));
    for left in &fields.left_out {
        lines.push(format!("  # {}: left out, {}", yaml::remark(left.column.as_str()), left.why));
    }
    lines
}

/// `  name: text   # why`.
fn field_line(field: &super::fields::FieldLine) -> String {
    format!("  {}: {}{}", field.name, field.value, field_remark(field).unwrap_or_default())
}

/// What stands behind a field.
pub fn field_remark(field: &super::fields::FieldLine) -> Option<String> {
    field.remark.as_ref().map(|remark| format!("   # {remark}"))
}

/// Who may do what with the table already: it stays as it is, and holds beside what portals do.
fn guards(relation: &FoundRelation) -> Vec<String> {
    let mut told = privileges(&relation.privileges);
    if relation.row_security && relation.policies.is_empty() {
        told.push("row security is on, without a policy".to_owned());
    }
    told.extend(relation.policies.iter().map(policy));
    if told.is_empty() {
        return Vec::new();
    }
    let lines = told.into_iter().map(|line| format!("#   {line}"));
    std::iter::once("# In the database already:".to_owned()).chain(lines).collect()
}

fn privileges(privileges: &[FoundPrivilege]) -> Vec<String> {
    let mut of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for held in privileges {
        let columns: Vec<String> = held.columns.iter().map(|column| yaml::remark(column.as_str())).collect();
        let on = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
        of.entry(&held.grantee).or_default().push(format!("{}{on}", held.privilege));
    }
    of.into_iter().map(|(who, what)| format!("{} may {}", yaml::remark(who), what.join(", "))).collect()
}

fn policy(policy: &FoundPolicy) -> String {
    let roles: Vec<String> = policy.roles.iter().map(|role| yaml::remark(role)).collect();
    let kind = if policy.permissive { "" } else { " restrictive" };
    let part = |word: &str, text: &Option<String>| {
        text.as_ref().map(|text| format!(" {word} ({})", yaml::remark(text))).unwrap_or_default()
    };
    format!(
        "policy {}{kind} for {} to {}:{}{}",
        yaml::remark(&policy.name),
        policy.command,
        roles.join(", "),
        part("USING", &policy.using),
        part("WITH CHECK", &policy.check)
    )
}
