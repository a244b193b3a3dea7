//! Permission sets, grants and the conditions that narrow them.

use crate::diagnostic::{Span, Spanned};
use crate::names::{FieldName, ObjectName, PathName, PermissionSetName, TierName};
use indexmap::IndexMap;

#[derive(Debug, Clone)]
pub struct PermissionSetDoc {
    pub span: Span,
    pub name: Spanned<PermissionSetName>,
    pub includes: Vec<Spanned<PermissionSetName>>,
    pub grants: IndexMap<ObjectName, GrantsDoc>,
    pub deny: IndexMap<ObjectName, DenyDoc>,
}

/// The grants of one object in one place.
#[derive(Debug, Clone)]
pub struct GrantsDoc {
    /// Of the object's name.
    pub span: Span,
    pub read: Vec<ReadGrantDoc>,
    /// In written order.
    pub writes: Vec<WriteGrantDoc>,
}

/// Which rows a grant is about.
#[derive(Debug, Clone)]
pub struct RowsDoc {
    /// Of the grant.
    pub span: Span,
    pub scope: Option<Spanned<Scope>>,
    pub path: Option<Spanned<PathName>>,
    pub condition: Option<ConditionDoc>,
    pub has: Vec<HasDoc>,
    pub min_tier: Option<Spanned<TierBoundDoc>>,
    pub valid_from: Option<Spanned<TimeBoundDoc>>,
    pub valid_until: Option<Spanned<TimeBoundDoc>>,
    /// `needs: mfa`.
    pub needs_mfa: bool,
    /// `parent_needs: read`: for scope `parent`, a parent that is only readable is enough to update or delete.
    pub parent_needs_read: bool,
}

#[derive(Debug, Clone)]
pub struct ReadGrantDoc {
    pub rows: RowsDoc,
    /// Unwritten is all of the object's fields: the object exposes no others.
    pub fields: FieldsDoc,
    /// Of the fields, those that are shown without their mask.
    pub unmasked: Vec<Spanned<FieldName>>,
}

#[derive(Debug, Clone)]
pub struct WriteGrantDoc {
    pub rows: RowsDoc,
    pub write: WriteDoc,
}

#[derive(Debug, Clone)]
pub enum WriteDoc {
    Create {
        fields: FieldsDoc,
        preset: PresetDoc,
    },
    Update {
        fields: FieldsDoc,
        preset: PresetDoc,
    },
    /// From each state to those named for it.
    Transition {
        moves: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
        preset: PresetDoc,
    },
    /// Hands a row over: `owners` are owner paths, or fields over their columns; `owner` is the only path.
    Assign {
        owners: Vec<Spanned<String>>,
        to: AssignTo,
    },
    Delete,
    /// `audiences` are of the same portal, or written `portal/audience`; seconds.
    Share {
        audiences: Vec<Spanned<String>>,
        gives: Option<Spanned<ShareGives>>,
        expires: Option<u64>,
    },
    Export {
        max_rows: Option<u32>,
    },
    Files(FileUse),
}

/// What somebody does with the attachments of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileUse {
    /// Sees which there are, and fetches them.
    Download,
    /// Adds some, and sees, fetches and takes away those of one's own.
    Attach,
}

impl FileUse {
    /// As the language writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Attach => "attach",
        }
    }
}

/// What a share lets somebody do with the row; unwritten is `read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareGives {
    Read,
}

/// Fields that the database sets, and to what.
pub type PresetDoc = Vec<(Spanned<FieldName>, Spanned<Operand>)>;

/// To whom a row may be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignTo {
    /// Someone of the row's tenant who may sign in to the same portal.
    TenantMember,
    /// Someone of an internal audience of the same portal.
    Staff,
}

/// Which fields: a list of names and sets, a set's name, or `all`.
#[derive(Debug, Clone)]
pub enum FieldsDoc {
    All(Span),
    /// Each name is a field or a field set of the object.
    Named(Vec<Spanned<String>>),
}

/// The closed set of row scopes; see the language reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    None,
    Own,
    Reports,
    Shared,
    Assigned,
    Tenant,
    TenantTree,
    Parent,
    Public,
    All,
}

impl Scope {
    /// How wide it is as a ceiling: a grant may have no wider scope than its object allows.
    #[must_use]
    pub fn width(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Own => 1,
            Self::Reports => 2,
            // Somebody chose these rows one by one, or the parent's grants do.
            Self::Shared | Self::Assigned | Self::Parent => 3,
            Self::Tenant => 4,
            Self::TenantTree => 5,
            Self::Public => 6,
            Self::All => 7,
        }
    }

    /// As the language writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Own => "own",
            Self::Reports => "reports",
            Self::Shared => "shared",
            Self::Assigned => "assigned",
            Self::Tenant => "tenant",
            Self::TenantTree => "tenant_tree",
            Self::Parent => "parent",
            Self::Public => "public",
            Self::All => "all",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TierBoundDoc {
    Tier(TierName),
    RowField(FieldName),
}

/// A field of the row, or a fixed date or timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeBoundDoc {
    Field(FieldName),
    Literal(String),
}

/// `has: {object: asset, match: {product: $row.product}}`.
#[derive(Debug, Clone)]
pub struct HasDoc {
    pub span: Span,
    pub object: Spanned<ObjectName>,
    /// Field of the other object → operand (usually `$row.<field>`).
    pub matches: Vec<(Spanned<FieldName>, Spanned<Operand>)>,
}

#[derive(Debug, Clone)]
pub struct DenyDoc {
    pub span: Span,
    /// `None`: the whole row.
    pub fields: Option<FieldsDoc>,
    pub condition: Option<ConditionDoc>,
}

/// A `where`: every test holds, and of each `any_of` list at least one entry.
#[derive(Debug, Clone)]
pub struct ConditionDoc {
    pub span: Span,
    pub tests: Vec<TestDoc>,
    pub any_of: Vec<Vec<ConditionDoc>>,
}

#[derive(Debug, Clone)]
pub struct TestDoc {
    pub field: Spanned<FieldName>,
    pub comparison: Comparison<Spanned<Operand>>,
    pub span: Span,
}

/// `status: open` · `status: [new, open]` · `amount: {lt: 5}`; several operators in one map are several tests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison<T> {
    Eq(T),
    Ne(T),
    Lt(T),
    Lte(T),
    Gt(T),
    Gte(T),
    In(Vec<T>),
    NotIn(Vec<T>),
    IsNull(bool),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    Text(String),
    /// A number as written.
    Number(String),
    Boolean(bool),
    User,
    Tenant,
    Tier,
    Now,
    Today,
    Row(FieldName),
}
