//! Where the project's site answers right now, so that links made meanwhile lead there, and on which database, so that
//! whoever changes that can say so.

use super::state_folder::{self, STATE_FOLDER};
use std::io;
use std::path::{Path, PathBuf};

/// The note is there while the site runs, and goes with this guard.
#[derive(Debug)]
pub struct Serving(PathBuf);

fn file(project: &Path) -> PathBuf {
    project.join(STATE_FOLDER).join("serving")
}

/// A site that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// `http://127.0.0.1:8080`
    pub address: String,
    /// Its database, in words, whoever asks it.
    pub database: String,
}

/// Notes that the project's site answers.
///
/// # Errors
/// The project's folder cannot be written.
pub fn note(project: &Path, site: &Site) -> io::Result<Serving> {
    let path = file(project);
    state_folder::make(&project.join(STATE_FOLDER))?;
    std::fs::write(&path, format!("{}\n{}\n{}\n", site.address, std::process::id(), site.database))?;
    Ok(Serving(path))
}

/// What was noted by a process that still runs.
pub fn site(project: &Path) -> Option<Site> {
    let text = std::fs::read_to_string(file(project)).ok()?;
    let mut lines = text.lines();
    let (address, process) = (lines.next()?.to_owned(), lines.next()?.parse().ok()?);
    let database = lines.next().unwrap_or_default().to_owned();
    is_alive(process).then_some(Site { address, database })
}

/// The address of that.
pub fn address(project: &Path) -> Option<String> {
    Some(site(project)?.address)
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
        let running = Site { address: "http://127.0.0.1:1".to_owned(), database: "localhost:5432/acme".to_owned() };
        let guard = note(folder.path(), &running).unwrap();
        assert_eq!(site(folder.path()), Some(running));
        drop(guard);
        assert_eq!(site(folder.path()), None);
    }
}
