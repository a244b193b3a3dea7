//! Names of one's own in place of those that the row policies and their functions use.

use super::seen_with;
use crate::language::provisioned;
use crate::provisioned::run;

/// Each in the schema `{s}`: temporary, or the one in which everybody may create in older databases.
const SHADOWS: &[&str] = &[
    "create function {s}.present(acting text[]) returns boolean language sql as 'select true'",
    "create function {s}.tenant_key(acting text[], kind text, name text) returns text language sql as $$ select '1' $$",
    "create function {s}.current_setting(name text) returns text language sql as $$ select 'x' $$",
    "create function {s}.current_setting(name text, missing boolean) returns text language sql as $$ select 'x' $$",
    "create function {s}.sha256(b bytea) returns bytea language sql as 'select b'",
    "create function {s}.convert_to(t text, e text) returns bytea language sql as $$ select ''::bytea $$",
    "create function {s}.pg_backend_pid() returns int language sql as 'select 1'",
    "create function {s}.clock_timestamp() returns timestamptz language sql as $$ select '-infinity'::timestamptz $$",
    "create function {s}.jsonb_each_text(j jsonb) returns table (key text, value text) language sql as $$ select 'contact', '11' $$",
    "create function {s}.yes(a int, b int) returns boolean language sql as 'select true'",
    "create operator {s}.= (leftarg = int, rightarg = int, function = {s}.yes)",
    "create function {s}.yes(a text, b text) returns boolean language sql as 'select true'",
    "create operator {s}.= (leftarg = text, rightarg = text, function = {s}.yes)",
    "create function {s}.yes(a bytea, b bytea) returns boolean language sql as 'select true'",
    "create function {s}.has(a jsonb, b text) returns boolean language sql as 'select true'",
    "create operator {s}.? (leftarg = jsonb, rightarg = text, function = {s}.has)",
    "create operator {s}.= (leftarg = bytea, rightarg = bytea, function = {s}.yes)",
    "create function {s}.date_part(field text, at timestamptz) returns float8 language sql as 'select 0::float8'",
    "create domain {s}.text as pg_catalog.text default '1'",
    "create domain {s}.int4 as pg_catalog.int4",
    "create type {s}.jsonb as (x int)",
    "create table {s}.signing_key (kid text, inner_key bytea, outer_key bytea, created_at timestamptz, retired_at timestamptz)",
    "create table {s}.tickets as select 1 as id",
    "create table {s}.pg_proc (proname name)",
    "create table {s}.share (object text, row_key text[], tenant_kind text, tenant_key text, expires_at timestamptz)",
];

#[tokio::test]
async fn names_of_ones_own_change_nothing() {
    let portal = provisioned().await;
    let open = "grant create on schema public to public; create schema open; grant all on schema open to public";
    run(&mut portal.db.admin().await, open).await;
    for (schema, path) in [
        ("pg_temp", "pg_temp, pg_catalog"),
        ("pg_temp", "pg_temp"),
        ("public", "public, pg_catalog"),
        ("open", "open, biz"),
    ] {
        let mut gateway = portal.gateway().await;
        // Not every name can be taken everywhere: what is refused shadows nothing.
        let mut made = 0;
        for shadow in SHADOWS {
            made += usize::from(gateway.free(&shadow.replace("{s}", schema)).await.is_ok());
        }
        assert!(made > 12, "{schema}: {made}");
        let open: Vec<String> = portal
            .persona_roles()
            .iter()
            .map(|role| format!("grant all on all tables in schema {schema} to \"{role}\""))
            .collect();
        let _ = gateway.free(&open.join("; ")).await;
        run(&mut gateway.connection, &format!("set search_path to {path}")).await;
        let failures = seen_with(&portal, &mut gateway, "").await;
        assert!(failures.is_empty(), "{schema}: {failures:#?}");
        let failures = seen_with(&portal, &mut gateway, &"x".repeat(300)).await;
        assert!(failures.is_empty(), "{schema}: {failures:#?}");
    }
}
