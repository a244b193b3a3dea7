//! Triggers, and sequences that defaults draw from.

use super::{Context, Statement, roles};
use crate::names::{Ident, RoleName, TableName};
use crate::plan::ChangeKind;
use crate::plan::change::join;
use crate::state::{Event, FunctionName, Timing, Trigger};

pub fn statements(change: &ChangeKind, context: Context<'_>) -> Vec<Statement> {
    match change {
        ChangeKind::CreateTrigger { table, name, trigger, owner } => {
            let mut statements = create(table, name, trigger);
            if let Some(owner) = owner.as_ref().filter(|_| !context.administrator.superuser) {
                lend(&mut statements, &trigger.function, owner, context.administrator.name.as_str());
            }
            statements
        }
        ChangeKind::DropTrigger { table, name } => {
            vec![Statement::plain(format!("DROP TRIGGER {} ON {}", Ident::new(name), table.sql()))]
        }
        ChangeKind::GrantSequence { sequence, roles: to } => {
            vec![Statement::plain(format!("GRANT USAGE ON SEQUENCE {} TO {}", sequence.sql(), roles(to)))]
        }
        ChangeKind::RevokeSequence { sequence, roles: from } => {
            vec![Statement::plain(format!("REVOKE USAGE ON SEQUENCE {} FROM {}", sequence.sql(), roles(from)))]
        }
        _ => vec![],
    }
}

fn create(table: &TableName, name: &str, trigger: &Trigger) -> Vec<Statement> {
    let timing = match trigger.timing {
        Timing::Before => "BEFORE",
        Timing::After => "AFTER",
        Timing::InsteadOf => "INSTEAD OF",
    };
    let events: Vec<&str> = trigger
        .events
        .iter()
        .map(|event| match event {
            Event::Insert => "INSERT",
            Event::Update => "UPDATE",
            Event::Delete => "DELETE",
            Event::Truncate => "TRUNCATE",
        })
        .collect();
    let each = if trigger.row { "ROW" } else { "STATEMENT" };
    let when = trigger.condition.as_ref().map(|text| format!("\n  WHEN ({text})")).unwrap_or_default();
    let function = called(&trigger.function);
    let arguments = join(trigger.arguments.iter().map(|argument| Ident::literal(argument)));
    let mut statements = vec![Statement::plain(format!(
        "CREATE TRIGGER {} {timing} {} ON {} FOR EACH {each}{when}\n  EXECUTE FUNCTION {function}({arguments})",
        Ident::new(name),
        events.join(" OR "),
        table.sql()
    ))];
    if let Some(marker) = &trigger.marker {
        let marker = Ident::literal(&marker.to_string());
        statements.push(Statement::plain(format!(
            "COMMENT ON TRIGGER {} ON {} IS {marker}",
            Ident::new(name),
            table.sql()
        )));
    }
    statements
}

/// Whoever makes a trigger must be allowed to call its function, which otherwise nobody is: the right is lent for
/// the one statement to an administrator who is no superuser.
fn lend(statements: &mut Vec<Statement>, function: &FunctionName, owner: &RoleName, administrator: &str) {
    let (function, who) = (called(function), Ident::new(administrator));
    statements.insert(0, Statement::by(owner, format!("GRANT EXECUTE ON FUNCTION {function}() TO {who}")));
    statements.push(Statement::by(owner, format!("REVOKE EXECUTE ON FUNCTION {function}() FROM {who}")));
}

fn called(function: &FunctionName) -> String {
    format!("{}.{}", Ident::new(function.schema.as_str()), Ident::new(&function.name))
}
