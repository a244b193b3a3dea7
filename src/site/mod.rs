//! Floor 6: the portals as a web site.
//!
//! A page asks, the database answers: every page that shows data runs in one transaction as the
//! visitor's persona, with a context signed for this very connection ([`query`] counts its round
//! trips). No code here decides what anyone may see; what the model says is used only to know which
//! columns there are to ask for.
//!
//! ```text
//! Site::open(SiteConfig) ── serve(listener, shutdown)
//!                        └─ router()                     for tests
//! ```

mod address;
mod brand;
mod content;
mod fault;
mod files;
mod form;
mod format;
mod guard;
mod handler;
mod key;
mod language;
mod log;
mod look;
mod note;
mod params;
mod portal;
mod query;
mod readable;
mod server;
mod settings;
mod shape;
mod storage;
mod template;
mod verb;
mod view;
mod wording;
mod writable;

#[cfg(test)]
mod preview;

pub use query::Database;
pub use settings::{Remark, remarks};

use crate::model::AccessModel;
use crate::names::{Language, TableName};
use axum::Router;
use files::Folder;
use guard::Limiter;
use look::Look;
use portal::PortalSite;
use query::{Issuer, LiveTypes, Pools, QueryError, Reader, Readiness, Remains, Submissions};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use storage::Storage;
use tokio::net::TcpListener;

/// What a site is made from.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    pub model: Arc<AccessModel>,
    /// The folder with one folder for each portal; neither need exist.
    pub site_dir: PathBuf,
    pub database: Database,
    /// Where the bytes of attachments lie; need not exist.
    pub files: PathBuf,
    /// Templates are read anew for each page, and error pages say what went wrong.
    pub dev: bool,
    /// The address of a visitor is what the last proxy says in `X-Forwarded-For`. Only where nobody
    /// can reach the site but through that proxy.
    pub behind_proxy: bool,
    /// No line for each request.
    pub quiet: bool,
}

/// Why a site does not start, or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The portal's own files ask for what cannot be.
    #[error("portal `{portal}`: {reason}")]
    Settings { portal: String, reason: String },
    /// A login would pass by the row policies.
    #[error("{0}")]
    TooPowerful(String),
    #[error("the site's database: {0}")]
    Database(String),
    #[error("the site cannot listen: {0}")]
    Listen(#[from] std::io::Error),
}

impl From<QueryError> for SiteError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::TooPowerful { .. } => Self::TooPowerful(error.to_string()),
            other => Self::Database(other.to_string()),
        }
    }
}

/// A site that is ready to answer. Clones are the same site.
#[derive(Debug, Clone)]
pub struct Site {
    /// In the project's first language, or in the only one.
    inner: Arc<Inner>,
    /// In the project's further languages: everything but the words is the same.
    others: Arc<[Inner]>,
}

#[derive(Debug)]
struct Inner {
    model: Arc<AccessModel>,
    /// `None`: the project names none.
    language: Option<Language>,
    /// All of the site.
    languages: Arc<[Language]>,
    portals: Vec<PortalSite>,
    /// Of pages that belong to no portal.
    neutral: Look,
    pools: Pools,
    reader: Reader,
    issuer: Issuer,
    readiness: Readiness,
    types: Arc<LiveTypes>,
    limiter: Arc<Limiter>,
    submissions: Submissions,
    storage: Storage,
    remains: Remains,
    names: form::Names,
    dev: bool,
    behind_proxy: bool,
    quiet: bool,
}

impl Inner {
    /// Removes the bytes of files that nobody has any more. What this misses is removed the next time.
    fn clear_remains(&self) {
        let (remains, storage) = (self.remains.clone(), self.storage.clone());
        tokio::spawn(async move {
            while let Ok(found) = remains.list().await {
                let mut gone = Vec::with_capacity(found.len());
                for name in found {
                    if storage.remove(&name).await {
                        gone.push(name);
                    }
                }
                if gone.is_empty() || remains.removed(&gone).await.is_err() {
                    break;
                }
            }
        });
    }
}

impl Site {
    /// Reads the portals' own files, connects both logins, reads the types of the exposed columns.
    ///
    /// # Errors
    /// Where a `site.yaml` is wrong, the database cannot be reached, or a login is one that row
    /// policies do not bind.
    pub async fn open(config: SiteConfig) -> Result<Self, SiteError> {
        let SiteConfig { model, site_dir, database, files, dev, behind_proxy, quiet } = config;
        let folder = |portal: &crate::model::Portal| Folder::new(site_dir.join(portal.name.as_str()));
        let said = |language: Option<&Language>| {
            let model = language.map_or_else(|| Arc::clone(&model), |language| Arc::new(model.in_language(language)));
            let portals = model.portals.values();
            let portals: Result<Vec<PortalSite>, SiteError> =
                portals.map(|portal| PortalSite::new(&model, portal, folder(portal), language, dev)).collect();
            Ok::<_, SiteError>((language.cloned(), Arc::clone(&model), portals?))
        };
        let languages: Arc<[Language]> = model.project.locales.clone().into();
        let first = said(languages.first())?;
        let further = languages.iter().skip(1).map(|language| said(Some(language))).collect::<Result<Vec<_>, _>>()?;
        let pools = Pools::open(&database).await?;
        let tables: BTreeSet<&TableName> = model.objects.values().map(|object| &object.table).collect();
        let control = &model.project.control_schema;
        let types = Arc::new(LiveTypes::read(&pools, &tables, control).await?);
        let (limiter, storage) = (Arc::<Limiter>::default(), Storage::new(files, model.project.storage.scan.clone()));
        let inner = |(language, model, portals): (Option<Language>, Arc<AccessModel>, Vec<PortalSite>)| Inner {
            neutral: Look::neutral(model.project.name.as_str()),
            reader: Reader::new(pools.clone()),
            issuer: Issuer::new(pools.clone(), control),
            readiness: Readiness::new(&database),
            limiter: Arc::clone(&limiter),
            submissions: Submissions::new(control),
            storage: storage.clone(),
            remains: Remains::new(pools.clone(), control),
            names: form::Names::of(model.objects.values(), control),
            pools: pools.clone(),
            types: Arc::clone(&types),
            languages: Arc::clone(&languages),
            language,
            portals,
            model,
            dev,
            behind_proxy,
            quiet,
        };
        let (inner, others) = (inner(first), further.into_iter().map(inner).collect());
        if inner.model.objects.values().any(|object| object.attachments.is_some()) {
            inner.storage.sweep().await;
            inner.clear_remains();
        }
        Ok(Self { inner: Arc::new(inner), others })
    }

    /// All addresses of the site, for a test without a socket. Requests need a [`Visitor`] extension.
    pub fn router(&self) -> Router {
        handler::router(self.clone())
    }

    /// The site in one of its languages, by their order.
    fn speaking(&self, at: usize) -> &Inner {
        at.checked_sub(1).and_then(|at| self.others.get(at)).unwrap_or(&self.inner)
    }

    /// Answers until `shutdown` is done, then lets what is under way finish, at most ten seconds.
    ///
    /// # Errors
    /// Where the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), SiteError> {
        server::run(&self, listener, shutdown).await?;
        self.inner.pools.close().await;
        Ok(())
    }
}

/// Whether both logins sign in and are bound by row policies.
///
/// # Errors
/// One does not, or is not.
pub async fn try_logins(database: &Database) -> Result<(), SiteError> {
    Pools::open(database).await?.close().await;
    Ok(())
}

/// [`Site::open`] and [`Site::serve`] in one.
///
/// # Errors
/// As both.
pub async fn serve(
    config: SiteConfig,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), SiteError> {
    Site::open(config).await?.serve(listener, shutdown).await
}

/// Where a request came from and arrived, as the socket says.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    pub peer: SocketAddr,
    /// The listener is one that only this machine reaches.
    pub local: bool,
}
