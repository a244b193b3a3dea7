//! All files or none.

use super::place::Root;
use super::{Ledger, Prepared, ProjectFilesError};
use crate::adapters::state_folder::{self, STATE_FOLDER};
use crate::scaffold::{Decision, Merge, reject_path};
use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

const LOCK_PATH: &str = ".portalctl/scaffold.lock";
const TEMPORARY_PREFIX: &str = ".portalctl-";
const TEMPORARY_SUFFIX: &str = ".tmp";

/// One file to be changed.
struct Step<'a> {
    path: String,
    place: PathBuf,
    before: Option<&'a [u8]>,
    /// `None`: the file goes.
    after: Option<&'a str>,
}

pub(super) fn write(prepared: &Prepared) -> Result<(), ProjectFilesError> {
    let root = &prepared.root;
    let steps = steps(prepared)?;
    let manifest = prepared.manifest.to_json();
    let is_current = root.read(prepared.ledger.manifest)?.is_some_and(|bytes| bytes == manifest.as_bytes());
    if steps.is_empty() && is_current && !prepared.interrupted {
        return Ok(());
    }
    let (state, lock) = (root.locate(STATE_FOLDER)?, root.locate(LOCK_PATH)?);
    state_folder::make(&state).map_err(ProjectFilesError::io(STATE_FOLDER, "made"))?;
    let _lock = wait_for(&lock).map_err(ProjectFilesError::io(LOCK_PATH, "locked"))?;
    let steps = still_to_do(prepared, steps, &manifest)?;
    let mut transaction = Transaction { root, ledger: prepared.ledger, folders: Vec::new(), done: Vec::new() };
    let outcome = transaction.run(&steps, &manifest);
    match &outcome {
        Ok(()) => {
            transaction.tidy(&steps);
            if prepared.interrupted {
                let places = prepared.actions.iter().filter_map(|action| root.locate(&action.path).ok());
                places
                    .filter_map(|place| place.parent().map(Path::to_owned))
                    .for_each(|folder| remove_leftovers(&folder));
            }
        }
        Err(_) => transaction.undo(),
    }
    outcome
}

/// Without what another run has done meanwhile, whose outcome must be this one's.
fn still_to_do<'a>(
    prepared: &Prepared,
    steps: Vec<Step<'a>>,
    manifest: &str,
) -> Result<Vec<Step<'a>>, ProjectFilesError> {
    let raced = |path: &str| ProjectFilesError::Raced { path: path.to_owned() };
    let written_down = prepared.ledger.manifest;
    let current = prepared.root.read(written_down)?;
    if current.as_deref() != prepared.before(written_down) && current.as_deref() != Some(manifest.as_bytes()) {
        return Err(raced(written_down));
    }
    let mut left = Vec::new();
    for step in steps {
        let current = prepared.root.read(&step.path)?;
        if current.as_deref() == step.before {
            left.push(step);
        } else if current.as_deref() != step.after.map(str::as_bytes) {
            return Err(raced(&step.path));
        }
    }
    Ok(left)
}

fn steps(prepared: &Prepared) -> Result<Vec<Step<'_>>, ProjectFilesError> {
    let mut steps = Vec::new();
    let mut add = |path: String, after| {
        let before = prepared.before(&path);
        prepared.root.locate(&path).map(|place| steps.push(Step { path, place, before, after }))
    };
    for action in &prepared.actions {
        // The rejected lines come first: once the file itself is written, they are not offered again.
        if let Decision::Merge(Merge { rejected: Some(patch), .. }) = &action.decision {
            add(reject_path(&action.path), Some(patch.as_str()))?;
        }
        match &action.decision {
            Decision::Remove => add(action.path.clone(), None)?,
            decision => {
                if let Some(text) = decision.text() {
                    add(action.path.clone(), Some(text))?;
                }
            }
        }
    }
    Ok(steps)
}

/// Waits for any other run to end; the system drops the lock of one that is killed.
fn wait_for(lock: &Path) -> io::Result<File> {
    let lock = File::options().create(true).truncate(false).write(true).open(lock)?;
    lock.lock()?;
    Ok(lock)
}

struct Transaction<'a> {
    root: &'a Root,
    ledger: Ledger,
    /// Made here, outermost first.
    folders: Vec<PathBuf>,
    /// Places as they were before.
    done: Vec<(PathBuf, Option<&'a [u8]>)>,
}

impl<'a> Transaction<'a> {
    fn run(&mut self, steps: &[Step<'a>], manifest: &str) -> Result<(), ProjectFilesError> {
        let mut staged = Vec::new();
        for step in steps {
            let Some(text) = step.after else { continue };
            let failed = ProjectFilesError::io(&step.path, "written");
            staged.push((step, self.stage(&step.place, text.as_bytes()).map_err(failed)?));
        }
        self.replace(self.ledger.journal, manifest)?;
        for (step, file) in staged {
            file.persist(&step.place).map_err(|error| ProjectFilesError::io(&step.path, "written")(error.error))?;
            self.done.push((step.place.clone(), step.before));
        }
        for step in steps.iter().filter(|step| step.after.is_none()) {
            fs::remove_file(&step.place).map_err(ProjectFilesError::io(&step.path, "removed"))?;
            self.done.push((step.place.clone(), step.before));
        }
        self.replace(self.ledger.manifest, manifest)
    }

    /// A file beside `place`, ready to be renamed to it.
    fn stage(&mut self, place: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
        let folder = place.parent().unwrap_or(self.root.path());
        let missing = folder.ancestors().take_while(|folder| !folder.exists()).collect::<Vec<_>>();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        let mut file = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .suffix(TEMPORARY_SUFFIX)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        if let Ok(metadata) = fs::metadata(place) {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        file.as_file().sync_all()?;
        Ok(file)
    }

    fn replace(&mut self, path: &str, text: &str) -> Result<(), ProjectFilesError> {
        let place = self.root.locate(path)?;
        let staged = self.stage(&place, text.as_bytes()).map_err(ProjectFilesError::io(path, "written"))?;
        staged.persist(&place).map(drop).map_err(|error| ProjectFilesError::io(path, "written")(error.error))
    }

    /// Puts everything back. Where that fails too, the journal stays, and the next run completes this one.
    fn undo(&mut self) {
        let mut undone = true;
        for (place, before) in std::mem::take(&mut self.done).into_iter().rev() {
            let outcome = match before {
                Some(bytes) => self.stage(&place, bytes).and_then(|file| Ok(file.persist(&place).map(drop)?)),
                None => fs::remove_file(&place),
            };
            undone &= outcome.is_ok();
        }
        if undone {
            self.drop_journal();
        }
        // Only those that are empty again go.
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }

    /// What is left to do once the manifest stands; the next run does it where this one is interrupted.
    fn tidy(&self, steps: &[Step<'_>]) {
        self.drop_journal();
        for folder in steps.iter().filter_map(|step| step.place.parent()).collect::<BTreeSet<_>>() {
            remove_leftovers(folder);
        }
        for step in steps.iter().filter(|step| step.after.is_none()) {
            let inside = step.place.ancestors().skip(1).take_while(|folder| *folder != self.root.path());
            for folder in inside {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
    }

    fn drop_journal(&self) {
        if let Ok(place) = self.root.locate(self.ledger.journal) {
            let _ = fs::remove_file(place);
        }
    }
}

/// Temporary files of a run that was killed.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_before_a_failure_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        fs::create_dir_all(root.path().join(STATE_FOLDER)).unwrap();
        fs::write(root.path().join("changed"), "before").unwrap();
        let step =
            |path: &str, before, after| Step { path: path.to_owned(), place: root.path().join(path), before, after };
        let steps = [
            step("changed", Some(b"before".as_slice()), Some("after")),
            step("new/folder/file", None, Some("after")),
            // It is not there, so removing it fails, after everything else is done.
            step("absent", Some(b"before".as_slice()), None),
        ];
        let mut transaction = Transaction { root: &root, ledger: Ledger::SITE, folders: Vec::new(), done: Vec::new() };
        let error = transaction.run(&steps, "{}").unwrap_err();
        assert!(error.to_string().starts_with("`absent` cannot be removed"), "{error}");
        assert_eq!(fs::read(root.path().join("changed")).unwrap(), b"after");
        transaction.undo();
        assert_eq!(fs::read(root.path().join("changed")).unwrap(), b"before");
        let names = |folder: &Path| fs::read_dir(folder).unwrap().count();
        assert_eq!(names(root.path()), 2, "the file and the state folder");
        assert_eq!(names(&root.path().join(STATE_FOLDER)), 0, "neither journal nor manifest");
    }
}
