//! What an object says about the life of its rows: states, deletion, the record kept of changes, the system they
//! belong to.

use super::{COLUMN, Choice, FIELD_NAME, NAME, Record, Rule, Shape, choice, later, optional, record, required, ruled};
use super::{duration, word, write, write_words};

static STATES_OVER: Shape = Shape::List { of: &Shape::Text, least: 1 };

pub(super) static STATES: Record = record(
    "state machine",
    "The field that says how a row stands, and which moves there are.",
    &[
        required("field", &FIELD_NAME, "The field; an enum."),
        required("transitions", &write::MOVES, "From each state to those named for it: `{draft: [submitted]}`."),
        optional(
            "over",
            &STATES_OVER,
            "The states in which nothing is to be done any more; the home page shows other rows first.",
        ),
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

pub(super) static SOURCE: Record = record(
    "source",
    "The system that the rows belong to.",
    &[
        required("system", &NAME, "The system; one of the portals' `integrations` where writes are handed to it."),
        optional(
            "write_back",
            &Shape::Boolean,
            "Whether what portal users write is handed to that system; `false` where unwritten.",
        ),
        optional(
            "max_staleness",
            &Shape::Word(&duration::STALENESS),
            "How old what stands here may be; `0s` where it is what that system holds this moment.",
        ),
    ],
);

pub(super) static RETENTION: Record = record(
    "retention",
    "How long rows are kept, and what becomes of them then. `portalctl retention run` does it.",
    &[
        required("after", &Shape::Word(&write_words::PERIOD), "How long: `30d`, `18mo`, `7y`."),
        optional("from", &FIELD_NAME, "The date or timestamp it is counted from; `created_at` where unwritten."),
        required("then", &Shape::Choice(RETENTION_ENDS), "What becomes of the row."),
        optional("fields", &Shape::List { of: &FIELD_NAME, least: 1 }, "What is made anonymous."),
        optional("unless", &FIELD_NAME, "A boolean field: a row is kept unless it says `false`."),
    ],
);

static RETENTION_ENDS: &[Choice] = &[
    choice("delete", "It is removed, whatever `delete` says of portal users."),
    choice("anonymise", "The `fields` are emptied, and the row stays."),
];

pub(super) static ATTACHMENTS: Record = record(
    "attachments",
    "Which files may hang on a row, and how many bytes.",
    &[
        required(
            "types",
            &Shape::List { of: &Shape::Word(&write_words::MEDIA_TYPE), least: 1 },
            "Types that are taken, by what is in the file: `[image/*, application/pdf]`.",
        ),
        optional("max_bytes", &Shape::Word(&write_words::FILE_SIZE), "The largest file; `10MiB` where unwritten."),
        optional("max_files", &Shape::Count { least: 1, most: 1000 }, "The most files of one row; 50 where unwritten."),
        optional(
            "max_tenant_bytes",
            &Shape::Word(&write_words::SIZE),
            "The most bytes of all rows of one tenant; `10GiB` where unwritten.",
        ),
    ],
);

pub(super) static STORAGE: Record = record(
    "storage",
    "Where the bytes of attachments lie, and what looks at them before they are kept.",
    &[
        optional(
            "folder",
            &Shape::Word(&write_words::FOLDER),
            "A folder, relative to the project or absolute; `.portalctl/files` where unwritten.",
        ),
        optional("scan", &Shape::Record(&SCAN), "A command that looks at each file before it is kept."),
    ],
);

static SCAN: Record = record(
    "scan",
    "A command that is given the path of a new file: 0 keeps the file, any other end refuses it.",
    &[
        required(
            "command",
            &Shape::List { of: &Shape::Text, least: 1 },
            "The program and what it is told; the path comes last: `[clamdscan, --fdpass, --no-summary]`.",
        ),
        optional("within", &Shape::Word(&word::DURATION), "How long it may take; `60s` where unwritten."),
    ],
);

/// A map of systems by their names.
pub(super) static INTEGRATIONS: Shape = Shape::Map { keys: &word::NAME, of: &Shape::Record(&INTEGRATION), least: 0 };

static INTEGRATION: Record = ruled(
    "integration",
    "A system that writes are handed to.",
    &[
        required("kind", &Shape::Choice(INTEGRATION_KINDS), "How: `outbox`."),
        optional("url", &Shape::Word(&write_words::URL), "Where writes are posted."),
        optional(
            "url_env",
            &Shape::Word(&write_words::ENVIRONMENT),
            "The environment variable that holds the address.",
        ),
        optional(
            "secret_env",
            &Shape::Word(&write_words::ENVIRONMENT),
            "The environment variable with the key that signs what is posted.",
        ),
    ],
    &[Rule::ExactlyOne(&["url", "url_env"])],
);

static INTEGRATION_KINDS: &[Choice] = &[
    choice("outbox", "Writes wait in the database and are posted as JSON."),
    Choice { word: "postgres_fdw", doc: "Writes go through a foreign table.", later: true },
];
