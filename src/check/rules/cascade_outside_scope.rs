//! Deleting a row would delete or change rows of another table that its author may not delete.
//!
//! ## Why is this bad
//!
//! PostgreSQL follows a foreign key with `ON DELETE CASCADE`, `SET NULL` or `SET DEFAULT` whoever deletes, past every row
//! policy. One click takes the comments, the invoices, the history of others with it.
//!
//! ## Example
//!
//! ```sql
//! CREATE TABLE crm.comments (case_id integer REFERENCES crm.cases ON DELETE CASCADE, …);
//! -- and in the spec: case: {delete: own}, nothing on comments
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case: {delete: own}
//! comment: {read: {scope: parent}, delete: {scope: parent}}     # they go with their case, and that is meant
//! ```

use crate::check::grants::each_write;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Condition, Deletion, Object, Persona, Scope, Write, WriteGrant};
use crate::state::{Dependent, OnDelete};

pub(in crate::check) const RULE: Rule = Rule::live("cascade-outside-scope", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let reaching = each_write(live.model, |persona, object, grant| {
        let deletes = matches!(grant.write, Write::Delete { .. }) && object.deletion == Some(Deletion::Hard);
        let dependents = deletes.then(|| live.relation(&object.table)).flatten().map(|table| &table.dependents);
        dependents?.iter().find(|dependent| !may_go(live, persona, object, dependent)).cloned()
    });
    reaching
        .iter()
        .map(|held| {
            let Dependent { table, on_delete } = &held.found;
            let what = match on_delete {
                OnDelete::Cascade => "delete",
                OnDelete::SetNull | OnDelete::SetDefault => "change",
            };
            let message =
                format!("deleting a `{}` would {what} rows of `{table}`, for {}", held.object.name, held.who());
            let finding = Finding::error(RULE.id, held.span, message)
                .why("the foreign key is followed whoever deletes, past every row policy")
                .hint("grant `delete` with scope `parent` on the object of that table, or delete softly");
            held.acceptable(finding)
        })
        .collect()
}

/// Whether everything that goes with the row is the persona's to delete.
fn may_go(live: &Live<'_>, persona: &Persona, parent: &Object, dependent: &Dependent) -> bool {
    let children = live.model.objects.values().filter(|object| object.table == dependent.table);
    let mut deletes = children.flat_map(|child| {
        let grants = persona.writes.get(&child.name).into_iter().flatten();
        grants.map(move |grant| (child, grant))
    });
    dependent.on_delete == OnDelete::Cascade && deletes.any(|(child, grant)| deletes_all(child, grant, parent))
}

fn deletes_all(child: &Object, grant: &WriteGrant, parent: &Object) -> bool {
    let rows = &grant.rows;
    let all = match rows.scope {
        Scope::Parent => child.parent.as_ref().is_some_and(|link| link.object == parent.name),
        Scope::All => rows.reach.is_none(),
        _ => false,
    };
    let whole = rows.condition == Condition::True && rows.denied.is_empty() && rows.has.is_empty();
    let always = rows.min_tier.is_none() && rows.valid_from.is_none() && rows.valid_until.is_none() && !rows.mfa;
    matches!(grant.write, Write::Delete { .. }) && child.deletion == Some(Deletion::Hard) && all && whole && always
}
