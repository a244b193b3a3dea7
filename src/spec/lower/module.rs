//! Module and page documents.

use super::super::document::{MapDoc, ModuleDoc, PageDoc, SortDoc, TypeDoc, View};
use super::super::tree::Node;
use super::given::given;
use super::project::assigned_tenants;
use super::words::words;
use super::{map, named_columns, names, owned, table, text, under};
use crate::diagnostic::Spanned;
use crate::names::{FieldName, ObjectName, PortalName};
use indexmap::IndexMap;

pub(in crate::spec) fn module(node: &Node) -> Option<ModuleDoc> {
    Some(ModuleDoc {
        span: node.span,
        name: under(node, "name")?,
        title: owned(node.get("title")),
        purpose: owned(node.get("purpose")),
        about: owned(node.get("about")),
        needs: names(node.get("needs")),
        navigation: names(node.get("navigation")),
        rows: given(node).rows,
        portals: Vec::new(),
        chosen: Vec::new(),
        objects: Vec::new(),
        maps: IndexMap::new(),
    })
}

/// How a portal maps the objects of a module.
pub(in crate::spec) fn maps(node: &Node) -> IndexMap<ObjectName, MapDoc> {
    map(node.get("tables"), |entry| {
        let columns = node.get("columns").and_then(|columns| columns.get(&entry.key.value));
        Some(MapDoc { table: table(Some(&entry.value))?, columns: named_columns(columns) })
    })
}

pub(in crate::spec) fn portal_type(node: &Node, portal: Option<PortalName>) -> Option<TypeDoc> {
    Some(TypeDoc {
        span: node.span,
        name: under(node, "name")?,
        title: owned(node.get("title")),
        purpose: owned(node.get("purpose")),
        about: owned(node.get("about")),
        offers: names(node.get("offers")),
        portals: portal.into_iter().collect(),
        tenant_kind: under(node, "tenant_kind"),
        tiers: names(node.get("tiers")),
        assigned_tenants: node.get("assigned_tenants").and_then(assigned_tenants),
    })
}

pub(in crate::spec) fn page(node: &Node) -> Option<PageDoc> {
    Some(PageDoc {
        span: node.span,
        name: under(node, "name")?,
        title: node.get("title").and_then(words),
        portal: under(node, "portal"),
        portals: Vec::new(),
        view: node.get("view").and_then(view)?,
        object: under(node, "object"),
        columns: names(node.get("columns")),
        sort: node.get("sort").and_then(sort),
        group_by: under(node, "group_by"),
    })
}

pub(super) fn sort(node: &Node) -> Option<Spanned<SortDoc>> {
    let written = text(node)?;
    let field = written.strip_prefix('-');
    let sort = SortDoc { field: FieldName::new(field.unwrap_or(written)), descending: field.is_some() };
    Some(Spanned::new(sort, node.span))
}

fn view(node: &Node) -> Option<Spanned<View>> {
    let written = text(node)?;
    let view = View::ALL.into_iter().find(|view| view.word() == written)?;
    Some(Spanned::new(view, node.span))
}
