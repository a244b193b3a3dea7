//! Where the project's site answers right now, so that links made meanwhile lead there.

use super::state_folder::{self, STATE_FOLDER};
use std::io;
use std::path::{Path, PathBuf};

/// The note is there while the site runs, and goes with this guard.
#[derive(Debug)]
pub struct Serving(PathBuf);

fn file(project: &Path) -> PathBuf {
    project.join(STATE_FOLDER).join("serving")
}

/// Notes that the project's site answers at `address` (`http://127.0.0.1:8080`).
///
/// # Errors
/// The project's folder cannot be written.
pub fn note(project: &Path, address: &str) -> io::Result<Serving> {
    let path = file(project);
    state_folder::make(&project.join(STATE_FOLDER))?;
    std::fs::write(&path, format!("{address}\n{}\n", std::process::id()))?;
    Ok(Serving(path))
}

/// The address that was noted by a process that still runs.
pub fn address(project: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file(project)).ok()?;
    let (address, process) = text.trim_end().split_once('\n')?;
    let process: i32 = process.parse().ok()?;
    is_alive(process).then(|| address.to_owned())
}

fn is_alive(process: i32) -> bool {
    // Where there is no such folder nobody can tell, and the note is believed.
    !Path::new("/proc").is_dir() || Path::new(&format!("/proc/{process}")).exists()
}

impl Drop for Serving {
    fn drop(&mut self) {
        // What stays behind names a process that is gone, and is passed over.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_lasts_as_long_as_the_guard() {
        let folder = tempfile::tempdir().unwrap();
        let guard = note(folder.path(), "http://127.0.0.1:1").unwrap();
        assert_eq!(address(folder.path()).as_deref(), Some("http://127.0.0.1:1"));
        drop(guard);
        assert_eq!(address(folder.path()), None);
    }
}
