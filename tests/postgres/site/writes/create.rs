use super::super::form::Form;
use super::super::{ADMIN, OTHER_ADMIN, Portal, World};
use super::{NEW, admin, case, follow, portal};
use axum::http::StatusCode;

fn filled(form: Form) -> Form {
    form.with("v.subject", "Pump <b>stands</b> still")
        .with("v.description", "One\r\ntwo")
        .with("v.category", "Fault")
        .with("v.priority", "urgent")
}

#[tokio::test]
async fn a_form_holds_what_may_be_written_and_makes_a_row_of_ones_own() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let list = admin.get("/support/case").await;
    assert_eq!(list.link_called("New case").as_deref(), Some(NEW));
    let page = admin.get(NEW).await;
    let form = page.form(NEW);
    let names: Vec<&str> = form.names().into_iter().filter(|name| name.starts_with("v.")).collect();
    assert_eq!(names, ["v.subject", "v.description", "v.category", "v.priority", "v.machine"]);
    // Only machines of one's own company can be chosen.
    let machines = portal
        .world
        .one(&format!("select count(*) from crm.assets join crm.contacts using (account_id) where email = '{ADMIN}'"))
        .await;
    let select = page.body.split("name=\"v.machine\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert_eq!((select.matches("<option").count() - 1).to_string(), machines);

    let answer = filled(form).send(&mut admin).await;
    let record = follow(&mut admin, &answer).await;
    assert!(record.text().contains("The case has been created."), "{}", record.text());
    assert!(record.body.contains("Pump &lt;b&gt;stands"), "{}", record.text());
    let again = admin.get(answer.header("location")).await;
    assert!(!again.text().contains("has been created"), "it is said once");
    let made = "select concat_ws('|', c.description = E'One\ntwo', c.priority, c.status, p.email) from crm.cases c join crm.contacts p on p.id = c.contact_id and p.account_id = c.account_id order by c.id desc limit 1";
    assert_eq!(portal.world.one(made).await, format!("t|urgent|new|{ADMIN}"));
}

#[tokio::test]
async fn a_form_calls_optional_what_may_be_left_out_and_nothing_else() {
    let world = World::acme().await;
    let needed = "alter table crm.cases alter subject set not null, alter subject drop default, alter priority set default 'normal'";
    world.run(needed).await;
    let edits = [("subject: {type: text, required: true, search: true}", "subject: {type: text, search: true}")];
    let portal = Portal::over(world, &edits, |_| ()).await;
    let page = admin(&portal).await.get(NEW).await;
    let field = |name: &str| {
        let after = page.body.split(&format!("<label for=\"v-{name}\">")).nth(1).unwrap();
        after.split("<label ").next().unwrap().to_owned()
    };
    // The column takes nothing but a text, and nothing fills it in.
    assert!(!field("subject").contains("(optional)") && field("subject").contains(" required"), "{}", field("subject"));
    // Left empty it would be normal all the same, so that is what there is to choose.
    let priority = field("priority");
    assert!(priority.contains("value=\"normal\" selected") && !priority.contains(">None<"), "{priority}");
    assert!(field("machine").contains(">None<"), "{}", field("machine"));
}

#[tokio::test]
async fn a_mistake_loses_nothing_and_says_where_it_is() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let before = portal.world.one("select count(*) from crm.cases").await;
    let form = filled(admin.get(NEW).await.form(NEW)).with("v.subject", "  ").with("v.category", "Nonsense");
    let page = form.send(&mut admin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("<title>Error: New case"), "{}", page.body);
    let text = page.text();
    assert!(text.contains("Subject: Fill this in.") && text.contains("Category: Choose one of the list."), "{text}");
    assert!(page.body.contains("href=\"#v-subject\"") && page.body.contains("aria-describedby=\"v-subject-problem\""));
    let kept = page.form(NEW);
    assert_eq!((kept.get("v.description"), kept.get("v.priority")), ("One\r\ntwo", "urgent"));
    assert_eq!(portal.world.one("select count(*) from crm.cases").await, before);
    let mended = kept.with("v.subject", "Pump").with("v.category", "Fault");
    assert_eq!(mended.send(&mut admin).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_row() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let count = "select count(*) from crm.cases";
    let before: u32 = portal.world.one(count).await.parse().unwrap();
    let form = filled(admin.get(NEW).await.form(NEW));
    let (mut one, mut two) = (admin.clone(), admin.clone());
    let (first, second) = tokio::join!(form.send(&mut one), form.send(&mut two));
    let third = form.send(&mut admin).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    assert_eq!(first.header("location"), second.header("location"), "{}", second.text());
    assert_eq!(first.header("location"), third.header("location"));
    assert_eq!(portal.world.one(count).await, (before + 1).to_string());
    // Somebody goes back, changes a word and sends it again: that is another case, and nothing of it is lost.
    let other = form.with("v.subject", "Another").send(&mut admin).await;
    assert_ne!(other.header("location"), first.header("location"));
    assert_eq!(portal.world.one(count).await, (before + 2).to_string());
}

#[tokio::test]
async fn what_the_business_refuses_is_said_in_its_words_without_its_tables() {
    let portal = portal().await;
    portal
        .world
        .run(
            "create function crm.call_us() returns trigger language plpgsql as $$ begin \
             if new.priority = 'urgent' then raise exception 'crm.cases <urgent> need a call to our hotline'; end if; return new; end $$; \
             create trigger z_call_us before insert on crm.cases for each row execute function crm.call_us();",
        )
        .await;
    let mut admin = admin(&portal).await;
    let page = filled(admin.get(NEW).await.form(NEW)).send(&mut admin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("cases <urgent> need a call to our hotline"), "{}", page.text());
    assert!(!page.body.contains("crm.") && !page.body.contains("<urgent>"), "{}", page.body);
    let same = page.form(NEW);
    assert_eq!(same.get("v.subject"), "Pump <b>stands</b> still");
    assert_eq!(same.with("v.priority", "high").send(&mut admin).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_companys_rows_cannot_be_named_nor_columns_that_are_not_granted() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let foreign = portal
        .world
        .one(&format!(
            "select min(a.id) from crm.assets a join crm.contacts c using (account_id) where c.email = '{OTHER_ADMIN}'"
        ))
        .await;
    let page = filled(admin.get(NEW).await.form(NEW)).with("v.machine", &foreign).send(&mut admin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
    assert!(!page.text().contains("exist"), "{}", page.text());
    // A field that is not on the form is passed over.
    let sent = filled(admin.get(NEW).await.form(NEW))
        .with("v.internal_notes", "x")
        .with("v.status", "closed")
        .with("v.company", "1");
    let answer = sent.send(&mut admin).await;
    let id = answer.header("location").rsplit('/').next().unwrap();
    assert_eq!(
        portal
            .world
            .one(&format!("select status || coalesce(internal_notes, '-') from crm.cases where id = {id}"))
            .await,
        "new-"
    );
    // What nobody may create has no form, and a guest is asked to sign in.
    assert_eq!(admin.get("/support/order/new").await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.post("/support/order/new", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.browser().get(NEW).await.header("location"), "/support/sign-in");
}

#[tokio::test]
async fn a_comment_is_written_where_the_case_is() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "new").await;
    let page = admin.get(&format!("/support/case/{id}")).await;
    let form = page.form("/support/case_comment/new");
    assert_eq!(form.get("of.case"), id);
    // With a mistake, the form comes as a page of its own and still knows the case.
    let wrong = form.with("v.body", " \n ").send(&mut admin).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = wrong.form("/support/case_comment/new");
    assert_eq!(form.get("of.case"), id.as_str());
    let answer = form.with("v.body", "Any news?").send(&mut admin).await;
    assert_eq!(answer.header("location"), format!("/support/case/{id}"), "{}", answer.text());
    let page = follow(&mut admin, &answer).await;
    assert!(
        page.text().contains("The comment has been created.") && page.text().contains("Any news?"),
        "{}",
        page.text()
    );
    let foreign = portal
        .world
        .one(&format!(
            "select min(s.id) from crm.cases s join crm.contacts c using (account_id) where c.email = '{OTHER_ADMIN}'"
        ))
        .await;
    let count = portal.world.one("select count(*) from crm.case_comments").await;
    let form = page.form("/support/case_comment/new").with("of.case", &foreign).with("v.body", "x");
    let refused = form.send(&mut admin).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert_eq!(portal.world.one("select count(*) from crm.case_comments").await, count);
}

#[tokio::test]
async fn an_address_fills_in_any_text_and_rows_by_their_keys_alone() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let page = admin.get(&format!("{NEW}?v.subject=Leak%2C%20100%25&v.machine=1,2")).await;
    let form = page.form(NEW);
    assert_eq!((form.get("v.subject"), form.get("v.machine")), ("Leak, 100%", ""), "{}", page.body);
}
