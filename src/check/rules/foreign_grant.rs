//! A role of this project holds something that portalctl did not give it, or somebody else acts as it.
//!
//! Privileges on tables are a warning: the next `apply` takes them back.
//!
//! ## Why is this bad
//!
//! A persona holds exactly what the spec grants. A privilege or a membership beside it is access that no review of
//! the spec would show.
//!
//! ## Example
//!
//! ```sql
//! GRANT acme__owner TO reporting;
//! GRANT EXECUTE ON FUNCTION crm.export_everything() TO acme__support__customer;
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! REVOKE acme__owner FROM reporting;
//! REVOKE EXECUTE ON FUNCTION crm.export_everything() FROM acme__support__customer;
//! ```

use crate::check::grants::listed;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::names::{ColumnName, RoleName, TableName};
use crate::state::{Acl, Grantee, Privilege, Relation};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::check) const RULE: Rule = Rule::live("foreign-grant", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let at = live.model.portals.values().map(|portal| portal.span).min();
    let mut findings: Vec<Finding> = memberships(live, at);
    findings.extend(functions(live, at));
    // After a change of the documents what is too much may be what they granted before; the plan takes it back.
    if live.state.applied_spec.as_ref().is_some_and(|applied| *applied != live.model.spec_hash) {
        return findings;
    }
    let exposed = live.exposed();
    for (name, relation) in &live.state.relations {
        let at = exposed.get(name).map(|object| object.span).or(at);
        findings.extend(privileges(live, name, relation, at));
    }
    findings
}

/// Somebody who can act as a role of ours. A superuser can do so anyway, and who may only pass a role on (as whoever
/// created it may) cannot use it.
fn memberships(live: &Live<'_>, at: Option<Span>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, role) in &live.state.roles {
        for (of, _) in role.member_of.iter().filter(|(_, options)| options.inherit || options.set) {
            let (theirs, ours) = (live.is_ours(name), live.is_ours(of));
            let foreign = if theirs { !ours } else { ours && !role.superuser && !role.create_role };
            if foreign {
                findings.push(
                    Finding::error(
                        RULE.id,
                        at,
                        format!("`{name}` is a member of `{of}`, which portalctl did not make so"),
                    )
                    .why("whoever is a member of a role has what the role has")
                    .hint(format!("`REVOKE {of} FROM {name}`"))
                    .acceptable_for(name.as_str()),
                );
            }
        }
    }
    findings
}

/// Functions with their owner's rights outside the control schema.
fn functions(live: &Live<'_>, at: Option<Span>) -> Vec<Finding> {
    let control = &live.model.project.control_schema;
    let foreign = live.state.functions.iter().filter(|(name, _)| name.schema != *control);
    foreign
        .filter_map(|(name, function)| {
            let held = function.acl.0.iter().filter(|(_, held)| held.contains(Privilege::Execute));
            let roles = held.filter_map(|(grantee, _)| ours(live, grantee)).map(ToString::to_string);
            let roles: Vec<String> = roles.collect();
            let first = roles.first()?.clone();
            let message = format!("{} may call `{name}`, which runs with its owner's rights", listed(roles));
            let finding = Finding::error(RULE.id, at, message)
                .why("what it returns or changes is behind no grant and no row policy")
                .hint(format!("`REVOKE EXECUTE ON FUNCTION {} FROM {first}`", name.sql()));
            Some(finding.acceptable_for(name.to_string()))
        })
        .collect()
}

fn ours<'g>(live: &Live<'_>, grantee: &'g Grantee) -> Option<&'g RoleName> {
    match grantee {
        Grantee::Role(role) if live.is_ours(role) => Some(role),
        _ => None,
    }
}

/// What personas hold on a table beside the columns of their facets. What the roles of the project itself hold,
/// which are no personas, `apply` compares.
fn privileges(live: &Live<'_>, name: &TableName, relation: &Relation, at: Option<Span>) -> Vec<Finding> {
    let mut more: BTreeMap<&RoleName, BTreeSet<String>> = BTreeMap::new();
    let given = given(live, name);
    let mut gather = |acl: &Acl, column: Option<&ColumnName>| {
        for (grantee, held) in &acl.0 {
            let Grantee::Role(role) = grantee else { continue };
            let Some((role, granted)) = given.get_key_value(role) else { continue };
            for one in held.iter().filter(|one| !granted.contains(&(*one, column))) {
                let of = column.map(|column| format!(" ({column})")).unwrap_or_default();
                more.entry(role).or_default().insert(format!("{one}{of}"));
            }
        }
    };
    gather(&relation.acl, None);
    relation.column_acl.iter().for_each(|(column, acl)| gather(acl, Some(column)));
    more.into_iter()
        .map(|(role, held)| {
            let held: Vec<String> = held.into_iter().collect();
            let message = format!("`{role}` holds {} on `{name}`, beside what the spec grants", held.join(", "));
            Finding::warn(RULE.id, at, message)
                .why("access that no review of the spec would show")
                .hint("`portalctl apply` takes it back; find out who gave it")
                .acceptable_for(name.to_string())
        })
        .collect()
}

/// Privileges, each with its column or for the whole table.
type Given<'a> = BTreeSet<(Privilege, Option<&'a ColumnName>)>;

/// What the spec grants every facet on a table.
fn given<'a>(live: &Live<'a>, name: &TableName) -> BTreeMap<&'a RoleName, Given<'a>> {
    let mut given: BTreeMap<&RoleName, Given<'a>> = BTreeMap::new();
    for persona in live.model.personas.values() {
        for facet in &persona.facets {
            // What has no row policies is read through a view, by a privilege on that alone.
            let guarded = live.relation(name).is_some_and(|relation| relation.kind.takes_row_security());
            let reads = facet.reads.get(name).filter(|_| guarded);
            let columns = reads.into_iter().flat_map(|rectangle| &rectangle.columns);
            given.entry(&facet.role).or_default().extend(columns.map(|column| (Privilege::Select, Some(column))));
        }
        let objects = persona.writes.iter().filter_map(|(name, grants)| Some((live.model.objects.get(name)?, grants)));
        for (object, grants) in objects.filter(|(object, _)| object.table == *name) {
            for grant in grants {
                let Some(facet) = persona.facets.get(grant.facet) else { continue };
                let held = given.entry(&facet.role).or_default();
                held.extend(grant.inserted(object).into_iter().map(|column| (Privilege::Insert, Some(column))));
                held.extend(grant.changed(object).into_iter().map(|column| (Privilege::Update, Some(column))));
                held.extend(grant.removes(object).then_some((Privilege::Delete, None)));
            }
        }
    }
    given
}
