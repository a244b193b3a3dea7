//! Functions, compared by their text: PostgreSQL keeps a body verbatim.

use super::{Acl, Marker};
use crate::names::{Ident, RoleName, SchemaName};
use std::fmt;

/// `schema.name(argument types)`, the types as `format_type` shows them, joined by `, `.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionName {
    pub schema: SchemaName,
    pub name: String,
    pub argument_types: String,
}

impl FunctionName {
    /// Quoted, with the argument types, as `ALTER FUNCTION` takes it.
    pub fn sql(&self) -> String {
        format!("{}.{}({})", Ident::new(self.schema.as_str()), Ident::new(&self.name), self.argument_types)
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}({})", self.schema, self.name, self.argument_types)
    }
}

impl serde::Serialize for FunctionName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Sql,
    Plpgsql,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Volatility {
    Immutable,
    Stable,
    Volatile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Parallel {
    Safe,
    Restricted,
    Unsafe,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Function {
    /// Arguments with names, as `pg_get_function_arguments` shows them: `secret text, portal text`.
    pub arguments: String,
    /// As `pg_get_function_result` shows it: `text`, `integer[]`, `TABLE(email text, …)`.
    pub returns: String,
    pub language: Language,
    pub volatility: Volatility,
    pub parallel: Parallel,
    pub security_definer: bool,
    pub owner: RoleName,
    /// `proconfig`: `search_path=pg_catalog, pg_temp`.
    pub settings: Vec<String>,
    /// `prosrc`.
    pub body: String,
    /// Privilege `EXECUTE`.
    pub acl: Acl,
    pub marker: Option<Marker>,
}
