//! The signing key, and everything else of the control schema, is out of reach for the roles that run requests.

use crate::language::provisioned;
use crate::provisioned::{Provisioned, rows, run};
use std::collections::BTreeSet;

/// What the issuer may call, and nothing else may.
const ISSUER: &[&str] = &[
    "attachment_remains",
    "attachment_removed",
    "guest_context",
    "link_preview",
    "redeem_link",
    "session",
    "session_context",
    "session_over",
    "sign_out",
    "tenant_settings",
];

async fn privileges(portal: &Provisioned, role: &str) -> Vec<String> {
    let query = format!(
        "select 'function ' || p.proname from pg_proc p where p.pronamespace = '{control}'::regnamespace
             and has_function_privilege('{role}', p.oid, 'EXECUTE') and has_schema_privilege('{role}', '{control}', 'USAGE')
         union all
         select 'table ' || c.relname from pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) as w (word)
         where c.relnamespace = '{control}'::regnamespace and c.relkind = 'r' and has_any_column_privilege('{role}', c.oid, w.word)
         union all
         select 'table ' || c.relname from pg_class c, unnest(array['DELETE', 'TRUNCATE', 'TRIGGER']) as w (word)
         where c.relnamespace = '{control}'::regnamespace and c.relkind = 'r' and has_table_privilege('{role}', c.oid, w.word)
         union all
         select 'sequence ' || c.relname from pg_class c
         where c.relnamespace = '{control}'::regnamespace and case when c.relkind = 'S' then has_sequence_privilege('{role}', c.oid, 'USAGE, SELECT, UPDATE') end
         union all select 'schema ' || n.nspname from pg_namespace n where n.nspname not in ('pg_catalog', 'information_schema')
             and n.nspname !~ '^pg_temp' and has_schema_privilege('{role}', n.oid, 'CREATE')
         union all select 'database' where has_database_privilege('{role}', current_database(), 'CREATE')",
        control = portal.control()
    );
    rows(&mut portal.db.admin().await, &query).await.unwrap()
}

#[tokio::test]
async fn nobody_who_runs_requests_holds_anything_of_the_control_schema() {
    let portal = provisioned().await;
    let roles = portal.roles();
    let issuer: Vec<String> = ISSUER.iter().map(|name| format!("function {name}")).collect();
    assert_eq!(privileges(&portal, roles.issuer.as_str()).await, issuer);
    let gateway = roles.gateway.to_string();
    for role in portal.persona_roles().into_iter().chain([gateway.as_str()]) {
        assert_eq!(privileges(&portal, role).await, [""; 0], "{role}");
    }
}

#[tokio::test]
async fn the_key_cannot_be_read_and_nothing_can_be_signed() {
    let portal = provisioned().await;
    let roles = portal.roles();
    let control = portal.control();
    let tables = rows(
        &mut portal.db.admin().await,
        &format!("select relname from pg_class where relnamespace = '{control}'::regnamespace and relkind = 'r'"),
    )
    .await
    .unwrap();
    assert!(tables.contains(&"signing_key".to_owned()));
    let mut statements: Vec<String> = tables.iter().map(|table| format!("select * from {control}.{table}")).collect();
    statements.extend(tables.iter().map(|table| format!("insert into {control}.{table} default values")));
    statements.extend(
        [
            "select {c}.mint('{}')",
            "select {c}.present(array[current_setting('role')])",
            "select {c}.administrator_context('ext/by-tenant', 'customer', '1', '{}', null, null, '1 hour')",
            "select {c}.membership_now(gen_random_uuid(), 'ext/by-tenant', 'customer', '1')",
            "select {c}.create_link('ann@one.example', 'ext/by-tenant', 'customer', '1', '1 hour')",
            "select {c}.random_secret()",
            "select {c}.places('ann@one.example')",
            "select {c}.tenants()",
            "select {c}.people_now('biz.contacts', '11')",
            "select table_to_xml('{c}.signing_key', true, false, '')",
            "select query_to_xml('select * from {c}.signing_key', true, false, '')",
            "do $$ begin execute 'select inner_key from {c}.signing_key'; end $$",
            "create or replace function {c}.present(acting text[]) returns boolean language sql as 'select true'",
            "create function {c}.mine() returns int language sql as 'select 1'",
            "create temp view v as select * from {c}.signing_key; select * from v",
            "copy {c}.signing_key to stdout",
            "set local search_path to {c}; select * from signing_key",
            "set local search_path to {c}; select mint('{}')",
            "alter function {c}.present(text[]) security invoker",
            "alter function {c}.present(text[]) reset all",
            "drop schema {c} cascade",
        ]
        .map(|statement| statement.replace("{c}", control)),
    );
    let mut issuer = portal.db.connect_as(roles.issuer.as_str()).await;
    for statement in &statements {
        let error = rows(&mut issuer, statement).await.expect_err(statement).to_string();
        assert!(is_refusal(&error), "issuer: {statement}: {error}");
    }
    let mut gateway = portal.gateway().await;
    for role in ["none", portal.role("ext/by-tenant"), portal.role("int/everything"), portal.role("open/guest")] {
        for statement in &statements {
            let error = gateway.read(role, "", statement).await.expect_err(statement).to_string();
            assert!(is_refusal(&error), "{role}: {statement}: {error}");
        }
    }
}

fn is_refusal(error: &str) -> bool {
    // A schema that may not be used hides what is in it.
    ["permission denied", "must be owner", "does not exist"].iter().any(|text| error.contains(text))
}

/// Neither in a function's text, nor in a comment, nor in a policy.
#[tokio::test]
async fn the_key_stands_nowhere_else() {
    let portal = provisioned().await;
    let mut admin = portal.db.admin().await;
    let key = format!(
        "select encode(k, f) from \"{}\".signing_key, unnest(array[inner_key, outer_key]) as k, unnest(array['hex', 'base64', 'escape']) as f",
        portal.control()
    );
    let secrets = rows(&mut admin, &key).await.unwrap();
    assert_eq!(secrets.len(), 6);
    let texts = rows(
        &mut admin,
        "select prosrc from pg_proc union all select description from pg_description union all select description from pg_shdescription
         union all select pg_get_expr(polqual, polrelid) from pg_policy union all select array_to_string(setconfig, ',') from pg_db_role_setting",
    )
    .await
    .unwrap();
    assert!(texts.len() > 1000);
    for secret in &secrets {
        assert!(secret.len() > 40 && !texts.iter().any(|text| text.contains(&secret[..40])));
    }
    let distinct: BTreeSet<&String> = secrets.iter().collect();
    assert_eq!(distinct.len(), 6);
}

/// What an administrator gave to everybody beforehand does not reach into the control schema.
#[tokio::test]
async fn default_privileges_open_nothing() {
    let db = crate::language::business().await;
    let open = "alter default privileges grant all on tables to public; alter default privileges grant all on functions to public;
        alter default privileges grant all on schemas to public; alter default privileges grant all on sequences to public;
        alter default privileges grant all on types to public; grant create on schema public to public";
    run(&mut db.admin().await, open).await;
    let portal = Provisioned::new(db, &crate::provisioned::folder("postgres/language")).await;
    let roles = portal.roles();
    for role in [roles.gateway.as_str(), portal.role("ext/by-tenant")] {
        assert_eq!(privileges(&portal, role).await, ["schema public"], "{role}");
    }
    let mut gateway = portal.gateway().await;
    for statement in
        ["select * from {c}.signing_key", "select {c}.mint('{}')", "select {c}.present(array[current_setting('role')])"]
    {
        let statement = statement.replace("{c}", portal.control());
        assert!(gateway.read(portal.role("ext/by-tenant"), "", &statement).await.is_err(), "{statement}");
    }
    let failures = super::seen_with(&portal, &mut gateway, "").await;
    assert!(failures.is_empty(), "{failures:#?}");
}
