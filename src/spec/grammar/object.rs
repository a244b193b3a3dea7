//! Object documents.

use super::{
    COLUMN, COLUMNS, Choice, FIELD_NAME, Key, NAME, Record, Rule, Shape, TABLE, USER_COLUMN, choice, keeping, managed,
    optional, record, required, ruled, word, words,
};

pub(in crate::spec) static OBJECT: Record = ruled(
    "object",
    "An exposed table: its columns, and its ways to tenant, owner and parent.",
    &[
        required("kind", &Shape::Choice(&[choice("object", "An exposed table.")]), "`object`."),
        required("name", &NAME, "What grants call it."),
        super::EXTENDS,
        optional("label", &Shape::Record(&words::LABEL), "What people call it; made from the name where unwritten."),
        optional("table", &TABLE, "An existing table or view: `crm.cases`, or `cases` in the project's schema."),
        optional(
            "managed",
            &Shape::Boolean,
            "In place of `table`: portalctl creates and migrates the table, `<schema>.<name>`.",
        ),
        optional("was", &NAME, "What a managed object was called before: its table is renamed, and keeps its rows."),
        optional("key", &KEY, "The primary key's column, or columns; `id` where unwritten."),
        optional("unique", &managed::UNIQUE, "Fields that together are unique within the tenant, of a managed object."),
        optional("tenant", &TENANT_PATH, "The way from a row to its tenant."),
        optional(
            "tenants",
            &Shape::Map { keys: &word::NAME, of: &TENANT_PATH, least: 1 },
            "Several ways to a tenant, by name; a grant chooses with `path`.",
        ),
        optional(
            "parent",
            &Shape::Record(&PARENT),
            "The row this one belongs to, for scope `parent`, where it is not the tenant path's `via`.",
        ),
        optional("owner", &OWNER, "The column with the owner's key, for the scopes `own` and `reports`."),
        optional(
            "owners",
            &Shape::Map { keys: &word::NAME, of: &OWNER, least: 1 },
            "Several owners, by name; a grant chooses with `path`.",
        ),
        optional(
            "shares",
            &Shape::Record(&SHARES),
            "A link table that says with whom a row is shared, for scope `shared`.",
        ),
        optional(
            "assignment",
            &ASSIGNMENT,
            "A link table that names people for a row, its parent or its tenant, for scope `assigned`.",
        ),
        optional("assignments", &Shape::List { of: &ASSIGNMENT, least: 1 }, "Several such link tables."),
        required("fields", &Shape::Map { keys: &word::FIELD, of: &FIELD, least: 1 }, "The exposed columns."),
        optional(
            "field_sets",
            &Shape::Map { keys: &word::FIELD_SET, of: &FIELD_SET, least: 0 },
            "Named lists of fields, for grants.",
        ),
        super::SORT,
        optional(
            "min_group",
            &Shape::Record(&MIN_GROUP),
            "How many a row must stand for to be shown, of an aggregate.",
        ),
        optional("states", &Shape::Record(&keeping::STATES), "How rows move from state to state."),
        optional("delete", &keeping::DELETE, "What deleting a row does; where unwritten nobody deletes."),
        optional("audit", &Shape::Record(&keeping::AUDIT), "What is recorded of portal users' changes."),
        optional("source", &Shape::Record(&keeping::SOURCE), "The system that the rows belong to."),
        optional("attachments", &Shape::Record(&keeping::ATTACHMENTS), "Which files may hang on a row."),
        optional("max_scope", &Shape::Record(&managed::MAX_SCOPE), "The widest scopes that grants may have."),
        optional("retention", &Shape::Record(&keeping::RETENTION), "How long rows are kept."),
    ],
    &[
        Rule::ExactlyOne(&["table", "managed"]),
        Rule::AtMostOne(&["tenant", "tenants"]),
        Rule::AtMostOne(&["owner", "owners"]),
        Rule::AtMostOne(&["assignment", "assignments"]),
    ],
);

static KEY: Shape = Shape::Forms(&[
    &COLUMN,
    &Shape::List { of: &COLUMN, least: 1 },
    &Shape::Record(&record(
        "generated key",
        "A key that portalctl makes, where the table has no default for it.",
        &[
            required("column", &COLUMN, "The primary key's column."),
            required(
                "generate",
                &Shape::Choice(&[
                    choice("uuid", "A random UUID."),
                    choice("sequence", "The next number of a sequence of the control schema."),
                ]),
                "How a new row gets its key.",
            ),
        ],
    )),
]);

static MIN_GROUP: Record = record(
    "least group",
    "Rows that stand for fewer are shown to nobody.",
    &[
        required(
            "count",
            &COLUMN,
            "The column that says how many a row stands for; where it is empty the row is hidden.",
        ),
        required("least", &Shape::Count { least: 2, most: 1_000_000 }, "The fewest that a row may stand for."),
    ],
);

static FIELD_SET: Shape = Shape::List { of: &FIELD_NAME, least: 1 };

const TENANT_KIND: Key = optional(
    "kind",
    &NAME,
    "The kind of tenant at its end; audiences name it with `tenant_kind`. Unwritten, where there are several: any, on managed tables.",
);
const OF_SEVERAL_PATHS: Key = optional("path", &NAME, "Which of the other object's paths, where it has several.");

static TENANT_PATH: Shape = Shape::Forms(&[
    &COLUMN,
    &Shape::Record(&record(
        "tenant path by a column",
        "The row's own column holds the tenant's key.",
        &[
            required("column", &COLUMN, "The column."),
            optional("key", &NAME, "Which of the tenant's keys it holds."),
            TENANT_KIND,
        ],
    )),
    &Shape::Record(&record(
        "tenant path through a parent",
        "The tenant is that of the row's parent.",
        &[
            required("via", &COLUMNS, "The column, or columns, with the parent's key."),
            required("object", &NAME, "The parent's object."),
            OF_SEVERAL_PATHS,
            TENANT_KIND,
        ],
    )),
    &Shape::Record(&record(
        "tenant path through a link table",
        "A link table pairs rows with tenants.",
        &[required("link", &Shape::Record(&LINK), "The link table."), TENANT_KIND],
    )),
    &Shape::Record(&record(
        "tenant path from a child",
        "Whoever sees a child sees this row.",
        &[
            required("from", &NAME, "The child's object."),
            required("column", &COLUMNS, "The child's column, or columns, with this object's key."),
            OF_SEVERAL_PATHS,
            TENANT_KIND,
        ],
    )),
]);

static LINK: Record = record(
    "link table",
    "A table of pairs of a row and a tenant.",
    &[
        required("table", &TABLE, "The link table."),
        required("row", &COLUMNS, "Its column, or columns, with the row's key."),
        required("tenant", &COLUMN, "Its column with the tenant's key."),
        optional("key", &NAME, "Which of the tenant's keys it holds."),
    ],
);

static PARENT: Record = record(
    "parent",
    "The row this one belongs to.",
    &[
        required("via", &COLUMNS, "The column, or columns, with the parent's key."),
        required("object", &NAME, "The parent's object."),
    ],
);

static OWNER: Shape = Shape::Forms(&[
    &USER_COLUMN,
    &Shape::Record(&record(
        "owner through a parent",
        "The owner is that of the row's parent.",
        &[
            required("via", &COLUMNS, "The column, or columns, with the parent's key."),
            required("object", &NAME, "The parent's object."),
            OF_SEVERAL_PATHS,
        ],
    )),
]);

static SHARES: Record = ruled(
    "table of shares",
    "A link table that says with whom a row is shared.",
    &[
        required("table", &TABLE, "The link table."),
        required("row", &COLUMNS, "Its column, or columns, with the row's key."),
        optional("user", &USER_COLUMN, "Its column with the user's key."),
        optional("tenant", &SHARED_TENANT, "Its column with the tenant's key."),
        optional("until", &COLUMN, "Its column with the moment at which the share ends."),
    ],
    &[Rule::ExactlyOne(&["user", "tenant"])],
);

static SHARED_TENANT: Shape = Shape::Forms(&[
    &COLUMN,
    &Shape::Record(&record(
        "tenant column",
        "A column that holds a tenant's key.",
        &[
            required("column", &COLUMN, "The column."),
            optional("key", &NAME, "Which of the tenant's keys it holds."),
            optional("kind", &NAME, "The kind of tenant."),
        ],
    )),
]);

static ASSIGNMENT: Shape = Shape::Record(&ruled(
    "assignment",
    "A link table that names people for a row, its parent or its tenant.",
    &[
        required("table", &TABLE, "The link table."),
        optional("row", &COLUMNS, "Its column, or columns, with the row's key."),
        optional("parent", &COLUMNS, "Its column, or columns, with the key of the row's parent."),
        optional("tenant", &ASSIGNED_TENANT, "Its column with the key of the row's tenant."),
        required("user", &USER_COLUMN, "Its column with the user's key."),
    ],
    &[Rule::ExactlyOne(&["row", "parent", "tenant"])],
));

static ASSIGNED_TENANT: Shape = Shape::Forms(&[
    &COLUMN,
    &Shape::Record(&record(
        "tenant column on a path",
        "A column that holds the key of the row's tenant on one of its paths.",
        &[required("column", &COLUMN, "The column."), optional("path", &NAME, "Which of the object's tenant paths.")],
    )),
]);

const FIELD_COLUMN: Key = optional("column", &COLUMN, "The column; the field's name where unwritten.");
const FIELD_LABEL: Key = optional("label", &words::WORDS, "What people call it; made from the name where unwritten.");
const FIELD_CLASS: Key = optional("class", &CLASS, "How far the field may travel; `business` where unwritten.");
const FIELD_REQUIRED: Key = optional("required", &Shape::Boolean, "Whether a row always has it.");
const FIELD_DEFAULT: Key = optional("default", &Shape::Operand, "What a form begins with.");
const FIELD_SEARCH: Key = optional("search", &Shape::Boolean, "Whether the search of list pages looks into it.");

const FIELD_MASK: Key =
    optional("mask", &MASK, "What is shown of it to whoever's read grant does not list it as `unmasked`.");

static MASK: Shape = Shape::Choice(&[
    choice("last4", "Its last four characters, where it has eight or more."),
    choice("email", "Its first letter and the domain."),
    choice("hash", "A keyed digest: equal values look alike, and tell nothing else."),
]);

static FIELD: Shape = Shape::Forms(&[
    &Shape::Word(&word::FIELD_TYPE),
    &Shape::List { of: &Shape::Text, least: 1 },
    &Shape::Record(&record(
        "field",
        "An exposed column.",
        &[
            required("type", &Shape::Word(&word::FIELD_TYPE), "What the column holds."),
            FIELD_COLUMN,
            FIELD_LABEL,
            FIELD_CLASS,
            FIELD_REQUIRED,
            optional("max_length", &Shape::Count { least: 1, most: 10_485_760 }, "The most characters it may hold."),
            FIELD_SEARCH,
            FIELD_DEFAULT,
            FIELD_MASK,
            managed::FIELD_UNIQUE,
            managed::FIELD_WAS,
            managed::GENERATED,
            managed::NUMBERED,
            managed::ON_UPDATE,
            optional("key", &NAME, "Of a `user` field: which of the user's keys it holds, where there are several."),
            optional("kind", &NAME, "Of a `tenant` field: the kind of tenant, where there are several."),
        ],
    )),
    &Shape::Record(&record(
        "enum field",
        "An exposed column that holds one of a few words.",
        &[
            required("type", &Shape::Choice(ENUM), "`enum`."),
            required("values", &Shape::List { of: &Shape::Text, least: 1 }, "The words, in their order."),
            optional("labels", &words::VALUE_WORDS, "What people call them; made from the words where unwritten."),
            FIELD_COLUMN,
            FIELD_LABEL,
            FIELD_CLASS,
            FIELD_REQUIRED,
            FIELD_SEARCH,
            FIELD_DEFAULT,
            FIELD_MASK,
            managed::FIELD_UNIQUE,
            managed::FIELD_WAS,
        ],
    )),
    &Shape::Record(&record(
        "money field",
        "An exposed column that holds an amount.",
        &[
            required("type", &Shape::Choice(MONEY), "`money`."),
            required("currency", &FIELD_NAME, "The field that holds the amount's currency."),
            FIELD_COLUMN,
            FIELD_LABEL,
            FIELD_CLASS,
            FIELD_REQUIRED,
            FIELD_DEFAULT,
            FIELD_MASK,
            managed::FIELD_WAS,
            managed::GENERATED,
        ],
    )),
]);

static ENUM: &[Choice] = &[choice("enum", "One of a few words.")];
static MONEY: &[Choice] = &[choice("money", "An amount.")];

pub(super) static CLASS: Shape = Shape::Choice(&[
    choice("public", "For anyone."),
    choice("business", "For those who do business with each other; the default."),
    choice("internal", "For staff."),
    choice("personal", "About a person."),
    choice("financial", "About money."),
    choice("health", "About someone's health."),
    choice("secret", "For nobody but the system."),
]);
