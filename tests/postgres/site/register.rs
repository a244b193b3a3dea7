//! Asking to be let in, and the page on which staff answer.

use super::{ADMIN, Portal};
use axum::http::StatusCode;

const EDITS: &[(&str, &str)] = &[
    (
        "navigation: [home, case,",
        "registration: {form: [name, company, purpose], approval: required, rate_limit: 3/h}\nnavigation: [home, case,",
    ),
    (
        "  visitor: {who: guest,",
        "  doorkeeper: {who: internal, label: Doorkeeper, delegated_admin: {registrations: true}, permission_sets: [public_reader]}\n  visitor: {who: guest,",
    ),
    (
        "extends: customer_user, permission_sets: [customer_office]}",
        "registration: open, extends: customer_user, permission_sets: [customer_office]}",
    ),
];

async fn portal() -> Portal {
    let portal = Portal::acme_that(EDITS).await;
    let statement = "insert into {p}_portal.app_user (source_key, email) values ('door@acme.example', 'door@acme.example');
        insert into {p}_portal.membership (user_id, portal, audience, origin)
            select id, 'support', 'doorkeeper', 'command' from {p}_portal.app_user where source_key = 'door@acme.example'";
    portal.world.run(&statement.replace("{p}", portal.world.db.project())).await;
    portal
}

#[tokio::test]
async fn who_asks_is_told_the_same_and_staff_let_them_in() {
    let portal = portal().await;
    let mut guest = portal.browser();
    let start = guest.get("/support/sign-in").await;
    assert_eq!(start.link_called("Ask for one").as_deref(), Some("/support/register"), "{}", start.body);
    let form = guest.get("/support/register").await.form("/support/register");
    let fill = |email: &str| {
        let form = form.clone_with("v.email", email).with("v.name", "Nell New").with("v.company", "Nell & Co");
        form.with("v.purpose", "To see my orders")
    };
    for (email, company, says) in
        [("nobody", "Nell & Co", "E-mail: Enter an e-mail"), ("nell@new.example", "  ", "Company: Enter")]
    {
        let answer = fill(email).with("v.company", company).send(&mut guest).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
        assert!(answer.text().contains(says) && answer.body.contains("<title>Error: "), "{}", answer.text());
        assert!(answer.body.contains("value=\"Nell New\""), "what was written is lost");
    }
    let mut told = Vec::new();
    for email in ["nell@new.example", ADMIN] {
        let answer = fill(email).send(&mut guest).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/support/register/sent"),
            "{}",
            answer.text()
        );
        told.push(guest.get("/support/register/sent").await.body);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(fill("third@new.example").send(&mut guest).await.status, StatusCode::SEE_OTHER);
    let late = fill("fourth@new.example").send(&mut guest).await;
    assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS, "{}", late.text());
    assert!(late.text().contains("Try again later"), "{}", late.text());

    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    assert_eq!(admin.get("/support/registrations").await.status, StatusCode::NOT_FOUND);
    let mut door = portal.signed_in("door@acme.example", "support/doorkeeper").await;
    assert!(door.get("/support/").await.link_called(" Registrations").is_some());
    let list = door.get("/support/registrations").await;
    let page = list.link_called("Nell New").expect("somebody who waits");
    assert_eq!(admin.get(&page).await.status, StatusCode::NOT_FOUND);
    let shown = door.get(&page).await;
    assert!(shown.text().contains("Nell & Co") && shown.text().contains("To see my orders"), "{}", shown.text());
    let forms = shown.forms(&page);
    let approve = forms.iter().find(|form| form.get("do") == "approve").expect("a form to let them in");
    for (tenant, says) in [("", "Name the tenant"), ("nowhere", "There is no active tenant")] {
        let answer =
            approve.clone_with("v.tenant", tenant).with("submission", &format!("s{tenant}")).send(&mut door).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
        assert!(answer.text().contains(says), "{}", answer.text());
    }
    let forged = approve.clone_with("csrf", &admin.get("/support/").await.hidden("csrf")).send(&mut admin).await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND, "{}", forged.text());
    let key = portal.world.one(&format!("select account_id from crm.contacts where email = '{ADMIN}'")).await;
    for _ in 0..2 {
        let answer = approve.clone_with("v.tenant", &key).send(&mut door).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/support/registrations"),
            "{}",
            answer.text()
        );
    }
    let state = "select string_agg(state || ' ' || email, ', ' order by email) from {p}_portal.registration where email ~ '^nell'";
    assert_eq!(portal.world.one(state).await, "approved nell@new.example");
    let mut nell = portal.signed_in("nell@new.example", "support/customer_admin").await;
    assert!(nell.get("/support/").await.link_called("Cases").is_some());
}
