//! People outside read an object that has drafts, without a `where` that keeps drafts back.
//!
//! ## Why is this bad
//!
//! Where rows are drafted, reviewed and then published, what is not published yet is not meant for the readers: prices of
//! next year, an answer that legal has not seen, a report with wrong figures. A grant without a condition on the state shows
//! a row from the moment it exists.
//!
//! Drafts that people outside write themselves, or move on, are theirs and not meant here.
//!
//! ## Example
//!
//! ```yaml
//! # in the object: state: [draft, published, withdrawn]
//! customer:
//!   grants: {article: {read: {scope: public, fields: [title, body]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants: {article: {read: {scope: public, where: {state: published}, fields: [title, body]}}}
//! ```

use crate::check::grants::{Writers, each};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Condition, Field, FieldType, Object, ReadGrant, Scope, Who, Write};

pub(in crate::check) const RULE: Rule = Rule::model("draft-exposed", check);

/// Values that say that a row is not meant for its readers yet.
const UNPUBLISHED: &[&str] = &["draft", "in_review", "review", "unpublished", "not_published"];

fn check(model: &AccessModel) -> Vec<Finding> {
    let writers = Writers::of(model);
    let open = each(model, |persona, object, grant| {
        let (field, state) = drafted(object)?;
        let outside = persona.who != Who::Internal && !persons_own(grant);
        (outside && !asks(grant, field) && !are_written_outside(&writers, object, state))
            .then(|| (field.name.clone(), field.span, state))
    });
    open.iter()
        .map(|held| {
            let (field, at, state) = &held.found;
            let message = format!(
                "{} {} rows of `{}` whose `{field}` is `{state}`",
                held.who(),
                held.verb("reads", "read"),
                held.object.name
            );
            let finding = Finding::error(RULE.id, held.span, message)
                .why("a row is shown from the moment it exists, before anybody meant it for its readers")
                .label(*at, format!("`{state}` is one of its values"))
                .hint(format!("say which rows are meant: `where: {{{field}: …}}`"));
            held.acceptable(finding)
        })
        .collect()
}

/// The field by which rows are drafts, and the value that says so.
fn drafted(object: &Object) -> Option<(&Field, &'static str)> {
    object.fields.values().find_map(|field| {
        let FieldType::Enum(values) = &field.field_type else { return None };
        let draft = UNPUBLISHED.iter().find(|word| values.iter().any(|value| value == *word))?;
        Some((field, *draft))
    })
}

/// Rows that somebody picked for the reader, one by one.
fn persons_own(grant: &ReadGrant) -> bool {
    matches!(grant.rows.scope, Scope::None | Scope::Own | Scope::Reports | Scope::Parent)
}

/// Whether people outside make such rows, change them, or move them on.
fn are_written_outside(writers: &Writers<'_>, object: &Object, state: &str) -> bool {
    let mut outside = writers.on(object).filter(|(persona, _)| persona.who == Who::External);
    outside.any(|(_, grant)| match &grant.write {
        Write::Create(_) | Write::Update { .. } => true,
        Write::Transition { moves, .. } => moves.contains_key(state),
        _ => false,
    })
}

fn asks(grant: &ReadGrant, field: &Field) -> bool {
    let denied = grant.rows.denied.iter().map(|deny| &deny.condition);
    std::iter::once(&grant.rows.condition).chain(denied).flat_map(Condition::tests).any(|test| test.field == field.name)
}
