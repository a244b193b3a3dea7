//! Floor 2: what a database holds of roles, grants, row policies, tables.
//!
//! Desired and live are this one type: `desired` is made from `live` by replacing what portalctl
//! owns, so that comparing the two shows exactly what is to be done and nothing else.

mod function;
mod locked_out;
mod privilege;
mod relation;
mod rename;
mod role;
mod structure;
mod tenant;
mod trigger;
mod view;

pub use function::{Function, FunctionName, Language, Parallel, Volatility};
pub use privilege::{Acl, DefaultPrivilege, GrantOption, Grantee, MadeThing, Privilege, Privileges, Securable};
pub use relation::{Column, Command, Dependent, ForeignKey, OnDelete, Relation, RelationKind, RowPolicy};
pub use rename::Renames;
pub use role::{Marker, MembershipOptions, Role};
pub use structure::{Index, Make, Reference, Structure};
pub use tenant::{MemberRecord, TenantRecord};
pub use trigger::{Event, Sequence, Timing, Trigger};
pub use view::{View, ViewColumn};

use crate::names::{RoleName, SchemaName, TableName};
use std::collections::{BTreeMap, BTreeSet};

/// Facts of one database, as far as a project touches them. Every map is ordered, so that the same
/// state renders to the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct DatabaseState {
    pub server: Server,
    /// Every role of the cluster but the predefined `pg_*` that nobody is a member of.
    pub roles: BTreeMap<RoleName, Role>,
    /// Privileges `CONNECT`, `CREATE` and `TEMPORARY` on the database itself.
    pub acl: Acl,
    pub schemas: BTreeMap<SchemaName, Schema>,
    /// What roles of this project may pass on. None of them is ever given that.
    pub grant_options: BTreeSet<GrantOption>,
    /// What was set for things yet to be made, of the database's own roles.
    pub default_privileges: Vec<DefaultPrivilege>,
    /// Everything outside the system's and the control schema that has columns.
    #[serde(with = "keyed")]
    pub relations: BTreeMap<TableName, Relation>,
    /// Those that defaults of the relations draw from.
    #[serde(with = "keyed")]
    pub sequences: BTreeMap<TableName, Sequence>,
    /// All views of the control schema.
    #[serde(with = "keyed")]
    pub views: BTreeMap<TableName, View>,
    /// All functions of the control schema, and every SECURITY DEFINER function elsewhere.
    #[serde(with = "keyed")]
    pub functions: BTreeMap<FunctionName, Function>,
    /// Migrations of the control schema that were applied; 0: it does not exist.
    pub control_version: u32,
    /// Whether no two tenants of the control schema may have one key, of whatever kinds they are.
    pub one_key_one_tenant: bool,
    /// The hash of the documents that were applied last; `None`: nothing was.
    pub applied_spec: Option<String>,
    /// Tenants that documents and CSV files declare (or declared), by (kind, key).
    #[serde(with = "keyed")]
    pub tenants: BTreeMap<(String, String), TenantRecord>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Server {
    /// As `server_version_num`: 150018.
    pub version: u32,
    pub database: String,
    pub system_identifier: String,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Schema {
    pub owner: RoleName,
    /// Privileges `USAGE` and `CREATE`.
    pub acl: Acl,
    pub marker: Option<Marker>,
    /// Whether it is a control schema, and not one of managed tables.
    pub control: bool,
}

/// Maps whose keys are no strings, as lists of pairs in JSON.
mod keyed {
    use serde::{Serialize, Serializer};
    use std::collections::BTreeMap;

    pub fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map.iter())
    }
}
