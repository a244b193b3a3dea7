use super::super::{ADMIN, OTHER_ADMIN};
use super::{NEW, admin, case, portal};
use axum::http::StatusCode;

#[tokio::test]
async fn nothing_is_lost_when_the_session_ends() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let form = admin
        .get(NEW)
        .await
        .form(NEW)
        .with("v.subject", "Long \"work\"")
        .with("v.description", "a\r\nb")
        .with("v.category", "Fault");
    let count = portal.world.one("select count(*) from crm.cases").await;
    portal.world.run("update {p}_portal.session set expires_at = now() - interval '1 hour'").await;
    let kept = form.send(&mut admin).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
    assert!(kept.text().contains("nothing that you wrote is lost"), "{}", kept.text());
    let page = kept.form(NEW);
    assert_eq!((page.get("v.subject"), page.get("v.description")), ("Long \"work\"", "a\r\nb"));
    for secret in ["csrf", "submission"] {
        assert!(!page.names().contains(&secret), "{:?}", page.names());
        assert!(!kept.body.contains(form.get(secret)), "the page holds the {secret} of the old session");
    }
    assert!(admin.cookies.is_empty());
    // Too early: it is still kept.
    let still = page.send(&mut admin).await;
    assert!(still.status == StatusCode::UNAUTHORIZED && still.text().contains("not signed in yet"), "{}", still.text());
    admin.sign_in("support", &portal.link(ADMIN, "support/customer_admin").await).await;
    let again = still.form(NEW).send(&mut admin).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text());
    assert!(again.text().contains("nothing was saved yet"), "{}", again.text());
    assert_eq!(portal.world.one("select count(*) from crm.cases").await, count);
    let form = again.form(NEW);
    assert_eq!((form.get("v.subject"), form.get("v.description")), ("Long \"work\"", "a\r\nb"));
    assert_eq!(form.send(&mut admin).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_of_another_session_is_shown_and_not_done() {
    let portal = portal().await;
    let mut other = portal.signed_in(OTHER_ADMIN, "support/customer_admin").await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "new").await;
    let count = portal.world.one("select count(*) from crm.cases").await;
    let stolen =
        other.get(NEW).await.form(NEW).with("v.subject", "x").with("v.description", "y").with("v.category", "Fault");
    for form in [
        stolen,
        admin
            .get(NEW)
            .await
            .form(NEW)
            .with("v.subject", "x")
            .with("v.description", "y")
            .with("v.category", "Fault")
            .without("csrf"),
    ] {
        let page = form.send(&mut admin).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert!(page.text().contains("so nothing was saved yet"), "{}", page.text());
        assert_eq!(page.form(NEW).get("v.subject"), "x");
    }
    for step in ["move", "delete"] {
        let page = admin.get(&format!("/support/case/{id}{}", if step == "move" { "" } else { "/delete" })).await;
        let answer = page.form(&format!("/support/case/{id}/{step}")).with("csrf", "00").send(&mut admin).await;
        assert!(answer.status != StatusCode::SEE_OTHER, "{step}: {}", answer.text());
    }
    assert_eq!(portal.world.one(&format!("select status from crm.cases where id = {id}")).await, "new");
    assert_eq!(portal.world.one("select count(*) from crm.cases").await, count);
    // From another site it is not even read.
    admin.headers.push(("sec-fetch-site".into(), "cross-site".into()));
    let page = admin.get(NEW).await.form(NEW).send(&mut admin).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_id_of_a_form_tells_nobody_else_anything() {
    let portal = portal().await;
    let mut one = admin(&portal).await;
    let form =
        one.get(NEW).await.form(NEW).with("v.subject", "x").with("v.description", "y").with("v.category", "Fault");
    let first = form.send(&mut one).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    // Another session of the same person, and another person, with the very same form.
    for email in [ADMIN, OTHER_ADMIN] {
        let mut two = portal.signed_in(email, "support/customer_admin").await;
        let csrf = two.get(NEW).await.form(NEW).get("csrf").to_owned();
        let mut copy = one.get(NEW).await.form(NEW);
        copy.pairs.clone_from(&form.pairs);
        let answer = copy.with("csrf", &csrf).send(&mut two).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert_ne!(answer.header("location"), first.header("location"), "{email}");
    }
    let rows = portal.world.one("select count(*) from crm.cases where subject = 'x'").await;
    assert_eq!(rows, "3");
    // What is kept holds no text of anybody, and goes after a day.
    let kept = portal.world.one("select string_agg(outcome, ',') from {p}_portal.submission").await;
    assert!(kept.lines().count() > 1 && !kept.contains('@') && !kept.contains("Fault"), "{kept}");
    portal.world.run("update {p}_portal.submission set created_at = now() - interval '25 hours'").await;
    let form =
        one.get(NEW).await.form(NEW).with("v.subject", "z").with("v.description", "y").with("v.category", "Fault");
    form.send(&mut one).await;
    assert_eq!(portal.world.one("select count(*) from {p}_portal.submission").await, "1");
}

#[tokio::test]
async fn a_form_that_is_too_long_is_refused_before_it_is_read() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let form = admin.get(NEW).await.form(NEW).with("v.category", "Fault").with("v.subject", "s");
    let long = "x".repeat(300_000);
    let answer = form.with("v.description", &long).send(&mut admin).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn without_a_context_the_record_of_forms_answers_nobody() {
    let portal = portal().await;
    let roles = portalctl::plan::control::ProjectRoles::of(&portal.model.project);
    let mut gateway = portal.world.db.connect_as(roles.gateway.as_str()).await;
    let persona =
        portal.model.personas.values().find(|persona| persona.name.to_string() == "support/customer_admin").unwrap();
    let role = &persona.facets[0].role;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("set role \"{role}\""))).execute(&mut gateway).await.unwrap();
    let id = "a".repeat(64);
    for sql in [
        format!("select \"{{p}}_portal\".submission_begin('{id}')"),
        "select count(*) from \"{p}_portal\".submission".to_owned(),
        format!("insert into \"{{p}}_portal\".submission (key) values ('{id}')"),
    ] {
        let answer = sqlx::raw_sql(sqlx::AssertSqlSafe(portal.world.text(&sql))).execute(&mut gateway).await;
        let refusal = answer.unwrap_err();
        let code = refusal.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{sql}: {refusal}");
    }
}
