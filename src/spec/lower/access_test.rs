//! Access tests.

use super::super::document::{AccessTestDoc, ActDoc, ExpectationDoc, ListsDoc, TestedAction};
use super::super::tree::Node;
use super::given::{given, values};
use super::{list, names, one_or_list, owned, text, under};
use crate::diagnostic::Spanned;
use crate::names::{ObjectName, RowLabel};

pub(in crate::spec) fn access_test(node: &Node) -> Option<AccessTestDoc> {
    Some(AccessTestDoc {
        span: node.span,
        name: under(node, "name")?,
        about: owned(node.get("about")),
        now: under(node, "now"),
        given: node.get("given").map(given).unwrap_or_default(),
        expect: list(node.get("expect"), expectation),
    })
}

fn expectation(node: &Node) -> Option<ExpectationDoc> {
    let lists = node.get("lists").map_or(&[][..], Node::entries);
    let lists = lists.iter().map(|entry| ListsDoc {
        object: Spanned::new(ObjectName::new(entry.key.value.as_str()), entry.key.span),
        rows: names(Some(&entry.value)),
    });
    Some(ExpectationDoc {
        span: node.span,
        who: under(node, "as")?,
        of: under(node, "of"),
        lists: lists.collect(),
        can: one_or_list(node.get("can"), act),
        cannot: one_or_list(node.get("cannot"), act),
    })
}

fn act(node: &Node) -> Option<ActDoc> {
    let (action, target) = TestedAction::ALL.iter().find_map(|action| Some((*action, node.get(action.word())?)))?;
    let written = text(target)?;
    let (object, row) = match written.split_once('/') {
        Some((object, row)) => (object, Some(RowLabel::new(row))),
        None => (written, None),
    };
    Some(ActDoc {
        span: target.span,
        action,
        object: ObjectName::new(object),
        row,
        fields: names(node.get("fields")),
        values: node.get("values").map(values),
        to: under(node, "to"),
    })
}
