//! The matrix as a page: all of it without a script, nothing from anywhere, and text that stays text.

use crate::project::good;
use portalctl::analysis::matrix;

const SPEC: &str = "\
version: 1
kind: project
name: shop
---
kind: object
name: order
table: shop.orders
tenant: account_id
fields: {number: text, note: text, total: {type: money, class: financial}, place: text, state: text}
---
kind: portal
name: front
audiences:
  buyer:
    label: LABEL
    grants: {order: {read: {fields: [number, note, total, place], where: {state: LABEL}}, create: [note]}}
  desk: {who: internal, grants: {order: {read: all}}}
";

#[test]
fn all_that_is_granted_is_on_the_page() {
    let model = good(&SPEC.replace("LABEL", "open"));
    let page = matrix(&model).html(&model);
    assert_eq!(page.matches("<tr data-portal=").count(), matrix(&model).entries.len());
    for text in [
        "<code>front/buyer</code>",
        "tenant where state is open",
        "<span class=\"field financial\">total <small>financial</small></span>",
        "<summary>4 fields</summary>",
        "<form id=\"filter\" hidden>",
        "<option>desk</option>",
    ] {
        assert!(page.contains(text), "{text} in\n{page}");
    }
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("src="), "{page}");
    assert_eq!(page, matrix(&model).html(&model), "twice the same");
}

/// What a name could do is done by nothing: the policy names one style and one script by what is in them.
#[test]
fn a_hostile_label_stays_text() {
    let label = "</td><script>alert('x')</script><img src=x onerror=\"alert(1)\">";
    let model = good(&SPEC.replace("LABEL", &serde_json::to_string(label).unwrap()));
    let page = matrix(&model).html(&model);
    assert_eq!((page.matches("<script").count(), page.matches("<img").count()), (1, 0), "{page}");
    assert!(page.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"), "{page}");
    assert!(page.contains("default-src 'none'; style-src 'sha256-") && !page.contains("unsafe-inline"), "{page}");
}
