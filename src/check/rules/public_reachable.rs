//! Something in a database schema that portals open is within reach of everybody.
//!
//! Personas may use the database schemas of their tables. What PUBLIC may do there, they may do too.
//!
//! ## Why is this bad
//!
//! A function that runs with its owner's rights, or a table that everybody may read, is a way around every grant
//! and row policy: a persona that may see three columns of its own rows calls the function and reads them all.
//!
//! ## Example
//!
//! ```sql
//! CREATE FUNCTION crm.find_contact(text) RETURNS SETOF crm.contacts SECURITY DEFINER …;   -- EXECUTE for PUBLIC
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! REVOKE EXECUTE ON FUNCTION crm.find_contact(text) FROM PUBLIC;
//! GRANT EXECUTE ON FUNCTION crm.find_contact(text) TO crm_app;
//! ```
//!
//! Where it is meant for everybody, accept it by its name, as the finding writes it.

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::names::TableName;
use crate::state::{FunctionName, Grantee, Privilege, Relation, RelationKind};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::live("public-reachable", check);

/// What PUBLIC may hold without anyone learning or changing anything by it.
const HARMLESS: [Privilege; 2] = [Privilege::References, Privilege::Trigger];

fn check(live: &Live<'_>) -> Vec<Finding> {
    let open = live.open_schemas();
    let control = &live.model.project.control_schema;
    let here = |schema| open.get(schema).filter(|_| schema != control).copied();
    let relations = live.state.relations.iter().filter_map(|(name, relation)| {
        let span = here(&name.schema)?;
        of_relation(relation).map(|held| table(name, relation, &held, span))
    });
    let functions = live.state.functions.iter().filter_map(|(name, function)| {
        let span = here(&name.schema)?;
        let reachable = function.security_definer && function.acl.has(&Grantee::Public, Privilege::Execute);
        reachable.then(|| self::function(name, span))
    });
    relations.chain(functions).collect()
}

/// The privileges of PUBLIC on the table or some column of it.
fn of_relation(relation: &Relation) -> Option<Vec<String>> {
    let acls = relation.column_acl.values().chain([&relation.acl]);
    let held: BTreeSet<Privilege> =
        acls.filter_map(|acl| acl.0.get(&Grantee::Public)).flat_map(|held| held.iter()).collect();
    let held: Vec<String> = held.iter().filter(|one| !HARMLESS.contains(one)).map(ToString::to_string).collect();
    (!held.is_empty()).then_some(held)
}

fn table(name: &TableName, relation: &Relation, held: &[String], span: Span) -> Finding {
    let what = match relation.kind {
        RelationKind::View | RelationKind::MaterializedView => "view",
        _ => "table",
    };
    let held = held.join(", ");
    Finding::error(RULE.id, span, format!("everybody holds {held} on the {what} `{name}`, and so does every persona"))
        .why("what PUBLIC may do in a database schema that portals open, every visitor may do")
        .hint(format!("`REVOKE {held} ON {} FROM PUBLIC` and grant it to the roles that need it", name.sql()))
        .acceptable_for(name.to_string())
}

fn function(name: &FunctionName, span: Span) -> Finding {
    let message = format!("every persona may call `{name}`, which runs with its owner's rights");
    Finding::error(RULE.id, span, message)
        .why("what it returns or changes is behind no grant and no row policy")
        .hint(format!("`REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC` and grant it to the roles that need it", name.sql()))
        .acceptable_for(name.to_string())
}
