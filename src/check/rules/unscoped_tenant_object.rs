//! An external audience reads an object that belongs to tenants, and its scope looks past them.
//!
//! ## Why is this bad
//!
//! Scope `public` shows every row, whosever it is. A `where` beside it narrows, but it is not a wall.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: order
//! tenant: account_id
//! # …
//! customer:
//!   grants: {order: {read: {scope: public, fields: [number]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants: {order: {read: [number]}}      # scope `tenant`
//! ```

use crate::check::grants::each;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Scope, Who};

pub(in crate::check) const RULE: Rule = Rule::model("unscoped-tenant-object", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let unscoped = each(model, |persona, object, grant| {
        let past = persona.who == Who::External
            && matches!(grant.rows.scope, Scope::Public | Scope::All)
            && !object.tenant_paths.is_empty();
        past.then_some(())
    });
    unscoped
        .iter()
        .map(|held| {
            let message = format!(
                "`{}` belongs to tenants, and {} {} the rows of all",
                held.object.name,
                held.who(),
                held.verb("reads", "read")
            );
            let mut finding = Finding::error(RULE.id, held.span, message)
                .why("there is no wall between tenants in scope `public`")
                .hint("write `scope: tenant`, or drop the scope");
            if let Some(path) = held.object.tenant_paths.values().next() {
                finding = finding.label(path.span, "the way to its tenant");
            }
            held.acceptable(finding)
        })
        .collect()
}
