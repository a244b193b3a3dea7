//! What the database knows of attachments, for whoever tidies the folder with their bytes.

use super::{PgError, owner};
use crate::names::{Ident, ProjectName, SchemaName};
use crate::plan::control::ProjectRoles;
use sqlx::{AssertSqlSafe, PgConnection};

/// A session on the database that works for one project.
#[derive(Debug)]
pub struct Attachments<'c> {
    connection: &'c mut PgConnection,
    control: String,
    owner: String,
}

impl<'c> Attachments<'c> {
    pub fn new(connection: &'c mut PgConnection, project: &ProjectName, control_schema: &SchemaName) -> Self {
        Self {
            connection,
            control: Ident::new(control_schema.as_str()).to_string(),
            owner: Ident::new(ProjectRoles::named(project).owner.as_str()).to_string(),
        }
    }

    /// How many are of rows that are there no longer; `really`, they are forgotten. Where no object has any, there is
    /// nothing to ask.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn lost(&mut self, really: bool) -> Result<i64, PgError> {
        let text = format!("SELECT {}.attachments_lost($1)", self.control);
        let doing = "look for attachments of rows that are gone";
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        let asked: bool = sqlx::query_scalar("SELECT to_regproc($1) IS NOT NULL")
            .bind(format!("{}.attachments_lost", self.control))
            .fetch_one(&mut *transaction)
            .await
            .map_err(PgError::query(doing))?;
        if !asked {
            return Ok(0);
        }
        let lost = sqlx::query_scalar(AssertSqlSafe(text)).bind(really).fetch_one(&mut *transaction).await;
        let lost = lost.map_err(PgError::query(doing))?;
        transaction.commit().await.map_err(PgError::query("forget attachments of rows that are gone"))?;
        Ok(lost)
    }

    /// What the bytes of all attachments are called.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn known(&mut self) -> Result<Vec<String>, PgError> {
        let text = format!("SELECT a.storage FROM {}.attachment AS a ORDER BY 1", self.control);
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_all(&mut *transaction)
            .await
            .map_err(PgError::query("list attachments"))
    }

    /// The bytes are gone of all that belongs to nothing any more.
    ///
    /// # Errors
    /// The server cannot be told.
    pub async fn removed(&mut self, storages: &[String]) -> Result<(), PgError> {
        let text = format!("DELETE FROM {}.attachment_remains AS r WHERE r.storage = ANY ($1)", self.control);
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        let deleted = sqlx::query(AssertSqlSafe(text)).bind(storages).execute(&mut *transaction).await;
        deleted.map_err(PgError::query("note what was removed"))?;
        transaction.commit().await.map_err(PgError::query("note what was removed"))
    }
}
