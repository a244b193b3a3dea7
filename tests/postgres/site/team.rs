//! The page of one's team.

use super::browser::Answer;
use super::{ADMIN, OTHER_ADMIN, Portal};
use axum::http::StatusCode;

const EDITS: &[(&str, &str)] = &[(
    "extends: customer_user, permission_sets: [customer_office]}",
    "extends: customer_user, permission_sets: [customer_office], delegated_admin: {may_grant: [customer_user, customer_admin]}}",
)];

const PERSONA: &str = "support/customer_admin";

async fn portal() -> Portal {
    Portal::acme_that(EDITS).await
}

/// The link of somebody's own page in a list.
fn page_of(list: &Answer, name: &str) -> Option<String> {
    list.link_called(name).filter(|link| link.starts_with("/support/team/"))
}

#[tokio::test]
async fn an_administrator_invites_moves_disables_and_enables() {
    let portal = portal().await;
    let mut admin = portal.signed_in(ADMIN, PERSONA).await;
    let home = admin.get("/support/").await;
    assert_eq!(home.link_called(" Team").as_deref(), Some("/support/team"), "{}", home.body);
    let list = admin.get("/support/team").await;
    for shown in [
        "Henrik Torres",
        "This is you.",
        "Kept in the records of the business",
        "Invite somebody",
        "Wendford Group SAS",
    ] {
        assert!(list.text().contains(shown), "{shown}: {}", list.text());
    }
    assert_eq!(page_of(&list, "Henrik Torres"), None);
    let form = admin.get("/support/team/new").await.form("/support/team/new");
    assert!(form.names().contains(&"v.audience"));
    for (email, audience, says) in [
        ("", "customer_user", "Enter an e-mail address"),
        ("nobody", "customer_user", "Enter an e-mail address"),
        (ADMIN, "customer_user", "in the team already"),
        ("ines@wendford-group.example", "agent", "Choose one of the list."),
        ("ines@wendford-group.example", "", "Choose one of the list."),
    ] {
        let sent = form.clone_with("v.email", email).with("v.title", "Ines Bauer").with("v.audience", audience);
        let answer = sent.with("submission", &format!("{email}{audience}")).send(&mut admin).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}, {audience}: {}", answer.text());
        assert!(answer.text().contains(says) && answer.body.contains("<title>Error: "), "{email}: {}", answer.text());
        assert!(answer.body.contains("value=\"Ines Bauer\""), "what was written is lost");
    }
    let sent = form
        .with("v.email", "Ines@wendford-group.example")
        .with("v.title", "Ines Bauer")
        .with("v.audience", "customer_user");
    for _ in 0..2 {
        let answer = sent.send(&mut admin).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/support/team"),
            "{}",
            answer.text()
        );
    }
    let list = admin.get("/support/team").await;
    assert!(list.text().contains("They are in the team now"), "{}", list.text());
    assert_eq!(list.body.matches("ines@wendford-group.example").count(), 1, "sent twice, done once");
    let place = page_of(&list, "Ines Bauer").expect("a page of theirs");

    let mut ines = portal.signed_in("ines@wendford-group.example", "support/customer_user").await;
    assert_eq!(ines.get("/support/team").await.status, StatusCode::NOT_FOUND);
    let page = admin.get(&place).await;
    let wrong = page.form(&place).with("v.audience", "agent").send(&mut admin).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text());
    let answer = page.form(&place).with("v.audience", "customer_admin").with("submission", "x").send(&mut admin).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(admin.get("/support/team").await.text().contains("Their access has been changed."));
    assert_eq!(ines.get("/support/team").await.status, StatusCode::OK, "who is signed in is of the new audience");

    let disable = admin.get(&place).await.form(&format!("{place}/disable"));
    assert_eq!(disable.send(&mut admin).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ines.get("/support/team").await.status, StatusCode::FORBIDDEN, "who is out is told so, once");
    assert_eq!(ines.get("/support/team").await.header("location"), "/support/sign-in");
    let enable = admin.get(&place).await.form(&format!("{place}/enable"));
    assert_eq!(enable.send(&mut admin).await.status, StatusCode::SEE_OTHER);
}

/// Another tenant's people are what there is not, whoever guesses their address.
#[tokio::test]
async fn people_of_another_company_are_not_there() {
    let portal = portal().await;
    let mut admin = portal.signed_in(ADMIN, PERSONA).await;
    let mut other = portal.signed_in(OTHER_ADMIN, PERSONA).await;
    let form = other.get("/support/team/new").await.form("/support/team/new");
    let sent = form.with("v.email", "otto@lundholt-group.example").with("v.audience", "customer_user");
    assert_eq!(sent.send(&mut other).await.status, StatusCode::SEE_OTHER);
    let place = page_of(&other.get("/support/team").await, "otto@").expect("a page");
    let list = admin.get("/support/team").await.text();
    assert!(!list.contains("otto@") && !list.contains("Paul Dietrich"), "{list}");
    assert_eq!(admin.get(&place).await.status, StatusCode::NOT_FOUND);
    let page = other.get(&place).await;
    for action in [place.clone(), format!("{place}/disable")] {
        let mut form = page.form(&action).with("csrf", &admin.get("/support/team").await.hidden("csrf"));
        form = form.with("v.audience", "customer_admin");
        let answer = form.send(&mut admin).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{action}: {}", answer.text());
    }
    let mut ended = other.clone();
    ended.cookies.clear();
    assert_eq!(ended.get("/support/team").await.header("location"), "/support/sign-in");
    let state = "select string_agg(audience || coalesce(disabled_at::text, ''), ',') from {p}_portal.membership";
    assert_eq!(portal.world.one(state).await, "customer_user");
}

/// Who has an account elsewhere is nobody's to find out by inviting.
#[tokio::test]
async fn an_address_that_somebody_has_elsewhere_is_answered_as_any() {
    let portal = portal().await;
    let mut admin = portal.signed_in(ADMIN, PERSONA).await;
    let staff = portal.world.one("select min(email) from crm.staff where email is not null").await;
    let mut pages = Vec::new();
    for email in ["nobody@nowhere.example", OTHER_ADMIN, &staff] {
        let form = admin.get("/support/team/new").await.form("/support/team/new");
        let answer = form.with("v.email", email).with("v.audience", "customer_user").send(&mut admin).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{email}: {}", answer.text());
        let list = admin.get("/support/team").await;
        let place = page_of(&list, email).expect("a page");
        pages.push(admin.get(&place).await.text().replace(email, "…"));
    }
    assert!(pages.iter().all(|page| page == &pages[0]), "{pages:#?}");
}
