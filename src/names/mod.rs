//! Floor 0: the newtypes for names. Every name of the spec language and of PostgreSQL that travels
//! between rooms has a type of its own here, so that an object can never be passed for a field.

mod identifier;
mod language;
mod media_type;

pub use identifier::{Ident, IdentError, MAX_IDENTIFIER_BYTES, fitting};
pub use language::LanguageError;
pub use media_type::MediaPattern;

use std::borrow::Borrow;
use std::fmt;
use std::sync::{Arc, LazyLock};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into().into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
    )+};
}

names! {
    /// The project: prefix of every database role, at most 20 bytes.
    ProjectName,
    /// An exposed table.
    ObjectName,
    /// An exposed column, as the spec calls it.
    FieldName,
    /// A named list of fields of one object.
    FieldSetName,
    /// A named bundle of grants.
    PermissionSetName,
    PortalName,
    /// A kind of person a portal serves.
    AudienceName,
    /// The name of a tenant document.
    TenantName,
    /// What kind of organisation a tenant is: `customer`, `partner`.
    TenantKind,
    /// Which of several tenant or owner paths of an object.
    PathName,
    /// Which of several keys of a tenant or a user; see [`KeyName::main`].
    KeyName,
    /// Another system of record, to which writes are handed.
    SystemName,
    /// One of the project's tiers.
    TierName,
    /// The id of a check, kebab-case.
    CheckName,
    /// What a test or a sample calls a row.
    RowLabel,
    /// What a test or a sample calls a user.
    UserLabel,
    /// The name of an access test.
    TestName,
    /// A database schema.
    SchemaName,
    /// A feature module, of the catalogue or the project's own.
    ModuleName,
    /// A page document.
    PageName,
    /// A portal type, of the catalogue or the project's own.
    TypeName,
    /// A column of a table in the database.
    ColumnName,
    /// A role of the PostgreSQL cluster.
    RoleName,
    /// A language that labels are written in, as BCP 47 has it: `de`, `pt-BR`.
    Language,
}

impl KeyName {
    /// The key that `key:` gives without naming it.
    pub fn main() -> Self {
        Self::new("key")
    }
}

impl PathName {
    /// The name of a path that is the only one and was not named (`tenant: account_id`).
    pub fn only() -> Self {
        static ONLY: LazyLock<PathName> = LazyLock::new(|| PathName::new(""));
        ONLY.clone()
    }
    pub fn is_unnamed(&self) -> bool {
        self.as_str().is_empty()
    }
}

/// A table, view or foreign table, with its database schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    pub schema: SchemaName,
    pub name: String,
}

impl TableName {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: SchemaName::new(schema), name: name.into() }
    }
    /// Quoted and qualified, ready for SQL.
    pub fn sql(&self) -> String {
        format!("{}.{}", Ident::new(self.schema.as_str()), Ident::new(&self.name))
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

impl serde::Serialize for TableName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One audience of one portal; what a session runs as. Written `portal/audience`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonaName {
    pub portal: PortalName,
    pub audience: AudienceName,
}

impl PersonaName {
    pub fn new(portal: impl Into<String>, audience: impl Into<String>) -> Self {
        Self { portal: PortalName::new(portal), audience: AudienceName::new(audience) }
    }
    /// Reads `portal/audience`; `None` where the text has another shape.
    pub fn parse(text: &str) -> Option<Self> {
        let (portal, audience) = text.split_once('/')?;
        (!portal.is_empty() && !audience.is_empty() && !audience.contains('/')).then(|| Self::new(portal, audience))
    }
}

impl fmt::Display for PersonaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.portal, self.audience)
    }
}

impl serde::Serialize for PersonaName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
