//! What is common to the verbs that tell of the catalogue.

use super::CliError;
use crate::diagnostic::closest;
use crate::guide::Shelf;

/// Prose is hard to read in wider lines than that, on however wide a terminal.
pub const WIDTH: usize = 80;

/// There is no such type.
pub fn unknown_type(shelf: &Shelf, name: &str) -> CliError {
    let is_module = shelf.module(name).map(|_| format!("it is a module: `portalctl modules {name}`"));
    unknown("type", name, shelf.types.iter().map(|card| card.name.as_str()), is_module)
}

/// There is no such module.
pub fn unknown_module(shelf: &Shelf, name: &str) -> CliError {
    let is_type = shelf.portal_type(name).map(|_| format!("it is a type: `portalctl types {name}`"));
    unknown("module", name, shelf.modules.iter().map(|card| card.name.as_str()), is_type)
}

fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>, other: Option<String>) -> CliError {
    let error = CliError::usage(format!("the catalogue has no {what} `{name}`"));
    let near = closest(name, known).map(|near| format!("did you mean `{near}`?"));
    error.hint(other.or(near).unwrap_or_else(|| format!("`portalctl {what}s` lists them")))
}
