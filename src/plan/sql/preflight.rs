//! What stands in the way of a change of a table of ours, as a question to the database before anything is done.

use crate::names::{ColumnName, Ident, TableName};
use crate::plan::change::join;
use crate::plan::conversion::{Conversion, conversion};
use crate::plan::{ChangeKind, MakeChange};
use crate::state::{Index, Reference, Renames};
use std::collections::BTreeSet;

/// A question that is answered by a number: 0 where nothing stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    pub question: String,
    /// With `{}` for the number of rows.
    pub problem: String,
    pub hint: String,
    /// Another table that is asked.
    pub also: Option<TableName>,
}

/// Columns that the same plan makes: nothing can be asked of them yet.
#[derive(Debug, Default)]
pub struct Added<'c>(BTreeSet<(&'c TableName, &'c ColumnName)>);

impl<'c> Added<'c> {
    pub fn of(changes: impl IntoIterator<Item = &'c ChangeKind>) -> Self {
        let added = changes.into_iter().flat_map(|kind| {
            let ChangeKind::Make { change, .. } = kind else { return Vec::new() };
            match change {
                MakeChange::AddColumn { table, column, .. } | MakeChange::Recompute { table, column } => {
                    vec![(table, &column.name)]
                }
                MakeChange::CreateTable { table, columns, .. } => {
                    columns.iter().map(|column| (table, &column.name)).collect()
                }
                _ => Vec::new(),
            }
        });
        Self(added.collect())
    }

    fn any<'n>(&self, table: &TableName, columns: impl IntoIterator<Item = &'n ColumnName>) -> bool {
        columns.into_iter().any(|column| self.0.contains(&(table, column)))
    }
}

/// `None`: nothing can stand in the way, or nobody can tell yet. `renames` have not happened when the question is asked.
pub fn preflight(kind: &ChangeKind, renames: &Renames, added: &Added<'_>) -> Option<Preflight> {
    let ChangeKind::Make { change, .. } = kind else { return None };
    let old = Old { renames };
    let of = |condition: String, table: &TableName, problem: String, hint: &str| Preflight {
        question: format!("SELECT count(*) FROM {} WHERE {condition}", old.table(table).sql()),
        problem,
        hint: hint.to_owned(),
        also: None,
    };
    match change {
        MakeChange::SetNotNull { table, column, not_null: true } => {
            let condition = format!("{} IS NULL", old.column(table, column));
            Some(of(
                condition,
                table,
                format!("{{}} of `{table}` have no `{column}`"),
                "fill them first, or leave `required` out",
            ))
        }
        MakeChange::AddColumn { table, column, .. }
            if column.not_null && column.make.default.is_none() && !column.make.identity =>
        {
            let problem = format!("{{}} of `{table}` would have no `{}`", column.name);
            Some(of(
                "true".to_owned(),
                table,
                problem,
                "give the field a `default`, or add it without `required` and fill it first",
            ))
        }
        MakeChange::AddCheck { table, words: Some((column, words)), .. } if !added.any(table, [column]) => {
            let list = join(words.iter().map(|word| Ident::literal(word)));
            let condition = format!("{} NOT IN ({list})", old.column(table, column));
            Some(of(
                condition,
                table,
                format!("{{}} of `{table}` hold a `{column}` that is no more"),
                "change those rows first, or keep the value",
            ))
        }
        MakeChange::AlterType { table, column, from, to } => {
            let Conversion::Unless(condition) = conversion(from, to, &old.column(table, column)) else { return None };
            Some(of(
                condition,
                table,
                format!("{{}} of `{table}` hold a `{column}` that is no {to}"),
                "change those rows first",
            ))
        }
        MakeChange::CreateIndex { table, index, fresh: false, .. }
            if index.unique && !added.any(table, index.columns.iter().map(|(column, _)| column)) =>
        {
            Some(duplicates(old, table, index))
        }
        MakeChange::AddReference { table, reference, .. }
            if !added.any(table, &reference.columns) && !added.any(&reference.table, &reference.referenced) =>
        {
            Some(astray(old, table, reference))
        }
        _ => None,
    }
}

fn duplicates(old: Old<'_>, table: &TableName, index: &Index) -> Preflight {
    let columns: Vec<String> = index.columns.iter().map(|(column, _)| old.column(table, column)).collect();
    let given = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect::<Vec<_>>().join(" AND ");
    let list = columns.join(", ");
    let question = format!(
        "SELECT coalesce(sum(n), 0)::bigint FROM (SELECT count(*) AS n FROM {} WHERE {given} GROUP BY {list} HAVING count(*) > 1) AS t",
        old.table(table).sql()
    );
    let names = join(index.columns.iter().map(|(column, _)| column));
    let problem = format!("{{}} of `{table}` have the same {names} as another");
    Preflight { question, problem, hint: "change those rows first, or leave `unique` out".to_owned(), also: None }
}

/// Rows whose way leads to no row.
fn astray(old: Old<'_>, table: &TableName, reference: &Reference) -> Preflight {
    let pairs = reference.columns.iter().zip(&reference.referenced);
    // As texts: a type that is to change in the same plan has not changed yet.
    let same = pairs.map(|(own, key)| {
        format!("r.{}::text = t.{}::text", old.column(&reference.table, key), old.column(table, own))
    });
    let given = reference.columns.iter().map(|column| format!("t.{} IS NOT NULL", old.column(table, column)));
    let question = format!(
        "SELECT count(*) FROM {} AS t WHERE {} AND NOT EXISTS (SELECT FROM {} AS r WHERE {})",
        old.table(table).sql(),
        given.collect::<Vec<_>>().join(" AND "),
        old.table(&reference.table).sql(),
        same.collect::<Vec<_>>().join(" AND ")
    );
    let names = join(&reference.columns);
    let problem = format!("{{}} of `{table}` lead to no row of `{}` by `{names}`", reference.table);
    Preflight {
        question,
        problem,
        hint: "change those rows first, or empty the column in them".to_owned(),
        also: Some(reference.table.clone()),
    }
}

/// Names as they are before the changes.
#[derive(Clone, Copy)]
struct Old<'a> {
    renames: &'a Renames,
}

impl Old<'_> {
    fn table(self, table: &TableName) -> TableName {
        let found = self.renames.tables.iter().find(|(_, to)| to == table);
        found.map_or_else(|| table.clone(), |(from, _)| from.clone())
    }

    /// Quoted.
    fn column(self, table: &TableName, column: &ColumnName) -> String {
        let found = self.renames.columns.iter().find(|(of, _, to)| of == table && to == column);
        Ident::new(found.map_or(column, |(_, from, _)| from).as_str()).to_string()
    }
}
