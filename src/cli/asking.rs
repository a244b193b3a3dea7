//! Answers from a file or from whoever sits at the terminal.

use super::context::Context;
use super::error::CliError;
use super::project::render_options;
use crate::adapters::asking::Unanswered;
use crate::adapters::files::read_whole;
use crate::diagnostic::{Report, render_text};
use crate::guide::{Answers, Guide};
use std::path::Path;

/// No file of answers is longer.
const MAX_BYTES: u64 = 1 << 20;

/// The bytes of a small file that somebody names.
///
/// # Errors
/// It cannot be read, or it is no file.
pub fn named_file(path: &Path) -> Result<Vec<u8>, CliError> {
    read_whole(path, MAX_BYTES).map(String::into_bytes).map_err(|error| CliError::file("read", path, &error))
}

/// Shows what is wrong with a file that was named.
pub fn unusable(context: &Context, what: &str, report: &Report) -> CliError {
    context.terminal.report(&render_text(report, render_options(context.terminal.colors_talk())));
    CliError::usage(format!("{what} cannot be used")).hint("mend what is said above")
}

/// The answers to the decision guide, of a file.
///
/// # Errors
/// The file cannot be read, or the guide does not know what it says.
pub fn answers_of(context: &Context, guide: &Guide, path: &Path) -> Result<Answers, CliError> {
    let bytes = named_file(path)?;
    Answers::read(guide, &path.display().to_string(), bytes).map_err(|report| unusable(context, "the answers", &report))
}

/// Asks every question of the guide.
///
/// # Errors
/// There is nobody to ask, or nobody answers.
pub fn ask_guide(context: &Context, guide: &Guide) -> Result<Answers, Unanswered> {
    let mut answers = Answers::default();
    for (name, question) in &guide.questions {
        let options = || question.choices.values().map(|choice| choice.is.clone()).collect::<Vec<_>>();
        let chosen = match question.one {
            true => vec![context.terminal.choose_one(&question.ask, options(), 0)?],
            false => context.terminal.choose_some(&question.ask, options(), &[], 0)?,
        };
        let words = chosen.into_iter().filter_map(|place| Some(question.choices.get_index(place)?.0.clone()));
        let words: Vec<String> = words.collect();
        if !words.is_empty() {
            answers.0.insert(name.clone(), words);
        }
    }
    Ok(answers)
}

/// A question that nobody answered, with where the answer may be given instead.
pub fn unanswered(error: &Unanswered, instead: &str) -> CliError {
    match error {
        Unanswered::NobodyThere => CliError::usage(error.to_string()).hint(instead),
        Unanswered::Left => CliError::interrupted(),
        Unanswered::Failed(_) => CliError::usage(error.to_string()),
    }
}
