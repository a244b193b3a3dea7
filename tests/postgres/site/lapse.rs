//! Pages of somebody who is of another audience from a moment on.

use super::{ADMIN, OTHER_ADMIN, Portal};
use crate::provision::world::World;
use axum::http::StatusCode;

const EDITS: &[(&str, &str)] = &[
    (
        "  visitor: {who: guest,",
        "  former: {label: Former customer, tenant_kind: customer, permission_sets: [public_reader]}\n  visitor: {who: guest,",
    ),
    ("navigation: [home, case,", "lifecycle: {paid_until: paid_until, on_lapse: former}\nnavigation: [home, case,"),
];

/// Whoever is signed in goes on as the other, and comes back: no page is an error but those that are not theirs.
#[tokio::test]
async fn who_lapses_is_somebody_else_on_the_next_page_and_comes_back() {
    let world = World::acme().await;
    world.run("alter table crm.accounts add column paid_until timestamptz default 'infinity'").await;
    let portal = Portal::over(world, EDITS, |_| ()).await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let mut other = portal.signed_in(OTHER_ADMIN, "support/customer_admin").await;
    let home = admin.get("/support/").await;
    assert!(home.link_called("Cases").is_some() && home.text().contains("Account administrator"), "{}", home.text());
    let ends = |moment: &str| {
        format!(
            "update crm.accounts set paid_until = {moment} where id = (select account_id from crm.contacts where email = '{ADMIN}')"
        )
    };
    portal.world.run(&ends("now()")).await;
    let home = admin.get("/support/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.link_called("Cases").is_none() && home.text().contains("Former customer"), "{}", home.text());
    assert!(admin.cookies.contains_key("portalctl_support"), "the session is not over");
    assert_eq!(admin.get("/support/case").await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get("/support/case").await.status, StatusCode::OK, "another company has paid");
    portal.world.run(&ends("'infinity'")).await;
    assert_eq!(admin.get("/support/case").await.status, StatusCode::OK);
    // A link that was made before leads to who they are now.
    portal.world.run(&ends("null")).await;
    let link = portal.link(ADMIN, "support/customer_admin").await;
    let page = portal.browser().get(&format!("/support/sign-in?link={link}")).await;
    assert!(page.text().contains("Former customer"), "{}", page.text());
    let mut again = portal.browser();
    again.sign_in("support", &link).await;
    assert_eq!(again.get("/support/").await.status, StatusCode::OK);
}
