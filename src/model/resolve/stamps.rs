//! What a new row says about whose it is: set by the database, never chosen.

use super::audience::AudienceFacts;
use super::facts::Facts;
use super::rows::RowsDraft;
use super::scope::Chosen;
use crate::diagnostic::Finding;
use crate::model::{Object, OwnerPath, Scope, TenantPath, TenantRoute, Value, Who};
use crate::names::{ColumnName, KeyName, PathName, PersonaName};
use std::collections::BTreeMap;

/// Who makes the row, and under which grant.
pub(super) struct Making<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) persona: &'a PersonaName,
    pub(super) audience: &'a AudienceFacts<'a>,
    pub(super) object: &'a Object,
    pub(super) draft: &'a RowsDraft,
    pub(super) chosen: &'a Chosen,
}

impl Making<'_> {
    /// The columns of tenant and owner with what they are given; `None` after a finding.
    pub(super) fn stamps(&self, findings: &mut Vec<Finding>) -> Option<BTreeMap<ColumnName, Value>> {
        let mut stamps = BTreeMap::new();
        if let Some((column, key, path)) = self.tenant(findings)? {
            let kind = path.kind.clone().or_else(|| self.audience.kind.clone());
            stamps.insert(column.clone(), Value::Tenant { key: key.clone(), kind });
        }
        if let Some((column, key)) = self.owner(findings)? {
            stamps.insert(column, Value::User(key));
        }
        Some(stamps)
    }

    /// A column that holds my tenant's key. Staff have no tenant: they name the row's.
    fn tenant(&self, findings: &mut Vec<Finding>) -> Option<Option<(&ColumnName, &KeyName, &TenantPath)>> {
        if self.audience.who != Who::External {
            return Some(None);
        }
        let mine = |path: &TenantPath| match (&path.kind, &self.audience.kind) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let direct = |path: &PathName| {
            let path = self.object.tenant_paths.get(path)?;
            match &path.route {
                TenantRoute::Column { column, key } => Some((column, key, path)),
                _ => None,
            }
        };
        if let Some(path) = self.named(&self.object.tenant_paths) {
            return Some(direct(path));
        }
        let fitting: Vec<&PathName> =
            self.object.tenant_paths.iter().filter(|(_, path)| mine(path)).map(|(name, _)| name).collect();
        match fitting.as_slice() {
            [only] => Some(direct(only)),
            [] => Some(None),
            several => {
                let names = super::report::list(several.iter().map(|name| name.as_str())).unwrap_or_default();
                self.several("ambiguous-tenant-path", "tenant", &names, findings)
            }
        }
    }

    /// A column that holds my own key, of a name that I have one of.
    fn owner(&self, findings: &mut Vec<Finding>) -> Option<Option<(ColumnName, KeyName)>> {
        if self.audience.who == Who::Guest {
            return Some(None);
        }
        let mine = |owner: &OwnerPath| match owner {
            OwnerPath::Column(user) if self.facts.has_key(self.persona, &user.key) => {
                Some((user.column.clone(), user.key.clone()))
            }
            _ => None,
        };
        if let Some(path) = self.named(&self.object.owners) {
            return Some(self.object.owners.get(path).and_then(mine));
        }
        let fitting: Vec<_> =
            self.object.owners.iter().filter_map(|(name, owner)| Some((name, mine(owner)?))).collect();
        match fitting.as_slice() {
            [(_, only)] => Some(Some(only.clone())),
            [] => Some(None),
            several => {
                let names = super::report::list(several.iter().map(|(name, _)| name.as_str())).unwrap_or_default();
                self.several("ambiguous-owner-path", "owner", &names, findings)
            }
        }
    }

    /// The path written, or the scope's, where it is one of `paths`.
    fn named<'p, T>(&self, paths: &'p BTreeMap<PathName, T>) -> Option<&'p PathName> {
        let written = self.draft.path.as_ref().map(|path| &path.value);
        let chosen = self.chosen.path.as_ref().filter(|_| self.chosen.scope != Scope::Parent);
        [written, chosen].into_iter().flatten().find_map(|path| paths.get_key_value(path)).map(|(name, _)| name)
    }

    fn several<T>(&self, id: &'static str, what: &str, names: &str, findings: &mut Vec<Finding>) -> Option<T> {
        let message = format!("a new `{}` could have several {what}s, {names}", self.object.name);
        findings.push(
            Finding::error(id, self.draft.span, message)
                .why("the database sets it, and must know which")
                .label(self.audience.span, "for this audience")
                .hint(format!("name it: `path: …`, one of {names}")),
        );
        None
    }
}
