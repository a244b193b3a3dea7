//! Collecting findings, with a ceiling per file, so that a hostile file cannot make the report the problem.

use crate::diagnostic::{FileId, Finding, Span};

/// More problems than anyone reads of one file.
pub const MAX_PER_FILE: usize = 500;

/// That more was found in a file than is shown.
pub fn too_many(file: FileId) -> Finding {
    let text = format!("this file has more than {MAX_PER_FILE} problems, the others are not shown");
    Finding::error("too-many-problems", Span::file_start(file), text).hint("mend those shown and run again")
}

#[derive(Debug, Default)]
pub(super) struct Findings {
    all: Vec<Finding>,
    in_this_file: usize,
}

impl Findings {
    pub(super) fn begin_file(&mut self) {
        self.in_this_file = 0;
    }

    /// Says once that more was found than is shown.
    pub(super) fn end_file(&mut self, file: FileId) {
        if self.in_this_file > MAX_PER_FILE {
            self.all.push(too_many(file));
        }
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.in_this_file += 1;
        if self.in_this_file <= MAX_PER_FILE {
            self.all.push(finding);
        }
    }

    pub(super) fn extend_from(&mut self, finding: Option<Finding>) {
        if let Some(finding) = finding {
            self.push(finding);
        }
    }

    /// Adds what was found elsewhere in this file.
    pub(super) fn append(&mut self, others: Self) {
        let more = others.in_this_file - others.all.len().min(others.in_this_file);
        others.all.into_iter().for_each(|finding| self.push(finding));
        self.in_this_file += more;
    }

    /// Adds what was found in a file of its own, which has been ended.
    pub(super) fn append_file(&mut self, others: Self) {
        self.all.extend(others.all);
        self.in_this_file = others.in_this_file;
    }

    /// Whether looking for more in this file is of no use.
    pub(super) fn is_full(&self) -> bool {
        self.in_this_file > MAX_PER_FILE
    }

    /// How many problems were found in this file so far, shown or not.
    pub(super) fn len(&self) -> usize {
        self.in_this_file
    }

    /// Whether something was found in `file`.
    pub(super) fn concern(&self, file: FileId) -> bool {
        self.all.iter().any(|finding| finding.span.is_some_and(|span| span.file == file))
    }

    pub(super) fn into_inner(self) -> Vec<Finding> {
        self.all
    }
}
