//! Proof that the proofs can fail: each mutant takes one stone out of the wall, and something must fall.

use crate::context::{seen_with, shown_by_views, told_by_functions};
use crate::language::{business, differences, records, what_is_reached, wrong_privileges};
use crate::provisioned::{Asker, Provisioned, folder, rows, run};
use portalctl::names::{ColumnName, RoleName, TableName};
use portalctl::state::{DatabaseState, Grantee, MembershipOptions, Privilege, RowPolicy};
use portalctl_test_support::TestDatabase;
use std::collections::BTreeSet;

/// The first ways found in which `portal` is not as it should be; empty where all is well.
async fn holes(portal: &Provisioned) -> Vec<String> {
    macro_rules! first {
        ($($found:expr),+ $(,)?) => {$(
            let found: Vec<String> = $found;
            if !found.is_empty() {
                return found;
            }
        )+};
    }
    let mut gateway = portal.gateway().await;
    first!(
        catalog(portal).await,
        wrong_privileges(portal).await,
        seen_with(portal, &mut gateway, "").await,
        contexts(portal).await,
        what_is_reached(portal, &mut gateway).await,
        differences(portal, "").await,
        business_reads(portal).await,
        told_by_functions(portal, &mut gateway).await.0,
        shown_by_views(portal, &mut gateway).await.0,
        foreign_policy(portal).await,
    );
    Vec::new()
}

/// What the catalog alone tells.
async fn catalog(portal: &Provisioned) -> Vec<String> {
    let query = format!(
        "select 'not pinned: ' || proname from pg_proc where pronamespace = '{control}'::regnamespace
             and (not prosecdef or coalesce(proconfig, '{{}}') <> '{{\"search_path=pg_catalog, pg_temp\"}}')
         union all select 'PUBLIC may call ' || p.proname from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
         where p.pronamespace = '{control}'::regnamespace and a.grantee = 0
         union all select 'for everybody: ' || polname from pg_policy where 0 = any (polroles)
         union all select 'may call: ' || r.rolname || ' ' || p.proname from pg_roles r, pg_proc p
         where p.pronamespace = '{control}'::regnamespace and has_schema_privilege(r.oid, p.pronamespace, 'USAGE')
             and has_function_privilege(r.oid, p.oid, 'EXECUTE') and starts_with(r.rolname, '{project}__')
             and r.rolname not in ('{project}__owner', '{project}__lookup')
             and not (r.rolname = '{project}__issuer' and p.proname in
                 ('attachment_remains', 'attachment_removed', 'guest_context', 'link_preview', 'redeem_link', 'session',
                  'session_context', 'session_over', 'sign_out', 'tenant_settings'))
         union all select 'powerful: ' || rolname from pg_roles
         where starts_with(rolname, '{project}__') and (rolsuper or rolbypassrls or rolcreaterole or rolinherit)",
        control = portal.control(),
        project = portal.db.project()
    );
    rows(&mut portal.db.admin().await, &query).await.unwrap()
}

/// Contexts that must not hold.
async fn contexts(portal: &Provisioned) -> Vec<String> {
    let (mut gateway, mut other) = (portal.gateway().await, portal.gateway().await);
    let customer = Asker::new("ext/by-tenant").of("customer", "1");
    let token = portal.token(&customer, &gateway).await;
    let (role, tickets) = (portal.role("ext/by-tenant"), "select id from biz.tickets");
    let mut found = Vec::new();
    let mut expect_none = |what: &str, answer: Result<Vec<String>, sqlx::Error>| match answer {
        Ok(rows) if rows.is_empty() => {}
        Ok(rows) => found.push(format!("{what}: {rows:?}")),
        Err(error) => found.push(format!("{what}: {error}")),
    };
    expect_none("another backend", other.read(role, &token, tickets).await);
    expect_none("another persona", gateway.read(portal.role("ext/by-tree"), &token, tickets).await);
    let staff = portal.token(&Asker::new("int/everything"), &gateway).await;
    expect_none("staff as customer", gateway.read(role, &staff, tickets).await);
    expect_none("customer as staff", gateway.read(portal.role("int/everything"), &token, tickets).await);
    let expired = portal.token_for(&customer, Some(gateway.pid), "-1 second").await;
    expect_none("expired", gateway.read(role, &expired, tickets).await);
    let brief = portal.token_for(&customer, Some(gateway.pid), "0.3 seconds").await;
    expect_none(
        "expired since",
        gateway.read(role, &brief, &format!("do 'begin perform pg_sleep(0.4); end'; {tickets}")).await,
    );
    for at in (0..token.len()).step_by(7).chain(token.len() - 70..token.len()) {
        let byte = char::from(token.as_bytes()[at] ^ 1);
        let altered = format!("{}{byte}{}", &token[..at], &token[at + 1..]);
        expect_none(&format!("altered at {at}"), gateway.read(role, &altered, tickets).await);
    }
    let signed = &token[..token.len() - 65];
    let wider = signed.replace("\"key\": \"1\"", "\"key\": \"2\"");
    expect_none("unsigned", gateway.read(role, &format!("{wider}.{}", "0".repeat(64)), tickets).await);
    expect_none("unsigned, shadowed", shadowed(portal, &wider).await);
    let retire = format!("update \"{}\".signing_key set retired_at = now()", portal.control());
    run(&mut portal.db.admin().await, &retire).await;
    expect_none("retired key", gateway.read(role, &token, tickets).await);
    let restore = retire.replace("now()", "null");
    run(&mut portal.db.admin().await, &restore).await;
    found
}

/// A payload of one's own, where the hash function may be one's own, too.
async fn shadowed(portal: &Provisioned, payload: &str) -> Result<Vec<String>, sqlx::Error> {
    let mut admin = portal.db.admin().await;
    run(&mut admin, "create schema if not exists open; grant all on schema open to public").await;
    let mut gateway = portal.gateway().await;
    let shadow = "create function open.sha256(b bytea) returns bytea language sql as $$ select 'x'::bytea $$;
        grant execute on function open.sha256(bytea) to public; set search_path to open, pg_catalog";
    gateway.free(shadow).await?;
    let payload = payload.replace(r#""pid": "#, &format!(r#""pid": {}, "was": "#, gateway.pid));
    gateway
        .read(portal.role("ext/by-tenant"), &format!("{payload}.{}", "0".repeat(64)), "select id from biz.tickets")
        .await
}

/// Whoever had access before goes on seeing everything.
async fn business_reads(portal: &Provisioned) -> Vec<String> {
    let mut app = portal.db.connect_as(&portal.db.role("app")).await;
    let mut admin = portal.db.admin().await;
    let mut found = Vec::new();
    for table in portal.exposed().keys() {
        let query = format!("select count(*) from {table}");
        let seen = rows(&mut app, &query).await.unwrap_or_else(|error| vec![error.to_string()]);
        if seen != rows(&mut admin, &query).await.unwrap() {
            found.push(format!("the application sees {seen:?} of {table}"));
        }
    }
    found
}

/// A policy of somebody else, meant for others and written for all, opens nothing to personas and logins, not
/// even where everybody may read the tables.
async fn foreign_policy(portal: &Provisioned) -> Vec<String> {
    let tables = portal.exposed();
    let open = tables.keys().map(|table| format!("create policy open on {table} using (true)"));
    run(&mut portal.db.admin().await, &open.collect::<Vec<_>>().join("; ")).await;
    let mut found = differences(portal, "").await;
    let everybody = "grant usage on schema biz to public; grant select on all tables in schema biz to public";
    run(&mut portal.db.admin().await, everybody).await;
    for login in [&portal.roles().gateway, &portal.roles().issuer] {
        let mut connection = portal.db.connect_as(login.as_str()).await;
        for table in tables.keys() {
            let seen = rows(&mut connection, &format!("select count(*) from {table}")).await.unwrap();
            if seen != ["0"] {
                found.push(format!("`{login}` sees {seen:?} of {table}"));
            }
        }
    }
    found
}

async fn prepared() -> TestDatabase {
    let db = business().await;
    let app = db.role("app");
    let sql = format!(
        "create role {app} login; grant usage on schema biz to {app}; grant select on all tables in schema biz to {app}"
    );
    run(&mut db.admin().await, &sql).await;
    db
}

/// Applies the mutant and says what it broke.
async fn is_caught(change: impl FnOnce(&mut DatabaseState)) {
    let portal = Provisioned::changed(prepared().await, &folder("postgres/language"), change).await;
    records(&portal).await;
    assert!(!holes(&portal).await.is_empty(), "the mutant lives: nothing noticed");
}

#[tokio::test]
async fn the_wall_itself_has_no_hole() {
    let portal = Provisioned::new(prepared().await, &folder("postgres/language")).await;
    records(&portal).await;
    let holes = holes(&portal).await;
    assert!(holes.is_empty(), "{holes:#?}");
}

fn table(name: &str) -> TableName {
    TableName::new("biz", name)
}

/// Every policy of ours on `name` whose name holds `kind`.
fn policies<'a>(
    state: &'a mut DatabaseState,
    name: &str,
    kind: &'static str,
) -> impl Iterator<Item = &'a mut RowPolicy> {
    let relation = state.relations.get_mut(&table(name)).expect("the table");
    relation.policies.iter_mut().filter(move |(name, _)| name.contains(kind)).map(|(_, policy)| policy)
}

/// Replaces `from` in the text of every policy of `name`.
fn reword(state: &mut DatabaseState, name: &str, from: &str, to: &str) {
    for policy in policies(state, name, "") {
        policy.using = policy.using.as_ref().map(|text| text.replace(from, to));
    }
}

/// Replaces `from` in the body of the functions whose name begins with `name`.
pub(crate) fn rewrite(state: &mut DatabaseState, name: &str, from: &str, to: &str) {
    for (_, function) in state.functions.iter_mut().filter(|(function, _)| function.name.starts_with(name)) {
        function.body = function.body.replace(from, to);
    }
}

/// Replaces `from` in every function that verifies a context.
fn verify(state: &mut DatabaseState, from: &str, to: &str) {
    let functions = state.functions.values_mut().filter(|function| function.body.contains("'portal.context'"));
    let changed = functions.filter(|function| function.body.contains(from)).map(|function| {
        function.body = function.body.replace(from, to);
    });
    assert_eq!(changed.count(), 10, "{from}");
}

pub(crate) fn role_of(state: &DatabaseState, ending: &str) -> RoleName {
    let name = format!("{}{ending}", state.server.database);
    state.roles.keys().find(|role| role.as_str() == name).cloned().expect("the role")
}

fn let_read(state: &mut DatabaseState, ending: &str, name: &str, column: &str) {
    let role = Grantee::Role(role_of(state, ending));
    let relation = state.relations.get_mut(&table(name)).expect("the table");
    relation.column_acl.entry(ColumnName::new(column)).or_default().grant(role, Privilege::Select);
}

/// Tests, each of which has `is_caught` of where it stands catch a change; what stands in parentheses comes before it.
macro_rules! mutants {
    ($($name:ident $(($($of:expr),+))?: $change:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            is_caught($($($of,)+)? $change).await;
        }
    )+};
}
pub(crate) use mutants;

// Of the row policies.
mutants! {
    no_row_security: |state| state.relations.get_mut(&table("tickets")).unwrap().row_security = false;
    no_guard: |state| {
        let relation = state.relations.get_mut(&table("tickets")).unwrap();
        relation.policies.retain(|name, _| !name.contains("__guard_"));
    };
    guard_that_permits: |state| policies(state, "tickets", "__guard_").for_each(|policy| policy.permissive = true);
    guard_that_is_always_true: |state| policies(state, "tickets", "__guard_").for_each(|policy| policy.using = Some("true".to_owned()));
    everything_is_true: |state| {
        policies(state, "tickets", "__read_").for_each(|policy| policy.using = Some("true".to_owned()));
        policies(state, "tickets", "__guard_").for_each(|policy| policy.using = Some("true".to_owned()));
    };
    read_policy_for_everybody: |state| policies(state, "tickets", "__read_").for_each(|policy| policy.roles = BTreeSet::from([Grantee::Public]));
    guard_for_everybody: |state| policies(state, "parts", "__guard_").for_each(|policy| policy.roles = BTreeSet::from([Grantee::Public]));
    pass_through_for_everybody: |state| policies(state, "tickets", "__pass_through").for_each(|policy| policy.roles = BTreeSet::from([Grantee::Public]));
    no_pass_through: |state| {
        state.relations.get_mut(&table("tickets")).unwrap().policies.retain(|name, _| !name.ends_with("__pass_through"));
    };
    no_policy_for_the_logins: |state| {
        state.relations.get_mut(&table("tickets")).unwrap().policies.retain(|name, _| !name.ends_with("__logins"));
    };
    tenant_in_place_of_own: |state| reword(state, "tickets", "\"contact_id\" =", "\"account_id\" =");
    contact_key_in_place_of_tenant_key: |state| {
        reword(state, "tickets", "\"tenant_key\"(", "\"user_key\"(");
        reword(state, "tickets", ", 'customer', 'key')", ", 'contact')");
    };
    no_tenant_kind: |state| reword(state, "tickets", ", 'customer', 'key')", ", '', 'key')");
    no_restriction: |state| reword(state, "claims", "\"n\" < '2147483647'::pg_catalog.int4", "true");
    unknown_does_not_deny: |state| reword(state, "claims", "NOT (\"flag\" = true)", "(\"flag\" = true) IS NOT TRUE");
    no_deny: |state| reword(state, "claims", "NOT (\"flag\" = true)", "true");
    no_condition: |state| reword(state, "notes", "\"public\" = true", "true");
    any_of_becomes_all_of: |state| reword(state, "claims", ") OR (", ") AND (");
    all_of_becomes_any_of: |state| reword(state, "claims", "(\"n\" < '6'::pg_catalog.int4) AND", "(\"n\" < '6'::pg_catalog.int4) OR");
    until_is_included: |state| reword(state, "offers", "\"day_until\" >", "\"day_until\" >=");
    from_is_excluded: |state| reword(state, "offers", "\"zoned_from\" <=", "\"zoned_from\" <");
    utc_in_place_of_the_projects_zone: |state| reword(state, "offers", "America/New_York", "UTC");
    tier_is_not_asked: |state| reword(state, "articles", "IN ('silver', 'gold')", "IN ('basic', 'silver', 'gold')");
    tiers_the_other_way_round: |state| reword(state, "articles", ") <= array_position(", ") >= array_position(");
    first_key_column_only: |state| reword(state, "packages", "(\"depot\", \"no\") IN (SELECT x.k1::pg_catalog.bpchar, x.k2::pg_catalog.int2", "\"depot\" IN (SELECT x.k1::pg_catalog.bpchar");
}

// Of the functions that say who is asking.
mutants! {
    no_signature: |state| verify(state, "= sha256(k.outer_key || convert_to(right(token, 64), 'UTF8'))", "IS NOT NULL");
    separator_is_not_signed: |state| {
        verify(state, "left(token, -64)", "left(token, -65)");
        rewrite(state, "mint", "convert_to(signed, 'UTF8')", "convert_to(left(signed, -1), 'UTF8')");
    };
    no_expiry: |state| verify(state, "(context ->> 'exp')::float8 > date_part('epoch', clock_timestamp())", "true");
    expiry_by_the_transactions_clock: |state| verify(state, "clock_timestamp()", "transaction_timestamp()");
    any_backend: |state| verify(state, "coalesce((context ->> 'pid')::integer = pg_backend_pid(), true)", "true");
    any_persona: |state| verify(state, "context -> 'roles' ? current_setting('role')", "true");
    whoever_acts: |state| verify(state, "current_setting('role') = ANY (acting)", "true");
    whoever_made_the_view: |state| {
        let (role, wide) = (role_of(state, "__ext__by-tenant"), role_of(state, "__int__everything"));
        reword(state, "tickets", &format!("\"{wide}\""), &format!("\"{wide}\",\"{role}\""));
    };
    current_user_in_place_of_the_role: |state| verify(state, "current_setting('role')", "current_user");
    retired_keys_sign: |state| verify(state, " AND k.retired_at IS NULL", "");
    any_kind_of_tenant: |state| rewrite(state, "tenant_key", "context ->> 'tenant_kind' = kind", "true");
    everybody_is_present: |state| rewrite(state, "present", "RETURN NULL", "RETURN true");
    search_path_of_the_session: |state| {
        state.functions.values_mut().filter(|function| function.marker.is_some()).for_each(|function| function.settings.clear());
    };
    tenant_key_as_its_caller: |state| state.functions.iter_mut().filter(|(name, _)| name.name == "tenant_key").for_each(|(_, function)| function.security_definer = false);
    the_issuer_signs_what_it_likes: |state| {
        let issuer = Grantee::Role(role_of(state, "__issuer"));
        let mint = state.functions.iter_mut().find(|(name, _)| name.name == "mint").unwrap();
        mint.1.acl.grant(issuer, Privilege::Execute);
    };
}

// Of the lookups.
mutants! {
    reports_of_everybody: |state| rewrite(state, "reports_keys", "WHERE \"code\" = (", "WHERE true OR \"code\" = (");
    direct_reports_only: |state| rewrite(state, "reports_keys", "JOIN team ON t.up = team.id", "JOIN team ON t.up = team.id AND false");
    everything_is_shared: |state| rewrite(state, "shared_document", "(s.user_key_name, s.user_key) IN", "true OR (s.user_key_name, s.user_key) IN");
    shares_never_end: |state| rewrite(state, "shared_document", "s.expires_at >", "s.created_at IS NOT NULL OR s.expires_at >");
    share_of_another_kind: |state| rewrite(state, "shared_document", "s.tenant_kind = (", "s.tenant_kind <> '' OR s.tenant_kind = (");
    inactive_tenants_below: |state| rewrite(state, "tenant_tree_keys", "\"active\" = true", "true");
    children_of_everybody: |state| rewrite(state, "tenant_part", "WHERE ", "WHERE true OR ");
    assigned_to_anybody: |state| rewrite(state, "assigned_site", "WHERE \"contact_id\" =", "WHERE true OR \"contact_id\" =");
    assets_of_everybody: |state| rewrite(state, "has_asset", "WHERE ", "WHERE true OR ");
    lookups_for_whoever_acts: |state| {
        let lookups = state.functions.values_mut().filter(|function| function.arguments == "acting text[]");
        // Each lookup names its roles, too, so that both stones have to go before something falls in this project.
        lookups.for_each(|function| {
            let body = function.body.replace("($1", "(ARRAY[current_setting('role')]");
            function.body = body.replacen("current_setting('role') = ANY", "true OR current_setting('role') = ANY", 1);
        });
    };
    lookups_for_whom_nobody_asks: |state| {
        let lookups = state.functions.values_mut().filter(|function| function.arguments == "acting text[]");
        lookups.for_each(|function| function.body = function.body.replacen("current_setting('role') = ANY", "true OR current_setting('role') = ANY", 1));
    };
    lookup_of_anybody: |state| {
        let role = Grantee::Role(role_of(state, "__issuer"));
        state.functions.iter_mut().find(|(name, _)| name.name.starts_with("reports_keys")).unwrap().1.acl.grant(role, Privilege::Execute);
    };
}

// Of roles and grants.
mutants! {
    one_column_more: |state| let_read(state, "__ext__by-tenant", "tickets", "secret");
    one_table_more: |state| let_read(state, "__ext__by-owner", "claims", "id");
    columns_of_the_gateway: |state| let_read(state, "__gateway", "tickets", "id");
    the_whole_table: |state| {
        let role = Grantee::Role(role_of(state, "__ext__by-tenant"));
        state.relations.get_mut(&table("tickets")).unwrap().acl.grant(role, Privilege::Select);
    };
    writes_as_well: |state| {
        let role = Grantee::Role(role_of(state, "__ext__by-tenant"));
        state.relations.get_mut(&table("tickets")).unwrap().acl.grant(role, Privilege::Delete);
    };
    persona_beyond_row_security: |state| {
        let role = role_of(state, "__ext__by-tenant");
        state.roles.get_mut(&role).unwrap().bypass_rls = true;
    };
    gateway_that_inherits: |state| {
        let role = role_of(state, "__gateway");
        state.roles.get_mut(&role).unwrap().inherit = true;
    };
    persona_in_the_operator: |state| {
        let (role, operator) = (role_of(state, "__ext__by-tenant"), role_of(state, "__operator"));
        let become_it = MembershipOptions { inherit: false, set: true, admin: false };
        state.roles.get_mut(&role).unwrap().member_of.insert(operator, become_it);
    };
    control_schema_for_everybody: |state| {
        let schema = state.schemas.iter_mut().find(|(name, _)| name.as_str().ends_with("_portal")).unwrap();
        let personas: Vec<RoleName> = state.roles.keys().filter(|role| role.as_str().starts_with(&format!("{}__ext__", state.server.database))).cloned().collect();
        personas.into_iter().for_each(|role| schema.1.acl.grant(Grantee::Role(role), Privilege::Usage));
    };
}
