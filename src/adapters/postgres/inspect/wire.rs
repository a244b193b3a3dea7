//! The catalog as the two inspection queries answer it. Roles and relations are numbers here.

use serde::Deserialize;

/// (role, 0 for PUBLIC; privilege, with a `*` behind it where the role may pass it on).
pub type Held = Option<Vec<(i64, String)>>;

/// The privilege's name, and whether it may be passed on.
pub fn privilege(text: &str) -> (&str, bool) {
    text.strip_suffix('*').map_or((text, false), |name| (name, true))
}

#[derive(Debug, Deserialize)]
pub struct Cluster {
    pub version: u32,
    pub database: String,
    pub system_identifier: String,
    pub database_owner: i64,
    pub database_acl: Held,
    pub roles: Vec<Role>,
    pub memberships: Vec<Membership>,
    pub settings: Vec<Settings>,
    pub schemas: Vec<Schema>,
    pub defaults: Vec<Defaults>,
    pub relations: Vec<i64>,
    pub control_tables: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Role {
    pub oid: i64,
    pub name: String,
    pub login: bool,
    pub inherit: bool,
    pub superuser: bool,
    pub create_role: bool,
    pub create_db: bool,
    pub replication: bool,
    pub bypass_rls: bool,
    pub comment: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Membership {
    pub role: i64,
    pub member: i64,
    pub inherit: bool,
    pub set: bool,
    pub admin: bool,
}

#[derive(Debug, Deserialize)]
pub struct Defaults {
    pub maker: i64,
    pub schema: Option<String>,
    /// One letter, as `pg_default_acl` writes it.
    pub of: char,
    pub acl: Held,
}

#[derive(Debug, Deserialize)]
pub struct Settings {
    pub role: i64,
    pub settings: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Schema {
    pub name: String,
    pub owner: i64,
    pub comment: Option<String>,
    pub acl: Held,
    pub control: bool,
}

#[derive(Debug, Deserialize)]
pub struct Facts {
    pub relations: Vec<Relation>,
    pub columns: Vec<Column>,
    /// Each once, the owner's own privileges included.
    pub column_acls: Vec<Vec<(i64, String)>>,
    pub policies: Vec<Policy>,
    pub keys: Vec<Key>,
    pub dependents: Vec<Dependent>,
    pub indexes: Vec<Index>,
    pub edges: Vec<Edge>,
    pub triggers: Vec<Trigger>,
    pub sequences: Vec<Draw>,
    pub owned: Vec<Owned>,
    pub functions: Vec<Function>,
    pub views: Vec<View>,
}

#[derive(Debug, Deserialize)]
pub struct Relation {
    pub oid: i64,
    pub schema: String,
    pub name: String,
    pub kind: char,
    pub partition: bool,
    pub owner: i64,
    pub row_security: bool,
    pub force_row_security: bool,
    pub security_invoker: bool,
    pub rows: u64,
    pub acl: Held,
    /// Whether it is a table of ours.
    pub ours: bool,
    pub comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Column {
    pub relation: i64,
    pub number: i16,
    pub name: String,
    pub display_type: String,
    pub cast_type: String,
    pub category: char,
    pub not_null: bool,
    pub generated: bool,
    pub has_default: bool,
    /// Which of the lists.
    pub acl: Option<usize>,
    /// Of tables of ours alone: how it is made.
    pub make: Option<Make>,
}

#[derive(Debug, Deserialize)]
pub struct Make {
    /// Of a generated column what it is computed from.
    pub default: Option<String>,
    pub identity: bool,
    pub ours: bool,
}

/// A sequence that belongs to a column and is no identity's.
#[derive(Debug, Deserialize)]
pub struct Owned {
    pub relation: i64,
    pub number: i16,
    pub schema: String,
    pub name: String,
    pub owner: i64,
    pub acl: Held,
}

#[derive(Debug, Deserialize)]
pub struct Policy {
    pub relation: i64,
    pub name: String,
    pub command: char,
    pub permissive: bool,
    pub roles: Vec<i64>,
    pub using: Option<String>,
    pub check: Option<String>,
    pub comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Key {
    pub relation: i64,
    pub kind: char,
    pub columns: Vec<i16>,
    pub validated: bool,
    pub references_schema: Option<String>,
    pub references_name: Option<String>,
    pub referenced: Option<Vec<String>>,
    pub name: String,
    /// Of checks of ours: the expression.
    pub check: Option<String>,
    pub ours: bool,
}

#[derive(Debug, Deserialize)]
pub struct Dependent {
    /// The relation whose rows are deleted.
    pub relation: i64,
    pub schema: String,
    pub name: String,
    pub on_delete: char,
}

#[derive(Debug, Deserialize)]
pub struct Index {
    pub relation: i64,
    /// 0: an expression.
    pub columns: Vec<i16>,
    pub unique: bool,
    pub partial: bool,
    pub name: String,
    /// For each column whether it runs downwards.
    pub down: Vec<bool>,
    pub ours: bool,
}

#[derive(Debug, Deserialize)]
pub struct Edge {
    pub view: i64,
    pub reads: i64,
    pub schema: String,
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Function {
    pub schema: String,
    pub name: String,
    pub argument_types: String,
    pub arguments: String,
    pub returns: String,
    pub language: String,
    pub volatility: char,
    pub parallel: char,
    pub security_definer: bool,
    pub owner: i64,
    pub settings: Option<Vec<String>>,
    pub body: String,
    pub comment: Option<String>,
    pub acl: Held,
}

#[derive(Debug, Deserialize)]
pub struct Trigger {
    pub relation: i64,
    pub name: String,
    /// Bits of `pg_trigger.tgtype`.
    #[serde(rename = "type")]
    pub kind: i16,
    pub enabled: bool,
    pub function_schema: String,
    pub function_name: String,
    pub arguments: Vec<String>,
    pub condition: Option<String>,
    pub comment: Option<String>,
}

/// A view of the control schema.
#[derive(Debug, Deserialize)]
pub struct View {
    pub name: String,
    pub owner: i64,
    pub query: String,
    pub options: Option<Vec<String>>,
    /// Schema and name.
    pub of: Vec<(String, String)>,
    pub over: Option<String>,
    /// Name, type, comment.
    pub columns: Option<Vec<(String, String, Option<String>)>>,
    pub column_acl: bool,
    pub rewritten: bool,
    pub comment: Option<String>,
    pub acl: Held,
}

/// A column's default draws from a sequence.
#[derive(Debug, Deserialize)]
pub struct Draw {
    pub relation: i64,
    pub number: i16,
    pub schema: String,
    pub name: String,
    pub owner: i64,
    pub acl: Held,
}
