//! What is shown by a mask, on every page that could show more.

use super::browser::Browser;
use super::{ADMIN, Portal};
use axum::http::StatusCode;

/// Somebody of the administrator's company who only looks.
async fn user(portal: &Portal) -> (Browser, String) {
    let email = portal
        .world
        .one(&format!(
            "select min(u.email) from crm.contacts u join crm.contacts a using (account_id) where a.email = '{ADMIN}' \
             and u.portal_enabled and u.portal_role = 'user'"
        ))
        .await;
    (portal.signed_in(&email, "support/customer_user").await, email)
}

/// One column of the people of the company, but for that one.
async fn of_colleagues(portal: &Portal, column: &str, email: &str) -> Vec<String> {
    let all = portal
        .world
        .one(&format!(
            "select string_agg({column}, '|' order by c.id) from crm.contacts c join crm.contacts u using (account_id) \
             where u.email = '{email}' and c.email <> '{email}'"
        ))
        .await;
    all.split('|').map(str::to_owned).collect()
}

fn shows_none(page: &str, values: &[String]) {
    for value in values {
        assert!(!page.contains(value.as_str()), "{value} in {page}");
    }
}

#[tokio::test]
async fn colleagues_phones_are_masked_in_lists_records_related_lists_and_files() {
    let edits = [(
        "      - {scope: tenant, path: customer, fields: directory}\n",
        "      - {scope: tenant, path: customer, fields: directory}\n    export: 100\n",
    )];
    let portal = Portal::acme_that(&edits).await;
    let (mut user, email) = user(&portal).await;
    let phones = of_colleagues(&portal, "c.phone", &email).await;
    let own = portal.world.one(&format!("select phone from crm.contacts where email = '{email}'")).await;
    assert!(phones.len() > 3 && phones.iter().all(|phone| phone.len() >= 8), "{phones:?}");

    let list = user.get("/support/contact").await;
    shows_none(&list.body, &phones);
    for phone in &phones {
        let mask = format!("••••{}", &phone[phone.len() - 4..]);
        assert!(list.text().contains(&mask), "{mask} in {}", list.text());
    }
    // Nothing is found or put in order by what is not shown.
    let plain = list.records("/support/contact");
    let digits = phones[0].rsplit(' ').next().unwrap();
    for address in [
        format!("/support/contact?q={digits}"),
        "/support/contact?sort=phone".to_owned(),
        "/support/contact?sort=-phone".to_owned(),
        format!("/support/contact?f.phone={digits}"),
        format!("/support/contact?of.phone={digits}"),
    ] {
        let found = user.get(&address).await;
        shows_none(&found.body.replace(&address.replace('&', "&amp;"), ""), &phones);
        let records = found.records("/support/contact");
        let refused = found.status == StatusCode::BAD_REQUEST || found.status == StatusCode::NOT_FOUND;
        assert!(refused || records.is_empty() || records == plain, "{address}: {} {records:?}", found.status);
    }
    let mut owns = 0;
    for record in &plain {
        let page = user.get(record).await;
        assert_eq!(page.status, StatusCode::OK);
        shows_none(&page.body, &phones);
        owns += usize::from(page.text().contains(&own));
    }
    assert_eq!(owns, 1, "one's own is shown as it is, on one's own page");
    let company = user.get("/support/account").await.records("/support/account")[0].clone();
    let company = user.get(&company).await;
    shows_none(&company.body, &phones);
    let file = user.get("/support/contact.csv").await;
    assert_eq!(file.status, StatusCode::OK);
    shows_none(&file.body, &phones);
    assert!(file.body.contains(&format!("••••{}", &phones[0][phones[0].len() - 4..])), "{}", file.body);

    // Whose grant unmasks it sees it, and finds nothing by it all the same.
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    assert!(admin.get("/support/contact").await.text().contains(&phones[0]));
}

/// What a row is called is shown wherever something leads to it.
#[tokio::test]
async fn a_masked_name_stands_on_no_page_that_leads_to_its_row() {
    let name = "name: {type: text, column: full_name, class: personal, required: true, search: true";
    let masked = format!("{name}, mask: hash");
    let portal = Portal::acme_that(&[(name, &masked)]).await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let names = of_colleagues(&portal, "c.full_name", ADMIN).await;
    let cases = admin.get("/support/case").await;
    shows_none(&cases.body, &names);
    let reporter = format!(
        "select k.id from crm.cases k join crm.contacts c on c.id = k.contact_id join crm.contacts a on a.account_id = k.account_id \
         where a.email = '{ADMIN}' and c.email <> '{ADMIN}' limit 1"
    );
    let case = admin.get(&format!("/support/case/{}", portal.world.one(&reporter).await)).await;
    assert_eq!(case.status, StatusCode::OK);
    assert!(case.text().contains("Reporter"), "{}", case.text());
    // Who wrote a comment is a text of the comment's own.
    shows_none(case.body.split("/support/case_comment").next().unwrap(), &names);
    let order = admin.get("/support/order").await.records("/support/order")[0].clone();
    shows_none(&admin.get(&order).await.body, &names);
    let people = admin.get("/support/contact").await;
    shows_none(&people.body, &names);
    let surname = names[0].split(' ').next_back().unwrap();
    let found = admin.get(&format!("/support/contact?q={surname}")).await;
    let by_title = admin.get("/support/contact?sort=name").await;
    shows_none(&by_title.body, &names);
    assert!(found.records("/support/contact").len() < people.records("/support/contact").len(), "{}", found.text());
    for record in people.records("/support/contact").iter().take(3) {
        shows_none(&admin.get(record).await.body, &names);
    }
}

#[tokio::test]
async fn a_masked_field_is_filled_in_anew_or_left_as_it_is() {
    let read = "      - {scope: tenant, path: customer, fields: directory}\n";
    let more = format!("{read}    update: {{scope: tenant, path: customer, fields: [job_title, phone]}}\n");
    let portal = Portal::acme_that(&[(read, &more)]).await;
    let (mut user, email) = user(&portal).await;
    let phones = of_colleagues(&portal, "c.phone", &email).await;
    let id = &of_colleagues(&portal, "c.id::text", &email).await[0];
    let edit = format!("/support/contact/{id}/edit");
    let value = |column: &str| format!("select {column} from crm.contacts where id = {id}");
    let page = user.get(&edit).await;
    assert!(page.text().contains("You do not see its value. Left empty, it stays as it is."), "{}", page.text());
    shows_none(&page.body, &phones);
    let form = page.form(&edit);
    assert_eq!(form.get("v.phone"), "");
    assert_eq!(form.send(&mut user).await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.world.one(&value("phone")).await, phones[0]);

    let form = user.get(&edit).await.form(&edit);
    portal
        .world
        .run(&format!("update crm.contacts set job_title = 'Theirs', phone = '+49 1 9998887' where id = {id}"))
        .await;
    let conflict = form.with("v.job_title", "Mine").send(&mut user).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(!conflict.body.contains("9998887"), "{}", conflict.body);
    let done = conflict.form(&edit).with("decide.v.job_title", "mine").send(&mut user).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(portal.world.one(&value("job_title || phone")).await, "Mine+49 1 9998887");

    let sent = user.get(&edit).await.form(&edit).with("v.phone", "+49 2 5550001").send(&mut user).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    assert_eq!(portal.world.one(&value("phone")).await, "+49 2 5550001");
    let record = user.get(&format!("/support/contact/{id}")).await;
    assert!(record.text().contains("••••0001") && !record.body.contains("5550001"), "{}", record.text());
    // What was written stands in the record of changes, and on no page.
    let activity = user.get("/support/activity").await;
    assert!(!activity.body.contains("5550001") && !activity.body.contains("9998887"), "{}", activity.text());
}

/// Rows of a view are listed, opened and taken back to like any other; nobody is offered to change them.
#[tokio::test]
async fn an_aggregate_shows_what_is_large_enough() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let list = admin.get("/support/benchmark").await;
    let shown = list.records("/support/benchmark").len().to_string();
    let count = |of: &str| format!("select count(*) from crm.service_benchmark where companies {of}");
    assert_eq!(shown, portal.world.one(&count(">= 5")).await);
    assert_ne!(portal.world.one(&count("< 5")).await, "0", "there is something to hide");
    let small =
        portal.world.one("select industry || ',' || tier from crm.service_benchmark where companies < 5 limit 1").await;
    let small = admin.get(&format!("/support/benchmark/{}", small.replace(' ', "%20"))).await;
    assert_eq!(small.status, StatusCode::NOT_FOUND);
    let one = admin.get(&list.records("/support/benchmark")[0]).await;
    assert!(one.status == StatusCode::OK && one.link_called("Edit").is_none(), "{}", one.text());
    for narrowed in ["?q=chem", "?f.tier=gold", "?sort=-companies"] {
        assert_eq!(admin.get(&format!("/support/benchmark{narrowed}")).await.status, StatusCode::OK);
    }
    let mut user = portal.someone("support/customer_user").await;
    assert_eq!(user.get("/support/benchmark").await.status, StatusCode::NOT_FOUND);
}
