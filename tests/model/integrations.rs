//! Systems that writes are handed to.

use crate::project::{good, of_text, shown};

/// An object of a system, and two portals with their integrations.
fn project(source: &str, one: &str, other: &str) -> String {
    format!(
        "version: 1\nkind: project\nname: acme\n---\n\
         {{kind: object, name: invoice, table: erp.invoices, tenant: account_id, source: {source}, fields: {{a: text}}}}\n---\n\
         {{kind: portal, name: one, audiences: {{customer: {{}}}}, integrations: {one}}}\n---\n\
         {{kind: portal, name: two, audiences: {{customer: {{}}}}, integrations: {other}}}\n"
    )
}

const ERP: &str = "{erp: {kind: outbox, url_env: ERP_URL, secret_env: ERP_SECRET}}";

#[test]
fn portals_may_share_a_system() {
    let model = good(&project("{system: erp, write_back: true}", ERP, ERP));
    assert_eq!(model.integrations.len(), 1);
}

#[test]
fn two_ways_to_one_system_are_an_error() {
    let elsewhere = [
        "{erp: {kind: outbox, url_env: OTHER_URL, secret_env: ERP_SECRET}}",
        "{erp: {kind: outbox, url: https://erp.example/in, secret_env: ERP_SECRET}}",
        "{erp: {kind: outbox, url_env: ERP_URL}}",
    ];
    for other in elsewhere {
        let (_, report) = of_text(&project("{system: erp, write_back: true}", ERP, other));
        assert!(report.has_errors() && shown(&report).contains("two portals reach `erp` in two ways"), "{other}");
    }
}

#[test]
fn a_system_that_nothing_leads_to_is_an_error_where_writes_are_handed_to_it() {
    let (_, report) = of_text(&project("{system: erq, write_back: true}", ERP, "{}"));
    let text = shown(&report);
    assert!(text.contains("no portal has an integration `erq`") && text.contains("did you mean `erp`?"), "{text}");
    good(&project("{system: erq}", ERP, "{}"));
}

#[test]
fn an_address_is_written_without_a_password_and_in_one_way() {
    for wrong in [
        "{kind: outbox}",
        "{kind: outbox, url: \"https://u:p@erp.example\"}",
        "{kind: outbox, url: ftp://a}",
        "{kind: outbox, url: https://a, url_env: A}",
        "{kind: outbox, url_env: lower}",
        "{kind: postgres_fdw, url_env: A}",
    ] {
        let (_, report) = of_text(&project("{system: erp}", &format!("{{erp: {wrong}}}"), "{}"));
        assert!(report.has_errors(), "{wrong}");
    }
}
