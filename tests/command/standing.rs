//! How tenants and people stand, what changes it, and who is told that they lose by it.

use crate::run::{Ran, psql, run};
use portalctl_test_support::PrivateProject;
use serde_json::{Value, json};

const SPEC: &str = "\
version: 1
kind: project
name: acme
timezone: Europe/Berlin
tiers: [basic, gold]
---
{kind: object, name: ticket, managed: true, tenant: account_id, fields: {subject: text}}
---
{kind: object, name: guide, managed: true, fields: {title: text}}
---
kind: portal
name: desk
lifecycle: {paid_until: paid_until, on_lapse: former}
audiences:
  former: {grants: {guide: {read: {scope: public, fields: [title], where: {title: Welcome}}}}}
  customer:
    grants:
      ticket: {read: {fields: [subject], scope: tenant_tree}}
      guide:
        read: [{scope: public, fields: [title], min_tier: gold}, {scope: public, fields: [title], where: {title: Welcome}}]
  staff: {who: internal, grants: {ticket: {read: [subject]}}}
---
{kind: tenant, name: written, key: w, title: Written Ltd, members: [{email: wil@written.example, audience: desk/customer}]}
";

struct Desk(PrivateProject);

impl Desk {
    fn new() -> Self {
        let desk = Self(PrivateProject::new());
        desk.0.write("portalctl.yaml", SPEC);
        desk.0.make_cluster();
        desk.run(&["apply", "--yes"]).expect(0);
        for name in ["north", "south"] {
            desk.run(&["tenant", "add", name, "--key", &name[..1], "--title", &format!("{name} Ltd")]).expect(0);
            desk.run(&["tenant", "set", name, "--paid-until", "2999-01-01"]).expect(0);
        }
        for (email, tenant) in
            [("ann@north.example", "north"), ("ann@north.example", "south"), ("bob@north.example", "north")]
        {
            desk.run(&["user", "invite", email, "--as", "desk/customer", "--tenant", tenant]).expect(0);
        }
        desk.run(&["user", "invite", "sam@staff.example", "--as", "desk/staff"]).expect(0);
        desk
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(self.0.path(), args)
    }

    /// The text of a line of a list that begins so or holds it.
    fn line(&self, list: &[&str], with: &str) -> String {
        let shown = self.run(list).expect(0).stdout;
        shown.lines().find(|line| line.contains(with)).unwrap_or_else(|| panic!("no `{with}` in:\n{shown}")).to_owned()
    }

    fn tenant(&self, name: &str) -> Value {
        let all: Value =
            serde_json::from_str(&self.run(&["tenant", "list", "--format", "json"]).expect(0).stdout).unwrap();
        all["tenants"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
    }

    fn place(&self, email: &str, tenant: &str) -> Value {
        let all: Value =
            serde_json::from_str(&self.run(&["user", "list", "--format", "json"]).expect(0).stdout).unwrap();
        let is = |one: &&Value| one["email"] == email && one["tenant_key"] == tenant;
        all["users"].as_array().unwrap().iter().find(is).unwrap()["standing"].clone()
    }
}

/// What is listed is what counts at that moment, for each reason that keeps somebody out.
#[test]
fn lists_say_who_is_suspended_disabled_or_lapsed_and_since_when() {
    let desk = Desk::new();
    let tenants = ["tenant", "list"];
    assert!(desk.line(&tenants, "north Ltd").contains("active, ends on 2999-01-01"));
    assert!(desk.line(&tenants, "Written Ltd").contains("lapsed, no date"));
    desk.run(&["tenant", "set", "north", "--until", "2020-02-03"]).expect(0);
    assert!(desk.line(&tenants, "north Ltd").contains("lapsed since 2020-02-03"));
    let lapsed = json!({"state": "lapsed", "since": "2020-02-03", "until": null, "audiences": []});
    assert_eq!(desk.tenant("north")["standing"], lapsed);
    assert_eq!(desk.tenant("north")["status"], "active", "what was there before keeps its meaning");
    assert!(desk.line(&["tenant", "show", "north"], "north").contains("lapsed since 2020-02-03"));

    let users = ["user", "list"];
    assert!(desk.line(&users, "bob@north.example").contains("lapsed since 2020-02-03, as desk/former"));
    assert_eq!(desk.place("ann@north.example", "n")["state"], "lapsed");
    assert_eq!(desk.place("ann@north.example", "s")["until"], "2999-01-01", "another place of the same person");
    assert!(desk.line(&users, "sam@staff.example").ends_with("active"));

    desk.run(&["tenant", "suspend", "south"]).expect(0);
    assert!(desk.line(&tenants, "south Ltd").contains("suspended"));
    assert_eq!(desk.place("ann@north.example", "s")["state"], "suspended");
    desk.run(&["user", "disable", "bob@north.example"]).expect(0);
    let today = psql(&desk.0, "select (now() at time zone 'Europe/Berlin')::date").expect(0).stdout;
    assert!(desk.line(&users, "bob@north.example").ends_with(&format!("disabled since {}", today.trim())));

    psql(
        &desk.0,
        "update acme_portal.membership set valid_until = '2021-03-04 00:00 Europe/Berlin' where tenant_key = 's'",
    )
    .expect(0);
    desk.run(&["tenant", "resume", "south"]).expect(0);
    assert_eq!(
        desk.place("ann@north.example", "s"),
        json!({"state": "ended", "since": "2021-03-04", "until": null, "audiences": []})
    );
}

/// Who gains and who loses is said with the answer.
#[test]
fn a_change_of_a_tenant_says_who_gains_and_who_loses() {
    let desk = Desk::new();
    let told = |args: &[&str]| desk.run(args).expect(0).stderr;
    let set = |more: &[&str]| told(&[&["tenant", "set", "north"], more].concat());
    let lost = set(&["--until", "2020-01-01"]);
    assert!(
        lost.contains("2 people lose access, left with desk/former: ann@north.example, bob@north.example"),
        "{lost}"
    );
    let gained = set(&["--until", "2998-01-01"]);
    assert!(gained.contains("2 people gain access: ann@north.example, bob@north.example"), "{gained}");
    let lost = told(&["tenant", "suspend", "north"]);
    assert!(lost.contains("2 people lose access: ann@north.example"), "{lost}");
    assert!(told(&["tenant", "resume", "north"]).contains("2 people gain access"), "they come back");

    let gained = set(&["--tier", "gold"]);
    assert!(
        gained.contains("desk/customer gains: read guide, from gold on (ann@north.example, bob@north.example)"),
        "{gained}"
    );
    assert!(set(&["--tier", "none"]).contains("desk/customer loses: read guide, from gold on"));
    assert!(set(&["--tier", "basic"]).contains("nobody gains or loses access by the tier"));

    let gained = set(&["--parent", "south", "--title", "North & Co"]);
    assert!(gained.contains("desk/customer of south Ltd gains what their `tenant_tree` grants reach here"), "{gained}");
    let north = desk.tenant("north");
    assert_eq!(
        (&north["title"], &north["tier"], &north["parent_key"]),
        (&json!("North & Co"), &json!("basic"), &json!("s"))
    );
    assert!(set(&["--parent", "none"]).contains("desk/customer of south Ltd loses"));
    assert_eq!(desk.tenant("north")["title"], "North & Co", "what is not named stays");
}

#[test]
fn what_cannot_be_changed_here_is_refused_with_its_place() {
    let desk = Desk::new();
    let refused = |args: &[&str], code: i32, texts: &[&str]| {
        let said = desk.run(args).expect(code).stderr;
        texts.iter().for_each(|text| assert!(said.contains(text), "no `{text}` in:\n{said}"));
    };
    refused(
        &["tenant", "set", "north"],
        2,
        &["--title <TITLE>", "--tier <TIER>", "--until <DATE>", "Usage: portalctl tenant set <"],
    );
    refused(
        &["tenant", "set", "north", "--tier", "golld"],
        2,
        &["the project has no tier `golld`", "did you mean `gold`?"],
    );
    refused(
        &["tenant", "set", "written", "--tier", "gold"],
        2,
        &["portalctl.yaml:23", "write `tier: gold` there and run `portalctl apply`"],
    );
    refused(&["tenant", "set", "north", "--parent", "north"], 2, &["it is the tenant itself"]);
    desk.run(&["tenant", "set", "south", "--parent", "north"]).expect(0);
    refused(&["tenant", "set", "north", "--parent", "south"], 2, &["it is below it"]);
    assert_eq!(desk.tenant("north")["parent_key"], Value::Null, "nothing was changed");
}

/// One place goes, with what is open there; the others stay, and one that comes back begins anew.
#[test]
fn somebody_is_taken_out_of_one_place_and_keeps_the_others() {
    let desk = Desk::new();
    let sessions = |tenant: &str| {
        let count = format!(
            "select count(*) from acme_portal.session where tenant_key = '{tenant}' and expires_at > clock_timestamp()"
        );
        psql(&desk.0, &count).expect(0).stdout.trim().to_owned()
    };
    for tenant in ["n", "s"] {
        let open = format!(
            "insert into acme_portal.session (secret_hash, user_id, portal, audience, tenant_kind, tenant_key, csrf, idle, expires_at)
             select sha256('{tenant}'), u.id, 'desk', 'customer', '', '{tenant}', 'x', '1 day', now() + interval '1 day'
             from acme_portal.app_user u where u.email = 'ann@north.example'"
        );
        psql(&desk.0, &open).expect(0);
    }
    let several = desk.run(&["user", "remove", "ann@north.example"]).expect(2).stderr;
    assert!(several.contains("has several places") && several.contains("--tenant"), "{several}");

    let done = desk.run(&["user", "remove", "ann@north.example", "--tenant", "south"]).expect(0).stderr;
    assert!(done.contains("removed `ann@north.example` from desk/customer at south Ltd"), "{done}");
    assert!(done.contains("they keep desk/customer at north Ltd"), "{done}");
    assert_eq!((sessions("n").as_str(), sessions("s").as_str()), ("1", "0"));
    let left = desk.run(&["user", "list", "--tenant", "south"]).expect(0).stdout;
    assert!(!left.contains("ann@north.example"), "{left}");
    desk.run(&["user", "invite", "ann@north.example", "--as", "desk/customer", "--tenant", "south"]).expect(0);
    assert_eq!(sessions("s"), "0", "what was over stays over");

    let refused = desk.run(&["user", "remove", "wil@written.example", "--audience", "desk/customer"]).expect(2).stderr;
    assert!(refused.contains("portalctl.yaml:23") && refused.contains("take them out of `members:`"), "{refused}");
    let nobody = desk.run(&["user", "remove", "ann@north.example", "--as", "desk/staff"]).expect(2).stderr;
    assert!(nobody.contains("nobody with the e-mail `ann@north.example` has such a place"), "{nobody}");
    assert!(desk.run(&["user", "list"]).expect(0).stdout.contains("wil@written.example"));
}

/// What keeps somebody from a row is named by its line, whether it is the row, the person or the tenant.
#[test]
fn can_says_what_keeps_somebody_from_a_row() {
    let desk = Desk::new();
    let added = "insert into acme.ticket (account_id, subject) values ('n', 'Leak'), ('s', 'Drip') returning id";
    let ids = psql(&desk.0, added).expect(0).stdout;
    let [north, south]: [&str; 2] = ids.lines().take(2).collect::<Vec<_>>().try_into().expect("two rows");
    let can = |who: &str, target: &str, code: i32| desk.run(&["can", who, "read", target]).expect(code).stdout;
    let (north, south) = (format!("ticket/{north}"), format!("ticket/{south}"));
    assert!(can("bob@north.example", &north, 0).starts_with("allow\n"));
    let hidden = can("bob@north.example", &south, 1);
    assert!(hidden.contains("the row is not among those of scope tenant_tree (portalctl.yaml:18)"), "{hidden}");
    assert!(can("bob@north.example", "ticket/no-such", 1).contains("there is no row `ticket/no-such`"));

    desk.run(&["tenant", "suspend", "north"]).expect(0);
    for target in [&north, "ticket"] {
        let told = can("bob@north.example", target, 1);
        assert!(told.contains("the tenant of `bob@north.example` is suspended"), "{told}");
    }
    desk.run(&["tenant", "resume", "north"]).expect(0);
    desk.run(&["tenant", "set", "north", "--until", "2020-02-03"]).expect(0);
    assert!(can("bob@north.example", "ticket", 1).contains("no grant of `desk/former` names `ticket`"));
    desk.run(&["user", "disable", "bob@north.example"]).expect(0);
    assert!(can("bob@north.example", &north, 1).contains("`bob@north.example` is disabled since "));
}
