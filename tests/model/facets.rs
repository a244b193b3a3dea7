//! Facets show exactly the cells that the grants give: every one of them, and never one more.

use crate::project::good;
use portalctl::model::{Comparison, Condition, Persona, ReadGrant, Test, Value};
use portalctl::names::{ColumnName, FieldName, PersonaName};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const FIELDS: [&str; 5] = ["a", "b", "c", "d", "e"];
const SCOPES: [&str; 4] = ["own", "reports", "tenant", "tenant_tree"];

/// A grant as a spec could write it: scope, fields, and which of three flags must be set.
#[derive(Debug, Clone)]
struct Written {
    scope: usize,
    fields: BTreeSet<usize>,
    flags: BTreeSet<usize>,
}

/// A deny: some fields or the row, where a flag is set or always.
#[derive(Debug, Clone)]
struct Denied {
    fields: Option<BTreeSet<usize>>,
    flag: Option<usize>,
}

/// What matters of a row: the scopes it is in, closed upward as own rows are reports' rows, and its flags.
struct Row {
    scopes: BTreeSet<usize>,
    flags: BTreeSet<usize>,
}

fn every_row() -> impl Iterator<Item = Row> {
    (0..32_usize).flat_map(|bits| {
        let set = |bit: usize| bits & (1 << bit) != 0;
        let flags: BTreeSet<usize> = (0..3).filter(|flag| set(*flag)).collect();
        // Neither the owner nor the tenant, one of them, or both; directly or at a distance.
        let mut scopes = vec![BTreeSet::new(), BTreeSet::from([1]), BTreeSet::from([3]), BTreeSet::from([1, 3])];
        if set(3) {
            scopes.iter_mut().filter(|scopes| scopes.contains(&1)).for_each(|scopes| scopes.extend([0]));
        }
        if set(4) {
            scopes.iter_mut().filter(|scopes| scopes.contains(&3)).for_each(|scopes| scopes.extend([2]));
        }
        scopes.into_iter().map(move |scopes| Row { scopes, flags: flags.clone() })
    })
}

fn spec(grants: &[Written], denies: &[Denied]) -> String {
    let mut text = "\
version: 1
kind: project
name: p
people: [{from_table: s.u, keys: {k: id}, email: e, tenant: t, reports_to: r, audience: p/a}]
---
kind: object
name: o
table: s.o
tenant: t
owner: u
fields: {a: text, b: text, c: text, d: text, e: text, f0: boolean, f1: boolean, f2: boolean}
---
kind: portal
name: p
audiences:
  a:
"
    .to_owned();
    let names = |fields: &BTreeSet<usize>| fields.iter().map(|at| FIELDS[*at]).collect::<Vec<_>>().join(", ");
    text.push_str("    grants:\n      o:\n        read:\n");
    for grant in grants {
        let flags: Vec<_> = grant.flags.iter().map(|flag| format!("f{flag}: true")).collect();
        let filter = if flags.is_empty() { String::new() } else { format!(", where: {{{}}}", flags.join(", ")) };
        let _ = writeln!(
            text,
            "          - {{scope: {}, fields: [{}]{filter}}}",
            SCOPES[grant.scope],
            names(&grant.fields)
        );
    }
    // One deny per object and place: a set for each.
    if !denies.is_empty() {
        let sets: Vec<_> = (0..denies.len()).map(|at| format!("deny{at}")).collect();
        let _ = writeln!(text, "    permission_sets: [{}]", sets.join(", "));
    }
    for (at, deny) in denies.iter().enumerate() {
        let fields = deny.fields.as_ref().map(|fields| format!("fields: [{}]", names(fields)));
        let filter = deny.flag.map(|flag| format!("where: {{f{flag}: true}}"));
        let parts: Vec<_> = fields.into_iter().chain(filter).collect();
        let _ = writeln!(
            text,
            "---\nkind: permission_set\nname: deny{at}\ngrants: {{}}\ndeny: {{o: {{{}}}}}",
            parts.join(", ")
        );
    }
    text
}

/// Whether `row` is among the rows of a resolved grant.
fn holds(grant: &ReadGrant, row: &Row) -> bool {
    let scope =
        ["own", "reports", "tenant", "tenant_tree"].iter().position(|word| *word == grant.rows.scope.word()).unwrap();
    row.scopes.contains(&scope)
        && condition(&grant.rows.condition, row)
        && grant.rows.denied.iter().all(|deny| !condition(&deny.condition, row))
}

fn condition(condition: &Condition, row: &Row) -> bool {
    match condition {
        Condition::True => true,
        Condition::All(parts) => parts.iter().all(|part| self::condition(part, row)),
        Condition::Any(parts) => parts.iter().any(|part| self::condition(part, row)),
        Condition::Test(Test { field, comparison }) => {
            let flag: usize = field.as_str()[1..].parse().unwrap();
            assert_eq!(*comparison, Comparison::Eq(Value::Boolean(true)));
            row.flags.contains(&flag)
        }
    }
}

/// The columns of a row that the spec gives, computed from what was written.
fn wanted(grants: &[Written], denies: &[Denied], row: &Row) -> BTreeSet<ColumnName> {
    let gives = |grant: &&Written| row.scopes.contains(&grant.scope) && grant.flags.is_subset(&row.flags);
    let denied = |field: usize| {
        denies.iter().any(|deny| {
            deny.fields.as_ref().is_none_or(|fields| fields.contains(&field))
                && deny.flag.is_none_or(|flag| row.flags.contains(&flag))
        })
    };
    let fields: BTreeSet<usize> = grants.iter().filter(gives).flat_map(|grant| &grant.fields).copied().collect();
    fields.into_iter().filter(|field| !denied(*field)).map(|field| ColumnName::new(FIELDS[field])).collect()
}

/// The columns of a row that some facet shows.
fn shown(persona: &Persona, row: &Row) -> BTreeSet<ColumnName> {
    let rectangles = persona.facets.iter().flat_map(|facet| facet.reads.values());
    let held = rectangles
        .filter(|rectangle| rectangle.grants.iter().any(|(object, at)| holds(&persona.reads[object][*at], row)));
    held.flat_map(|rectangle| rectangle.columns.iter().cloned()).filter(|column| column.as_str() != "id").collect()
}

fn some_fields() -> impl Strategy<Value = BTreeSet<usize>> {
    prop::collection::btree_set(0..FIELDS.len(), 1..=FIELDS.len())
}

fn written() -> impl Strategy<Value = Written> {
    (0..SCOPES.len(), some_fields(), prop::collection::btree_set(0..3_usize, 0..=2))
        .prop_map(|(scope, fields, flags)| Written { scope, fields, flags })
}

fn denied() -> impl Strategy<Value = Denied> {
    (prop::option::of(some_fields()), prop::option::of(0..3_usize))
        .prop_filter("a deny says something", |(fields, flag)| fields.is_some() || flag.is_some())
        .prop_map(|(fields, flag)| Denied { fields, flag })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facets_show_each_granted_cell_and_no_other(
        grants in prop::collection::vec(written(), 1..6),
        denies in prop::collection::vec(denied(), 0..4),
    ) {
        let model = good(&spec(&grants, &denies));
        let persona = &model.personas[&PersonaName::new("p", "a")];
        for row in every_row() {
            prop_assert_eq!(shown(persona, &row), wanted(&grants, &denies, &row));
        }
    }

    #[test]
    fn the_first_facet_holds_every_row_that_any_facet_shows(grants in prop::collection::vec(written(), 1..6)) {
        let model = good(&spec(&grants, &[]));
        let persona = &model.personas[&PersonaName::new("p", "a")];
        let first = persona.facets[0].reads.values().next().unwrap();
        for row in every_row() {
            let listed = first.grants.iter().any(|(object, at)| holds(&persona.reads[object][*at], &row));
            let granted = persona.reads["o"].iter().any(|grant| holds(grant, &row));
            prop_assert_eq!(listed, granted);
        }
    }
}

/// The property above must be able to fail: a facet with one column too many is found out.
#[test]
fn a_wider_facet_would_be_noticed() {
    let grants = [
        Written { scope: 0, fields: BTreeSet::from([0, 1]), flags: BTreeSet::new() },
        Written { scope: 2, fields: BTreeSet::from([0]), flags: BTreeSet::new() },
    ];
    let model = good(&spec(&grants, &[]));
    let mut persona = model.personas[&PersonaName::new("p", "a")].clone();
    let differs = |persona: &Persona| every_row().any(|row| shown(persona, &row) != wanted(&grants, &[], &row));
    assert!(!differs(&persona));
    let first = persona.facets[0].reads.values_mut().next().unwrap();
    first.columns.insert(ColumnName::new("b"));
    assert!(differs(&persona));
}

#[test]
fn what_the_rows_of_one_grant_show_the_rows_within_them_show_too() {
    let text = spec(
        &[
            Written { scope: 2, fields: BTreeSet::from([0]), flags: BTreeSet::new() },
            Written { scope: 2, fields: BTreeSet::from([1]), flags: BTreeSet::from([0]) },
            Written { scope: 3, fields: BTreeSet::from([2]), flags: BTreeSet::new() },
        ],
        &[],
    );
    let model = good(&text);
    let facets = &model.personas[&PersonaName::new("p", "a")].facets;
    let widths: Vec<usize> =
        facets.iter().flat_map(|facet| facet.reads.values()).map(|one| one.columns.len()).collect();
    assert_eq!(widths, [2, 4, 3], "the whole tree, the flagged rows of the tenant, the tenant");
    assert!(model.objects["o"].fields.contains_key(&FieldName::new("f0")));
}
