//! How tenants and places stand at the moment of asking. When somebody lapses is said by the function that also decides
//! it, so that what is shown is what counts.

use super::super::PgError;
use super::{Directory, Place, place_of};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, Row};
use std::collections::BTreeMap;

/// How a tenant, or somebody's place, stands. Days are those of the project's time zone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// `active`, `suspended`, `lapsed`; of a place also `disabled`, `disabled by the tenant`, `ended`, `not begun` and
    /// `no tenant`.
    pub state: String,
    pub since: Option<String>,
    /// While it is active: the day on which that ends.
    pub until: Option<String>,
    /// Of a tenant: those for whom this holds, where it does not hold for all. Of a place that has lapsed: as whom they
    /// go on.
    pub audiences: Vec<String>,
}

/// Somebody's place, with how it stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Person {
    #[serde(flatten)]
    pub place: Place,
    /// `active`, `disabled`, or `disabled by the tenant`, whatever becomes of the tenant.
    pub state: String,
    pub standing: Standing,
}

/// Where nobody lapses.
const NOBODY: &str = "(SELECT false AS over, NULL::text AS since, NULL::text AS until, NULL::text[] AS audiences) AS l";

impl Directory<'_> {
    /// Every tenant's standing, by kind and key.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn standings(&mut self, timezone: &str) -> Result<BTreeMap<(String, String), Standing>, PgError> {
        let control = &self.control;
        let lapses = format!(
            "(SELECT bool_or(m.over) AS over, min(m.day) FILTER (WHERE m.over) AS since, \
               min(m.day) FILTER (WHERE NOT m.over) AS until, \
               CASE WHEN bool_or(m.over) AND NOT bool_and(m.over) THEN array_agg(m.persona ORDER BY m.persona) FILTER (WHERE m.over) \
                 WHEN count(m.day) < count(*) THEN array_agg(m.persona ORDER BY m.persona) FILTER (WHERE m.day IS NOT NULL) END AS audiences \
             FROM (SELECT p.key AS persona, (clock_timestamp() < d.at) IS NOT TRUE AS over, {DAY} AS day \
               FROM jsonb_each({control}.personas()) AS p, LATERAL (SELECT {control}.lapses_at(p.key, t.tenant_kind, t.key, \
                 t.keys || jsonb_build_object('key', t.key), '{{}}') AS at) AS d \
               WHERE p.value ? 'on_lapse' AND NOT p.value ? 'lapses_own' \
                 AND coalesce(p.value ->> 'tenant_kind' = t.tenant_kind, true)) AS m) AS l"
        );
        let lapses = if self.lapses().await? { lapses } else { NOBODY.to_owned() };
        let sql = format!(
            "SELECT t.tenant_kind, t.key, CASE WHEN t.status <> 'active' THEN 'suspended' WHEN l.over THEN 'lapsed' \
               ELSE 'active' END AS standing, CASE WHEN t.status = 'active' AND l.over THEN l.since END AS since, \
               CASE WHEN t.status = 'active' AND NOT l.over THEN l.until END AS until, \
               CASE WHEN t.status = 'active' THEN l.audiences END AS audiences, $1 AS zone \
             FROM {0}.tenants() AS t LEFT JOIN LATERAL {lapses} ON true",
            self.control
        );
        let read = |row: &PgRow| Ok(((row.try_get("tenant_kind")?, row.try_get("key")?), standing_of(row)?));
        let what = "see how the tenants stand";
        Ok(self.list(what, sql, zone(timezone, what)?, read).await?.into_iter().collect())
    }

    /// Every place of everybody, by e-mail.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn people(&mut self, timezone: &str) -> Result<Vec<Person>, PgError> {
        let control = &self.control;
        let lapses = format!(
            "(SELECT d.on_lapse IS NOT NULL AND (clock_timestamp() < d.at) IS NOT TRUE AS over, {DAY} AS since, {DAY} AS until, \
               ARRAY[d.on_lapse] AS audiences \
             FROM (SELECT {control}.personas() -> f.persona ->> 'on_lapse' AS on_lapse, {control}.lapses_at(f.persona, \
               f.tenant_kind, f.tenant_key, t.keys || jsonb_build_object('key', t.key), f.keys) AS at) AS d) AS l"
        );
        let lapses = if self.lapses().await? { lapses } else { NOBODY.to_owned() };
        let sql = people_sql(&self.control, &lapses);
        let read = |row: &PgRow| {
            Ok(Person { place: place_of(row)?, state: row.try_get("state")?, standing: standing_of(row)? })
        };
        let what = "list the people";
        self.list(what, sql, zone(timezone, what)?, read).await
    }

    /// Whether anybody can lapse, as the documents were when they were applied.
    async fn lapses(&mut self) -> Result<bool, PgError> {
        sqlx::query_scalar("SELECT to_regprocedure($1) IS NOT NULL")
            .bind(format!("{}.lapses_at(text,text,text,jsonb,jsonb)", self.control))
            .fetch_one(&mut *self.connection)
            .await
            .map_err(PgError::query("see whether anybody lapses"))
    }
}

/// The day of the moment `d.at`, where it has one.
const DAY: &str = "CASE WHEN isfinite(d.at) THEN (d.at AT TIME ZONE $1)::date::text END";

/// Everybody's places: those that `everyone()` names, and those that are kept out. A place of the control schema has a
/// beginning and an end, and may be disabled by itself; an address is disabled everywhere.
fn people_sql(control: &str, lapses: &str) -> String {
    format!(
        "WITH found AS (\
           SELECT e.email, e.person, e.persona, e.tenant_kind, e.tenant_key, e.keys, \
             CASE WHEN EXISTS (SELECT FROM {control}.app_user AS u WHERE u.email = e.email AND u.disabled_at IS NOT NULL) \
               THEN 'disabled' ELSE 'active' END AS state FROM {control}.everyone() AS e \
           UNION SELECT u.email, CASE WHEN m.origin = 'team' THEN m.title ELSE coalesce(m.title, u.title) END, \
             m.portal || '/' || m.audience, m.tenant_kind, m.tenant_key, m.keys, \
             CASE WHEN u.disabled_at IS NOT NULL THEN 'disabled' ELSE 'disabled by the tenant' END \
           FROM {control}.membership AS m JOIN {control}.app_user AS u ON u.id = m.user_id \
           WHERE u.disabled_at IS NOT NULL OR m.disabled_at IS NOT NULL) \
         SELECT f.email, f.person, f.persona, f.tenant_kind, f.tenant_key, f.state, t.title AS tenant_title, \
           s.standing, CASE s.standing WHEN 'lapsed' THEN l.since WHEN 'ended' THEN (p.valid_until AT TIME ZONE $1)::date::text \
             WHEN 'disabled' THEN ((SELECT max(u.disabled_at) FROM {control}.app_user AS u WHERE u.email = f.email) AT TIME ZONE $1)::date::text \
             WHEN 'disabled by the tenant' THEN (p.disabled_at AT TIME ZONE $1)::date::text END AS since, \
           CASE s.standing WHEN 'active' THEN \
             least(l.until, CASE WHEN isfinite(p.valid_until) THEN (p.valid_until AT TIME ZONE $1)::date::text END) END AS until, \
           CASE s.standing WHEN 'lapsed' THEN l.audiences END AS audiences \
         FROM found AS f \
         LEFT JOIN {control}.tenants() AS t ON t.tenant_kind = f.tenant_kind AND t.key = f.tenant_key \
         LEFT JOIN LATERAL (SELECT m.valid_from, m.valid_until, m.disabled_at FROM {control}.membership AS m \
           JOIN {control}.app_user AS u ON u.id = m.user_id WHERE u.source = '' AND u.source_key = f.email \
           AND m.portal || '/' || m.audience = f.persona AND m.tenant_kind = f.tenant_kind AND m.tenant_key = f.tenant_key) AS p ON true \
         LEFT JOIN LATERAL {lapses} ON true \
         CROSS JOIN LATERAL (SELECT CASE WHEN f.state <> 'active' THEN f.state WHEN t.status <> 'active' THEN 'suspended' \
           WHEN f.tenant_key <> '' AND t.key IS NULL THEN 'no tenant' WHEN p.valid_until <= clock_timestamp() THEN 'ended' \
           WHEN p.valid_from > clock_timestamp() THEN 'not begun' WHEN l.over THEN 'lapsed' ELSE 'active' END AS standing) AS s \
         ORDER BY f.email, f.persona, f.tenant_kind, f.tenant_key"
    )
}

fn zone(timezone: &str, what: &'static str) -> Result<PgArguments, PgError> {
    let mut arguments = PgArguments::default();
    arguments.add(timezone).map_err(sqlx::Error::Encode).map_err(PgError::query(what))?;
    Ok(arguments)
}

fn standing_of(row: &PgRow) -> Result<Standing, sqlx::Error> {
    Ok(Standing {
        state: row.try_get("standing")?,
        since: row.try_get("since")?,
        until: row.try_get("until")?,
        audiences: row.try_get::<Option<Vec<String>>, _>("audiences")?.unwrap_or_default(),
    })
}
