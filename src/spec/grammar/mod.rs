//! The language as data: which keys each document takes and what may stand there. The checks of the reader,
//! the JSON Schema and the reference all come from these tables, so none of them can disagree.

mod access;
mod access_test;
mod assertion;
mod duration;
mod environment;
mod given;
mod keeping;
mod managed;
mod module;
mod object;
mod page;
pub(super) mod people;
mod portal;
mod portal_type;
mod project;
mod tenant;
mod time_zone;
mod type_names;
pub(super) mod word;
mod words;
mod write;
mod write_words;

pub(super) use access::PERMISSION_SET;
pub(super) use access_test::ACCESS_TEST;
pub(super) use duration::parse_staleness;
pub(super) use environment::{DOCUMENTS, ENVIRONMENT};
pub(super) use given::LABEL;
pub(super) use module::MODULE;
pub(super) use object::OBJECT;
pub(super) use page::PAGE;
pub(super) use portal::PORTAL;
pub(super) use portal_type::TYPE;
pub(super) use project::PROJECT;
pub(super) use tenant::{TENANT, TENANT_ROW};
use word::Word;
pub(super) use words::{check_shown, is_hidden};
#[cfg(test)]
pub(super) use write_words::PERIOD;
pub(super) use write_words::{parse_period, parse_size};

/// What may stand in one place.
#[derive(Debug)]
pub(super) enum Shape {
    /// One line of text.
    Text,
    /// Text of a certain form.
    Word(&'static Word),
    /// One of a few words.
    Choice(&'static [Choice]),
    Boolean,
    /// A whole number within bounds.
    Count {
        least: u32,
        most: u32,
    },
    /// What a field is compared with: text, a number, a boolean, a variable.
    Operand,
    Null,
    /// What a test or a sample calls a row: a word or a whole number.
    Label,
    List {
        of: &'static Shape,
        least: usize,
    },
    /// A map with keys of the author's choosing.
    Map {
        keys: &'static Word,
        of: &'static Shape,
        least: usize,
    },
    Record(&'static Record),
    /// What differs from such a map, by the rules of documents that lie over others.
    Over(&'static Record),
    /// One of several, told apart by what kind of value it is, and maps by their keys.
    Forms(&'static [&'static Shape]),
}

#[derive(Debug)]
pub(super) struct Choice {
    pub(super) word: &'static str,
    pub(super) doc: &'static str,
    pub(super) later: bool,
}

/// A map whose keys the language gives.
#[derive(Debug)]
pub(super) struct Record {
    /// In the singular, without article: `tenant path`.
    pub(super) what: &'static str,
    pub(super) doc: &'static str,
    pub(super) keys: &'static [Key],
    pub(super) rules: &'static [Rule],
    /// Where any other key is the author's own: its form and value.
    pub(super) others: Option<(&'static Word, &'static Shape)>,
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) presence: Presence,
    pub(super) shape: &'static Shape,
    pub(super) doc: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
    /// A key of the language that this version cannot act on: refused, never ignored.
    Later,
}

/// How keys of one record go together.
#[derive(Debug)]
pub(super) enum Rule {
    ExactlyOne(&'static [&'static str]),
    AtMostOne(&'static [&'static str]),
    AtLeastOne(&'static [&'static str]),
    /// The map must hold something.
    NotEmpty,
}

/// The kinds of documents, in the order in which they are listed to users.
pub(super) const KINDS: &[(&str, &Record)] = &[
    ("project", &PROJECT),
    ("object", &OBJECT),
    ("permission_set", &PERMISSION_SET),
    ("portal", &PORTAL),
    ("page", &PAGE),
    ("tenant", &TENANT),
    ("access_test", &ACCESS_TEST),
    ("module", &MODULE),
    ("type", &TYPE),
];

/// Kinds whose documents may lie over another, and the key that says over which.
pub(super) const OVER: &[(&str, &str)] =
    &[("object", "extends"), ("permission_set", "extends"), ("page", "extends"), ("portal", "type")];

/// The version of the language that this binary reads.
pub(super) const LANGUAGE_VERSION: u32 = 1;

impl Record {
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

const fn required(name: &'static str, shape: &'static Shape, doc: &'static str) -> Key {
    Key { name, presence: Presence::Required, shape, doc }
}

const fn optional(name: &'static str, shape: &'static Shape, doc: &'static str) -> Key {
    Key { name, presence: Presence::Optional, shape, doc }
}

const fn later(name: &'static str) -> Key {
    Key { name, presence: Presence::Later, shape: &Shape::Text, doc: "" }
}

const fn choice(word: &'static str, doc: &'static str) -> Choice {
    Choice { word, doc, later: false }
}

const fn record(what: &'static str, doc: &'static str, keys: &'static [Key]) -> Record {
    Record { what, doc, keys, rules: &[], others: None }
}

const fn ruled(what: &'static str, doc: &'static str, keys: &'static [Key], rules: &'static [Rule]) -> Record {
    Record { what, doc, keys, rules, others: None }
}

static COLUMN: Shape = Shape::Word(&word::COLUMN);
static TABLE: Shape = Shape::Word(&word::TABLE);
static NAME: Shape = Shape::Word(&word::NAME);
static FIELD_NAME: Shape = Shape::Word(&word::FIELD);
static EXTENDED: Shape = Shape::Word(&word::EXTENDED);

const EXTENDS: Key =
    optional("extends", &EXTENDED, "A document of an adopted module, as `module/name`, that this one lies over.");

static ORDER: Shape = Shape::Word(&word::SORT);

const SORT: Key = optional(
    "sort",
    &ORDER,
    "The field that lists are sorted by until somebody chooses; `-created_at` begins with the newest.",
);

static COLUMNS: Shape = Shape::Forms(&[&COLUMN, &Shape::List { of: &COLUMN, least: 1 }]);
static NAMES: Shape = Shape::List { of: &NAME, least: 0 };

/// A column that holds a user's key.
static USER_COLUMN: Shape = Shape::Forms(&[
    &COLUMN,
    &Shape::Record(&record(
        "user column",
        "A column that holds a user's key, where users have several.",
        &[required("column", &COLUMN, "The column."), optional("key", &NAME, "Which of the user's keys it holds.")],
    )),
]);

/// Says why a name cannot be a project's.
pub fn check_project_name(name: &str) -> Result<(), String> {
    (word::PROJECT_NAME.check)(name)
}
