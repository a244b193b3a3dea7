//! Floor 2: the access model, the resolved whole that everything else is computed from.
//!
//! [`AccessModel`] answers in plain, closed data who may read what: nothing in it is looked up by
//! name any more, no short form is left, and nothing in it is SQL.

mod access;
mod object;
mod people;
mod resolve;

pub use access::{
    Acceptance, AccessModel, Audience, Condition, Deny, Facet, Has, Navigation, Persona, Portal, Project, ReadGrant,
    Rectangle, Session, Test, TierBound, TimeBound, Value,
};
pub use object::{
    Assignment, AssignmentTarget, Field, LinkedTo, Object, OwnerPath, ParentLink, ShareLink, TenantPath, TenantRoute,
    UserColumn,
};
pub use people::{
    AssignedTenants, ByValue, DeclaredMember, DeclaredTenant, PeopleAudience, PeopleSource, TenantSource, TierSource,
};
pub use resolve::resolve;

pub use crate::spec::document::{Comparison, FieldClass, FieldType, Scope, TenantReach, Who};
