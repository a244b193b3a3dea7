//! Two states of one database that differ in what is ours.

use portalctl::names::{ColumnName, RoleName, SchemaName, TableName};
use portalctl::state::{
    Acl, Column, Command, DatabaseState, Function, FunctionName, Grantee, Language, Marker, MemberRecord,
    MembershipOptions, Parallel, Privilege, Relation, RelationKind, Role, RowPolicy, Schema, TenantRecord, View,
    ViewColumn, Volatility,
};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use std::collections::{BTreeMap, BTreeSet};

const OURS: [&str; 5] = ["p__owner", "p__lookup", "p__gateway", "p__s__a", "p__s__b"];
const THEIRS: [&str; 2] = ["app", "report"];
const TABLES: [&str; 2] = ["cases", "accounts"];
const COLUMNS: [&str; 3] = ["id", "name", "margin"];
const VIEWS: [&str; 2] = ["crm_cases__s__a", "crm_cases__s__b"];
const FUNCTIONS: [&str; 3] = ["ctx", "keys", "ctx_now"];

pub fn marker() -> Marker {
    Marker { project: "p".into(), database: "crm".to_owned() }
}

/// Live and desired: what is not ours is the same in both.
pub fn pair() -> impl Strategy<Value = (DatabaseState, DatabaseState)> {
    (theirs(), ours(), ours(), any::<bool>()).prop_map(|(theirs, live, desired, is_first)| {
        let desired = with_ours(theirs.clone(), desired);
        let mut live = if is_first { theirs } else { with_ours(theirs, live) };
        // A tenant that no document names is left alone, and a version never goes back.
        let mut desired = desired;
        for (key, tenant) in &live.tenants {
            desired.tenants.entry(key.clone()).or_insert_with(|| tenant.clone());
        }
        live.control_version = live.control_version.min(desired.control_version);
        (live, desired)
    })
}

/// What the business has, the same before and after.
fn theirs() -> impl Strategy<Value = DatabaseState> {
    let grants = prop::collection::vec((any::<Index>(), any::<Index>(), privilege()), 0..6);
    (grants, any::<bool>()).prop_map(|(grants, has_policy)| {
        let mut state = DatabaseState::default();
        state.server.database = "crm".to_owned();
        for role in THEIRS {
            state.roles.insert(RoleName::new(role), Role { login: true, inherit: true, ..Role::default() });
        }
        state.schemas.insert(SchemaName::new("crm"), schema("dba", None));
        for table in TABLES {
            state.relations.insert(TableName::new("crm", table), relation());
        }
        for (table, role, privilege) in grants {
            let relation = state.relations.get_mut(&TableName::new("crm", *table.get(&TABLES))).unwrap();
            relation.acl.grant(Grantee::Role(RoleName::new(*role.get(&THEIRS))), privilege);
        }
        if has_policy {
            let cases = state.relations.get_mut(&TableName::new("crm", "cases")).unwrap();
            let policy = RowPolicy { marker: None, ..policy(true, "true", [Grantee::Public]) };
            cases.policies.insert("of_the_business".to_owned(), policy);
        }
        state
    })
}

/// What one spec might make of it.
#[derive(Debug, Clone)]
struct Ours {
    roles: Vec<(&'static str, bool)>,
    member_of: Vec<&'static str>,
    usage: Vec<&'static str>,
    functions: Vec<(&'static str, u8, Vec<&'static str>)>,
    tables: Vec<OursOn>,
    tenants: BTreeMap<u8, (u8, BTreeSet<u8>)>,
    views: Vec<(&'static str, u8, Vec<&'static str>)>,
}

#[derive(Debug, Clone)]
struct OursOn {
    row_security: bool,
    table_wide: Vec<(&'static str, Privilege)>,
    columns: Vec<(&'static str, &'static str, Privilege)>,
    policies: Vec<(u8, bool, u8, Vec<&'static str>)>,
}

fn ours() -> impl Strategy<Value = Ours> {
    // The owner owns the control schema and is always there.
    let roles = (subsequence(OURS[1..].to_vec(), 0..=4), prop::collection::vec(any::<bool>(), 5))
        .prop_map(|(some, login)| std::iter::once(OURS[0]).chain(some).zip(login).collect::<Vec<_>>());
    let names = |all: &'static [&'static str]| subsequence(all.to_vec(), 0..=all.len());
    let functions = (names(&FUNCTIONS), prop::collection::vec((0..4_u8, names(&OURS)), 3)).prop_map(|(names, rest)| {
        names.into_iter().zip(rest).map(|(name, (kind, roles))| (name, kind, roles)).collect()
    });
    let tenants = prop::collection::btree_map(0..4_u8, (0..3_u8, prop::collection::btree_set(0..3_u8, 0..3)), 0..4);
    let views = (names(&VIEWS), prop::collection::vec((any::<u8>(), names(&OURS)), 2)).prop_map(|(names, rest)| {
        names.into_iter().zip(rest).map(|(name, (kind, roles))| (name, kind, roles)).collect()
    });
    (roles, names(&OURS), names(&OURS), functions, prop::collection::vec(ours_on(), 2), tenants, views).prop_map(
        |(roles, member_of, usage, functions, tables, tenants, views)| Ours {
            roles,
            member_of,
            usage,
            functions,
            tables,
            tenants,
            views,
        },
    )
}

fn ours_on() -> impl Strategy<Value = OursOn> {
    let role = || prop::sample::select(OURS.to_vec());
    let table_wide = prop::collection::vec((role(), privilege()), 0..3);
    let columns = prop::collection::vec((role(), prop::sample::select(COLUMNS.to_vec()), privilege()), 0..8);
    let policies = prop::collection::vec((0..3_u8, any::<bool>(), 0..5_u8, subsequence(OURS.to_vec(), 1..=3)), 0..4);
    (any::<bool>(), table_wide, columns, policies).prop_map(|(row_security, table_wide, columns, policies)| OursOn {
        row_security,
        table_wide,
        columns,
        policies,
    })
}

fn privilege() -> impl Strategy<Value = Privilege> {
    prop::sample::select(vec![Privilege::Select, Privilege::Insert, Privilege::Update])
}

fn with_ours(mut state: DatabaseState, ours: Ours) -> DatabaseState {
    let known: BTreeSet<&str> = ours.roles.iter().map(|(role, _)| *role).collect();
    let is_known = |role: &&&str| known.contains(**role);
    for (role, login) in &ours.roles {
        let role_state = Role { login: *login, marker: Some(marker()), ..Role::default() };
        state.roles.insert(RoleName::new(*role), role_state);
    }
    if let Some(gateway) = state.roles.get_mut("p__gateway") {
        let options = MembershipOptions { inherit: false, set: true, admin: false };
        let groups = ours.member_of.iter().filter(is_known).filter(|role| **role != "p__gateway");
        gateway.member_of = groups.map(|role| (RoleName::new(*role), options)).collect();
    }
    state.control_version = 1;
    let mut control = schema("p__owner", Some(marker()));
    for role in ours.usage.iter().filter(is_known) {
        control.acl.grant(Grantee::Role(RoleName::new(*role)), Privilege::Usage);
        let crm = state.schemas.get_mut("crm").unwrap();
        crm.acl.grant(Grantee::Role(RoleName::new(*role)), Privilege::Usage);
    }
    state.schemas.insert(SchemaName::new("p_portal"), control);
    for (name, kind, callers) in &ours.functions {
        let callers = callers.iter().filter(is_known).map(|role| RoleName::new(*role));
        state.functions.insert(function_name(name), function(*kind, callers, known.contains("p__lookup")));
    }
    let functions: BTreeSet<&str> = ours.functions.iter().map(|(name, ..)| *name).collect();
    for (name, kind, readers) in &ours.views {
        let readers = readers.iter().filter(is_known).map(|role| RoleName::new(*role));
        let called = functions.iter().nth(usize::from(kind % 4));
        let mut view = view(*kind, called, readers, known.contains("p__lookup"));
        let below = TableName::new("p_portal", VIEWS[0]);
        if *name == VIEWS[1] && kind & 32 != 0 && state.views.contains_key(&below) {
            view.query = format!("SELECT id, name FROM p_portal.{}", VIEWS[0]);
            view.columns.truncate(2);
            view.over = Some(below);
        }
        state.views.insert(TableName::new("p_portal", *name), view);
    }
    for (table, on) in TABLES.iter().zip(&ours.tables) {
        let relation = state.relations.get_mut(&TableName::new("crm", *table)).unwrap();
        put_on(relation, on, &known, &functions);
    }
    for (key, (title, members)) in ours.tenants {
        state.tenants.insert((String::new(), key.to_string()), tenant(key, title, &members));
    }
    state
}

fn put_on(relation: &mut Relation, on: &OursOn, known: &BTreeSet<&str>, functions: &BTreeSet<&str>) {
    relation.row_security = on.row_security;
    let grantee = |role: &str| Grantee::Role(RoleName::new(role));
    for (role, privilege) in on.table_wide.iter().filter(|(role, _)| known.contains(role)) {
        relation.acl.grant(grantee(role), *privilege);
    }
    for (role, column, privilege) in on.columns.iter().filter(|(role, ..)| known.contains(role)) {
        relation.column_acl.entry(ColumnName::new(*column)).or_default().grant(grantee(role), *privilege);
    }
    for (name, permissive, text, roles) in &on.policies {
        let roles: Vec<Grantee> =
            roles.iter().filter(|role| known.contains(**role)).map(|role| grantee(role)).collect();
        let text = match FUNCTIONS.get(usize::from(*text)).filter(|name| functions.contains(**name)) {
            Some(function) => format!("(id = ( SELECT p_portal.{function}()))"),
            None => "(id > 0)".to_owned(),
        };
        if !roles.is_empty() {
            relation.policies.insert(format!("p__{name}"), policy(*permissive, &text, roles));
        }
    }
}

fn schema(owner: &str, marker: Option<Marker>) -> Schema {
    Schema { owner: RoleName::new(owner), control: marker.is_some(), acl: Acl::default(), marker }
}

fn relation() -> Relation {
    let column = Column {
        display_type: "integer".to_owned(),
        cast_type: "pg_catalog.int4".to_owned(),
        category: 'N',
        not_null: true,
        generated: false,
        has_default: false,
        draws_from: BTreeSet::new(),
    };
    Relation {
        kind: RelationKind::Table,
        owner: RoleName::new("dba"),
        columns: COLUMNS.iter().map(|name| (ColumnName::new(*name), column.clone())).collect(),
        row_security: false,
        force_row_security: false,
        security_invoker: false,
        acl: Acl::default(),
        column_acl: BTreeMap::new(),
        policies: BTreeMap::new(),
        triggers: BTreeMap::new(),
        primary_key: vec![ColumnName::new("id")],
        foreign_keys: Vec::new(),
        dependents: BTreeSet::new(),
        indexes: Vec::new(),
        unique: Vec::new(),
        rows: 0,
        privileged_roles: THEIRS.iter().map(|role| RoleName::new(*role)).collect(),
        reads: BTreeSet::new(),
        structure: None,
    }
}

fn policy(permissive: bool, using: &str, roles: impl IntoIterator<Item = Grantee>) -> RowPolicy {
    RowPolicy {
        command: Command::Select,
        permissive,
        roles: roles.into_iter().collect(),
        using: Some(using.to_owned()),
        check: None,
        marker: Some(marker()),
    }
}

pub fn function_name(name: &str) -> FunctionName {
    FunctionName { schema: SchemaName::new("p_portal"), name: name.to_owned(), argument_types: String::new() }
}

/// Kinds differ in the body, in what is returned, in the owner.
fn function(kind: u8, callers: impl Iterator<Item = RoleName>, has_lookup: bool) -> Function {
    let owner = if kind == 3 && has_lookup { "p__lookup" } else { "p__owner" };
    let mut acl = Acl::default();
    for caller in callers.filter(|caller| caller.as_str() != owner) {
        acl.grant(Grantee::Role(caller), Privilege::Execute);
    }
    Function {
        arguments: String::new(),
        returns: if kind == 2 { "text" } else { "integer" }.to_owned(),
        language: Language::Sql,
        volatility: Volatility::Stable,
        parallel: Parallel::Restricted,
        security_definer: true,
        owner: RoleName::new(owner),
        settings: vec!["search_path=pg_catalog, pg_temp".to_owned()],
        body: if kind == 1 { "SELECT 2" } else { "SELECT 1" }.to_owned(),
        acl,
        marker: Some(marker()),
    }
}

fn view(kind: u8, called: Option<&&str>, readers: impl Iterator<Item = RoleName>, has_lookup: bool) -> View {
    let mut acl = Acl::default();
    readers.for_each(|reader| acl.grant(Grantee::Role(reader), Privilege::Select));
    let rows = called.map_or_else(|| "true".to_owned(), |called| format!("p_portal.{called}()"));
    let columns = if kind & 4 == 0 { &COLUMNS[..2] } else { &COLUMNS[..] };
    let comment = |name: &&str| (kind & 8 != 0 && *name == "name").then(|| "masked: hash".to_owned());
    let column = |name: &&str| ViewColumn {
        name: ColumnName::new(*name),
        display_type: "text".to_owned(),
        comment: comment(name),
    };
    View {
        owner: RoleName::new(if has_lookup && kind & 16 != 0 { "p__lookup" } else { "p__owner" }),
        of: BTreeSet::from([TableName::new("crm", "cases")]),
        over: None,
        columns: columns.iter().map(column).collect(),
        query: format!("SELECT {} FROM crm.cases WHERE {rows}", columns.join(", ")),
        options: BTreeSet::from(["security_barrier=true".to_owned()]),
        acl,
        column_acl: false,
        rewritten: false,
        marker: Some(marker()),
    }
}

fn tenant(key: u8, title: u8, members: &BTreeSet<u8>) -> TenantRecord {
    let members = members.iter().map(|member| {
        let keys = BTreeMap::from([("key".to_owned(), title.to_string())]);
        ((format!("{member}@example.com"), "s/a".to_owned()), MemberRecord { keys })
    });
    TenantRecord {
        paid_until: None,
        name: format!("tenant{key}"),
        title: format!("Tenant {title}"),
        keys: BTreeMap::new(),
        parent_key: None,
        tier: None,
        settings: Some(BTreeMap::from([("branding.name".to_owned(), (title / 2).to_string())])),
        members: members.collect(),
    }
}
