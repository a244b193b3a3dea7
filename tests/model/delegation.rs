//! Who may grant what to whom.

use crate::project::{good, of_text, shown};
use portalctl::names::{AudienceName, PersonaName};

/// A portal with these audiences beside `user`, `staff` and `visitor`.
fn project(audiences: &str) -> String {
    format!(
        "version: 1\nkind: project\nname: acme\n---\n\
         {{kind: object, name: note, table: p.notes, tenant: account, fields: {{body: text}}}}\n---\n\
         kind: portal\nname: desk\naudiences:\n  user: {{tenant_kind: firm, grants: {{note: {{read: [body]}}}}}}\n  \
         other: {{tenant_kind: club}}\n  staff: {{who: internal}}\n  visitor: {{who: guest}}\n  {audiences}\n---\n\
         {{kind: portal, name: extra, audiences: {{member: {{tenant_kind: firm}}}}}}\n"
    )
}

#[test]
fn an_audience_that_extends_an_administrator_is_one() {
    let text = project("admin: {extends: user, delegated_admin: {may_grant: [user]}}\n  head: {extends: admin}");
    let text = text.replace("tenant: account", "tenant: {column: account, kind: firm}");
    let model = good(&text.replace("  other: {tenant_kind: club}\n", ""));
    for audience in ["admin", "head"] {
        let delegation = model.personas[&PersonaName::new("desk", audience)].delegation.as_ref().unwrap();
        assert!(delegation.may_grant.keys().eq([&AudienceName::new("user")]), "{delegation:?}");
    }
    assert!(model.personas[&PersonaName::new("desk", "user")].delegation.is_none());
}

#[test]
fn what_cannot_be_granted_is_said_at_its_name() {
    let at = |granted: &str| format!("admin: {{tenant_kind: firm, delegated_admin: {{may_grant: [{granted}]}}}}");
    for (audiences, said) in [
        (at("usr"), "portal `desk` has no audience `usr`"),
        (at("member"), "portal `desk` has no audience `member`"),
        (at("staff"), "`desk/staff` is staff, whom no tenant invites"),
        (at("visitor"), "`desk/visitor` are guests, who do not sign in"),
        (at("other"), "tenants of `desk/other` are of kind `club`, those of `admin` of kind `firm`"),
        (at("user, user"), "there are two audiences here called `user`"),
    ] {
        let (_, report) = of_text(&project(&audiences));
        let text = shown(&report);
        let name = said.split('`').rev().nth(1).unwrap();
        assert!(report.has_errors() && text.contains(said), "{audiences}: {text}");
        assert_eq!(text.matches(said).count(), 1, "said once: {text}");
        let column = text.lines().find(|line| line.contains("may_grant")).unwrap_or_default();
        assert!(column.contains("delegated_admin"), "{name}: {text}");
    }
    for audience in [
        "admin: {who: internal, delegated_admin: {may_grant: [user]}}",
        "admin: {who: guest, delegated_admin: {may_grant: [user]}}",
    ] {
        let text = shown(&of_text(&project(audience)).1);
        assert!(text.contains("have no tenant of their own"), "{audience}: {text}");
    }
}

/// A mistake in an audience that others extend is one mistake.
#[test]
fn a_mistake_is_said_once_however_many_extend_it() {
    let text = project(
        "admin: {tenant_kind: firm, delegated_admin: {may_grant: [staff]}}\n  head: {extends: admin}\n  chief: {extends: head}",
    );
    let text = shown(&of_text(&text).1);
    assert_eq!(text.matches("whom no tenant invites").count(), 1, "{text}");
}
