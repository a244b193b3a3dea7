//! People outside reach rows by who they are, and rows of another tenant are among them.
//!
//! ## Why is this bad
//!
//! Scope `own` goes by the owner column alone. Where a table of the business says of which tenant somebody is, whoever changes
//! employers keeps their key, and with it, in their new tenant's portal, the cases and deals that they once wrote for the old one.
//!
//! People whom somebody invited have a key of their own account, which no other account is given, and a place at each tenant that
//! somebody gave them: their own rows stay theirs, and no finding says so. A row that stands for the person, whose key is the owner column, is left out: it says itself which tenant one is of. So are rows that reach
//! their tenant or their owner through a parent alone, which no test of their own can hold to it, and rows that were assigned to
//! somebody or shared: there, somebody decided.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: case
//! tenant: account_id
//! owner: created_by
//! fields: {subject: text, company: {type: tenant, column: account_id}}
//! # … granted
//! customer:
//!   grants: {case: {read: {scope: own, fields: [subject]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants: {case: {read: {scope: own, where: {company: $tenant}, fields: [subject]}}}
//! ```
//!
//! Where a row is meant for whoever it names, wherever they are, accept the finding and say so.

use crate::check::grants::{each, each_write};
use crate::check::references::operands;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{
    AccessModel, Comparison, Condition, Object, OwnerPath, PeopleSource, Persona, Rows, Scope, Test, Value, Who, Write,
};
use crate::names::{FieldName, KeyName};

pub(in crate::check) const RULE: Rule = Rule::model("own-over-tenant", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let over = |persona: &Persona, object: &Object, rows: &Rows| over(model, persona, object, rows);
    let reads = each(model, |persona, object, grant| over(persona, object, &grant.rows));
    let writes = each_write(model, |persona, object, grant| match &grant.write {
        // A new row is given its tenant, and what is taken away is what is read.
        Write::Create(_) | Write::Export { .. } => None,
        _ => over(persona, object, &grant.rows),
    });
    reads
        .iter()
        .chain(&writes)
        .map(|held| {
            let (scope, field) = &held.found;
            let object = &held.object.name;
            let message = format!(
                "{} reach rows of `{object}` by `{}`, those of other tenants as well",
                held.who(),
                scope.word()
            );
            let hint = match field {
                Some(field) => format!("say that they are the tenant's, too: `where: {{{field}: $tenant}}`"),
                None => format!(
                    "give `{object}` a field for its tenant's column, and write `where: {{…: $tenant}}` with it"
                ),
            };
            let finding = Finding::warn(RULE.id, held.span, message)
                .why("whoever moves to another tenant takes along what they reach by who they are")
                .hint(hint);
            held.acceptable(finding)
        })
        .collect()
}

/// The scope that looks past tenants, and the field that would hold it to one.
fn over(model: &AccessModel, persona: &Persona, object: &Object, rows: &Rows) -> Option<(Scope, Option<FieldName>)> {
    let by_person = matches!(rows.scope, Scope::Own | Scope::Reports);
    let key = key_of_owner(object, rows)?;
    let moves = |source: &PeopleSource| source.tenant.is_some() && source.keys.contains_key(key);
    if persona.who != Who::External || !by_person || is_held(rows) || !model.people.iter().any(moves) {
        return None;
    }
    let own = persona.tenant_kind.as_ref();
    let mut direct = object.direct_tenants().filter(|(kind, _)| kind.is_none() || own.is_none() || *kind == own);
    let (_, column) = direct.next()?;
    Some((rows.scope, object.field_of(column).map(|field| field.name.clone())))
}

/// Whether a test holds the rows to the tenant's.
fn is_held(rows: &Rows) -> bool {
    let names_tenant =
        |comparison: &Comparison<Value>| operands(comparison).all(|value| matches!(value, Value::Tenant { .. }));
    let parts = match &rows.condition {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let holds = |part: &Condition| {
        matches!(part, Condition::Test(Test { comparison: comparison @ (Comparison::Eq(_) | Comparison::In(_)), .. })
            if names_tenant(comparison))
    };
    let keeps_out = |condition: &Condition| {
        matches!(condition, Condition::Test(Test { comparison: comparison @ (Comparison::Ne(_) | Comparison::NotIn(_)), .. })
            if names_tenant(comparison))
    };
    parts.iter().any(holds) || rows.denied.iter().any(|deny| keeps_out(&deny.condition))
}

/// By which key the row itself names who owns it, where it is not the row of that person.
fn key_of_owner<'o>(object: &'o Object, rows: &Rows) -> Option<&'o KeyName> {
    match rows.path.as_ref().and_then(|path| object.owners.get(path)) {
        Some(OwnerPath::Column(user)) if object.key != [user.column.clone()] => Some(&user.key),
        _ => None,
    }
}
