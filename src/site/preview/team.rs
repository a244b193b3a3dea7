//! People of one's own tenant.

use super::forms::{form, slot};
use super::{Sample, app, head, option, plain, tag};
use crate::site::template::value;
use crate::site::view::*;

fn member(name: &str, email: Option<&str>, state: Cell, fixed: Option<&str>) -> MemberView {
    MemberView {
        name: name.into(),
        email: email.map(str::to_owned),
        audience: "Customer".into(),
        state,
        href: fixed.is_none().then(|| "#".to_owned()),
        fixed: fixed.map(str::to_owned),
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let active = || tag("Active", "good");
    let members = vec![
        member("Ann Becker", Some("ann.becker@globex.example"), active(), Some("This is you.")),
        member("bernd@globex.example", None, tag("Disabled", "wait"), None),
        member(
            "<b>Not bold</b>",
            Some("c@globex.example"),
            active(),
            Some("Kept in the records of the business, and changed there."),
        ),
        member(
            "Donaudampfschifffahrtsgesellschaft Meier",
            Some("a.very.long.address.of.somebody@globex.example"),
            active(),
            None,
        ),
        member(
            "Eve Fox",
            Some("eve@globex.example"),
            tag("Disabled by the operator", "bad"),
            Some("Disabled by the operator of this portal."),
        ),
    ];
    let team = TeamView { members, invite: "#".into(), previous: None, next: Some("#".into()) };
    let empty = TeamView { members: Vec::new(), invite: "#".into(), previous: None, next: None };
    let mut access = slot("audience", "Access", SlotKind::Choice, "", "");
    access.options = vec![option("user", "Customer", true), option("admin", "Account administrator", false)];
    let switch = SwitchView {
        action: "#".into(),
        hidden: Vec::new(),
        label: "Disable".into(),
        about: "Nobody signs in with this access any more, from the next page on. It can be enabled again.".into(),
        takes: true,
    };
    let page = MemberPage {
        member: member("Bernd Clausen", Some("bernd@globex.example"), active(), None),
        form: Some(FormView { submit: "Save".into(), cancel: None, ..form(vec![access]) }),
        switch: Some(switch),
    };
    let crumbs = vec![NamedLink { label: "Team".into(), href: "#".into() }];
    let of_member = [app(), head("Bernd Clausen"), ("crumbs", value(crumbs)), ("team", value(page))];
    vec![
        ("team", "team/team.html", [app(), head("Team"), ("team", value(team))].into()),
        ("team-empty", "team/team.html", [app(), head("Team"), ("team", value(empty))].into()),
        ("team-member", "team/member.html", of_member.into()),
    ]
}

fn asked(name: &str, company: Option<&str>, known: bool) -> AskedView {
    AskedView {
        name: name.into(),
        email: Some("nell@nell-and-co.example".into()),
        company: company.map(str::to_owned),
        at: "2026-05-04 13:20 UTC".into(),
        known,
        href: "#".into(),
    }
}

/// Those who ask to be let in, and what they are shown.
pub(super) fn of_registrations() -> Vec<Sample> {
    let fact = |label: &str, text: &str| FactView { label: label.into(), text: text.into() };
    let mut email = slot("email", "E-mail", SlotKind::Line, "email", "nobody");
    email.problem = Some("Enter an e-mail address, such as name@example.com.".into());
    let purpose = slot("purpose", "What do you want access for?", SlotKind::Lines, "", "");
    let asking = FormView { submit: "Ask for access".into(), ..form(vec![email, purpose]) };
    let lead = Some("Somebody looks at it before you are let in.".to_owned());
    let ask = PageHead { lead, ..PageHead::plain("Ask for access to Acme Support") };
    let page = AskedPage {
        asked: asked("Nell New", None, true),
        facts: vec![fact("Company", "<b>Nell</b> & Co"), fact("What do you want access for?", "To see my orders")],
        approve: FormView {
            submit: "Let in".into(),
            cancel: None,
            ..form(vec![slot("tenant", "Tenant", SlotKind::Line, "text", "")])
        },
        reject: FormView {
            submit: "Turn away".into(),
            cancel: None,
            ..form(vec![slot("why", "Reason", SlotKind::Lines, "", "")])
        },
    };
    let crumbs = vec![NamedLink { label: "Registrations".into(), href: "#".into() }];
    let waiting = vec![asked("Nell New", Some("Nell & Co"), false), asked("Old Friend", None, true)];
    let one = [app(), head("Nell New"), ("crumbs", value(crumbs)), ("registration", value(page))];
    let nobody: Vec<AskedView> = Vec::new();
    vec![
        ("register", "sign-in/register.html", [plain(), ("page", value(ask)), ("form", value(asking))].into()),
        ("registered", "sign-in/registered.html", [plain(), head("Thank you")].into()),
        (
            "registrations",
            "team/registrations.html",
            [app(), head("Registrations"), ("waiting", value(waiting))].into(),
        ),
        (
            "registrations-empty",
            "team/registrations.html",
            [app(), head("Registrations"), ("waiting", value(nobody))].into(),
        ),
        ("registration", "team/registration.html", one.into()),
    ]
}
