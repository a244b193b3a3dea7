use super::super::{ADMIN, OTHER_ADMIN, Portal};
use super::{admin, case, follow, portal, value};
use axum::http::StatusCode;

async fn mine(portal: &Portal) -> String {
    portal.world.one(&format!("select id from crm.contacts where email = '{ADMIN}'")).await
}

/// A colleague with a place in the portal: their id and e-mail.
async fn colleague(portal: &Portal) -> (String, String) {
    let of = |column: &str| {
        format!(
            "select {column} from crm.contacts c join crm.contacts a using (account_id) where a.email = '{ADMIN}' \
             and c.id <> a.id and c.portal_enabled order by c.id limit 1"
        )
    };
    (portal.world.one(&of("c.id")).await, portal.world.one(&of("c.email")).await)
}

#[tokio::test]
async fn a_case_is_handed_over_to_a_colleague_and_to_nobody_else() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let (colleague, _) = colleague(&portal).await;
    let link = admin.get(&path).await.link_called("Hand over").expect("a way to hand it over");
    let page = admin.get(&link).await;
    let form = page.form(&link);
    let nobody = form.send(&mut admin).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.text().contains("Choose one."), "{}", nobody.text());
    assert!(page.body.contains(&format!(",{colleague}\"")), "{}", page.body);
    let value_of = |key: &str| {
        let known = page.body.split("<option value=\"").filter_map(|rest| rest.split('"').next());
        let sample = known.filter(|value| value.ends_with(&format!(",{colleague}"))).last().unwrap();
        sample.replace(&format!(",{colleague}"), &format!(",{key}"))
    };
    let foreign = portal.world.one(&format!("select id from crm.contacts where email = '{OTHER_ADMIN}'")).await;
    assert!(!page.body.contains(&value_of(&foreign)), "a person of another company is offered");
    for wrong in [value_of(&foreign), value_of("0"), value_of("x"), "x".to_owned()] {
        let refused = form.clone_with("v.to", &wrong).send(&mut admin).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.text());
        assert!(refused.text().contains("not one of the people"), "{wrong}: {}", refused.text());
        assert_eq!(value(&portal, &id, "contact_id").await, mine(&portal).await);
    }
    let given = form.clone_with("v.to", &value_of(&colleague));
    let answer = given.send(&mut admin).await;
    let page = follow(&mut admin, &answer).await;
    assert!(page.text().contains("The case has been handed over."), "{}", page.text());
    assert_eq!(value(&portal, &id, "contact_id").await, colleague);
    assert_eq!(given.send(&mut admin).await.header("location"), path, "sent again, it lands where it did");
}

#[tokio::test]
async fn a_case_of_another_company_is_not_handed_over() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let foreign = portal
        .world
        .one(&format!(
            "select min(s.id) from crm.cases s join crm.contacts c using (account_id) where c.email = '{OTHER_ADMIN}'"
        ))
        .await;
    let before = value(&portal, &foreign, "contact_id").await;
    let page = admin.get(&format!("/support/case/{id}/hand-over")).await;
    let option = page.body.split("<option value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    let mut form = page.form(&format!("/support/case/{id}/hand-over")).with("v.to", &option);
    form.action = format!("/support/case/{foreign}/hand-over");
    assert_eq!(form.send(&mut admin).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.get(&form.action).await.status, StatusCode::NOT_FOUND);
    assert_eq!(value(&portal, &foreign, "contact_id").await, before);
}

#[tokio::test]
async fn a_case_is_shared_and_taken_back() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let (colleague, email) = colleague(&portal).await;
    let page = admin.get(&path).await;
    assert!(page.text().contains("Shared with") && page.text().contains("Nobody yet."), "{}", page.text());
    let form = page.form(&format!("{path}/share"));
    assert_eq!(form.get("v.days"), "");
    assert!(page.text().contains("At most 90"), "{}", page.text());
    let sent = form.clone_with("v.email", &email.to_uppercase());
    let answer = sent.send(&mut admin).await;
    let page = follow(&mut admin, &answer).await;
    assert!(page.text().contains("The case has been shared."), "{}", page.text());
    let watchers = format!("select string_agg(contact_id::text, ',') from crm.case_watchers where case_id = {id}");
    assert_eq!(portal.world.one(&watchers).await, colleague);
    assert_eq!(sent.send(&mut admin).await.header("location"), path);
    assert_eq!(portal.world.one(&watchers).await, colleague, "sent again, nothing more is done");
    let remove = page.form(&format!("{path}/unshare"));
    let answer = remove.send(&mut admin).await;
    let page = follow(&mut admin, &answer).await;
    assert!(page.text().contains("no longer shared") && page.text().contains("Nobody yet."), "{}", page.text());
    let none = format!("select count(*) from crm.case_watchers where case_id = {id}");
    assert_eq!(portal.world.one(&none).await, "0");
    let mut late = remove.with("submission", "another");
    late = late.with("share", &colleague);
    let gone = late.send(&mut admin).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", gone.text());
    assert!(gone.text().contains("not shared with this person any more"), "{}", gone.text());
}

/// Who has an account is nobody's to find out by sharing.
#[tokio::test]
async fn an_unknown_address_is_answered_as_a_foreign_one() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let form = admin.get(&path).await.form(&format!("{path}/share"));
    let staff = portal.world.one("select min(email) from crm.staff where email is not null").await;
    let mut pages = Vec::new();
    for email in ["nobody@nowhere.example", OTHER_ADMIN, &staff] {
        let answer = form.clone_with("v.email", email).send(&mut admin).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}: {}", answer.text());
        assert!(answer.text().contains("It cannot be shared with this address."), "{email}: {}", answer.text());
        assert!(answer.body.contains(&format!("value=\"{email}\"")), "what was written is lost");
        pages.push(answer.text().replace(email, "…"));
    }
    assert!(pages.iter().all(|page| page == &pages[0]), "{pages:#?}");
    let own = form.clone_with("v.email", ADMIN).send(&mut admin).await;
    assert!(own.text().contains("This is your own address: you see it already."), "{}", own.text());
    let none = format!("select count(*) from crm.case_watchers where case_id = {id}");
    assert_eq!(portal.world.one(&none).await, "0");
}

#[tokio::test]
async fn only_ones_own_case_is_offered_to_be_shared() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let form = admin.get(&format!("/support/case/{id}")).await.form(&format!("/support/case/{id}/share"));
    let (colleague, _) = colleague(&portal).await;
    portal.world.run(&format!("update crm.cases set contact_id = {colleague} where id = {id}")).await;
    let page = admin.get(&format!("/support/case/{id}")).await;
    assert!(page.status == StatusCode::OK && !page.text().contains("Shared with"), "{}", page.text());
    let answer = form.with("v.email", ADMIN).send(&mut admin).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    assert_eq!(portal.world.one(&format!("select count(*) from crm.case_watchers where case_id = {id}")).await, "0");
}

/// What is offered is asked of the database: whose the row is counts as much as how it stands.
#[tokio::test]
async fn a_colleagues_case_is_not_offered_to_be_changed() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let edit = admin.get(&path).await.link_called("Edit").expect("one's own case may be changed");
    let (colleague, _) = colleague(&portal).await;
    portal.world.run(&format!("update crm.cases set contact_id = {colleague} where id = {id}")).await;
    let page = admin.get(&path).await;
    assert_eq!((page.status, page.link_called("Edit")), (StatusCode::OK, None), "{}", page.text());
    assert_eq!(page.forms(&format!("{path}/move")).len(), 1, "the administrator may close it: {}", page.text());
    assert_eq!(admin.get(&edit).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_share_ends_when_it_was_meant_to_and_never_later_than_granted() {
    let portal = Portal::acme_that(&[
        ("shares: {table: crm.case_watchers, row: case_id, user: {column: contact_id, key: contact}, until: until}\n", ""),
        ("expires: 90d}", "expires: 30d}"),
    ])
    .await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let (_, email) = colleague(&portal).await;
    let days = "select round(extract(epoch from expires_at - now()) / 86400) from {p}_portal.share";
    for (written, lasts) in [("7", "7"), ("", "30")] {
        let form = admin.get(&path).await.form(&format!("{path}/share"));
        let refused = form.clone_with("v.email", &email).with("v.days", "31").send(&mut admin).await;
        assert!(refused.text().contains("from 1 to 30"), "{}", refused.text());
        let answer = form.with("v.email", &email).with("v.days", written).send(&mut admin).await;
        let page = follow(&mut admin, &answer).await;
        assert!(page.text().contains("until"), "{}", page.text());
        assert_eq!(portal.world.one(days).await, lasts);
        let remove = page.form(&format!("{path}/unshare"));
        assert_eq!(remove.send(&mut admin).await.status, StatusCode::SEE_OTHER);
    }
}

/// A share that is kept under another spelling of the key would be one that nobody sees or takes back.
#[tokio::test]
async fn a_share_is_of_the_row_however_its_key_was_written() {
    let portal = Portal::acme_that(&[(
        "shares: {table: crm.case_watchers, row: case_id, user: {column: contact_id, key: contact}, until: until}\n",
        "",
    )])
    .await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let (_, email) = colleague(&portal).await;
    let mut form = admin.get(&path).await.form(&format!("{path}/share")).with("v.email", &email);
    form.action = format!("/support/case/0{id}/share");
    assert_eq!(form.send(&mut admin).await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.world.one("select row_key::text from {p}_portal.share").await, format!("{{{id}}}"));
    let page = admin.get(&path).await;
    assert_eq!(page.form(&format!("{path}/unshare")).send(&mut admin).await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.world.one("select count(*) from {p}_portal.share").await, "0");
}

#[tokio::test]
async fn what_was_shared_once_may_be_shared_again_when_that_has_ended() {
    let portal = Portal::acme_that(&[]).await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    let (_, email) = colleague(&portal).await;
    let lasting = format!("select count(*) from crm.case_watchers where case_id = {id} and until > now()");
    for _ in 0..2 {
        let form = admin.get(&path).await.form(&format!("{path}/share"));
        form.with("v.email", &email).send(&mut admin).await;
        assert_eq!(portal.world.one(&lasting).await, "1");
        portal
            .world
            .run(&format!("update crm.case_watchers set until = now() - interval '1 day' where case_id = {id}"))
            .await;
        assert!(admin.get(&path).await.text().contains("Nobody yet."), "an ended share is none");
    }
}

#[tokio::test]
async fn no_end_is_offered_where_none_could_be_kept() {
    let portal = Portal::acme_that(&[(", until: until}", "}"), (", expires: 90d}", "}")]).await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let form = admin.get(&format!("/support/case/{id}")).await.form(&format!("/support/case/{id}/share"));
    assert!(!form.names().contains(&"v.days"), "{:?}", form.names());
}
