//! Questions of a template: what may be answered.

use super::condition;
use super::head::{known_keys, map, wrong};
use crate::catalog::Color;
use crate::diagnostic::{Finding, Span, Spanned, closest, is_unshowable};
use crate::spec::Value;
use indexmap::IndexMap;
use serde_json::json;

/// Longer answers belong into a file that the project keeps.
const LONGEST: usize = 2_000;

#[derive(Debug, Clone)]
pub struct Question {
    pub ask: String,
    pub sort: Sort,
    /// What is taken where nothing is answered; it fits.
    pub default: Option<serde_json::Value>,
    /// An expression of the answers before; where it does not hold, the question is not asked and its answer is none.
    pub when: Option<String>,
}

/// What an answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    Text {
        pattern: Option<String>,
        longest: usize,
    },
    Boolean,
    Integer {
        least: Option<i64>,
        most: Option<i64>,
    },
    Color,
    /// By the word, what it means.
    Choice(IndexMap<String, String>),
    /// Some of them, or none.
    Choices(IndexMap<String, String>),
}

impl Question {
    /// The answer as files see it.
    ///
    /// # Errors
    /// Why it does not fit.
    pub fn accept(&self, value: &Value) -> Result<serde_json::Value, String> {
        self.sort.accept(value)
    }
}

impl Sort {
    fn accept(&self, value: &Value) -> Result<serde_json::Value, String> {
        let spelled =
            || value.spelled().ok_or_else(|| format!("the answer must be {}, not {}", self.what(), value.kind()));
        match self {
            Self::Text { pattern, longest } => {
                let text = spelled()?;
                check_text(&text, pattern.as_deref(), *longest)?;
                Ok(json!(text))
            }
            Self::Boolean => match value {
                Value::Boolean(answer) => Ok(json!(answer)),
                other => Err(format!("the answer must be `true` or `false`, not {}", other.kind())),
            },
            Self::Integer { least, most } => {
                let text = spelled()?;
                let number: i64 = text.parse().map_err(|_| format!("`{text}` is no whole number"))?;
                match (least, most) {
                    (Some(least), _) if number < *least => Err(format!("{least} is the least")),
                    (_, Some(most)) if number > *most => Err(format!("{most} is the most")),
                    _ => Ok(json!(number)),
                }
            }
            Self::Color => {
                let text = spelled()?;
                let color =
                    Color::parse(&text).map_err(|_| format!("`{text}` is no colour; write it as `\"#1d4ed8\"`"))?;
                Ok(json!(color.to_string()))
            }
            Self::Choice(choices) => Ok(json!(chosen(&spelled()?, choices)?)),
            Self::Choices(choices) => {
                let Value::List(items) = value else {
                    return Err(format!("the answer must be a list, not {}", value.kind()));
                };
                let word = |item: &Spanned<Value>| {
                    let text = item.value.spelled().ok_or_else(|| "each answer must be a word".to_owned())?;
                    chosen(&text, choices)
                };
                Ok(json!(items.iter().map(word).collect::<Result<Vec<_>, String>>()?))
            }
        }
    }

    fn what(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Boolean => "`true` or `false`",
            Self::Integer { .. } => "a whole number",
            Self::Color => "a colour",
            Self::Choice(_) => "one of the choices",
            Self::Choices(_) => "a list of choices",
        }
    }
}

fn check_text(text: &str, pattern: Option<&str>, longest: usize) -> Result<(), String> {
    if let Some(bad) = text.chars().find(|c| is_unshowable(*c)) {
        return Err(format!("it holds the character {}, which cannot be seen", bad.escape_unicode()));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(format!("it is {length} characters long, {longest} are the most"));
    }
    match pattern {
        Some(pattern) if !fits(pattern, text) => Err(format!("`{text}` does not have the form `{pattern}`")),
        _ => Ok(()),
    }
}

/// Patterns are those of paths and no more, so that none can take for ever: `*`, `?`, `[a-z]`, `{a,b}`.
fn fits(pattern: &str, text: &str) -> bool {
    globset::Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(text))
}

fn chosen(word: &str, choices: &IndexMap<String, String>) -> Result<String, String> {
    if choices.contains_key(word) {
        return Ok(word.to_owned());
    }
    let known = choices.keys().map(String::as_str);
    Err(match closest(word, known.clone()) {
        Some(near) => format!("`{word}` is none of the choices; did you mean `{near}`?"),
        None => format!("`{word}` is none of the choices: {}", known.collect::<Vec<_>>().join(", ")),
    })
}

/// Reads one question.
pub(super) fn question(
    name: &str,
    value: &Spanned<Value>,
    before: &IndexMap<String, Question>,
    findings: &mut Vec<Finding>,
) -> Option<Question> {
    let entries = map(value, name, findings);
    known_keys(
        entries,
        &["ask", "type", "choices", "pattern", "max_length", "least", "most", "default", "when"],
        findings,
    );
    let get = |key: &str| entries.iter().find(|(known, _)| known.value == key).map(|(_, value)| value);
    let word = |key: &str| get(key).and_then(|value| value.value.spelled());
    let sort = sort(value.span, &get, findings)?;
    let mut question =
        Question { ask: word("ask").unwrap_or_else(|| format!("{name}?")), sort, default: None, when: None };
    if let Some(default) = get("default") {
        match question.accept(&default.value) {
            Ok(accepted) => question.default = Some(accepted),
            Err(why) => {
                findings.push(Finding::error(
                    "invalid-value",
                    default.span,
                    format!("the default does not fit: {why}"),
                ));
            }
        }
    }
    if let Some(when) = get("when") {
        let text = when.value.spelled().unwrap_or_default();
        findings.extend(condition::check(&text, when.span).or_else(|| later(&text, when.span, before)));
        question.when = Some(text);
    }
    Some(question)
}

/// A condition sees the answers of questions before its own.
fn later(text: &str, span: Span, before: &IndexMap<String, Question>) -> Option<Finding> {
    let environment = condition::environment();
    let expression = environment.compile_expression(text).ok()?;
    let mut names: Vec<String> = expression.undeclared_variables(false).into_iter().collect();
    names.sort();
    let unknown = names.into_iter().find(|name| !before.contains_key(name) && name != "name" && name != "folder")?;
    Some(Finding::error("unknown-variable", span, format!("no question before this one is called `{unknown}`")))
}

fn sort<'v>(at: Span, get: &impl Fn(&str) -> Option<&'v Spanned<Value>>, findings: &mut Vec<Finding>) -> Option<Sort> {
    let number = |key: &str| get(key).and_then(|value| value.value.spelled()?.parse::<i64>().ok());
    let word = get("type").and_then(|value| value.value.spelled()).unwrap_or_else(|| "text".to_owned());
    Some(match word.as_str() {
        "text" => {
            let longest =
                number("max_length").and_then(|most| usize::try_from(most).ok()).unwrap_or(LONGEST).min(LONGEST);
            Sort::Text { pattern: pattern(get("pattern"), findings), longest }
        }
        "boolean" => Sort::Boolean,
        "integer" => Sort::Integer { least: number("least"), most: number("most") },
        "color" => Sort::Color,
        "choice" => Sort::Choice(choices(at, get("choices"), findings)?),
        "choices" => Sort::Choices(choices(at, get("choices"), findings)?),
        other => {
            let span = get("type").map_or(at, |value| value.span);
            let known = "text, boolean, integer, color, choice, choices";
            findings.push(
                Finding::error("unknown-value", span, format!("there is no type of answer `{other}`"))
                    .hint(format!("the types are {known}")),
            );
            return None;
        }
    })
}

fn pattern(value: Option<&Spanned<Value>>, findings: &mut Vec<Finding>) -> Option<String> {
    let value = value?;
    let text = value.value.spelled()?;
    if globset::Glob::new(&text).is_err() {
        findings.push(
            Finding::error("invalid-value", value.span, format!("`{text}` is no pattern")).hint(
                "`*` stands for any text, `?` for one character, `[a-z]` for one of these, `{a,b}` for one of two",
            ),
        );
    }
    Some(text)
}

/// A list of words, or a map from words to what they mean.
fn choices(at: Span, value: Option<&Spanned<Value>>, findings: &mut Vec<Finding>) -> Option<IndexMap<String, String>> {
    let Some(value) = value else {
        findings.push(Finding::error("missing-key", at, "the question has no `choices`"));
        return None;
    };
    let mut all = IndexMap::new();
    match &value.value {
        Value::List(items) => {
            all.extend(items.iter().filter_map(|item| item.value.spelled()).map(|word| (word.clone(), word)));
        }
        Value::Map(entries) => all.extend(
            entries
                .iter()
                .map(|(key, text)| (key.value.clone(), text.value.spelled().unwrap_or_else(|| key.value.clone()))),
        ),
        _ => findings.push(wrong(value, "choices", "a list or a map")),
    }
    if all.is_empty() {
        findings.push(Finding::error("empty-value", value.span, "there is nothing to choose"));
    }
    Some(all)
}
