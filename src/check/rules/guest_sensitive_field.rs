//! A guest reads a field that is personal, financial, medical, internal or secret.
//!
//! ## Why is this bad
//!
//! Guests are everybody on the internet, and programs that copy whole sites. Names and addresses of people, prices that
//! were agreed with one customer, remarks of staff: once a page has shown them to guests, nobody can take them back.
//! A mask does not help here: four digits of a number, or its digest, are enough to recognise whom a row is about.
//!
//! ## Example
//!
//! ```yaml
//! # in the object: phone: {type: phone, class: personal}
//! visitor:
//!   who: guest
//!   grants: {location: {read: {scope: public, where: {open: true}, fields: [name, phone]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! visitor:
//!   who: guest
//!   grants: {location: {read: {scope: public, where: {open: true}, fields: [name]}}}
//! ```

use crate::check::grants::{each, of_classes};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, FieldClass, Who};

pub(in crate::check) const RULE: Rule = Rule::model("guest-sensitive-field", check);

const KEPT: &[FieldClass] =
    &[FieldClass::Personal, FieldClass::Financial, FieldClass::Health, FieldClass::Internal, FieldClass::Secret];

fn check(model: &AccessModel) -> Vec<Finding> {
    let shown = each(model, |persona, object, grant| {
        let fields = of_classes(object, grant.fields.iter(), KEPT);
        (persona.who == Who::Guest && !fields.is_empty()).then_some(fields)
    });
    shown
        .iter()
        .map(|held| {
            let message = format!("guests ({}) read {} of `{}`", held.who(), held.fields(), held.object.name);
            let finding = Finding::error(RULE.id, held.span, message)
                .why("guests are everybody, and what they were once shown cannot be taken back")
                .hint("leave it out of the fields that guests read, or say `class: public` where it is meant for all");
            held.acceptable(held.labelled(finding))
        })
        .collect()
}
