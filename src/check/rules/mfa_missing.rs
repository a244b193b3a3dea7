//! A second factor is asked for at one door, and another door leads to the same place without it.
//!
//! ## Why is this bad
//!
//! `needs: mfa` says that what a grant gives is worth more than a password. Whoever has somebody's password takes the way that does
//! not ask: they make a new bank account where changing one asks for the second factor.
//!
//! ## Example
//!
//! ```yaml
//! # in the object: iban: {type: text, class: financial}
//! bank_account:
//!   create: {fields: [iban, holder]}
//!   update: {fields: [iban], needs: mfa}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! bank_account:
//!   create: {fields: [iban, holder], needs: mfa}
//!   update: {fields: [iban], needs: mfa}
//! ```
//!
//! Two grants of one persona lead to the same place where both write a field, of a class other than `public` and `business`, or
//! where both make the same move.

use crate::check::grants::{each_write, listed};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, FieldClass, Object, Persona, Write, WriteGrant};
use crate::names::FieldName;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("mfa-missing", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let writes = each_write(model, |persona, object, grant| {
        let guarded: BTreeSet<String> = guarded(persona, object).collect();
        let open: BTreeSet<String> =
            touched(object, grant).into_iter().filter(|place| guarded.contains(place)).collect();
        (!grant.rows.mfa && !open.is_empty()).then(|| (grant.write.action(), open))
    });
    writes
        .iter()
        .map(|held| {
            let (deed, open) = &held.found;
            let what = listed(open.iter().cloned());
            let message = format!(
                "`{deed}` of `{}` by {} asks for no second factor, and another grant of {what} does",
                held.object.name,
                held.who()
            );
            let finding = Finding::warn(RULE.id, held.span, message)
                .why("whoever has a password only takes the way that does not ask")
                .hint("write `needs: mfa` here, too");
            held.acceptable(finding)
        })
        .collect()
}

/// What the persona may write to the object with a second factor alone.
fn guarded<'a>(persona: &'a Persona, object: &'a Object) -> impl Iterator<Item = String> + 'a {
    let grants = persona.writes.get(&object.name).into_iter().flatten();
    grants.filter(|grant| grant.rows.mfa).flat_map(|grant| touched(object, grant))
}

/// The fields of a grave class that a grant writes, and the moves that it makes.
fn touched(object: &Object, grant: &WriteGrant) -> BTreeSet<String> {
    let grave = |name: &&FieldName| {
        let class = object.fields.get(*name).map(|field| field.class);
        !matches!(class, None | Some(FieldClass::Public | FieldClass::Business))
    };
    match &grant.write {
        Write::Create(create) => create.fields.iter().filter(grave).map(ToString::to_string).collect(),
        Write::Update { fields, .. } => fields.iter().filter(grave).map(ToString::to_string).collect(),
        Write::Transition { moves, .. } => {
            let each = moves.iter().flat_map(|(from, targets)| targets.iter().map(move |to| format!("{from} → {to}")));
            each.collect()
        }
        _ => BTreeSet::new(),
    }
}
