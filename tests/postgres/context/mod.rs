//! Whoever runs SQL on the gateway's connection, without a context or with one that does not hold, sees nothing.

mod functions;
mod key;
mod shadows;
mod tokens;
mod views;

pub(crate) use functions::told_by_functions;
pub(crate) use views::shown_by_views;

use crate::language::provisioned;
use crate::provisioned::{Asker, Gateway, Provisioned};
use portalctl::model::{Persona, Who};

/// Every table that each role may read, counted with `token` in place; what is not zero rows is a failure.
pub(crate) async fn seen_with(portal: &Provisioned, gateway: &mut Gateway, token: &str) -> Vec<String> {
    let mut failures = Vec::new();
    for facet in portal.model.personas.values().flat_map(|persona| &persona.facets) {
        for table in facet.reads.keys() {
            let query = format!("select count(*) from {}", table.sql());
            match gateway.read(facet.role.as_str(), token, &query).await {
                Ok(rows) if rows == ["0"] => {}
                Ok(rows) => failures.push(format!("`{}` sees {rows:?} rows of {table}", facet.role)),
                Err(error) => failures.push(format!("`{}` reads of {table}: {error}", facet.role)),
            }
        }
    }
    failures
}

/// Every persona, with a context of somebody who is one.
async fn one_of_each<'a>(portal: &'a Provisioned, gateway: &Gateway) -> Vec<(&'a Persona, String)> {
    let mut tokens = Vec::new();
    for persona in portal.model.personas.values() {
        let asker = match persona.tenant_kind.as_ref().map(ToString::to_string).as_deref() {
            Some("partner") => Asker::new(&persona.name.to_string()).of("partner", "5"),
            Some(_) => Asker::new(&persona.name.to_string()).of("customer", "1"),
            // Open to every kind of tenant.
            None if persona.who == Who::External => Asker::new(&persona.name.to_string()).of("customer", "1"),
            None => Asker::new(&persona.name.to_string()),
        };
        let asker = asker.with("contact", "11").with("employee", "AAA");
        tokens.push((persona, portal.token(&asker, gateway).await));
    }
    tokens
}

#[tokio::test]
async fn no_persona_sees_a_row_without_a_context() {
    let portal = provisioned().await;
    let mut gateway = portal.gateway().await;
    let failures = seen_with(&portal, &mut gateway, "").await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test]
async fn the_logins_themselves_read_nothing() {
    let portal = provisioned().await;
    let roles = portal.roles();
    for login in [&roles.gateway, &roles.issuer] {
        let mut connection = portal.db.connect_as(login.as_str()).await;
        for (table, columns) in portal.exposed() {
            for query in [format!("select count(*) from {table}"), format!("select {} from {table}", join(&columns))] {
                let answer = crate::provisioned::rows(&mut connection, &query).await;
                let error = answer.expect_err(&query);
                assert!(error.to_string().contains("permission denied"), "{login}: {query}: {error}");
            }
        }
    }
}

/// What PUBLIC may read, the gateway could read as itself: a policy closes that.
#[tokio::test]
async fn the_logins_read_nothing_where_everybody_may() {
    let portal = provisioned().await;
    let tables = portal.exposed();
    let all: Vec<&str> = tables.keys().map(String::as_str).collect();
    let grant = format!("grant usage on schema biz to public; grant select on {} to public", all.join(", "));
    crate::provisioned::run(&mut portal.db.admin().await, &grant).await;
    let roles = portal.roles();
    for login in [&roles.gateway, &roles.issuer] {
        let mut connection = portal.db.connect_as(login.as_str()).await;
        for table in &all {
            let rows = crate::provisioned::rows(&mut connection, &format!("select count(*) from {table}")).await;
            assert_eq!(rows.unwrap(), ["0"], "{login}: {table}");
        }
    }
    let mut gateway = portal.gateway().await;
    let failures = seen_with(&portal, &mut gateway, "").await;
    assert!(failures.is_empty(), "{failures:#?}");
}

fn join(columns: &std::collections::BTreeSet<String>) -> String {
    columns.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
