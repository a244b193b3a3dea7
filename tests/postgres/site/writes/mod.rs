//! What people change through forms and buttons.

mod attachments;
mod create;
mod edit;
mod export;
mod handing;
mod history;
mod sessions;
mod steps;

use super::browser::{Answer, Browser};
use super::{ADMIN, Portal};
use axum::http::StatusCode;

/// The example, in which customers may also correct numbers and machines, and delete cases that are new.
const EDITS: &[(&str, &str)] = &[
    ("table: crm.cases\n", "table: crm.cases\ndelete: hard\n"),
    (
        "update: {scope: own, fields: [subject, description, priority], where: {company: $tenant, status: [new, open, waiting]}}",
        "update: {scope: own, fields: [number, subject, description, priority, machine], where: {company: $tenant, status: [new, open, waiting]}}\n    \
         delete: {scope: own, where: {company: $tenant, status: new}}",
    ),
    ("export: 500\n  # A group", "export: 3\n  # A group"),
];

async fn portal() -> Portal {
    Portal::acme_that(EDITS).await
}

async fn admin(portal: &Portal) -> Browser {
    portal.signed_in(ADMIN, "support/customer_admin").await
}

const NEW: &str = "/support/case/new";

/// A case of the administrator's company in that state: its id.
async fn case(portal: &Portal, status: &str) -> String {
    let closed = if matches!(status, "resolved" | "closed") { "now()" } else { "null" };
    portal
        .world
        .run(&format!(
            "insert into crm.cases (account_id, contact_id, subject, description, category, status, closed_at) \
             select account_id, id, 'Pump leaks', E'First line\nsecond', 'Fault', '{status}', {closed} from crm.contacts where email = '{ADMIN}'"
        ))
        .await;
    portal.world.one("select max(id) from crm.cases").await
}

async fn value(portal: &Portal, id: &str, column: &str) -> String {
    portal.world.one(&format!("select {column} from crm.cases where id = {id}")).await
}

/// The page that an answer leads to.
async fn follow(browser: &mut Browser, answer: &Answer) -> Answer {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    browser.get(answer.header("location")).await
}
