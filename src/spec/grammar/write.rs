//! Grants that change rows, share them or take them away.

use super::access::{
    FIELD_LIST, FIELD_OR_SET, FIELDS, HAS_KEY, MIN_TIER_KEY, NEEDS_KEY, PATH_KEY, SCOPE, SCOPE_KEY, VALID_FROM_KEY,
    VALID_UNTIL_KEY, WHERE_KEY,
};
use super::{Key, Record, Rule, Shape, choice, optional, record, required, ruled, word, write_words};

/// `[subject]`, a field set, one grant, or several.
pub(super) static CREATE: Shape = Shape::Forms(&[
    &FIELD_OR_SET,
    &FIELD_LIST,
    &Shape::Record(&CREATE_GRANT),
    &Shape::List { of: &Shape::Record(&CREATE_GRANT), least: 1 },
]);

const WRITTEN_FIELDS: Key = required("fields", &FIELDS, "The fields: a list of fields and field sets, or a field set.");
static PRESET_VALUES: Shape = Shape::Map { keys: &word::FIELD, of: &Shape::Operand, least: 1 };
const PRESET: Key =
    optional("preset", &PRESET_VALUES, "Fields that the database sets, and to what: `{visibility: public}`.");

static CREATE_GRANT: Record = record(
    "create grant",
    "Which fields a new row may be given. Tenant and owner are set by the database, never chosen.",
    &[
        SCOPE_KEY,
        PATH_KEY,
        WRITTEN_FIELDS,
        PRESET,
        WHERE_KEY,
        HAS_KEY,
        MIN_TIER_KEY,
        VALID_FROM_KEY,
        VALID_UNTIL_KEY,
        NEEDS_KEY,
    ],
);

pub(super) static UPDATE: Shape = Shape::Forms(&[
    &FIELD_OR_SET,
    &FIELD_LIST,
    &Shape::Record(&UPDATE_GRANT),
    &Shape::List { of: &Shape::Record(&UPDATE_GRANT), least: 1 },
]);

static PARENT_NEEDED: Shape = Shape::Choice(&[choice("read", "A parent that is only readable is enough.")]);
const PARENT_NEEDS: Key = optional(
    "parent_needs",
    &PARENT_NEEDED,
    "For scope `parent`: what the parent row must be; updatable where unwritten.",
);

static UPDATE_GRANT: Record = record(
    "update grant",
    "Which fields of which rows may be changed; what `where` says must hold before and after.",
    &[
        SCOPE_KEY,
        PATH_KEY,
        WRITTEN_FIELDS,
        PRESET,
        WHERE_KEY,
        HAS_KEY,
        MIN_TIER_KEY,
        VALID_FROM_KEY,
        VALID_UNTIL_KEY,
        NEEDS_KEY,
        PARENT_NEEDS,
    ],
);

pub(super) static TRANSITION: Shape = Shape::Forms(&[
    &Shape::Record(&TRANSITION_GRANT),
    &Shape::List { of: &Shape::Record(&TRANSITION_GRANT), least: 1 },
]);

/// From each state to one, or to several.
pub(super) static MOVES: Shape = Shape::Map {
    keys: &write_words::STATE,
    of: &Shape::Forms(&[&Shape::Text, &Shape::List { of: &Shape::Text, least: 1 }]),
    least: 1,
};

static TRANSITION_GRANT: Record = record(
    "transition grant",
    "Which rows may be moved from which state to which.",
    &[
        SCOPE_KEY,
        PATH_KEY,
        required("state", &MOVES, "From each state to those named for it: `{draft: [submitted]}`."),
        PRESET,
        WHERE_KEY,
        HAS_KEY,
        MIN_TIER_KEY,
        VALID_FROM_KEY,
        VALID_UNTIL_KEY,
        NEEDS_KEY,
        PARENT_NEEDS,
    ],
);

pub(super) static ASSIGN: Shape =
    Shape::Forms(&[&Shape::Record(&ASSIGN_GRANT), &Shape::List { of: &Shape::Record(&ASSIGN_GRANT), least: 1 }]);

static ASSIGN_GRANT: Record = record(
    "assign grant",
    "Which rows may be handed over to somebody else: their owner changes, and nothing besides.",
    &[
        SCOPE_KEY,
        PATH_KEY,
        required("fields", &FIELD_LIST, "The owners: `[owner]`, or names of `owners`."),
        required(
            "to",
            &Shape::Choice(&[
                choice("tenant_member", "Someone of the row's tenant who may sign in to this portal."),
                choice("staff", "Someone of an internal audience of this portal."),
            ]),
            "To whom.",
        ),
        WHERE_KEY,
        HAS_KEY,
        MIN_TIER_KEY,
        VALID_FROM_KEY,
        VALID_UNTIL_KEY,
        NEEDS_KEY,
    ],
);

/// A scope alone, one grant, or several.
pub(super) static DELETE: Shape = Shape::Forms(&[
    &SCOPE,
    &Shape::Record(&DELETE_GRANT),
    &Shape::List { of: &Shape::Record(&DELETE_GRANT), least: 1 },
]);

static DELETE_GRANT: Record = ruled(
    "delete grant",
    "Which rows may be deleted.",
    &[SCOPE_KEY, PATH_KEY, WHERE_KEY, HAS_KEY, MIN_TIER_KEY, VALID_FROM_KEY, VALID_UNTIL_KEY, NEEDS_KEY, PARENT_NEEDS],
    &[Rule::NotEmpty],
);

pub(super) static SHARE: Shape =
    Shape::Forms(&[&Shape::Record(&SHARE_GRANT), &Shape::List { of: &Shape::Record(&SHARE_GRANT), least: 1 }]);

static SHARE_GRANT: Record = record(
    "share grant",
    "Which rows may be shared with somebody else's account, and for how long.",
    &[
        SCOPE_KEY,
        PATH_KEY,
        required("to", &Shape::Record(&SHARE_TO), "With whom."),
        optional(
            "gives",
            &Shape::Choice(&[choice("read", "To see it.")]),
            "What the share gives; `read` where unwritten.",
        ),
        optional("expires", &Shape::Word(&word::DURATION), "The longest a share may last: `30d`."),
        WHERE_KEY,
        HAS_KEY,
        MIN_TIER_KEY,
        VALID_FROM_KEY,
        VALID_UNTIL_KEY,
        NEEDS_KEY,
    ],
);

static SHARE_TO: Record = record(
    "list of audiences",
    "With whom a row may be shared.",
    &[required(
        "audiences",
        &Shape::List { of: &Shape::Word(&write_words::AUDIENCE), least: 1 },
        "Audiences of this portal, or `portal/audience`, whose people of the same tenant it may be shared with.",
    )],
);

/// A scope alone, one grant, or several.
pub(super) static FILES: Shape =
    Shape::Forms(&[&SCOPE, &Shape::Record(&FILES_GRANT), &Shape::List { of: &Shape::Record(&FILES_GRANT), least: 1 }]);

static FILES_GRANT: Record = ruled(
    "grant about attachments",
    "Of which rows.",
    &[SCOPE_KEY, PATH_KEY, WHERE_KEY, HAS_KEY, MIN_TIER_KEY, VALID_FROM_KEY, VALID_UNTIL_KEY, NEEDS_KEY],
    &[Rule::NotEmpty],
);

/// The most rows, or a record.
pub(super) static EXPORT: Shape = Shape::Forms(&[&MOST_ROWS, &Shape::Record(&EXPORT_GRANT)]);

static MOST_ROWS: Shape = Shape::Count { least: 1, most: 1_000_000 };

static EXPORT_GRANT: Record = record(
    "export grant",
    "What may be read may be taken away as a file.",
    &[required("max_rows", &MOST_ROWS, "The most rows of one file."), NEEDS_KEY],
);
