//! The control schema: what portalctl itself keeps in the database, and the functions that say who
//! is asking.
//!
//! Tables change by numbered migrations; functions are part of the desired state, compared by text
//! and replaced where they differ.

mod fixed;
mod registration;
mod team;

pub use fixed::{Askers, definer, fixed_functions};

use crate::model::Project;
use crate::names::{Ident, ProjectName, RoleName};

/// One step of the control schema's tables.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub version: u32,
    /// Text with the placeholders of [`render`].
    pub sql: &'static str,
}

/// In order of their versions, from 1, without gaps.
pub fn migrations() -> &'static [Migration] {
    &[
        Migration { version: 1, sql: include_str!("0001.sql") },
        Migration { version: 2, sql: include_str!("0002.sql") },
        Migration { version: 3, sql: include_str!("0003.sql") },
        Migration { version: 4, sql: include_str!("0004.sql") },
        Migration { version: 5, sql: include_str!("0005.sql") },
        Migration { version: 6, sql: include_str!("0006.sql") },
        Migration { version: 7, sql: include_str!("0007.sql") },
    ]
}

/// The version this binary brings a control schema to; a higher one in a database is refused.
pub fn newest_version() -> u32 {
    migrations().last().map_or(0, |migration| migration.version)
}

/// The index that keeps keys of tenants apart, of whatever kinds they are; there where rows name them by keys alone.
pub const TENANT_KEYS: &str = "tenant_key_alone";

/// The roles of a project that are not personas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRoles {
    /// Owns the control schema, the signing key, the functions that use it.
    pub owner: RoleName,
    /// Owns the lookup functions; reads the columns they need.
    pub lookup: RoleName,
    /// Sees every row of the exposed columns: export, offboarding, verification.
    pub operator: RoleName,
    /// The site's login; may become any persona.
    pub gateway: RoleName,
    /// The login that signs people in and has contexts signed.
    pub issuer: RoleName,
}

impl ProjectRoles {
    pub fn of(project: &Project) -> Self {
        Self::named(&project.name)
    }

    pub fn named(project: &ProjectName) -> Self {
        let role = |suffix: &str| RoleName::new(format!("{project}__{suffix}"));
        Self {
            owner: role("owner"),
            lookup: role("lookup"),
            operator: role("operator"),
            gateway: role("gateway"),
            issuer: role("issuer"),
        }
    }

    pub fn all(&self) -> [&RoleName; 5] {
        [&self.owner, &self.lookup, &self.operator, &self.gateway, &self.issuer]
    }
}

/// Fills the placeholders of a migration or a function body: `{schema} {owner} {lookup} {issuer}`
/// as quoted identifiers, `{project} {timezone}` as string constants.
pub fn render(text: &str, project: &Project) -> String {
    let roles = ProjectRoles::of(project);
    let ident = |name: &str| Ident::new(name).to_string();
    text.replace("{schema}", &ident(project.control_schema.as_str()))
        .replace("{owner}", &ident(roles.owner.as_str()))
        .replace("{lookup}", &ident(roles.lookup.as_str()))
        .replace("{operator}", &Ident::literal(roles.operator.as_str()))
        .replace("{issuer}", &ident(roles.issuer.as_str()))
        .replace("{project}", &Ident::literal(project.name.as_str()))
        .replace("{timezone}", &Ident::literal(&project.timezone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_from_one_without_gaps() {
        let versions: Vec<u32> = migrations().iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=newest_version()).collect::<Vec<_>>());
    }
}
