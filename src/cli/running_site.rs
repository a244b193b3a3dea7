//! The site while it runs: what `serve` and `up` share.

use super::context::Context;
use super::database::Database;
use super::error::CliError;
use super::interrupt::Signals;
use super::site_logins::{GATEWAY, ISSUER};
use crate::adapters::postgres::connect::DatabaseUrl;
use crate::adapters::serving;
use crate::adapters::state_folder::STATE_FOLDER;
use crate::model::AccessModel;
use crate::plan::control::ProjectRoles;
use crate::site::{self, Site, SiteConfig, SiteError};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where the site listens unless told otherwise; the next free port where that one is taken.
pub const USUAL: &str = "127.0.0.1:8080";

/// A socket that answers nothing yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    /// `http://127.0.0.1:8080`
    pub address: String,
    /// Since before anybody is told of the address: who is told may send one at once.
    signals: Signals,
}

impl Listener {
    /// Listens at `wanted`, or at the usual address, or at any free port beside it; says so where that is a second site
    /// of the project, or not where people look for it.
    ///
    /// # Errors
    /// The address is taken or is none.
    pub async fn open(context: &Context, folder: &Path, wanted: Option<&str>) -> Result<Self, CliError> {
        let socket = match wanted {
            Some(address) => {
                let whole = with_host(address);
                TcpListener::bind(&whole).await.map_err(|error| refused(&whole, &error, serving::address(folder)))?
            }
            None => match TcpListener::bind(USUAL).await {
                Ok(socket) => socket,
                Err(_) => {
                    let socket = TcpListener::bind("127.0.0.1:0").await.map_err(|error| unable(&error))?;
                    if serving::address(folder).is_none() {
                        context.terminal.note(&format!("`{USUAL}` is taken: the site takes another port"));
                    }
                    socket
                }
            },
        };
        if let Some(running) = serving::address(folder) {
            context.terminal.note(&format!("this project's site answers at {running} already: this is a second one"));
        }
        let address = format!("http://{}", socket.local_addr().map_err(|error| unable(&error))?);
        Ok(Self { socket, address, signals: Signals::listen() })
    }
}

/// How the site runs, apart from what it shows.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Templates are read anew for each page, and error pages say what went wrong.
    pub dev: bool,
    /// Visitors' addresses are those that the last proxy names.
    pub behind_proxy: bool,
}

/// A port alone is one of this machine.
fn with_host(address: &str) -> String {
    let port = address.strip_prefix(':').unwrap_or(address);
    if port.parse::<u16>().is_ok() { format!("127.0.0.1:{port}") } else { address.to_owned() }
}

fn refused(address: &str, error: &io::Error, running: Option<String>) -> CliError {
    let port = address.rsplit_once(':').map_or(address, |(_, port)| port);
    match error.kind() {
        io::ErrorKind::AddrInUse if running.is_some_and(|running| running.ends_with(&format!(":{port}"))) => {
            CliError::usage(format!("cannot listen on `{address}`: this project's site answers there already")).hint(
                "use that one, or end it with Ctrl-C where it runs; `--listen 0` takes a free port for a second one",
            )
        }
        io::ErrorKind::AddrInUse => CliError::usage(format!(
            "cannot listen on `{address}`: port {port} is taken by another program"
        ))
        .hint("choose another port, or `--listen 0` for a free one; without `--listen` the site finds one by itself"),
        io::ErrorKind::PermissionDenied => {
            CliError::usage(format!("cannot listen on `{address}`: this user may not take port {port}"))
                .hint("choose a port from 1024 on, and let a web server in front of it answer at 80 and 443")
        }
        io::ErrorKind::AddrNotAvailable => {
            CliError::usage(format!("cannot listen on `{address}`: this machine has no such address"))
                .hint("`127.0.0.1:8080` is reached from this machine alone, `0.0.0.0:8080` from others as well")
        }
        _ => CliError::usage(format!("cannot listen on `{address}`: {error}"))
            .hint("write it as PORT or as ADDRESS:PORT; port 0 takes a free one"),
    }
}

fn unable(error: &io::Error) -> CliError {
    CliError::usage(format!("cannot listen: {error}"))
}

/// Opens the site on the gateway's and the issuer's logins, never on an administrator's.
///
/// # Errors
/// A login cannot connect or is one that row policies do not bind; a file of the site is wrong.
pub async fn open(
    context: &Context,
    folder: &Path,
    model: &Arc<AccessModel>,
    database: &Database,
    manner: Manner,
) -> Result<Site, CliError> {
    let config = SiteConfig {
        model: Arc::clone(model),
        site_dir: folder.join("site"),
        files: folder.join(&model.project.storage.folder),
        database: logins(model, database)?,
        dev: manner.dev,
        behind_proxy: manner.behind_proxy,
        quiet: context.terminal.is_quiet(),
    };
    Site::open(config).await.map_err(CliError::from)
}

/// Whether the site could be opened on its logins. Nothing of it stays open.
///
/// # Errors
/// As [`open`].
pub async fn try_logins(model: &AccessModel, database: &Database) -> Result<(), CliError> {
    site::try_logins(&logins(model, database)?).await.map_err(CliError::from)
}

fn logins(model: &AccessModel, database: &Database) -> Result<site::Database, CliError> {
    let roles = ProjectRoles::of(&model.project);
    let gateway = database.login(&roles.gateway, GATEWAY)?;
    let issuer = database.login(&roles.issuer, ISSUER)?;
    Ok(site::Database::new(gateway.options(), issuer.options()))
}

/// Answers until a signal, which then ends this in order and not the program in the middle.
///
/// # Errors
/// The listener fails.
pub async fn answer(
    context: &Context,
    (folder, model, database): (&Path, &AccessModel, &Database),
    site: Site,
    listener: Listener,
) -> Result<(), CliError> {
    let gateway = database.login(&ProjectRoles::of(&model.project).gateway, GATEWAY)?;
    let noted = serving::Site { address: listener.address.clone(), database: gateway.place() };
    let _noted =
        serving::note(folder, &noted).map_err(|error| CliError::file("write", &folder.join(STATE_FOLDER), &error))?;
    let Listener { socket, mut signals, .. } = listener;
    let _ours = context.interrupts.leave_to_work();
    site.serve(socket, async move { _ = signals.next().await }).await?;
    Ok(())
}

/// Tells whoever changed what a running site of the project shows that it goes on showing what it read when it began.
pub fn tell_of_former(context: &Context, folder: &Path, database: &DatabaseUrl) {
    if let Some(site) = serving::site(folder).filter(|site| site.database == database.place()) {
        context.terminal.warn(&format!(
            "the site at {} goes by the documents as they were when it was started: end it with Ctrl-C there and start it again",
            site.address
        ));
    }
}

/// Whether the site answers, asked as a browser would; then it stops.
///
/// # Errors
/// It does not answer, or not that it is ready.
pub async fn probe(site: Site, listener: Listener) -> Result<(), CliError> {
    let address = listener.socket.local_addr().map_err(|error| unable(&error))?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(site.serve(listener.socket, async {
        let _ = stopped.await;
    }));
    let answer = tokio::time::timeout(Duration::from_secs(10), ask(address)).await;
    drop(stop);
    running.await.map_err(|error| CliError::usage(format!("the site ended: {error}")))??;
    match answer {
        Ok(Ok(status)) if status.contains(" 200 ") => Ok(()),
        Ok(Ok(status)) => Err(CliError::database(format!("the site is not ready: it answers `{status}`"))),
        Ok(Err(error)) => {
            Err(CliError::usage(format!("the site does not answer: {error}")).hint("choose another `--listen`"))
        }
        Err(_) => Err(CliError::database("the site does not answer within ten seconds")
            .hint("is the database busy, or are its connections all taken?")),
    }
}

async fn ask(address: std::net::SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

impl From<SiteError> for CliError {
    fn from(error: SiteError) -> Self {
        match &error {
            SiteError::Settings { .. } | SiteError::Listen(_) => Self::usage(error.to_string()),
            SiteError::TooPowerful(_) => Self::refused(error.to_string()).hint(
                "the site runs as the gateway and the issuer; set `PORTALCTL_GATEWAY_URL` and `PORTALCTL_ISSUER_URL`",
            ),
            SiteError::Database(_) => Self::database(error.to_string())
                .hint("has `portalctl apply` run on this database, and may the gateway and the issuer sign in?"),
        }
    }
}
