//! What a project says must hold.

use super::{Action, FieldClass};
use crate::diagnostic::{Span, Spanned};
use crate::names::{FieldName, ObjectName};

#[derive(Debug, Clone)]
pub struct AssertionDoc {
    pub span: Span,
    pub claim: ClaimDoc,
}

#[derive(Debug, Clone)]
pub enum ClaimDoc {
    NoPublicAccess {
        objects: Vec<Spanned<ObjectName>>,
        classes: Vec<FieldClass>,
    },
    AccessNotGranted {
        /// `portal/audience` or `portal/*`.
        who: Spanned<String>,
        object: Spanned<ObjectName>,
        field: Option<Spanned<FieldName>>,
        action: Option<Spanned<Action>>,
    },
    /// `None`: against what was applied last.
    NoNewAccess {
        against: Option<Spanned<String>>,
    },
}
