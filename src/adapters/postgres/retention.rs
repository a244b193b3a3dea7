//! Rows that have been kept for as long as they are to be kept.
//!
//! Everything is done as the project's operator role, which holds privileges on no table but the project's own, and there
//! on no more than a retention needs. What was noted of the rows goes with them, in the same transaction.

use super::{PgError, owner};
use crate::model::{AccessModel, Filling, Object, Retention, RetentionEnd};
use crate::names::{ColumnName, Ident, RoleName};
use crate::plan::control::ProjectRoles;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Transaction};
use std::collections::BTreeSet;

/// Rows of one transaction: few enough that nobody waits long for one of them.
const BATCH: i64 = 1000;

/// What stands for a text that may not be empty.
pub const ANONYMOUS: &str = "(anonymised)";

/// How many rows of an object are due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Due {
    pub due: i64,
    /// Would be, and are kept by `unless`.
    pub held: i64,
}

/// A session on the database that works for one project.
#[derive(Debug)]
pub struct Retentions<'c> {
    connection: &'c mut PgConnection,
    model: &'c AccessModel,
    roles: ProjectRoles,
}

impl<'c> Retentions<'c> {
    pub fn new(connection: &'c mut PgConnection, model: &'c AccessModel) -> Self {
        Self { connection, model, roles: ProjectRoles::of(&model.project) }
    }

    /// What is due now.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn due(&mut self, object: &Object, retention: &Retention) -> Result<Due, PgError> {
        let mut transaction = self.begin().await?;
        let rows = Rows::of(&mut transaction, object, retention).await?;
        let held = retention
            .unless
            .as_ref()
            .map_or_else(|| "false".to_owned(), |unless| format!("{} IS NOT FALSE", quote(unless)));
        let text = format!(
            "SELECT count(*) FILTER (WHERE NOT ({held})), count(*) FILTER (WHERE {held}) FROM {} AS t WHERE {}",
            object.table.sql(),
            rows.old
        );
        let (due, held): (i64, i64) = sqlx::query_as(AssertSqlSafe(text))
            .fetch_one(&mut *transaction)
            .await
            .map_err(PgError::query("count the rows that are due"))?;
        Ok(Due { due, held })
    }

    /// Does what the retention says to some of the rows that are due; how many they were.
    ///
    /// # Errors
    /// The server refuses, as where other rows still refer to one of them.
    pub async fn batch(&mut self, object: &Object, retention: &Retention) -> Result<usize, PgError> {
        let control = Ident::new(self.model.project.control_schema.as_str()).to_string();
        let (owner, model) = (role(&self.roles.owner), self.model);
        let mut transaction = self.begin().await?;
        let rows = Rows::of(&mut transaction, object, retention).await?;
        let keys: Vec<Json<Vec<String>>> = sqlx::query_scalar(AssertSqlSafe(rows.change(object)))
            .fetch_all(&mut *transaction)
            .await
            .map_err(PgError::query(match retention.then {
                RetentionEnd::Delete => "delete the rows that are due",
                RetentionEnd::Anonymise => "make the rows that are due anonymous",
            }))?;
        if keys.is_empty() {
            return Ok(0);
        }
        become_role(&mut transaction, &owner).await?;
        let objects = model.objects.values().filter(|other| other.table == object.table);
        let objects: Vec<&str> = objects.map(|other| other.name.as_str()).collect();
        let columns: Option<Vec<&str>> = match retention.then {
            RetentionEnd::Delete => None,
            RetentionEnd::Anonymise => Some(telling(object, retention).into_iter().map(ColumnName::as_str).collect()),
        };
        let fields: Option<Vec<&str>> = columns.as_ref().map(|columns| {
            let of_table = model.objects.values().filter(|other| other.table == object.table);
            let told = of_table
                .flat_map(|other| other.fields.values())
                .filter(|field| columns.contains(&field.column.as_str()));
            told.map(|field| field.name.as_str()).collect()
        });
        forget(&mut transaction, &control, &objects, &keys, columns.as_deref()).await?;
        unsend(&mut transaction, &control, &objects, &keys, fields.as_deref()).await?;
        note(&mut transaction, &control, object, retention, keys.len()).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(keys.len())
    }

    /// As the operator, on the project's calendar: `7y` ago is a day there.
    async fn begin(&mut self) -> Result<Transaction<'_, Postgres>, PgError> {
        let operator = role(&self.roles.operator);
        let mut transaction = owner::begin(self.connection, &operator).await?;
        sqlx::query("SELECT set_config('TimeZone', $1, true), set_config('lock_timeout', '5s', true)")
            .bind(&self.model.project.timezone)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("take the project's time zone"))?;
        Ok(transaction)
    }
}

fn role(name: &RoleName) -> String {
    Ident::new(name.as_str()).to_string()
}

fn quote(column: &ColumnName) -> String {
    Ident::new(column.as_str()).to_string()
}

fn changed<'m>(object: &'m Object, retention: &'m Retention) -> impl Iterator<Item = &'m ColumnName> {
    retention.fields.iter().filter_map(|name| Some(&object.fields.get(name)?.column))
}

/// Those columns, what is computed from them, and what any of them was called before: all that says in the audit log what
/// they held.
fn telling<'m>(object: &'m Object, retention: &'m Retention) -> BTreeSet<&'m ColumnName> {
    let mut columns: BTreeSet<&ColumnName> = changed(object, retention).collect();
    let Some(managed) = &object.managed else { return columns };
    let computed = managed.columns.iter().filter(|(_, column)| match &column.filled {
        Some(Filling::Generated(expression)) => expression.columns().any(|read| columns.contains(read)),
        _ => false,
    });
    let computed: Vec<&ColumnName> = computed.map(|(name, _)| name).collect();
    columns.extend(computed);
    let before: Vec<&ColumnName> = columns.iter().filter_map(|name| managed.columns.get(*name)?.was.as_ref()).collect();
    columns.extend(before);
    columns
}

async fn become_role(transaction: &mut Transaction<'_, Postgres>, role: &str) -> Result<(), PgError> {
    sqlx::raw_sql(AssertSqlSafe(format!("SET LOCAL ROLE {role}")))
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(PgError::query("act as the project's owner role"))
}

/// Which rows, and what is done with them.
struct Rows {
    /// Old enough, and not treated yet; of rows `t`.
    old: String,
    /// The same, and nothing keeps them.
    due: String,
    /// Column and value.
    values: Vec<(String, String)>,
    delete: bool,
    order: String,
}

impl Rows {
    async fn of(
        transaction: &mut Transaction<'_, Postgres>,
        object: &Object,
        retention: &Retention,
    ) -> Result<Self, PgError> {
        let from = quote(&retention.from);
        let now = match object.field_of(&retention.from).map(|field| &field.field_type) {
            Some(crate::model::FieldType::Date) => "CURRENT_DATE",
            _ => "now()",
        };
        let after = retention.after;
        let old = format!("t.{from} <= {now} - interval '{} months {} days'", after.months, after.days);
        let mut values = Vec::new();
        for column in changed(object, retention) {
            let value = if takes_null(transaction, object, column).await? {
                "NULL".to_owned()
            } else {
                Ident::literal(ANONYMOUS)
            };
            values.push((quote(column), value));
        }
        let pending: Vec<String> =
            values.iter().map(|(column, value)| format!("t.{column} IS DISTINCT FROM {value}")).collect();
        let old = if pending.is_empty() { old } else { format!("{old} AND ({})", pending.join(" OR ")) };
        let due = match &retention.unless {
            Some(unless) => format!("{old} AND t.{} IS FALSE", quote(unless)),
            None => old.clone(),
        };
        Ok(Self { old, due, values, delete: retention.then == RetentionEnd::Delete, order: from })
    }

    /// The oldest first, and each asked once more when its turn comes: what was put on hold meanwhile stays.
    fn change(&self, object: &Object) -> String {
        let key: Vec<String> = object.key.iter().map(|column| format!("t.{}", quote(column))).collect();
        let (key, table) = (key.join(", "), object.table.sql());
        let Self { due, order, .. } = self;
        let some = format!(
            "({key}) IN (SELECT {key} FROM {table} AS t WHERE {due} ORDER BY t.{order} LIMIT {BATCH}) AND {due}"
        );
        let answer =
            object.key.iter().map(|column| format!("t.{}::text", quote(column))).collect::<Vec<_>>().join(", ");
        let answer = format!("RETURNING jsonb_build_array({answer})");
        if self.delete {
            return format!("DELETE FROM {table} AS t WHERE {some} {answer}");
        }
        let set: Vec<String> = self.values.iter().map(|(column, value)| format!("{column} = {value}")).collect();
        format!("UPDATE {table} AS t SET {} WHERE {some} {answer}", set.join(", "))
    }
}

async fn takes_null(
    transaction: &mut Transaction<'_, Postgres>,
    object: &Object,
    column: &ColumnName,
) -> Result<bool, PgError> {
    sqlx::query_scalar(
        "SELECT NOT a.attnotnull FROM pg_attribute AS a WHERE a.attrelid = to_regclass($1) AND a.attname = $2",
    )
    .bind(object.table.sql())
    .bind(column.as_str())
    .fetch_optional(&mut **transaction)
    .await
    .map(|found| found.unwrap_or(true))
    .map_err(PgError::query("look at the columns that are made anonymous"))
}

/// What the audit log holds of the rows: all of it where they are gone, or of those columns. That something happened, when
/// and by whom stays. Who was given a row that is gone is forgotten with it.
async fn forget(
    transaction: &mut Transaction<'_, Postgres>,
    control: &str,
    objects: &[&str],
    keys: &[Json<Vec<String>>],
    columns: Option<&[&str]>,
) -> Result<(), PgError> {
    let rows =
        "unnest($2::jsonb[]) AS r (key), LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(r.key)) AS key) AS k";
    let is_row = "x.object = ANY ($1) AND x.row_key = k.key";
    let mut texts = vec![format!(
        "UPDATE {control}.audit_event AS x SET \
         before = CASE WHEN $3::text[] IS NOT NULL THEN x.before - $3 WHEN x.before IS NOT NULL THEN '{{}}' END, \
         after = CASE WHEN $3::text[] IS NOT NULL THEN x.after - $3 WHEN x.after IS NOT NULL THEN '{{}}' END, \
         detail = CASE WHEN $3::text[] IS NULL AND x.action IN ('row.attach', 'row.detach') THEN x.detail - 'name' ELSE x.detail END \
         FROM {rows} WHERE {is_row}"
    )];
    if columns.is_none() {
        for table in ["share", "assignment"] {
            texts
                .push(format!("DELETE FROM {control}.{table} AS x USING {rows} WHERE {is_row} AND $3::text[] IS NULL"));
        }
    }
    for text in texts {
        sqlx::query(AssertSqlSafe(text))
            .bind(objects)
            .bind(keys)
            .bind(columns)
            .execute(&mut **transaction)
            .await
            .map_err(PgError::query("forget what was noted of the rows"))?;
    }
    Ok(())
}

/// What waits to be sent of the rows, or could not be, holds what they held. That they are gone, or anonymous, is still
/// sent: by their keys, and with what stands in them now.
async fn unsend(
    transaction: &mut Transaction<'_, Postgres>,
    control: &str,
    objects: &[&str],
    keys: &[Json<Vec<String>>],
    fields: Option<&[&str]>,
) -> Result<(), PgError> {
    let rows = "x.object = ANY ($1) AND EXISTS (SELECT FROM unnest($2::jsonb[]) AS r (key) \
        WHERE x.row_key = ARRAY(SELECT jsonb_array_elements_text(r.key)))";
    // What was noted in this transaction came of the retention itself.
    let earlier = "x.at < transaction_timestamp()";
    let texts = match fields {
        None => vec![
            format!(
                "DELETE FROM {control}.outbox AS x WHERE {rows} AND {earlier} AND x.state <> 'sent' AND $3::text[] IS NULL"
            ),
            format!("UPDATE {control}.outbox AS x SET before = NULL, after = NULL WHERE {rows} AND $3::text[] IS NULL"),
        ],
        Some(_) => vec![format!(
            "UPDATE {control}.outbox AS x SET before = x.before - $3::text[], \
             after = CASE WHEN {earlier} THEN x.after - $3::text[] ELSE x.after END WHERE {rows}"
        )],
    };
    for text in texts {
        sqlx::query(AssertSqlSafe(text))
            .bind(objects)
            .bind(keys)
            .bind(fields)
            .execute(&mut **transaction)
            .await
            .map_err(PgError::query("forget what waits to be sent of the rows"))?;
    }
    Ok(())
}

async fn note(
    transaction: &mut Transaction<'_, Postgres>,
    control: &str,
    object: &Object,
    retention: &Retention,
    rows: usize,
) -> Result<(), PgError> {
    let action = match retention.then {
        RetentionEnd::Delete => "retention.delete",
        RetentionEnd::Anonymise => "retention.anonymise",
    };
    let detail = serde_json::json!({"rows": rows, "after": retention.after.to_string(), "fields": retention.fields});
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO {control}.audit_event (actor, action, subject, detail) VALUES (session_user, $1, $2, $3)"
    )))
    .bind(action)
    .bind(object.name.as_str())
    .bind(Json(detail))
    .execute(&mut **transaction)
    .await
    .map(drop)
    .map_err(PgError::query("write the audit log"))
}
