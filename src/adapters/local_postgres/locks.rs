//! Two lock files let any number of commands share one cluster.
//!
//! `users` is held shared by every command that uses the server; whoever can take it alone is the last.
//! `lock` is held alone while the cluster is made, started, stopped or set up.
//! A third, `server`, is the server's standard input: its processes inherit the lock, so it is held exactly as
//! long as one of them lives, whatever became of the process numbers on file. The system drops all of them
//! when a process dies, however it dies, so no lock is ever stale.

use super::error::LocalError;
use super::server_user::ServerUser;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const POLL: Duration = Duration::from_millis(20);

#[derive(Debug, Clone)]
pub struct Locks {
    folder: PathBuf,
    user: ServerUser,
}

/// A lock that ends when this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Held(File);

impl Locks {
    pub fn new(folder: &Path, user: &ServerUser) -> Self {
        Self { folder: folder.to_owned(), user: user.clone() }
    }

    /// Counts this command among the users. Waits while the last user before stops the server.
    pub async fn use_shared(&self) -> Result<Held, LocalError> {
        self.wait("users", File::try_lock_shared).await
    }

    /// Waits for its turn to change the cluster.
    pub async fn change(&self) -> Result<Held, LocalError> {
        self.wait("lock", File::try_lock).await
    }

    pub fn try_change(&self) -> Result<Option<Held>, LocalError> {
        self.attempt("lock", File::try_lock)
    }

    /// Taken while there are no users; none can come while it is held.
    pub fn try_alone(&self) -> Result<Option<Held>, LocalError> {
        self.attempt("users", File::try_lock)
    }

    /// The lock for a new server, to become its standard input; `None` while a process of one lives.
    pub fn try_server(&self) -> Result<Option<File>, LocalError> {
        Ok(self.attempt("server", File::try_lock)?.map(|held| held.0))
    }

    /// Makes an empty file.
    pub fn mark(&self, name: &str) -> Result<(), LocalError> {
        self.open(&self.folder.join(name)).map(drop)
    }

    async fn wait(&self, name: &str, take: fn(&File) -> Result<(), TryLockError>) -> Result<Held, LocalError> {
        loop {
            if let Some(held) = self.attempt(name, take)? {
                return Ok(held);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn attempt(&self, name: &str, take: fn(&File) -> Result<(), TryLockError>) -> Result<Option<Held>, LocalError> {
        let path = self.folder.join(name);
        let file = self.open(&path)?;
        match take(&file) {
            Ok(()) => Ok(Some(Held(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(LocalError::io("lock", &path)(error)),
        }
    }

    /// Symbolic links are not followed: under root the folder belongs to a less trusted user.
    fn open(&self, path: &Path) -> Result<File, LocalError> {
        let options = |create: bool| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create_new(create).mode(0o600);
            options.custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits());
            options
        };
        let opened = match options(false).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let created = options(true).open(path);
                if created.is_ok() {
                    self.user.give(path)?;
                }
                match created {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options(false).open(path),
                    other => other,
                }
            }
            other => other,
        };
        opened.map_err(LocalError::io("open", path))
    }
}
