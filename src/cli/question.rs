//! Questions about access: the action that is asked for, and whether it can be asked about that.

use super::CliError;
use super::target::{Target, unknown};
use crate::analysis::Action;
use crate::diagnostic::closest;
use std::collections::BTreeSet;

/// Reads an action as the command line writes it.
///
/// # Errors
/// There is none; in words, with the one that is meant.
pub fn action(text: &str) -> Result<Action, String> {
    // Which states there are is known where the object is: see [`check`].
    if matches!(text, "transition" | "transition:") {
        return Ok(Action::Transition(String::new()));
    }
    Action::parse(text).ok_or_else(|| {
        let words = Action::WORDS;
        let (word, state) = text.split_once(':').map_or((text, None), |(word, state)| (word, Some(state)));
        let near = closest(word, words.iter().map(Action::word).chain(["transition"]));
        match (near, state) {
            (Some("transition"), state) => {
                format!("did you mean `transition:{}`?", state.filter(|to| !to.is_empty()).unwrap_or("TO"))
            }
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, _) => format!("the actions are {} and transition:TO", Action::words()),
        }
    })
}

/// A question about a state or a field that cannot be is a slip, and no denial.
///
/// # Errors
/// Which slip it is.
pub fn check(action: &Action, target: &Target<'_>) -> Result<(), CliError> {
    if let Some(field) = target.field.as_ref().filter(|_| !action.has_fields()) {
        return Err(CliError::usage(format!("`{action}` is about rows, not about `{field}`"))
            .hint(format!("write `{}`", target.object.name)));
    }
    if target.key.is_some() && matches!(action, Action::Create | Action::Export) {
        let why = match action {
            Action::Create => "a row that is made has no key yet",
            _ => "`export` is about all rows that are seen, not about one",
        };
        return Err(CliError::usage(why).hint(format!("write `{}`", target.object.name)));
    }
    let Action::Transition(to) = action else { return Ok(()) };
    let Some(states) = &target.object.states else {
        return Err(CliError::usage(format!("`{}` has no states", target.object.name)));
    };
    let all = states.transitions.iter().flat_map(|(from, targets)| std::iter::once(from).chain(targets));
    let known: BTreeSet<&str> = all.map(String::as_str).collect();
    if to.is_empty() {
        let known: Vec<String> = known.iter().map(|state| format!("`transition:{state}`")).collect();
        return Err(CliError::usage("a transition is asked about with its state").hint(known.join(", ")));
    }
    if known.contains(to.as_str()) { Ok(()) } else { Err(unknown("state", to, known.iter().copied())) }
}
