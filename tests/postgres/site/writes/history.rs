use super::super::{ADMIN, OTHER_ADMIN};
use super::{admin, case, follow, portal};
use axum::http::StatusCode;

#[tokio::test]
async fn what_was_changed_stands_on_the_record_and_in_the_tenants_activity() {
    let portal = portal().await;
    let mut admin = admin(&portal).await;
    let id = case(&portal, "open").await;
    let path = format!("/support/case/{id}");
    assert!(!admin.get(&path).await.text().contains("History"), "what is done by nobody of a portal has no history");
    let edit = admin.get(&format!("{path}/edit")).await.form(&format!("{path}/edit")).with("v.subject", "Pump 7 leaks");
    assert_eq!(edit.send(&mut admin).await.status, StatusCode::SEE_OTHER);
    let close = admin.get(&path).await.form(&format!("{path}/move"));
    // It is the last step, so it asks once more.
    let sure = close.send(&mut admin).await;
    assert!(sure.text().contains("Close this case?") && sure.status == StatusCode::OK, "{}", sure.text());
    let answer = sure.form(&format!("{path}/move")).send(&mut admin).await;
    let page = follow(&mut admin, &answer).await;
    let name = portal.world.one(&format!("select full_name from crm.contacts where email = '{ADMIN}'")).await;
    let history = page.body.split("id=\"history\"").nth(1).expect("a history");
    assert!(history.contains(&name) && history.contains("subject"), "{history}");
    assert!(history.contains("Open") && history.contains("Closed"), "{history}");
    assert!(!history.contains("Pump leaks") && !history.contains(ADMIN), "{history}");

    let link = page.link_called("Activity").expect("a way to the activity");
    let page = admin.get(&link).await;
    assert!(page.status == StatusCode::OK && page.body.contains(&format!("href=\"{path}\"")), "{}", page.body);
    assert!(page.text().contains(&name), "{}", page.text());
    let mut other = portal.signed_in(OTHER_ADMIN, "support/customer_admin").await;
    let page = other.get(&link).await;
    assert!(page.status == StatusCode::OK && page.text().contains("Nothing yet"), "{}", page.text());
}

#[tokio::test]
async fn staff_and_guests_have_no_activity_of_a_tenant() {
    let portal = portal().await;
    let mut staff = portal.someone("support/agent").await;
    assert_eq!(staff.get("/support/activity").await.status, StatusCode::NOT_FOUND);
    assert_eq!(staff.get("/support/case").await.link_called("Activity"), None);
    let guest = portal.browser().get("/support/activity").await;
    assert_ne!(guest.status, StatusCode::OK);
}
