//! Row policies, row security, privileges on tables and columns.

use super::{grantees, roles};
use crate::names::{ColumnName, Ident, RoleName, TableName};
use crate::plan::ChangeKind;
use crate::plan::change::join;
use crate::state::{Command, Privilege, RowPolicy};
use std::collections::BTreeSet;

pub fn statements(change: &ChangeKind) -> Vec<String> {
    match change {
        ChangeKind::CreatePolicy { table, name, policy } => create_policy(table, name, policy),
        ChangeKind::AlterPolicy { table, name, from, to } => vec![alter_policy(table, name, from, to)],
        ChangeKind::DropPolicy { table, name } => vec![format!("DROP POLICY {} ON {}", Ident::new(name), table.sql())],
        ChangeKind::RowSecurity { table, enable } => {
            let verb = if *enable { "ENABLE" } else { "DISABLE" };
            vec![format!("ALTER TABLE {} {verb} ROW LEVEL SECURITY", table.sql())]
        }
        ChangeKind::ForceRowSecurity { table, force } => {
            let verb = if *force { "FORCE" } else { "NO FORCE" };
            vec![format!("ALTER TABLE {} {verb} ROW LEVEL SECURITY", table.sql())]
        }
        ChangeKind::RevokeTable { table, privilege, roles: from } => {
            vec![format!("REVOKE {privilege} ON TABLE {} FROM {}", table.sql(), roles(from))]
        }
        ChangeKind::GrantTable { table, privilege, roles: to } => {
            vec![format!("GRANT {privilege} ON TABLE {} TO {}", table.sql(), roles(to))]
        }
        ChangeKind::RevokeColumns { table, privilege, columns, roles: from } => {
            vec![format!("REVOKE {} FROM {}", on_columns(*privilege, columns, table), roles(from))]
        }
        ChangeKind::GrantColumns { table, privilege, columns, roles: to } => {
            vec![grant_columns(*privilege, columns, table, to)]
        }
        _ => vec![],
    }
}

fn grant_columns(
    privilege: Privilege,
    columns: &BTreeSet<ColumnName>,
    table: &TableName,
    to: &BTreeSet<RoleName>,
) -> String {
    format!("GRANT {} TO {}", on_columns(privilege, columns, table), roles(to))
}

fn on_columns(privilege: Privilege, columns: &BTreeSet<ColumnName>, table: &TableName) -> String {
    let columns = join(columns.iter().map(|column| Ident::new(column.as_str())));
    format!("{privilege} ({columns}) ON TABLE {}", table.sql())
}

fn create_policy(table: &TableName, name: &str, policy: &RowPolicy) -> Vec<String> {
    let kind = if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" };
    let command = match policy.command {
        Command::All => "ALL",
        Command::Select => "SELECT",
        Command::Insert => "INSERT",
        Command::Update => "UPDATE",
        Command::Delete => "DELETE",
    };
    let mut text = format!(
        "CREATE POLICY {} ON {} AS {kind} FOR {command} TO {}",
        Ident::new(name),
        table.sql(),
        grantees(&policy.roles)
    );
    text.push_str(&expressions(policy.using.as_deref(), policy.check.as_deref()));
    let mut texts = vec![text];
    if let Some(marker) = &policy.marker {
        let marker = Ident::literal(&marker.to_string());
        texts.push(format!("COMMENT ON POLICY {} ON {} IS {marker}", Ident::new(name), table.sql()));
    }
    texts
}

fn alter_policy(table: &TableName, name: &str, from: &RowPolicy, to: &RowPolicy) -> String {
    let mut text = format!("ALTER POLICY {} ON {}", Ident::new(name), table.sql());
    if from.roles != to.roles {
        text.push_str(" TO ");
        text.push_str(&grantees(&to.roles));
    }
    let differing = |from: &Option<String>, to: &Option<String>| if from == to { None } else { to.clone() };
    let (using, check) = (differing(&from.using, &to.using), differing(&from.check, &to.check));
    text.push_str(&expressions(using.as_deref(), check.as_deref()));
    text
}

fn expressions(using: Option<&str>, check: Option<&str>) -> String {
    let part = |word: &str, text: &str| format!("\n  {word} ({text})");
    let using = using.map(|text| part("USING", text)).unwrap_or_default();
    using + &check.map(|text| part("WITH CHECK", text)).unwrap_or_default()
}
