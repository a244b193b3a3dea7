//! Reading the files that were gathered, several at a time.

use super::{Content, FilesError, Gathered, Gathering, MAX_BYTES, content_of};
use crate::parallel::{self, Share};
use crate::spec::{RawContent, RawFile};
use std::sync::atomic::{AtomicU64, Ordering};

/// As many are read sooner than a thread is started.
const FEW: usize = 32;
/// Files at a time.
const FILES: usize = 16;

impl Gathering {
    /// What the first file holds.
    pub(super) fn read_first(&mut self) -> Option<&RawContent> {
        let first = self.files.first_mut()?;
        if let Content::At(real) = &first.content {
            first.content = Content::Known(content_of(real));
        }
        if let Content::Known(content) = &first.content { Some(content) } else { None }
    }

    /// All of them, in the order that they were met in.
    ///
    /// # Errors
    /// Together they hold more than is read.
    pub(super) fn read(self) -> Result<Vec<RawFile>, FilesError> {
        let bytes = AtomicU64::new(0);
        let share = if self.files.len() < FEW { Share::Alone } else { Share::Pieces(FILES) };
        let files = parallel::map(self.files, share, |Gathered { path, content }| {
            let content = match content {
                Content::Known(content) => content,
                // Nothing more is held of what is refused anyway.
                Content::At(_) if bytes.load(Ordering::Relaxed) > MAX_BYTES => return None,
                Content::At(real) => content_of(&real),
            };
            if let RawContent::Bytes(held) = &content {
                bytes.fetch_add(held.len() as u64, Ordering::Relaxed);
            }
            Some(RawFile { path, content })
        });
        let files: Option<Vec<RawFile>> = files.into_iter().collect();
        files.filter(|_| bytes.into_inner() <= MAX_BYTES).ok_or(FilesError::TooMuch)
    }
}
