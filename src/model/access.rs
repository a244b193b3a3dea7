//! Personas, their grants and facets.

use super::{
    AccessTest, Address, Assertion, AssignedTenants, Comparison, DeclaredTenant, Denial, Mask, Object, PeopleSource,
    Portal, Profile, RateLimit, Sample, Scope, Storage, TenantReach, TenantSource, Who, WriteGrant,
};
use crate::diagnostic::{Severity, SourceMap, Span};
use crate::names::{
    AudienceName, CheckName, ColumnName, FieldName, KeyName, Language, ObjectName, PathName, PersonaName, PortalName,
    ProjectName, RoleName, SchemaName, SystemName, TableName, TenantKind, TierName,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The resolved whole: the one source of site, database, tests and reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessModel {
    pub sources: Arc<SourceMap>,
    pub project: Project,
    pub objects: BTreeMap<ObjectName, Object>,
    pub portals: BTreeMap<PortalName, Portal>,
    pub personas: BTreeMap<PersonaName, Persona>,
    pub tenant_sources: Vec<TenantSource>,
    pub declared_tenants: Vec<DeclaredTenant>,
    pub people: Vec<PeopleSource>,
    pub assigned_tenants: Option<AssignedTenants>,
    /// Every kind that is named anywhere; none: no tenant has a kind.
    pub tenant_kinds: BTreeSet<TenantKind>,
    /// Whether rows name tenants of several kinds by their keys alone: then no two tenants have one key.
    pub one_key_one_tenant: bool,
    pub access_tests: Vec<AccessTest>,
    /// By the order of their portals.
    pub samples: Vec<Sample>,
    /// What must hold, in written order.
    pub assertions: Vec<Assertion>,
    /// Systems that writes are handed to, of all portals.
    pub integrations: BTreeMap<SystemName, Integration>,
    /// blake3 of all documents as read, hex: what a plan and a marker say the database was built from.
    pub spec_hash: String,
    /// Whose overlay lies over the documents.
    pub environment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub name: ProjectName,
    pub control_schema: SchemaName,
    /// IANA name; what `$today` means.
    pub timezone: String,
    /// The languages that labels are written in, the usual one first; none: one for all.
    pub locales: Vec<Language>,
    /// Low to high.
    pub tiers: Vec<TierName>,
    /// Patterns relative to the project folder.
    pub setup: Vec<String>,
    pub acceptances: Vec<Acceptance>,
    /// The portals' before the project's.
    pub check_levels: Vec<CheckLevel>,
    pub profiles: BTreeSet<Profile>,
    pub storage: Storage,
}

/// How writes reach another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    pub address: Address,
    /// The environment variable with the key that signs what is posted.
    pub secret_env: Option<String>,
    pub span: Span,
}

/// A finding that somebody decided to live with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    pub check: CheckName,
    pub object: Option<String>,
    pub reason: String,
    /// `YYYY-MM-DD`; the last day it holds.
    pub until: String,
    /// `None`: written in the project, holds everywhere.
    pub portal: Option<PortalName>,
    pub span: Span,
}

/// How severe the findings of a check are here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckLevel {
    pub check: CheckName,
    /// `None`: nothing is said.
    pub level: Option<Severity>,
    /// `None`: written in the project, holds everywhere.
    pub portal: Option<PortalName>,
    /// Of the check's name.
    pub span: Span,
}

/// One audience of one portal: what a session runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    pub name: PersonaName,
    pub who: Who,
    /// External only; `None`: any kind.
    pub tenant_kind: Option<TenantKind>,
    /// Internal only.
    pub tenants: TenantReach,
    /// Every read grant, own, included, extended and inherited; deny and restrict are already in them.
    pub reads: BTreeMap<ObjectName, Vec<ReadGrant>>,
    pub denials: Vec<Denial>,
    /// Everything the persona may do besides reading.
    pub writes: BTreeMap<ObjectName, Vec<WriteGrant>>,
    /// At least one; the first is the persona's own role.
    pub facets: Vec<Facet>,
    /// What it may do with the people of its own tenant; staff, with those who ask to be let in.
    pub delegation: Option<Delegation>,
    /// Guests only: how many rows one network may create.
    pub rate_limit: Option<RateLimit>,
    /// External only; `None`: they are of it without an end.
    pub lifecycle: Option<Lifecycle>,
    /// Of the audience's name.
    pub span: Span,
}

/// Until when people are of their audience, and of which from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    pub paid_until: PaidUntil,
    /// Seconds after that.
    pub grace: u64,
    /// Of the same portal, and without a lifecycle of its own.
    pub on_lapse: PersonaName,
    pub span: Span,
}

/// Where the moment stands. What has none is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaidUntil {
    /// In this column of the tenants' tables; of tenants of the control schema, in the date that they carry.
    Tenant(ColumnName),
    /// The latest in this column of the rows that are the tenant's on this path.
    OfTenant { object: ObjectName, column: ColumnName, path: PathName },
    /// The same of the rows that are one's own on this owner path.
    Own { object: ObjectName, column: ColumnName, path: PathName },
}

/// The right to invite people of one's own tenant, to move them between audiences, to disable and enable them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Audiences of the same portal, each with where it is named. Of external audiences alone.
    pub may_grant: BTreeMap<AudienceName, Span>,
    /// Of staff alone: where it says that they let in those who ask.
    pub registrations: Option<Span>,
}

/// One role of a persona: at most one rectangle of reads per table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    pub role: RoleName,
    pub reads: BTreeMap<TableName, Rectangle>,
}

/// These columns of these rows, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rectangle {
    /// Read as they are: the fields' columns and the key's.
    pub columns: BTreeSet<ColumnName>,
    /// Shown by their masks alone; none of them is among `columns`.
    pub masked: BTreeMap<ColumnName, Mask>,
    /// Rows: those of any of these grants, as indexes into the persona's `reads[object]`.
    pub grants: Vec<(ObjectName, usize)>,
}

/// (object, read, scope, fields, condition): these fields of the rows for which everything here holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadGrant {
    pub rows: Rows,
    pub fields: BTreeSet<FieldName>,
    /// Fields that are shown as they are although the object masks them.
    pub unmasked: BTreeSet<FieldName>,
    /// The grant as written, and the denies and restricts that shaped it.
    pub sources: Vec<Span>,
}

impl ReadGrant {
    /// The mask under which it shows a field; `None`: the field as it is, or not at all.
    #[must_use]
    pub fn mask(&self, object: &Object, field: &FieldName) -> Option<Mask> {
        let mask = object.fields.get(field)?.mask?;
        (self.fields.contains(field) && !self.unmasked.contains(field)).then_some(mask)
    }
}

impl Rectangle {
    /// Whether the column is shown, as it is or by its mask.
    #[must_use]
    pub fn shows(&self, column: &ColumnName) -> bool {
        self.columns.contains(column) || self.masked.contains_key(column)
    }
}

/// Rows of one object: those for which everything here holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    pub scope: Scope,
    /// The tenant path for `tenant`, `tenant_tree` and a staff's reach; the owner path for `own` and `reports`.
    pub path: Option<PathName>,
    /// Rows must reach an assigned tenant on this path: internal audiences with `tenants: assigned`.
    pub reach: Option<PathName>,
    /// The grant's `where` and every `restrict`.
    pub condition: Condition,
    /// Conditions of `deny`: a row passes where each is false (unknown denies).
    pub denied: Vec<Deny>,
    pub has: Vec<Has>,
    pub min_tier: Option<TierBound>,
    /// Half open: from ≤ now < until. NULL denies.
    pub valid_from: Option<TimeBound>,
    pub valid_until: Option<TimeBound>,
    /// The session has proved a second factor.
    pub mfa: bool,
}

impl Rows {
    /// Every row, before anything narrows it.
    #[must_use]
    pub fn every() -> Self {
        Self {
            scope: Scope::All,
            path: None,
            reach: None,
            condition: Condition::True,
            denied: Vec::new(),
            has: Vec::new(),
            min_tier: None,
            valid_from: None,
            valid_until: None,
            mfa: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deny {
    pub condition: Condition,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Holds for every row; also the empty conjunction.
    True,
    All(Vec<Condition>),
    /// At least one entry.
    Any(Vec<Condition>),
    Test(Test),
}

impl Condition {
    /// Both hold; flat, without `True`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, only) | (only, Self::True) => only,
            (Self::All(mut left), Self::All(right)) => {
                left.extend(right);
                Self::All(left)
            }
            (Self::All(mut left), right) => {
                left.push(right);
                Self::All(left)
            }
            (left, Self::All(mut right)) => {
                right.insert(0, left);
                Self::All(right)
            }
            (left, right) => Self::All(vec![left, right]),
        }
    }

    /// Every test, also those of which some must hold.
    pub fn tests(&self) -> Box<dyn Iterator<Item = &Test> + '_> {
        match self {
            Self::True => Box::new(std::iter::empty()),
            Self::All(parts) | Self::Any(parts) => Box::new(parts.iter().flat_map(Self::tests)),
            Self::Test(test) => Box::new(std::iter::once(test)),
        }
    }
}

/// `field` is a field of the object (in tenant and people sources: a column of the table).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    pub field: FieldName,
    pub comparison: Comparison<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Text(String),
    /// A number as written.
    Number(String),
    Boolean(bool),
    /// My key of that name.
    User(KeyName),
    /// My tenant's key of that name; only where my tenant is of that kind.
    Tenant {
        key: KeyName,
        kind: Option<TenantKind>,
    },
    Tier,
    Now,
    Today,
    /// Another field of the same row; inside `has`, a field of the row that asks.
    Row(FieldName),
}

/// Some row of `object`, readable to me, whose fields equal these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Has {
    pub object: ObjectName,
    /// At least one.
    pub matches: Vec<(FieldName, Value)>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TierBound {
    Tier(TierName),
    RowField(FieldName),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeBound {
    Field(FieldName),
    /// ISO 8601, `YYYY-MM-DD` or a timestamp.
    Literal(String),
}
