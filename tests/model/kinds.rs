//! Tenant paths that say no kind, where there are several.

use crate::project::{good, of_text};
use portalctl::diagnostic::Finding;

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: ticket
managed: true
tenant: account_id
fields: {account: {type: tenant, column: account_id}, subject: text}
---
kind: object
name: remark
managed: true
tenant: {via: ticket_id, object: ticket}
fields: {ticket: {type: reference(ticket), column: ticket_id}, text: text}
---
kind: portal
name: desk
audiences:
  customer: {tenant_kind: customer, grants: {ticket: {read: [subject]}, remark: {read: [text]}}}
  partner: {tenant_kind: partner, grants: {ticket: {read: [subject]}}}
  agent: {who: internal, grants: {ticket: {read: [subject]}}}
---
kind: tenant
name: north
tenant_kind: customer
key: \"1\"
---
kind: tenant
name: flow
tenant_kind: partner
key: \"2\"
";

fn found(spec: &str) -> Vec<Finding> {
    let mut findings = of_text(spec).1.findings;
    findings.retain(|finding| finding.id.starts_with("tenant-"));
    findings
}

#[test]
fn a_managed_path_is_open_to_all_kinds() {
    let model = good(SPEC);
    assert!(model.one_key_one_tenant);
    for object in ["ticket", "remark"] {
        assert!(model.objects[object].tenant_paths.values().all(|path| path.kind.is_none()), "{object}");
    }
    // Where each says its kind, and where there is but one, two tenants may have one key.
    let said = SPEC.replace("tenant: account_id", "tenant: {column: account_id, kind: customer}");
    let said = said.replace("tenant_kind: partner, grants: {ticket: {read: [subject]}}", "tenant_kind: partner");
    assert!(!good(&said.replace("key: \"2\"", "key: \"1\"")).one_key_one_tenant);
    assert!(
        !good(&SPEC.replace("partner\n", "customer\n").replace("kind: partner", "kind: customer")).one_key_one_tenant
    );
}

/// Once, and not again at every object below.
#[test]
fn a_path_whose_keys_nobody_keeps_apart_says_its_kind() {
    let cases = [
        (
            "name: acme",
            "name: acme\ntenants: [{from_table: crm.accounts, key: id, tenant_kind: customer}]",
            "tenants are read from `crm.accounts`",
        ),
        ("name: ticket\nmanaged: true", "name: ticket\ntable: crm.tickets", "`crm.tickets` is a table of the business"),
        ("tenant: account_id", "tenant: {column: account_id, key: erp}", "this is the key `erp`"),
        ("type: tenant, column", "type: uuid, column", "`account_id` holds no text"),
        ("type: tenant, column", "type: integer, column", "`account_id` holds no text"),
        (
            "tenant: account_id",
            "tenant: {link: {table: crm.links, row: ticket_id, tenant: account_id}}",
            "`crm.links` is a table of the business",
        ),
        (
            "name: acme",
            "name: acme\nassigned_tenants: {table: crm.team, tenant: account_id, user: staff_id}",
            "`crm.team` is a table of the business",
        ),
    ];
    for (from, to, why) in cases {
        let spec = SPEC.replace(from, to).replace("key: \"1\"", "key: \"1\"\nkeys: {erp: a}");
        let findings = found(&spec);
        let [finding] = findings.as_slice() else { panic!("{to}: {findings:#?}") };
        assert_eq!(finding.id, "tenant-kind-mismatch");
        assert!(finding.message.ends_with("and there are `customer` and `partner`"), "{}", finding.message);
        assert!(finding.why.contains(why), "{}", finding.why);
    }
}

#[test]
fn two_tenants_of_one_key_are_told_at_their_places() {
    let findings = found(&SPEC.replace("key: \"2\"", "key: \"1\""));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].id, "tenant-key-collision");
    let findings = found(&SPEC.replace("key: \"2\"", "key: \"2\"\nkeys: {key: \"1\"}"));
    assert!(findings[0].message.contains("main key"), "{findings:#?}");
    assert_eq!(findings[0].id, "tenant-key-collision");
    let test = "\
---
kind: access_test
name: walls
given:
  tenants: {a: {tenant_kind: customer, key: \"7\"}, b: {tenant_kind: partner, key: \"7\"}}
  users: {ann: {tenant: a, audience: desk/customer}}
expect: [{as: ann, lists: {ticket: []}}]
";
    let spec = format!("{SPEC}{test}");
    let findings = found(&spec);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].id, "tenant-key-collision");
    assert!(found(&spec.replace("partner, key: \"7\"", "partner, key: \"8\"")).is_empty());
}
