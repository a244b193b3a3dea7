//! The only room that writes DDL: changes become statements here.

mod control;
mod database;
mod makes;
mod people;
mod preflight;
mod roles;
mod tables;
mod triggers;
mod views;

pub use control::{dollar_quoted, trial};
pub use preflight::{Added, Preflight, preflight};

use super::control::ProjectRoles;
use super::{Administrator, Change, ChangeKind, KEPT_STATES, Phase, applied};
use crate::model::{AccessModel, Project};
use crate::names::{Ident, RoleName};
use crate::state::Grantee;
use std::collections::{BTreeMap, BTreeSet};

/// What every script begins with: names mean what the catalog says, and functions are checked.
pub const SETTINGS: &str = "SET LOCAL search_path = pg_catalog, pg_temp;\nSET LOCAL check_function_bodies = on;\n\
    SET LOCAL client_min_messages = warning;\n";

/// What statements depend on besides their change.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub project: &'a Project,
    pub administrator: &'a Administrator,
    /// As `server_version_num`.
    pub server_version: u32,
    pub database: &'a str,
}

impl Context<'_> {
    /// Memberships have options of their own from PostgreSQL 16.
    fn has_membership_options(&self) -> bool {
        self.server_version >= 160_000
    }
}

/// One statement, or several that belong together, without the last semicolon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What is in the control schema is made by its owner, so that an administrator who is no
    /// superuser can apply.
    pub role: Option<RoleName>,
    pub text: String,
}

impl Statement {
    fn plain(text: String) -> Self {
        Self { role: None, text }
    }
    fn by(role: &RoleName, text: String) -> Self {
        Self { role: Some(role.clone()), text }
    }
}

/// The statements of one change.
pub fn statements(change: &ChangeKind, context: Context<'_>) -> Vec<Statement> {
    match change {
        ChangeKind::CreateRole { .. }
        | ChangeKind::AlterRole { .. }
        | ChangeKind::DropRole { .. }
        | ChangeKind::GrantMembership { .. }
        | ChangeKind::RevokeMembership { .. } => roles::statements(change, context),
        ChangeKind::GrantDatabase { .. } | ChangeKind::RevokeDatabase { .. } | ChangeKind::RevokeGrantOption { .. } => {
            database::statements(change, context)
        }
        ChangeKind::CreateSchema { .. }
        | ChangeKind::GrantSchema { .. }
        | ChangeKind::RevokeSchema { .. }
        | ChangeKind::MigrateControl { .. }
        | ChangeKind::TenantKeys { .. }
        | ChangeKind::CreateFunction { .. }
        | ChangeKind::DropFunction { .. }
        | ChangeKind::GrantExecute { .. }
        | ChangeKind::RevokeExecute { .. } => control::statements(change, context.project),
        ChangeKind::Make { owner, marker, change } => makes::statements(change, owner, marker, context.project),
        ChangeKind::CreatePolicy { .. }
        | ChangeKind::AlterPolicy { .. }
        | ChangeKind::DropPolicy { .. }
        | ChangeKind::RowSecurity { .. }
        | ChangeKind::ForceRowSecurity { .. }
        | ChangeKind::RevokeTable { .. }
        | ChangeKind::GrantTable { .. }
        | ChangeKind::RevokeColumns { .. }
        | ChangeKind::GrantColumns { .. } => tables::statements(change).into_iter().map(Statement::plain).collect(),
        ChangeKind::CreateTrigger { .. }
        | ChangeKind::DropTrigger { .. }
        | ChangeKind::GrantSequence { .. }
        | ChangeKind::RevokeSequence { .. } => triggers::statements(change, context),
        ChangeKind::CreateView { .. }
        | ChangeKind::DropView { .. }
        | ChangeKind::GrantView { .. }
        | ChangeKind::RevokeView { .. } => views::statements(change, context.project),
        ChangeKind::PutTenants { .. } | ChangeKind::PutMembers { .. } | ChangeKind::RemoveMembers { .. } => {
            people::statements(change)
        }
    }
}

/// Everything that `apply` runs, phase by phase; phases without work are left out.
pub fn phases(changes: &[Change], context: Context<'_>) -> Vec<(Phase, Vec<Statement>)> {
    let mut phases: BTreeMap<Phase, Vec<Statement>> = BTreeMap::new();
    for change in changes {
        phases.entry(change.phase()).or_default().extend(statements(&change.kind, context));
    }
    for phase in [Phase::Functions, Phase::Views] {
        if let Some(made) = phases.get_mut(&phase) {
            *made = control::with_room(std::mem::take(made), phase, changes, context.project);
        }
    }
    if let Some(made) = phases.get_mut(&Phase::Tables) {
        *made = makes::with_room(std::mem::take(made), changes, &ProjectRoles::of(context.project).owner);
    }
    let becoming = becoming(&phases, context);
    if !becoming.is_empty() {
        phases.entry(Phase::Roles).or_default().extend(becoming);
    }
    phases.into_iter().collect()
}

/// An administrator who is no superuser must be a member of the roles it acts as, and have the
/// control schema's USAGE to write row policies that call its functions.
fn becoming(phases: &BTreeMap<Phase, Vec<Statement>>, context: Context<'_>) -> Vec<Statement> {
    let administrator = context.administrator;
    if administrator.superuser || phases.is_empty() {
        return Vec::new();
    }
    let owner = ProjectRoles::of(context.project).owner;
    let mut needed: BTreeSet<&RoleName> =
        phases.values().flatten().filter_map(|statement| statement.role.as_ref()).collect();
    needed.insert(&owner);
    needed
        .into_iter()
        .filter(|role| {
            let inherits = **role != owner || administrator.inherits.contains(*role);
            !(administrator.may_become.contains(*role) && inherits)
        })
        .map(|role| {
            let options = match (context.has_membership_options(), *role == owner) {
                (true, true) => " WITH INHERIT TRUE, SET TRUE",
                (true, false) => " WITH INHERIT FALSE, SET TRUE",
                (false, _) => "",
            };
            Statement::plain(format!("GRANT {} TO CURRENT_USER{options}", Ident::new(role.as_str())))
        })
        .collect()
}

/// One receipt in the control schema.
pub fn receipt(project: &Project, spec_hash: &str, live_hash: &str, changes: usize) -> Statement {
    let owner = ProjectRoles::of(project).owner;
    let schema = Ident::new(project.control_schema.as_str());
    let (spec, live) = (Ident::literal(spec_hash), Ident::literal(live_hash));
    Statement::by(
        &owner,
        format!("INSERT INTO {schema}.receipt (spec_hash, live_hash, changes) VALUES ({spec}, {live}, {changes})"),
    )
}

/// The documents that are applied, kept in the control schema; the oldest go.
pub fn applied_state(model: &AccessModel, commit: Option<&str>) -> Vec<Statement> {
    let owner = ProjectRoles::of(&model.project).owner;
    let schema = Ident::new(model.project.control_schema.as_str());
    let optional = |text: Option<&str>| text.map_or_else(|| "NULL".to_owned(), Ident::literal);
    let documents = serde_json::json!(applied::documents(model)).to_string();
    let insert = format!(
        "INSERT INTO {schema}.applied_state (receipt, portalctl, spec_hash, environment, git_commit, documents) \
         VALUES ((SELECT max(id) FROM {schema}.receipt), {}, {}, {}, {}, {})",
        Ident::literal(applied::TOOL),
        Ident::literal(&model.spec_hash),
        optional(model.environment.as_deref()),
        optional(commit),
        Ident::literal(&documents)
    );
    let forget = format!(
        "DELETE FROM {schema}.applied_state WHERE id <= (SELECT id FROM {schema}.applied_state ORDER BY id DESC \
         LIMIT 1 OFFSET {KEPT_STATES})"
    );
    vec![Statement::by(&owner, insert), Statement::by(&owner, forget)]
}

/// Statements one by one, with the changes of role between them.
pub fn texts(statements: &[Statement]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut role: Option<&RoleName> = None;
    for statement in statements {
        if statement.role.as_ref() != role {
            texts.push(switch(statement.role.as_ref()));
            role = statement.role.as_ref();
        }
        texts.push(statement.text.trim_end().trim_end_matches(';').to_owned());
    }
    if role.is_some() {
        texts.push(switch(None));
    }
    texts
}

/// Statements as one script, each by its role; ends as the administrator.
pub fn script(statements: &[Statement]) -> String {
    texts(statements).into_iter().map(|text| text + ";\n").collect()
}

fn switch(role: Option<&RoleName>) -> String {
    role.map_or_else(|| "RESET ROLE".to_owned(), |role| format!("SET LOCAL ROLE {}", Ident::new(role.as_str())))
}

/// The roles of a list, quoted, with commas.
fn roles<'a>(roles: impl IntoIterator<Item = &'a RoleName>) -> String {
    super::change::join(roles.into_iter().map(|role| Ident::new(role.as_str())))
}

fn grantees(grantees: &BTreeSet<Grantee>) -> String {
    super::change::join(grantees.iter().map(|grantee| match grantee {
        Grantee::Public => "PUBLIC".to_owned(),
        Grantee::Role(role) => Ident::new(role.as_str()).to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_has_one_end_for_each_statement() {
        let owner = RoleName::new("acme__owner");
        let statements = [
            Statement::plain("SELECT 1".to_owned()),
            Statement::by(&owner, "SELECT 2;\n".to_owned()),
            Statement::by(&owner, "SELECT 3".to_owned()),
        ];
        assert_eq!(
            script(&statements),
            "SELECT 1;\nSET LOCAL ROLE \"acme__owner\";\nSELECT 2;\nSELECT 3;\nRESET ROLE;\n"
        );
    }
}
