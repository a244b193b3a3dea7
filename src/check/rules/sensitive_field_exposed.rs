//! People outside read a field that is internal, secret, or financial without a mask.
//!
//! ## Why is this bad
//!
//! `class: internal` says that a field is staff's own: remarks, margins, scores. `secret` is for what even staff seldom
//! need. Where a grant of an external audience names such a field, one of the two is a mistake, and it is mostly the grant:
//! a set of fields that grew, or a list that was copied from an agent's. Numbers of accounts and salaries are shown by their
//! last digits unless there is a reason for more.
//!
//! ## Example
//!
//! ```yaml
//! # in the object: internal_notes: {type: long_text, class: internal}
//! customer:
//!   grants: {case: {read: [number, subject, internal_notes]}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants: {case: {read: [number, subject]}}
//! ```

use crate::check::grants::{each, of_classes};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, FieldClass, Who};

pub(in crate::check) const RULE: Rule = Rule::model("sensitive-field-exposed", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let shown = each(model, |persona, object, grant| {
        let mut fields = of_classes(object, grant.fields.iter(), &[FieldClass::Internal, FieldClass::Secret]);
        let plain = grant.fields.iter().filter(|field| grant.mask(object, field).is_none());
        fields.extend(of_classes(object, plain, &[FieldClass::Financial]));
        (persona.who == Who::External && !fields.is_empty()).then_some(fields)
    });
    shown
        .iter()
        .map(|held| {
            let message =
                format!("{} {} {} of `{}`", held.who(), held.verb("reads", "read"), held.fields(), held.object.name);
            let finding = Finding::error(RULE.id, held.span, message)
                .why("by its class it is not for people outside, or for them only under a mask")
                .hint(
                    "leave it out, mask it (`mask: last4`), or give the field the class that it has: `class: business`",
                );
            held.acceptable(held.labelled(finding))
        })
        .collect()
}
