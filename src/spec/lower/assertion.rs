//! What a project says must hold.

use super::super::document::{Action, AssertionDoc, ClaimDoc};
use super::super::tree::Node;
use super::object::class_of;
use super::{list, names, text, under};
use crate::diagnostic::Spanned;

pub(super) fn assertions(node: &Node) -> Vec<AssertionDoc> {
    list(node.get("assertions"), |node| Some(AssertionDoc { span: node.span, claim: claim(node)? }))
}

fn claim(node: &Node) -> Option<ClaimDoc> {
    if let Some(public) = node.get("no_public_access") {
        return Some(ClaimDoc::NoPublicAccess {
            objects: names(public.get("objects")),
            classes: list(public.get("classes"), |node| Some(class_of(text(node)?, node.span)?.value)),
        });
    }
    if let Some(granted) = node.get("access_not_granted") {
        let written: Option<Spanned<String>> = under(granted, "action");
        // What is no action is a finding already, and must not become all of them.
        let action = written.map(|written| Some(Spanned { value: Action::parse(&written.value)?, span: written.span }));
        return Some(ClaimDoc::AccessNotGranted {
            who: under(granted, "as")?,
            object: under(granted, "object")?,
            field: under(granted, "field"),
            action: action.map_or(Some(None), |action| action.map(Some))?,
        });
    }
    let new = node.get("no_new_access")?;
    let against = under(new, "against").filter(|against: &Spanned<String>| against.value != "applied");
    Some(ClaimDoc::NoNewAccess { against })
}
