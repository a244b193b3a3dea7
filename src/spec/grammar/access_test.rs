//! Access tests.

use super::given::{GIVEN, OWNER_OF_ROW, TENANT_OF_ROW, VALUE, check_target};
use super::word::{self, Word, value};
use super::write_words::STATE;
use super::{FIELD_NAME, NAME, Record, Rule, Shape, choice, later, optional, record, required, ruled};

pub(in crate::spec) static ACCESS_TEST: Record = record(
    "access test",
    "What people must be able to do, and what they must not, with the rows that it gives.",
    &[
        required("kind", &Shape::Choice(&[choice("access_test", "An access test.")]), "`access_test`."),
        required("name", &NAME, "What commands and reports call it."),
        optional("about", &Shape::Text, "What it proves, for people."),
        optional("now", &Shape::Word(&NOW), "The time it is for everyone in the test; the present where unwritten."),
        optional("given", &Shape::Record(&GIVEN), "The tenants, users and rows there are, and no others."),
        required(
            "expect",
            &Shape::List { of: &Shape::Record(&EXPECTATION), least: 1 },
            "What is expected. Each is tried by itself, on the rows as they were given.",
        ),
    ],
);

static NOW: Word = value(
    "timestamp",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})$",
    word::check_timestamp,
    "2026-01-15T09:00:00Z",
);

static WHO: Word =
    value("user, `user@tenant` or `guest`", "^[a-z][a-z0-9_-]{0,62}(@[a-z][a-z0-9_-]{0,62})?$", check_who, "ann");

fn check_who(text: &str) -> Result<(), String> {
    let (user, tenant) = text.split_once('@').unwrap_or((text, "tenant"));
    (word::NAME.check)(user).and_then(|()| (word::NAME.check)(tenant))
}

static PLACE: Word =
    value("portal or `portal/audience`", "^[^/]+(/[^/]+)?$", super::write_words::check_audience, "partners");

static TARGET: Word =
    value("row as `object/label`", "^[a-z][a-z0-9_-]{0,62}/[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}$", check_target, "deal/1");

static ROW: Shape = Shape::Word(&TARGET);

static EXPECTATION: Record = ruled(
    "expectation",
    "What one person sees, may do and may not do.",
    &[
        required("as", &Shape::Word(&WHO), "Who: the label of a user, `user@tenant`, or `guest`."),
        optional("of", &Shape::Word(&PLACE), "In which portal, or as which of its audiences, where that is not plain."),
        optional(
            "lists",
            &Shape::Map { keys: &word::NAME, of: &Shape::List { of: &Shape::Label, least: 0 }, least: 1 },
            "Exactly which rows they see, by object: the labels.",
        ),
        optional("can", &ACTS, "What they may do. Of `fields`, all of them at once."),
        optional("cannot", &ACTS, "What they may not do. Of `fields`, none of them."),
    ],
    &[Rule::AtLeastOne(&["lists", "can", "cannot"])],
);

static ACTS: Shape = Shape::Forms(&[&Shape::Record(&ACT), &Shape::List { of: &Shape::Record(&ACT), least: 1 }]);

const ACTIONS: &[&str] = &["read", "create", "update", "transition", "assign", "delete", "share", "export", "attach"];

static ACT: Record = ruled(
    "act",
    "One thing that somebody does.",
    &[
        optional("read", &ROW, "Sees the row; of `fields`, these."),
        optional("create", &NAME, "Makes a row of the object, with `values`."),
        optional("update", &ROW, "Changes the row: `fields` to something else, or to `values`."),
        optional("transition", &ROW, "Moves the row to the state `to`."),
        optional("assign", &ROW, "Hands the row over to the user `to`; of several owner paths, those in `fields`."),
        optional("delete", &ROW, "Deletes the row."),
        optional("share", &ROW, "Shares the row with the user `to`."),
        optional("export", &NAME, "Takes rows of the object away as a file."),
        // A file to fetch would have to be given first.
        later("download"),
        optional("attach", &ROW, "Attaches a file to the row."),
        optional("fields", &Shape::List { of: &FIELD_NAME, least: 1 }, "Which fields."),
        optional("values", &Shape::Record(&VALUES), "What the fields are given."),
        optional("to", &Shape::Word(&STATE), "The state, or the label of the user."),
    ],
    &[Rule::ExactlyOne(ACTIONS)],
);

static VALUES: Record = Record {
    what: "map of values",
    doc: "Fields and what they are given; a reference names the other row's label.",
    keys: &[TENANT_OF_ROW, OWNER_OF_ROW],
    rules: &[Rule::NotEmpty],
    others: Some((&word::FIELD, &VALUE)),
};
