//! What access tests give and expect, with every name looked up.

use super::{AccessModel, Condition, PeopleSource};
use crate::diagnostic::Span;
use crate::names::{
    ColumnName, FieldName, KeyName, ObjectName, PathName, PersonaName, RowLabel, TableName, TenantKind, TenantName,
    TestName, TierName, UserLabel,
};
use crate::spec::document::TestedAction;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessTest {
    pub name: TestName,
    /// ISO 8601; `None`: the present.
    pub now: Option<String>,
    pub given: Given,
    pub expect: Vec<Expectation>,
    /// Of the name.
    pub span: Span,
}

/// Tenants, users and rows by label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    pub tenants: IndexMap<TenantName, GivenTenant>,
    pub users: IndexMap<UserLabel, GivenUser>,
    /// In written order.
    pub rows: IndexMap<(ObjectName, RowLabel), GivenRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenTenant {
    pub title: String,
    pub kind: Option<TenantKind>,
    pub tier: Option<TierName>,
    /// Those that are written; the others are made from the label.
    pub keys: BTreeMap<KeyName, String>,
    pub parent: Option<TenantName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUser {
    pub title: String,
    /// Lower case.
    pub email: String,
    pub places: Vec<GivenPlace>,
    /// Every key the user has; `None`: made from the label.
    pub keys: BTreeMap<KeyName, Option<String>>,
    pub assigned: Vec<TenantName>,
    pub reports_to: Option<UserLabel>,
    pub mfa: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenPlace {
    pub persona: PersonaName,
    /// `None`: staff.
    pub tenant: Option<TenantName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenRow {
    pub cells: IndexMap<ColumnName, Cell>,
    pub span: Span,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Null,
    Text(String),
    Now,
    Today,
    Tenant {
        label: TenantName,
        key: KeyName,
    },
    User {
        label: UserLabel,
        key: KeyName,
    },
    /// That part of the other row's key.
    Row {
        object: ObjectName,
        label: RowLabel,
        part: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    pub asker: Asker,
    pub lists: Vec<Listed>,
    pub acts: Vec<Act>,
}

/// As whom something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// As written.
    pub text: String,
    /// `None`: a guest.
    pub user: Option<UserLabel>,
    pub place: GivenPlace,
}

/// Exactly these rows of the object are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub object: ObjectName,
    pub rows: BTreeSet<RowLabel>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Whether it is expected to be possible.
    pub allowed: bool,
    pub action: TestedAction,
    pub object: ObjectName,
    /// `None`: about the object.
    pub row: Option<RowLabel>,
    pub fields: Vec<FieldName>,
    pub values: IndexMap<ColumnName, Cell>,
    /// Of `assign`.
    pub owners: Vec<PathName>,
    pub to: Option<String>,
    pub span: Span,
}

impl AccessModel {
    /// The same access, with tenants and people that are given: none comes from a table any more. Whoever reports to
    /// somebody is read from copies of those tables, which are empty, in `schema`; the tables and their copies.
    #[must_use]
    pub fn with_given_people(mut self, schema: &str) -> (Self, Vec<(TableName, PeopleSource)>) {
        self.tenant_sources.clear();
        self.declared_tenants.clear();
        self.access_tests.clear();
        self.samples.clear();
        let sources = std::mem::take(&mut self.people).into_iter().filter(|source| source.reports_to.is_some());
        let copies: Vec<(TableName, PeopleSource)> = sources
            .enumerate()
            .map(|(number, source)| {
                let table = TableName::new(schema, format!("people_{number}"));
                (source.table.clone(), PeopleSource { table, condition: Condition::True, ..source })
            })
            .collect();
        self.people = copies.iter().map(|(_, source)| source.clone()).collect();
        (self, copies)
    }
}
