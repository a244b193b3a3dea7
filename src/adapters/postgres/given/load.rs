//! Loading, in a transaction that is open.

use super::super::PgError;
use super::super::error::reason;
use super::{Keys, plausible};
use crate::diagnostic::Span;
use crate::model::{AccessModel, Given, GivenUser, Object, PeopleSource, SamplePart};
use crate::names::{ColumnName, Ident, KeyName, ObjectName, RowLabel, SchemaName, TableName};
use crate::plan::control::ProjectRoles;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::{BTreeMap, BTreeSet};

type RowId = (ObjectName, RowLabel);

/// Holds copies of the tables that say who reports to whom, without rows.
pub const GIVEN_SCHEMA: &str = "portalctl_given";

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Server(#[from] PgError),
    /// PostgreSQL does not take what is given there.
    #[error("{message}")]
    Given { span: Option<Span>, message: String },
}

/// Puts everything that is given where row policies look for it. `model` is that of this database; `keys` know the
/// project's own. Foreign keys and triggers of the business are out of the way, what a table requires besides is filled.
///
/// # Errors
/// A row that PostgreSQL does not take; the server cannot be asked.
pub async fn load(connection: &mut PgConnection, model: &AccessModel, keys: &Keys<'_>) -> Result<(), LoadError> {
    let given = keys.given;
    let loading = Loading { model, keys, given };
    execute(
        connection,
        "put foreign keys and triggers aside",
        "SET LOCAL session_replication_role = replica".to_owned(),
    )
    .await?;
    let statements = loading.cast();
    if !statements.is_empty() {
        let done = sqlx::raw_sql(AssertSqlSafe(statements.join(";\n"))).execute(&mut *connection).await;
        done.map_err(|error| LoadError::Given {
            span: None,
            message: format!("tenants and users: {}", reason(&error)),
        })?;
    }
    for (number, id) in given.rows.keys().enumerate() {
        loading.put(connection, id, number + 1).await?;
    }
    for (table, column) in loading.invented() {
        without_target(connection, table, column).await?;
    }
    execute(connection, "put triggers back", "SET LOCAL session_replication_role = origin".to_owned()).await
}

/// Takes the foreign keys of a column away whose value nobody wrote: PostgreSQL looks once more at every foreign key of a
/// row that was made in the same transaction, whatever is changed of it.
async fn without_target(connection: &mut PgConnection, table: &TableName, column: &ColumnName) -> Result<(), PgError> {
    let failed = || PgError::query("look for foreign keys of columns that are filled");
    let statements: Vec<String> = sqlx::query_scalar(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) FROM pg_constraint AS c \
         JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
         WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = to_regclass($1) AND a.attname = $2 ORDER BY 1",
    )
    .bind(table.sql())
    .bind(column.as_str())
    .persistent(false)
    .fetch_all(&mut *connection)
    .await
    .map_err(failed())?;
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await.map_err(failed())?;
    }
    Ok(())
}

async fn execute(connection: &mut PgConnection, doing: &'static str, sql: String) -> Result<(), LoadError> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    done.map(drop).map_err(|error| PgError::query(doing)(error).into())
}

struct Loading<'a> {
    model: &'a AccessModel,
    keys: &'a Keys<'a>,
    given: &'a Given,
}

/// Puts rows of samples into the tables, parents first, with the foreign keys and triggers of the tables, and remembers
/// what they are of; all of it or nothing. What a table requires besides is filled.
///
/// # Errors
/// A row that PostgreSQL does not take; the server cannot be asked.
pub async fn load_sample(
    connection: &mut PgConnection,
    model: &AccessModel,
    keys: &Keys<'_>,
    rows: &BTreeSet<RowId>,
    parts: &[SamplePart],
) -> Result<(), LoadError> {
    let loading = Loading { model, keys, given: keys.given };
    let mut transaction = connection.begin().await.map_err(PgError::query("begin a transaction"))?;
    for (number, id) in keys.given.parents_first(rows).into_iter().enumerate() {
        loading.put(&mut transaction, id, number + 1).await?;
    }
    let statements = loading.assigned_of(parts).into_iter().chain(loading.remembered(parts));
    for statement in statements {
        execute(&mut transaction, "remember what of the sample is there", statement).await?;
    }
    transaction.commit().await.map_err(PgError::query("end a transaction"))?;
    Ok(())
}

impl Loading<'_> {
    /// Columns that must hold something and of which some row says nothing.
    fn invented(&self) -> BTreeSet<(&TableName, &ColumnName)> {
        let mut found = BTreeSet::new();
        for ((name, _), row) in &self.given.rows {
            let Some(object) = self.model.objects.get(name) else { continue };
            for (column, facts) in self.keys.columns.of(&object.table) {
                let is_filled = facts.required && !facts.has_default && !facts.generated;
                if is_filled && !row.cells.contains_key(column) && !object.key.contains(column) {
                    found.insert((&object.table, column));
                }
            }
        }
        found
    }

    async fn put(&self, connection: &mut PgConnection, id: &RowId, number: usize) -> Result<(), LoadError> {
        let (name, label) = id;
        let (Some(object), Some(row)) = (self.model.objects.get(name), self.given.rows.get(id)) else { return Ok(()) };
        let mut values: BTreeMap<ColumnName, Option<String>> =
            row.cells.iter().map(|(column, cell)| (column.clone(), self.keys.text(cell))).collect();
        let key = self.keys.row(name, label);
        values.extend(object.key.iter().cloned().zip(key.into_iter().map(Some)));
        let statement = self
            .insert(&object.table, Some(object), values, number)
            .map_err(|message| LoadError::Given { span: Some(row.span), message })?;
        let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await;
        done.map(drop).map_err(|error| LoadError::Given {
            span: Some(row.span),
            message: format!("`{name}/{label}` is not taken, a field may have to be written: {}", reason(&error)),
        })
    }

    /// Whom the people of these casts look after.
    fn assigned_of(&self, parts: &[SamplePart]) -> Vec<String> {
        let users = parts.iter().flat_map(|part| &part.users);
        users.filter_map(|label| Some(self.assigned(label, self.given.users.get(label)?))).flatten().collect()
    }

    fn remembered(&self, parts: &[SamplePart]) -> Vec<String> {
        let control = Ident::new(self.model.project.control_schema.as_str());
        let one = |part: &SamplePart| {
            let (cast, module) = (text(&part.cast), text(&part.module));
            format!("INSERT INTO {control}.sample (cast_name, module) VALUES ({cast}, {module})")
        };
        parts.iter().map(one).collect()
    }

    /// Tenants, people and what is theirs.
    fn cast(&self) -> Vec<String> {
        let control = Ident::new(self.model.project.control_schema.as_str()).to_string();
        let owner = Ident::new(ProjectRoles::of(&self.model.project).owner.as_str()).to_string();
        let mut statements = vec![format!("SET LOCAL ROLE {owner}")];
        statements.extend(self.given.tenants.keys().filter_map(|label| self.tenant(&control, label)));
        for (label, user) in &self.given.users {
            statements.extend(self.user(&control, label, user));
        }
        statements.extend(self.given.users.values().filter_map(|user| self.superior(&control, user)));
        statements.push("RESET ROLE".to_owned());
        for (label, user) in &self.given.users {
            statements.extend(self.assigned(label, user));
            statements.extend(self.reporting(label, user));
        }
        statements
    }

    fn tenant(&self, control: &str, label: &crate::names::TenantName) -> Option<String> {
        let tenant = self.given.tenants.get(label)?;
        let main = KeyName::main();
        let parent = tenant.parent.as_ref().map(|parent| self.keys.tenant(parent, &main));
        let values = [
            text(tenant.kind.as_ref().map_or("", |kind| kind.as_str())),
            text(&self.keys.tenant(label, &main)),
            text(label.as_str()),
            text(&tenant.title),
            text(&serde_json::json!(self.keys.further_keys(label)).to_string()),
            or_null(parent.as_deref()),
            or_null(tenant.tier.as_ref().map(crate::names::TierName::as_str)),
        ];
        Some(format!(
            "INSERT INTO {control}.tenant (tenant_kind, key, name, title, keys, parent_key, tier, origin) VALUES ({}, 'command')",
            values.join(", ")
        ))
    }

    fn user(&self, control: &str, label: &crate::names::UserLabel, user: &GivenUser) -> Vec<String> {
        let keys: BTreeMap<&str, String> =
            user.keys.keys().map(|key| (key.as_str(), self.keys.user(label, key))).collect();
        let keys = text(&serde_json::json!(keys).to_string());
        let email = text(&user.email);
        let mut statements = vec![format!(
            "INSERT INTO {control}.app_user (source_key, email, title) VALUES ({email}, {email}, {})",
            text(&user.title)
        )];
        for place in &user.places {
            let tenant = place.tenant.as_ref();
            let kind = tenant.and_then(|tenant| self.given.tenants.get(tenant)?.kind.as_ref());
            let key = tenant.map(|tenant| self.keys.tenant(tenant, &KeyName::main()));
            let values = [
                text(place.persona.portal.as_str()),
                text(place.persona.audience.as_str()),
                text(kind.map_or("", |kind| kind.as_str())),
                text(key.as_deref().unwrap_or_default()),
            ];
            statements.push(format!(
                "INSERT INTO {control}.membership (user_id, portal, audience, tenant_kind, tenant_key, keys, origin) \
                 SELECT id, {}, {keys}, 'command' FROM {control}.app_user WHERE source = '' AND source_key = {email}",
                values.join(", ")
            ));
        }
        statements
    }

    fn superior(&self, control: &str, user: &GivenUser) -> Option<String> {
        let superior = self.given.users.get(user.reports_to.as_ref()?)?;
        Some(format!(
            "UPDATE {control}.app_user SET reports_to = (SELECT u.id FROM {control}.app_user AS u WHERE u.source = '' AND u.source_key = {}) \
             WHERE source = '' AND source_key = {}",
            text(&superior.email),
            text(&user.email)
        ))
    }

    fn assigned(&self, label: &crate::names::UserLabel, user: &GivenUser) -> Vec<String> {
        let Some(table) = &self.model.assigned_tenants else { return Vec::new() };
        let rows = user.assigned.iter().enumerate().filter_map(|(number, tenant)| {
            let values = [
                (table.tenant.clone(), Some(self.keys.tenant(tenant, &KeyName::main()))),
                (table.user.column.clone(), Some(self.keys.user(label, &table.user.key))),
            ];
            self.insert(&table.table, None, values.into(), number + 1).ok()
        });
        rows.collect()
    }

    /// A row in each copy of a table of people that has a key of theirs; without an address it lets nobody in.
    fn reporting(&self, label: &crate::names::UserLabel, user: &GivenUser) -> Vec<String> {
        let row = |source: &PeopleSource| {
            let (first, _) = source.keys.first().filter(|(key, _)| user.keys.contains_key(*key))?;
            let keys = source.keys.iter().map(|(key, column)| (column.clone(), Some(self.keys.user(label, key))));
            let superior = user.reports_to.as_ref().map(|superior| self.keys.user(superior, first));
            let mut values: BTreeMap<ColumnName, Option<String>> = keys.collect();
            values.extend(source.reports_to.clone().map(|column| (column, superior)));
            Some(inserted(&source.table, &values))
        };
        self.model.people.iter().filter_map(row).collect()
    }

    /// With something plausible in columns that must hold something.
    fn insert(
        &self,
        table: &TableName,
        object: Option<&Object>,
        mut values: BTreeMap<ColumnName, Option<String>>,
        number: usize,
    ) -> Result<String, String> {
        for (column, facts) in self.keys.columns.of(table) {
            if !facts.required || facts.has_default || facts.generated || values.contains_key(column) {
                continue;
            }
            let field = object.and_then(|object| object.field_of(column));
            let filled = plausible(facts, field, number)
                .ok_or_else(|| format!("`{table}` requires `{column}`, of type `{}`: write it", facts.base))?;
            values.insert(column.clone(), Some(filled));
        }
        Ok(inserted(table, &values))
    }
}

fn inserted(table: &TableName, values: &BTreeMap<ColumnName, Option<String>>) -> String {
    let columns: Vec<String> = values.keys().map(|column| Ident::new(column.as_str()).to_string()).collect();
    let values: Vec<String> = values.values().map(|value| or_null(value.as_deref())).collect();
    let (table, columns, values) = (table.sql(), columns.join(", "), values.join(", "));
    format!("INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({values})")
}

fn text(value: &str) -> String {
    Ident::literal(value)
}

fn or_null(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), Ident::literal)
}

/// Which samples are in the tables, by cast and module, in the order in which they came.
///
/// # Errors
/// The server cannot be asked.
pub async fn samples_loaded(
    connection: &mut PgConnection,
    model: &AccessModel,
) -> Result<Vec<(String, String)>, PgError> {
    let control = Ident::new(model.project.control_schema.as_str());
    sqlx::query_as(AssertSqlSafe(format!("SELECT cast_name, module FROM {control}.sample ORDER BY id")))
        .persistent(false)
        .fetch_all(connection)
        .await
        .map_err(PgError::query("look which samples are there"))
}

/// Makes the copies, which are empty.
///
/// # Errors
/// The server refuses.
pub async fn copy_people(connection: &mut PgConnection, copies: &[(TableName, PeopleSource)]) -> Result<(), PgError> {
    let schema = SchemaName::new(GIVEN_SCHEMA);
    let mut statements = vec![format!("CREATE SCHEMA {}", Ident::new(schema.as_str()))];
    for (from, source) in copies {
        statements.push(format!("CREATE TABLE {} AS TABLE {} WITH NO DATA", source.table.sql(), from.sql()));
    }
    let done = sqlx::raw_sql(AssertSqlSafe(statements.join(";\n"))).execute(connection).await;
    done.map(drop).map_err(PgError::query("copy the tables of people"))
}
