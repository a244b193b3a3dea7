//! Somebody may write a field that they cannot read, in a way that tells whether a guess at its value was right.
//!
//! ## Why is this bad
//!
//! A column that is set to the value that it has is not changed. So where another grant of the same audience opens more
//! rows, a statement that sets the field on one of those passes when the guess is right and is refused when it is wrong.
//! And where a field is masked by `hash`, whoever writes it can put guesses into a row of their own and compare the digests.
//! A PIN of four digits falls in seconds, without leaving a trace. Likewise, where `margin` is generated as `amount * cost`, whoever
//! writes `amount` finds the number from which on the product is too large, and so `cost`.
//!
//! ## Example
//!
//! ```yaml
//! person:
//!   read: [name]
//!   update:
//!     - {scope: own, fields: [pin]}
//!     - {scope: tenant, fields: [name]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! person:
//!   read: [name]
//!   update: {scope: own, fields: [pin, name]}
//! ```
//!
//! Grants of the same rows, or of fewer, tell nothing, nor does a field that is read as it is: grant that, where it may be known. A field
//! that some people write and others compare is best kept apart, in an object of its own.

use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{
    AccessModel, Expression, Filling, Mask, Object, ParentNeeds, Persona, Scope, Write, WriteGrant, rows_within,
};
use crate::names::{ColumnName, TableName};
use std::collections::BTreeMap;

pub(in crate::check) const RULE: Rule = Rule::model("guessable-field", check);

/// How a guess is found to be right, and of which column.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Told<'a> {
    AnotherGrant(&'a ColumnName),
    Digest(&'a ColumnName),
    Computing(&'a ColumnName),
}

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut showing = Showing::new();
    for object in model.objects.values() {
        showing.entry(&object.table).or_default().push(object);
    }
    let told = each_write(model, |persona, object, grant| {
        by_another_grant(&showing, persona, object, grant)
            .or_else(|| by_digest(persona, object, grant))
            .or_else(|| by_computing(persona, object, grant))
    });
    told.iter()
        .map(|held| {
            let (column, how, hint) = match held.found {
                Told::AnotherGrant(column) => (
                    column,
                    "setting it to the value that it has is allowed wherever another grant opens the row, and to any other is not",
                    "let both grants be of the same rows, or grant `read` of the field",
                ),
                Told::Digest(column) => (
                    column,
                    "a guess that is written to a row of one's own shows the same digest as another's",
                    "let this audience read the field plainly, or not write it",
                ),
                Told::Computing(column) => (
                    column,
                    "a generated field is computed from it and from what they write: a number that is too large for both tells how large it is",
                    "grant `read` of the field, or let nobody write the others that are computed with it",
                ),
            };
            let name = held.object.field_of(column).map_or(column.as_str(), |field| field.name.as_str());
            let message = format!("{} may find out `{name}` of a `{}` by guessing", held.who(), held.object.name);
            let mut finding = Finding::error(RULE.id, held.span, message).why(how).hint(hint);
            if let Some(field) = held.object.field_of(column) {
                finding = finding.label(field.span, "the field");
            }
            held.acceptable(finding)
        })
        .collect()
}

/// The objects that show each table.
type Showing<'a> = BTreeMap<&'a TableName, Vec<&'a Object>>;

/// A column that the grant changes and its role does not read, where the role changes other columns of other rows.
fn by_another_grant<'a>(
    showing: &Showing<'a>,
    persona: &'a Persona,
    object: &'a Object,
    grant: &'a WriteGrant,
) -> Option<Told<'a>> {
    let read = persona.facets.get(grant.facet)?.reads.get(&object.table);
    let mut hidden = grant.changed(object);
    hidden.retain(|column| !read.is_some_and(|rectangle| rectangle.columns.contains(*column)));
    if hidden.is_empty() {
        return None;
    }
    let of_table = showing.get(&object.table).into_iter().flatten().copied();
    let of_role: Vec<(&Object, &WriteGrant)> = of_table
        .filter_map(|other| Some((other, persona.writes.get(&other.name)?)))
        .flat_map(|(other, grants)| grants.iter().map(move |grant| (other, grant)))
        .filter(|(other, held)| held.facet == grant.facet && !held.changed(other).is_empty())
        .collect();
    let column = hidden.into_iter().find(|column| {
        let covers = |one: &(&Object, &WriteGrant)| one.1.changed(one.0).contains(column);
        let covering: Vec<(&Object, &WriteGrant)> = of_role.iter().copied().filter(covers).collect();
        let tells = |one: &(&Object, &WriteGrant)| !covering.iter().any(|cover| is_within(*one, *cover));
        of_role.iter().any(|one| tells(one) && !reads(persona, *one, column))
    });
    column.map(Told::AnotherGrant)
}

/// Whether the persona, as whichever of its roles, reads the column as it is of all these rows.
fn reads(persona: &Persona, (object, grant): (&Object, &WriteGrant), column: &ColumnName) -> bool {
    let Some(field) = object.field_of(column) else { return false };
    let mut reads = persona.reads.get(&object.name).into_iter().flatten();
    reads.any(|read| {
        let plain = read.fields.contains(&field.name) && read.mask(object, &field.name).is_none();
        plain && rows_within(&grant.rows, &read.rows)
    })
}

/// Whether every row of the one grant is one of the other's, as far as can be seen.
fn is_within((of, narrow): (&Object, &WriteGrant), (other, wide): (&Object, &WriteGrant)) -> bool {
    let needs = |grant: &WriteGrant| match &grant.write {
        Write::Update { parent, .. } | Write::Transition { parent, .. } => *parent,
        _ => ParentNeeds::Update,
    };
    let parents = wide.rows.scope != Scope::Parent || needs(narrow) == needs(wide) || needs(wide) == ParentNeeds::Read;
    // What a move is of stands in its states besides its rows, so only an update covers all of its rows.
    let whole = !matches!(wide.write, Write::Transition { .. }) || std::ptr::eq(narrow, wide);
    of.name == other.name && parents && whole && rows_within(&narrow.rows, &wide.rows)
}

/// A column that the grant writes, and that the persona sees by its digest.
fn by_digest<'a>(persona: &'a Persona, object: &'a Object, grant: &'a WriteGrant) -> Option<Told<'a>> {
    let is_hashed = |column: &&ColumnName| {
        let mut read = persona.facets.iter().filter_map(|facet| facet.reads.get(&object.table));
        read.any(|rectangle| rectangle.masked.get(*column) == Some(&Mask::Hash))
    };
    let written = match &grant.write {
        Write::Create(_) => grant.inserted(object),
        _ => grant.changed(object),
    };
    written.into_iter().find(is_hashed).map(Told::Digest)
}

/// A column that is computed with one that the grant changes, and that its role does not read of these rows.
fn by_computing<'a>(persona: &'a Persona, object: &'a Object, grant: &'a WriteGrant) -> Option<Told<'a>> {
    let changed = grant.changed(object);
    let columns = object.managed.as_ref()?.columns.values();
    let computed = columns.filter_map(|column| match &column.filled {
        Some(Filling::Generated(expression)) => Some(expression),
        _ => None,
    });
    let with_changed = computed.filter(|expression| expression.columns().any(|column| changed.contains(column)));
    let mut others = with_changed.flat_map(Expression::columns);
    others.find(|column| !changed.contains(*column) && !reads(persona, (object, grant), column)).map(Told::Computing)
}
