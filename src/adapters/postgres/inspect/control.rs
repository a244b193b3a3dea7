//! What the control schema itself keeps: its version, and the tenants and members of documents.

use super::{PgError, parse};
use crate::names::{Ident, SchemaName};
use crate::plan::control::TENANT_KEYS;
use crate::state::{MemberRecord, TenantRecord};
use serde::Deserialize;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Control {
    pub version: u32,
    pub one_key_one_tenant: bool,
    pub applied_spec: Option<String>,
    pub tenants: BTreeMap<(String, String), TenantRecord>,
}

#[derive(Deserialize)]
struct Answer {
    version: Option<u32>,
    one_key: bool,
    applied_spec: Option<String>,
    tenants: Vec<Tenant>,
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Tenant {
    kind: String,
    key: String,
    name: String,
    title: String,
    keys: BTreeMap<String, String>,
    parent_key: Option<String>,
    tier: Option<String>,
    settings: BTreeMap<String, String>,
    paid_until: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    kind: String,
    key: String,
    email: String,
    persona: String,
    keys: BTreeMap<String, String>,
}

/// Reads a control schema of ours that holds the tables named.
pub async fn read(connection: &mut PgConnection, schema: &SchemaName, tables: &[String]) -> Result<Control, PgError> {
    let has = |name: &str| tables.iter().any(|table| table == name);
    if !has("meta") {
        return Ok(Control::default());
    }
    let schema = Ident::new(schema.as_str());
    let people = if ["tenant", "app_user", "membership"].iter().all(|name| has(name)) {
        declared(&schema)
    } else {
        "'tenants', '[]'::json, 'members', '[]'::json".to_owned()
    };
    let applied = match has("receipt") {
        true => format!("(SELECT r.spec_hash FROM {schema}.receipt AS r ORDER BY r.id DESC LIMIT 1)"),
        false => "NULL".to_owned(),
    };
    let index = Ident::literal(&format!("{schema}.{TENANT_KEYS}"));
    let question = format!(
        "SELECT json_build_object('version', (SELECT max(version) FROM {schema}.meta), 'applied_spec', {applied},
            'one_key', to_regclass({index}) IS NOT NULL, {people})::text"
    );
    let answer: String = sqlx::query_scalar(AssertSqlSafe(question))
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(PgError::query("read the control schema"))?;
    Ok(control(parse("the control schema", &answer)?))
}

fn declared(schema: &Ident<'_>) -> String {
    format!(
        "'tenants', coalesce((SELECT json_agg(json_build_object('kind', t.tenant_kind, 'key', t.key, 'name', t.name,
            'title', t.title, 'keys', t.keys, 'parent_key', t.parent_key, 'tier', t.tier, 'settings', coalesce(
            (SELECT json_object_agg(s.key, s.value) FROM jsonb_each_text(CASE jsonb_typeof(t.settings) WHEN 'object' THEN t.settings ELSE '{{}}' END) AS s WHERE s.value IS NOT NULL), '{{}}'),
            -- Not yet a column of a control schema that an older version made.
            'paid_until', to_jsonb(t) ->> 'paid_until'))
          FROM {schema}.tenant AS t WHERE t.origin = 'spec'), '[]'),
         'members', coalesce((SELECT json_agg(json_build_object('kind', m.tenant_kind, 'key', m.tenant_key,
            'email', u.source_key, 'persona', m.portal || '/' || m.audience, 'keys', m.keys))
          FROM {schema}.membership AS m JOIN {schema}.app_user AS u ON u.id = m.user_id
          WHERE m.origin = 'spec' AND u.source = ''), '[]')"
    )
}

fn control(answer: Answer) -> Control {
    let mut tenants: BTreeMap<(String, String), TenantRecord> = answer
        .tenants
        .into_iter()
        .map(|tenant| {
            let record = TenantRecord {
                name: tenant.name,
                title: tenant.title,
                keys: tenant.keys,
                parent_key: tenant.parent_key,
                tier: tenant.tier,
                settings: Some(tenant.settings),
                paid_until: tenant.paid_until,
                members: BTreeMap::new(),
            };
            ((tenant.kind, tenant.key), record)
        })
        .collect();
    for member in answer.members {
        if let Some(tenant) = tenants.get_mut(&(member.kind, member.key)) {
            tenant.members.insert((member.email, member.persona), MemberRecord { keys: member.keys });
        }
    }
    Control {
        version: answer.version.unwrap_or_default(),
        one_key_one_tenant: answer.one_key,
        applied_spec: answer.applied_spec,
        tenants,
    }
}
