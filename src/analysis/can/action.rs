//! What somebody is asked to be able to do.

use crate::model::{Action, WriteGrant};

impl Action {
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
