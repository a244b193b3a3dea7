//! `/readyz`, which anybody may ask as often as they like.

use super::browser::Browser;
use super::{ADMIN, Portal, config};
use axum::http::StatusCode;
use portalctl::site::Site;
use std::time::Duration;

const OURS: &str = "select count(*) from pg_stat_activity where usename like '{p}\\_\\_%'";
const END_OURS: &str = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename like '{p}\\_\\_%'";

/// A site with one connection for pages, whose answers about readiness stand that long.
async fn site(portal: &Portal, stands: Duration) -> Browser {
    let mut settings = config(&portal.world, &portal.model, portal.folder.path().to_owned());
    settings.database.gateway_connections = 1;
    settings.database.patience = Duration::from_millis(500);
    settings.database.readiness_stands = stands;
    Browser::new(Site::open(settings).await.unwrap().router())
}

#[tokio::test]
async fn it_follows_the_database() {
    let portal = Portal::acme().await;
    let mut prober = site(&portal, Duration::ZERO).await;
    assert_eq!(prober.get("/readyz").await.status, StatusCode::OK);
    for role in ["{p}__gateway", "{p}__issuer"] {
        portal.world.run(&format!("alter role {role} nologin")).await;
        portal.world.run(END_OURS).await;
        assert_eq!(prober.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE, "{role}");
        portal.world.run(&format!("alter role {role} login")).await;
        assert_eq!(prober.get("/readyz").await.status, StatusCode::OK, "{role}");
    }
}

#[tokio::test]
async fn an_answer_stands_and_many_who_ask_are_one_question() {
    let portal = Portal::acme().await;
    let mut prober = site(&portal, Duration::from_secs(3600)).await;
    let before: u32 = portal.world.one(OURS).await.parse().unwrap();
    let many = (0..50).map(|_| {
        let mut prober = prober.clone();
        tokio::spawn(async move { prober.get("/readyz").await.status })
    });
    for answer in many.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap(), StatusCode::OK);
    }
    let after: u32 = portal.world.one(OURS).await.parse().unwrap();
    assert_eq!(after, before + 2, "one connection to each login");
    portal.world.run(END_OURS).await;
    assert_eq!(prober.get("/readyz").await.status, StatusCode::OK, "the database was asked again");
    assert_eq!(portal.world.one(OURS).await, "0", "the database was asked again");
}

#[tokio::test]
async fn it_neither_waits_for_pages_nor_takes_a_connection_from_them() {
    let portal = Portal::acme().await;
    let mut visitor = site(&portal, Duration::ZERO).await;
    visitor.sign_in("support", &portal.link(ADMIN, "support/customer_admin").await).await;
    let mut prober = visitor.clone();
    let mut blocker = portal.world.db.admin().await;
    sqlx::raw_sql("begin; lock table crm.cases in access exclusive mode").execute(&mut blocker).await.unwrap();
    let page = tokio::spawn(async move { visitor.get("/support/case").await.status });
    while portal
        .world
        .one("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = '{p}'")
        .await
        == "0"
    {
        assert!(!page.is_finished(), "the page waits for the table");
    }
    // The only connection for pages is taken, and the page has not come back.
    assert_eq!(prober.get("/readyz").await.status, StatusCode::OK);
    assert!(!page.is_finished());
    sqlx::raw_sql("rollback").execute(&mut blocker).await.unwrap();
    assert_eq!(page.await.unwrap(), StatusCode::OK);
}
