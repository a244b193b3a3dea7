//! Feature modules, and how portals adopt them.

use super::given::ROWS;
use super::{COLUMN, Key, NAME, NAMES, Record, Shape, TABLE, choice, optional, record, required, word};

pub(in crate::spec) static MODULE: Record = record(
    "module",
    "A feature: the objects, permission sets and pages in the rest of its file. It counts where a portal adopts it.",
    &[
        required(
            "kind",
            &Shape::Choice(&[choice("module", "A feature.")]),
            "`module`; the first document of its file.",
        ),
        required("name", &NAME, "What portals adopt it by; none that the catalogue has."),
        optional("title", &Shape::Text, "What people call it; made from the name where unwritten."),
        optional("purpose", &Shape::Text, "What it is for, in a line."),
        optional("about", &Shape::Text, "What people do with it, and what they see of it, in a few sentences."),
        optional("needs", &NAMES, "Modules that come with it."),
        optional(
            "navigation",
            &NAMES,
            "Its objects that the menu of a portal goes on with whose type does not have the module.",
        ),
        ROWS,
    ],
);

/// `case-management`, or `{orders: {tables: …}}`.
static ADOPTED: Shape =
    Shape::Forms(&[&NAME, &Shape::Map { keys: &word::NAME, of: &Shape::Record(&ADOPTION), least: 1 }]);

static ADOPTIONS: Shape = Shape::List { of: &ADOPTED, least: 0 };

pub(super) const MODULES: Key = optional(
    "modules",
    &ADOPTIONS,
    "The modules it adopts, with all that they need; as `{orders: {tables: …}}` over tables that there are.",
);

static ADOPTION: Record = record(
    "map of a module",
    "Where a module's rows lie, where that is in tables of the business.",
    &[
        required(
            "tables",
            &Shape::Map { keys: &word::NAME, of: &TABLE, least: 1 },
            "Existing tables, by the object whose rows they hold.",
        ),
        optional(
            "columns",
            &Shape::Map { keys: &word::NAME, of: &Shape::Map { keys: &word::COLUMN, of: &COLUMN, least: 1 }, least: 1 },
            "By object, from the columns that the module writes to those of the table.",
        ),
    ],
);
