use super::super::OTHER_ADMIN;
use super::{admin, case, follow, portal, value};
use axum::http::StatusCode;

#[tokio::test]
async fn a_button_moves_a_case_and_only_where_it_may_go() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let page = admin.get(&path).await;
    assert!(page.text().contains("Close") && !page.text().contains("Reopen"), "{}", page.text());
    let moves = page.forms(&format!("{path}/move"));
    let [form] = &moves[..] else { panic!("{}", page.text()) };
    assert_eq!((form.get("from"), form.get("to")), ("open", "closed"));
    // Somebody else was faster.
    portal.world.run(&format!("update crm.cases set status = 'resolved' where id = {id}")).await;
    let overtaken = form.send(&mut admin).await.form(&format!("{path}/move")).send(&mut admin).await;
    let page = follow(&mut admin, &overtaken).await;
    assert!(page.text().contains("Somebody else has changed the case in the meantime"), "{}", page.text());
    assert_eq!(value(&portal, &id, "status").await, "resolved");
    assert!(page.text().contains("Reopen"), "{}", page.text());
    let reopen = page.forms(&format!("{path}/move")).into_iter().find(|form| form.get("to") == "open").unwrap();
    let moved = reopen.send(&mut admin).await;
    let page = follow(&mut admin, &moved).await;
    assert!(page.text().contains("The case has been changed."), "{}", page.text());
    assert_eq!(value(&portal, &id, "status").await, "open");
    // The same once more does nothing more, and a move that there is not does nothing at all.
    assert_eq!(reopen.send(&mut admin).await.status, StatusCode::SEE_OTHER);
    let wrong = reopen.with("from", "open").with("to", "resolved").send(&mut admin).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN, "{}", wrong.text());
    assert_eq!(value(&portal, &id, "status").await, "open");
}

#[tokio::test]
async fn why_a_move_is_refused_is_said_on_the_page() {
    let portal = portal().await;
    portal
        .world
        .run(
            "create function crm.call_us() returns trigger language plpgsql as $$ begin \
             if new.status = 'closed' then raise exception 'crm.cases are closed by phone'; end if; return new; end $$; \
             create trigger z_call_us before update on crm.cases for each row execute function crm.call_us();",
        )
        .await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let sure = admin.get(&path).await.form(&format!("{path}/move")).send(&mut admin).await;
    let page = sure.form(&format!("{path}/move")).send(&mut admin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains(" cases are closed by phone"), "{}", page.text());
    assert!(page.body.contains("<title>Error: ") && !page.body.contains("crm."), "{}", page.body);
    assert_eq!(value(&portal, &id, "status").await, "open");
}

#[tokio::test]
async fn a_case_is_deleted_only_after_one_has_said_so_twice() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "new").await;
    let path = format!("/support/case/{id}");
    let delete = admin.get(&path).await.link_called("Delete").unwrap();
    let page = admin.get(&delete).await;
    assert!(page.text().contains("Delete this case?") && page.text().contains("Pump leaks"), "{}", page.text());
    assert_eq!(portal.world.one(&format!("select count(*) from crm.cases where id = {id}")).await, "1");
    let form = page.form(&delete);
    let answer = form.send(&mut admin).await;
    let list = follow(&mut admin, &answer).await;
    assert!(list.text().contains("The case has been deleted."), "{}", list.text());
    assert_eq!(portal.world.one(&format!("select count(*) from crm.cases where id = {id}")).await, "0");
    assert_eq!(form.send(&mut admin).await.header("location"), "/support/case", "sent again, it lands where it did");

    let open = case(&portal, "open").await;
    assert_eq!(admin.get(&format!("/support/case/{open}")).await.link_called("Delete"), None);
    let foreign = portal
        .world
        .one(&format!(
            "select min(s.id) from crm.cases s join crm.contacts c using (account_id) where c.email = '{OTHER_ADMIN}'"
        ))
        .await;
    let mine = case(&portal, "new").await;
    for id in [&open, &foreign] {
        let mut form =
            admin.get(&format!("/support/case/{mine}/delete")).await.form(&format!("/support/case/{mine}/delete"));
        form.action = format!("/support/case/{id}/delete");
        let refused = form.send(&mut admin).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
        assert_eq!(portal.world.one(&format!("select count(*) from crm.cases where id = {id}")).await, "1");
    }
}

#[tokio::test]
async fn what_others_refer_to_is_not_deleted() {
    let portal = portal().await;
    portal.world.run("create table crm.visits (case_id integer not null references crm.cases)").await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "new").await;
    portal.world.run(&format!("insert into crm.visits values ({id})")).await;
    let delete = format!("/support/case/{id}/delete");
    let page = admin.get(&delete).await.form(&delete).send(&mut admin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("cannot be deleted while other records refer to it"), "{}", page.text());
    assert!(!page.body.contains("visits"), "{}", page.body);
}
