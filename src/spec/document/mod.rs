//! Documents as written, with short and long forms brought to one shape and the place of every
//! value kept. Nothing is looked up here: names are as the author wrote them.

mod access_test;
mod action;
mod assertion;
mod given;
mod grant;
mod module;
mod object;
mod people;
mod portal;
mod project;
mod tenant;
mod words;
mod written;

pub use access_test::{AccessTestDoc, ActDoc, ExpectationDoc, ListsDoc, TestedAction};
pub use action::Action;
pub use assertion::{AssertionDoc, ClaimDoc};
pub use given::{
    ByPathDoc, GivenDoc, GivenFieldDoc, GivenMembershipDoc, GivenRowDoc, GivenRowsDoc, GivenTenantDoc, GivenUserDoc,
    GivenValuesDoc,
};
pub use grant::{
    AssignTo, Comparison, ConditionDoc, DenyDoc, FieldsDoc, FileUse, GrantsDoc, HasDoc, Operand, PermissionSetDoc,
    PresetDoc, ReadGrantDoc, RowsDoc, Scope, ShareGives, TestDoc, TierBoundDoc, TimeBoundDoc, WriteDoc, WriteGrantDoc,
};
pub use module::{MapDoc, ModuleDoc, PageDoc, SortDoc, TypeDoc, View};
pub use object::{
    AssignmentDoc, AssignmentOf, AttachmentsDoc, DeleteDoc, FieldClass, FieldDoc, FieldType, KeyGeneration, LabelDoc,
    LinkedDoc, Mask, MaxScopeDoc, MinGroupDoc, Numbering, ObjectDoc, OwnerDoc, ParentDoc, Period, RetentionDoc,
    RetentionEnd, SharesDoc, SourceDoc, StatesDoc, TenantPathDoc, TenantPathShape,
};
pub use people::{DelegatedAdminDoc, LifecycleDoc, PaidUntilDoc, RateLimit, RegistrationDoc, RegistrationField};
pub use portal::{
    AcceptDoc, Address, AnswersDoc, AudienceDoc, BrandingDoc, CheckLevelDoc, IntegrationDoc, NavigationDoc, PortalDoc,
    RestrictDoc, SessionDoc, TenantReach, Who,
};
pub use project::{
    AssignedTenantsDoc, DatabaseDoc, PeopleAudienceDoc, PeopleDoc, Profile, ProjectDoc, Scan, Storage, TableRef,
    TenantCsvDoc, TenantKindDoc, TenantSourceDoc, TenantTableDoc, TierSourceDoc, UserColumnDoc,
};
pub use tenant::{MemberDoc, TenantDoc};
pub use words::WordsDoc;
pub use written::WrittenLine;

use crate::diagnostic::{SourceMap, one_line};
use std::sync::Arc;

/// How many files that are passed over are named: beside a project may lie all of another tool's.
const PASSED_OVER_NAMED: usize = 3;

/// Files of the project with documents, and the documents in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadDocs {
    pub files: usize,
    pub documents: usize,
    /// The YAML files beside the project document that are no part of it, each with the reason.
    pub passed_over: Vec<(String, &'static str)>,
}

impl std::fmt::Display for ReadDocs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        write!(f, "{} in {}", counted(self.documents, "document"), counted(self.files, "file"))?;
        let named = self.passed_over.iter().take(PASSED_OVER_NAMED);
        let mut separator = ", passed over ";
        for (path, why) in named {
            write!(f, "{separator}{} ({why})", one_line(path))?;
            separator = ", ";
        }
        match self.passed_over.len().saturating_sub(PASSED_OVER_NAMED) {
            0 => Ok(()),
            more => write!(f, " and {}", counted(more, "more file")),
        }
    }
}

/// Everything that was read from one project folder.
#[derive(Debug, Clone, Default)]
pub struct SpecSet {
    pub sources: Arc<SourceMap>,
    pub project: Option<ProjectDoc>,
    /// How much there was to read.
    pub read: ReadDocs,
    /// Which one was laid over the documents; `None`: they are as they stand.
    pub environment: Option<String>,
    pub objects: Vec<ObjectDoc>,
    pub permission_sets: Vec<PermissionSetDoc>,
    pub portals: Vec<PortalDoc>,
    pub pages: Vec<PageDoc>,
    /// Adopted ones alone.
    pub modules: Vec<ModuleDoc>,
    /// Those that portals have.
    pub types: Vec<TypeDoc>,
    pub tenants: Vec<TenantDoc>,
    pub access_tests: Vec<AccessTestDoc>,
}
