//! Grants that change rows, share them or take them away.

use super::super::document::{AssignTo, FileUse, PresetDoc, RowsDoc, ShareGives, WriteDoc, WriteGrantDoc};
use super::super::grammar::word::parse_duration;
use super::super::tree::{Content, Node};
use super::access::{each, fields, operand, rows, scope};
use super::{names, one_or_list, spanned, text};
use crate::diagnostic::{Span, Spanned};
use crate::names::FieldName;

/// Every write of one object's entry, in written order.
pub(super) fn writes(node: &Node) -> Vec<WriteGrantDoc> {
    let mut writes = Vec::new();
    for entry in node.entries() {
        let one: fn(&Node) -> Option<WriteDoc> = match entry.key.value.as_str() {
            "create" => |node| Some(WriteDoc::Create { fields: written_fields(node)?, preset: preset(node) }),
            "update" => |node| Some(WriteDoc::Update { fields: written_fields(node)?, preset: preset(node) }),
            "transition" => {
                |node| Some(WriteDoc::Transition { moves: moves(node.get("state")?), preset: preset(node) })
            }
            "assign" => assign,
            "delete" => |_| Some(WriteDoc::Delete),
            "share" => share,
            "download" => |_| Some(WriteDoc::Files(FileUse::Download)),
            "attach" => |_| Some(WriteDoc::Files(FileUse::Attach)),
            "export" => |node| Some(WriteDoc::Export { max_rows: max_rows(node) }),
            _ => continue,
        };
        writes.extend(each(entry, |node, span| Some(WriteGrantDoc { rows: rows_of(node, span), write: one(node)? })));
    }
    writes
}

/// `delete: own` is a scope alone.
fn rows_of(node: &Node, span: Span) -> RowsDoc {
    let rows = rows(node, span);
    RowsDoc { scope: rows.scope.or_else(|| scope(node)), ..rows }
}

fn written_fields(node: &Node) -> Option<super::super::document::FieldsDoc> {
    if matches!(node.content, Content::Map(_)) { node.get("fields").and_then(fields) } else { fields(node) }
}

fn preset(node: &Node) -> PresetDoc {
    let entries = node.get("preset").map_or(&[][..], Node::entries);
    let preset = entries.iter().filter_map(|entry| {
        Some((Spanned::new(FieldName::new(entry.key.value.as_str()), entry.key.span), operand(&entry.value)?))
    });
    preset.collect()
}

/// `{draft: [submitted], submitted: approved}`.
pub(super) fn moves(node: &Node) -> Vec<(Spanned<String>, Vec<Spanned<String>>)> {
    let entries = node.entries().iter();
    let states =
        |node: &Node| one_or_list(Some(node), |node| text(node).map(|text| Spanned::new(text.to_owned(), node.span)));
    entries.map(|entry| (Spanned::new(entry.key.value.clone(), entry.key.span), states(&entry.value))).collect()
}

fn assign(node: &Node) -> Option<WriteDoc> {
    let to = match text(node.get("to")?)? {
        "tenant_member" => AssignTo::TenantMember,
        "staff" => AssignTo::Staff,
        _ => return None,
    };
    Some(WriteDoc::Assign { owners: names(node.get("fields")), to })
}

fn share(node: &Node) -> Option<WriteDoc> {
    let expires = node.get("expires").and_then(text).and_then(|text| parse_duration(text).ok());
    let gives = node.get("gives").map(|gives| Spanned::new(ShareGives::Read, gives.span));
    Some(WriteDoc::Share { audiences: names(node.get("to")?.get("audiences")), gives, expires })
}

fn max_rows(node: &Node) -> Option<u32> {
    let written: Spanned<&str> = spanned(node.get("max_rows").unwrap_or(node))?;
    written.value.parse().ok()
}
