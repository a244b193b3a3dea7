//! Who there is: tenants, people and what names rows for them, as the control schema has it.

use super::super::PgError;
use super::super::as_persona::collect;
use crate::analysis::evaluate::{
    AssignmentRecord, Datum, Membership, Record, ShareRecord, Standing, Tenant, User, With, World,
};
use crate::model::{AccessModel, ByValue, PeopleSource, TenantSource};
use crate::names::{ColumnName, Ident, KeyName, ObjectName, PersonaName, TenantKind, TierName};
use serde::Deserialize;
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap, HashSet};

#[derive(Deserialize)]
struct TenantRow {
    kind: String,
    key: String,
    keys: BTreeMap<KeyName, Option<String>>,
    parent: Option<String>,
    tier: Option<TierName>,
    /// `active` or `suspended`; `None`: the row is no tenant any more.
    status: Option<String>,
}

impl TenantRow {
    fn standing(&self) -> Standing {
        match self.status.as_deref() {
            None => Standing::Gone,
            Some("active") => Standing::Active,
            Some(_) => Standing::Suspended,
        }
    }
}

#[derive(Deserialize)]
struct Place {
    email: String,
    keys: BTreeMap<KeyName, Option<String>>,
    persona: String,
    kind: String,
    key: String,
    /// Of users of the control schema: their own id, and of whom they report to.
    id: Option<String>,
    reports_to: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    object: ObjectName,
    row_key: Vec<String>,
    tenant_kind: Option<String>,
    tenant_key: Option<String>,
    user_key_name: Option<KeyName>,
    user_key: Option<String>,
    expires: Option<String>,
}

#[derive(Deserialize)]
struct Superior {
    id: Option<String>,
    up: Option<String>,
    keys: BTreeMap<KeyName, Option<String>>,
}

/// Reads them into the world, as the project's owner role and then as oneself.
pub(super) async fn read(
    connection: &mut PgConnection,
    model: &AccessModel,
    owner: &str,
    world: &mut World,
) -> Result<(), PgError> {
    let control = Ident::new(model.project.control_schema.as_str()).to_string();
    collect(connection, &format!("SET LOCAL ROLE {owner}")).await?;
    let tenants = format!(
        "SELECT json_build_object('kind', t.tenant_kind, 'key', t.key, 'keys', t.keys, 'parent', t.parent_key, 'tier', t.tier, \
         'status', t.status)::text FROM {control}.tenants() AS t ORDER BY t.tenant_kind, length(t.key), t.key"
    );
    let tenants: Vec<TenantRow> = list(connection, "the tenants", &tenants).await?;
    world.tenants = tenants.into_iter().map(tenant).collect();
    let places = format!(
        "SELECT json_build_object('email', e.email, 'keys', e.keys, 'persona', e.persona, 'kind', e.tenant_kind, \
         'key', e.tenant_key, 'id', u.id, 'reports_to', u.reports_to)::text FROM {control}.everyone() AS e \
         LEFT JOIN {control}.app_user AS u ON u.source = '' AND u.source_key = e.email \
         ORDER BY e.persona, length(e.tenant_key), e.tenant_key, e.email"
    );
    let places: Vec<Place> = list(connection, "the people", &places).await?;
    let shares = format!(
        "SELECT json_build_object('object', s.object, 'row_key', s.row_key, 'tenant_kind', s.tenant_kind, \
         'tenant_key', s.tenant_key, 'user_key_name', s.user_key_name, 'user_key', s.user_key, \
         'expires', CASE WHEN s.expires_at < 'infinity' THEN s.expires_at::text END)::text FROM {control}.share AS s"
    );
    let shares: Vec<Named> = list(connection, "what is shared", &shares).await?;
    world.shares = shares.into_iter().filter_map(share).collect();
    let assigned = format!(
        "SELECT json_build_object('object', s.object, 'row_key', s.row_key, 'user_key_name', s.user_key_name, \
         'user_key', s.user_key)::text FROM {control}.assignment AS s"
    );
    let assigned: Vec<Named> = list(connection, "what is assigned", &assigned).await?;
    world.assignments = assigned.into_iter().filter_map(assignment).collect();
    collect(connection, "RESET ROLE").await?;
    for source in &model.tenant_sources {
        with_gone(connection, source, &mut world.tenants).await?;
    }
    world.users = users(connection, model, world, places).await?;
    Ok(())
}

/// A user for each place, and one for each row of a table that says who reports to whom.
async fn users(
    connection: &mut PgConnection,
    model: &AccessModel,
    world: &World,
    places: Vec<Place>,
) -> Result<Vec<User>, PgError> {
    let mut users: Vec<User> = Vec::new();
    let by_key: HashMap<(&str, &str), usize> = world
        .tenants
        .iter()
        .enumerate()
        .map(|(at, tenant)| ((tenant.kind.as_ref().map_or("", TenantKind::as_str), tenant.key.as_str()), at))
        .collect();
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut above: Vec<(usize, String)> = Vec::new();
    for place in places {
        let Some(persona) = PersonaName::parse(&place.persona) else { continue };
        let tenant = by_key.get(&(place.kind.as_str(), place.key.as_str())).copied();
        let memberships = vec![Membership { persona, tenant }];
        if let Some(id) = place.id {
            first.entry(id).or_insert(users.len());
            above.extend(place.reports_to.map(|above| (users.len(), above)));
        }
        users.push(User { email: place.email, keys: known(place.keys), memberships, superior: None });
    }
    for (at, id) in above {
        users[at].superior = first.get(&id).copied();
    }
    for source in &model.people {
        with_superiors(connection, source, &mut users).await?;
    }
    Ok(users)
}

/// Rows that were tenants, or never became one.
async fn with_gone(
    connection: &mut PgConnection,
    source: &TenantSource,
    tenants: &mut Vec<Tenant>,
) -> Result<(), PgError> {
    let kind = match &source.kind {
        None => "''".to_owned(),
        Some(ByValue::Fixed(kind)) => Ident::literal(kind.as_str()),
        Some(ByValue::Column { column, values }) => {
            let cases = values
                .iter()
                .map(|(text, kind)| format!(" WHEN {} THEN {}", Ident::literal(text), Ident::literal(kind.as_str())));
            format!("CASE {}{} END", quoted(column), cases.collect::<String>())
        }
    };
    let keys: Vec<String> = source.keys.iter().map(named).collect();
    let sql = format!(
        "SELECT json_build_object('kind', t.kind, 'key', t.key, 'keys', t.keys)::text FROM (SELECT {kind} AS kind, {} AS key, \
         json_build_object({}) AS keys FROM {}) AS t WHERE t.kind IS NOT NULL AND t.key IS NOT NULL",
        quoted(&source.key),
        keys.join(", "),
        source.table.sql()
    );
    let rows: Vec<TenantRow> = list(connection, "the tables of tenants", &sql).await?;
    let known: HashSet<(Option<TenantKind>, String)> =
        tenants.iter().map(|tenant| (tenant.kind.clone(), tenant.key.clone())).collect();
    tenants.extend(rows.into_iter().map(tenant).filter(|one| !known.contains(&(one.kind.clone(), one.key.clone()))));
    Ok(())
}

fn quoted(column: &ColumnName) -> String {
    format!("{}::text", Ident::new(column.as_str()))
}

/// A key as `json_build_object` takes it.
fn named((name, column): (&KeyName, &ColumnName)) -> String {
    format!("{}, {}", Ident::literal(name.as_str()), quoted(column))
}

async fn with_superiors(
    connection: &mut PgConnection,
    source: &PeopleSource,
    users: &mut Vec<User>,
) -> Result<(), PgError> {
    let (Some(reports_to), Some((first, id))) = (&source.reports_to, source.keys.first()) else { return Ok(()) };
    let keys: Vec<String> = source.keys.iter().map(named).collect();
    let sql = format!(
        "SELECT json_build_object('id', {}, 'up', {}, 'keys', json_build_object({}))::text FROM {}",
        quoted(id),
        quoted(reports_to),
        keys.join(", "),
        source.table.sql()
    );
    let rows: Vec<Superior> = list(connection, "who reports to whom", &sql).await?;
    let begin = users.len();
    let at: HashMap<String, usize> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((row.id.clone()?, begin + at))).collect();
    let above: HashMap<String, usize> =
        rows.iter().filter_map(|row| Some((row.id.clone()?, *at.get(row.up.as_ref()?)?))).collect();
    users.extend(rows.into_iter().map(|row| User {
        email: String::new(),
        keys: known(row.keys),
        memberships: Vec::new(),
        superior: None,
    }));
    for user in users.iter_mut() {
        if let Some(superior) = user.keys.get(first).and_then(|key| above.get(key)) {
            user.superior = Some(*superior);
        }
    }
    Ok(())
}

fn known(keys: BTreeMap<KeyName, Option<String>>) -> BTreeMap<KeyName, String> {
    keys.into_iter().filter_map(|(name, key)| Some((name, key?))).collect()
}

fn tenant(row: TenantRow) -> Tenant {
    Tenant {
        standing: row.standing(),
        kind: Some(row.kind).filter(|kind| !kind.is_empty()).map(TenantKind::new),
        key: row.key,
        keys: known(row.keys),
        parent: row.parent,
        tier: row.tier,
    }
}

fn share(named: Named) -> Option<ShareRecord> {
    let with = match (named.tenant_key, named.user_key_name.zip(named.user_key)) {
        (Some(key), _) => {
            With::Tenant { kind: named.tenant_kind.filter(|kind| !kind.is_empty()).map(TenantKind::new), key }
        }
        (None, Some((key, value))) => With::User { key, value },
        (None, None) => return None,
    };
    // A share without an end ends later than anything.
    let expires = Datum::text(named.expires.unwrap_or_else(|| "9999-12-31T23:59:59Z".to_owned()));
    Some(ShareRecord { record: Record { object: named.object, row_key: named.row_key }, with, expires })
}

fn assignment(named: Named) -> Option<AssignmentRecord> {
    let record = Record { object: named.object, row_key: named.row_key };
    Some(AssignmentRecord { record, key: named.user_key_name?, value: named.user_key? })
}

async fn list<T: for<'d> Deserialize<'d>>(
    connection: &mut PgConnection,
    what: &'static str,
    sql: &str,
) -> Result<Vec<T>, PgError> {
    let rows = collect(connection, sql).await?.rows;
    let texts = rows.into_iter().filter_map(|mut row| row.pop().flatten());
    texts.map(|text| serde_json::from_str(&text).map_err(|source| PgError::Answer { what, source })).collect()
}
