//! Generated fields and unique ones, where they would tell what is kept from somebody.

use crate::project::of_text;
use portalctl::check::run;
use portalctl::diagnostic::Severity;
use time::macros::date;

fn object(fields: &str, grants: &str) -> String {
    format!(
        "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: line\nmanaged: true\ntenant: account_id\nfields:\n{fields}\n---\n\
         kind: portal\nname: shop\naudiences:\n  buyer: {{grants: {{line: {{{grants}}}}}}}\n"
    )
}

fn ids(spec: &str) -> Vec<(&'static str, String)> {
    let (model, report) = of_text(spec);
    let more = run(&model.unwrap(), Vec::new(), date!(2026 - 06 - 15));
    let errors = report.findings.into_iter().chain(more).filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| (finding.id, finding.message)).collect()
}

#[test]
fn what_is_computed_is_of_the_class_of_what_it_is_computed_from() {
    let of = |class: &str, from: &str| {
        ids(&object(
            &format!(
                "  name: text\n  code: {{type: text, {from}}}\n  shown: {{type: text{class}, generated: \"name || upper(code)\"}}"
            ),
            "read: [name]",
        ))
    };
    assert_eq!(of("", "class: business"), []);
    assert_eq!(of(", class: personal", "class: personal"), []);
    assert_eq!(of(", class: secret", "class: internal"), []);
    for class in ["internal", "secret", "personal", "financial", "health"] {
        let told = format!("`shown` tells what `code` holds, which is {class}");
        assert_eq!(of("", &format!("class: {class}")), [("managed-table", told)]);
    }
    assert_eq!(of("", "mask: last4"), [("managed-table", "`shown` shows what the mask of `code` hides".to_owned())]);
}

/// A product that is too large tells how large the other factor is.
#[test]
fn nobody_writes_what_is_computed_with_a_field_that_they_do_not_read() {
    let fields = "  qty: {type: integer, default: 1}\n  cost: {type: integer, class: internal}\n  base: {type: integer, class: internal, generated: \"qty * cost\"}";
    let of = |grants: &str| ids(&object(fields, grants));
    let guessed = [("guessable-field", "`shop/buyer` may find out `cost` of a `line` by guessing".to_owned())];
    assert_eq!(of("read: [qty], update: [qty]"), guessed);
    assert_eq!(of("read: [qty], create: [qty]"), [], "of a new row nothing is hidden yet");
    let shown = fields.replace(", class: internal", "");
    assert_eq!(ids(&object(&shown, "read: [qty, cost], update: [qty]")), []);
}

#[test]
fn a_value_is_unique_within_a_tenant_or_not_at_all() {
    let spec = object("  name: {type: text, unique: true}", "read: [name]");
    assert_eq!(ids(&spec), []);
    let linked = "tenant: {link: {table: crm.links, row: line_id, tenant: account_id}}";
    let told = "`line` has no column by which its rows are unique within a tenant".to_owned();
    assert_eq!(ids(&spec.replace("tenant: account_id", linked)), [("managed-table", told)]);
    assert_eq!(
        ids(&spec.replace("tenant: account_id\n", "").replace("read: [name]", "read: {scope: public, fields: [name]}")),
        []
    );
}
