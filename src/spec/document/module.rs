//! Adopted modules, and pages.

use super::{AssignedTenantsDoc, GivenRowsDoc, TableRef, WordsDoc};
use crate::diagnostic::{Span, Spanned};
use crate::names::{
    ColumnName, FieldName, ModuleName, ObjectName, PageName, PortalName, TenantKind, TierName, TypeName,
};
use indexmap::IndexMap;

/// A module that a portal adopts. Its objects, permission sets and pages are in the set beside those of the project.
#[derive(Debug, Clone)]
pub struct ModuleDoc {
    pub span: Span,
    pub name: Spanned<ModuleName>,
    pub title: Option<String>,
    pub purpose: Option<String>,
    pub about: Option<String>,
    pub needs: Vec<Spanned<ModuleName>>,
    /// Its objects that a menu goes on with.
    pub navigation: Vec<Spanned<ObjectName>>,
    /// Sample rows, by object.
    pub rows: IndexMap<ObjectName, GivenRowsDoc>,
    /// Those that adopt it, by themselves or since another module needs it.
    pub portals: Vec<PortalName>,
    /// Those that name it themselves, and where.
    pub chosen: Vec<(PortalName, Span)>,
    /// Those of its file.
    pub objects: Vec<ObjectName>,
    /// Objects whose rows lie in tables of the business, with the columns that are called otherwise there.
    pub maps: IndexMap<ObjectName, MapDoc>,
}

/// `{tables: {order: sales.orders}, columns: {order: {number: order_no}}}`, of one object.
#[derive(Debug, Clone)]
pub struct MapDoc {
    pub table: Spanned<TableRef>,
    /// From the columns that the module writes.
    pub columns: IndexMap<ColumnName, Spanned<ColumnName>>,
}

/// A type that a portal has. What it says is in the portal.
#[derive(Debug, Clone)]
pub struct TypeDoc {
    pub span: Span,
    pub name: Spanned<TypeName>,
    pub title: Option<String>,
    pub purpose: Option<String>,
    pub about: Option<String>,
    /// Modules that are known to fit.
    pub offers: Vec<Spanned<ModuleName>>,
    pub portals: Vec<PortalName>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    /// The project's, where it writes none.
    pub tiers: Vec<Spanned<TierName>>,
    /// The project's, where it writes none.
    pub assigned_tenants: Option<AssignedTenantsDoc>,
}

#[derive(Debug, Clone)]
pub struct PageDoc {
    pub span: Span,
    pub name: Spanned<PageName>,
    pub title: Option<WordsDoc>,
    pub portal: Option<Spanned<PortalName>>,
    /// Of a module's page that names no portal: those that adopt the module.
    pub portals: Vec<PortalName>,
    pub view: Spanned<View>,
    pub object: Option<Spanned<ObjectName>>,
    /// Fields and field sets.
    pub columns: Vec<Spanned<String>>,
    pub sort: Option<Spanned<SortDoc>>,
    pub group_by: Option<Spanned<FieldName>>,
}

/// `created_at`, or `-created_at` for the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortDoc {
    pub field: FieldName,
    pub descending: bool,
}

/// How a page shows rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    List,
    Detail,
    Form,
    Dashboard,
    Board,
    Timeline,
    Statement,
    Calendar,
    Tree,
    Checklist,
    Catalogue,
    Thread,
    Content,
}

impl View {
    pub const ALL: [Self; 13] = [
        Self::List,
        Self::Detail,
        Self::Form,
        Self::Dashboard,
        Self::Board,
        Self::Timeline,
        Self::Statement,
        Self::Calendar,
        Self::Tree,
        Self::Checklist,
        Self::Catalogue,
        Self::Thread,
        Self::Content,
    ];

    /// What the language calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Detail => "detail",
            Self::Form => "form",
            Self::Dashboard => "dashboard",
            Self::Board => "board",
            Self::Timeline => "timeline",
            Self::Statement => "statement",
            Self::Calendar => "calendar",
            Self::Tree => "tree",
            Self::Checklist => "checklist",
            Self::Catalogue => "catalogue",
            Self::Thread => "thread",
            Self::Content => "content",
        }
    }
}
