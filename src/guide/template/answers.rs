//! The answers to a template's questions: given in a file, kept from last time, asked, or usual.

use super::condition;
use super::head::Head;
use super::question::Question;
use crate::diagnostic::{Finding, Report, Spanned, closest};
use crate::spec::{Value, Values};
use indexmap::IndexMap;
use serde_json::Map;

/// What the files see: every question's answer, and the names of the project and its folder.
pub type TemplateAnswers = Map<String, serde_json::Value>;

/// Answers as they were written, to be held against the questions.
#[derive(Debug, Default)]
pub struct Given {
    values: IndexMap<String, Spanned<Value>>,
}

impl Given {
    /// Reads a file of answers: `brand: Globex`.
    ///
    /// # Errors
    /// Everything in it that the template does not ask, or that does not fit, at its place.
    pub fn read(head: &Head, path: &str, bytes: Vec<u8>) -> Result<Self, Box<Report>> {
        let mut values = Values::read(path, bytes)?;
        let mut findings = Vec::new();
        let mut given = IndexMap::new();
        for (key, value) in std::mem::take(&mut values.entries) {
            match head.questions.get(&key.value) {
                None => findings.push(unknown(head, &key)),
                Some(question) => {
                    findings.extend(question.accept(&value.value).err().filter(|_| value.value != Value::Null).map(
                        |why| {
                            Finding::error(
                                "invalid-value",
                                value.span,
                                format!("`{}` cannot be answered so: {why}", key.value),
                            )
                        },
                    ));
                    if value.value != Value::Null {
                        given.insert(key.value, value);
                    }
                }
            }
        }
        values.without(findings)?;
        Ok(Self { values: given })
    }

    /// Those of last time, below what is given now. What does not fit any more is left to be answered anew.
    pub fn over(mut self, kept: &Kept) -> Self {
        for (name, value) in &kept.answers {
            if !self.values.contains_key(name) {
                self.values.insert(name.clone(), value.clone());
            }
        }
        self
    }

    /// The answer to every question. `ask` is put those that nothing answers; it says `None` where nobody is there, and
    /// then the default counts.
    ///
    /// # Errors
    /// What `ask` says; the name of a question that has neither answer nor default.
    pub fn complete<E>(
        &self,
        head: &Head,
        mut answers: TemplateAnswers,
        mut ask: impl FnMut(&str, &Question) -> Result<Option<serde_json::Value>, E>,
    ) -> Result<TemplateAnswers, Incomplete<E>> {
        for (name, question) in &head.questions {
            let asked = match &question.when {
                Some(when) => {
                    condition::holds(when, &answers).map_err(|error| Incomplete::Condition(name.clone(), error))?
                }
                None => true,
            };
            let given = self.values.get(name).and_then(|value| question.accept(&value.value).ok());
            let answer = match given {
                _ if !asked => serde_json::Value::Null,
                Some(given) => given,
                None => match ask(name, question).map_err(Incomplete::Ask)?.or_else(|| question.default.clone()) {
                    Some(answer) => answer,
                    None => return Err(Incomplete::Missing(name.clone())),
                },
            };
            answers.insert(name.clone(), answer);
        }
        Ok(answers)
    }
}

/// Why there are not all answers.
#[derive(Debug)]
pub enum Incomplete<E> {
    Ask(E),
    Missing(String),
    Condition(String, minijinja::Error),
}

fn unknown(head: &Head, key: &Spanned<String>) -> Finding {
    let finding = Finding::error("unknown-key", key.span, format!("the template asks nothing called `{}`", key.value));
    let known = || head.questions.keys().map(String::as_str);
    match closest(&key.value, known()) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding.hint(format!("it asks {}", known().collect::<Vec<_>>().join(", "))),
    }
}

/// What a project remembers of the template that it was made from.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub template: String,
    pub name: String,
    pub folder: String,
    answers: IndexMap<String, Spanned<Value>>,
}

impl Kept {
    /// Reads what [`stored`] wrote.
    ///
    /// # Errors
    /// It was damaged.
    pub fn read(path: &str, bytes: Vec<u8>) -> Result<Self, Box<Report>> {
        let mut values = Values::read(path, bytes)?;
        let mut kept = Self::default();
        for (key, value) in std::mem::take(&mut values.entries) {
            match (key.value.as_str(), value.value) {
                ("answers", Value::Map(entries)) => {
                    kept.answers = entries.into_iter().map(|(key, value)| (key.value, value)).collect();
                }
                ("template", value) => kept.template = value.spelled().unwrap_or_default(),
                ("name", value) => kept.name = value.spelled().unwrap_or_default(),
                ("folder", value) => kept.folder = value.spelled().unwrap_or_default(),
                _ => {}
            }
        }
        let missing = [("template", &kept.template), ("name", &kept.name), ("folder", &kept.folder)];
        let missing = missing.into_iter().filter(|(_, text)| text.is_empty());
        let finding = |(key, _)| Finding::error("missing-key", values.start, format!("the file does not say `{key}`"));
        let findings: Vec<Finding> = missing.map(finding).collect();
        values.without(findings)?;
        Ok(kept)
    }
}

/// The file that remembers a template and its answers. Questions that were not asked are left out.
pub fn stored(template: &str, revision: Option<&str>, answers: &TemplateAnswers) -> String {
    let is_own = |name: &str| matches!(name, "name" | "folder");
    let asked: Map<String, serde_json::Value> = answers
        .iter()
        .filter(|(name, value)| !is_own(name) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut text = String::from(
        "# The template that this project was made from, and its answers: `portalctl new --update` reads both.\n",
    );
    let own = |name: &str| answers.get(name).cloned().unwrap_or_default();
    // JSON is YAML, and quotes whatever could be taken for something else.
    let mut line = |key: &str, value: &serde_json::Value| text.push_str(&format!("{key}: {value}\n"));
    line("template", &serde_json::json!(template));
    if let Some(revision) = revision {
        line("revision", &serde_json::json!(revision));
    }
    line("name", &own("name"));
    line("folder", &own("folder"));
    if asked.is_empty() {
        line("answers", &serde_json::json!({}));
        return text;
    }
    text.push_str("answers:\n");
    for (name, value) in &asked {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    text
}
