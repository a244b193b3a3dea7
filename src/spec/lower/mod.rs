//! From a tree that was held against the language's tables to typed documents. What does not fit has been
//! reported by then; it is left out here without another word.

mod access;
mod access_test;
mod assertion;
mod given;
mod module;
mod object;
mod people;
mod portal;
mod project;
mod tenant;
mod words;
mod write;
mod written;

pub(super) use access::permission_set;
pub(super) use access_test::access_test;
pub(super) use module::{maps, module, page, portal_type};
pub(super) use object::object;
pub(super) use portal::portal;
pub(super) use project::project;
pub(super) use tenant::{branding, tenant};

use super::document::{TableRef, UserColumnDoc};
use super::scalar::{Plain, classify};
use super::tree::Node;
use crate::diagnostic::Spanned;
use crate::names::{ColumnName, TableName};
use indexmap::IndexMap;
use std::hash::Hash;

/// Written text, unless it is null.
fn text(node: &Node) -> Option<&str> {
    let scalar = node.scalar()?;
    let is_null = scalar.plain && classify(&scalar.text) == Plain::Null;
    (!is_null).then_some(scalar.text.as_str())
}

fn owned(node: Option<&Node>) -> Option<String> {
    node.and_then(text).map(str::to_owned)
}

fn spanned<'a, T: From<&'a str>>(node: &'a Node) -> Option<Spanned<T>> {
    text(node).map(|text| Spanned::new(T::from(text), node.span))
}

fn under<'a, T: From<&'a str>>(node: &'a Node, key: &str) -> Option<Spanned<T>> {
    node.get(key).and_then(spanned)
}

fn boolean(node: Option<&Node>) -> bool {
    node.and_then(Node::scalar).is_some_and(|scalar| scalar.plain && scalar.text == "true")
}

/// The entries of a list; empty where it is no list.
fn list<T>(node: Option<&Node>, lower: impl FnMut(&Node) -> Option<T>) -> Vec<T> {
    node.map_or_else(Vec::new, |node| node.items().iter().filter_map(lower).collect())
}

/// A single value as a list of one.
fn one_or_list<T>(node: Option<&Node>, lower: impl FnMut(&Node) -> Option<T>) -> Vec<T> {
    match node {
        Some(node) if node.items().is_empty() => std::iter::once(node).filter_map(lower).collect(),
        _ => list(node, lower),
    }
}

fn names<'a, T: From<&'a str>>(node: Option<&'a Node>) -> Vec<Spanned<T>> {
    node.map_or_else(Vec::new, |node| node.items().iter().filter_map(spanned).collect())
}

fn columns(node: Option<&Node>) -> Vec<Spanned<ColumnName>> {
    one_or_list(node, |node| text(node).map(|text| Spanned::new(ColumnName::new(text), node.span)))
}

fn map<'a, K: From<&'a str> + Hash + Eq, V>(
    node: Option<&'a Node>,
    mut lower: impl FnMut(&'a super::tree::Entry) -> Option<V>,
) -> IndexMap<K, V> {
    let entries = node.map_or(&[][..], Node::entries);
    entries.iter().filter_map(|entry| Some((K::from(entry.key.value.as_str()), lower(entry)?))).collect()
}

fn named_columns<'a, K: From<&'a str> + Hash + Eq>(node: Option<&'a Node>) -> IndexMap<K, Spanned<ColumnName>> {
    map(node, |entry| spanned(&entry.value))
}

fn table(node: Option<&Node>) -> Option<Spanned<TableRef>> {
    let node = node?;
    let text = text(node)?;
    let table = match text.split_once('.') {
        Some((schema, name)) => TableRef::Qualified(TableName::new(schema, name)),
        None => TableRef::Bare(text.to_owned()),
    };
    Some(Spanned::new(table, node.span))
}

/// `staff_id`, or `{column: staff_id, key: employee}`.
fn user_column(node: Option<&Node>) -> Option<UserColumnDoc> {
    let node = node?;
    match spanned(node) {
        Some(column) => Some(UserColumnDoc { column, key: None }),
        None => Some(UserColumnDoc { column: under(node, "column")?, key: under(node, "key") }),
    }
}
