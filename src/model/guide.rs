//! The decision guide as it is written: questions, and what their answers lead to.

use crate::catalog;
use crate::diagnostic::Span;
use crate::names::{ModuleName, TypeName};
use crate::spec::{Value, Values};
use indexmap::IndexMap;

/// The questions by name, in the order in which they are asked.
#[derive(Debug, Clone, Default)]
pub struct Guide {
    pub questions: IndexMap<String, Question>,
    /// What one has to think of, by the word for it.
    pub brings: IndexMap<String, String>,
}

#[derive(Debug, Clone, Default)]
pub struct Question {
    pub ask: String,
    /// Only one of the choices can be right.
    pub one: bool,
    pub choices: IndexMap<String, Choice>,
}

/// What an answer leads to.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    pub is: String,
    /// Those that may be meant, the likeliest first.
    pub types: Vec<TypeName>,
    pub modules: Vec<ModuleName>,
    pub brings: Vec<String>,
}

/// What was answered before a portal was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// By question, in the guide's order; a question that is not answered is not there.
    pub given: IndexMap<String, Vec<String>>,
    pub span: Span,
}

impl Guide {
    /// The guide that comes with the binary.
    pub fn read() -> Self {
        let mut guide = Self::default();
        let values = Values::read("guide.yaml", catalog::guide().as_bytes().to_vec());
        for (key, value) in values.map(|values| values.entries).unwrap_or_default() {
            if key.value == "brings" {
                guide.brings = entries(&value.value).map(|(key, text)| (key, spelled(text))).collect();
            } else {
                guide.questions.insert(key.value, question(&value.value));
            }
        }
        guide
    }
}

fn question(value: &Value) -> Question {
    let mut question = Question::default();
    for (key, value) in entries(value) {
        match key.as_str() {
            "ask" => question.ask = spelled(value),
            "one" => question.one = *value == Value::Boolean(true),
            _ => question.choices = entries(value).map(|(key, value)| (key, choice(value))).collect(),
        }
    }
    question
}

fn choice(value: &Value) -> Choice {
    let mut choice = Choice::default();
    for (key, value) in entries(value) {
        match key.as_str() {
            "is" => choice.is = spelled(value),
            "types" => choice.types = words(value).map(TypeName::new).collect(),
            "modules" => choice.modules = words(value).map(ModuleName::new).collect(),
            _ => choice.brings = words(value).collect(),
        }
    }
    choice
}

fn entries(value: &Value) -> impl Iterator<Item = (String, &Value)> {
    let entries = if let Value::Map(entries) = value { entries.as_slice() } else { &[] };
    entries.iter().map(|(key, value)| (key.value.clone(), &value.value))
}

fn words(value: &Value) -> impl Iterator<Item = String> {
    let items = if let Value::List(items) = value { items.as_slice() } else { &[] };
    items.iter().map(|item| spelled(&item.value))
}

fn spelled(value: &Value) -> String {
    value.spelled().unwrap_or_default()
}
