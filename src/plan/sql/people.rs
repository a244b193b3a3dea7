//! Tenants and members of documents, as rows of the control schema. However many they are, they
//! travel as one value.

use super::Statement;
use crate::names::Ident;
use crate::plan::ChangeKind;
use crate::plan::change::{MemberKey, TenantKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn statements(change: &ChangeKind) -> Vec<Statement> {
    let (owner, texts) = match change {
        ChangeKind::PutTenants { schema, owner, tenants, renamed } => {
            let schema = Ident::new(schema.as_str());
            let rows = tenants.iter().map(|((kind, key), tenant)| {
                json!({"kind": kind, "key": key, "name": tenant.name, "title": tenant.title, "keys": tenant.keys,
                    "parent_key": tenant.parent_key, "tier": tenant.tier, "paid_until": tenant.paid_until,
                    "settings": tenant.settings})
            });
            let mut texts = Vec::new();
            if !renamed.is_empty() {
                texts.push(step_aside(&schema, renamed));
            }
            texts.push(put_tenants(&schema, rows));
            (owner, texts)
        }
        ChangeKind::PutMembers { schema, owner, members } => {
            let rows = members.iter().map(|(member, keys)| member_row(member, Some(keys)));
            (owner, put_members(&Ident::new(schema.as_str()), rows))
        }
        ChangeKind::RemoveMembers { schema, owner, members } => {
            let rows = members.iter().map(|member| member_row(member, None));
            (owner, vec![remove_members(&Ident::new(schema.as_str()), rows)])
        }
        _ => return vec![],
    };
    texts.into_iter().map(|text| Statement::by(owner, text)).collect()
}

fn literal(rows: impl Iterator<Item = Value>) -> String {
    Ident::literal(&Value::Array(rows.collect()).to_string())
}

fn put_tenants(schema: &Ident<'_>, rows: impl Iterator<Item = Value>) -> String {
    format!(
        "INSERT INTO {schema}.tenant (tenant_kind, key, name, title, keys, parent_key, tier, paid_until, settings, origin)
SELECT r.kind, r.key, r.name, r.title, r.keys, r.parent_key, r.tier, r.paid_until,
    coalesce(nullif(r.settings, 'null'), (SELECT t.settings FROM {schema}.tenant AS t WHERE t.tenant_kind = r.kind AND t.key = r.key), '{{}}'),
    'spec'
FROM jsonb_to_recordset({}) AS r (kind text, key text, name text, title text, keys jsonb, parent_key text, tier text, paid_until date, settings jsonb)
ON CONFLICT (tenant_kind, key) DO UPDATE SET name = excluded.name, title = excluded.title, keys = excluded.keys,
    parent_key = excluded.parent_key, tier = excluded.tier, paid_until = excluded.paid_until, settings = excluded.settings, origin = 'spec'",
        literal(rows)
    )
}

fn tenant_rows<'a>(tenants: impl IntoIterator<Item = &'a TenantKey>) -> String {
    literal(tenants.into_iter().map(|(kind, key)| json!({"kind": kind, "key": key})))
}

fn step_aside<'a>(schema: &Ident<'_>, tenants: impl IntoIterator<Item = &'a TenantKey>) -> String {
    format!(
        "UPDATE {schema}.tenant AS t SET name = t.name || '-' || left(t.id::text, 8)
FROM jsonb_to_recordset({}) AS r (kind text, key text) WHERE t.tenant_kind = r.kind AND t.key = r.key",
        tenant_rows(tenants)
    )
}

fn member_row((tenant, (email, persona)): &(TenantKey, MemberKey), keys: Option<&BTreeMap<String, String>>) -> Value {
    let (portal, audience) = persona.split_once('/').unwrap_or((persona, ""));
    json!({"kind": tenant.0, "key": tenant.1, "email": email, "portal": portal, "audience": audience, "keys": keys})
}

const MEMBER: &str = "r (kind text, key text, email text, portal text, audience text, keys jsonb)";

fn put_members(schema: &Ident<'_>, rows: impl Iterator<Item = Value>) -> Vec<String> {
    let rows = literal(rows);
    vec![
        format!(
            "INSERT INTO {schema}.app_user (source_key, email)
SELECT DISTINCT r.email, r.email FROM jsonb_to_recordset({rows}) AS {MEMBER}
ON CONFLICT (source, source_key) DO NOTHING"
        ),
        format!(
            "INSERT INTO {schema}.membership (user_id, portal, audience, tenant_kind, tenant_key, keys, origin)
SELECT u.id, r.portal, r.audience, r.kind, r.key, r.keys, 'spec'
FROM jsonb_to_recordset({rows}) AS {MEMBER} JOIN {schema}.app_user AS u ON u.source = '' AND u.source_key = r.email
ON CONFLICT (user_id, portal, audience, tenant_kind, tenant_key) DO UPDATE SET keys = excluded.keys, origin = 'spec'"
        ),
    ]
}

/// With the sessions and links that are open there: who is let in again begins anew.
fn remove_members(schema: &Ident<'_>, rows: impl Iterator<Item = Value>) -> String {
    format!(
        "WITH gone AS (DELETE FROM {schema}.membership AS m
USING jsonb_to_recordset({}) AS {MEMBER}, {schema}.app_user AS u
WHERE u.source = '' AND u.source_key = r.email AND m.user_id = u.id AND m.portal = r.portal AND m.audience = r.audience
    AND m.tenant_kind = r.kind AND m.tenant_key = r.key AND m.origin = 'spec'
RETURNING m.user_id, m.portal, m.audience, m.tenant_kind, m.tenant_key), links AS (
DELETE FROM {schema}.sign_in_link AS l USING gone AS g
WHERE (l.user_id, l.portal, l.audience, l.tenant_kind, l.tenant_key) = (g.user_id, g.portal, g.audience, g.tenant_kind, g.tenant_key))
UPDATE {schema}.session AS s SET expires_at = least(s.expires_at, clock_timestamp()) FROM gone AS g
WHERE (s.user_id, s.portal, s.audience, s.tenant_kind, s.tenant_key) = (g.user_id, g.portal, g.audience, g.tenant_kind, g.tenant_key)",
        literal(rows)
    )
}
