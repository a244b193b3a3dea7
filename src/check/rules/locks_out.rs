//! Row security takes something from a role of the business.
//!
//! A role that was granted access after row security was switched on sees no row: a warning, and the next `apply`
//! mends it. Roles that can no longer use `COPY … FROM` or dump a table are named beforehand, as a remark.
//!
//! ## Why is this bad
//!
//! The business must not notice the portals. A report that is suddenly empty, or a nightly dump that fails, is how
//! it would.
//!
//! ## Example
//!
//! ```sql
//! -- after `portalctl apply`
//! GRANT SELECT ON crm.cases TO reporting;
//! ```
//!
//! ## Use instead
//!
//! Grant, then run `portalctl apply`. A role that dumps tables of others needs BYPASSRLS or runs
//! `pg_dump --enable-row-security`; one that loads by COPY loads with INSERT.

use crate::check::grants::listed;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::Object;
use crate::names::{RoleName, TableName};
use crate::state::{Command, Grantee, Relation};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::check) const RULE: Rule = Rule::live("locks-out", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let exposed = live.exposed();
    let known = exposed.into_iter().filter_map(|(table, object)| Some((table, object, live.relation(table)?)));
    let known = known.filter(|(_, _, relation)| relation.kind.takes_row_security());
    let (on, off): (Vec<_>, Vec<_>) = known.partition(|(_, _, relation)| relation.row_security);
    let mut findings: Vec<Finding> =
        on.into_iter().filter_map(|(table, object, relation)| blind(live, table, object, relation)).collect();
    let mut shut: BTreeMap<RoleName, Vec<(&TableName, &Object)>> = BTreeMap::new();
    for (table, object, _) in off {
        for role in live.state.locked_out(table) {
            shut.entry(role).or_default().push((table, object));
        }
    }
    findings.extend(shut.iter().filter_map(|(role, tables)| beforehand(role, tables)));
    findings
}

/// Roles with privileges for which no permissive policy is.
fn blind(live: &Live<'_>, table: &TableName, object: &Object, relation: &Relation) -> Option<Finding> {
    let switched_on_by_us = relation.policies.values().any(|policy| live.is_marked(policy.marker.as_ref()));
    if !switched_on_by_us {
        return None;
    }
    let seeing: BTreeSet<&Grantee> = relation
        .policies
        .values()
        .filter(|policy| policy.permissive && matches!(policy.command, Command::All | Command::Select))
        .flat_map(|policy| &policy.roles)
        .collect();
    let sees = |role: &RoleName| {
        seeing.contains(&Grantee::Public)
            || inherited(live, role).iter().any(|held| seeing.contains(&Grantee::Role((*held).clone())))
    };
    let blind: Vec<String> = relation
        .privileged_roles
        .iter()
        .filter(|role| !live.is_ours(role) && !sees(role))
        .map(ToString::to_string)
        .collect();
    if blind.is_empty() {
        return None;
    }
    let message = format!("{} may read `{table}` and see no row of it", listed(blind));
    let finding = Finding::warn(RULE.id, object.span, message)
        .why("access was granted after row security was switched on, and no row policy is for them")
        .hint("run `portalctl apply`: it lets every role with access see what it saw");
    Some(finding.acceptable_for(table.to_string()))
}

fn beforehand(role: &RoleName, tables: &[(&TableName, &Object)]) -> Option<Finding> {
    let (_, object) = tables.first()?;
    let names = listed(tables.iter().map(|(table, _)| table.to_string()));
    let message = format!("`{role}` will not be able to `COPY … FROM` or `pg_dump` {names} any more");
    let finding = Finding::info(RULE.id, object.span, message)
        .why("PostgreSQL refuses both on a table with row security, but to its owner and to BYPASSRLS")
        .hint("load with INSERT, dump as the tables' owner or with `--enable-row-security`, or give BYPASSRLS");
    Some(finding.acceptable_for(role.as_str()))
}

/// The role and every role whose privileges and policies are also its own.
fn inherited<'a>(live: &'a Live<'_>, role: &'a RoleName) -> BTreeSet<&'a RoleName> {
    let mut all = BTreeSet::from([role]);
    let mut open = vec![role];
    while let Some(name) = open.pop() {
        let memberships = live.state.roles.get(name).into_iter().flat_map(|role| &role.member_of);
        for (of, _) in memberships.filter(|(_, options)| options.inherit) {
            if all.insert(of) {
                open.push(of);
            }
        }
    }
    all
}
