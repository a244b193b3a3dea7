//! Somebody may write what access is read from: who people are, what they are assigned or shared, how long a row is open.
//!
//! ## Why is this bad
//!
//! Portals read from the business's tables who may sign in, for which tenant, at which tier, and which rows are assigned to or
//! shared with whom. Whoever may write those columns gives access, to themselves first. The same holds for a field that a grant
//! compares with one's tier or with the time, and for the rows of another object that `has` asks for.
//!
//! ## Example
//!
//! ```yaml
//! people:
//!   - {from_table: crm.contacts, email: email, audience: {column: role, values: {…}}, …}
//! # … granted to customers
//! contact: {update: [phone, role]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! contact: {update: [phone]}
//! ```
//!
//! Staff administer customers, so what concerns external people alone is theirs to write. Rows of a link table are better
//! written by a `share` grant. Where it is meant, as when customers register a product to read its guides, accept it.

use crate::check::claims::{Claim, claims};
use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{
    AccessModel, Condition, Object, Persona, ReadGrant, Scope, TenantReach, TierBound, TimeBound, Who, Write,
    WriteGrant,
};
use crate::names::{FieldName, ObjectName, PersonaName};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::check) const RULE: Rule = Rule::model("self-granted-access", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut decisive: BTreeMap<_, Vec<Claim<'_>>> = BTreeMap::new();
    for claim in claims(model) {
        decisive.entry((claim.table, claim.column.clone())).or_default().push(claim);
    }
    let asked = asked(model);
    let open = each_write(model, |persona, object, grant| {
        let written = written(object, &grant.write);
        let of_people = written.iter().find_map(|name| {
            let column = &object.fields.get(*name)?.column;
            let mut here = decisive.get(&(&object.table, column.clone())).into_iter().flatten();
            let claim = here.find(|claim| concerns(persona, claim));
            claim.map(|claim| ((*name).clone(), claim.decides.to_owned()))
        });
        of_people.or_else(|| of_rows(&asked, persona, object, grant, &written))
    });
    open.iter()
        .map(|held| {
            let (field, decides) = &held.found;
            let message =
                format!("{} may write `{field}` of `{}`, which decides {decides}", held.who(), held.object.name);
            let finding = Finding::error(RULE.id, held.span, message)
                .why("whoever writes what access is read from gives access, to themselves first")
                .hint(format!("take `{field}` out"));
            held.acceptable(finding)
        })
        .collect()
}

fn written<'g>(object: &'g Object, write: &'g Write) -> Vec<&'g FieldName> {
    match write {
        Write::Create(create) => create.fields.iter().collect(),
        Write::Update { fields, .. } => fields.iter().collect(),
        Write::Transition { field, .. } => vec![field],
        Write::Assign { column, .. } => object.field_of(column).map(|field| &field.name).into_iter().collect(),
        Write::Delete { .. } | Write::Share(_) | Write::Files(_) | Write::Export { .. } => Vec::new(),
    }
}

/// Staff say who customers are; who staff are, and which tenants they meet, is not theirs to say.
fn concerns(persona: &Persona, claim: &Claim<'_>) -> bool {
    persona.who != Who::Internal || claim.of_staff || (claim.of_reach && persona.tenants == TenantReach::Assigned)
}

/// A field that one of the persona's own read grants holds against something.
fn of_rows(
    asked: &Asked<'_>,
    persona: &Persona,
    object: &Object,
    grant: &WriteGrant,
    written: &[&FieldName],
) -> Option<(FieldName, String)> {
    let elsewhere = asked.get(&(&persona.name, &object.name));
    if let Some(name) = written.iter().find(|name| elsewhere.is_some_and(|fields| fields.contains(*name))) {
        return Some(((*name).clone(), "which rows of another object they read".to_owned()));
    }
    // A row that is new is one's own to open.
    let Write::Update { .. } = &grant.write else { return None };
    let reads = persona.reads.get(&object.name)?;
    let bounded = reads.iter().flat_map(bounds).collect::<BTreeSet<_>>();
    let name = written.iter().find(|name| bounded.contains(*name) && !is_seen_anyway(reads, grant, name))?;
    Some(((*name).clone(), "how long, or from which tier, they read the row".to_owned()))
}

/// The fields of an object by which a persona reads rows of others.
type Asked<'a> = BTreeMap<(&'a PersonaName, &'a ObjectName), BTreeSet<&'a FieldName>>;

fn asked(model: &AccessModel) -> Asked<'_> {
    let mut asked = Asked::new();
    for persona in model.personas.values() {
        for (reader, reads) in &persona.reads {
            for has in reads.iter().flat_map(|read| &read.rows.has).filter(|has| &has.object != reader) {
                let fields = asked.entry((&persona.name, &has.object)).or_default();
                fields.extend(has.matches.iter().map(|(field, _)| field));
            }
        }
    }
    asked
}

fn bounds(read: &ReadGrant) -> impl Iterator<Item = &FieldName> {
    let tier = match &read.rows.min_tier {
        Some(TierBound::RowField(field)) => Some(field),
        _ => None,
    };
    let from = field_of(read.rows.valid_from.as_ref());
    let until = field_of(read.rows.valid_until.as_ref());
    tier.into_iter().chain(from).chain(until)
}

fn field_of(bound: Option<&TimeBound>) -> Option<&FieldName> {
    match bound {
        Some(TimeBound::Field(field)) => Some(field),
        _ => None,
    }
}

/// Whether another read grant shows the rows whatever the field says.
fn is_seen_anyway(reads: &[ReadGrant], grant: &WriteGrant, name: &FieldName) -> bool {
    reads.iter().any(|read| {
        let (rows, written) = (&read.rows, &grant.rows);
        let unbound = !bounds(read).any(|bound| bound == name);
        let around = (rows.scope, &rows.path) == (written.scope, &written.path)
            || matches!(rows.scope, Scope::Public | Scope::All);
        unbound && around && (rows.condition == Condition::True || rows.condition == written.condition)
    })
}
