//! Until when, and what then.

use crate::project::{good, of_text, shown};
use portalctl::model::PaidUntil;
use portalctl::names::PersonaName;

/// A portal with this lifecycle, and audiences beside `user`, `former`, `club`, `staff`.
fn project(lifecycle: &str, audiences: &str) -> String {
    format!(
        "version: 1\nkind: project\nname: acme\n---\n\
         {{kind: object, name: term, table: p.terms, tenants: {{payer: {{column: account, kind: firm}}, seat: {{column: seat, kind: firm}}}}, \
         owners: {{member: user_id, clerk: staff_id}}, fields: {{until: date, note: text}}}}\n---\n\
         {{kind: object, name: fee, table: p.fees, tenant: {{column: account, kind: firm}}, fields: {{at: timestamp}}}}\n---\n\
         {{kind: object, name: news, table: p.news, fields: {{at: timestamp}}}}\n---\n\
         kind: portal\nname: desk\n{lifecycle}\naudiences:\n  user: {{tenant_kind: firm}}\n  former: {{tenant_kind: firm}}\n  \
         club: {{tenant_kind: club}}\n  staff: {{who: internal}}\n{audiences}"
    )
}

fn lifecycle(text: &str, audience: &str) -> Option<portalctl::model::Lifecycle> {
    good(text).personas[&PersonaName::new("desk", audience)].lifecycle.clone()
}

#[test]
fn a_portals_is_that_of_every_external_audience_but_the_lapsed_one() {
    let text = project("lifecycle: {paid_until: paid_until, grace: 2d, on_lapse: former}", "  head: {extends: user}\n");
    let text = text.replace("  club: {tenant_kind: club}\n", "");
    for audience in ["user", "head"] {
        let found = lifecycle(&text, audience).unwrap();
        assert_eq!((found.grace, found.on_lapse.to_string().as_str()), (172_800, "desk/former"));
        assert!(matches!(&found.paid_until, PaidUntil::Tenant(column) if column.as_str() == "paid_until"));
    }
    for audience in ["former", "staff"] {
        assert_eq!(lifecycle(&text, audience), None, "{audience}");
    }
}

#[test]
fn the_path_is_the_only_one_or_the_one_that_is_named() {
    let of = |paid_until: &str| {
        let audience =
            format!("  payer: {{tenant_kind: firm, lifecycle: {{paid_until: {paid_until}, on_lapse: former}}}}\n");
        lifecycle(&project("", &audience), "payer").unwrap().paid_until
    };
    assert!(matches!(of("{object: fee, field: at}"), PaidUntil::OfTenant { .. }));
    assert!(
        matches!(of("{object: term, field: until, path: seat}"), PaidUntil::OfTenant { path, .. } if path.as_str() == "seat")
    );
    assert!(
        matches!(of("{object: term, field: until, scope: own, path: member}"), PaidUntil::Own { path, .. } if path.as_str() == "member")
    );
}

#[test]
fn what_cannot_be_is_said_at_its_place() {
    for (written, said) in [
        ("{paid_until: paid_until, on_lapse: forner}", "portal `desk` has no audience `forner`"),
        ("{paid_until: paid_until, on_lapse: payer}", "`desk/payer` would lapse into itself"),
        ("{paid_until: paid_until, on_lapse: staff}", "`desk/staff` is no external audience"),
        ("{paid_until: paid_until, on_lapse: club}", "`desk/club` is for tenants of another kind than `desk/payer`"),
        ("{paid_until: paid_until, on_lapse: next}", "`desk/next` would lapse as well"),
        ("{paid_until: renewal, on_lapse: former}", "so none has a column `renewal`"),
        ("{paid_until: {object: terms, field: until}, on_lapse: former}", "there is no object `terms`"),
        ("{paid_until: {object: term, field: untl}, on_lapse: former}", "`term` has no field `untl`"),
        ("{paid_until: {object: term, field: note}, on_lapse: former}", "`note` is neither a date nor a time"),
        (
            "{paid_until: {object: term, field: until}, on_lapse: former}",
            "`term` has several tenant paths, `payer` and `seat`",
        ),
        ("{paid_until: {object: term, field: until, scope: own}, on_lapse: former}", "`term` has several owner paths"),
        ("{paid_until: {object: term, field: until, path: sea}, on_lapse: former}", "`term` has no tenant path `sea`"),
        ("{paid_until: {object: news, field: at}, on_lapse: former}", "no owner path of `news` says whose a row is"),
    ] {
        let audiences = format!(
            "  payer: {{tenant_kind: firm, lifecycle: {written}}}\n  \
             next: {{tenant_kind: firm, lifecycle: {{paid_until: paid_until, on_lapse: former}}}}\n"
        );
        let text = shown(&of_text(&project("", &audiences)).1);
        assert!(text.contains(said), "{written}: {text}");
        assert_eq!(text.matches(said).count(), 1, "said once: {text}");
    }
    let staff = "  clerk: {who: internal, lifecycle: {paid_until: paid_until, on_lapse: former}}\n";
    let text = shown(&of_text(&project("", staff)).1);
    assert!(text.contains("people of `desk/clerk` have no tenant"), "{text}");
}
