//! Advice for people.

use super::advice::{Advice, AdvisedModule, Reason};
use super::catalogue::Shelf;
use super::layout::told;
use crate::names::TypeName;

/// The advice in lines of at most `width` characters.
pub fn advice(shelf: &Shelf, advice: &Advice, width: usize) -> String {
    let mut parts = Vec::new();
    if advice.types.is_empty() {
        parts.push("No recommendation: nothing that is answered says which portal is needed.\n".to_owned());
    }
    let types = advice.types.iter().flat_map(|advised| {
        let title = shelf.portal_type(advised.name.as_str()).map(|card| format!("{}: {}", card.title, card.purpose));
        [(advised.name.to_string(), title.unwrap_or_default()), (String::new(), since(&advised.because))]
    });
    add(&mut parts, "TYPES", &types.collect::<Vec<_>>(), width);
    let modules = advice
        .modules
        .iter()
        .flat_map(|advised| [(advised.name.to_string(), place(advised)), (String::new(), since(&advised.because))]);
    add(&mut parts, "MODULES", &modules.collect::<Vec<_>>(), width);
    let brings = advice
        .brings
        .iter()
        .flat_map(|brought| [(brought.word.clone(), brought.text.clone()), (String::new(), since(&brought.because))]);
    add(&mut parts, "TO THINK OF", &brings.collect::<Vec<_>>(), width);
    if !advice.unanswered.is_empty() {
        parts.push(format!("Not answered: {}\n", advice.unanswered.join(", ")));
    }
    parts.join("\n")
}

fn add(parts: &mut Vec<String>, title: &str, rows: &[(String, String)], width: usize) {
    if !rows.is_empty() {
        parts.push(format!("{title}\n{}", told(rows, 2, width)));
    }
}

fn place(advised: &AdvisedModule) -> String {
    let listed = |names: &[TypeName]| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    match (advised.comes_with.as_slice(), advised.add_to.as_slice()) {
        ([], []) => "neither in one of these types nor offered by one".to_owned(),
        ([], add_to) => format!("to be added to {}", listed(add_to)),
        (comes_with, _) => format!("comes with {}", listed(comes_with)),
    }
}

fn since(because: &[Reason]) -> String {
    let answers = because.iter().map(|reason| format!("{}: {} ({})", reason.question, reason.answer, reason.is));
    format!("since {}", answers.collect::<Vec<_>>().join("; "))
}
