//! Permission sets, grants, conditions.

use super::super::conform::{Parsed, parse_operand};
use super::super::document::{
    Comparison, ConditionDoc, DenyDoc, FieldsDoc, GrantsDoc, HasDoc, Operand, PermissionSetDoc, ReadGrantDoc,
    RestrictDoc, RowsDoc, Scope, TestDoc, TierBoundDoc, TimeBoundDoc,
};
use super::super::grammar::word;
use super::super::tree::{Content, Entry, Node};
use super::write::writes;
use super::{boolean, list, map, names, one_or_list, spanned, text, under};
use crate::diagnostic::{Span, Spanned};
use crate::names::{FieldName, ObjectName, TierName};
use indexmap::IndexMap;

pub(in crate::spec) fn permission_set(node: &Node) -> Option<PermissionSetDoc> {
    Some(PermissionSetDoc {
        span: node.span,
        name: under(node, "name")?,
        includes: names(node.get("includes")),
        grants: grants(node),
        deny: deny(node),
    })
}

pub(super) fn grants(node: &Node) -> IndexMap<ObjectName, GrantsDoc> {
    map(node.get("grants"), |entry| {
        let node = &entry.value;
        Some(GrantsDoc {
            span: entry.key.span,
            read: node.entry("read").map_or_else(Vec::new, |entry| each(entry, read)),
            writes: writes(node),
        })
    })
}

pub(super) fn deny(node: &Node) -> IndexMap<ObjectName, DenyDoc> {
    map(node.get("deny"), |entry| {
        let node = &entry.value;
        let is_map = matches!(node.content, Content::Map(_));
        Some(DenyDoc {
            span: entry.key.span,
            fields: if is_map { node.get("fields").and_then(fields) } else { fields(node) },
            condition: node.get("where").map(condition),
        })
    })
}

pub(super) fn restrict(node: &Node) -> IndexMap<ObjectName, RestrictDoc> {
    map(node.get("restrict"), |entry| {
        Some(RestrictDoc { span: entry.key.span, condition: condition(entry.value.get("where")?) })
    })
}

/// `read: summary`, `read: [a, b]`, `read: {scope: …}`, `read: [{…}, {…}]`.
pub(super) fn each<T>(entry: &Entry, one: impl Fn(&Node, Span) -> Option<T>) -> Vec<T> {
    let node = &entry.value;
    let is_list_of_grants = node.items().iter().any(|item| matches!(item.content, Content::Map(_)));
    if is_list_of_grants {
        list(Some(node), |item| one(item, item.span))
    } else {
        one(node, entry.key.span).into_iter().collect()
    }
}

fn read(node: &Node, span: Span) -> Option<ReadGrantDoc> {
    let is_map = matches!(node.content, Content::Map(_));
    let granted = if is_map { node.get("fields").map_or(Some(FieldsDoc::All(span)), fields) } else { fields(node) };
    let unmasked = names(node.get("unmasked"));
    Some(ReadGrantDoc { rows: rows(node, span), fields: granted?, unmasked })
}

/// What of a grant says which rows; all of it unwritten where the grant is no map.
pub(super) fn rows(node: &Node, span: Span) -> RowsDoc {
    RowsDoc {
        span,
        scope: node.get("scope").and_then(scope),
        path: under(node, "path"),
        condition: node.get("where").map(condition),
        has: one_or_list(node.get("has"), has),
        min_tier: node
            .get("min_tier")
            .and_then(|node| text(node).map(|text| Spanned::new(tier_bound(text), node.span))),
        valid_from: node.get("valid_from").and_then(time_bound),
        valid_until: node.get("valid_until").and_then(time_bound),
        needs_mfa: node.get("needs").is_some(),
        parent_needs_read: node.get("parent_needs").is_some(),
    }
}

pub(super) fn fields(node: &Node) -> Option<FieldsDoc> {
    match text(node) {
        Some("all") => Some(FieldsDoc::All(node.span)),
        Some(_) => spanned(node).map(|name| FieldsDoc::Named(vec![name])),
        None if matches!(node.content, Content::List(_)) => Some(FieldsDoc::Named(names(Some(node)))),
        None => None,
    }
}

pub(super) fn scope(node: &Node) -> Option<Spanned<Scope>> {
    let scope = match text(node)? {
        "none" => Scope::None,
        "own" => Scope::Own,
        "reports" => Scope::Reports,
        "shared" => Scope::Shared,
        "assigned" => Scope::Assigned,
        "tenant" => Scope::Tenant,
        "tenant_tree" => Scope::TenantTree,
        "parent" => Scope::Parent,
        "public" => Scope::Public,
        "all" => Scope::All,
        _ => return None,
    };
    Some(Spanned::new(scope, node.span))
}

fn tier_bound(text: &str) -> TierBoundDoc {
    match text.strip_prefix("$row.") {
        Some(field) => TierBoundDoc::RowField(FieldName::new(field)),
        None => TierBoundDoc::Tier(TierName::new(text)),
    }
}

fn time_bound(node: &Node) -> Option<Spanned<TimeBoundDoc>> {
    let text = text(node)?;
    let bound = if word::is_moment(text) {
        TimeBoundDoc::Literal(text.to_owned())
    } else {
        TimeBoundDoc::Field(FieldName::new(text))
    };
    Some(Spanned::new(bound, node.span))
}

fn has(node: &Node) -> Option<HasDoc> {
    let matches = node.get("match")?.entries().iter().filter_map(|entry| {
        Some((Spanned::new(FieldName::new(entry.key.value.as_str()), entry.key.span), operand(&entry.value)?))
    });
    Some(HasDoc { span: node.span, object: under(node, "object")?, matches: matches.collect() })
}

pub(super) fn condition(node: &Node) -> ConditionDoc {
    let mut tests = Vec::new();
    let mut any_of = Vec::new();
    for entry in node.entries() {
        if entry.key.value == "any_of" {
            any_of.push(list(Some(&entry.value), |node| Some(condition(node))));
        } else {
            tests.extend(comparisons(&entry.value).into_iter().map(|comparison| TestDoc {
                field: Spanned::new(FieldName::new(entry.key.value.as_str()), entry.key.span),
                comparison,
                span: entry.key.span,
            }));
        }
    }
    ConditionDoc { span: node.span, tests, any_of }
}

fn comparisons(node: &Node) -> Vec<Comparison<Spanned<Operand>>> {
    match &node.content {
        Content::Scalar(_) => operand(node).map(Comparison::Eq).into_iter().collect(),
        Content::List(_) => vec![Comparison::In(list(Some(node), operand))],
        Content::Map(entries) => entries
            .iter()
            .filter_map(|entry| {
                let value = &entry.value;
                Some(match entry.key.value.as_str() {
                    "ne" => Comparison::Ne(operand(value)?),
                    "lt" => Comparison::Lt(operand(value)?),
                    "lte" => Comparison::Lte(operand(value)?),
                    "gt" => Comparison::Gt(operand(value)?),
                    "gte" => Comparison::Gte(operand(value)?),
                    "in" => Comparison::In(list(Some(value), operand)),
                    "not_in" => Comparison::NotIn(list(Some(value), operand)),
                    "is_null" => Comparison::IsNull(boolean(Some(value))),
                    _ => return None,
                })
            })
            .collect(),
        Content::Broken => Vec::new(),
    }
}

pub(super) fn operand(node: &Node) -> Option<Spanned<Operand>> {
    match parse_operand(node.scalar()?) {
        Parsed::Value(operand) => Some(Spanned::new(operand, node.span)),
        Parsed::Null | Parsed::Ambiguous | Parsed::UnknownVariable => None,
    }
}
