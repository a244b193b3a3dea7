//! Permission sets, grants, conditions: what portals' audiences are granted, too.

use super::{
    FIELD_NAME, Key, NAME, NAMES, Record, Rule, Shape, choice, later, optional, record, required, ruled, word, write,
};

pub(in crate::spec) static PERMISSION_SET: Record = record(
    "permission set",
    "A named bundle of grants.",
    &[
        required("kind", &Shape::Choice(&[choice("permission_set", "A named bundle of grants.")]), "`permission_set`."),
        required("name", &NAME, "What audiences and other sets call it."),
        super::EXTENDS,
        optional("includes", &NAMES, "Permission sets whose grants and denials count here too."),
        GRANTS,
        DENY,
        later("was"),
    ],
);

static GRANTS_BY_OBJECT: Shape = Shape::Map { keys: &word::NAME, of: &Shape::Record(&OBJECT_GRANTS), least: 0 };

pub(super) const GRANTS: Key = optional("grants", &GRANTS_BY_OBJECT, "What is granted, by object.");

static DENY_BY_OBJECT: Shape = Shape::Map { keys: &word::NAME, of: &DENIAL, least: 0 };

pub(super) const DENY: Key =
    optional("deny", &DENY_BY_OBJECT, "What is taken away, whatever other sets of the persona give, by object.");

static RESTRICT_BY_OBJECT: Shape = Shape::Map { keys: &word::NAME, of: &Shape::Record(&RESTRICTION), least: 0 };

pub(super) const RESTRICT: Key =
    optional("restrict", &RESTRICT_BY_OBJECT, "Conditions that rows must meet for every persona, by object.");

static OBJECT_GRANTS: Record = ruled(
    "entry of `grants`",
    "What may be done with one object.",
    &[
        optional("read", &READ, "Which rows and fields may be seen."),
        optional("create", &write::CREATE, "Which fields a new row may be given, and in which scope."),
        optional("update", &write::UPDATE, "Which fields of which rows may be changed."),
        optional("transition", &write::TRANSITION, "Which rows may be moved from which state to which."),
        optional("assign", &write::ASSIGN, "Which rows may be handed over, and to whom."),
        optional("delete", &write::DELETE, "Which rows may be deleted, as the object's `delete` says."),
        optional("share", &write::SHARE, "Which rows may be shared, and with whom."),
        optional("download", &write::FILES, "Of which rows the attachments may be seen and fetched."),
        optional("attach", &write::FILES, "To which rows files may be attached, and one's own taken away again."),
        optional("export", &write::EXPORT, "How many rows of what may be read may be taken away as a file."),
    ],
    &[Rule::NotEmpty],
);

static READ: Shape = Shape::Forms(&[
    &FIELD_OR_SET,
    &FIELD_LIST,
    &Shape::Record(&READ_GRANT),
    &Shape::List { of: &Shape::Record(&READ_GRANT), least: 1 },
]);

pub(super) static FIELD_OR_SET: Shape = Shape::Word(&word::FIELD_SET_OR_FIELD);
pub(super) static FIELD_LIST: Shape = Shape::List { of: &FIELD_OR_SET, least: 1 };
/// A field set's name, `all`, or a list of fields and sets.
pub(super) static FIELDS: Shape = Shape::Forms(&[&FIELD_OR_SET, &FIELD_LIST]);

static UNMASKED: Shape = Shape::List { of: &FIELD_NAME, least: 1 };

static READ_GRANT: Record = ruled(
    "grant",
    "Which rows and fields of an object may be seen.",
    &[
        SCOPE_KEY,
        PATH_KEY,
        optional(
            "fields",
            &FIELDS,
            "A list of fields and field sets, or a field set; all of the object's fields where unwritten.",
        ),
        optional(
            "unmasked",
            &UNMASKED,
            "Fields of the grant that are shown as they are, though the object masks them.",
        ),
        WHERE_KEY,
        HAS_KEY,
        MIN_TIER_KEY,
        VALID_FROM_KEY,
        VALID_UNTIL_KEY,
        NEEDS_KEY,
    ],
    // A grant of everything is written as one.
    &[Rule::NotEmpty],
);

pub(super) const SCOPE_KEY: Key = optional(
    "scope",
    &SCOPE,
    "Which rows; `tenant` for external audiences where the object has a tenant, `all` for internal ones.",
);
pub(super) const PATH_KEY: Key =
    optional("path", &NAME, "Which of the object's tenant or owner paths, where it has several.");
pub(super) const WHERE_KEY: Key = optional("where", &CONDITION, "What the rows must meet besides.");
pub(super) const HAS_KEY: Key =
    optional("has", &HAS, "Rows of another object, readable too, that must exist for a row.");
pub(super) const MIN_TIER_KEY: Key =
    optional("min_tier", &TIER_BOUND, "The least tier of the tenant: a tier, or `$row.<field>`.");
pub(super) const VALID_FROM_KEY: Key =
    optional("valid_from", &TIME_BOUND, "From when on: a field, a date or a timestamp.");
pub(super) const VALID_UNTIL_KEY: Key =
    optional("valid_until", &TIME_BOUND, "Until when, exclusive: a field, a date or a timestamp.");
pub(super) const NEEDS_KEY: Key = optional("needs", &NEEDS, "What the session must have proved besides.");

static TIER_BOUND: Shape = Shape::Word(&word::TIER_BOUND);
static TIME_BOUND: Shape = Shape::Word(&word::TIME_BOUND);
static NEEDS: Shape = Shape::Choice(&[choice("mfa", "A second factor.")]);

pub(super) static SCOPE: Shape = Shape::Choice(&[
    choice("none", "No row."),
    choice("own", "The owner column is me."),
    choice("reports", "Owned by me, or by someone who reports to me at any depth."),
    choice("shared", "Shared with me or my tenant by a share that has not ended."),
    choice("assigned", "Named for me by an assignment: the row, its parent or its tenant."),
    choice("tenant", "The row's tenant is mine."),
    choice("tenant_tree", "The row's tenant is mine or one below it."),
    choice("parent", "The parent row is readable to me."),
    choice("public", "Every row of an object meant for all."),
    choice("all", "Every row; internal audiences only."),
]);

static HAS: Shape = Shape::Forms(&[&Shape::Record(&HAS_ONE), &Shape::List { of: &Shape::Record(&HAS_ONE), least: 1 }]);

static HAS_ONE: Record = record(
    "`has` condition",
    "Some row of the other object, readable to me, matches.",
    &[
        required("object", &NAME, "The other object."),
        required(
            "match",
            &Shape::Map { keys: &word::FIELD, of: &Shape::Operand, least: 1 },
            "Fields of the other object and what they must equal: `{product: $row.product}`.",
        ),
    ],
);

static DENIAL: Shape = Shape::Forms(&[
    &FIELD_OR_SET,
    &FIELD_LIST,
    &Shape::Record(&ruled(
        "denial",
        "What is taken away of an object: fields, rows, or fields of some rows.",
        &[
            optional("fields", &FIELDS, "The fields; whole rows where unwritten."),
            optional("where", &CONDITION, "In which rows; in every row where unwritten."),
        ],
        &[Rule::NotEmpty],
    )),
]);

static RESTRICTION: Record = record(
    "restriction",
    "A condition that rows must meet for every persona.",
    &[required("where", &CONDITION, "What the rows must meet.")],
);

/// A `where`: fields of the row and what they must meet, and `any_of`.
pub(super) static CONDITION: Shape = Shape::Record(&CONDITION_RECORD);

static CONDITION_RECORD: Record = Record {
    what: "condition",
    doc: CONDITION_DOC,
    keys: &[optional("any_of", &Shape::List { of: &CONDITION, least: 1 }, ANY_OF_DOC)],
    rules: &[Rule::NotEmpty],
    others: Some((&word::FIELD, &TEST)),
};

/// A `where` on a table that is no object: its columns may have any name.
pub(super) static TABLE_CONDITION: Shape = Shape::Record(&TABLE_CONDITION_RECORD);

static TABLE_CONDITION_RECORD: Record = Record {
    what: "condition on columns",
    doc: CONDITION_DOC,
    keys: &[optional("any_of", &Shape::List { of: &TABLE_CONDITION, least: 1 }, ANY_OF_DOC)],
    rules: &[Rule::NotEmpty],
    others: Some((&word::COLUMN, &TEST)),
};

const CONDITION_DOC: &str =
    "Every test holds, and of `any_of` at least one entry. Where a value is NULL the answer is unknown, which denies.";
const ANY_OF_DOC: &str = "Conditions of which at least one must hold.";

static OPERANDS: Shape = Shape::List { of: &Shape::Operand, least: 0 };

static TEST: Shape = Shape::Forms(&[
    &Shape::Operand,
    &OPERANDS,
    &Shape::Record(&ruled(
        "test",
        "Comparisons of one field; all of them must hold.",
        &[
            optional("ne", &Shape::Operand, "Not equal."),
            optional("lt", &Shape::Operand, "Less than."),
            optional("lte", &Shape::Operand, "Less than or equal."),
            optional("gt", &Shape::Operand, "Greater than."),
            optional("gte", &Shape::Operand, "Greater than or equal."),
            optional("in", &OPERANDS, "One of these."),
            optional("not_in", &OPERANDS, "None of these."),
            optional("is_null", &Shape::Boolean, "Whether the field has no value."),
        ],
        &[Rule::NotEmpty],
    )),
]);
