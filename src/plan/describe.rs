//! Each change in a line for people.

use super::ChangeKind;
use super::change::join;
use crate::names::RoleName;
use crate::state::{Command, Grantee, RowPolicy};
use std::collections::BTreeSet;

/// `+`, `~` or `-`, and what happens. Names are as they are: escape before showing.
pub fn describe(kind: &ChangeKind) -> (char, String) {
    match kind {
        ChangeKind::CreateRole { role, attributes } => {
            ('+', format!("role {role}{}", if attributes.login { ", which may log in" } else { "" }))
        }
        ChangeKind::AlterRole { role, from, to } if from.settings != to.settings => {
            ('~', format!("role {role}, its settings reset"))
        }
        ChangeKind::AlterRole { role, .. } => ('~', format!("role {role}, its attributes")),
        ChangeKind::DropRole { role } => ('-', format!("role {role}")),
        ChangeKind::GrantMembership { roles, member, .. } => ('+', format!("{member} may become {}", some(roles))),
        ChangeKind::RevokeMembership { roles, member } => ('-', format!("{member} may become {}", some(roles))),
        ChangeKind::CreateSchema { schema, .. } => ('+', format!("schema {schema}")),
        ChangeKind::GrantSchema { schema, privilege, roles, .. } => {
            ('+', format!("{privilege} on schema {schema} for {}", some(roles)))
        }
        ChangeKind::RevokeSchema { schema, privilege, from, .. } => {
            ('-', format!("{privilege} on schema {schema} for {}", join(from)))
        }
        ChangeKind::GrantDatabase { privilege, roles } => {
            ('+', format!("{privilege} on the database for {}", some(roles)))
        }
        ChangeKind::RevokeDatabase { privilege, roles } => {
            ('-', format!("{privilege} on the database for {}", some(roles)))
        }
        ChangeKind::RevokeGrantOption { on, privilege, roles, .. } => {
            ('-', format!("{privilege} on {on} may be passed on by {}", some(roles)))
        }
        ChangeKind::MigrateControl { version, .. } => {
            ('+', format!("version {version} of the control schema's tables"))
        }
        ChangeKind::TenantKeys { alone: true, .. } => {
            ('+', "no two tenants have one key, of whatever kinds they are".to_owned())
        }
        ChangeKind::TenantKeys { alone: false, .. } => ('-', "tenants of two kinds may have one key".to_owned()),
        ChangeKind::Make { change, .. } => change.describe(),
        ChangeKind::PutTenants { tenants, .. } => ('+', format!("{} of documents", counted(tenants.len(), "tenant"))),
        ChangeKind::PutMembers { members, .. } => {
            ('+', format!("{} of documents", counted(members.len(), "membership")))
        }
        ChangeKind::RemoveMembers { members, .. } => {
            ('-', format!("{} that no document declares any more", counted(members.len(), "membership")))
        }
        ChangeKind::CreateFunction { .. }
        | ChangeKind::DropFunction { .. }
        | ChangeKind::GrantExecute { .. }
        | ChangeKind::RevokeExecute { .. } => of_function(kind),
        ChangeKind::CreateView { .. }
        | ChangeKind::DropView { .. }
        | ChangeKind::GrantView { .. }
        | ChangeKind::RevokeView { .. } => of_view(kind),
        ChangeKind::CreatePolicy { .. }
        | ChangeKind::AlterPolicy { .. }
        | ChangeKind::DropPolicy { .. }
        | ChangeKind::RowSecurity { .. }
        | ChangeKind::ForceRowSecurity { .. }
        | ChangeKind::RevokeTable { .. }
        | ChangeKind::GrantTable { .. }
        | ChangeKind::RevokeColumns { .. }
        | ChangeKind::GrantColumns { .. }
        | ChangeKind::CreateTrigger { .. }
        | ChangeKind::DropTrigger { .. }
        | ChangeKind::GrantSequence { .. }
        | ChangeKind::RevokeSequence { .. } => of_table(kind),
    }
}

fn of_function(kind: &ChangeKind) -> (char, String) {
    match kind {
        ChangeKind::CreateFunction { name, replaces: true, .. } => ('~', format!("function {name}")),
        ChangeKind::CreateFunction { name, .. } => ('+', format!("function {name}")),
        ChangeKind::DropFunction { name, .. } => ('-', format!("function {name}")),
        ChangeKind::GrantExecute { functions, roles, .. } => {
            ('+', format!("{} may be called by {}", counted(functions.len(), "function"), some(roles)))
        }
        ChangeKind::RevokeExecute { function, from, .. } => {
            ('-', format!("function {function} may be called by {}", join(from)))
        }
        _ => ('~', kind.subject()),
    }
}

fn of_view(kind: &ChangeKind) -> (char, String) {
    match kind {
        ChangeKind::CreateView { name, view, replaces } => {
            let sign = if *replaces { '~' } else { '+' };
            (sign, format!("view {name} of {}", join(&view.of)))
        }
        ChangeKind::DropView { name } => ('-', format!("view {name}")),
        ChangeKind::GrantView { view, roles, .. } => ('+', format!("SELECT on view {view} for {}", some(roles))),
        ChangeKind::RevokeView { view, privilege, from, .. } => {
            ('-', format!("{privilege} on view {view} for {}", join(from)))
        }
        _ => ('~', kind.subject()),
    }
}

fn of_table(kind: &ChangeKind) -> (char, String) {
    match kind {
        ChangeKind::CreatePolicy { table, name, policy } => {
            ('+', format!("{} {name} on {table} for {}", policy_kind(policy), policy_roles(policy)))
        }
        ChangeKind::AlterPolicy { table, name, from, to } => {
            let texts = from.using != to.using || from.check != to.check;
            let what = match (texts, from.roles != to.roles) {
                (true, true) => "its rows and its roles",
                (true, false) => "its rows",
                _ => "its roles",
            };
            ('~', format!("row policy {name} on {table}, {what}"))
        }
        ChangeKind::DropPolicy { table, name } => ('-', format!("row policy {name} on {table}")),
        ChangeKind::RowSecurity { table, enable: true } => ('+', format!("row security on {table}")),
        ChangeKind::RowSecurity { table, .. } => ('-', format!("row security on {table}")),
        ChangeKind::ForceRowSecurity { table, force: true } => {
            ('+', format!("row security on {table} for its owner, too"))
        }
        ChangeKind::ForceRowSecurity { table, .. } => ('-', format!("row security on {table} for its owner")),
        ChangeKind::RevokeTable { table, privilege, roles } => {
            ('-', format!("{privilege} on all of {table} for {}", some(roles)))
        }
        ChangeKind::GrantTable { table, privilege, roles } => {
            ('+', format!("{privilege} on all of {table} for {}", some(roles)))
        }
        ChangeKind::RevokeColumns { table, privilege, columns, roles } => {
            ('-', format!("{privilege} ({}) on {table} for {}", join(columns), some(roles)))
        }
        ChangeKind::GrantColumns { table, privilege, columns, roles } => {
            ('+', format!("{privilege} ({}) on {table} for {}", join(columns), some(roles)))
        }
        ChangeKind::CreateTrigger { table, name, .. } => ('+', format!("trigger {name} on {table}")),
        ChangeKind::DropTrigger { table, name } => ('-', format!("trigger {name} on {table}")),
        ChangeKind::GrantSequence { sequence, roles } => ('+', format!("new keys from {sequence} for {}", some(roles))),
        ChangeKind::RevokeSequence { sequence, roles } => {
            ('-', format!("new keys from {sequence} for {}", some(roles)))
        }
        _ => ('~', kind.subject()),
    }
}

fn policy_kind(policy: &RowPolicy) -> &'static str {
    match (policy.permissive, policy.command) {
        (true, Command::All) => "row policy",
        (true, Command::Select) => "row policy (read)",
        (true, Command::Insert) => "row policy (create)",
        (true, Command::Update) => "row policy (change)",
        (true, Command::Delete) => "row policy (delete)",
        (false, _) => "guard",
    }
}

fn policy_roles(policy: &RowPolicy) -> String {
    let roles: BTreeSet<String> = policy.roles.iter().map(Grantee::to_string).collect();
    few(roles.iter().map(String::as_str))
}

fn some(roles: &BTreeSet<RoleName>) -> String {
    few(roles.iter().map(RoleName::as_str))
}

/// A handful of names, or how many there are.
fn few<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    if count <= 4 { join(names) } else { counted(count, "role") }
}

pub fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
