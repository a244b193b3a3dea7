//! Environments of a project, for every verb.

use super::CliError;
use crate::diagnostic::{FileId, Finding, Label, SourceMap, Span, closest};
use std::collections::BTreeMap;

/// The project has no such environment.
pub fn unknown<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> CliError {
    let error = CliError::usage(format!("the project has no environment `{}`", name.escape_debug()));
    let all: Vec<&str> = known.clone().collect();
    match (closest(name, known), all.as_slice()) {
        (_, []) => error.hint("it has none: write `environments:` in the project document"),
        (Some(meant), _) => error.hint(format!("did you mean `{meant}`?")),
        (None, all) => error.hint(format!("there is {}", all.join(", "))),
    }
}

/// The findings that are not among those of the project as it is here, at their places in its files.
pub fn only_there(
    name: &str,
    here: &SourceMap,
    there: &SourceMap,
    known: &[Finding],
    findings: Vec<Finding>,
) -> Vec<Finding> {
    // Files are numbered as they are read, and modules are read as they are adopted.
    let numbers: BTreeMap<&str, FileId> = here.files().map(|(id, file)| (file.path.as_str(), id)).collect();
    let place = |span: Span| Some(Span { file: *numbers.get(there.file(span.file).path.as_str())?, ..span });
    let moved = findings.into_iter().map(|finding| Finding {
        span: finding.span.and_then(place),
        labels: finding
            .labels
            .into_iter()
            .filter_map(|label| Some(Label { span: place(label.span)?, ..label }))
            .collect(),
        // What mends it here is told where it is found here.
        fix: None,
        ..finding
    });
    let is_new = |finding: &Finding| !known.iter().any(|one| Finding { fix: None, ..one.clone() } == *finding);
    let told =
        |finding: Finding| Finding { message: format!("{}, in environment `{name}`", finding.message), ..finding };
    moved.filter(is_new).map(told).collect()
}
