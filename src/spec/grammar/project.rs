//! The project document.

use super::access::{RESTRICT, TABLE_CONDITION};
use super::assertion::ASSERTIONS;
use super::portal::{ACCEPT, CHECKS};
use super::{
    COLUMN, Choice, ENVIRONMENT, Key, LANGUAGE_VERSION, NAME, NAMES, Record, Shape, TABLE, USER_COLUMN, choice,
    keeping, optional, record, required, word, words,
};

pub(in crate::spec) static PROJECT: Record = record(
    "project",
    "The whole: its database, and where its tenants and people come from.",
    &[
        required("version", &Shape::Count { least: 1, most: LANGUAGE_VERSION }, "The version of the language: `1`."),
        required("kind", &Shape::Choice(&[choice("project", "The project.")]), "`project`."),
        required(
            "name",
            &Shape::Word(&word::PROJECT_NAME),
            "At most 20 bytes; begins the name of every database role.",
        ),
        optional("database", &Shape::Record(&DATABASE), "The database."),
        TIMEZONE,
        optional(
            "locales",
            &words::LANGUAGES,
            "The languages that labels are written in, as `[en, de]`; visitors who want none of them meet the first.",
        ),
        TIERS,
        optional(
            "specs",
            &Shape::List { of: &PATH, least: 1 },
            "The folders with documents; every folder but `site` where unwritten.",
        ),
        optional("people", &PEOPLE_SOURCES, "Who may sign in."),
        optional(
            "tenants",
            &Shape::List { of: &TENANT_SOURCE, least: 0 },
            "Where tenants come from, besides tenant documents.",
        ),
        ASSIGNED,
        STORED,
        RESTRICT,
        ACCEPT,
        CHECKS,
        PROFILED,
        ASSERTIONS,
        optional(
            "environments",
            &Shape::Map { keys: &word::NAME, of: &Shape::Over(&ENVIRONMENT), least: 0 },
            "What differs elsewhere, by the environment's name; chosen with `--env NAME`.",
        ),
    ],
);

static PROFILES: Shape = Shape::List { of: &Shape::Choice(PROFILE), least: 1 };

static PROFILE: &[Choice] = &[
    choice("gdpr", "Personal data in Europe: they end, and what is given away ends."),
    choice("hipaa", "Health data: they end, changing them takes a second factor and is recorded."),
    choice("soc2", "Money: changing it takes a second factor, every change is recorded, account numbers are masked."),
];

static ZONE: Shape = Shape::Word(&word::TIMEZONE);
static ASSIGNED_SHAPE: Shape = Shape::Record(&ASSIGNED_TENANTS);
static STORED_SHAPE: Shape = Shape::Record(&keeping::STORAGE);

pub(super) const TIERS: Key = optional("tiers", &NAMES, "The tiers of tenants, low to high.");
pub(super) const TIMEZONE: Key = optional("timezone", &ZONE, "What `$today` means; UTC where unwritten.");
pub(super) const ASSIGNED: Key =
    optional("assigned_tenants", &ASSIGNED_SHAPE, "Which tenants staff look after, for `tenants: assigned`.");
pub(super) const STORED: Key = optional("storage", &STORED_SHAPE, "Where the files of rows lie.");
pub(super) const PROFILED: Key =
    optional("profile", &PROFILES, "Rules of others that the project has to keep: more checks, and stricter ones.");

pub(super) static PEOPLE_SOURCES: Shape = Shape::List { of: &Shape::Record(&PEOPLE), least: 0 };

static PATH: Shape = Shape::Word(&word::PATH);

pub(super) static DATABASE: Record = record(
    "database",
    "The database.",
    &[
        optional("engine", &Shape::Choice(ENGINES), "Which PostgreSQL; `postgres` where unwritten."),
        optional("schema", &SCHEMA, "The database schema of tables that are written without one."),
        optional(
            "control_schema",
            &SCHEMA,
            "Where portalctl keeps its own tables; `<project>_portal` where unwritten.",
        ),
        optional(
            "setup",
            &Shape::List { of: &PATH, least: 0 },
            "The business's own SQL, as patterns, for the local database and for tests only.",
        ),
    ],
);

static SCHEMA: Shape = Shape::Word(&word::SCHEMA);

static ENGINES: &[Choice] =
    &[choice("postgres", "PostgreSQL 15 or newer."), Choice { word: "citus", doc: "Citus.", later: true }];

static PEOPLE: Record = record(
    "source of people",
    "A table of people who may sign in.",
    &[
        optional("name", &NAME, "What sessions remember the source by; the table's name where unwritten."),
        required("from_table", &TABLE, "The table."),
        required("keys", &KEY_COLUMNS, "The people's keys, by name, and their columns: `{contact: id}`."),
        required("email", &COLUMN, "The column with the e-mail address."),
        optional("title", &COLUMN, "The column with the person's name."),
        optional("tenant", &COLUMN, "The column with the tenant's key; absent for staff."),
        optional("tenant_kind", &NAME, "The kind of that tenant."),
        optional("reports_to", &COLUMN, "The column with the key of the person's superior."),
        required("audience", &PEOPLE_AUDIENCE, "The audience they belong to, as `portal/audience`."),
        optional("where", &TABLE_CONDITION, "Which rows of the table."),
    ],
);

static KEY_COLUMNS: Shape = Shape::Map { keys: &word::NAME, of: &COLUMN, least: 1 };
static PERSONA: Shape = Shape::Word(&word::PERSONA);

static PEOPLE_AUDIENCE: Shape = Shape::Forms(&[
    &PERSONA,
    &Shape::Record(&record(
        "audience by column",
        "The audience, by a column's value; people with another value may not sign in.",
        &[
            required("column", &COLUMN, "The column."),
            required(
                "values",
                &Shape::Map { keys: &word::COLUMN_VALUE, of: &PERSONA, least: 1 },
                "Its values and their audiences.",
            ),
        ],
    )),
]);

pub(super) static TENANT_SOURCE: Shape = Shape::Forms(&[
    &Shape::Record(&record(
        "table of tenants",
        "A table whose rows are tenants, read live.",
        &[
            required("from_table", &TABLE, "The table."),
            required("key", &COLUMN, "The column with the tenant's key."),
            optional("keys", &KEY_COLUMNS, "Further keys, by name, and their columns."),
            optional("title", &COLUMN, "The column with what people call the tenant."),
            optional("tenant_kind", &TENANT_KIND, "The kind of tenant."),
            optional("parent", &COLUMN, "The column with the key of the tenant above."),
            optional("tier", &TIER, "The tenant's tier."),
            optional("where", &TABLE_CONDITION, "Which rows of the table."),
        ],
    )),
    &Shape::Record(&record(
        "file of tenants",
        "A CSV file with the columns of a tenant document, copied by `apply`.",
        &[required("from_csv", &PATH, "The file, relative to the project folder.")],
    )),
]);

static TENANT_KIND: Shape = Shape::Forms(&[
    &NAME,
    &Shape::Record(&record(
        "tenant kind by column",
        "The kind of tenant, by a column's value.",
        &[
            required("column", &COLUMN, "The column."),
            required(
                "values",
                &Shape::Map { keys: &word::COLUMN_VALUE, of: &NAME, least: 1 },
                "Its values and their kinds.",
            ),
        ],
    )),
]);

static TIER: Shape = Shape::Forms(&[
    &COLUMN,
    &Shape::Record(&record(
        "tier by column",
        "The tier, by a column's value.",
        &[
            required("column", &COLUMN, "The column."),
            required(
                "values",
                &Shape::Map { keys: &word::COLUMN_VALUE, of: &NAME, least: 1 },
                "Its values and their tiers.",
            ),
        ],
    )),
    &Shape::Record(&record("fixed tier", "One tier for all of them.", &[required("value", &NAME, "The tier.")])),
]);

const TENANT_COLUMN: Key = required("tenant", &COLUMN, "Its column with the tenant's key.");

static ASSIGNED_TENANTS: Record = record(
    "table of assigned tenants",
    "A table that says which tenants staff look after.",
    &[
        required("table", &TABLE, "The table."),
        TENANT_COLUMN,
        optional("tenant_kind", &NAME, "The kind of tenant."),
        required("user", &USER_COLUMN, "Its column with the user's key."),
    ],
);
