//! Requests that nobody's browser makes, databases that do not answer, data that wants to be a page.

use super::{ADMIN, Portal, config};
use axum::http::{Method, StatusCode};
use portalctl::site::{Database, Site, SiteError};
use sqlx::postgres::PgConnectOptions;
use std::time::Duration;

#[tokio::test]
async fn no_address_of_a_list_breaks_it() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let long = "x".repeat(5000);
    for (query, status) in [
        ("sort=nonsense", 200),
        ("sort=id;drop%20table", 200),
        ("sort=internal_notes", 200),
        ("f.nonsense=1", 200),
        ("f.internal_notes=x", 200),
        ("f.subject=x", 200),
        ("q=%27%22;--", 200),
        ("q=%00", 400),
        ("q=%ff%fe", 200),
        ("f.status=nonsense", 400),
        ("f.status=%00", 400),
        ("f.created_at.from=yesterday", 400),
        ("f.created_at.to=9999-12-31", 400),
        ("f.created_at.from=0000-01-01", 400),
        ("after=", 200),
        ("after=1", 400),
        ("after=x,y", 400),
        ("after=2026-01-01,99999999999999999999", 400),
        ("after=~n,1", 200),
        ("after=~z,1", 400),
        ("before=2026-01-01%2010:00,1", 200),
        ("of.machine=1", 200),
        ("of.machine=abc", 400),
        ("of.machine=1,2", 400),
        ("of.nonsense=1", 200),
        (&long, 200),
        ("&&&===&", 200),
    ] {
        let answer = admin.get(&format!("/support/case?{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}: {}", answer.text());
    }
    for key in [
        "abc",
        "0",
        "-1",
        "99999999999999999999",
        "1,2",
        "~e",
        "~n",
        "%00",
        "%ff",
        "1%2F2",
        "1'--",
        "%F0%9F%98%80",
        ".",
        "..",
    ] {
        let answer = admin.get(&format!("/support/case/{key}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{key}: {}", answer.text());
    }
    for path in [
        "/support/nonsense",
        "/support/case/1/2",
        "/nonsense",
        "/support/pages/../x",
        "/support/pages/.env",
        "/support/%2e%2e",
    ] {
        assert_eq!(admin.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(admin.get(&format!("/support/case?q={}", "x".repeat(9000))).await.status, StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn every_answer_is_protected_and_no_page_holds_script_or_style() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let mut visitor = portal.browser();
    let link = portal.link(ADMIN, "support/customer_admin").await;
    let answers = [
        admin.get("/support/").await,
        admin.get("/support/case").await,
        admin.get("/support/case/1").await,
        admin.get("/support/pages/help").await,
        admin.send(Method::DELETE, "/support/case", None).await,
        admin.post("/support/case", &[]).await,
        visitor.get("/").await,
        visitor.get(&format!("/support/sign-in?link={link}")).await,
        visitor.get("/support/static/portal.css").await,
        visitor.get("/healthz").await,
        visitor.post("/support/sign-in", &[("link", &"x".repeat(100_000))]).await,
    ];
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [200, 200, 404, 200, 405, 405, 200, 200, 200, 200, 413]);
    for answer in &answers {
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("permissions-policy").is_empty() && !answer.header("referrer-policy").is_empty());
        for inline in ["<script", "<style", " style=", " onclick", "javascript:"] {
            assert!(!answer.body.contains(inline) || answer.header("content-type").starts_with("text/css"), "{inline}");
        }
        if answer.header("content-type").starts_with("text/html") {
            assert_eq!(answer.header("cache-control"), "no-store");
            let elsewhere = ["\"http://", "\"https://", "\"//"].iter().any(|start| answer.body.contains(start));
            assert!(!elsewhere, "a page names another site: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn data_stay_data() {
    let portal = Portal::acme().await;
    let attack = "\"><script>alert(1)</script>{{ 7*7 }}{% raw %}";
    portal.world.run(&format!("update crm.cases set subject = '{attack}', description = '{attack}', number = 'X\"''<&>' where id = (select min(cases.id) from crm.cases join crm.contacts using (account_id) where email = '{ADMIN}')")).await;
    portal.world.run(&format!("update crm.accounts set website = 'javascript:alert(1)', name = '<b>Wend</b>' where id = (select account_id from crm.contacts where email = '{ADMIN}')")).await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let list = admin.get("/support/case?sort=created_at").await;
    let record = admin.get(&list.records("/support/case")[0]).await;
    let account = admin.get("/support/account?q=Wend").await;
    let account = admin.get(&account.records("/support/account")[0]).await;
    for page in [&list, &record, &account] {
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("<script") && !page.body.contains("<b>"), "{}", page.body);
        assert!(!page.body.contains("href=\"javascript"), "{}", page.body);
    }
    assert!(record.text().contains(attack), "{}", record.text());
}

#[tokio::test]
async fn a_host_that_is_none_of_ours_is_answered_nothing() {
    let portal = Portal::acme().await;
    let mut browser = portal.browser();
    for host in ["evil.example", "support.acme.example.evil.example", "10.0.0.1"] {
        browser.host = host.into();
        assert_eq!(browser.get("/support/").await.status, StatusCode::NOT_FOUND, "{host}");
        assert_eq!(browser.get("/").await.status, StatusCode::NOT_FOUND, "{host}");
        assert_eq!(browser.get("/healthz").await.status, StatusCode::OK, "{host}");
    }
    for host in ["", "a b", "x/y"] {
        browser.host = host.into();
        assert_eq!(browser.get("/support/").await.status, StatusCode::BAD_REQUEST, "{host}");
    }
    browser.host = "LOCALHOST:1234".into();
    assert_eq!(browser.get("/support/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    for _ in 0..3 {
        assert_eq!(admin.get("/support/case").await.status, StatusCode::OK);
        portal
            .world
            .run("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename like '{p}\\_\\_%'")
            .await;
    }
    assert_eq!(admin.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_database_that_is_busy_is_said_so_and_the_next_page_works() {
    let portal = Portal::acme().await;
    let mut settings = config(&portal.world, &portal.model, portal.folder.path().to_owned());
    // Whoever works on the site reads the log; a page says nothing of the system either way.
    settings.dev = true;
    settings.database.gateway_connections = 1;
    settings.database.patience = Duration::from_millis(300);
    settings.database.statement_timeout = Duration::from_millis(600);
    let site = Site::open(settings).await.unwrap();
    let mut admin = super::browser::Browser::new(site.router());
    admin.sign_in("support", &portal.link(ADMIN, "support/customer_admin").await).await;
    let mut blocker = portal.world.db.admin().await;
    sqlx::raw_sql("begin; lock table crm.cases in access exclusive mode").execute(&mut blocker).await.unwrap();
    let mut second = admin.clone();
    let (first, second) = tokio::join!(admin.get("/support/case"), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        second.get("/support/order").await
    });
    for answer in [first, second] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
        assert!(answer.header("retry-after").parse::<u32>().is_ok());
        assert!(answer.text().contains("reference"), "{}", answer.text());
        for raw in ["57014", "pool", "os error", "<pre"] {
            assert!(!answer.body.contains(raw), "`{raw}` in {}", answer.text());
        }
    }
    sqlx::raw_sql("rollback").execute(&mut blocker).await.unwrap();
    for _ in 0..20 {
        assert_eq!(admin.get("/support/case").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_login_above_the_row_policies_is_refused() {
    let portal = Portal::acme().await;
    let good = config(&portal.world, &portal.model, portal.folder.path().to_owned());
    let admin: PgConnectOptions = portal.world.db.admin_url().parse().unwrap();
    let gateway = Database { gateway: admin.clone(), ..good.database.clone() };
    let issuer = Database { issuer: admin, ..good.database.clone() };
    for database in [gateway, issuer] {
        let refused = Site::open(portalctl::site::SiteConfig { database, ..good.clone() }).await.unwrap_err();
        assert!(matches!(refused, SiteError::TooPowerful(_)), "{refused}");
    }
    let away = Database { gateway: "postgres://nobody:s3cret@127.0.0.1:1/x".parse().unwrap(), ..good.database.clone() };
    let refused = Site::open(portalctl::site::SiteConfig { database: away, ..good }).await.unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("s3cret"), "{refused:?}");
}
