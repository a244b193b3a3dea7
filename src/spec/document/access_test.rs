//! Access tests.

use super::{GivenDoc, GivenValuesDoc};
use crate::diagnostic::{Span, Spanned};
use crate::names::{FieldName, ObjectName, RowLabel, TestName};

#[derive(Debug, Clone)]
pub struct AccessTestDoc {
    pub span: Span,
    pub name: Spanned<TestName>,
    pub about: Option<String>,
    /// ISO 8601.
    pub now: Option<Spanned<String>>,
    pub given: GivenDoc,
    pub expect: Vec<ExpectationDoc>,
}

#[derive(Debug, Clone)]
pub struct ExpectationDoc {
    pub span: Span,
    /// `ann`, `ann@north` or `guest`.
    pub who: Spanned<String>,
    /// A portal, or `portal/audience`.
    pub of: Option<Spanned<String>>,
    pub lists: Vec<ListsDoc>,
    pub can: Vec<ActDoc>,
    pub cannot: Vec<ActDoc>,
}

/// Exactly these rows of the object are seen.
#[derive(Debug, Clone)]
pub struct ListsDoc {
    pub object: Spanned<ObjectName>,
    pub rows: Vec<Spanned<RowLabel>>,
}

#[derive(Debug, Clone)]
pub struct ActDoc {
    /// Of the target.
    pub span: Span,
    pub action: TestedAction,
    pub object: ObjectName,
    /// `None`: the action is about the object.
    pub row: Option<RowLabel>,
    pub fields: Vec<Spanned<FieldName>>,
    pub values: Option<GivenValuesDoc>,
    /// A state, or the label of a user.
    pub to: Option<Spanned<String>>,
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TestedAction {
    Read,
    Create,
    Update,
    Transition,
    Assign,
    Delete,
    Share,
    Export,
    Attach,
}

impl TestedAction {
    pub const ALL: &[Self] = &[
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Transition,
        Self::Assign,
        Self::Delete,
        Self::Share,
        Self::Export,
        Self::Attach,
    ];

    /// As the language writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Transition => "transition",
            Self::Assign => "assign",
            Self::Delete => "delete",
            Self::Share => "share",
            Self::Export => "export",
            Self::Attach => "attach",
        }
    }
}
