//! Which rows a grant is about, before anybody holds it.

use super::bundle::Reader;
use super::condition::{Rows, report, resolve as condition};
use super::objects::unknown_field;
use super::operand::{self, Family, Relation};
use super::report::unknown;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Condition, FieldType, Has, Object, Scope, TierBound, TimeBound};
use crate::names::{FieldName, PathName, TierName};
use crate::spec::document::{HasDoc, RowsDoc, TierBoundDoc, TimeBoundDoc};

/// Without the defaults that depend on who holds the grant.
#[derive(Debug, Clone)]
pub(super) struct RowsDraft {
    pub(super) span: Span,
    pub(super) scope: Option<Spanned<Scope>>,
    pub(super) path: Option<Spanned<PathName>>,
    pub(super) condition: Condition,
    pub(super) has: Vec<Has>,
    pub(super) min_tier: Option<TierBound>,
    pub(super) valid_from: Option<TimeBound>,
    pub(super) valid_until: Option<TimeBound>,
    pub(super) mfa: bool,
}

impl Reader<'_> {
    pub(super) fn rows_draft(&self, rows: &Rows<'_>, doc: &RowsDoc, findings: &mut Vec<Finding>) -> Option<RowsDraft> {
        let condition = match &doc.condition {
            Some(written) => condition(rows, written, findings),
            None => Some(Condition::True),
        };
        let has: Vec<_> = doc.has.iter().map(|has| self.has(rows, has, findings)).collect();
        let has: Option<Vec<Has>> = has.into_iter().collect();
        let min_tier = optional(doc.min_tier.as_ref(), |bound| self.tier(rows, bound, findings));
        let valid_from = optional(doc.valid_from.as_ref(), |bound| time_bound(rows, bound, findings));
        let valid_until = optional(doc.valid_until.as_ref(), |bound| time_bound(rows, bound, findings));
        Some(RowsDraft {
            span: doc.span,
            scope: doc.scope.clone(),
            path: doc.path.clone(),
            condition: condition?,
            has: has?,
            min_tier: min_tier?,
            valid_from: valid_from?,
            valid_until: valid_until?,
            mfa: doc.needs_mfa,
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
pub(super) fn optional<D, T>(doc: Option<&D>, read: impl FnOnce(&D) -> Option<T>) -> Option<Option<T>> {
    match doc {
        None => Some(None),
        Some(doc) => read(doc).map(Some),
    }
}

pub(super) fn known_field<'a>(
    rows: &Rows<'a>,
    name: &FieldName,
    at: Span,
    findings: &mut Vec<Finding>,
) -> Option<&'a FieldType> {
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
