//! What `plan` says of access: the same as `diff` says of the documents, and apart from it what somebody changed by hand.

use crate::run::{Ran, run};
use crate::template::commit;
use portalctl_test_support::PrivateProject;
use serde_json::Value;

pub const SPEC: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: order
managed: true
tenant: account_id
owner: contact_id
fields:
  subject: {type: text, required: true}
  status: {type: enum, values: [new, paid, done], default: new}
  email: {type: email, class: personal}
  iban: {type: text, class: financial}
---
kind: portal
name: shop
audiences:
  customer:
    grants: {order: {read: [subject, status], create: [subject, email], update: {fields: [subject], where: {status: new}}}}
---
{kind: tenant, name: north, key: north}
---
{kind: tenant, name: south, key: south}
";

/// Wider by a field and by rows, narrower by a field.
fn changed() -> String {
    SPEC.replace("read: [subject, status]", "read: [subject, email]")
        .replace("where: {status: new}", "where: {status: [new, paid]}")
}

pub struct Shop(pub PrivateProject);

impl Shop {
    pub fn new() -> Self {
        let shop = Self(PrivateProject::new());
        shop.write(SPEC);
        shop.0.write(".gitignore", ".portalctl\n");
        commit(shop.0.path());
        shop.run(&["apply", "--yes"]).expect(0);
        shop
    }

    pub fn write(&self, spec: &str) {
        self.0.write("portalctl.yaml", spec);
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        run(self.0.path(), args)
    }

    pub fn one(&self, sql: &str) -> String {
        self.run(&["db", "psql", "--", "-v", "ON_ERROR_STOP=1", "-qAtc", sql]).expect(0).stdout.trim().to_owned()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.run(&[args, &["--format", "json"]].concat()).expect(0).stdout).unwrap()
    }
}

#[test]
fn plan_says_of_a_change_what_diff_says() {
    let shop = Shop::new();
    assert_eq!(shop.json(&["plan"])["access"], serde_json::json!([]));
    shop.write(&changed());
    let (plan, diff) = (shop.json(&["plan"]), shop.json(&["diff", "HEAD"]));
    assert_eq!(plan["access"], diff["changes"]);
    assert_eq!(plan["summary"], diff["summary"]);
    let told: Vec<String> = plan["access"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {} {}", one["class"], one["severity"], one["action"], one["field"]).replace('"', ""))
        .collect();
    assert_eq!(told, ["widen sensitive read email", "widen plain update subject", "narrow plain read status"]);
    assert!(plan["access"].as_array().unwrap().iter().all(|one| one["witness"].is_string()), "{plan:#}");
    assert_eq!(plan["drift"]["changes"], serde_json::json!([]));
    let text = shop.run(&["plan"]).expect(0).stdout;
    assert!(text.contains("access, since state 1 of "), "{text}");
    assert!(text.contains("  + shop/customer: read order (email) — widen, sensitive\n"), "{text}");
    assert!(!text.contains("drift"), "{text}");
}

/// One engine, and one direction: what nobody gains is not called a gain, though a row policy is written anew.
#[test]
fn hazards_follow_what_the_documents_come_to() {
    let shop = Shop::new();
    let hazards = |shop: &Shop| -> Vec<String> {
        let text = shop.run(&["plan"]).expect(0).stdout;
        let part = text.split("hazards\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap_or_default();
        part.lines().filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
    };
    for (condition, wanted) in [
        ("where: {status: [new, paid]}", &["widens", "locks-table"][..]),
        ("where: {status: new, subject: {is_null: false}, email: {is_null: false}}", &["narrows", "locks-table"]),
        ("where: {status: paid}", &["widens", "narrows", "locks-table"]),
    ] {
        shop.write(&SPEC.replace("where: {status: new}", condition));
        assert_eq!(hazards(&shop), wanted, "{condition}");
    }
}

#[test]
fn what_somebody_changed_by_hand_is_told_apart() {
    let shop = Shop::new();
    shop.one("grant select (iban) on acme.\"order\" to acme__shop__customer");
    // Whatever the documents here are by now.
    shop.write("version: 1\nkind: project\nname: acme\n");
    let drifted = shop.run(&["drift"]).expect(1).stdout;
    assert!(drifted.contains("  + shop/customer reads order: iban, which was not applied\n"), "{drifted}");
    assert!(!drifted.contains("no longer"), "{drifted}");
    shop.write(SPEC);
    let plan = shop.json(&["plan"]);
    assert_eq!(plan["access"], serde_json::json!([]));
    assert_eq!(plan["drift"]["access"][0]["field"], "iban");
    assert_eq!(plan["drift"]["access"][0]["class"], "narrow");
    shop.write(&changed());
    let (plan, diff) = (shop.json(&["plan"]), shop.json(&["diff", "HEAD"]));
    assert_eq!(plan["access"], diff["changes"]);
    assert_eq!(plan["drift"]["access"].as_array().unwrap().len(), 1);
    let text = shop.run(&["plan"]).expect(0).stdout;
    assert!(text.contains("drift: the database is not as it was applied"), "{text}");
    assert!(text.contains("  + shop/customer reads order: iban, which was not applied\n"), "{text}");
    // Where statements may undo something else, too, they say what they may do.
    assert!(text.contains("  narrows  somebody loses access\n"), "{text}");
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(
        shop.one("select has_column_privilege('acme__shop__customer', 'acme.\"order\"', 'iban', 'select')"),
        "f"
    );
    assert_eq!(shop.json(&["plan"])["drift"]["changes"], serde_json::json!([]));
    assert!(shop.run(&["drift"]).expect(0).stdout.starts_with("no drift: the database is as state 2 of "));
}

#[test]
fn a_column_that_is_gone_is_drift_and_no_slip_of_the_hand() {
    let shop = Shop(PrivateProject::new());
    shop.write(
        "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: visit\ntable: crm.visits\ntenant: account_id\n\
         fields: {why: text}\n---\nkind: portal\nname: shop\naudiences: {customer: {grants: {visit: {read: [why]}}}}\n---\n\
         {kind: tenant, name: north, key: north}\n",
    );
    shop.run(&["db", "start"]).expect(0);
    shop.one("create schema crm");
    shop.one("create table crm.visits (id integer primary key, account_id text not null, why text)");
    shop.run(&["apply", "--yes"]).expect(0);
    shop.run(&["drift"]).expect(0);
    shop.one("alter table crm.visits rename why to reason");
    let unfit = shop.run(&["drift"]).expect(1).stdout;
    assert!(unfit.contains("no longer fit what was applied: `crm.visits` has no column `why`"), "{unfit}");
    let program = shop.run(&["drift", "--format", "json"]).expect(1).stdout;
    assert!(serde_json::from_str::<Value>(&program).unwrap()["drift_unknown"].is_string(), "{program}");
}

#[test]
fn a_saved_plan_stays_exact() {
    let shop = Shop::new();
    shop.write(&changed());
    shop.run(&["plan", "--out", "plan.json"]).expect(0);
    // Somebody applies other documents that change nothing in the database: what the plan told is told of others.
    shop.write(&SPEC.replace("name: shop\n", "name: shop # Remark.\n"));
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.one("select count(*) from acme_portal.applied_state"), "2");
    shop.write(&changed());
    let stale = shop.run(&["apply", "plan.json"]).expect(4);
    assert!(stale.stderr.contains("the plan is stale: the database has changed"), "{}", stale.stderr);
    shop.run(&["plan", "--out", "plan.json"]).expect(0);
    let edited = std::fs::read_to_string(shop.0.path().join("plan.json")).unwrap().replace("widen", "narrow");
    std::fs::write(shop.0.path().join("edited.json"), edited).unwrap();
    let refused = shop.run(&["apply", "edited.json"]).expect(4);
    assert!(refused.stderr.contains("does not say what would be done"), "{}", refused.stderr);
    assert!(shop.run(&["apply", "plan.json"]).expect(0).stderr.contains("applied "));
    shop.run(&["plan", "--exit-code"]).expect(0);
}

#[test]
fn without_the_documents_it_says_so_and_tells_what_the_database_holds() {
    let shop = Shop::new();
    shop.write(&changed());
    let kept = |from: &str, to: &str| {
        shop.one(&format!(
            "update acme_portal.applied_state set documents = jsonb_set(documents, '{{portalctl.yaml}}',
             to_jsonb(replace(documents ->> 'portalctl.yaml', '{from}', '{to}')))"
        ));
    };
    // What somebody edited is not what was applied.
    kept("read: [subject, status]", "read: [subject, status, email]");
    let edited = shop.run(&["plan"]).expect(0).stdout;
    assert!(edited.contains("they are not as they were when they were applied\n"), "{edited}");
    assert!(edited.contains("+ shop/customer reads order: email\n"), "{edited}");
    shop.run(&["drift"]).expect(2);
    kept("version: 1", "version: 999");
    let newer = shop.run(&["plan"]).expect(0).stdout;
    assert!(newer.contains("cannot be read by this version: this project is written in version 999"), "{newer}");
    assert!(newer.contains("+ shop/customer reads order: email\n"), "{newer}");
    shop.one("delete from acme_portal.applied_state");
    let unknown = shop.json(&["plan"]);
    assert_eq!((&unknown["since"], unknown["access"][0]["field"].as_str()), (&Value::Null, Some("email")));
    shop.one("drop table acme_portal.applied_state");
    let older = shop.run(&["plan"]).expect(0).stdout;
    assert!(older.contains("since they were applied by a version that did not keep them\n"), "{older}");
}

#[test]
fn what_is_kept_of_a_state_is_for_the_administrator() {
    let shop = Shop::new();
    let row = "select applied_by = session_user, length(git_commit), portalctl, environment is null, \
        documents ->> 'portalctl.yaml' like 'version: 1%', spec_hash = (select spec_hash from acme_portal.receipt) \
        from acme_portal.applied_state";
    assert_eq!(shop.one(row), format!("t|40|{}|t|t|t", env!("CARGO_PKG_VERSION")));
    shop.write(&changed());
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.one("select git_commit is null from acme_portal.applied_state where id = 2"), "t");
    for role in ["acme__gateway", "acme__issuer", "acme__operator", "acme__lookup", "acme__shop__customer", "public"] {
        for privilege in ["select", "insert", "update", "delete"] {
            let may = format!(
                "select bool_or(has_table_privilege(r.rolname, 'acme_portal.applied_state', '{privilege}')) from pg_roles as r \
                 where r.rolname = '{role}' or '{role}' = 'public' and r.rolname in ('acme__gateway', 'pg_monitor')"
            );
            assert_eq!(shop.one(&may), "f", "{role} {privilege}");
        }
        if role != "public" {
            let tried =
                ["db", "psql", "--", "-c", &format!("set role {role}"), "-c", "table acme_portal.applied_state"];
            let refused = shop.run(&tried);
            assert!(refused.stderr.contains("permission denied"), "{role}: {}", refused.stderr);
        }
    }
    // The oldest go.
    shop.one(
        "insert into acme_portal.applied_state (portalctl, spec_hash, documents)
         select '0', 'x', '{}' from generate_series(1, 60)",
    );
    shop.write(SPEC);
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.one("select count(*) || ' ' || max(id) from acme_portal.applied_state"), "50 63");
}
