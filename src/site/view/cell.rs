use serde::Serialize;

/// One value of a row as the reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub kind: CellKind,
    pub text: String,
    /// Where it leads: a mail address, a site, a record.
    pub href: Option<String>,
    /// A date in the form that programs read.
    pub machine: Option<String>,
    /// Of a tag: `info`, `good`, `wait`, `bad`, or nothing in particular.
    pub tone: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    None,
    Text,
    Long,
    Number,
    Money,
    Date,
    Timestamp,
    Tag,
    Email,
    Url,
    Phone,
    Code,
    Json,
    Reference,
    /// There is a value that tells this reader nothing.
    Unseen,
}

impl Cell {
    pub fn none() -> Self {
        Self::new(CellKind::None, "")
    }

    pub fn new(kind: CellKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), href: None, machine: None, tone: "" }
    }

    #[must_use]
    pub fn leading_to(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    #[must_use]
    pub fn machine(mut self, text: impl Into<String>) -> Self {
        self.machine = Some(text.into());
        self
    }

    #[must_use]
    pub fn toned(mut self, tone: &'static str) -> Self {
        self.tone = tone;
        self
    }
}
