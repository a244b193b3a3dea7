//! Triggers, and sequences that defaults draw from.

use super::{Context, Statement, roles};
use crate::names::{Ident, RoleName, TableName};
use crate::plan::ChangeKind;
use crate::plan::change::join;
use crate::plan::control::ProjectRoles;
use crate::state::{Event, Timing, Trigger};

pub fn statements(change: &ChangeKind, context: Context<'_>) -> Vec<Statement> {
    match change {
        ChangeKind::CreateTrigger { table, name, trigger } => create(table, name, trigger, context),
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

/// Whoever makes a trigger must be allowed to call its function, which otherwise nobody is: the right is lent for
/// the one statement to an administrator who is no superuser.
fn create(table: &TableName, name: &str, trigger: &Trigger, context: Context<'_>) -> Vec<Statement> {
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
    let function = format!("{}.{}", Ident::new(trigger.function.schema.as_str()), Ident::new(&trigger.function.name));
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
    if !context.administrator.superuser {
        let owner = owner_of(trigger, context);
        let who = Ident::new(context.administrator.name.as_str());
        let right = |verb: &str, to: &str| format!("{verb} EXECUTE ON FUNCTION {function}() {to} {who}");
        statements.insert(0, Statement::by(&owner, right("GRANT", "TO")));
        statements.push(Statement::by(&owner, right("REVOKE", "FROM")));
    }
    statements
}

/// The audit is the owner's, everything that looks at rows the lookup role's.
fn owner_of(trigger: &Trigger, context: Context<'_>) -> RoleName {
    let roles = ProjectRoles::of(context.project);
    if trigger.timing == Timing::After { roles.owner } else { roles.lookup }
}
