//! A view over an exposed table reads it with its owner's rights, and a persona may read the view.
//!
//! A view that only the business's own roles may read is a remark: those roles read as they did before. One that is an
//! object itself is read through a view of the control schema, and is meant.
//!
//! ## Why is this bad
//!
//! Row policies ask who reads the table. Through such a view it is the view's owner, who passes them all; even
//! FORCE does not change that where the owner is a superuser.
//!
//! ## Example
//!
//! ```sql
//! CREATE VIEW crm.open_cases AS SELECT * FROM crm.cases WHERE status = 'open';
//! GRANT SELECT ON crm.open_cases TO PUBLIC;
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER VIEW crm.open_cases SET (security_invoker = true);
//! REVOKE SELECT ON crm.open_cases FROM PUBLIC;
//! ```

use crate::check::grants::listed;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::Object;
use crate::names::TableName;
use crate::state::{Privilege, Relation, RelationKind};
use std::collections::BTreeMap;

pub(in crate::check) const RULE: Rule = Rule::live("definer-view", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let exposed = live.exposed();
    live.state.relations.iter().filter_map(|(name, view)| one(live, &exposed, name, view)).collect()
}

fn one(live: &Live<'_>, exposed: &BTreeMap<&TableName, &Object>, name: &TableName, view: &Relation) -> Option<Finding> {
    let passes = match view.kind {
        RelationKind::View => !view.security_invoker,
        RelationKind::MaterializedView => true,
        _ => false,
    };
    if !passes || name.schema == live.model.project.control_schema {
        return None;
    }
    let read: Vec<&TableName> = view.reads.iter().filter(|table| exposed.contains_key(*table)).collect();
    let object = exposed.get(*read.first()?)?;
    let tables = listed(read.iter().map(ToString::to_string));
    let acls = view.column_acl.values().chain([&view.acl]);
    let reachable = acls.flat_map(|acl| &acl.0).any(|(grantee, held)| {
        live.reaches_persona(grantee)
            && held.iter().any(|one| !matches!(one, Privilege::References | Privilege::Trigger))
    });
    let message = format!("the view `{name}` reads {tables} past the row policies, with its owner's rights");
    if !reachable && exposed.contains_key(name) {
        // It is an object itself, so its rows are held by a view of ours.
        return None;
    }
    let finding = if reachable {
        Finding::error(RULE.id, object.span, message).why("a persona may read it, and sees the rows of every tenant")
    } else {
        Finding::info(RULE.id, object.span, message)
            .why("no persona may read it; whoever grants it to one opens the table")
    };
    let hint = match view.kind {
        RelationKind::View => format!("`ALTER VIEW {} SET (security_invoker = true)`", name.sql()),
        _ => format!("grant `{name}` to no persona and not to PUBLIC"),
    };
    Some(finding.hint(hint).acceptable_for(name.to_string()))
}
