//! Pages of objects that are not the usual ones.

use super::access::FIELD_LIST;
use super::{FIELD_NAME, NAME, Record, Shape, choice, optional, record, required, words};

pub(in crate::spec) static PAGE: Record = record(
    "page",
    "A page with a view of its own. List, detail and form of what is granted are there without being written.",
    &[
        required("kind", &Shape::Choice(&[choice("page", "A page.")]), "`page`."),
        required("name", &NAME, "Its address, and what `navigation` calls it."),
        super::EXTENDS,
        optional("title", &words::WORDS, "What people call it; made from the name where unwritten."),
        optional("portal", &NAME, "The portal it is in; in a module every portal that adopts it, where unwritten."),
        required("view", &VIEW, "How rows are shown."),
        optional("object", &NAME, "Whose rows; of every view but `content`."),
        optional("columns", &FIELD_LIST, "The fields and field sets that are shown, in their order."),
        super::SORT,
        optional("group_by", &FIELD_NAME, "The field that rows are grouped by."),
    ],
);

static VIEW: Shape = Shape::Choice(&[
    choice("list", "A table of rows."),
    choice("detail", "One row."),
    choice("form", "A form for a new row."),
    choice("dashboard", "Figures."),
    choice("board", "Cards in columns, by an enum field."),
    choice("timeline", "What happened, in its order."),
    choice("statement", "Lines with their sums."),
    choice("calendar", "Rows by their day."),
    choice("tree", "Rows under rows."),
    choice("checklist", "Rows to be ticked off."),
    choice("catalogue", "Cards to choose from."),
    choice("thread", "A conversation."),
    choice("content", "A page of text, from `content/<name>.md`."),
]);
