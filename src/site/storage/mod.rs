//! The bytes of attachments: files in one folder, under names that the database makes. Nothing of what somebody sent
//! is a part of a path.
//!
//! A new file is written beside them and reaches the disk before the database hears of it; it is given its name just
//! before the record is committed. What breaks off in between leaves a file without a record, never the other way.

mod media;
mod name;

pub use media::media_type;
pub use name::{disposition, presentable};

use super::guard::hex;
use crate::model::Scan;
use axum::body::Bytes;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempPath;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Where new files are until they have a name.
const INCOMING: &str = "incoming";
/// What comes in at once, at most: each is a file that is open.
const MOST_UPLOADS: usize = 16;
/// Enough to tell what a file is.
const HEAD: usize = 8 * 1024;
/// What never became a file is swept up after so long.
const ABANDONED: Duration = Duration::from_hours(24);

#[derive(Debug, Clone)]
pub struct Storage {
    folder: PathBuf,
    scan: Option<Scan>,
    uploads: Arc<Semaphore>,
}

/// A file that has come in and belongs to nothing yet: dropped, it is gone.
#[derive(Debug)]
pub struct Incoming {
    path: TempPath,
    file: File,
    hash: Sha256,
    pub bytes: u64,
    pub head: Vec<u8>,
}

/// The same, on the disk.
#[derive(Debug)]
pub struct Received {
    path: TempPath,
    pub bytes: u64,
    pub head: Vec<u8>,
    pub sha256: String,
}

impl Storage {
    pub fn new(folder: PathBuf, scan: Option<Scan>) -> Self {
        Self { folder, scan, uploads: Arc::new(Semaphore::new(MOST_UPLOADS)) }
    }

    /// A place for one more file; `None`: there are as many coming in as may.
    pub fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.uploads.try_acquire().ok()
    }

    /// # Errors
    /// Where the folder cannot be written.
    pub async fn receive(&self) -> std::io::Result<Incoming> {
        let folder = self.folder.join(INCOMING);
        let made = tokio::task::spawn_blocking(move || {
            private_folder(&folder)?;
            tempfile::Builder::new().prefix("").tempfile_in(&folder)
        });
        let (file, path) = made.await.map_err(std::io::Error::other)??.into_parts();
        Ok(Incoming { path, file: File::from_std(file), hash: Sha256::new(), bytes: 0, head: Vec::new() })
    }

    /// Whether the scan lets the file pass; `None`: there is no scan.
    ///
    /// # Errors
    /// Where the scan cannot be run or takes too long.
    pub async fn scan(&self, file: &Received) -> Result<Option<bool>, String> {
        let Some(Scan { command, seconds }) = &self.scan else { return Ok(None) };
        let Some((program, arguments)) = command.split_first() else { return Ok(None) };
        let mut child = tokio::process::Command::new(program);
        child.args(arguments).arg(&*file.path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        child.kill_on_drop(true);
        let ended = tokio::time::timeout(Duration::from_secs(*seconds), child.status()).await;
        match ended {
            Ok(Ok(status)) => Ok(Some(status.success())),
            Ok(Err(error)) => Err(format!("the scan `{program}` cannot be run: {error}")),
            Err(_) => Err(format!("the scan `{program}` took longer than {seconds} s")),
        }
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// Where it cannot be moved there.
    pub async fn keep(&self, file: Received, storage: &str) -> std::io::Result<()> {
        let path = self.path(storage)?;
        let kept = tokio::task::spawn_blocking(move || {
            let folder = path.parent().map(Path::to_owned).unwrap_or_default();
            private_folder(&folder)?;
            // A name is made anew for each file, so nothing can be there.
            file.path.persist_noclobber(&path).map_err(|error| error.error)?;
            std::fs::File::open(&folder)?.sync_all()
        });
        kept.await.map_err(std::io::Error::other)?
    }

    /// # Errors
    /// Where it is not there.
    pub async fn open(&self, storage: &str) -> std::io::Result<(File, u64)> {
        let file = File::open(self.path(storage)?).await?;
        let bytes = file.metadata().await?.len();
        Ok((file, bytes))
    }

    /// Whether it is gone, now or before.
    pub async fn remove(&self, storage: &str) -> bool {
        let Ok(path) = self.path(storage) else { return false };
        match fs::remove_file(path).await {
            Ok(()) => true,
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        }
    }

    /// Removes what began to come in long ago and never became a file.
    pub async fn sweep(&self) {
        let Ok(mut entries) = fs::read_dir(self.folder.join(INCOMING)).await else { return };
        while let Ok(Some(entry)) = entries.next_entry().await {
            let old = entry.metadata().await.ok().and_then(|facts| facts.modified().ok()?.elapsed().ok());
            if old.is_some_and(|age| age > ABANDONED) {
                let _ = fs::remove_file(entry.path()).await;
            }
        }
    }

    /// Two letters of the name are a folder, so that none grows too large.
    fn path(&self, storage: &str) -> std::io::Result<PathBuf> {
        let sound = storage.len() == 64 && storage.bytes().all(|byte| byte.is_ascii_hexdigit());
        match storage.get(..2).filter(|_| sound) {
            Some(first) => Ok(self.folder.join(first).join(storage)),
            None => Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "this is no name of a file")),
        }
    }
}

impl Incoming {
    /// # Errors
    /// Where the disk does not take it.
    pub async fn write(&mut self, chunk: &Bytes) -> std::io::Result<()> {
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&chunk[..chunk.len().min(room)]);
        self.bytes += chunk.len() as u64;
        self.hash.update(chunk);
        self.file.write_all(chunk).await
    }

    /// # Errors
    /// Where it does not reach the disk.
    pub async fn received(mut self) -> std::io::Result<Received> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(Received { path: self.path, bytes: self.bytes, head: self.head, sha256: hex(self.hash.finalize()) })
    }
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
