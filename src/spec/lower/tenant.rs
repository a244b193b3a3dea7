//! Tenant documents.

use super::super::document::{BrandingDoc, MemberDoc, TenantDoc};
use super::super::tree::Node;
use super::project::persona;
use super::{list, map, owned, spanned, under};
use crate::diagnostic::Spanned;
use crate::names::KeyName;
use indexmap::IndexMap;

pub(in crate::spec) fn tenant(node: &Node) -> Option<TenantDoc> {
    Some(TenantDoc {
        span: node.span,
        name: under(node, "name")?,
        title: owned(node.get("title")),
        tenant_kind: under(node, "tenant_kind"),
        key: under(node, "key"),
        keys: keys(node),
        parent: under(node, "parent"),
        tier: under(node, "tier"),
        paid_until: owned(node.get("paid_until")),
        members: list(node.get("members"), member),
        branding: Some(
            node.get("settings").and_then(|settings| settings.get("branding")).map(branding).unwrap_or_default(),
        ),
    })
}

fn member(node: &Node) -> Option<MemberDoc> {
    Some(MemberDoc {
        span: node.span,
        email: under(node, "email")?,
        audience: persona(node.get("audience")?)?,
        key: under(node, "key"),
        keys: keys(node),
    })
}

pub(super) fn keys(node: &Node) -> IndexMap<KeyName, Spanned<String>> {
    map(node.get("keys"), |entry| spanned(&entry.value))
}

pub(in crate::spec) fn branding(node: &Node) -> BrandingDoc {
    BrandingDoc {
        name: owned(node.get("name")),
        logo: under(node, "logo"),
        colors: map(node.get("colors"), |entry| spanned(&entry.value)),
    }
}
