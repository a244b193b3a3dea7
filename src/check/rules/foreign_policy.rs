//! A row policy that portalctl did not make decides what personas see of an exposed table.
//!
//! Policies for the business's own roles are left alone. One for PUBLIC, or for a role of this project, counts.
//!
//! ## Why is this bad
//!
//! Permissive policies add up: a row that any one of them shows is shown. One that was left behind, or was written
//! without `TO`, opens the table to every persona. A restrictive one hides rows that the spec grants.
//!
//! ## Example
//!
//! ```sql
//! CREATE POLICY everybody ON crm.cases USING (true);
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! DROP POLICY everybody ON crm.cases;
//! CREATE POLICY app_reads ON crm.cases TO crm_app USING (true);
//! ```

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::Object;
use crate::names::{Ident, TableName};
use crate::state::{Grantee, RowPolicy};

pub(in crate::check) const RULE: Rule = Rule::live("foreign-policy", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    live.exposed()
        .into_iter()
        .filter_map(|(table, object)| Some((table, object, live.relation(table)?)))
        .flat_map(|(table, object, relation)| {
            let foreign = relation.policies.iter().filter(|(_, policy)| !live.is_marked(policy.marker.as_ref()));
            foreign.filter_map(move |(name, policy)| one(live, table, object, name, policy))
        })
        .collect()
}

fn one(live: &Live<'_>, table: &TableName, object: &Object, name: &str, policy: &RowPolicy) -> Option<Finding> {
    let grantee = policy.roles.iter().find(|grantee| live.reaches_us(grantee))?;
    let whom = match grantee {
        Grantee::Public => "everybody".to_owned(),
        Grantee::Role(role) => format!("`{role}`"),
    };
    let message = format!("the row policy `{name}` on `{table}` is for {whom}, and portalctl did not make it");
    let why = if policy.permissive {
        "permissive policies add up: a row that any one of them shows is shown"
    } else {
        "a restrictive policy hides rows that the spec grants"
    };
    let hint = format!("`ALTER POLICY {} ON {} TO` the roles that need it, or drop it", Ident::new(name), table.sql());
    Some(Finding::error(RULE.id, object.span, message).why(why).hint(hint).acceptable_for(table.to_string()))
}
