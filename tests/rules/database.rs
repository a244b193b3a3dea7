//! Databases for fixtures, as short as they can be written.

use portalctl::names::{ColumnName, ProjectName, RoleName, SchemaName, TableName};
use portalctl::state::{
    Acl, Column, Command, DatabaseState, DefaultPrivilege, Dependent, ForeignKey, Function, FunctionName, Grantee,
    Language, MadeThing, Marker, MembershipOptions, OnDelete, Parallel, Privilege, Relation, RelationKind, Role,
    RowPolicy, Schema, Server, Structure, Volatility,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// As `server_version_num`.
    #[serde(default = "usual_version")]
    version: u32,
    tables: BTreeMap<String, Table>,
    #[serde(default)]
    roles: BTreeMap<String, WrittenRole>,
    /// `schema.name(types)` → who may execute it.
    #[serde(default)]
    definer_functions: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    default_privileges: Vec<Defaults>,
    /// Schemas that PUBLIC may use.
    #[serde(default)]
    open: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    maker: String,
    schema: Option<String>,
    /// `tables`, `functions`.
    of: String,
    grants: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    /// `integer not null`.
    columns: BTreeMap<String, String>,
    /// Grantee → privileges.
    #[serde(default)]
    grants: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    column_grants: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    policies: BTreeMap<String, Policy>,
    /// Column → `schema.table.column`.
    #[serde(default)]
    foreign_keys: BTreeMap<String, String>,
    #[serde(default)]
    unique: Vec<Vec<String>>,
    /// Where unwritten, one for each column.
    indexes: Option<Vec<Vec<String>>>,
    /// As the planner counts them.
    #[serde(default)]
    rows: u64,
    /// Table → `CASCADE`, `SET NULL`.
    #[serde(default)]
    dependents: BTreeMap<String, String>,
    #[serde(default)]
    row_security: bool,
    #[serde(default)]
    force: bool,
    /// A table that portalctl made.
    #[serde(default)]
    managed: bool,
    #[serde(default)]
    security_invoker: bool,
    /// Of a view.
    #[serde(default)]
    reads: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    to: Vec<String>,
    #[serde(default)]
    restrictive: bool,
    #[serde(default)]
    ours: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenRole {
    ours: bool,
    login: bool,
    superuser: bool,
    bypass_rls: bool,
    member_of: Vec<String>,
    settings: Vec<String>,
}

fn usual_version() -> u32 {
    150_018
}

/// The state that `text` describes, in the database `crm` of the project `acme`.
pub fn state(text: &str) -> DatabaseState {
    let written: Written = serde_yaml::from_str(text).unwrap();
    let mut state = DatabaseState {
        server: Server { version: written.version, database: "crm".to_owned(), system_identifier: "1".to_owned() },
        ..DatabaseState::default()
    };
    for (name, role) in &written.roles {
        let options = MembershipOptions { inherit: true, set: true, admin: false };
        let member_of = role.member_of.iter().map(|of| (RoleName::new(of), options)).collect();
        let marker = role.ours.then(marker);
        let role = Role {
            login: role.login,
            inherit: true,
            superuser: role.superuser,
            bypass_rls: role.bypass_rls,
            marker,
            member_of,
            settings: role.settings.clone(),
            ..Role::default()
        };
        state.roles.insert(RoleName::new(name), role);
    }
    for (name, table) in &written.tables {
        let name = table_name(name);
        let mut acl = Acl::default();
        if written.open.contains(&name.schema.to_string()) {
            acl.grant(Grantee::Public, Privilege::Usage);
        }
        let schema = Schema { owner: RoleName::new("crm_owner"), acl, marker: None, control: false };
        state.schemas.insert(name.schema.clone(), schema);
        state.relations.insert(name, relation(table));
    }
    state.default_privileges = written.default_privileges.iter().map(default_privilege).collect();
    for (name, callers) in &written.definer_functions {
        state.functions.insert(function_name(name), function(callers));
    }
    state
}

fn default_privilege(written: &Defaults) -> DefaultPrivilege {
    DefaultPrivilege {
        maker: RoleName::new(&written.maker),
        schema: written.schema.as_deref().map(SchemaName::new),
        of: match written.of.as_str() {
            "tables" => MadeThing::Tables,
            "functions" => MadeThing::Functions,
            other => panic!("what are `{other}`?"),
        },
        acl: acl(&written.grants),
    }
}

fn marker() -> Marker {
    Marker { project: ProjectName::new("acme"), database: "crm".to_owned() }
}

fn table_name(text: &str) -> TableName {
    let (schema, name) = text.split_once('.').unwrap();
    TableName::new(schema, name)
}

fn grantee(text: &str) -> Grantee {
    if text == "PUBLIC" { Grantee::Public } else { Grantee::Role(RoleName::new(text)) }
}

fn acl(grants: &BTreeMap<String, Vec<String>>) -> Acl {
    let mut acl = Acl::default();
    for (to, held) in grants {
        held.iter().for_each(|one| acl.grant(grantee(to), privilege(one)));
    }
    acl
}

fn privilege(text: &str) -> Privilege {
    match text {
        "SELECT" => Privilege::Select,
        "INSERT" => Privilege::Insert,
        "UPDATE" => Privilege::Update,
        "EXECUTE" => Privilege::Execute,
        "REFERENCES" => Privilege::References,
        other => panic!("write `{other}` into the test's list of privileges"),
    }
}

fn relation(table: &Table) -> Relation {
    let each = table.columns.keys().map(|name| vec![ColumnName::new(name)]);
    let held = |of: &BTreeMap<String, Vec<String>>| of.keys().cloned().collect::<Vec<_>>();
    let column_grants = table.column_grants.values().flat_map(held);
    let privileged: BTreeSet<RoleName> = held(&table.grants)
        .into_iter()
        .chain(column_grants)
        .filter(|name| name != "PUBLIC" && !name.starts_with("acme__"))
        .map(RoleName::new)
        .collect();
    Relation {
        kind: match table.kind.as_deref() {
            None => RelationKind::Table,
            Some("view") => RelationKind::View,
            Some("foreign table") => RelationKind::ForeignTable,
            Some("materialized view") => RelationKind::MaterializedView,
            Some(other) => panic!("what is a `{other}`?"),
        },
        owner: RoleName::new(table.owner.as_deref().unwrap_or("crm_owner")),
        columns: table.columns.iter().map(|(name, text)| (ColumnName::new(name), column(text))).collect(),
        row_security: table.row_security,
        force_row_security: table.force,
        security_invoker: table.security_invoker,
        acl: acl(&table.grants),
        column_acl: table.column_grants.iter().map(|(name, grants)| (ColumnName::new(name), acl(grants))).collect(),
        policies: table.policies.iter().map(|(name, policy)| (name.clone(), row_policy(policy))).collect(),
        triggers: BTreeMap::new(),
        primary_key: Vec::new(),
        foreign_keys: table.foreign_keys.iter().map(|(column, to)| foreign_key(column, to)).collect(),
        dependents: table.dependents.iter().map(|(name, rule)| dependent(name, rule)).collect(),
        unique: lists(&table.unique),
        indexes: table.indexes.as_deref().map_or_else(|| each.collect(), lists),
        rows: table.rows,
        privileged_roles: privileged,
        reads: table.reads.iter().map(|name| table_name(name)).collect(),
        structure: table.managed.then(|| Structure::empty(Some(marker()))),
    }
}

fn lists(written: &[Vec<String>]) -> Vec<Vec<ColumnName>> {
    written.iter().map(|columns| columns.iter().map(ColumnName::new).collect()).collect()
}

fn foreign_key(column: &str, to: &str) -> ForeignKey {
    let (table, key) = to.rsplit_once('.').unwrap();
    ForeignKey {
        columns: vec![ColumnName::new(column)],
        references: table_name(table),
        referenced: vec![ColumnName::new(key)],
        validated: true,
    }
}

fn dependent(table: &str, rule: &str) -> Dependent {
    let on_delete = match rule {
        "CASCADE" => OnDelete::Cascade,
        "SET NULL" => OnDelete::SetNull,
        other => panic!("what does `{other}` do?"),
    };
    Dependent { table: table_name(table), on_delete }
}

fn row_policy(policy: &Policy) -> RowPolicy {
    RowPolicy {
        command: Command::Select,
        permissive: !policy.restrictive,
        roles: policy.to.iter().map(|name| grantee(name)).collect(),
        using: Some("true".to_owned()),
        check: None,
        marker: policy.ours.then(marker),
    }
}

fn column(text: &str) -> Column {
    let (shown, not_null) = text.strip_suffix(" not null").map_or((text, false), |shown| (shown, true));
    let (base, category) = match shown.split('(').next().unwrap() {
        "integer" | "serial" => ("int4", 'N'),
        "bigint" => ("int8", 'N'),
        "numeric" => ("numeric", 'N'),
        "text" => ("text", 'S'),
        "character varying" => ("varchar", 'S'),
        "boolean" => ("bool", 'B'),
        "date" => ("date", 'D'),
        "timestamp with time zone" => ("timestamptz", 'D'),
        "timestamp without time zone" => ("timestamp", 'D'),
        "uuid" => ("uuid", 'U'),
        other => panic!("write `{other}` into the test's list of types"),
    };
    Column {
        display_type: shown.to_owned(),
        cast_type: format!("pg_catalog.{base}"),
        category,
        not_null,
        generated: false,
        has_default: shown == "serial",
        draws_from: BTreeSet::new(),
    }
}

fn function_name(text: &str) -> FunctionName {
    let (name, types) = text.strip_suffix(')').unwrap().split_once('(').unwrap();
    let name = table_name(name);
    FunctionName { schema: SchemaName::new(name.schema.as_str()), name: name.name, argument_types: types.to_owned() }
}

fn function(callers: &[String]) -> Function {
    let mut acl = Acl::default();
    callers.iter().for_each(|name| acl.grant(grantee(name), Privilege::Execute));
    Function {
        arguments: String::new(),
        returns: "integer".to_owned(),
        language: Language::Sql,
        volatility: Volatility::Stable,
        parallel: Parallel::Safe,
        security_definer: true,
        owner: RoleName::new("crm_owner"),
        settings: Vec::new(),
        body: "SELECT 1".to_owned(),
        acl,
        marker: None,
    }
}
