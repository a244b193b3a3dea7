use super::{Cell, HiddenField, NamedLink, OptionView};
use serde::Serialize;

/// A form with what is filled in, and what is wrong with it.
#[derive(Debug, Clone, Serialize)]
pub struct FormView {
    /// Apart from other forms of the page, in ids.
    pub id: String,
    pub action: String,
    pub hidden: Vec<HiddenField>,
    pub slots: Vec<SlotView>,
    /// In the order of the form.
    pub problems: Vec<ProblemView>,
    /// Something to know that is no fault.
    pub notice: Option<String>,
    pub submit: String,
    pub cancel: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ProblemView {
    /// Where to mend it.
    pub href: Option<String>,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct SlotView {
    pub id: String,
    pub name: String,
    pub label: String,
    pub kind: SlotKind,
    /// Of an `input`: `text`, `email`, `date` …
    pub input: &'static str,
    /// Which keys a telephone shows.
    pub keys: Option<&'static str>,
    pub autocomplete: Option<&'static str>,
    pub value: String,
    pub required: bool,
    pub max_length: Option<u32>,
    /// Of a choice; the first may be nothing.
    pub options: Vec<OptionView>,
    pub hint: Option<String>,
    pub problem: Option<String>,
    pub find: Option<FindView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    Line,
    Lines,
    Choice,
    Check,
}

/// A choice of very many, narrowed by a search.
#[derive(Debug, Clone, Serialize)]
pub struct FindView {
    pub name: String,
    pub label: String,
    pub value: String,
}

/// What may be done with a record.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Actions {
    pub edit: Option<String>,
    pub delete: Option<String>,
    /// To hand it over.
    pub assign: Option<String>,
    pub moves: Vec<MoveView>,
}

/// A button that moves a record to another state.
#[derive(Debug, Clone, Serialize)]
pub struct MoveView {
    pub label: String,
    pub action: String,
    pub hidden: Vec<HiddenField>,
}

/// With whom a record is shared, and a form to share it.
#[derive(Debug, Clone, Serialize)]
pub struct SharingView {
    pub shares: Vec<ShareView>,
    pub form: FormView,
}

#[derive(Debug, Clone, Serialize)]
pub struct ShareView {
    pub person: String,
    pub until: Option<Cell>,
    /// Where the form goes that takes it back, and what it carries.
    pub action: String,
    pub hidden: Vec<HiddenField>,
}

/// The files of a record, and a form to add one.
#[derive(Debug, Clone, Serialize)]
pub struct AttachmentsView {
    pub files: Vec<FileView>,
    /// What is said where there are none.
    pub none: &'static str,
    /// Where the form goes; `None`: this person adds none.
    pub action: Option<String>,
    pub hidden: Vec<HiddenField>,
    /// For the browser's choice of files.
    pub accept: String,
    /// What is taken, in words.
    pub hint: String,
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct FileView {
    pub name: String,
    pub href: String,
    /// Where it is taken away; `None`: not by this person.
    pub remove: Option<String>,
    pub kind: String,
    pub size: String,
    pub at: Cell,
    pub who: String,
}

/// Something that somebody did to a record.
#[derive(Debug, Clone, Serialize)]
pub struct EventView {
    pub at: Cell,
    pub who: String,
    /// `changed`.
    pub what: String,
    /// What the record is, in a sentence.
    pub label: String,
    /// Where it is not the page's own.
    pub record: Option<NamedLink>,
    /// What was changed, in a sentence; may be nothing.
    pub fields: String,
    pub from: Option<Cell>,
    pub to: Option<Cell>,
}

/// What two people have changed.
#[derive(Debug, Clone, Serialize)]
pub struct ConflictView {
    pub action: String,
    pub hidden: Vec<HiddenField>,
    pub differences: Vec<DifferenceView>,
    pub problems: Vec<ProblemView>,
    pub cancel: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct DifferenceView {
    pub id: String,
    pub name: String,
    pub label: String,
    pub theirs: Cell,
    pub mine: Cell,
    pub problem: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct DeleteView {
    pub action: String,
    pub hidden: Vec<HiddenField>,
    pub problem: Option<String>,
    /// What it is, in a sentence.
    pub label: String,
    /// What it is called.
    pub name: String,
    /// Nobody can bring it back.
    pub for_good: bool,
    pub cancel: String,
}

/// What was sent after the session was over.
#[derive(Debug, Clone, Serialize)]
pub struct AgainView {
    pub action: String,
    pub hidden: Vec<HiddenField>,
    pub sign_in: String,
    /// It was asked for once already.
    pub still: bool,
}
