//! The database that a command works on.

use super::context::Context;
use super::error::CliError;
use super::site_logins::{self, GATEWAY, ISSUER};
use crate::adapters::files;
use crate::adapters::local_postgres::{Environment, LocalCluster, Running};
use crate::adapters::postgres::connect::DatabaseUrl;
use crate::adapters::postgres::local_database::{self, Prepared};
use crate::names::RoleName;
use crate::spec::document::ProjectDoc;
use std::path::Path;

/// An administrator's way to the project's database. The private server lives at least as long as this.
#[derive(Debug)]
pub struct Database {
    pub url: DatabaseUrl,
    /// The private local server, where that is what is used.
    pub local: Option<Running>,
}

impl Database {
    /// `--database-url`, else `DATABASE_URL`, else the private local database, which is started, made and set up
    /// as needed.
    ///
    /// # Errors
    /// The URL cannot be used, or the local server or database cannot be made: exit codes 2 and 3.
    pub async fn open(context: &Context, folder: &Path, project: &ProjectDoc) -> Result<Self, CliError> {
        if let Some(url) = context.database_url()? {
            return Ok(Self { url, local: None });
        }
        let running = start_local(context, folder, project).await?;
        let url = local_database::local_url(&running, project.name.value.as_str());
        Ok(Self { url, local: Some(running) })
    }

    /// What the site needs of it: where both of its logins say where they lead, that is all, and no server is started.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn open_for_site(context: &Context, folder: &Path, project: &ProjectDoc) -> Result<Self, CliError> {
        match (site_logins::url(GATEWAY), site_logins::url(ISSUER)) {
            (Some(gateway), Some(_)) => Ok(Self { url: DatabaseUrl::parse(&gateway)?, local: None }),
            _ => Self::open(context, folder, project).await,
        }
    }

    /// The way of one of the site's own logins: what `variable` of the surroundings says, else this database with
    /// the user replaced and the password from the usual places.
    ///
    /// # Errors
    /// The variable holds no database URL.
    pub fn login(&self, role: &RoleName, variable: &str) -> Result<DatabaseUrl, CliError> {
        match site_logins::url(variable) {
            Some(url) => Ok(DatabaseUrl::parse(&url)?),
            None => Ok(self.url.as_user(role.as_str())),
        }
    }
}

/// The project's private cluster.
///
/// # Errors
/// Its folder cannot be opened, or root has nobody to run a server as.
pub fn local_cluster(folder: &Path) -> Result<LocalCluster, CliError> {
    Ok(LocalCluster::locate(folder, Environment::of_process())?)
}

/// Starts the private server and makes sure that the project's database is there.
///
/// # Errors
/// As [`Database::open`].
pub async fn start_local(context: &Context, folder: &Path, project: &ProjectDoc) -> Result<Running, CliError> {
    let patterns: Vec<String> = project.database.setup.iter().map(|pattern| pattern.value.clone()).collect();
    let setup = files::setup_files(folder, &patterns)?;
    let name = project.name.value.as_str();
    let progress = context.terminal.progress("starting the private PostgreSQL");
    let running = local_cluster(folder)?.start().await?;
    for notice in &running.notices {
        context.terminal.warn(notice);
    }
    progress.step(&format!("setting up the database `{name}`"));
    match local_database::prepare(&running, name, &setup, folder).await? {
        Prepared::Found => {}
        Prepared::Created { files: 0 } => context.terminal.note(&format!("created the local database `{name}`")),
        Prepared::Created { files } => {
            let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
            context.terminal.note(&format!("created the local database `{name}` and ran {files} of `database.setup`"));
        }
    }
    Ok(running)
}
