//! Tenants, users and rows that access tests and samples are given, and whom and what they call by a label.

use super::tenant::{KEY, KEYS};
use super::word::{self, Word, value};
use super::write_words::AUDIENCE;
use super::{Key, NAME, Record, Shape, optional, record, required};

/// What a test or a sample calls a row: a word or a number.
pub(in crate::spec) static LABEL: Word =
    value("label", "^[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}$", check_label, "printer-jam");

fn check_label(text: &str) -> Result<(), String> {
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err("it must begin with a letter or a digit".to_owned());
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-'))) {
        Some(bad) => Err(format!("it holds `{bad}`; a label has letters, digits, `_`, `-`, `.` and `:`")),
        None if text.len() > 63 => Err(format!("it is {} bytes long, 63 is the most", text.len())),
        None => Ok(()),
    }
}

/// `object/label`.
pub(super) fn check_target(text: &str) -> Result<(), String> {
    let (object, label) = text.split_once('/').ok_or_else(|| "a row is written `object/label`".to_owned())?;
    (word::NAME.check)(object).and_then(|()| check_label(label))
}

pub(super) static GIVEN: Record = record(
    "map of what is given",
    "The tenants, users and rows there are, and no others. Each has a label, by which everything else names it.",
    &[TENANTS, USERS, ROWS],
);

static TENANTS_BY_LABEL: Shape = Shape::Map { keys: &word::NAME, of: &Shape::Record(&GIVEN_TENANT), least: 0 };
static USERS_BY_LABEL: Shape = Shape::Map { keys: &word::NAME, of: &Shape::Record(&GIVEN_USER), least: 0 };
static ROWS_OF_OBJECT: Shape = Shape::List { of: &Shape::Record(&GIVEN_ROW), least: 0 };
static ROWS_BY_OBJECT: Shape = Shape::Map { keys: &word::NAME, of: &ROWS_OF_OBJECT, least: 0 };

pub(super) const TENANTS: Key = optional("tenants", &TENANTS_BY_LABEL, "The tenants, by label.");

pub(super) const USERS: Key = optional("users", &USERS_BY_LABEL, "The people, by label.");

pub(super) const ROWS: Key = optional("rows", &ROWS_BY_OBJECT, "The rows, by object.");

static SAMPLE_RECORD: Shape = Shape::Record(&record(
    "sample",
    "The cast of the sample rows of modules, for the local database.",
    &[TENANTS, USERS],
));

pub(super) const SAMPLE: Key =
    optional("sample", &SAMPLE_RECORD, "Tenants and people for the sample rows of its modules.");

static GIVEN_TENANT: Record = record(
    "given tenant",
    "A tenant there is.",
    &[
        optional("title", &Shape::Text, "What people call it; made from the label where unwritten."),
        optional("tenant_kind", &NAME, "What kind of organisation it is."),
        optional("tier", &NAME, "One of the project's tiers."),
        optional("key", &KEY, "Its key in the business's tables, quoted; made from the label where unwritten."),
        optional("keys", &KEYS, "Further keys, by name."),
        optional("parent", &NAME, "The label of the tenant above."),
    ],
);

const AUDIENCE_DOC: &str = "The audience, as `portal/audience`; of the portal itself where it gives the sample.";

static GIVEN_USER: Record = record(
    "given user",
    "A person there is.",
    &[
        optional("title", &Shape::Text, "What people call them; made from the label where unwritten."),
        optional("email", &Shape::Word(&word::EMAIL), "Their address; made from the labels where unwritten."),
        optional("tenant", &NAME, "The label of their tenant; absent for staff."),
        optional("audience", &Shape::Word(&AUDIENCE), AUDIENCE_DOC),
        optional("key", &KEY, "Their key in the business's tables, quoted; made from the label where unwritten."),
        optional("keys", &KEYS, "Further keys, by name."),
        optional("mfa", &Shape::Boolean, "Whether their session has proved a second factor."),
        optional("assigned", &Shape::List { of: &NAME, least: 0 }, "The labels of the tenants that they look after."),
        optional("reports_to", &NAME, "The label of their superior."),
        optional(
            "memberships",
            &Shape::List { of: &Shape::Record(&GIVEN_MEMBERSHIP), least: 0 },
            "Further places that they have.",
        ),
    ],
);

static GIVEN_MEMBERSHIP: Record = record(
    "given membership",
    "A further place of a user.",
    &[
        optional("tenant", &NAME, "The label of the tenant; absent for staff."),
        required("audience", &Shape::Word(&AUDIENCE), AUDIENCE_DOC),
    ],
);

/// A label, or one for each path.
static BY_PATH: Shape = Shape::Forms(&[&NAME, &Shape::Map { keys: &word::NAME, of: &NAME, least: 1 }]);

pub(super) const TENANT_OF_ROW: Key =
    optional("tenant", &BY_PATH, "The label of the row's tenant; by path where the object has several.");
pub(super) const OWNER_OF_ROW: Key =
    optional("owner", &BY_PATH, "The label of the row's owner; by path where the object has several.");

/// What a field of a row begins with.
pub(super) static VALUE: Shape = Shape::Forms(&[&Shape::Null, &Shape::Operand]);

static GIVEN_ROW: Record = Record {
    what: "given row",
    doc: "A row there is: its label, whose it is, and its fields. A reference names the other row's label.",
    keys: &[
        required("id", &Shape::Label, "Its label; the key too, where the key's type allows."),
        TENANT_OF_ROW,
        OWNER_OF_ROW,
    ],
    rules: &[],
    others: Some((&word::FIELD, &VALUE)),
};
