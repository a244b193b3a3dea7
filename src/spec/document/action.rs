//! What may be done to rows.

use std::fmt;

/// What somebody is asked to be able to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Read,
    Create,
    Update,
    Delete,
    Export,
    /// Into this state.
    Transition(String),
    Assign,
    Share,
    Download,
    Attach,
}

impl Action {
    /// Those that are one word each; a move names its state beside.
    pub const WORDS: [Self; 9] = [
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Export,
        Self::Assign,
        Self::Share,
        Self::Download,
        Self::Attach,
    ];

    /// As people write it: `update`, `transition:closed`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("transition:") {
            Some(to) => (!to.is_empty()).then(|| Self::Transition(to.to_owned())),
            None => Self::WORDS.into_iter().find(|action| action.word() == text),
        }
    }

    /// Those of one word, for a sentence.
    #[must_use]
    pub fn words() -> String {
        Self::WORDS.map(|action| action.word()).join(", ")
    }

    /// As the language calls the grant.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Export => "export",
            Self::Transition(_) => "transition",
            Self::Assign => "assign",
            Self::Share => "share",
            Self::Download => "download",
            Self::Attach => "attach",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
