//! `portalctl can --sql`: what in PostgreSQL decides, told without a database and as `plan` writes it.

use crate::can::project;
use crate::run::{Ran, run};
use portalctl_test_support::PrivateProject;
use serde_json::Value;
use std::path::Path;

/// Two rectangles of one audience, masks, moves, and both ways to delete.
const SHOP: &str = "\
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
  iban: {type: text, class: financial, mask: last4}
states: {field: status, transitions: {new: [paid], paid: [done]}}
delete: hard
---
kind: object
name: note
managed: true
tenant: account_id
fields: {body: {type: text}, gone: {type: boolean}}
delete: {soft: gone}
---
kind: object
name: line
managed: true
tenant: {via: order_id, object: order}
fields: {what: {type: text}}
---
kind: portal
name: shop
audiences:
  customer:
    grants:
      order:
        read:
          - {fields: [subject, status]}
          - {scope: own, fields: [subject, status, iban]}
        create: [subject]
        update: {scope: own, fields: [subject], where: {status: new}}
        transition: {scope: own, state: {new: [paid]}}
        delete: {scope: own, where: {status: new}}
      line: {read: {scope: parent, fields: [what]}}
      note: {read: [body], create: [body], delete: {scope: tenant}, share: {to: {audiences: [customer]}, expires: 30d}}
  clerk:
    who: internal
    grants:
      order: {read: {scope: all, fields: all}, transition: {scope: all, state: {paid: [done]}}}
---
{kind: tenant, name: north, key: north}
";

const DEALS: &str = "\"crm\".\"deals\"";

fn sql(folder: &Path, who: &str, action: &str, target: &str) -> Ran {
    run(folder, &["can", who, action, target, "--sql"])
}

fn json(folder: &Path, who: &str, action: &str, target: &str) -> Value {
    serde_json::from_str(&run(folder, &["can", who, action, target, "--sql", "--format", "json"]).stdout).unwrap()
}

fn statements(answer: &Value) -> Vec<&str> {
    answer["sql"].as_array().unwrap().iter().map(|one| one["sql"].as_str().unwrap()).collect()
}

#[test]
fn a_read_is_decided_by_the_columns_and_the_row_policies_of_the_role() {
    let folder = project();
    let said = sql(folder.path(), "partners/rep", "read", "deal").expect(0).stdout;
    let (answer, sql) = said.split_once("\n\n").unwrap();
    assert!(answer.starts_with("allow\n  because ") && !answer.contains("CREATE"), "{said}");
    let begins = "-- the types of crm.deals are the documents'; `plan` asks the database\n\n-- portalctl.yaml:32\nGRANT SELECT (";
    assert!(sql.starts_with(begins), "{said}");
    let heads: Vec<&str> = sql.lines().filter(|line| line.starts_with("CREATE") || line.starts_with("GRANT")).collect();
    assert_eq!(heads.len(), 3, "{said}");
    assert!(heads[1].contains(&format!("ON {DEALS} AS PERMISSIVE FOR SELECT TO ")), "{said}");
    assert!(heads[2].contains(&format!("ON {DEALS} AS RESTRICTIVE FOR SELECT TO ")), "{said}");
    assert!(heads.iter().all(|head| head.contains("\"acme__partners__rep\"")), "{said}");
    // One's own rows, and those of one's tenant.
    let rows = sql.lines().find(|line| line.starts_with("  USING (")).unwrap();
    for part in ["\"rep_id\" = ", ", 'contact')", "\"partner_id\" = ", "\"deleted_at\" IS NULL"] {
        assert!(rows.contains(part), "{part} in {rows}");
    }
    assert!(sql.ends_with(");\n") && !sql.contains("margin") && !sql.contains("COMMENT ON"), "{said}");
}

#[test]
fn a_field_that_is_not_granted_is_in_no_column_grant() {
    let folder = project();
    let denied = json(folder.path(), "partners/rep", "read", "deal.margin");
    assert_eq!(denied["decision"], "deny");
    let columns: Vec<&str> = statements(&denied).into_iter().filter(|sql| sql.starts_with("GRANT")).collect();
    assert!(matches!(&columns[..], [one] if one.contains("\"title\"") && !one.contains("margin")), "{columns:?}");
    let read = json(folder.path(), "partners/desk", "read", "deal.margin");
    assert!(
        statements(&read)[0].starts_with("GRANT SELECT (") && statements(&read)[0].contains("\"margin\""),
        "{read}"
    );
}

#[test]
fn where_nothing_is_granted_nothing_decides_and_that_is_why() {
    let folder = project();
    for (action, why) in [
        (
            "update",
            "\n-- no row policy for UPDATE on crm.deals names acme__partners__auditor,\n-- and no privilege does: PostgreSQL refuses\n",
        ),
        (
            "create",
            "\n-- no row policy for INSERT on crm.deals names acme__partners__auditor,\n-- and no privilege does: PostgreSQL refuses\n",
        ),
        (
            "delete",
            "\n-- acme_portal.delete_deal alone does that,\n-- and acme__partners__auditor may not call it: PostgreSQL refuses\n",
        ),
    ] {
        let said = sql(folder.path(), "partners/auditor", action, "deal").expect(1).stdout;
        assert!(said.starts_with("deny\n") && said.ends_with(why), "{said}");
        assert!(!said.contains("CREATE ") && !said.contains("GRANT "), "{said}");
    }
    let answer = json(folder.path(), "partners/auditor", "update", "deal");
    assert_eq!(answer["sql"], serde_json::json!([]));
    assert!(answer["sql_note"].as_str().unwrap().ends_with(", and no privilege does: PostgreSQL refuses"), "{answer}");
}

#[test]
fn a_move_is_decided_by_the_update_and_by_the_trigger_that_sees_both_rows() {
    let folder = project();
    let answer = json(folder.path(), "partners/manager", "transition:approved", "deal");
    let sql = statements(&answer);
    let [columns, allow, guard, trigger, function] = sql[..] else { panic!("{sql:#?}") };
    assert!(columns.starts_with("GRANT UPDATE (") && columns.contains("\"state\""), "{columns}");
    for policy in [allow, guard] {
        assert!(policy.contains(" FOR UPDATE TO \"acme__partners__manager\"\n  USING ("), "{policy}");
        assert!(policy.contains("\n  WITH CHECK (") && policy.contains("'approved'"), "{policy}");
    }
    assert!(trigger.starts_with(&format!("CREATE TRIGGER \"!acme__change\" BEFORE UPDATE ON {DEALS} ")), "{trigger}");
    let named = trigger.rsplit_once("EXECUTE FUNCTION ").unwrap().1;
    assert!(function.starts_with(&format!("CREATE FUNCTION {named} RETURNS trigger\n")), "{function}");
    assert!(
        function.contains("OLD.\"state\" = 'submitted'") && function.contains("NEW.\"approved_by\" := "),
        "{function}"
    );
    // The manager's own grant, and those of the audience that it extends.
    let lines = |nth: usize| -> Vec<u64> {
        answer["sql"][nth]["sources"].as_array().unwrap().iter().map(|one| one["line"].as_u64().unwrap()).collect()
    };
    assert_eq!(lines(1), [34, 35, 36, 52], "{answer}");
    assert_eq!((&answer["sql"][1]["file"], &answer["sql"][1]["line"]), (&"portalctl.yaml".into(), &34.into()));
    let plain = run(folder.path(), &["can", "partners/manager", "transition:approved", "deal", "--format", "json"]);
    let plain: Value = serde_json::from_str(&plain.stdout).unwrap();
    assert!(plain.get("sql").is_none() && plain.get("sql_note").is_none(), "{plain}");
}

#[test]
fn what_functions_decide_is_told_with_the_function() {
    let folder = project();
    for (action, function) in
        [("delete", "\"acme_portal\".\"delete_deal\""), ("share", "\"acme_portal\".\"share_deal\"")]
    {
        let answer = json(folder.path(), "partners/rep", action, "deal");
        let sql = statements(&answer);
        assert!(matches!(&sql[..], [one] if one.starts_with(&format!("CREATE FUNCTION {function}("))), "{sql:#?}");
        assert!(sql[0].contains("WHEN 'acme__partners__rep' THEN"), "{sql:#?}");
    }
    // Of which deal it is a note, the policy asks a function.
    let answer = json(folder.path(), "partners/rep", "read", "note");
    let sql = statements(&answer);
    let [columns, allow, guard, lookup] = sql[..] else { panic!("{sql:#?}") };
    assert!(columns.starts_with("GRANT ") && guard.contains(" AS RESTRICTIVE "), "{sql:#?}");
    let named = lookup.strip_prefix("CREATE FUNCTION ").unwrap().split('(').next().unwrap();
    assert!(allow.contains(&format!("{named}(")) && lookup.contains("\"rep_id\" = "), "{sql:#?}");
    let created = json(folder.path(), "partners/rep", "create", "deal");
    let sql = statements(&created);
    assert!(sql.iter().any(|one| one.starts_with("CREATE TRIGGER \"!acme__create\" BEFORE INSERT ")), "{sql:#?}");
    assert!(sql.iter().all(|one| !one.contains(" FOR UPDATE ") && !one.contains(" FOR SELECT ")), "{sql:#?}");
}

/// For every audience, and for everything that it may do.
#[test]
fn what_is_told_is_what_is_planned_for_an_empty_database() {
    let shop = PrivateProject::new();
    shop.write("portalctl.yaml", SHOP);
    let asked = [
        ("order", "read"),
        ("order", "create"),
        ("order", "update"),
        ("order", "transition:paid"),
        ("order", "transition:done"),
        ("order", "delete"),
        ("line", "read"),
        ("note", "read"),
        ("note", "create"),
        ("note", "delete"),
        ("note", "share"),
    ];
    let mut told: Vec<String> = Vec::new();
    for who in ["shop/customer", "shop/clerk"] {
        for (object, action) in asked {
            let answer = json(shop.path(), who, action, object);
            assert_eq!(statements(&answer).is_empty(), answer["sql_note"] != "", "{who} {action} {object}: {answer}");
            told.extend(statements(&answer).into_iter().map(str::to_owned));
        }
    }
    // Each role's rows come from the grants that it holds.
    let read = json(shop.path(), "shop/customer", "read", "order");
    let lines = |role: &str| -> Vec<&Value> {
        let of_role = |one: &&Value| one["sql"].as_str().unwrap().contains(&format!(" FOR SELECT TO \"{role}\"\n"));
        let policies = read["sql"].as_array().unwrap().iter().filter(of_role);
        policies.flat_map(|one| one["sources"].as_array().unwrap()).map(|source| &source["line"]).collect()
    };
    assert_eq!(lines("acme__shop__customer__f2"), [38, 38], "{read}");
    assert_eq!(lines("acme__shop__customer"), [37, 38, 37, 38], "{read}");
    assert!(!shop.path().join(".portalctl").exists(), "no database is started to tell it");
    shop.make_cluster();
    let planned = run(shop.path(), &["plan", "--format", "sql"]).expect(0).stdout;
    for statement in &told {
        assert!(planned.contains(&format!("{statement};\n")), "{statement}\nis not in\n{planned}");
    }
    // And nothing is left out: each policy for an audience, each of its views, each grant on a table of an object.
    let roles = ["\"acme__shop__customer\"", "\"acme__shop__customer__f2\"", "\"acme__shop__clerk\""];
    let mut left = planned.split(";\n").filter(|statement| {
        let first = statement.lines().find(|line| !line.starts_with("--") && !line.is_empty()).unwrap_or_default();
        let decides = first.starts_with("CREATE POLICY") || (first.starts_with("GRANT") && first.contains("ON TABLE"));
        decides && roles.iter().any(|role| first.contains(role)) && !told.iter().any(|told| statement.ends_with(told))
    });
    assert_eq!(left.next(), None);
    for part in ["\"acme__shop__customer__f2\"", "CREATE VIEW ", "CREATE FUNCTION ", " FOR DELETE ", "GRANT DELETE "] {
        assert!(told.iter().any(|one| one.contains(part)), "{part}: {told:#?}");
    }
}
