//! Expressions over answers: whether a question is asked, whether a file is written.

use crate::diagnostic::{Finding, Span};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::Map;

/// Steps that one expression or one file may take; a loop without an end stops there.
pub(super) const FUEL: u64 = 2_000_000;

pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment
}

/// What is wrong with the form of an expression.
pub(super) fn check(text: &str, span: Span) -> Option<Finding> {
    let error = environment().compile_expression(text).err()?;
    Some(Finding::error("invalid-value", span, format!("`{text}` is no expression: {error}")))
}

/// Whether it holds.
///
/// # Errors
/// It names what is not there, or takes too long.
pub(super) fn holds(text: &str, values: &Map<String, serde_json::Value>) -> Result<bool, minijinja::Error> {
    let environment = environment();
    let expression = environment.compile_expression(text)?;
    Ok(expression.eval(Serde(values))?.is_true())
}
