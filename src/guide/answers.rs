//! What was answered to the decision guide.

use crate::diagnostic::{Finding, Report, Spanned, closest};
use crate::model::{Guide, Question};
use crate::spec::{Value, Values};
use indexmap::IndexMap;
use std::fmt::Write;

/// The chosen answers by question; a question that is not answered is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(pub IndexMap<String, Vec<String>>);

impl Answers {
    /// Reads a file of answers, YAML or JSON: `users: [customers, partners]`.
    ///
    /// # Errors
    /// Everything in it that the guide does not know, at its place.
    pub fn read(guide: &Guide, path: &str, bytes: Vec<u8>) -> Result<Self, Box<Report>> {
        let mut values = Values::read(path, bytes)?;
        let mut answers = Self::default();
        let mut findings = Vec::new();
        for (key, value) in std::mem::take(&mut values.entries) {
            let Some(question) = guide.questions.get(&key.value) else {
                findings.push(unknown_question(guide, &key));
                continue;
            };
            let chosen = chosen(&key.value, question, &value, &mut findings);
            if !chosen.is_empty() {
                answers.0.insert(key.value, chosen);
            }
        }
        values.without(findings)?;
        answers.0.sort_by_cached_key(|name, _| guide.questions.get_index_of(name));
        Ok(answers)
    }

    /// A file that answers nothing yet and says what may be answered.
    pub fn blank(guide: &Guide) -> String {
        let mut text =
            String::from("# Put what applies between the brackets. `portalctl advise --answers FILE` reads it.\n");
        for (name, question) in &guide.questions {
            let _ = writeln!(text, "\n# {}", question.ask);
            for (word, choice) in &question.choices {
                let _ = writeln!(text, "#   {word}: {}", choice.is);
            }
            let _ = writeln!(text, "{name}:{}", if question.one { "" } else { " []" });
        }
        text
    }
}

fn chosen(name: &str, question: &Question, value: &Spanned<Value>, findings: &mut Vec<Finding>) -> Vec<String> {
    let single = [value.clone()];
    let items = match &value.value {
        Value::Null => return Vec::new(),
        Value::List(items) => items.as_slice(),
        _ => &single,
    };
    if question.one && items.len() > 1 {
        let message = format!("`{name}` takes one answer, and {} are given", items.len());
        findings.push(Finding::error("invalid-value", value.span, message).hint("keep the one that fits best"));
    }
    let mut chosen: Vec<String> = Vec::new();
    for item in items {
        match item.value.spelled() {
            Some(word) if question.choices.contains_key(&word) => {
                if !chosen.contains(&word) {
                    chosen.push(word);
                }
            }
            Some(word) => findings.push(unknown_answer(name, question, &Spanned::new(word, item.span))),
            None => {
                let message = format!("an answer to `{name}` must be a word, not {}", item.value.kind());
                findings.push(Finding::error("wrong-type", item.span, message));
            }
        }
    }
    chosen.sort_by_cached_key(|word| question.choices.get_index_of(word));
    chosen
}

fn unknown_question(guide: &Guide, key: &Spanned<String>) -> Finding {
    let finding = Finding::error("unknown-key", key.span, format!("the guide asks nothing called `{}`", key.value));
    let known = || guide.questions.keys().map(String::as_str);
    match closest(&key.value, known()) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding.hint(format!("it asks {}", known().collect::<Vec<_>>().join(", "))),
    }
}

fn unknown_answer(name: &str, question: &Question, word: &Spanned<String>) -> Finding {
    let finding = Finding::error("unknown-value", word.span, format!("`{name}` has no answer `{}`", word.value));
    match closest(&word.value, question.choices.keys().map(String::as_str)) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding.hint("`portalctl advise --blank` lists the answers"),
    }
}
