//! Where a project's cluster lies, and who may use it.

use super::environment::Environment;
use super::error::LocalError;
use super::server_user::{ServerUser, user_name};
use crate::adapters::state_folder::{self, STATE_FOLDER};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A socket address holds 108 bytes with its terminator, on macOS 104.
const LONGEST_SOCKET_PATH: usize = if cfg!(target_os = "macos") { 103 } else { 107 };

/// The folder of one cluster: `data`, `log` and the lock files, all private to the server's user.
#[derive(Debug, Clone)]
pub struct Home {
    pub folder: PathBuf,
    pub user: ServerUser,
    runtime_parent: PathBuf,
}

impl Home {
    /// Finds the place and creates nothing. A cluster that exists already stays where it is.
    pub fn of_project(project: &Path, environment: &Environment) -> Result<Self, LocalError> {
        let project = project.canonicalize().map_err(LocalError::io("open", project))?;
        let inside = project.join(STATE_FOLDER).join("postgres");
        let outside = environment.state_folder.join(short_hash(&project));
        let existing = [&inside, &outside].into_iter().find(|folder| folder.symlink_metadata().is_ok());
        let user = ServerUser::choose(existing.map(PathBuf::as_path))?;
        let folder = match existing {
            Some(folder) => folder.clone(),
            None if user.can_enter(&first_that_exists(&inside)) => inside,
            None => outside,
        };
        Ok(Self { folder, user, runtime_parent: environment.runtime_folder.clone() })
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The major version that made the data; `None` where there are none.
    pub fn data_version(&self) -> Option<u32> {
        std::fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// Whether the folder can be used as it is: it exists, is really a folder, and belongs to the server's user.
    pub fn check(&self) -> Result<bool, LocalError> {
        let Ok(metadata) = self.folder.symlink_metadata() else { return Ok(false) };
        if !metadata.is_dir() {
            return Err(LocalError::NotAFolder(self.folder.clone()));
        }
        if !self.user.owns(&self.folder) {
            return Err(LocalError::BelongsToOther { folder: self.folder.clone(), owner: user_name(metadata.uid()) });
        }
        if !self.user.can_enter(&self.folder) {
            return Err(LocalError::Unreachable { path: self.folder.clone(), user: self.user.name.clone() });
        }
        Ok(true)
    }

    pub fn create(&self) -> Result<(), LocalError> {
        if self.check()? {
            return Ok(());
        }
        let parent = self.folder.parent().unwrap_or(Path::new("/"));
        if parent.ends_with(STATE_FOLDER) {
            state_folder::make(parent).map_err(LocalError::io("make", parent))?;
        } else if !parent.exists() {
            std::fs::create_dir_all(parent).map_err(LocalError::io("make", parent))?;
            // The server's user must pass through, whatever root's umask is; what is private lies deeper.
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(parent, open).map_err(LocalError::io("open up", parent))?;
        }
        self.user.make_private_folder(&self.folder)?;
        self.check().map(|_| ())
    }

    /// A private folder for the socket with a short name that is the same at every start, or, where somebody
    /// else has taken that name in a shared folder, one that nobody could foresee.
    pub fn socket_folder(&self) -> Result<PathBuf, LocalError> {
        let folder = self.runtime_parent.join(format!("portalctl-{}", short_hash(&self.folder)));
        let socket = folder.join(".s.PGSQL.5432");
        if socket.as_os_str().len() > LONGEST_SOCKET_PATH {
            return Err(LocalError::SocketPathTooLong(socket));
        }
        if folder.symlink_metadata().is_err() {
            self.user.make_private_folder(&folder)?;
        }
        let private = |found: std::fs::Metadata| found.is_dir() && found.mode() & 0o077 == 0;
        if self.user.owns(&folder) && folder.symlink_metadata().is_ok_and(private) {
            return Ok(folder);
        }
        let other = tempfile::Builder::new()
            .prefix("portalctl-")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir_in(&self.runtime_parent)
            .map_err(LocalError::io("make a folder in", &self.runtime_parent))?;
        self.user.give(other.path())?;
        Ok(other.keep())
    }

    /// Removes what a stopped server leaves of its socket folder.
    pub fn remove_socket_folder(&self, folder: &Path) {
        let ours = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("portalctl-"));
        if ours && self.user.owns(folder) {
            for name in [".s.PGSQL.5432", ".s.PGSQL.5432.lock"] {
                let _ = std::fs::remove_file(folder.join(name));
            }
            // Only when empty: anything else in there was not put there by us.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn first_that_exists(path: &Path) -> PathBuf {
    path.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/")).to_owned()
}

fn short_hash(path: &Path) -> String {
    blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex()[..16].to_owned()
}
