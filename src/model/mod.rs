//! Floor 2: the access model, the resolved whole that everything else is computed from.
//!
//! [`AccessModel`] answers in plain, closed data who may read what: nothing in it is looked up by
//! name any more, no short form is left, and nothing in it is SQL.

mod access;
mod access_test;
mod assertion;
mod denial;
mod guide;
mod managed;
mod namesakes;
mod object;
mod page;
mod people;
mod personas;
mod portal;
mod resolve;
mod sample;
mod user_keys;
mod words;
mod write;

pub use access::{
    Acceptance, AccessModel, CheckLevel, Condition, Delegation, Deny, Facet, Has, Integration, Lifecycle, PaidUntil,
    Persona, Project, ReadGrant, Rectangle, Rows, Test, TierBound, TimeBound, Value,
};
pub use access_test::{
    AccessTest, Act, Asker, Cell, Expectation, Given, GivenPlace, GivenRow, GivenTenant, GivenUser, Listed,
};
pub use assertion::{Assertion, Claim};
pub use denial::Denial;
pub use guide::{Answered, Choice, Guide, Question};
pub use managed::{Expression, Filling, Function, Holds, Managed, ManagedColumn, Operator};
pub use object::{
    Assignment, AssignmentTarget, Deletion, Field, FilledBy, LinkedTo, MaxScope, MinGroup, Object, OwnerPath,
    ParentLink, Retention, ShareLink, Sort, Source, States, TenantPath, TenantRoute, UserColumn,
};
pub use page::Page;
pub use people::{
    AssignedTenants, ByValue, DeclaredMember, DeclaredTenant, PeopleAudience, PeopleSource, TenantSource, TierSource,
};
pub use personas::personas_of;
pub use portal::{Audience, Navigation, Portal, Registration, Session};
pub use resolve::{resolve, rows_within, uncovered};
pub use sample::{Sample, SamplePart, Samples};
pub use words::{Words, uncapitalised};
pub use write::{Create, Moves, NamedParent, ParentNeeds, Preset, Share, Write, WriteGrant};

pub use crate::spec::document::{
    Action, Address, AssignTo, AttachmentsDoc as Attachments, Comparison, FieldClass, FieldType, FileUse,
    KeyGeneration, Mask, Numbering, Period, Profile, RateLimit, RegistrationField, RetentionEnd, Scan, Scope, Storage,
    TenantReach, TestedAction, View, Who,
};
