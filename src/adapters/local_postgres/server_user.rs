//! The operating-system user that the server runs as, and what it owns.

use super::error::LocalError;
use nix::unistd::{Uid, User};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Who the server runs as. PostgreSQL refuses to run as root, so root hands its processes to another user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUser {
    pub name: String,
    uid: u32,
    gid: u32,
    /// Whether this process is root and must switch.
    switch: bool,
}

impl ServerUser {
    /// The present user; for root the owner of `existing` data, else `postgres`, else `nobody`.
    pub fn choose(existing: Option<&Path>) -> Result<Self, LocalError> {
        let me = nix::unistd::geteuid();
        if !me.is_root() {
            return Ok(Self {
                name: user_name(me.as_raw()),
                uid: me.as_raw(),
                gid: nix::unistd::getegid().as_raw(),
                switch: false,
            });
        }
        if let Some(owner) = existing.and_then(|folder| folder.symlink_metadata().ok()).filter(|owner| owner.uid() != 0)
        {
            return Ok(Self { name: user_name(owner.uid()), uid: owner.uid(), gid: owner.gid(), switch: true });
        }
        let found = ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
        let user = found.filter(|user| !user.uid.is_root()).ok_or(LocalError::NoServerUser)?;
        Ok(Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), switch: true })
    }

    /// A command that runs as this user, without the `PG…` settings of the caller's own surroundings.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        // What the server says is searched for known causes, so it must not be translated.
        command.env("LC_MESSAGES", "C").env_remove("LC_ALL").env_remove("LANGUAGE");
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    pub fn owns(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok_and(|metadata| metadata.uid() == self.uid)
    }

    /// Gives a folder or file that this process has just made to the user.
    pub fn give(&self, path: &Path) -> Result<(), LocalError> {
        if self.switch {
            std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
                .map_err(LocalError::io("change the owner of", path))?;
        }
        Ok(())
    }

    /// Makes `folder`, private to the user, where it is not there yet. Appears whole: a crash between making
    /// and giving leaves no folder that belongs to the wrong user.
    pub fn make_private_folder(&self, folder: &Path) -> Result<(), LocalError> {
        let parent = folder.parent().unwrap_or(Path::new("/"));
        let made = tempfile::Builder::new()
            .prefix(".portalctl-")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(LocalError::io("make a folder in", parent))?;
        self.give(made.path())?;
        match std::fs::rename(made.path(), folder) {
            Ok(()) => drop(made.keep()),
            // Another command was quicker.
            Err(_) if folder.is_dir() => {}
            Err(error) => return Err(LocalError::io("make", folder)(error)),
        }
        Ok(())
    }

    /// Whether the user can enter `folder`. Asked of the system, since access lists and mounts have a say too.
    pub fn can_enter(&self, folder: &Path) -> bool {
        let mut probe = self.command(Path::new("/bin/sh"));
        probe.args(["-c", "cd -- \"$0\""]).arg(folder).current_dir("/");
        probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }
}

/// The user's name, or its number where it has none (containers).
pub(super) fn user_name(uid: u32) -> String {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}
