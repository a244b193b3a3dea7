//! Who may be asked for, and who answers.

use crate::project::{good, of_text, shown};
use portalctl::model::RegistrationField;
use portalctl::names::{AudienceName, PersonaName, PortalName};

/// A portal with these keys, and these audiences beside `user`, `staff` and `visitor`.
fn project(keys: &str, audiences: &str) -> String {
    format!(
        "version: 1\nkind: project\nname: acme\n---\n\
         {{kind: object, name: note, table: p.notes, tenant: account, fields: {{body: text}}}}\n---\n\
         kind: portal\nname: desk\n{keys}\naudiences:\n  user: {{grants: {{note: {{read: [body]}}}}}}\n  \
         staff: {{who: internal}}\n  visitor: {{who: guest}}\n  {audiences}\n"
    )
}

#[test]
fn the_open_audience_is_what_people_become() {
    let text = project(
        "registration: {form: [company, name], approval: required}",
        "new: {extends: user, registration: open}",
    );
    let model = good(&text);
    let registration = model.portals[&PortalName::new("desk")].registration.as_ref().unwrap();
    assert_eq!(registration.audience, AudienceName::new("new"));
    assert_eq!(registration.form, [RegistrationField::Email, RegistrationField::Company, RegistrationField::Name]);
    assert_eq!((registration.limit.most, registration.limit.seconds), (5, 3600));
    // Whoever extends an open audience is not open by that.
    let text = project(
        "registration: {approval: required}",
        "new: {registration: open}\n  more: {extends: new, delegated_admin: {may_grant: [new]}}",
    );
    assert_eq!(
        good(&text).portals[&PortalName::new("desk")].registration.as_ref().unwrap().audience,
        AudienceName::new("new")
    );
}

#[test]
fn what_cannot_be_asked_for_is_said_at_its_name() {
    let asks = "registration: {approval: required}";
    for (keys, audiences, said) in [
        (asks, "", "no audience of `desk` is `registration: open`"),
        (asks, "one: {registration: open}\n  two: {registration: open}", "`one` and `two` are `registration: open`"),
        (
            "registration: {approval: required, audience: user}",
            "one: {registration: open}",
            "`user` is by invitation alone",
        ),
        ("registration: {approval: required, audience: usr}", "one: {registration: open}", "no audience `usr`"),
        (
            asks,
            "one: {registration: open}\n  two: {who: internal, registration: open}",
            "nobody becomes staff by asking",
        ),
        ("", "one: {registration: open}", "nobody can ask for `desk/one`"),
        (
            "registration: {approval: required, tenant_kind: club}",
            "one: {registration: open, tenant_kind: firm}",
            "tenants of `desk/one` are of kind `firm`, not `club`",
        ),
        (asks, "one: {registration: open, delegated_admin: {registrations: true}}", "`desk/one` is no staff"),
        (
            "",
            "one: {who: internal, tenants: assigned, delegated_admin: {registrations: true}}",
            "may meet some tenants alone",
        ),
        ("", "one: {rate_limit: 5/h}", "a rate limit is for guests"),
    ] {
        let (_, report) = of_text(&project(keys, audiences));
        let text = shown(&report);
        assert!(report.has_errors() && text.contains(said), "{keys} {audiences}: {text}");
        assert_eq!(text.matches(said).count(), 1, "said once: {text}");
    }
}

#[test]
fn staff_let_in_and_guests_have_a_limit() {
    let model = good(&project(
        "registration: {approval: required}",
        "one: {registration: open}\n  clerk: {who: internal, delegated_admin: {registrations: true}}\n  caller: {who: guest, rate_limit: 20/m}",
    ).replace("  visitor: {who: guest}\n", ""));
    let persona = |audience: &str| &model.personas[&PersonaName::new("desk", audience)];
    let delegation = persona("clerk").delegation.as_ref().unwrap();
    assert!(delegation.registrations.is_some() && delegation.may_grant.is_empty());
    let limit = persona("caller").rate_limit.unwrap();
    assert_eq!((limit.most, limit.seconds), (20, 60));
    assert_eq!(persona("one").rate_limit, None);
}
