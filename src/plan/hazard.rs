//! What a change may do that somebody must have agreed to.

use crate::names::RoleName;
use std::collections::BTreeSet;
use std::fmt;

/// `--yes` covers the first three; the others are allowed by name: `--allow locks-out=reporting`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hazard {
    /// Somebody may see or do more.
    Widens,
    /// Somebody may see or do less.
    Narrows,
    /// A business table is locked against reading until `apply` has ended.
    LocksTable,
    /// The role can no longer `COPY FROM` or `pg_dump` a table as it did.
    LocksOut(RoleName),
    /// What is named is gone afterwards.
    DestroysData(String),
    /// People of this audience, as `portal/audience`, are of another from the moment of `apply` on.
    Lapses(String),
}

impl Hazard {
    /// Reads what [`fmt::Display`] writes of those that are allowed by name.
    ///
    /// # Errors
    /// Another hazard, or none.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some(("locks-out", role)) if !role.is_empty() => Ok(Self::LocksOut(RoleName::new(role))),
            Some(("destroys-data", name)) if !name.is_empty() => Ok(Self::DestroysData(name.to_owned())),
            Some(("lapses", name)) if !name.is_empty() => Ok(Self::Lapses(name.to_owned())),
            _ if matches!(text, "widens" | "narrows" | "locks-table") => {
                Err(format!("`{text}` needs no name: `--yes` covers it"))
            }
            _ => Err("write it as `locks-out=ROLE`, `destroys-data=NAME` or `lapses=PORTAL/AUDIENCE`".to_owned()),
        }
    }

    /// The names of what may go, of those that are allowed.
    #[must_use]
    pub fn destroyed(allowed: &BTreeSet<Self>) -> BTreeSet<String> {
        let names = allowed.iter().filter_map(|hazard| match hazard {
            Self::DestroysData(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    pub fn needs_its_name(&self) -> bool {
        matches!(self, Self::LocksOut(_) | Self::DestroysData(_) | Self::Lapses(_))
    }

    /// What to do about it, for those that must be allowed by name.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Widens | Self::Narrows | Self::LocksTable => None,
            Self::LocksOut(role) => Some(format!(
                "row security makes `COPY … FROM` and `pg_dump` fail for `{role}`, which sees and changes the same rows \
                 as before: load with INSERT, dump as the tables' owner or with `--enable-row-security`, \
                 or give `{role}` BYPASSRLS"
            )),
            Self::DestroysData(name) => Some(format!("`{name}` cannot be brought back")),
            Self::Lapses(name) => Some(format!(
                "people of `{name}` without a date, or with one that is over, lose access at once: give dates first, then apply"
            )),
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Widens => f.write_str("widens"),
            Self::Narrows => f.write_str("narrows"),
            Self::LocksTable => f.write_str("locks-table"),
            Self::LocksOut(role) => write!(f, "locks-out={role}"),
            Self::DestroysData(name) => write!(f, "destroys-data={name}"),
            Self::Lapses(name) => write!(f, "lapses={name}"),
        }
    }
}
