use super::{Actions, Cell, FormView};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedLink {
    pub label: String,
    pub href: String,
}

/// One object on the home page.
#[derive(Debug, Clone, Serialize)]
pub struct HomeCard {
    pub name: String,
    pub label: String,
    pub recent_label: String,
    pub icon: &'static str,
    pub href: String,
    /// `12`, or `1,000+`.
    pub count: String,
    /// Of so many: `1 Case`, `2 Cases`.
    pub counted_label: String,
    pub rows: Vec<RecentRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct RecentRow {
    pub href: String,
    pub name: String,
    pub line: Option<String>,
    pub tag: Option<Cell>,
    pub date: Option<Cell>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TableColumn {
    pub label: String,
    /// `start` or `end`.
    pub align: &'static str,
    pub sort: Option<SortLink>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SortLink {
    pub href: String,
    /// `ascending`, `descending`, or not sorted by this one.
    pub state: Option<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
pub struct RowView {
    pub href: String,
    /// What to call the row where its first cell is empty.
    pub name: String,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ListView {
    pub columns: Vec<TableColumn>,
    pub rows: Vec<RowView>,
    pub label_many: String,
    /// `12 cases`, or `more than 1,000`.
    pub total: Option<String>,
    /// The record whose rows these are, where the list is narrowed to one.
    pub of: Option<NamedLink>,
    pub action: String,
    pub hidden: Vec<HiddenField>,
    pub search: Option<SearchView>,
    pub filters: Vec<FilterView>,
    pub sorts: Vec<OptionView>,
    pub active: Vec<Chip>,
    /// The form for a new one.
    pub new: Option<NamedLink>,
    /// The same list as a file.
    pub export: Option<NamedLink>,
    pub clear: String,
    pub first: Option<String>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct HiddenField {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct SearchView {
    pub value: String,
    pub placeholder: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FilterView {
    Choice { name: String, label: String, options: Vec<OptionView> },
    Range { name: String, label: String, from: String, to: String },
}

#[derive(Debug, Clone, Serialize)]
pub struct OptionView {
    pub value: String,
    pub label: String,
    pub selected: bool,
}

/// A filter that is on, and the list without it.
#[derive(Debug, Clone, Serialize)]
pub struct Chip {
    pub label: String,
    pub href: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub label: String,
    pub tags: Vec<Cell>,
    /// What fits in a line.
    pub facts: Vec<Fact>,
    /// What wants the whole width.
    pub texts: Vec<Fact>,
    pub actions: Actions,
}

#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    pub label: String,
    pub cell: Cell,
}

/// The rows of another object that belong to the record.
#[derive(Debug, Clone, Serialize)]
pub struct RelatedView {
    pub label: String,
    pub label_many: String,
    pub columns: Vec<TableColumn>,
    pub rows: Vec<RowView>,
    /// The whole list, where there is more than is shown.
    pub more: Option<String>,
    /// The form for a new one.
    pub new: Option<NamedLink>,
    /// The same, short enough to stand here.
    pub add: Option<FormView>,
}

/// A sign-in link before it is used.
#[derive(Debug, Clone, Serialize)]
pub struct LinkView {
    pub secret: String,
    pub person: Option<String>,
    pub email: Option<String>,
    pub tenant: Option<String>,
    pub audience: String,
    pub expires: Moment,
}

/// A point in time for the reader and for programs.
#[derive(Debug, Clone, Serialize)]
pub struct Moment {
    pub text: String,
    pub machine: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ErrorView {
    pub status: u16,
    pub text: String,
    /// What went wrong, for the developer; only in development.
    pub detail: Option<String>,
    pub actions: Vec<NamedLink>,
    /// Names the request in the log.
    pub reference: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PortalEntry {
    pub title: String,
    pub href: String,
    pub monogram: String,
}
