//! Tenants, users and rows by label.

use super::super::conform::{Parsed, parse_operand};
use super::super::document::{
    ByPathDoc, GivenDoc, GivenFieldDoc, GivenMembershipDoc, GivenRowDoc, GivenRowsDoc, GivenTenantDoc, GivenUserDoc,
    GivenValuesDoc,
};
use super::super::tree::{Entry, Node};
use super::tenant::keys;
use super::{boolean, list, map, names, owned, spanned, under};
use crate::diagnostic::Spanned;
use crate::names::{FieldName, PathName};

/// A map that may have `tenants`, `users` and `rows`.
pub(in crate::spec) fn given(node: &Node) -> GivenDoc {
    GivenDoc {
        tenants: map(node.get("tenants"), |entry| Some(tenant(entry))),
        users: map(node.get("users"), |entry| Some(user(entry))),
        rows: map(node.get("rows"), |entry| {
            Some(GivenRowsDoc { span: entry.key.span, rows: list(Some(&entry.value), row) })
        }),
    }
}

fn tenant(entry: &Entry) -> GivenTenantDoc {
    let node = &entry.value;
    GivenTenantDoc {
        span: entry.key.span,
        title: owned(node.get("title")),
        tenant_kind: under(node, "tenant_kind"),
        tier: under(node, "tier"),
        key: under(node, "key"),
        keys: keys(node),
        parent: under(node, "parent"),
    }
}

fn user(entry: &Entry) -> GivenUserDoc {
    let node = &entry.value;
    GivenUserDoc {
        span: entry.key.span,
        title: owned(node.get("title")),
        email: under(node, "email"),
        tenant: under(node, "tenant"),
        audience: under(node, "audience"),
        key: under(node, "key"),
        keys: keys(node),
        mfa: boolean(node.get("mfa")),
        assigned: names(node.get("assigned")),
        reports_to: under(node, "reports_to"),
        memberships: list(node.get("memberships"), |node| {
            Some(GivenMembershipDoc {
                span: node.span,
                tenant: under(node, "tenant"),
                audience: under(node, "audience")?,
            })
        }),
    }
}

fn row(node: &Node) -> Option<GivenRowDoc> {
    Some(GivenRowDoc { span: node.span, label: under(node, "id")?, values: values(node) })
}

/// Whose a row is, and what its fields hold.
pub(super) fn values(node: &Node) -> GivenValuesDoc {
    let is_field = |entry: &&Entry| !matches!(entry.key.value.as_str(), "id" | "tenant" | "owner");
    GivenValuesDoc {
        tenant: node.get("tenant").and_then(by_path),
        owner: node.get("owner").and_then(by_path),
        fields: node.entries().iter().filter(is_field).filter_map(field).collect(),
    }
}

fn by_path(node: &Node) -> Option<ByPathDoc> {
    if let Some(only) = spanned(node) {
        return Some(ByPathDoc::Only(only));
    }
    let paths = node.entries().iter().filter_map(|entry| {
        Some((Spanned::new(PathName::new(entry.key.value.as_str()), entry.key.span), spanned(&entry.value)?))
    });
    Some(ByPathDoc::Paths(paths.collect()))
}

fn field(entry: &Entry) -> Option<GivenFieldDoc> {
    let value = match parse_operand(entry.value.scalar()?) {
        Parsed::Value(operand) => Some(operand),
        Parsed::Null => None,
        Parsed::Ambiguous | Parsed::UnknownVariable => return None,
    };
    let field = Spanned::new(FieldName::new(entry.key.value.as_str()), entry.key.span);
    Some(GivenFieldDoc { field, span: entry.value.span, value })
}
