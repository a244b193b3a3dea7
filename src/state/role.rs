//! Roles of the cluster.

use crate::names::{ProjectName, RoleName};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Role {
    pub login: bool,
    pub inherit: bool,
    pub superuser: bool,
    pub create_role: bool,
    pub create_db: bool,
    pub replication: bool,
    pub bypass_rls: bool,
    /// `None`: not ours, never altered or dropped.
    pub marker: Option<Marker>,
    pub member_of: BTreeMap<RoleName, MembershipOptions>,
    /// Settings that `ALTER ROLE … SET` left, in this database or all: `search_path=…`.
    pub settings: Vec<String>,
}

/// Before PostgreSQL 16 a grant has no options of its own: `inherit` is the member's attribute and `set` is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct MembershipOptions {
    pub inherit: bool,
    pub set: bool,
    pub admin: bool,
}

/// The COMMENT that says a thing is ours: `portalctl project=acme database=crm`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Marker {
    pub project: ProjectName,
    pub database: String,
}

impl Marker {
    /// Reads a comment; `None` where it is no marker.
    pub fn parse(comment: &str) -> Option<Self> {
        let (project, database) = comment.strip_prefix("portalctl project=")?.split_once(" database=")?;
        (!project.is_empty() && !database.is_empty())
            .then(|| Self { project: ProjectName::new(project), database: database.to_owned() })
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "portalctl project={} database={}", self.project, self.database)
    }
}
