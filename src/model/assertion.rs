//! What must hold of the access, whatever the grants come to.

use super::{Action, FieldClass};
use crate::diagnostic::Span;
use crate::names::{FieldName, ObjectName, PersonaName};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    pub claim: Claim,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Guests may do nothing with these objects, none: with all of them; and, where classes are named, nothing that
    /// concerns fields of these.
    NoPublicAccess { objects: BTreeSet<ObjectName>, classes: BTreeSet<FieldClass> },
    /// None of these may do that; without an action: anything.
    AccessNotGranted {
        personas: BTreeSet<PersonaName>,
        object: ObjectName,
        field: Option<FieldName>,
        action: Option<Action>,
    },
    /// Nobody gains anything that is not accepted; since a revision, or, without one, since what was applied last.
    NoNewAccess { against: Option<String> },
}
