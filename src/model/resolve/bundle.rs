//! What one permission set or one audience gives and takes by itself: names found, types checked, but not
//! yet anybody's, so that a set used by twenty personas is read, and reported on, once.

use super::condition::{Rows, resolve as condition};
use super::facts::Facts;
use super::objects::Objects;
use super::report::unknown;
use super::rows::{RowsDraft, optional};
use super::write_draft::WriteDraft;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Condition, Denial};
use crate::names::{FieldName, FieldSetName, ObjectName};
use crate::spec::document::{DenyDoc, FieldsDoc, GrantsDoc, ObjectDoc, ReadGrantDoc};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default)]
pub(super) struct Bundle {
    pub(super) grants: Vec<Draft>,
    pub(super) writes: Vec<WriteDraft>,
    pub(super) denies: Vec<DenyDraft>,
    /// Objects with a `deny` that could not be read: better nothing is shown than what it would have hidden.
    pub(super) shut: BTreeSet<ObjectName>,
}

/// A read grant without the defaults that depend on who holds it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) object: ObjectName,
    pub(super) rows: RowsDraft,
    pub(super) fields: BTreeSet<FieldName>,
    pub(super) unmasked: BTreeSet<FieldName>,
}

#[derive(Debug, Clone)]
pub(super) struct DenyDraft {
    pub(super) object: ObjectName,
    pub(super) span: Span,
    /// `None`: the whole row.
    pub(super) fields: Option<BTreeSet<FieldName>>,
    pub(super) condition: Option<Condition>,
}

/// What bundles take away of each object.
pub(super) struct Taken<'a> {
    denies: BTreeMap<&'a ObjectName, Vec<&'a DenyDraft>>,
    shut: BTreeSet<&'a ObjectName>,
}

impl<'a> Taken<'a> {
    pub(super) fn by(bundles: &[&'a Bundle]) -> Self {
        let mut denies: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for deny in bundles.iter().flat_map(|bundle| &bundle.denies) {
            denies.entry(&deny.object).or_default().push(deny);
        }
        Self { denies, shut: bundles.iter().flat_map(|bundle| &bundle.shut).collect() }
    }

    /// What is denied without a condition.
    pub(super) fn whatever_grants_it(&self) -> Vec<Denial> {
        let all = self.denies.values().flatten().filter(|deny| deny.condition.is_none());
        let denial =
            |deny: &&DenyDraft| Denial { object: deny.object.clone(), fields: deny.fields.clone(), span: deny.span };
        all.map(denial).collect()
    }

    /// `None`: everything.
    pub(super) fn of(&self, object: &ObjectName) -> Option<&[&'a DenyDraft]> {
        if self.shut.contains(object) {
            return None;
        }
        Some(self.denies.get(object).map_or(&[][..], Vec::as_slice))
    }
}

pub(super) struct Reader<'a> {
    pub(super) objects: &'a Objects<'a>,
    pub(super) facts: &'a Facts<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn bundle(
        &self,
        grants: &IndexMap<ObjectName, GrantsDoc>,
        deny: &IndexMap<ObjectName, DenyDoc>,
        findings: &mut Vec<Finding>,
    ) -> Bundle {
        let mut bundle = Bundle::default();
        for (name, doc) in grants {
            if let Some(rows) = self.rows(name, doc.span, findings) {
                bundle.grants.extend(doc.read.iter().filter_map(|grant| self.grant(&rows, grant, findings)));
                bundle.writes.extend(doc.writes.iter().filter_map(|write| self.write(&rows, write, findings)));
            }
        }
        for (name, doc) in deny {
            let draft = self.rows(name, doc.span, findings).and_then(|rows| deny_draft(&rows, doc, findings));
            match draft {
                Some(draft) => bundle.denies.push(draft),
                None => {
                    bundle.shut.insert(name.clone());
                }
            }
        }
        bundle
    }

    pub(super) fn rows(&self, name: &ObjectName, at: Span, findings: &mut Vec<Finding>) -> Option<Rows<'a>> {
        match self.objects.get(name, at) {
            Ok((object, doc)) => Some(Rows { object, doc, facts: self.facts }),
            Err(finding) => {
                // An object that is there but unusable has been reported where it stands.
                if !self.objects.docs.contains_key(name) {
                    findings.push(*finding);
                }
                None
            }
        }
    }

    fn grant(&self, rows: &Rows<'_>, doc: &ReadGrantDoc, findings: &mut Vec<Finding>) -> Option<Draft> {
        let fields = fields(rows, &doc.fields, doc.rows.span, findings);
        let draft = self.rows_draft(rows, &doc.rows, findings);
        let unmasked = unmasked(rows, doc, fields.as_ref()?, findings);
        Some(Draft { object: rows.object.name.clone(), rows: draft?, fields: fields?, unmasked })
    }
}

pub(super) fn fields(
    rows: &Rows<'_>,
    doc: &FieldsDoc,
    at: Span,
    findings: &mut Vec<Finding>,
) -> Option<BTreeSet<FieldName>> {
    let FieldsDoc::Named(names) = doc else {
        return Some(rows.object.fields.keys().cloned().collect());
    };
    let mut fields = BTreeSet::new();
    for name in names {
        if let Some(set) = rows.doc.field_sets.get(name.value.as_str()) {
            // A member that is no field is reported where the set stands.
            let members = set.iter().map(|member| &member.value);
            fields.extend(members.filter(|member| rows.object.fields.contains_key(*member)).cloned());
        } else if rows.object.fields.contains_key(name.value.as_str()) {
            fields.insert(FieldName::new(name.value.clone()));
        } else {
            findings.push(unknown_field_or_set(rows.doc, name));
        }
    }
    if names.is_empty() {
        let message = format!("this names no field of `{}`", rows.object.name);
        findings.push(Finding::error("no-fields", at, message).hint("name fields, field sets, or `all`"));
    }
    (!fields.is_empty()).then_some(fields)
}

/// What could not be read stays masked.
fn unmasked(
    rows: &Rows<'_>,
    doc: &ReadGrantDoc,
    fields: &BTreeSet<FieldName>,
    findings: &mut Vec<Finding>,
) -> BTreeSet<FieldName> {
    let masked = |name: &FieldName| rows.object.fields.get(name).is_some_and(|field| field.mask.is_some());
    let known = fields.iter().filter(|name| masked(name)).map(FieldName::as_str);
    let mut unmasked = BTreeSet::new();
    for name in &doc.unmasked {
        if fields.contains(&name.value) && masked(&name.value) {
            unmasked.insert(name.value.clone());
        } else {
            findings.push(unknown("this grant shows no masked field", name.value.as_str(), name.span, known.clone()));
        }
    }
    unmasked
}

pub(super) fn unknown_field_or_set(doc: &ObjectDoc, name: &Spanned<String>) -> Finding {
    let fields = doc.fields.keys().map(FieldName::as_str);
    let known = fields.chain(doc.field_sets.keys().map(FieldSetName::as_str));
    unknown(&format!("`{}` has no field and no field set", doc.name.value), &name.value, name.span, known)
}

fn deny_draft(rows: &Rows<'_>, doc: &DenyDoc, findings: &mut Vec<Finding>) -> Option<DenyDraft> {
    let before = findings.len();
    // All fields of a row are the row.
    let some = doc.fields.as_ref().filter(|written| matches!(written, FieldsDoc::Named(_)));
    let denied = optional(some, |written| fields(rows, written, doc.span, findings));
    let held = optional(doc.condition.as_ref(), |written| condition(rows, written, findings));
    if findings.len() > before {
        return None;
    }
    let denied = denied?;
    let key = denied
        .iter()
        .flatten()
        .find(|name| rows.object.fields.get(*name).is_some_and(|field| rows.object.key.contains(&field.column)));
    if let Some(name) = key {
        findings.push(
            Finding::error(
                "denied-key",
                doc.span,
                format!("`{name}` is the key of `{}`: whoever sees a row sees it", rows.object.name),
            )
            .hint("deny the whole row, or leave the key out of the list"),
        );
        return None;
    }
    Some(DenyDraft { object: rows.object.name.clone(), span: doc.span, fields: denied, condition: held? })
}
