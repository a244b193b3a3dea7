//! Paths from the rows of an object to tenants and owners, and the parent of scope `parent`.

use super::facts::Facts;
use super::report::{key_columns, unknown};
use super::walk::{Goal, ObjectDocs, Place, walk};
use crate::diagnostic::{Finding, Spanned};
use crate::model::{OwnerPath, ParentLink, TenantPath, TenantRoute, UserColumn};
use crate::names::{ColumnName, ObjectName, PathName, TenantKind};
use crate::spec::document::{ObjectDoc, OwnerDoc, TenantPathDoc, TenantPathShape, UserColumnDoc};

pub(super) struct Paths<'a> {
    pub(super) docs: &'a ObjectDocs<'a>,
    pub(super) facts: &'a Facts<'a>,
}

impl Paths<'_> {
    pub(super) fn tenant(
        &self,
        object: &ObjectDoc,
        name: &PathName,
        doc: &TenantPathDoc,
        findings: &mut Vec<Finding>,
    ) -> Option<TenantPath> {
        let places = self.walk(Goal::Tenant, object, name, findings)?;
        let next = places.get(1);
        let own_key = || object.key.len();
        let route = match &doc.shape {
            TenantPathShape::Column { column: at, key } => {
                TenantRoute::Column { column: at.value.clone(), key: self.facts.tenant_key(key.as_ref(), findings)? }
            }
            TenantPathShape::Via { via, object: parent, .. } => TenantRoute::Via {
                via: self.columns_of_key(via, parent, findings)?,
                object: parent.value.clone(),
                path: next?.path.clone(),
            },
            TenantPathShape::Link { table, row, tenant, key } => TenantRoute::Link {
                table: self.facts.table(table, findings)?,
                row: key_columns(row, own_key(), object.name.value.as_str(), table.span, findings)?,
                tenant: tenant.value.clone(),
                key: self.facts.tenant_key(key.as_ref(), findings)?,
            },
            TenantPathShape::From { object: child, columns, .. } => TenantRoute::From {
                object: child.value.clone(),
                columns: key_columns(columns, own_key(), object.name.value.as_str(), child.span, findings)?,
                path: next?.path.clone(),
            },
        };
        let kind = self.kind_of(&places, findings)?;
        Some(TenantPath { route, kind, span: doc.span })
    }

    pub(super) fn owner(
        &self,
        object: &ObjectDoc,
        name: &PathName,
        doc: &OwnerDoc,
        findings: &mut Vec<Finding>,
    ) -> Option<OwnerPath> {
        let places = self.walk(Goal::Owner, object, name, findings)?;
        match doc {
            OwnerDoc::Column(user) => self.user_column(user, findings).map(OwnerPath::Column),
            OwnerDoc::Via { via, object: parent, .. } => Some(OwnerPath::Via {
                via: self.columns_of_key(via, parent, findings)?,
                object: parent.value.clone(),
                path: places.get(1)?.path.clone(),
            }),
        }
    }

    /// The written parent, else the one that the tenant paths go through, where that is one and the same.
    pub(super) fn parent(&self, object: &ObjectDoc, findings: &mut Vec<Finding>) -> Option<ParentLink> {
        if let Some(parent) = &object.parent {
            if !self.docs.contains_key(&parent.object.value) {
                let known = self.docs.keys().map(ObjectName::as_str);
                findings.push(unknown("there is no object", parent.object.value.as_str(), parent.object.span, known));
                return None;
            }
            let via = self.columns_of_key(&parent.via, &parent.object, findings)?;
            return Some(ParentLink { via, object: parent.object.value.clone(), span: parent.span });
        }
        let mut links = object.tenants.values().filter_map(|path| match &path.shape {
            TenantPathShape::Via { via, object, .. } => Some((via, object, path.span)),
            _ => None,
        });
        let (via, parent, span) = links.next()?;
        let columns = |via: &[Spanned<ColumnName>]| via.iter().map(|name| name.value.clone()).collect::<Vec<_>>();
        let same = links.all(|(other, to, _)| to.value == parent.value && columns(other) == columns(via));
        let fits = self.docs.get(&parent.value).is_some_and(|doc| doc.key.len() == via.len());
        (same && fits).then(|| ParentLink { via: columns(via), object: parent.value.clone(), span })
    }

    pub(super) fn user_column(&self, user: &UserColumnDoc, findings: &mut Vec<Finding>) -> Option<UserColumn> {
        let key = self.facts.user_key(user.key.as_ref(), user.column.span, findings);
        Some(UserColumn { column: user.column.value.clone(), key: key? })
    }

    pub(super) fn columns_of_key(
        &self,
        written: &[Spanned<ColumnName>],
        parent: &Spanned<ObjectName>,
        findings: &mut Vec<Finding>,
    ) -> Option<Vec<ColumnName>> {
        let key = self.docs.get(&parent.value)?.key.len();
        key_columns(written, key, parent.value.as_str(), parent.span, findings)
    }

    fn walk(&self, goal: Goal, object: &ObjectDoc, name: &PathName, findings: &mut Vec<Finding>) -> Option<Vec<Place>> {
        let start = Place { object: object.name.value.clone(), path: name.clone() };
        match walk(self.docs, goal, start.clone()) {
            Ok(places) => Some(places),
            Err((at, finding)) => {
                // Objects further down the same path would repeat what the one at fault says.
                if at == start || finding.id == "reference-cycle" {
                    findings.push(*finding);
                }
                None
            }
        }
    }

    /// The kind of tenant at the end of `places`, the first of which is a path of `object`.
    fn kind_of(&self, places: &[Place], findings: &mut Vec<Finding>) -> Option<Option<TenantKind>> {
        let mut kind: Option<TenantKind> = None;
        let mut mismatch = None;
        for place in places.iter().rev() {
            let written = self.docs.get(&place.object).and_then(|doc| doc.tenants.get(&place.path)?.kind.as_ref());
            mismatch = written.filter(|written| kind.as_ref().is_some_and(|kind| *kind != written.value));
            if let (Some(written), Some(inherited)) = (mismatch, &kind)
                && place == &places[0]
            {
                let (written, span) = (&written.value, written.span);
                let message = format!("this path leads to a `{inherited}`, not to a `{written}`");
                findings.push(
                    Finding::error("tenant-kind-mismatch", span, message)
                        .why("tenants of two kinds may have the same key: customer 1 is not artist 1")
                        .hint("drop `kind`: it is the parent's"),
                );
            }
            let named = || self.facts.kinds.get(place.path.as_str()).cloned();
            kind = written.map(|kind| kind.value.clone()).or(kind).or_else(named);
        }
        if mismatch.is_some() {
            return None;
        }
        // Of several kinds none is meant: `open` says whether that can be.
        Some(kind.or_else(|| self.facts.only_kind().cloned()))
    }
}
