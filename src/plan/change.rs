//! One difference between the live and the desired state, in the words of the field; the statements
//! that make it are [`super::sql`]'s.

use super::{Hazard, MakeChange, Phase};
use crate::diagnostic::Location;
use crate::names::{ColumnName, RoleName, SchemaName, TableName};
use crate::state::{
    Function, FunctionName, Grantee, Marker, MembershipOptions, Privilege, Role, RowPolicy, Securable, TenantRecord,
    Trigger, View,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// Sorted, each once.
    pub hazards: Vec<Hazard>,
    /// What in the documents asks for it; `None`: the project as a whole.
    pub cause: Option<Location>,
}

impl Change {
    pub fn phase(&self) -> Phase {
        self.kind.phase()
    }
}

/// Tenants by (kind, main key).
pub type TenantKey = (String, String);
/// Members by (e-mail, `portal/audience`).
pub type MemberKey = (String, String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    CreateRole {
        role: RoleName,
        attributes: Role,
    },
    /// Only attributes that differ are written.
    AlterRole {
        role: RoleName,
        from: Role,
        to: Role,
    },
    DropRole {
        role: RoleName,
    },
    GrantMembership {
        roles: BTreeSet<RoleName>,
        member: RoleName,
        options: MembershipOptions,
    },
    RevokeMembership {
        roles: BTreeSet<RoleName>,
        member: RoleName,
    },
    CreateSchema {
        schema: SchemaName,
        owner: RoleName,
        marker: Marker,
    },
    GrantSchema {
        schema: SchemaName,
        /// `None`: the administrator may grant on it.
        owner: Option<RoleName>,
        privilege: Privilege,
        roles: BTreeSet<RoleName>,
    },
    RevokeSchema {
        schema: SchemaName,
        owner: Option<RoleName>,
        privilege: Privilege,
        from: BTreeSet<Grantee>,
    },
    GrantDatabase {
        privilege: Privilege,
        roles: BTreeSet<RoleName>,
    },
    RevokeDatabase {
        privilege: Privilege,
        roles: BTreeSet<RoleName>,
    },
    /// The privilege itself stays; what was passed on goes.
    RevokeGrantOption {
        on: Securable,
        /// `None`: the administrator may.
        owner: Option<RoleName>,
        privilege: Privilege,
        roles: BTreeSet<RoleName>,
    },
    MigrateControl {
        owner: RoleName,
        version: u32,
    },
    /// Whether no two tenants may have one key, of whatever kinds they are.
    TenantKeys {
        schema: SchemaName,
        owner: RoleName,
        alone: bool,
    },
    /// A table of ours.
    Make {
        owner: RoleName,
        marker: Marker,
        change: MakeChange,
    },
    CreateFunction {
        name: FunctionName,
        function: Function,
        replaces: bool,
    },
    DropFunction {
        name: FunctionName,
        owner: RoleName,
    },
    GrantExecute {
        functions: BTreeSet<FunctionName>,
        owner: RoleName,
        roles: BTreeSet<RoleName>,
    },
    RevokeExecute {
        function: FunctionName,
        owner: RoleName,
        from: BTreeSet<Grantee>,
    },
    /// `replaces`: it is there, with the same columns.
    CreateView {
        name: TableName,
        view: View,
        replaces: bool,
    },
    DropView {
        name: TableName,
    },
    GrantView {
        view: TableName,
        owner: RoleName,
        roles: BTreeSet<RoleName>,
    },
    RevokeView {
        view: TableName,
        owner: RoleName,
        privilege: Privilege,
        from: BTreeSet<Grantee>,
    },
    CreatePolicy {
        table: TableName,
        name: String,
        policy: RowPolicy,
    },
    /// Roles and texts of `to` are written where they differ from those of `from`.
    AlterPolicy {
        table: TableName,
        name: String,
        from: RowPolicy,
        to: RowPolicy,
    },
    DropPolicy {
        table: TableName,
        name: String,
    },
    RowSecurity {
        table: TableName,
        enable: bool,
    },
    ForceRowSecurity {
        table: TableName,
        force: bool,
    },
    /// Takes the same privilege on single columns, too.
    RevokeTable {
        table: TableName,
        privilege: Privilege,
        roles: BTreeSet<RoleName>,
    },
    GrantTable {
        table: TableName,
        privilege: Privilege,
        roles: BTreeSet<RoleName>,
    },
    RevokeColumns {
        table: TableName,
        privilege: Privilege,
        columns: BTreeSet<ColumnName>,
        roles: BTreeSet<RoleName>,
    },
    GrantColumns {
        table: TableName,
        privilege: Privilege,
        columns: BTreeSet<ColumnName>,
        roles: BTreeSet<RoleName>,
    },
    CreateTrigger {
        table: TableName,
        name: String,
        trigger: Trigger,
        /// The owner of its function, where that is ours to make.
        owner: Option<RoleName>,
    },
    DropTrigger {
        table: TableName,
        name: String,
    },
    /// Lets defaults of tables draw from it.
    GrantSequence {
        sequence: TableName,
        roles: BTreeSet<RoleName>,
    },
    RevokeSequence {
        sequence: TableName,
        roles: BTreeSet<RoleName>,
    },
    /// Creates or overwrites tenants; their members travel apart.
    PutTenants {
        schema: SchemaName,
        owner: RoleName,
        tenants: BTreeMap<TenantKey, TenantRecord>,
        /// Those that exist under another name: names are unique, and two may trade theirs.
        renamed: BTreeSet<TenantKey>,
    },
    PutMembers {
        schema: SchemaName,
        owner: RoleName,
        members: BTreeMap<(TenantKey, MemberKey), BTreeMap<String, String>>,
    },
    RemoveMembers {
        schema: SchemaName,
        owner: RoleName,
        members: BTreeSet<(TenantKey, MemberKey)>,
    },
}

impl ChangeKind {
    pub fn phase(&self) -> Phase {
        match self {
            Self::CreateRole { .. } | Self::AlterRole { .. } => Phase::Roles,
            Self::GrantMembership { .. } | Self::RevokeMembership { .. } => Phase::Memberships,
            Self::CreateSchema { .. } | Self::GrantSchema { .. } => Phase::Schemas,
            Self::MigrateControl { .. } | Self::TenantKeys { .. } => Phase::ControlTables,
            Self::Make { change, .. } => change.phase(),
            Self::DropPolicy { .. } | Self::DropTrigger { .. } | Self::DropView { .. } => Phase::PoliciesGone,
            Self::DropFunction { .. } => Phase::FunctionsGone,
            Self::CreateFunction { .. } | Self::GrantExecute { .. } | Self::RevokeExecute { .. } => Phase::Functions,
            Self::RevokeTable { .. }
            | Self::RevokeColumns { .. }
            | Self::RevokeSchema { .. }
            | Self::RevokeSequence { .. }
            | Self::RevokeView { .. }
            | Self::RevokeDatabase { .. }
            | Self::RevokeGrantOption { .. } => Phase::Revokes,
            Self::CreatePolicy { .. } | Self::AlterPolicy { .. } => Phase::Policies,
            Self::CreateView { .. } => Phase::Views,
            Self::RowSecurity { .. } | Self::ForceRowSecurity { .. } => Phase::RowSecurity,
            Self::CreateTrigger { .. } => Phase::Triggers,
            Self::GrantTable { .. }
            | Self::GrantColumns { .. }
            | Self::GrantSequence { .. }
            | Self::GrantView { .. }
            | Self::GrantDatabase { .. } => Phase::Grants,
            Self::PutTenants { .. } | Self::PutMembers { .. } | Self::RemoveMembers { .. } => Phase::People,
            Self::DropRole { .. } => Phase::RolesGone,
        }
    }

    /// `kind` in `plan --format json`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateRole { .. } => "create_role",
            Self::AlterRole { .. } => "alter_role",
            Self::DropRole { .. } => "drop_role",
            Self::GrantMembership { .. } => "grant_membership",
            Self::RevokeMembership { .. } => "revoke_membership",
            Self::CreateSchema { .. } => "create_schema",
            Self::GrantSchema { .. } => "grant_schema",
            Self::RevokeSchema { .. } => "revoke_schema",
            Self::GrantDatabase { .. } => "grant_database",
            Self::RevokeDatabase { .. } => "revoke_database",
            Self::RevokeGrantOption { .. } => "revoke_grant_option",
            Self::MigrateControl { .. } => "migrate_control",
            Self::TenantKeys { alone: true, .. } => "unite_tenant_keys",
            Self::TenantKeys { alone: false, .. } => "part_tenant_keys",
            Self::Make { change, .. } => change.name(),
            Self::CreateFunction { replaces: false, .. } => "create_function",
            Self::CreateFunction { replaces: true, .. } => "replace_function",
            Self::DropFunction { .. } => "drop_function",
            Self::GrantExecute { .. } => "grant_execute",
            Self::RevokeExecute { .. } => "revoke_execute",
            Self::CreateView { replaces: false, .. } => "create_view",
            Self::CreateView { replaces: true, .. } => "replace_view",
            Self::DropView { .. } => "drop_view",
            Self::GrantView { .. } => "grant_view",
            Self::RevokeView { .. } => "revoke_view",
            Self::CreatePolicy { .. } => "create_policy",
            Self::AlterPolicy { .. } => "alter_policy",
            Self::DropPolicy { .. } => "drop_policy",
            Self::RowSecurity { enable: true, .. } => "enable_row_security",
            Self::RowSecurity { enable: false, .. } => "disable_row_security",
            Self::ForceRowSecurity { force: true, .. } => "force_row_security",
            Self::ForceRowSecurity { force: false, .. } => "unforce_row_security",
            Self::RevokeTable { .. } => "revoke_table",
            Self::GrantTable { .. } => "grant_table",
            Self::RevokeColumns { .. } => "revoke_columns",
            Self::GrantColumns { .. } => "grant_columns",
            Self::CreateTrigger { .. } => "create_trigger",
            Self::DropTrigger { .. } => "drop_trigger",
            Self::GrantSequence { .. } => "grant_sequence",
            Self::RevokeSequence { .. } => "revoke_sequence",
            Self::PutTenants { .. } => "put_tenants",
            Self::PutMembers { .. } => "put_members",
            Self::RemoveMembers { .. } => "remove_members",
        }
    }

    /// What the change is made to, as `plan` shows it.
    pub fn subject(&self) -> String {
        match self {
            Self::CreateRole { role, .. } | Self::AlterRole { role, .. } | Self::DropRole { role } => role.to_string(),
            Self::GrantMembership { member, .. } | Self::RevokeMembership { member, .. } => member.to_string(),
            Self::CreateSchema { schema, .. }
            | Self::GrantSchema { schema, .. }
            | Self::RevokeSchema { schema, .. }
            | Self::TenantKeys { schema, .. }
            | Self::PutTenants { schema, .. }
            | Self::PutMembers { schema, .. }
            | Self::RemoveMembers { schema, .. } => schema.to_string(),
            Self::GrantDatabase { privilege, .. } | Self::RevokeDatabase { privilege, .. } => privilege.to_string(),
            Self::RevokeGrantOption { on, .. } => on.to_string(),
            Self::MigrateControl { version, .. } => version.to_string(),
            Self::Make { change, .. } => change.subject(),
            Self::CreateFunction { name, .. }
            | Self::DropFunction { name, .. }
            | Self::RevokeExecute { function: name, .. } => name.to_string(),
            Self::GrantExecute { functions, .. } => join(functions),
            Self::CreatePolicy { table, name, .. }
            | Self::AlterPolicy { table, name, .. }
            | Self::DropPolicy { table, name }
            | Self::CreateTrigger { table, name, .. }
            | Self::DropTrigger { table, name } => format!("{name} on {table}"),
            Self::GrantSequence { sequence: name, .. }
            | Self::RevokeSequence { sequence: name, .. }
            | Self::CreateView { name, .. }
            | Self::DropView { name }
            | Self::GrantView { view: name, .. }
            | Self::RevokeView { view: name, .. } => name.to_string(),
            Self::RowSecurity { table, .. }
            | Self::ForceRowSecurity { table, .. }
            | Self::RevokeTable { table, .. }
            | Self::GrantTable { table, .. }
            | Self::RevokeColumns { table, .. }
            | Self::GrantColumns { table, .. } => table.to_string(),
        }
    }

    /// The business table that is concerned.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::RevokeTable { table, .. }
            | Self::GrantTable { table, .. }
            | Self::RevokeColumns { table, .. }
            | Self::GrantColumns { table, .. }
            | Self::RevokeGrantOption { on: Securable::Table(table) | Securable::Column(table, _), .. } => Some(table),
            kind => kind.locks(),
        }
    }

    /// The business table that is locked against readers while the change is made.
    pub fn locks(&self) -> Option<&TableName> {
        match self {
            Self::CreatePolicy { table, .. }
            | Self::AlterPolicy { table, .. }
            | Self::DropPolicy { table, .. }
            | Self::RowSecurity { table, .. }
            | Self::ForceRowSecurity { table, .. }
            | Self::CreateTrigger { table, .. }
            | Self::DropTrigger { table, .. } => Some(table),
            Self::Make { change, .. } => change.table(),
            _ => None,
        }
    }
}

/// Names with commas between them.
pub fn join<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}
