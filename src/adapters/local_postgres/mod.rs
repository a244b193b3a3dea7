//! The project's private PostgreSQL: a real server of its own that is started when it is needed and stopped
//! with the last command that uses it.
//!
//! ```text
//! LocalCluster::locate(project) → start() → Running ── dropped: the last user stops the server, unless `keep`
//!                               → status() · stop()
//! ```

mod binaries;
mod environment;
mod error;
mod home;
mod launch;
mod locks;
mod make;
mod postmaster;
mod running;
mod server_user;

pub use binaries::{OLDEST_MAJOR, ServerBinaries, program};
pub use environment::Environment;
pub use error::{LocalError, Rejected};

pub use locks::Held;
pub use make::SUPERUSER;
pub use running::{Address, Running};

use home::Home;
use locks::Locks;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use postmaster::PostmasterFile;
use running::User;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a server that holds its lock may stay silent: it is starting after a crash, or its last processes end.
const SILENCE_LIMIT: Duration = Duration::from_secs(15);
/// A fast shutdown writes what is in memory to disk.
const STOP_LIMIT: Duration = Duration::from_secs(60);
const KILL_LIMIT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(10);

/// The marker that a server was asked to stay by [`Running::keep`].
const KEPT: &str = "kept";

/// One project's cluster, running or not, made or not.
#[derive(Debug, Clone)]
pub struct LocalCluster {
    home: Home,
    locks: Locks,
    environment: Environment,
    settings: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Nothing was made yet; this is where it will be.
    Absent {
        folder: PathBuf,
    },
    Stopped {
        folder: PathBuf,
        major: u32,
    },
    Running {
        folder: PathBuf,
        major: u32,
        pid: i32,
        address: Address,
        kept: bool,
        in_use: bool,
    },
    /// Processes of a server hold the folder and nobody answers.
    Unresponsive {
        folder: PathBuf,
        pid: Option<i32>,
    },
}

/// What is found when one looks for a server.
#[derive(Debug)]
enum Server {
    Down,
    Up(PostmasterFile),
    /// Alive by its lock, but deaf: starting, ending, or out of reach.
    Silent,
}

impl LocalCluster {
    /// The cluster of the project in `project`. Creates nothing.
    ///
    /// # Errors
    /// The folder cannot be opened, or root has no other user to run a server as.
    pub fn locate(project: &Path, environment: Environment) -> Result<Self, LocalError> {
        let home = Home::of_project(project, &environment)?;
        let locks = Locks::new(&home.folder, &home.user);
        Ok(Self { home, locks, environment, settings: Vec::new() })
    }

    /// Server settings for the starts by this value, above those of the configuration files.
    #[must_use]
    pub fn with_settings<'a>(mut self, settings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.settings.extend(settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }

    /// Where the data, the log and the locks lie.
    pub fn folder(&self) -> &Path {
        &self.home.folder
    }

    /// Joins the running server, or makes the cluster where there is none, and starts it. Waits while another
    /// command is at that. Dropping the future undoes what it began.
    ///
    /// # Errors
    /// Every variant of [`LocalError`]; nothing is left running then that was not before.
    pub async fn start(&self) -> Result<Running, LocalError> {
        self.home.create()?;
        let mut user = User::enter(self).await?;
        let change = self.locks.change().await?;
        let mut notices = Vec::new();
        let mut server = self.settled().await?;
        if let Some(file) = &server
            && let Some(reason) = self.reason_to_restart(file)
        {
            if user.is_alone().await? {
                self.stop_server()?;
                notices.push(format!("{reason}: restarted the private PostgreSQL"));
                server = None;
            } else if !file.answers() {
                return Err(LocalError::Unresponsive { folder: self.home.folder.clone(), pid: Some(file.pid) });
            } else {
                notices.push(format!("{reason}: restart the commands that use the private PostgreSQL soon"));
            }
        }
        let started = server.is_none();
        let file = match server {
            Some(file) => file,
            None => {
                let _ = std::fs::remove_file(self.home.folder.join(KEPT));
                let binaries = ServerBinaries::find(&self.environment, &self.home.data(), self.home.data_version())?;
                if self.home.data_version().is_none() {
                    let durable = !self.settings.iter().any(|(name, value)| name == "fsync" && value == "off");
                    make::make_data(&self.home, &binaries, durable).await?;
                }
                let (child, file) = launch::launch(&self.home, &self.locks, &binaries, &self.settings).await?;
                user.child = Some(child);
                file
            }
        };
        drop(change);
        Ok(Running { address: Address { folder: file.socket_folder, port: file.port }, started, notices, user })
    }

    /// The programs that would start it.
    ///
    /// # Errors
    /// None will do.
    pub fn binaries(&self) -> Result<ServerBinaries, LocalError> {
        ServerBinaries::find(&self.environment, &self.home.data(), self.home.data_version())
    }

    /// The process of a server that ended without a word, by what it left; the next start clears that away.
    pub fn left_behind(&self) -> Option<i32> {
        PostmasterFile::read_pid(&self.home.data())
    }

    /// What there is, without waiting for anything or changing it.
    ///
    /// # Errors
    /// The folder is there and cannot be used by this user.
    pub fn status(&self) -> Result<Status, LocalError> {
        let folder = self.home.folder.clone();
        if !self.home.check()? {
            return Ok(Status::Absent { folder });
        }
        let Some(major) = self.home.data_version() else { return Ok(Status::Absent { folder }) };
        Ok(match self.look()? {
            Server::Down => Status::Stopped { folder, major },
            Server::Silent => Status::Unresponsive { folder, pid: PostmasterFile::read_pid(&self.home.data()) },
            Server::Up(file) => Status::Running {
                major,
                pid: file.pid,
                address: Address { folder: file.socket_folder, port: file.port },
                kept: folder.join(KEPT).exists(),
                in_use: self.locks.has_users()?,
                folder,
            },
        })
    }

    /// Stops the server whoever uses it. Says whether there was one. Blocks until it has ended.
    ///
    /// # Errors
    /// The server did not end, or the folder cannot be used by this user.
    pub async fn stop(&self) -> Result<bool, LocalError> {
        if !self.home.check()? {
            return Ok(false);
        }
        let _change = self.locks.change().await?;
        let running = self.settled().await?.is_some();
        self.stop_server()?;
        Ok(running)
    }

    /// Looks again until a silent server answers or has ended.
    async fn settled(&self) -> Result<Option<PostmasterFile>, LocalError> {
        let began = Instant::now();
        loop {
            match self.look()? {
                Server::Down => return Ok(None),
                Server::Up(file) => return Ok(Some(file)),
                Server::Silent if self.has_lost_its_socket() => return Ok(PostmasterFile::read(&self.home.data())),
                Server::Silent if began.elapsed() < SILENCE_LIMIT => tokio::time::sleep(POLL).await,
                Server::Silent => {
                    let pid = PostmasterFile::read_pid(&self.home.data());
                    return Err(LocalError::Unresponsive { folder: self.home.folder.clone(), pid });
                }
            }
        }
    }

    fn look(&self) -> Result<Server, LocalError> {
        let is_free = !self.locks.has_server()?;
        Ok(match PostmasterFile::read(&self.home.data()) {
            // A folder that was moved still holds its lock; a copy speaks of the folder it was made from.
            Some(file) if (!is_free || self.is_about_us(&file)) && file.answers() => Server::Up(file),
            _ if is_free => Server::Down,
            _ => Server::Silent,
        })
    }

    /// Whether any process of a server lives; when in doubt, yes.
    fn is_alive(&self) -> bool {
        !matches!(self.look(), Ok(Server::Down))
    }

    fn is_about_us(&self, file: &PostmasterFile) -> bool {
        file.data == self.home.data()
    }

    /// A ready server of this machine whose socket somebody removed, as cleaners of `/tmp` do.
    fn has_lost_its_socket(&self) -> bool {
        PostmasterFile::read(&self.home.data()).is_some_and(|file| {
            let socket = file.socket_folder.join(format!(".s.PGSQL.{}", file.port));
            file.ready && !socket.exists() && kill(Pid::from_raw(file.pid), None).is_ok()
        })
    }

    /// New processes of a server load their libraries from disk; after an upgrade these do not fit the old server.
    /// Packages keep the files' dates, so the time of the change of the file's entry decides.
    fn reason_to_restart(&self, file: &PostmasterFile) -> Option<&'static str> {
        if !file.answers() {
            return Some("the socket of the server is gone");
        }
        let data = self.home.data();
        let named = self.environment.pg_bindir.as_ref().map(|folder| folder.join("postgres"));
        let named = named.or_else(|| PostmasterFile::program(&data));
        let program = named.filter(|program| program.exists()).or_else(|| {
            ServerBinaries::find(&self.environment, &data, self.home.data_version()).ok().map(|found| found.server())
        });
        let changed = program?.metadata().ok()?.ctime();
        (changed > file.started).then_some("PostgreSQL was upgraded under the running server")
    }

    /// Ends the server under the `change` lock: politely, then at once. Its data survive either.
    fn stop_server(&self) -> Result<(), LocalError> {
        let file = PostmasterFile::read(&self.home.data());
        let was_alive = self.is_alive();
        for (signal, limit) in [(Signal::SIGINT, STOP_LIMIT), (Signal::SIGQUIT, KILL_LIMIT)] {
            if !self.is_alive() {
                break;
            }
            // Without a file there are only processes of a server that is gone, about to notice.
            if let Some(file) = &file {
                let _ = kill(Pid::from_raw(file.pid), signal);
            }
            let began = Instant::now();
            while self.is_alive() && began.elapsed() < limit {
                std::thread::sleep(POLL);
            }
        }
        if self.is_alive() {
            let folder = self.home.folder.clone();
            let deaf = LocalError::Unresponsive { folder, pid: None };
            return Err(file.map_or(deaf, |file| LocalError::Stop(file.pid)));
        }
        if let Some(file) = file.filter(|file| was_alive || self.is_about_us(file)) {
            self.home.remove_socket_folder(&file.socket_folder);
        }
        let _ = std::fs::remove_file(self.home.folder.join(KEPT));
        Ok(())
    }
}
