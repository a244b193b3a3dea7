//! What only tables take that portalctl creates and migrates itself.

use super::{Choice, FIELD_NAME, Key, Record, Rule, Shape, choice, optional, record, required, ruled};

pub(super) static UNIQUE: Shape = Shape::List { of: &FIELDS, least: 1 };
static FIELDS: Shape = Shape::List { of: &FIELD_NAME, least: 1 };

pub(super) const FIELD_UNIQUE: Key =
    optional("unique", &Shape::Boolean, "Whether no two rows of one tenant have the same, in a managed table.");
pub(super) const FIELD_WAS: Key =
    optional("was", &FIELD_NAME, "The field's name before, in a managed table: the column is renamed, not made anew.");
pub(super) const GENERATED: Key = optional(
    "generated",
    &Shape::Text,
    "What the database computes it from, in a managed table: fields, numbers, quoted text, `+ - * / ||`, parentheses, \
     `coalesce`, `lower`, `upper`, `round`.",
);
pub(super) const NUMBERED: Key =
    optional("numbered", &NUMBERS_SHAPE, "In a managed table: a new row without one gets the next number, `C-00017`.");
pub(super) const ON_UPDATE: Key =
    optional("on_update", &AT_CHANGE_SHAPE, "What the column is set to at every change, in a managed table.");

static NUMBERS_SHAPE: Shape = Shape::Record(&NUMBERS);
static AT_CHANGE_SHAPE: Shape = Shape::Choice(AT_CHANGE);

static NUMBERS: Record = record(
    "numbering",
    "Numbers of rows, from one sequence of the table.",
    &[
        optional("prefix", &Shape::Text, "What stands before the number; nothing where unwritten."),
        required("digits", &Shape::Count { least: 1, most: 12 }, "How many digits the number has at least."),
    ],
);

static AT_CHANGE: &[Choice] = &[choice("$now", "The moment of the change.")];

pub(super) static MAX_SCOPE: Record = ruled(
    "widest scope",
    "A ceiling on the scopes of grants, never a grant.",
    &[
        optional("external", &super::access::SCOPE, "The widest scope of external audiences and guests."),
        optional("internal", &super::access::SCOPE, "The widest scope of internal audiences."),
    ],
    &[Rule::NotEmpty],
);
