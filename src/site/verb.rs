//! What a button says that moves a row to a state: a verb where one is known, else plain words.

use super::wording::humanise;
use crate::model::{Words, uncapitalised};

/// States that a verb leads to, where it is not the state without its end.
const VERBS: &[(&str, &str)] = &[
    ("active", "Activate"),
    ("inactive", "Deactivate"),
    ("approved", "Approve"),
    ("archived", "Archive"),
    ("assigned", "Assign"),
    ("blocked", "Block"),
    ("cancelled", "Cancel"),
    ("canceled", "Cancel"),
    ("closed", "Close"),
    ("completed", "Complete"),
    ("complete", "Complete"),
    ("confirmed", "Confirm"),
    ("credited", "Credit"),
    ("declined", "Decline"),
    ("denied", "Deny"),
    ("disabled", "Disable"),
    ("done", "Mark as done"),
    ("draft", "Return to draft"),
    ("enabled", "Enable"),
    ("escalated", "Escalate"),
    ("in_progress", "Start work"),
    ("in_review", "Send for review"),
    ("new", "Set back to new"),
    ("on_hold", "Put on hold"),
    ("open", "Open"),
    ("paused", "Pause"),
    ("published", "Publish"),
    ("qualified", "Qualify"),
    ("registered", "Register"),
    ("rejected", "Reject"),
    ("released", "Release"),
    ("reopened", "Reopen"),
    ("resolved", "Resolve"),
    ("returned", "Return"),
    ("reviewed", "Mark as reviewed"),
    ("scheduled", "Schedule"),
    ("submitted", "Submit"),
    ("suspended", "Suspend"),
    ("verified", "Verify"),
    ("withdrawn", "Withdraw"),
];

/// States after which `open` is opening once more.
const ENDS: &[&str] = &["closed", "resolved", "done", "completed", "cancelled", "canceled", "rejected", "archived"];

/// `Approve` for `approved`, `Mark as shipped` for what has no verb of its own here, or has a label.
pub fn to_reach(state: &str, from: &str, called: Option<&Words>) -> String {
    if let Some(called) = called {
        return format!("Mark as {}", called.in_sentence());
    }
    let word = |state: &str| state.to_ascii_lowercase().replace([' ', '-'], "_");
    let (to, from) = (word(state), word(from));
    if to == "open" && ENDS.contains(&from.as_str()) {
        return "Reopen".to_owned();
    }
    match VERBS.iter().find(|(known, _)| *known == to) {
        Some((_, verb)) => (*verb).to_owned(),
        // Capitals of its own, as in `EU`, stay.
        None => format!("Mark as {}", uncapitalised(&humanise(state))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_says_what_it_does() {
        for (state, from, says) in [
            ("approved", "submitted", "Approve"),
            ("Cancelled", "new", "Cancel"),
            ("open", "new", "Open"),
            ("open", "closed", "Reopen"),
            ("draft", "submitted", "Return to draft"),
            ("waiting_for_customer", "open", "Mark as waiting for customer"),
            ("won", "propose", "Mark as won"),
            ("in review", "draft", "Send for review"),
        ] {
            assert_eq!(to_reach(state, from, None), says);
        }
        assert_eq!(to_reach("approved", "draft", Some(&"Signed off".into())), "Mark as signed off");
    }
}
