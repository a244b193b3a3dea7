//! Links, sessions, cookies.

use super::{ADMIN, OTHER_ADMIN, Portal};
use axum::http::StatusCode;
use portalctl::adapters::postgres::directory::Directory;

const CUSTOMER_ADMIN: &str = "support/customer_admin";

#[tokio::test]
async fn a_link_shows_whom_it_signs_in_and_works_once() {
    let portal = Portal::acme().await;
    let link = portal.link(ADMIN, CUSTOMER_ADMIN).await;
    let mut browser = portal.browser();
    let address = format!("/support/sign-in?link={link}");
    // A scanner that opens every link of a mail uses none of them up.
    for _ in 0..3 {
        let page = browser.get(&address).await;
        assert_eq!(page.status, StatusCode::OK);
        for shown in ["Henrik Torres", ADMIN, "Wendford Group SAS", "Account administrator"] {
            assert!(page.text().contains(shown), "{shown}: {}", page.text());
        }
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
    assert!(browser.cookies.is_empty());
    browser.sign_in("support", &link).await;
    assert_eq!(browser.get("/support/case").await.status, StatusCode::OK);
    let mut second = portal.browser();
    for answer in [second.get(&address).await, second.post("/support/sign-in", &[("link", &link)]).await] {
        assert_eq!(answer.status, StatusCode::GONE, "{}", answer.text());
        assert!(answer.text().contains("This link does not work"), "{}", answer.text());
    }
    assert!(second.cookies.is_empty());
}

#[tokio::test]
async fn links_that_are_none_are_all_answered_alike() {
    let portal = Portal::acme().await;
    let foreign = portal.secret("partners/rep").await;
    let expired = portal.link(ADMIN, CUSTOMER_ADMIN).await;
    portal
        .world
        .run("update {p}_portal.sign_in_link set expires_at = now() - interval '1 second' where portal = 'support'")
        .await;
    let mut browser = portal.browser();
    let mut pages = Vec::new();
    let unknown = "0".repeat(64);
    for link in [foreign.as_str(), &expired, &unknown, "x", "'; select 1", "%00", &"a".repeat(3000)] {
        let encoded = percent_encoding::utf8_percent_encode(link, percent_encoding::NON_ALPHANUMERIC);
        let page = browser.get(&format!("/support/sign-in?link={encoded}")).await;
        assert_eq!(page.status, StatusCode::GONE, "{link}");
        pages.push(page.text());
        assert_eq!(browser.post("/support/sign-in", &[("link", link)]).await.status, StatusCode::GONE, "{link}");
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:#?}");
    // The foreign link was not used up by asking the wrong portal.
    browser.sign_in("partners", &foreign).await;
}

#[tokio::test]
async fn signing_out_ends_the_session_wherever_its_cookie_went() {
    let portal = Portal::acme().await;
    let mut browser = portal.signed_in(ADMIN, CUSTOMER_ADMIN).await;
    let page = browser.get("/support/case").await;
    let token = page.hidden("csrf");
    assert_ne!(token, browser.get("/support/case").await.hidden("csrf"), "the token is masked anew for each page");
    let mut thief = browser.clone();
    for wrong in ["", "0", &"0".repeat(128)] {
        let answer = browser.post("/support/sign-out", &[("csrf", wrong)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(browser.get("/support/case").await.status, StatusCode::OK);
    let answer = browser.post("/support/sign-out", &[("csrf", &token)]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/support/sign-out"));
    assert!(browser.cookies.is_empty());
    assert!(browser.get("/support/sign-out").await.text().contains("You are signed out"));
    assert_eq!(thief.get("/support/case").await.header("location"), "/support/sign-in");
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing() {
    let portal = Portal::acme().await;
    let link = portal.link(ADMIN, CUSTOMER_ADMIN).await;
    let mut browser = portal.browser();
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        browser.headers = vec![(header.0.into(), header.1.into())];
        let answer = browser.post("/support/sign-in", &[("link", &link)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header:?}");
        assert!(
            answer.text().contains("from another site") && answer.header("content-security-policy").contains("'self'")
        );
    }
    browser.headers = vec![("sec-fetch-site".into(), "same-origin".into()), ("origin".into(), "null".into())];
    browser.sign_in("support", &link).await;
}

#[tokio::test]
async fn a_new_sign_in_ends_the_session_before_it_in_this_browser() {
    let portal = Portal::acme().await;
    let mut browser = portal.signed_in(ADMIN, CUSTOMER_ADMIN).await;
    let mut before = browser.clone();
    browser.sign_in("support", &portal.link(OTHER_ADMIN, CUSTOMER_ADMIN).await).await;
    assert_ne!(browser.cookies, before.cookies);
    assert!(browser.get("/support/").await.text().contains("Paul Dietrich"));
    assert_eq!(before.get("/support/case").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_tenant_that_is_suspended_is_out_at_once() {
    let portal = Portal::acme().await;
    let mut browser = portal.signed_in(ADMIN, CUSTOMER_ADMIN).await;
    let mut other = portal.signed_in(OTHER_ADMIN, CUSTOMER_ADMIN).await;
    let project = &portal.model.project;
    let mut admin = portal.world.db.admin().await;
    let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
    let tenants = directory.tenants().await.unwrap();
    let tenant = tenants.iter().find(|tenant| tenant.title == "Wendford Group SAS").unwrap();
    directory.set_suspended(tenant, true).await.unwrap();
    for page in ["/support/case", "/support/"] {
        let told = browser.get(page).await;
        assert_eq!(told.status, StatusCode::FORBIDDEN, "{page}");
        assert!(
            told.text().contains("The access of your organisation to") && told.text().contains("is suspended"),
            "{}",
            told.text()
        );
    }
    assert_eq!(other.get("/support/case").await.status, StatusCode::OK);
    // Whoever was never signed in hears nothing of it, nor does a secret that is made up.
    let mut stranger = portal.browser();
    assert!(!stranger.get("/support/").await.text().contains("suspended"));
    stranger.cookies.insert("portalctl_support".into(), "0".repeat(64));
    assert!(!stranger.get("/support/").await.text().contains("suspended"));
    directory.set_suspended(tenant, false).await.unwrap();
    assert_eq!(browser.get("/support/case").await.status, StatusCode::OK);
    // That holds by the secret alone: a question that did not ask for it would answer the stranger.
    directory.set_suspended(tenant, true).await.unwrap();
    let definition = format!(
        "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = 'session_over' and p.pronamespace = '{}'::regnamespace",
        project.control_schema
    );
    let definition: String = sqlx::query_scalar(sqlx::AssertSqlSafe(definition)).fetch_one(&mut admin).await.unwrap();
    let loose = definition.replace("s.secret_hash = sha256(convert_to($1, 'UTF8')) AND ", "");
    assert_ne!(loose, definition);
    let only = format!("delete from {}.session where tenant_key <> '{}'; {loose}", project.control_schema, tenant.key);
    sqlx::raw_sql(sqlx::AssertSqlSafe(only)).execute(&mut admin).await.unwrap();
    stranger.cookies.insert("portalctl_support".into(), "0".repeat(64));
    assert!(stranger.get("/support/").await.text().contains("is suspended"), "the mutant tells everybody");
}

/// Who is kept out, or loses their place, in the midst of it is told so once, and is a visitor like any other from then on.
#[tokio::test]
async fn somebody_whose_access_ends_is_told_once() {
    let portal = Portal::acme().await;
    let mut browser = portal.signed_in(ADMIN, CUSTOMER_ADMIN).await;
    let cookie = browser.cookies["portalctl_support"].clone();
    let project = &portal.model.project;
    let mut admin = portal.world.db.admin().await;
    let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
    assert!(directory.set_disabled(ADMIN, true).await.unwrap());
    let told = browser.get("/support/case").await;
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    assert!(told.text().contains("has ended, so you were signed out"), "{}", told.text());
    assert!(!browser.cookies.contains_key("portalctl_support"), "the browser forgets the session");
    assert_eq!(browser.get("/support/").await.status, StatusCode::OK, "what is everybody's is theirs as well");
    // Whoever has the cookie of before gains nothing by it when they are let in again.
    assert!(directory.set_disabled(ADMIN, false).await.unwrap());
    browser.cookies.insert("portalctl_support".into(), cookie);
    assert_ne!(browser.get("/support/case").await.status, StatusCode::OK, "the session of before is over");
}

/// Whoever has a link of before by now gains nothing by it when its owner is let in again.
#[tokio::test]
async fn a_link_ends_with_the_access_of_whom_it_is_for() {
    let portal = Portal::acme().await;
    let link = portal.link(ADMIN, CUSTOMER_ADMIN).await;
    let project = &portal.model.project;
    let mut admin = portal.world.db.admin().await;
    let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
    for disabled in [true, false] {
        assert!(directory.set_disabled(ADMIN, disabled).await.unwrap());
    }
    let mut stranger = portal.browser();
    let page = stranger.get(&format!("/support/sign-in?link={link}")).await;
    assert_eq!(page.status, StatusCode::GONE, "{}", page.text());
    assert_eq!(stranger.post("/support/sign-in", &[("link", &link)]).await.status, StatusCode::GONE);
    let anew = portal.link(ADMIN, CUSTOMER_ADMIN).await;
    stranger.sign_in("support", &anew).await;
}

#[tokio::test]
async fn a_session_belongs_to_one_portal() {
    let portal = Portal::acme().await;
    let mut browser = portal.signed_in(ADMIN, CUSTOMER_ADMIN).await;
    let secret = browser.cookies["portalctl_support"].clone();
    browser.cookies.insert("portalctl_partners".into(), secret);
    let answer = browser.get("/partners/deal").await;
    assert_eq!(answer.header("location"), "/partners/sign-in");
    assert!(!browser.cookies.contains_key("portalctl_partners"), "a session that is over is forgotten");
}

#[tokio::test]
async fn behind_tls_cookies_are_bound_to_the_host() {
    let portal = Portal::acme().await;
    let link = portal.link(ADMIN, CUSTOMER_ADMIN).await;
    let mut browser = portal.browser();
    browser.host = "support.acme.example".into();
    let page = browser.get(&format!("/sign-in?link={link}")).await;
    assert!(page.body.contains("action=\"/sign-in\""), "on its own host the portal lies at the root");
    assert!(page.header("strict-transport-security").starts_with("max-age="));
    let answer = browser.post("/sign-in", &[("link", &link)]).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-portalctl_support="), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.split("; ").any(|known| known == part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let list = browser.get("/case").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.records("/case").len() > 5);
    assert_eq!(browser.get("/support/case").await.status, StatusCode::NOT_FOUND);
    // The other portal's host does not know this one's pages.
    browser.host = "partners.acme.example".into();
    assert_eq!(browser.get("/case").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_network_that_tries_too_often_waits() {
    let portal = Portal::acme().await;
    let mut attacker = portal.browser();
    attacker.visitor.peer = "192.0.2.7:4000".parse().unwrap();
    let guess = "1".repeat(64);
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(attacker.post("/support/sign-in", &[("link", &guess)]).await.status);
    }
    assert_eq!(statuses[..10], [StatusCode::GONE; 10]);
    let answer = attacker.get(&format!("/support/sign-in?link={guess}")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() <= 6);
    // What somebody claims of themselves does not count.
    attacker.headers = vec![("x-forwarded-for".into(), "198.51.100.9".into())];
    assert_eq!(attacker.post("/support/sign-in", &[("link", &guess)]).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut other = portal.browser();
    other.visitor.peer = "192.0.2.8:4000".parse().unwrap();
    other.sign_in("support", &portal.link(ADMIN, CUSTOMER_ADMIN).await).await;
    assert_eq!(attacker.get("/support/").await.status, StatusCode::OK, "pages stay open");
}
