//! What somebody is asked to be able to do.

use crate::model::WriteGrant;
use std::fmt;

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
    /// As the command line writes it: `update`, `transition:closed`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "read" => Self::Read,
            "create" => Self::Create,
            "update" => Self::Update,
            "delete" => Self::Delete,
            "export" => Self::Export,
            "assign" => Self::Assign,
            "share" => Self::Share,
            "download" => Self::Download,
            "attach" => Self::Attach,
            _ => Self::Transition(text.strip_prefix("transition:").filter(|to| !to.is_empty())?.to_owned()),
        })
    }

    /// Whether it can be asked about one field.
    pub fn has_fields(&self) -> bool {
        matches!(self, Self::Read | Self::Create | Self::Update | Self::Export)
    }

    /// Whether it is done with one row, whose own state decides beside the grants.
    pub fn is_of_a_row(&self) -> bool {
        !matches!(self, Self::Read | Self::Create | Self::Export)
    }

    /// Whether the grant is of this kind, whatever its fields and states.
    pub(super) fn is_kind_of(&self, grant: &WriteGrant) -> bool {
        grant.write.action() == self.word()
    }

    /// What a grant of it does, as in "a grant that changes it".
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Read => "shows",
            Self::Create => "makes rows with",
            Self::Update => "changes",
            Self::Delete => "deletes",
            Self::Export => "exports",
            Self::Transition(_) => "moves",
            Self::Assign => "hands over",
            Self::Share => "shares",
            Self::Download => "fetches attachments of",
            Self::Attach => "attaches files to",
        }
    }
}

impl Action {
    /// As the language calls the grant.
    fn word(&self) -> &'static str {
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
