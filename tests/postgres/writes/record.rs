//! The record of changes.

use super::{business, provisioned};
use crate::provisioned::{Asker, Provisioned, folder, rows, run};

/// Runs statements as the persona, for good; what is recorded of them.
async fn recorded(portal: &Provisioned, asker: &Asker, statements: &str) -> Vec<String> {
    let mut gateway = portal.gateway().await;
    let token = portal.token(asker, &gateway).await;
    let script = format!(
        "begin; set local role \"{}\"; set local portal.context = '{token}'; {statements}; commit",
        portal.role(&asker.persona)
    );
    gateway.free(&script).await.unwrap();
    let query = format!(
        "select action, object, row_key, actor, persona, tenant_kind, tenant_key, before, after from \"{}\".audit_event
         where object is not null order by id",
        portal.control()
    );
    rows(&mut portal.db.admin().await, &query).await.unwrap()
}

fn user() -> Asker {
    Asker::new("ext/user").of("customer", "1").with("contact", "11")
}

const WHO: &str = r#"{"contact": "11"}|ext/user|customer|1"#;

#[tokio::test]
async fn a_change_is_recorded_with_who_whose_and_what() {
    let portal = provisioned().await;
    let change = "update w.tasks set title = 'x', amount = 1.0 where id = 1";
    let before = r#"{"title": "one"}"#;
    let after = r#"{"title": "x"}"#;
    assert_eq!(recorded(&portal, &user(), change).await, [format!("row.update|task|{{1}}|{WHO}|{before}|{after}")]);
}

#[tokio::test]
async fn rows_made_and_removed_are_recorded_whole_without_secrets() {
    let portal = provisioned().await;
    run(&mut portal.db.admin().await, "update w.tasks set pin = 'never' where id = 7").await;
    let done = "delete from w.tasks where id = 7; insert into w.lines (task_id, no, text) values (1, 9, 'n')";
    let found = recorded(&portal, &user(), done).await;
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found.iter().any(|row| row.starts_with(&format!("row.delete|task|{{7}}|{WHO}|{{")) && row.ends_with("|NULL"))
    );
    let line = r#"{"no": 9, "text": "n", "task_id": 1}"#;
    assert!(found.contains(&format!("row.insert|line|{{1,9}}|{WHO}|NULL|{line}")), "{found:#?}");
    assert!(!found.iter().any(|row| row.contains("pin") || row.contains("never")), "{found:#?}");
    // Neither what no document names, nor what another object on the table calls secret.
    assert!(!found.iter().any(|row| row.contains("unnamed") || row.contains("password") || row.contains("mail")));
}

#[tokio::test]
async fn that_a_secret_changed_is_recorded_and_never_what_it_is() {
    let portal = provisioned().await;
    let found = recorded(&portal, &user(), "update w.tasks set pin = 'never', title = 'x' where id = 1").await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("title") && !found[0].contains("pin") && !found[0].contains("never"), "{found:#?}");
    let found = recorded(&portal, &user(), "update w.tasks set pin = 'again' where id = 1").await;
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(!found.iter().any(|row| row.contains("again")), "{found:#?}");
}

#[tokio::test]
async fn a_soft_deletion_is_recorded_as_its_askers() {
    let portal = provisioned().await;
    let found = recorded(&portal, &user(), &format!("select \"{}\".delete_doc('{{1}}')", portal.control())).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!(r#"row.update|doc|{{1}}|{WHO}|{{"deleted_at": null}}|{{"deleted_at": "2"#)));
}

/// The tenant of the row, whoever changes it; what the business's functions do meanwhile is the business's.
#[tokio::test]
async fn the_row_says_whose_it_is_and_the_business_is_not_recorded() {
    let portal = provisioned().await;
    let agent = Asker::new("int/agent").with("employee", "s1");
    let found = recorded(&portal, &agent, "insert into w.tasks (title, account_id) values ('n', 3)").await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with(r#"row.insert|task|{101}|{"employee": "s1"}|int/agent|customer|3|NULL|"#),
        "{found:#?}"
    );
    run(&mut portal.db.admin().await, "update w.tasks set title = 'y'; delete from w.lines").await;
    let tree = Asker::new("ext/tree").of("customer", "1");
    let found = recorded(&portal, &tree, "update w.tasks set title = 'x' where id = 6").await;
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|row| row.contains("|ext/tree|customer|2|")), "{found:#?}");
}

/// Nothing is recorded where the object says so.
#[tokio::test]
async fn an_object_may_be_left_out() {
    let portal = Provisioned::altered(business().await, &folder("postgres/writes"), |model| {
        model.objects.get_mut("task").unwrap().audit_writes = false;
    })
    .await;
    let change = "update w.tasks set title = 'x' where id = 1";
    assert_eq!(recorded(&portal, &user(), change).await, [""; 0]);
}
