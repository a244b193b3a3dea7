//! Tenants, people and their sign-in links, as an administrator handles them.
//!
//! Everything here runs as the project's owner role, in a transaction of its own: the owner has what
//! it needs and nothing of the business's tables.

mod context;
mod people;
mod registrations;
mod removing;
mod standing;
mod superior;
mod tenants;

pub use context::ContextWanted;
pub use registrations::Waiting;
pub use removing::Removed;
pub use standing::{Person, Standing};
pub use tenants::{Changed, TenantFields};

use super::{PgError, owner};
use crate::diagnostic::one_line;
use crate::names::{Ident, PersonaName, ProjectName, SchemaName};
use crate::plan::control::{ProjectRoles, TENANT_KEYS};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, AssertSqlSafe, PgConnection, Postgres, Row, Transaction};
use std::collections::BTreeMap;
use std::time::Duration;

/// One tenant, wherever it lives.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Tenant {
    /// Empty where the project knows no kinds.
    pub tenant_kind: String,
    pub key: String,
    /// Only tenants of documents, CSV files and the command line have one.
    pub name: Option<String>,
    pub title: String,
    pub keys: serde_json::Value,
    pub parent_key: Option<String>,
    pub tier: Option<String>,
    /// `active` or `suspended`.
    pub status: String,
    /// `spec`, `command` or `table`.
    pub origin: String,
    /// What is its own, by full names: `branding.name`.
    pub settings: BTreeMap<String, String>,
    /// `YYYY-MM-DD`: the first day that is not paid for. Of tenants of a business table, the table says it.
    pub paid_until: Option<String>,
}

impl Tenant {
    /// Kind, empty where there is none, and key.
    pub fn id(&self) -> (&str, &str) {
        (&self.tenant_kind, &self.key)
    }
}

/// Which tenant a person at the keyboard means: `kind:key`, a key or a name, else a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantWanted(pub String);

impl TenantWanted {
    fn means(&self, tenant: &Tenant) -> bool {
        let Self(text) = self;
        *text == tenant.key
            || tenant.name.as_ref() == Some(text)
            || text.split_once(':').is_some_and(|(kind, key)| kind == tenant.tenant_kind && key == tenant.key)
    }

    /// Those that it may mean: by name and key or, where none is called so, by title.
    pub fn found<'t>(&self, tenants: &'t [Tenant]) -> Vec<&'t Tenant> {
        let found: Vec<&Tenant> = tenants.iter().filter(|tenant| self.means(tenant)).collect();
        if !found.is_empty() {
            return found;
        }
        let titled = |tenant: &&Tenant| tenant.title.to_lowercase() == self.0.to_lowercase();
        tenants.iter().filter(titled).collect()
    }

    /// The one tenant it means.
    ///
    /// # Errors
    /// None or several fit; the message names them.
    pub fn pick<'t>(&self, tenants: &'t [Tenant]) -> Result<&'t Tenant, String> {
        match self.found(tenants).as_slice() {
            [only] => Ok(only),
            [] => Err(format!("no tenant `{}`", one_line(&self.0))),
            several => {
                let full: Vec<String> = several
                    .iter()
                    .map(|tenant| format!("`{}:{}`", one_line(&tenant.tenant_kind), one_line(&tenant.key)))
                    .collect();
                Err(format!("`{}` may be {}", one_line(&self.0), full.join(" or ")))
            }
        }
    }
}

/// A tenant to be added by hand.
#[derive(Debug, Clone)]
pub struct NewTenant {
    pub tenant_kind: String,
    pub key: String,
    pub name: String,
    pub title: String,
    pub keys: BTreeMap<String, String>,
    pub parent_key: Option<String>,
    pub tier: Option<String>,
}

/// One way in which a person may sign in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    pub email: String,
    pub person: Option<String>,
    /// `portal/audience`.
    pub persona: String,
    /// Both empty for staff.
    pub tenant_kind: String,
    pub tenant_key: String,
    pub tenant_title: Option<String>,
}

/// The settings of the control schema's row `o`, where there is one and it holds texts.
const SETTINGS: &str = "coalesce((SELECT jsonb_object_agg(s.key, s.value) FROM \
    jsonb_each_text(CASE jsonb_typeof(o.settings) WHEN 'object' THEN o.settings ELSE '{}' END) AS s \
    WHERE s.value IS NOT NULL), '{}')";

/// A session on the database that works for one project.
#[derive(Debug)]
pub struct Directory<'c> {
    connection: &'c mut PgConnection,
    control: String,
    owner: String,
}

impl<'c> Directory<'c> {
    pub fn new(connection: &'c mut PgConnection, project: &ProjectName, control_schema: &SchemaName) -> Self {
        Self {
            connection,
            control: Ident::new(control_schema.as_str()).to_string(),
            owner: Ident::new(ProjectRoles::named(project).owner.as_str()).to_string(),
        }
    }

    async fn begin(&mut self) -> Result<Transaction<'_, Postgres>, PgError> {
        owner::begin(self.connection, &self.owner).await
    }

    /// Whether `apply` has made the project's control schema here.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn exists(&mut self) -> Result<bool, PgError> {
        sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(format!("{}.meta", self.control))
            .fetch_one(&mut *self.connection)
            .await
            .map_err(PgError::query("look for the control schema"))
    }

    /// Whether no two tenants may have one key, of whatever kinds they are.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn one_key_one_tenant(&mut self) -> Result<bool, PgError> {
        sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(format!("{}.{TENANT_KEYS}", self.control))
            .fetch_one(&mut *self.connection)
            .await
            .map_err(PgError::query("look for what keeps keys apart"))
    }

    /// All tenants, by kind and key.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn tenants(&mut self) -> Result<Vec<Tenant>, PgError> {
        let sql = format!(
            "SELECT t.tenant_kind, t.key, t.name, t.title, t.keys, t.parent_key, t.tier, t.status, t.origin, \
             t.paid_until::text, {} AS settings FROM {1}.tenants() AS t LEFT JOIN {1}.tenant AS o \
             ON o.tenant_kind = t.tenant_kind AND o.key = t.key ORDER BY t.tenant_kind, t.key",
            SETTINGS, self.control
        );
        self.list("list the tenants", sql, PgArguments::default(), tenant_of).await
    }

    /// Adds a tenant of the command line's own.
    ///
    /// # Errors
    /// Kind and key, or the name, are taken; the server cannot be asked.
    pub async fn add_tenant(&mut self, tenant: &NewTenant) -> Result<(), PgError> {
        let sql = format!(
            "INSERT INTO {}.tenant (tenant_kind, key, name, title, keys, parent_key, tier, origin) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'command')",
            self.control
        );
        let event = self.event("tenant.add");
        let mut transaction = self.begin().await?;
        sqlx::query(AssertSqlSafe(sql))
            .bind(&tenant.tenant_kind)
            .bind(&tenant.key)
            .bind(&tenant.name)
            .bind(&tenant.title)
            .bind(sqlx::types::Json(&tenant.keys))
            .bind(&tenant.parent_key)
            .bind(&tenant.tier)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("add the tenant"))?;
        record(&mut transaction, event, &tenant.tenant_kind, &tenant.key).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))
    }

    /// Every place of the person with that e-mail.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn places(&mut self, email: &str) -> Result<Vec<Place>, PgError> {
        let sql = format!(
            "SELECT DISTINCT lower($1) AS email, p.person, p.persona, p.tenant_kind, p.tenant_key, \
             (SELECT t.title FROM {0}.tenant_now(p.tenant_kind, p.tenant_key) AS t LIMIT 1) AS tenant_title \
             FROM {0}.places($1) AS p ORDER BY 3, 4, 5",
            self.control
        );
        self.fetch_places(sql, email.to_owned()).await
    }

    /// Somebody who may sign in as that persona, for showing a portal: the first by tenant and e-mail.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn someone(&mut self, persona: &PersonaName) -> Result<Option<Place>, PgError> {
        let sql = format!(
            "SELECT p.email, p.person, p.persona, p.tenant_kind, p.tenant_key, t.title AS tenant_title \
             FROM {0}.everyone() AS p \
             LEFT JOIN {0}.tenants() AS t ON t.tenant_kind = p.tenant_kind AND t.key = p.tenant_key \
             WHERE p.persona = $1 AND (p.tenant_key = '' OR t.status = 'active') \
             ORDER BY length(p.tenant_key), p.tenant_key, p.email LIMIT 1",
            self.control
        );
        Ok(self.fetch_places(sql, persona.to_string()).await?.into_iter().next())
    }

    async fn fetch_places(&mut self, sql: String, argument: String) -> Result<Vec<Place>, PgError> {
        let what = "look up people";
        let mut arguments = PgArguments::default();
        let added = arguments.add(argument).map_err(sqlx::Error::Encode);
        added.map_err(PgError::query(what))?;
        self.list(what, sql, arguments, place_of).await
    }

    /// All rows of a question, each as `read` takes it.
    async fn list<T>(
        &mut self,
        what: &'static str,
        sql: String,
        arguments: PgArguments,
        read: fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, PgError> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query_with(AssertSqlSafe(sql), arguments)
            .fetch_all(&mut *transaction)
            .await
            .map_err(PgError::query(what))?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(PgError::query(what))
    }

    /// The secret of a new one-time link; only its hash is kept.
    ///
    /// # Errors
    /// Nobody has that place any more; the server cannot be asked.
    pub async fn create_link(&mut self, place: &Place, valid_for: Duration) -> Result<String, PgError> {
        let sql = format!("SELECT {}.create_link($1, $2, $3, $4, make_interval(secs => $5))", self.control);
        let mut transaction = self.begin().await?;
        let secret = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&place.email)
            .bind(&place.persona)
            .bind(&place.tenant_kind)
            .bind(&place.tenant_key)
            .bind(valid_for.as_secs_f64())
            .fetch_one(&mut *transaction)
            .await
            .map_err(PgError::query("make a sign-in link"))?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(secret)
    }

    fn event(&self, action: &'static str) -> String {
        format!(
            "INSERT INTO {}.audit_event (actor, action, subject) VALUES (session_user, '{action}', concat_ws(':', nullif($1, ''), $2))",
            self.control
        )
    }
}

async fn record(
    transaction: &mut Transaction<'_, Postgres>,
    event: String,
    kind: &str,
    key: &str,
) -> Result<(), PgError> {
    sqlx::query(AssertSqlSafe(event))
        .bind(kind)
        .bind(key)
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(PgError::query("write the audit log"))
}

fn tenant_of(row: &PgRow) -> Result<Tenant, sqlx::Error> {
    Ok(Tenant {
        tenant_kind: row.try_get("tenant_kind")?,
        key: row.try_get("key")?,
        name: row.try_get("name")?,
        title: row.try_get("title")?,
        keys: row.try_get("keys")?,
        parent_key: row.try_get("parent_key")?,
        tier: row.try_get("tier")?,
        status: row.try_get("status")?,
        origin: row.try_get("origin")?,
        settings: row.try_get::<sqlx::types::Json<_>, _>("settings")?.0,
        paid_until: row.try_get("paid_until")?,
    })
}

fn place_of(row: &PgRow) -> Result<Place, sqlx::Error> {
    Ok(Place {
        email: row.try_get("email")?,
        person: row.try_get("person")?,
        persona: row.try_get("persona")?,
        tenant_kind: row.try_get("tenant_kind")?,
        tenant_key: row.try_get("tenant_key")?,
        tenant_title: row.try_get("tenant_title")?,
    })
}
