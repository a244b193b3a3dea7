//! `.portalctl/`: what belongs to a project on this machine, and the manifest of its generated files.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

pub const STATE_FOLDER: &str = ".portalctl";

/// Keeps the folder out of version control wherever the project's own ignore file forgets it, but for the
/// manifest, which the next machine needs.
const IGNORE: &str = "*\n!/manifest.json\n";

/// Makes the folder where it is missing.
///
/// # Errors
/// Where it cannot be made.
pub fn make(folder: &Path) -> io::Result<()> {
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        // The database server's user must pass through, whatever root's umask is; what is private lies deeper.
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    }
    let ignore = folder.join(".gitignore");
    if ignore.symlink_metadata().is_err() { fs::write(ignore, IGNORE) } else { Ok(()) }
}

/// Whether an error says that nothing may be written there at all.
pub fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}
