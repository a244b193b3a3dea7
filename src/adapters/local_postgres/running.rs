//! A server in use by this command.

use super::binaries;
use super::error::LocalError;
use super::locks::Held;
use super::make::SUPERUSER;
use super::{KEPT, LocalCluster, POLL};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Longer than a command that sets up a database holds the cluster would be a hang.
const LEAVE_LIMIT: Duration = Duration::from_secs(120);

/// What an URL's path and query take as they are.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'`');

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The folder of the Unix socket.
    pub folder: PathBuf,
    pub port: u16,
}

impl Address {
    /// An URL that psql and every driver built on libpq understand, without a password.
    pub fn url(&self, user: &str, database: &str) -> String {
        let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
        let folder = self.folder.to_string_lossy();
        format!("postgresql:///{}?host={}&port={}&user={}", encode(database), encode(&folder), self.port, encode(user))
    }
}

/// The server, for as long as this lives. The last user to end stops it, unless it was asked to stay.
#[derive(Debug)]
pub struct Running {
    pub address: Address,
    /// Whether this command started it.
    pub started: bool,
    /// What the user should be told of how it was found.
    pub notices: Vec<String>,
    pub(super) user: User,
}

impl Running {
    /// An URL for `user` on `database`.
    pub fn url(&self, user: &str, database: &str) -> String {
        self.address.url(user, database)
    }

    /// Lets the server run on after its last user, until [`LocalCluster::stop`].
    ///
    /// # Errors
    /// The note of it cannot be written.
    pub fn keep(&self) -> Result<(), LocalError> {
        self.user.cluster.locks.mark(KEPT)
    }

    /// Waits for its turn to change the cluster as a whole: no other command starts, stops or sets it up
    /// until the guard is dropped.
    ///
    /// # Errors
    /// The lock file cannot be opened.
    pub async fn change(&self) -> Result<Held, LocalError> {
        self.user.cluster.locks.change().await
    }

    /// `psql` as the administrator of `database`, to be given arguments and run; it takes no settings from the
    /// surroundings that could lead it elsewhere.
    ///
    /// # Errors
    /// There is no psql beside the server nor on the `PATH`.
    pub fn psql(&self, database: &str) -> Result<Command, LocalError> {
        let cluster = &self.user.cluster;
        let server =
            binaries::ServerBinaries::find(&cluster.environment, &cluster.home.data(), cluster.home.data_version())
                .ok();
        let mut command =
            Command::new(binaries::psql(&cluster.environment, server.as_ref().map(|found| found.folder.as_path()))?);
        for name in [
            "PGHOST",
            "PGHOSTADDR",
            "PGPORT",
            "PGUSER",
            "PGDATABASE",
            "PGPASSWORD",
            "PGSERVICE",
            "PGOPTIONS",
            "PGSSLMODE",
        ] {
            command.env_remove(name);
        }
        command.args(["--no-password", "--dbname", &self.url(SUPERUSER, database)]);
        Ok(command)
    }

    /// Ends this command's use, and says what went wrong where that stops the server. Blocks.
    ///
    /// # Errors
    /// The server did not end.
    pub fn end(mut self) -> Result<(), LocalError> {
        self.user.leave()
    }
}

/// A place among the users of the server, given up when dropped.
#[derive(Debug)]
pub(super) struct User {
    cluster: LocalCluster,
    held: Option<Held>,
    /// The server's process where this command started it, to be collected when it has ended.
    pub(super) child: Option<Child>,
}

impl User {
    pub(super) async fn enter(cluster: &LocalCluster) -> Result<Self, LocalError> {
        let held = Some(cluster.locks.use_shared().await?);
        Ok(Self { cluster: cluster.clone(), held, child: None })
    }

    /// Whether there is no other user. To be asked under the `change` lock: others wait for that, and
    /// what they want of the server begins after it.
    pub(super) async fn is_alone(&mut self) -> Result<bool, LocalError> {
        self.held = None;
        let alone = self.cluster.locks.try_alone()?.is_some();
        self.held = Some(self.cluster.locks.use_shared().await?);
        Ok(alone)
    }

    fn leave(&mut self) -> Result<(), LocalError> {
        if self.held.take().is_none() {
            return Ok(());
        }
        let began = Instant::now();
        let locks = &self.cluster.locks;
        while let Some(alone) = locks.try_alone()? {
            if let Some(_change) = locks.try_change()? {
                if !self.cluster.home.folder.join(KEPT).exists() {
                    self.cluster.stop_server()?;
                }
                break;
            }
            // Somebody changes the cluster without using it: `db stop`, or another last user.
            drop(alone);
            if began.elapsed() > LEAVE_LIMIT {
                break;
            }
            std::thread::sleep(POLL);
        }
        if let Some(child) = &mut self.child {
            let _ = child.try_wait();
        }
        Ok(())
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = self.leave();
    }
}
