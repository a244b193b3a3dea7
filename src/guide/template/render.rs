//! The files of a template, filled in.

use super::answers::TemplateAnswers;
use super::condition;
use super::head::Head;
use crate::diagnostic::is_unshowable;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use std::collections::BTreeMap;
use std::io;

/// Far more than a file of a project has.
const MOST_BYTES: usize = 4 << 20;
const MOST_FILES: usize = 2_000;

/// A file of a template, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// In the template, with `/` between its parts.
    pub path: String,
    pub text: String,
}

/// A file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// The project's alone once it is written.
    pub once: bool,
    pub text: String,
}

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("the template's `{path}` cannot be filled in: {source}")]
    Render { path: String, source: minijinja::Error },
    #[error("the template's `{path}` becomes longer than {} MiB", MOST_BYTES >> 20)]
    TooLong { path: String },
    #[error("the template's `{path}` would be written to `{to}`, {why}")]
    Place { path: String, to: String, why: &'static str },
    #[error("the template's `{first}` and `{second}` would both be written to `{to}`")]
    Twice { first: String, second: String, to: String },
    #[error("the template writes more than {MOST_FILES} files")]
    TooMany,
    #[error("the template writes no `portalctl.yaml`, so it makes no project")]
    NoProject,
}

/// The files by the paths that they get. A part of a path that becomes empty leaves the file out.
///
/// # Errors
/// A file cannot be filled in, or would lie outside the project.
pub fn rendered(
    head: &Head,
    files: &[TemplateFile],
    answers: &TemplateAnswers,
) -> Result<BTreeMap<String, RenderedFile>, TemplateError> {
    if files.len() > MOST_FILES {
        return Err(TemplateError::TooMany);
    }
    let mut all: BTreeMap<String, RenderedFile> = BTreeMap::new();
    let mut origins: BTreeMap<String, &str> = BTreeMap::new();
    for file in files {
        let failed = |source| TemplateError::Render { path: file.path.clone(), source };
        let mut wanted = true;
        for (_, when) in head.only.iter().filter(|(globs, _)| globs.is_match(&file.path)) {
            wanted &= condition::holds(when, answers).map_err(failed)?;
        }
        let Some(to) = place(&file.path, answers)?.filter(|_| wanted) else { continue };
        if let Some(first) = origins.insert(to.clone(), &file.path) {
            return Err(TemplateError::Twice { first: first.to_owned(), second: file.path.clone(), to });
        }
        let verbatim = head.verbatim.is_match(&file.path);
        let text = if verbatim { file.text.clone() } else { filled(&file.path, &file.text, answers)? };
        all.insert(to.clone(), RenderedFile { once: head.once.is_match(&to), text });
    }
    if all.contains_key(crate::spec::PROJECT_FILE) { Ok(all) } else { Err(TemplateError::NoProject) }
}

/// Where a file goes; `None` where it is left out. Each part is filled in by itself, so that no answer makes a folder.
fn place(path: &str, answers: &TemplateAnswers) -> Result<Option<String>, TemplateError> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        let part =
            if part.contains("{{") || part.contains("{%") { filled(path, part, answers)? } else { part.to_owned() };
        if part.is_empty() {
            return Ok(None);
        }
        parts.push(part);
    }
    let to = parts.join("/");
    let refused = |why| Err(TemplateError::Place { path: path.to_owned(), to: to.clone(), why });
    if parts.iter().any(|part| part.contains(['/', '\\', ':'])) {
        return refused("and a part of a path may hold neither `/` nor `\\` nor `:`");
    }
    if parts.iter().any(|part| part == "." || part == "..") {
        return refused("which leads out of the project");
    }
    if to.contains(is_unshowable) {
        return refused("which holds a character that cannot be seen");
    }
    // At any depth: git runs what the settings of a folder of this name say.
    if parts.iter().any(|part| [".git", ".portalctl"].iter().any(|own| part.eq_ignore_ascii_case(own))) {
        return refused("a folder that belongs to git or to portalctl");
    }
    Ok(Some(to))
}

fn filled(path: &str, template: &str, answers: &TemplateAnswers) -> Result<String, TemplateError> {
    let failed = |source| TemplateError::Render { path: path.to_owned(), source };
    let mut environment = condition::environment();
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().map_err(failed)?);
    let template = environment.template_from_named_str(path, template).map_err(failed)?;
    let mut out = Limited { bytes: Vec::new(), full: false };
    let outcome = template.render_captured_to(Serde(answers), &mut out).map(drop);
    match outcome {
        Ok(()) => {}
        Err(_) if out.full => return Err(TemplateError::TooLong { path: path.to_owned() }),
        Err(error) => return Err(failed(error)),
    }
    // The engine writes text alone.
    Ok(String::from_utf8_lossy(&out.bytes).into_owned())
}

/// Stops a file that grows without end.
struct Limited {
    bytes: Vec<u8>,
    full: bool,
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST_BYTES {
            self.full = true;
            return Err(io::Error::other("too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
