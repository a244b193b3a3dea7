//! What an object says about the life of its rows: states, deletion, the record kept of changes.

use super::{COLUMN, FIELD_NAME, Record, Shape, choice, later, optional, record, required, write};

pub(super) static STATES: Record = record(
    "state machine",
    "The field that says how a row stands, and which moves there are.",
    &[
        required("field", &FIELD_NAME, "The field; an enum."),
        required("transitions", &write::MOVES, "From each state to those named for it: `{draft: [submitted]}`."),
    ],
);

pub(super) static DELETE: Shape = Shape::Forms(&[
    &Shape::Choice(&[choice("hard", "The row is removed.")]),
    &Shape::Record(&record(
        "soft deletion",
        "The row stays and is shown to nobody.",
        &[required("soft", &COLUMN, "The column that is set: a timestamp, a date or a boolean.")],
    )),
]);

pub(super) static AUDIT: Record = record(
    "audit",
    "Which accesses of portal users are recorded.",
    &[optional("writes", &Shape::Boolean, "Changes, with old and new values; `true` where unwritten."), later("reads")],
);
