//! Who applies a plan, and what that role may do.

use crate::names::RoleName;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administrator {
    pub name: RoleName,
    pub superuser: bool,
    pub create_role: bool,
    /// CREATE on the database.
    pub creates_schemas: bool,
    /// May grant CONNECT on the database.
    pub grants_connect: bool,
    /// TEMPORARY on the database: row policies are compared through a temporary twin of their table.
    pub creates_temporary: bool,
    /// Roles it may SET.
    pub may_become: BTreeSet<RoleName>,
    /// Roles whose privileges it has without asking.
    pub inherits: BTreeSet<RoleName>,
    /// Roles it may alter, drop and grant, by ADMIN OPTION; before PostgreSQL 16 CREATEROLE is enough.
    pub administers: BTreeSet<RoleName>,
}

impl Administrator {
    /// One who may do everything, and needs to be given nothing.
    #[must_use]
    pub fn superuser(name: RoleName) -> Self {
        Self {
            name,
            superuser: true,
            create_role: true,
            creates_schemas: true,
            grants_connect: true,
            creates_temporary: true,
            may_become: BTreeSet::new(),
            inherits: BTreeSet::new(),
            administers: BTreeSet::new(),
        }
    }
}
