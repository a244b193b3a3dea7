//! People outside read personal, financial or health fields of every row.
//!
//! ## Why is this bad
//!
//! Scope `public` shows all rows to everybody who holds the grant, whichever tenant they are of. Rows that say something
//! about a person, about money or about somebody's health belong to somebody: with `public`, each customer reads those of
//! all the others.
//!
//! ## Example
//!
//! ```yaml
//! # in the object: mobile: {type: phone, class: personal}
//! customer:
//!   grants: {adviser: {read: {scope: public, fields: [name, mobile]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants: {adviser: {read: {scope: tenant, fields: [name, mobile]}}}     # those who advise my company
//! ```

use crate::check::grants::{each, of_classes};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, FieldClass, Scope, Who};

pub(in crate::check) const RULE: Rule = Rule::model("unscoped-sensitive", check);

const SOMEBODYS: &[FieldClass] = &[FieldClass::Personal, FieldClass::Financial, FieldClass::Health];

fn check(model: &AccessModel) -> Vec<Finding> {
    let shown = each(model, |persona, object, grant| {
        let plain = grant.fields.iter().filter(|field| grant.mask(object, field).is_none());
        let fields = of_classes(object, plain, SOMEBODYS);
        let all = persona.who == Who::External && grant.rows.scope == Scope::Public;
        (all && !fields.is_empty()).then_some(fields)
    });
    shown
        .iter()
        .map(|held| {
            let message = format!(
                "{} {} {} of every row of `{}`",
                held.who(),
                held.verb("reads", "read"),
                held.fields(),
                held.object.name
            );
            let finding = Finding::error(RULE.id, held.span, message)
                .why("such rows belong to somebody, and scope `public` shows them to all the others")
                .hint("choose a scope that leads to whose rows they are, leave the fields out, or mask them");
            held.acceptable(held.labelled(finding))
        })
        .collect()
}
