//! Lock files let any number of commands share one cluster.
//!
//! - `users` is held shared by every command that uses the server; whoever can take it alone is the last, and
//!   decides about the server's end. `watched` is held likewise, for onlookers to try: what they hold for a
//!   moment must not be mistaken for a user by the last one.
//! - `lock` is held alone while the cluster is made, started, stopped or set up.
//! - `server` is the server's standard input: its processes inherit the lock, so it is held exactly as long as
//!   one of them lives, whatever became of the process numbers on file.
//!
//! The system drops all of them when a process dies, however it dies, so no lock is ever stale.

use super::error::LocalError;
use super::server_user::ServerUser;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(20);

#[derive(Debug, Clone)]
pub struct Locks {
    folder: PathBuf,
    user: ServerUser,
}

/// Longer than onlookers take.
const SERVER_LIMIT: Duration = Duration::from_secs(5);

/// Locks that end when this is dropped.
///
/// They are given up in words. To close the files would not do: a program that is just being started has them open
/// too, until it takes over the process that was made for it.
#[derive(Debug)]
#[must_use]
pub struct Held {
    files: Vec<File>,
}

impl Held {
    /// The lock's one file, to be handed to a process that goes on holding it.
    pub fn hand_over(mut self) -> Option<File> {
        self.files.pop()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = file.unlock();
        }
    }
}

impl Locks {
    pub fn new(folder: &Path, user: &ServerUser) -> Self {
        Self { folder: folder.to_owned(), user: user.clone() }
    }

    /// Counts this command among the users. Waits while the last user before stops the server.
    pub async fn use_shared(&self) -> Result<Held, LocalError> {
        let mut held = self.wait("users", File::try_lock_shared).await?;
        held.files.append(&mut self.wait("watched", File::try_lock_shared).await?.files);
        Ok(held)
    }

    /// Waits for its turn to change the cluster.
    pub async fn change(&self) -> Result<Held, LocalError> {
        self.wait("lock", File::try_lock).await
    }

    pub fn try_change(&self) -> Result<Option<Held>, LocalError> {
        self.attempt("lock", File::try_lock)
    }

    /// Taken while there are no users; none can come while it is held. Only for those who then see to the
    /// server's end: another last user who meets this goes away.
    pub fn try_alone(&self) -> Result<Option<Held>, LocalError> {
        self.attempt("users", File::try_lock)
    }

    /// Whether there are users, seen from outside.
    pub fn has_users(&self) -> Result<bool, LocalError> {
        Ok(self.attempt("watched", File::try_lock)?.is_none())
    }

    /// Whether a process of a server lives.
    pub fn has_server(&self) -> Result<bool, LocalError> {
        Ok(self.attempt("server", File::try_lock_shared)?.is_none())
    }

    /// The lock for a new server, to be handed over to it; `None` where a process of another lives.
    pub async fn server(&self) -> Result<Option<Held>, LocalError> {
        let began = Instant::now();
        loop {
            match self.attempt("server", File::try_lock)? {
                None if began.elapsed() < SERVER_LIMIT => tokio::time::sleep(POLL).await,
                lock => return Ok(lock),
            }
        }
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
            Ok(()) => Ok(Some(Held { files: vec![file] })),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn locks(folder: &Path) -> Locks {
        let user = ServerUser::choose(Some(folder)).unwrap();
        Locks::new(folder, &user)
    }

    #[tokio::test]
    async fn a_program_that_is_being_started_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let locks = locks(folder.path());
        let held = locks.use_shared().await.unwrap();
        let inherited: Vec<File> = held.files.iter().map(|file| file.try_clone().unwrap()).collect();
        assert!(locks.try_alone().unwrap().is_none() && locks.has_users().unwrap());
        drop(held);
        assert!(locks.try_alone().unwrap().is_some() && !locks.has_users().unwrap());
        drop(inherited);
    }

    #[tokio::test]
    async fn the_lock_of_a_server_lives_as_long_as_its_processes() {
        let folder = tempfile::tempdir().unwrap();
        let locks = locks(folder.path());
        let file = locks.server().await.unwrap().and_then(Held::hand_over).unwrap();
        let mut child = std::process::Command::new("sleep").arg("600").stdin(file).spawn().unwrap();
        assert!(locks.has_server().unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!locks.has_server().unwrap());
    }

    #[test]
    fn a_link_in_place_of_a_lock_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&target, folder.path().join("lock")).unwrap();
        assert!(locks(folder.path()).try_change().is_err());
        assert!(!target.exists());
    }
}
