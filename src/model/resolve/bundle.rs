//! What one permission set or one audience gives and takes by itself: names found, types checked, but not
//! yet anybody's, so that a set used by twenty personas is read, and reported on, once.

use super::condition::{Rows, report, resolve as condition};
use super::facts::Facts;
use super::objects::{Objects, unknown_field};
use super::operand::{self, Family, Relation};
use super::report::unknown;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Condition, FieldType, Has, Object, Scope, TierBound, TimeBound};
use crate::names::{FieldName, FieldSetName, ObjectName, PathName, TierName};
use crate::spec::document::{
    DenyDoc, FieldsDoc, GrantsDoc, HasDoc, ObjectDoc, ReadGrantDoc, TierBoundDoc, TimeBoundDoc,
};
use indexmap::IndexMap;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Default)]
pub(super) struct Bundle {
    pub(super) grants: Vec<Draft>,
    pub(super) denies: Vec<DenyDraft>,
    /// Objects with a `deny` that could not be read: better nothing is shown than what it would have hidden.
    pub(super) shut: BTreeSet<ObjectName>,
}

/// A read grant without the defaults that depend on who holds it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) object: ObjectName,
    pub(super) span: Span,
    pub(super) scope: Option<Spanned<Scope>>,
    pub(super) path: Option<Spanned<PathName>>,
    pub(super) fields: BTreeSet<FieldName>,
    pub(super) condition: Condition,
    pub(super) has: Vec<Has>,
    pub(super) min_tier: Option<TierBound>,
    pub(super) valid_from: Option<TimeBound>,
    pub(super) valid_until: Option<TimeBound>,
}

#[derive(Debug, Clone)]
pub(super) struct DenyDraft {
    pub(super) object: ObjectName,
    pub(super) span: Span,
    /// `None`: the whole row.
    pub(super) fields: Option<BTreeSet<FieldName>>,
    pub(super) condition: Option<Condition>,
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
        let fields = fields(rows, &doc.fields, doc.span, findings);
        let condition = match &doc.condition {
            Some(written) => condition(rows, written, findings),
            None => Some(Condition::True),
        };
        let has: Vec<_> = doc.has.iter().map(|has| self.has(rows, has, findings)).collect();
        let has: Option<Vec<Has>> = has.into_iter().collect();
        let min_tier = optional(doc.min_tier.as_ref(), |bound| self.tier(rows, bound, findings));
        let valid_from = optional(doc.valid_from.as_ref(), |bound| time_bound(rows, bound, findings));
        let valid_until = optional(doc.valid_until.as_ref(), |bound| time_bound(rows, bound, findings));
        Some(Draft {
            object: rows.object.name.clone(),
            span: doc.span,
            scope: doc.scope.clone(),
            path: doc.path.clone(),
            fields: fields?,
            condition: condition?,
            has: has?,
            min_tier: min_tier?,
            valid_from: valid_from?,
            valid_until: valid_until?,
        })
    }

    fn tier(&self, rows: &Rows<'_>, bound: &Spanned<TierBoundDoc>, findings: &mut Vec<Finding>) -> Option<TierBound> {
        match &bound.value {
            TierBoundDoc::Tier(tier) if self.facts.tiers.contains(tier) => Some(TierBound::Tier(tier.clone())),
            TierBoundDoc::Tier(tier) => {
                let known = self.facts.tiers.iter().map(TierName::as_str);
                findings.push(unknown("the project has no tier", tier.as_str(), bound.span, known));
                None
            }
            TierBoundDoc::RowField(name) => {
                let field_type = known_field(rows, name, bound.span, findings)?;
                if Family::of(field_type) != Family::Text {
                    let is = operand::a_type(field_type);
                    let message = format!("`{name}` is {is}, not the name of a tier");
                    findings.push(Finding::error("wrong-operand", bound.span, message));
                    return None;
                }
                Some(TierBound::RowField(name.clone()))
            }
        }
    }

    fn has(&self, rows: &Rows<'_>, doc: &HasDoc, findings: &mut Vec<Finding>) -> Option<Has> {
        let other = self.rows(&doc.object.value, doc.object.span, findings)?;
        if doc.matches.is_empty() {
            findings.push(
                Finding::error("wrong-operand", doc.span, "`has` without `match` holds as soon as any row is readable")
                    .hint("say which field of the other object equals which of this row: `match: {product: $row.product}`"),
            );
            return None;
        }
        let matches: Vec<_> = doc
            .matches
            .iter()
            .map(|(field, operand)| {
                let field_type = known_field(&other, &field.value, field.span, findings)?;
                let value = other.operand((&field.value, field_type), Relation::Equality, operand, findings)?;
                if let crate::model::Value::Row(mine) = &value {
                    let mine_type = known_field(rows, mine, operand.span, findings)?;
                    let fits = operand::check_fields((field.value.as_str(), field_type), (mine.as_str(), mine_type));
                    report(fits, operand.span, findings)?;
                }
                Some((field.value.clone(), value))
            })
            .collect();
        let mut matches = matches.into_iter().collect::<Option<Vec<_>>>()?;
        matches.sort();
        matches.dedup();
        Some(Has { object: doc.object.value.clone(), matches, span: doc.span })
    }
}

/// `Some(None)`: not written. `None`: written, and wrong.
fn optional<D, T>(doc: Option<&D>, read: impl FnOnce(&D) -> Option<T>) -> Option<Option<T>> {
    match doc {
        None => Some(None),
        Some(doc) => read(doc).map(Some),
    }
}

fn known_field<'a>(rows: &Rows<'a>, name: &FieldName, at: Span, findings: &mut Vec<Finding>) -> Option<&'a FieldType> {
    let object: &'a Object = rows.object;
    let field = object.fields.get(name);
    if field.is_none() {
        findings.push(unknown_field(rows.doc, name.as_str(), at));
    }
    field.map(|field| &field.field_type)
}

fn time_bound(rows: &Rows<'_>, bound: &Spanned<TimeBoundDoc>, findings: &mut Vec<Finding>) -> Option<TimeBound> {
    let problem = match &bound.value {
        TimeBoundDoc::Literal(text) if operand::is_date(text) || operand::is_timestamp(text) => {
            return Some(TimeBound::Literal(text.clone()));
        }
        TimeBoundDoc::Literal(text) => {
            Finding::error("wrong-operand", bound.span, format!("`{text}` is neither a date nor a timestamp"))
                .hint("write 2026-01-31 or 2026-01-31T09:00:00Z")
        }
        TimeBoundDoc::Field(name) => {
            let field_type = known_field(rows, name, bound.span, findings)?;
            if matches!(Family::of(field_type), Family::Date | Family::Timestamp) {
                return Some(TimeBound::Field(name.clone()));
            }
            let message = format!("`{name}` is {}", operand::a_type(field_type));
            Finding::error("wrong-operand", bound.span, message).hint("name a field with a date or a timestamp")
        }
    };
    findings.push(problem);
    None
}

fn fields(rows: &Rows<'_>, doc: &FieldsDoc, at: Span, findings: &mut Vec<Finding>) -> Option<BTreeSet<FieldName>> {
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

fn unknown_field_or_set(doc: &ObjectDoc, name: &Spanned<String>) -> Finding {
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
