//! A profile of the project asks for a control that is missing.
//!
//! ## Why is this bad
//!
//! `profile: [gdpr]` says that somebody else's rules hold here. What the language can do of them is asked for object by object,
//! so that nothing is forgotten: `gdpr` asks for `retention` where an object holds personal or health data, and that each such
//! field goes. `hipaa` asks the same of health data, for `needs: mfa` on grants that change such objects, and that `audit` is on.
//! `soc2` asks for `needs: mfa` on grants that change objects with financial fields, for `audit` of everything that is changed,
//! and for `mask` on financial texts, account numbers among them, that people from outside read.
//!
//! Without findings a project has these controls, and nothing more is said by it: whether the rules are kept is decided by
//! people, on more than a spec.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: patient
//! table: clinic.patients
//! tenant: practice_id
//! fields: {name: {type: text, class: personal}, admitted_at: date}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: patient
//! table: clinic.patients
//! tenant: practice_id
//! fields: {name: {type: text, class: personal}, admitted_at: date}
//! retention: {after: 10y, from: admitted_at, then: anonymise, fields: [name]}
//! ```

use crate::check::grants::{Writers, each, each_write};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Field, FieldClass, FieldType, Object, Profile, RetentionEnd, Who};
use crate::names::FieldName;

pub(in crate::check) const RULE: Rule = Rule::model("profile-control-missing", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    model.project.profiles.iter().flat_map(|profile| of_profile(model, *profile)).collect()
}

fn of_profile(model: &AccessModel, profile: Profile) -> Vec<Finding> {
    match profile {
        Profile::Gdpr => retentions(model, profile, &[FieldClass::Personal, FieldClass::Health]),
        Profile::Hipaa => {
            let health = &[FieldClass::Health];
            let holds = |object: &Object| of_class(object, health).next().is_some();
            let mut findings = retentions(model, profile, health);
            findings.extend(second_factors(model, profile, health));
            findings.extend(records(model, profile, holds));
            findings
        }
        Profile::Soc2 => {
            let mut findings = second_factors(model, profile, &[FieldClass::Financial]);
            findings.extend(records(model, profile, |_| true));
            findings.extend(masks(model, profile));
            findings
        }
    }
}

fn of_class<'m>(object: &'m Object, classes: &'m [FieldClass]) -> impl Iterator<Item = &'m Field> {
    object.fields.values().filter(|field| classes.contains(&field.class))
}

fn asks(profile: Profile, what: &str) -> String {
    format!("profile `{}` asks for {what}", profile.word())
}

/// Each field of such a class has an end.
fn retentions(model: &AccessModel, profile: Profile, classes: &[FieldClass]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for object in model.objects.values() {
        let Some(first) = of_class(object, classes).next() else { continue };
        let word = first.class.word();
        let Some(retention) = &object.retention else {
            let message = asks(profile, &format!("`retention` on `{}`, which holds {word} data", object.name));
            findings.push(
                Finding::error(RULE.id, object.span, message)
                    .why("data about people are kept no longer than they are needed")
                    .label(first.span, format!("{word} data"))
                    .hint("write `retention: {after: 7y, from: …, then: delete}`, or `anonymise` with these fields")
                    .acceptable_for(object.name.as_str()),
            );
            continue;
        };
        let stays = |field: &&Field| !retention.fields.contains(&field.name);
        for field in of_class(object, classes).filter(|_| retention.then == RetentionEnd::Anonymise).filter(stays) {
            let message =
                asks(profile, &format!("an end of `{}.{}`, which its `retention` leaves", object.name, field.name));
            findings.push(
                Finding::error(RULE.id, retention.span, message)
                    .label(field.span, format!("{} data", field.class.word()))
                    .hint(format!("add `{}` to `fields` of the retention", field.name))
                    .acceptable_for(object.name.as_str()),
            );
        }
    }
    findings
}

/// Changing such an object takes a second factor.
fn second_factors(model: &AccessModel, profile: Profile, classes: &[FieldClass]) -> Vec<Finding> {
    let without = each_write(model, |_, object, grant| {
        let class = of_class(object, classes).next()?.class;
        (grant.write.changes_rows() && !grant.rows.mfa).then_some(class)
    });
    let finding = |held: &crate::check::grants::Held<'_, FieldClass>| {
        let what = format!(
            "`needs: mfa` where {} changes a `{}`, with {} data",
            held.who(),
            held.object.name,
            held.found.word()
        );
        let finding = Finding::error(RULE.id, held.span, asks(profile, &what))
            .why("a stolen session must not be enough to change them")
            .hint("write `needs: mfa` in the grant");
        held.acceptable(finding)
    };
    without.iter().map(finding).collect()
}

/// Who changed what is recorded.
fn records(model: &AccessModel, profile: Profile, wanted: impl Fn(&Object) -> bool) -> Vec<Finding> {
    let writers = Writers::of(model);
    let is_changed = |object: &Object| writers.on(object).any(|(_, grant)| grant.write.changes_rows());
    let silent = model.objects.values().filter(|object| !object.audit_writes && wanted(object) && is_changed(object));
    let finding = |object: &Object| {
        Finding::error(RULE.id, object.span, asks(profile, &format!("`audit` on `{}`", object.name)))
            .why("who changed what could not be told afterwards")
            .hint("take `audit: {writes: false}` out")
            .acceptable_for(object.name.as_str())
    };
    silent.map(finding).collect()
}

/// Account numbers are not shown whole to people from outside.
fn masks(model: &AccessModel, profile: Profile) -> Vec<Finding> {
    let is_text = |field: &Field| matches!(field.field_type, FieldType::Text | FieldType::LongText);
    let shown = each(model, |persona, object, grant| {
        let outside = persona.who != Who::Internal;
        let mut plain = of_class(object, &[FieldClass::Financial]).filter(|field| is_text(field));
        let plain = plain.find(|field| grant.fields.contains(&field.name) && grant.mask(object, &field.name).is_none());
        plain.filter(|_| outside).map(|field| field.name.clone())
    });
    let finding = |held: &crate::check::grants::Held<'_, FieldName>| {
        let what = format!("`mask` on `{}.{}`, which {} reads whole", held.object.name, held.found, held.who());
        let finding = Finding::error(RULE.id, held.span, asks(profile, &what))
            .why("a number that pays is as good as money")
            .hint("write `mask: last4` at the field, and do not list it as `unmasked` here");
        held.acceptable(finding)
    };
    shown.iter().map(finding).collect()
}
