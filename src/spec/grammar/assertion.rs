//! What must hold of the access that all documents come to.

use super::super::document::Action;
use super::object::CLASS;
use super::word::{Word, check_name, check_persona, value};
use super::{Key, NAME, NAMES, Record, Rule, Shape, optional, record, required, ruled};

static AUDIENCES: Word = value("`portal/audience` or `portal/*`", "^[^/]+/[^/]+$", check_audiences, "support/*");

const ACTION_PATTERN: &str = "^(read|create|update|delete|export|assign|share|download|attach|transition:.+)$";

static ACTION: Word = value("action", ACTION_PATTERN, check_action, "read");

fn check_audiences(text: &str) -> Result<(), String> {
    text.strip_suffix("/*").map_or_else(|| check_persona(text), check_name)
}

fn check_action(text: &str) -> Result<(), String> {
    match Action::parse(text) {
        Some(_) => Ok(()),
        None => Err(format!("an action is one of {}, or `transition:STATE`", Action::words())),
    }
}

pub(super) const ASSERTIONS: Key = optional(
    "assertions",
    &ASSERTION_LIST,
    "What must hold of the access that all documents come to; where it does not, nothing is planned or applied.",
);

static ASSERTION_LIST: Shape = Shape::List { of: &Shape::Record(&ASSERTION), least: 1 };

static ASSERTION: Record = ruled(
    "assertion",
    "One thing that must hold.",
    &[
        optional("no_public_access", &Shape::Record(&PUBLIC), "Guests may do nothing with these; `{}`: with nothing."),
        optional(
            "access_not_granted",
            &Shape::Record(&NOT_GRANTED),
            "An audience, or all of a portal, may not do that.",
        ),
        optional(
            "no_new_access",
            &Shape::Record(&NEW),
            "Nobody gains access that is not accepted; `{}`: since what was applied last.",
        ),
    ],
    &[Rule::ExactlyOne(&["no_public_access", "access_not_granted", "no_new_access"])],
);

static PUBLIC: Record = record(
    "assertion about guests",
    "What guests may not touch; all objects where neither is written, and what both say where both are.",
    &[
        optional("objects", &NAMES, "These objects."),
        optional("classes", &Shape::List { of: &CLASS, least: 1 }, "Fields of these classes, as `[personal, health]`."),
    ],
);

static NOT_GRANTED: Record = record(
    "assertion about an audience",
    "What an audience may not do.",
    &[
        required("as", &Shape::Word(&AUDIENCES), "The audience, as `portal/audience`; `portal/*` for all of a portal."),
        required("object", &NAME, "The object."),
        optional("field", &NAME, "The field; the whole object where unwritten."),
        optional("action", &Shape::Word(&ACTION), "The action, as in `portalctl can`; any where unwritten."),
    ],
);

static NEW: Record = record(
    "assertion about what is new",
    "Beside what nobody may gain access.",
    &[optional(
        "against",
        &Shape::Text,
        "A git revision, as `origin/main`; `applied`, where unwritten: what was applied last.",
    )],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_know_every_action() {
        assert!(ACTION_PATTERN.contains(&format!("({}|transition:.+)", Action::words().replace(", ", "|"))));
    }
}
