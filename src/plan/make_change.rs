//! Changes of tables that are ours: how they are made.

use super::{Hazard, Phase};
use crate::names::{ColumnName, ObjectName, TableName};
use crate::state::{Index, Make, Reference};

/// A column with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeColumn {
    pub name: ColumnName,
    pub display_type: String,
    pub not_null: bool,
    pub make: Make,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MakeChange {
    CreateTable {
        table: TableName,
        columns: Vec<MadeColumn>,
        key: Vec<ColumnName>,
        /// By name.
        checks: Vec<(String, String)>,
        /// Whether the schema is somebody else's.
        guest: bool,
    },
    RenameTable {
        from: TableName,
        to: TableName,
        /// The object before and now: what is kept of its rows goes by its name.
        objects: Option<(ObjectName, ObjectName)>,
    },
    RenameColumn {
        table: TableName,
        from: ColumnName,
        to: ColumnName,
    },
    AddColumn {
        table: TableName,
        column: MadeColumn,
        guest: bool,
    },
    /// Computes a generated column anew.
    Recompute {
        table: TableName,
        column: MadeColumn,
    },
    AlterType {
        table: TableName,
        column: ColumnName,
        from: String,
        to: String,
    },
    SetDefault {
        table: TableName,
        column: ColumnName,
        default: Option<String>,
    },
    SetNotNull {
        table: TableName,
        column: ColumnName,
        not_null: bool,
    },
    /// Rows are numbered from now on.
    AddSequence {
        table: TableName,
        column: ColumnName,
        sequence: TableName,
        guest: bool,
    },
    /// `words`: the column and the words of an enum.
    AddCheck {
        table: TableName,
        name: String,
        text: String,
        words: Option<(ColumnName, Vec<String>)>,
    },
    AddReference {
        table: TableName,
        name: String,
        reference: Reference,
    },
    DropConstraint {
        table: TableName,
        name: String,
    },
    CreateIndex {
        table: TableName,
        name: String,
        index: Index,
        guest: bool,
        /// Whether the table is made in the same plan.
        fresh: bool,
    },
    DropIndex {
        table: TableName,
        name: String,
    },
    DropColumn {
        table: TableName,
        column: ColumnName,
    },
    DropTable {
        table: TableName,
    },
}

impl MakeChange {
    pub fn phase(&self) -> Phase {
        match self {
            Self::RenameTable { .. } | Self::RenameColumn { .. } => Phase::Renames,
            Self::DropConstraint { .. } | Self::DropIndex { .. } => Phase::ConstraintsGone,
            Self::DropColumn { .. } | Self::DropTable { .. } => Phase::TablesGone,
            Self::AddReference { .. } => Phase::References,
            Self::CreateTable { .. }
            | Self::AddColumn { .. }
            | Self::Recompute { .. }
            | Self::AlterType { .. }
            | Self::SetDefault { .. }
            | Self::SetNotNull { .. }
            | Self::AddSequence { .. }
            | Self::AddCheck { .. }
            | Self::CreateIndex { .. } => Phase::Tables,
        }
    }

    /// `kind` in `plan --format json`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateTable { .. } => "create_table",
            Self::RenameTable { .. } => "rename_table",
            Self::RenameColumn { .. } => "rename_column",
            Self::AddColumn { .. } => "add_column",
            Self::Recompute { .. } => "recompute_column",
            Self::AlterType { .. } => "alter_type",
            Self::SetDefault { .. } => "set_default",
            Self::SetNotNull { not_null: true, .. } => "set_not_null",
            Self::SetNotNull { .. } => "drop_not_null",
            Self::AddSequence { .. } => "add_sequence",
            Self::AddCheck { .. } => "add_check",
            Self::AddReference { .. } => "add_reference",
            Self::DropConstraint { .. } => "drop_constraint",
            Self::CreateIndex { .. } => "create_index",
            Self::DropIndex { .. } => "drop_index",
            Self::DropColumn { .. } => "drop_column",
            Self::DropTable { .. } => "drop_table",
        }
    }

    /// What it is made to, as `plan` shows it.
    pub fn subject(&self) -> String {
        match self {
            Self::CreateTable { table, .. } | Self::DropTable { table } => table.to_string(),
            Self::RenameTable { from, .. } => from.to_string(),
            Self::RenameColumn { table, from: column, .. }
            | Self::AddColumn { table, column: MadeColumn { name: column, .. }, .. }
            | Self::Recompute { table, column: MadeColumn { name: column, .. } }
            | Self::AlterType { table, column, .. }
            | Self::SetDefault { table, column, .. }
            | Self::SetNotNull { table, column, .. }
            | Self::AddSequence { table, column, .. }
            | Self::DropColumn { table, column } => format!("{table}.{column}"),
            Self::AddCheck { table, name, .. }
            | Self::AddReference { table, name, .. }
            | Self::DropConstraint { table, name }
            | Self::CreateIndex { table, name, .. }
            | Self::DropIndex { table, name } => format!("{name} on {table}"),
        }
    }

    /// The table, by the name that it has when the change is made; `None`: it is not there before.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::CreateTable { .. } | Self::CreateIndex { fresh: true, .. } => None,
            Self::RenameTable { from: table, .. }
            | Self::RenameColumn { table, .. }
            | Self::AddColumn { table, .. }
            | Self::Recompute { table, .. }
            | Self::AlterType { table, .. }
            | Self::SetDefault { table, .. }
            | Self::SetNotNull { table, .. }
            | Self::AddSequence { table, .. }
            | Self::AddCheck { table, .. }
            | Self::AddReference { table, .. }
            | Self::DropConstraint { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::DropColumn { table, .. }
            | Self::DropTable { table } => Some(table),
        }
    }

    /// The table by the name that documents give it.
    pub fn object_table(&self) -> Option<&TableName> {
        match self {
            Self::CreateTable { table, .. } | Self::RenameTable { to: table, .. } | Self::CreateIndex { table, .. } => {
                Some(table)
            }
            other => other.table(),
        }
    }

    /// A schema of somebody else's in which something is made.
    pub fn guest_of(&self) -> Option<&TableName> {
        match self {
            Self::CreateTable { table, guest: true, .. }
            | Self::AddColumn { table, guest: true, .. }
            | Self::AddSequence { table, guest: true, .. }
            | Self::CreateIndex { table, guest: true, .. } => Some(table),
            _ => None,
        }
    }

    pub fn hazards(&self) -> Vec<Hazard> {
        match self {
            Self::DropColumn { .. } | Self::DropTable { .. } => vec![Hazard::DestroysData(self.subject())],
            _ => vec![],
        }
    }

    /// For people: `+`, `~` or `-`, and what happens.
    pub fn describe(&self) -> (char, String) {
        match self {
            Self::CreateTable { table, columns, .. } => {
                ('+', format!("table {table}, {}", super::describe::counted(columns.len(), "column")))
            }
            Self::RenameTable { from, to, .. } => ('~', format!("table {from} is called {to}")),
            Self::RenameColumn { table, from, to } => ('~', format!("{table}.{from} is called {to}")),
            Self::AddColumn { table, column, .. } => ('+', format!("{table}.{}, {}", column.name, column.display_type)),
            Self::Recompute { table, column } => ('~', format!("{table}.{} is computed otherwise", column.name)),
            Self::AlterType { table, column, from, to } => ('~', format!("{table}.{column} from {from} to {to}")),
            Self::SetDefault { table, column, default: Some(default) } => {
                ('~', format!("{table}.{column} begins as {default}"))
            }
            Self::SetDefault { table, column, .. } => ('~', format!("{table}.{column} begins empty")),
            Self::SetNotNull { table, column, not_null: true } => ('~', format!("{table}.{column} is never empty")),
            Self::SetNotNull { table, column, .. } => ('~', format!("{table}.{column} may be empty")),
            Self::AddSequence { table, column, .. } => ('+', format!("numbers for {table}.{column}")),
            Self::AddCheck { table, words: Some((column, words)), .. } => {
                ('+', format!("{table}.{column} is one of {}", words.join(", ")))
            }
            Self::AddCheck { table, name, .. } => ('+', format!("check {name} on {table}")),
            Self::AddReference { table, reference, .. } => {
                ('+', format!("{table} ({}) leads to {}", super::change::join(&reference.columns), reference.table))
            }
            Self::DropConstraint { table, name } => ('-', format!("constraint {name} on {table}")),
            Self::CreateIndex { table, index, .. } => {
                let columns =
                    super::change::join(
                        index.columns.iter().map(|(column, down)| {
                            if *down { format!("{column} downwards") } else { column.to_string() }
                        }),
                    );
                let word = if index.unique { "unique index" } else { "index" };
                ('+', format!("{word} on {table} ({columns})"))
            }
            Self::DropIndex { table, name } => ('-', format!("index {name} on {table}")),
            Self::DropColumn { table, column } => ('-', format!("{table}.{column} and what it holds")),
            Self::DropTable { table } => ('-', format!("table {table} and its rows")),
        }
    }
}
