//! Business tables that link rows with people: shares and assignments.

use super::paths::Paths;
use super::report::key_columns;
use super::walk::Goal;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Assignment, AssignmentTarget, LinkedTo, ShareLink};
use crate::names::{ColumnName, PathName};
use crate::spec::document::{AssignmentDoc, AssignmentOf, LinkedDoc, ObjectDoc, SharesDoc};

impl Paths<'_> {
    pub(super) fn shares(&self, object: &ObjectDoc, doc: &SharesDoc, findings: &mut Vec<Finding>) -> Option<ShareLink> {
        let table = self.facts.table(&doc.table, findings);
        let row = key_columns(&doc.row, object.key.len(), object.name.value.as_str(), doc.span, findings);
        let with = match &doc.with {
            LinkedDoc::User(user) => self.user_column(user, findings).map(LinkedTo::User),
            LinkedDoc::Tenant { column: at, kind, key } => {
                let kind = kind.as_ref().map(|kind| &kind.value).or_else(|| self.facts.only_kind()).cloned();
                let key = self.facts.tenant_key(key.as_ref(), findings);
                let column = at.value.clone();
                key.map(|key| LinkedTo::Tenant { column, kind, key })
            }
        };
        let until = doc.until.as_ref().map(|until| until.value.clone());
        Some(ShareLink { table: table?, row: row?, with: with?, until })
    }

    pub(super) fn assignment(
        &self,
        object: &ObjectDoc,
        doc: &AssignmentDoc,
        findings: &mut Vec<Finding>,
    ) -> Option<Assignment> {
        let table = self.facts.table(&doc.table, findings);
        let user = self.user_column(&doc.user, findings);
        let target = match &doc.of {
            AssignmentOf::Row(row) => {
                key_columns(row, object.key.len(), object.name.value.as_str(), doc.span, findings)
                    .map(AssignmentTarget::Row)
            }
            AssignmentOf::Tenant { column: at, path } => {
                let column = at.value.clone();
                tenant_path(object, path.as_ref(), doc.span, findings)
                    .map(|path| AssignmentTarget::Tenant { column, path })
            }
            AssignmentOf::Parent(columns) => self.assigned_parent(object, columns, doc, findings),
        };
        Some(Assignment { table: table?, target: target?, user: user? })
    }

    fn assigned_parent(
        &self,
        object: &ObjectDoc,
        columns: &[Spanned<ColumnName>],
        doc: &AssignmentDoc,
        findings: &mut Vec<Finding>,
    ) -> Option<AssignmentTarget> {
        // A parent that is written but wrong is reported where it stands.
        let Some(parent) = self.parent(object, &mut Vec::new()) else {
            if object.parent.is_none() {
                let message = format!("`{}` has no parent that somebody could be assigned to", object.name.value);
                findings.push(
                    Finding::error("scope-not-possible", doc.span, message)
                        .hint("give the object a `parent: {via: …, object: …}`"),
                );
            }
            return None;
        };
        let key = self.docs.get(&parent.object)?.key.len();
        key_columns(columns, key, parent.object.as_str(), doc.span, findings).map(AssignmentTarget::Parent)
    }
}

/// The tenant path written, or the only one.
fn tenant_path(
    object: &ObjectDoc,
    written: Option<&Spanned<PathName>>,
    at: Span,
    findings: &mut Vec<Finding>,
) -> Option<PathName> {
    let finding = match written {
        Some(path) if object.tenants.contains_key(&path.value) => return Some(path.value.clone()),
        Some(path) => Goal::Tenant.unknown_path(object, path),
        None => match object.tenants.len() {
            0 => Goal::Tenant.no_path(&object.name.value, at),
            1 => return object.tenants.keys().next().cloned(),
            _ => Goal::Tenant.ambiguous(object, at),
        },
    };
    findings.push(finding);
    None
}
