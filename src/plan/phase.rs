//! When a change is made.

use std::fmt;

/// In the order in which `apply` goes through them; nothing else says what comes before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    Roles,
    Memberships,
    /// The control schema and USAGE on those of the business: functions are written against both.
    Schemas,
    ControlTables,
    /// What follows goes by the new names.
    Renames,
    /// Before the functions that the texts of row policies call.
    PoliciesGone,
    FunctionsGone,
    /// Before the columns that they are about.
    ConstraintsGone,
    /// Before the functions and policies that name them.
    Tables,
    /// After every policy, function, constraint and generated column that knew of them.
    TablesGone,
    Functions,
    Revokes,
    Policies,
    /// After the policies, so that no statement of this transaction finds a table closed to everybody.
    RowSecurity,
    /// Before anybody may write.
    Triggers,
    /// After the functions that they call.
    Views,
    /// After what guards them.
    Grants,
    /// After the right to refer to tables of others.
    References,
    People,
    /// After everything that the roles held.
    RolesGone,
}

impl Phase {
    pub const ALL: [Self; 20] = [
        Self::Roles,
        Self::Memberships,
        Self::Schemas,
        Self::ControlTables,
        Self::Renames,
        Self::PoliciesGone,
        Self::FunctionsGone,
        Self::ConstraintsGone,
        Self::Tables,
        Self::TablesGone,
        Self::Functions,
        Self::Revokes,
        Self::Policies,
        Self::RowSecurity,
        Self::Triggers,
        Self::Views,
        Self::Grants,
        Self::References,
        Self::People,
        Self::RolesGone,
    ];

    /// Its name in `plan --format json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Roles => "roles",
            Self::Memberships => "memberships",
            Self::Schemas => "schemas",
            Self::ControlTables => "control_tables",
            Self::Renames => "renames",
            Self::PoliciesGone => "policies_gone",
            Self::FunctionsGone => "functions_gone",
            Self::ConstraintsGone => "constraints_gone",
            Self::TablesGone => "tables_gone",
            Self::Tables => "tables",
            Self::Functions => "functions",
            Self::Revokes => "revokes",
            Self::Policies => "policies",
            Self::RowSecurity => "row_security",
            Self::Triggers => "triggers",
            Self::Views => "views",
            Self::Grants => "grants",
            Self::References => "references",
            Self::People => "people",
            Self::RolesGone => "roles_gone",
        }
    }
}

/// For people.
impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Roles => "roles",
            Self::Memberships => "memberships",
            Self::Schemas => "schemas",
            Self::ControlTables => "tables of the control schema",
            Self::Renames => "renamed tables and columns",
            Self::PoliciesGone => "row policies, triggers and views that go",
            Self::FunctionsGone => "functions that go",
            Self::ConstraintsGone => "constraints and indexes that go",
            Self::TablesGone => "tables and columns that go",
            Self::Tables => "tables",
            Self::Functions => "functions",
            Self::Revokes => "revoked privileges",
            Self::Policies => "row policies",
            Self::RowSecurity => "row security",
            Self::Triggers => "triggers",
            Self::Views => "views",
            Self::Grants => "granted privileges",
            Self::References => "references between tables",
            Self::People => "tenants and people of documents",
            Self::RolesGone => "roles that go",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_phases_is_their_order() {
        assert!(Phase::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
