//! Tables that are ours: how they are made and changed.

use super::Statement;
use crate::model::Project;
use crate::names::{ColumnName, Ident, ObjectName, RoleName, SchemaName, TableName};
use crate::plan::change::join;
use crate::plan::{Change, ChangeKind, MadeColumn, MakeChange};
use crate::state::{Index, Marker};
use std::collections::BTreeSet;

pub fn statements(change: &MakeChange, owner: &RoleName, marker: &Marker, project: &Project) -> Vec<Statement> {
    let mark = Ident::literal(&marker.to_string());
    let mut texts = texts(change, &mark);
    if let MakeChange::RenameTable { objects: Some((from, to)), .. } = change {
        texts.extend(follow(&Ident::new(project.control_schema.as_str()).to_string(), from, to));
    }
    texts.into_iter().map(|text| Statement::by(owner, text)).collect()
}

/// What the control schema keeps of an object's rows goes by the object's name, and follows it. What was kept under the new
/// name was of rows that are there no longer.
fn follow(control: &str, from: &ObjectName, to: &ObjectName) -> Vec<String> {
    let (from, to) = (Ident::literal(from.as_str()), Ident::literal(to.as_str()));
    let mut texts = vec![format!(
        "WITH gone AS (DELETE FROM {control}.attachment WHERE object = {to} RETURNING storage)\n  \
         INSERT INTO {control}.attachment_remains (storage) SELECT storage FROM gone"
    )];
    texts.extend(["share", "assignment"].map(|table| format!("DELETE FROM {control}.{table} WHERE object = {to}")));
    let all = ["attachment", "share", "assignment", "outbox"];
    texts.extend(all.map(|table| format!("UPDATE {control}.{table} SET object = {to} WHERE object = {from}")));
    texts.push(format!(
        "UPDATE {control}.audit_event SET object = {to}, subject = CASE subject WHEN {from} THEN {to} ELSE subject END WHERE object = {from}"
    ));
    texts
}

fn texts(change: &MakeChange, mark: &str) -> Vec<String> {
    match change {
        MakeChange::CreateTable { table, columns, key, checks, .. } => create(table, columns, key, checks, mark),
        MakeChange::RenameTable { from, to, .. } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", from.sql(), Ident::new(&to.name))]
        }
        MakeChange::RenameColumn { table, from, to } => {
            vec![format!("ALTER TABLE {} RENAME COLUMN {} TO {}", table.sql(), quote(from), quote(to))]
        }
        MakeChange::AddColumn { table, column, .. } => add_column(table, column, mark),
        MakeChange::Recompute { table, column } => {
            let drop = format!("ALTER TABLE {} DROP COLUMN {}", table.sql(), quote(&column.name));
            std::iter::once(drop).chain(add_column(table, column, mark)).collect()
        }
        MakeChange::AlterType { table, column, to, .. } => {
            vec![format!("ALTER TABLE {} ALTER COLUMN {} TYPE {to}", table.sql(), quote(column))]
        }
        MakeChange::SetDefault { table, column, default } => {
            let what = default.as_ref().map_or_else(|| "DROP DEFAULT".to_owned(), |text| format!("SET DEFAULT {text}"));
            vec![format!("ALTER TABLE {} ALTER COLUMN {} {what}", table.sql(), quote(column))]
        }
        MakeChange::SetNotNull { table, column, not_null } => {
            let what = if *not_null { "SET NOT NULL" } else { "DROP NOT NULL" };
            vec![format!("ALTER TABLE {} ALTER COLUMN {} {what}", table.sql(), quote(column))]
        }
        MakeChange::AddSequence { table, column, sequence, .. } => add_sequence(table, column, sequence, mark),
        MakeChange::AddCheck { table, name, text, .. } => vec![
            format!("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({text})", table.sql(), Ident::new(name)),
            constraint_comment(table, name, mark),
        ],
        MakeChange::AddReference { table, name, reference } => vec![
            format!(
                "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
                table.sql(),
                Ident::new(name),
                join(reference.columns.iter().map(quote)),
                reference.table.sql(),
                join(reference.referenced.iter().map(quote))
            ),
            constraint_comment(table, name, mark),
        ],
        MakeChange::DropConstraint { table, name } => {
            vec![format!("ALTER TABLE {} DROP CONSTRAINT {}", table.sql(), Ident::new(name))]
        }
        MakeChange::CreateIndex { table, name, index, .. } => create_index(table, name, index, mark),
        MakeChange::DropIndex { table, name } => vec![format!("DROP INDEX {}", beside(table, name).sql())],
        MakeChange::DropColumn { table, column } => {
            vec![format!("ALTER TABLE {} DROP COLUMN {}", table.sql(), quote(column))]
        }
        MakeChange::DropTable { table } => vec![format!("DROP TABLE {}", table.sql())],
    }
}

fn quote(column: &ColumnName) -> String {
    Ident::new(column.as_str()).to_string()
}

fn beside(table: &TableName, name: &str) -> TableName {
    TableName::new(table.schema.as_str(), name)
}

fn create(
    table: &TableName,
    columns: &[MadeColumn],
    key: &[ColumnName],
    checks: &[(String, String)],
    mark: &str,
) -> Vec<String> {
    let mut parts: Vec<String> = columns.iter().map(definition).collect();
    parts.push(format!("PRIMARY KEY ({})", join(key.iter().map(quote))));
    parts.extend(checks.iter().map(|(name, text)| format!("CONSTRAINT {} CHECK ({text})", Ident::new(name))));
    let mut texts = vec![format!("CREATE TABLE {} (\n  {}\n)", table.sql(), parts.join(",\n  "))];
    texts.push(format!("COMMENT ON TABLE {} IS {mark}", table.sql()));
    texts.extend(columns.iter().map(|column| column_comment(table, &column.name, mark)));
    texts.extend(checks.iter().map(|(name, _)| constraint_comment(table, name, mark)));
    texts.extend(columns.iter().flat_map(|column| {
        let sequence = column.make.sequence.as_ref();
        sequence.map(|sequence| add_sequence(table, &column.name, sequence, mark)).unwrap_or_default()
    }));
    texts
}

fn definition(column: &MadeColumn) -> String {
    let mut text = format!("{} {}", quote(&column.name), column.display_type);
    if let Some(expression) = &column.make.generated {
        text += &format!(" GENERATED ALWAYS AS ({expression}) STORED");
    }
    if column.make.identity {
        text += " GENERATED BY DEFAULT AS IDENTITY";
    }
    if let Some(default) = &column.make.default {
        text += &format!(" DEFAULT {default}");
    }
    if column.not_null {
        text += " NOT NULL";
    }
    text
}

fn add_column(table: &TableName, column: &MadeColumn, mark: &str) -> Vec<String> {
    let mut texts = vec![
        format!("ALTER TABLE {} ADD COLUMN {}", table.sql(), definition(column)),
        column_comment(table, &column.name, mark),
    ];
    if let Some(sequence) = &column.make.sequence {
        texts.extend(add_sequence(table, &column.name, sequence, mark));
    }
    texts
}

/// It goes with its column.
fn add_sequence(table: &TableName, column: &ColumnName, sequence: &TableName, mark: &str) -> Vec<String> {
    let name = sequence.sql();
    vec![
        format!("CREATE SEQUENCE {name} AS bigint"),
        format!("ALTER SEQUENCE {name} OWNED BY {}.{}", table.sql(), quote(column)),
        format!("COMMENT ON SEQUENCE {name} IS {mark}"),
    ]
}

fn column_comment(table: &TableName, column: &ColumnName, mark: &str) -> String {
    format!("COMMENT ON COLUMN {}.{} IS {mark}", table.sql(), quote(column))
}

fn constraint_comment(table: &TableName, name: &str, mark: &str) -> String {
    format!("COMMENT ON CONSTRAINT {} ON {} IS {mark}", Ident::new(name), table.sql())
}

fn create_index(table: &TableName, name: &str, index: &Index, mark: &str) -> Vec<String> {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let columns = index.columns.iter().map(|(column, down)| quote(column) + if *down { " DESC" } else { "" });
    vec![
        format!("CREATE {unique}INDEX {} ON {} ({})", Ident::new(name), table.sql(), join(columns)),
        format!("COMMENT ON INDEX {} IS {mark}", beside(table, name).sql()),
    ]
}

/// The owner may create in schemas of others only while tables are made there.
pub fn with_room(made: Vec<Statement>, changes: &[Change], owner: &RoleName) -> Vec<Statement> {
    let guests = changes.iter().filter_map(|change| match &change.kind {
        ChangeKind::Make { change, .. } => Some(&change.guest_of()?.schema),
        _ => None,
    });
    let schemas: BTreeSet<&SchemaName> = guests.collect();
    if schemas.is_empty() {
        return made;
    }
    let schemas = join(schemas.into_iter().map(|schema| Ident::new(schema.as_str())));
    let owner = Ident::new(owner.as_str());
    let open = Statement::plain(format!("GRANT USAGE, CREATE ON SCHEMA {schemas} TO {owner}"));
    let close = Statement::plain(format!("REVOKE CREATE ON SCHEMA {schemas} FROM {owner}"));
    std::iter::once(open).chain(made).chain([close]).collect()
}
