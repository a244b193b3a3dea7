//! Contexts that do not hold: altered, cut, expired, of another persona, another backend, another key.

use super::{one_of_each, seen_with};
use crate::language::provisioned;
use crate::provisioned::{Asker, Gateway, rows, run};
use sqlx::AssertSqlSafe;

fn customer() -> Asker {
    Asker::new("ext/by-tenant").of("customer", "1")
}

/// How many tickets `token` shows, in a transaction that is open already.
async fn tickets(gateway: &mut Gateway, token: &str) -> Result<String, sqlx::Error> {
    sqlx::query("select set_config('portal.context', $1, true)")
        .persistent(false)
        .bind(token)
        .execute(&mut gateway.connection)
        .await?;
    let count: i64 = sqlx::query_scalar("select count(*) from biz.tickets")
        .persistent(false)
        .fetch_one(&mut gateway.connection)
        .await?;
    Ok(count.to_string())
}

async fn begin(gateway: &mut Gateway, role: &str) {
    run(&mut gateway.connection, &format!("begin; set local role \"{role}\"")).await;
}

#[tokio::test]
async fn a_context_holds_for_its_time_and_no_longer() {
    let portal = provisioned().await;
    let mut gateway = portal.gateway().await;
    for valid_for in ["0", "-1 second", "-1 hour"] {
        let token = portal.token_for(&customer(), Some(gateway.pid), valid_for).await;
        let failures = seen_with(&portal, &mut gateway, &token).await;
        assert!(failures.is_empty(), "{valid_for}: {failures:#?}");
    }
    // Also within a transaction that began while it held.
    let token = portal.token_for(&customer(), Some(gateway.pid), "5 seconds").await;
    begin(&mut gateway, portal.role("ext/by-tenant")).await;
    assert_eq!(tickets(&mut gateway, &token).await.unwrap(), "2");
    // By the clock that judges it: it was signed before this is asked.
    run(&mut gateway.connection, "select pg_catalog.pg_sleep(5.1)").await;
    assert_eq!(tickets(&mut gateway, &token).await.unwrap(), "0");
}

/// Every place of the token, whatever it holds: key id, payload, dots, signature.
#[tokio::test]
async fn a_context_altered_anywhere_shows_nothing() {
    let portal = provisioned().await;
    let mut gateway = portal.gateway().await;
    let token = portal.token(&customer(), &gateway).await;
    assert!(token.is_ascii() && token.len() > 200, "{token}");
    begin(&mut gateway, portal.role("ext/by-tenant")).await;
    assert_eq!(tickets(&mut gateway, &token).await.unwrap(), "2");
    let mut altered: Vec<String> = Vec::new();
    for at in 0..token.len() {
        let (before, after) = (&token[..at], &token[at + 1..]);
        let byte = token.as_bytes()[at];
        for other in [byte ^ 1, byte ^ 0x20, b'0', b'.'] {
            if other != byte && (0x20..0x7f).contains(&other) {
                altered.push(format!("{before}{}{after}", char::from(other)));
            }
        }
        altered.push(format!("{before}{after}"));
        altered.push(format!("{before}{}{}{after}", char::from(byte), char::from(byte)));
        altered.push(format!("{before}é{after}"));
        altered.push(before.to_owned());
        altered.push(token[at..].to_owned());
    }
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (kid, payload) = signed.split_once('.').unwrap();
    altered.retain(|other| *other != token);
    altered.extend([
        format!("{signed}.{}", signature.to_uppercase()),
        format!("{token} "),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}.{signature}"),
        format!("{signed}.{}", "0".repeat(64)),
        format!("{signed}.{}", " ".repeat(64)),
        format!("{signed}."),
        format!(".{payload}.{signature}"),
        format!("{kid}..{signature}"),
        format!("{kid}.null.{signature}"),
        format!("00000000.{payload}.{signature}"),
        "x".repeat(100_000),
        "{".repeat(1000),
        "'; select 1; --".to_owned(),
        format!("{kid}.{}", "9".repeat(2000)),
    ]);
    for token in &altered {
        let shown: String = token.chars().take(700).collect();
        let seen = tickets(&mut gateway, token).await.unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(seen, "0", "{shown}");
    }
    assert_eq!(tickets(&mut gateway, &token).await.unwrap(), "2", "the context itself still holds");
}

/// A payload of one's own, signed by whatever one has.
#[tokio::test]
async fn a_context_cannot_be_made_without_the_key() {
    let portal = provisioned().await;
    let mut gateway = portal.gateway().await;
    let token = portal.token(&customer(), &gateway).await;
    let (signed, _) = token.rsplit_once('.').unwrap();
    let wider = signed.replace("\"key\": \"1\"", "\"key\": \"2\"");
    assert_ne!(wider, signed, "the payload names the tenant's key");
    let role = portal.role("ext/by-tenant");
    let kid = &token[..8];
    let signatures = [
        format!("encode(sha256(convert_to('{wider}', 'UTF8')), 'hex')"),
        format!("encode(sha256(convert_to('{kid}', 'UTF8') || convert_to('{wider}', 'UTF8')), 'hex')"),
        format!(
            "encode(sha256(decode(repeat('5c', 64), 'hex') || sha256(decode(repeat('36', 64), 'hex') || convert_to('{wider}', 'UTF8'))), 'hex')"
        ),
        format!("md5('{wider}') || md5('{wider}')"),
    ];
    for signature in signatures {
        let forged: String = sqlx::query_scalar(AssertSqlSafe(format!("select '{wider}.' || {signature}")))
            .fetch_one(&mut gateway.connection)
            .await
            .unwrap();
        assert_eq!(
            gateway.read(role, &forged, "select count(*) from biz.tickets").await.unwrap(),
            ["0"],
            "{signature}"
        );
    }
}

#[tokio::test]
async fn a_context_holds_for_its_own_persona_alone() {
    let portal = provisioned().await;
    let mut gateway = portal.gateway().await;
    let tokens = one_of_each(&portal, &gateway).await;
    let mut held = 0;
    for (persona, token) in &tokens {
        for other in portal.model.personas.values() {
            for facet in &other.facets {
                let counts = facet.reads.keys().map(|table| format!("(select count(*) from {})", table.sql()));
                let query = format!("select {}", counts.collect::<Vec<_>>().join(" + "));
                let rows = gateway.read(facet.role.as_str(), token, &query).await.unwrap();
                if persona.name == other.name {
                    held += usize::from(rows != ["0"]);
                } else {
                    assert_eq!(rows, ["0"], "a context of {} as {}", persona.name, facet.role);
                }
            }
        }
    }
    assert!(held > 35, "contexts of one's own persona show rows: {held}");
}

#[tokio::test]
async fn a_context_holds_on_its_own_backend_alone() {
    let portal = provisioned().await;
    let (mut one, mut two) = (portal.gateway().await, portal.gateway().await);
    let token = portal.token(&customer(), &one).await;
    let role = portal.role("ext/by-tenant");
    assert_eq!(one.read(role, &token, "select count(*) from biz.tickets").await.unwrap(), ["2"]);
    assert_eq!(two.read(role, &token, "select count(*) from biz.tickets").await.unwrap(), ["0"]);
}

#[tokio::test]
async fn a_retired_key_signs_for_nobody() {
    let portal = provisioned().await;
    let mut gateway = portal.gateway().await;
    let role = portal.role("ext/by-tenant");
    let count = "select count(*) from biz.tickets";
    let before = portal.token(&customer(), &gateway).await;
    let mut admin = portal.db.admin().await;
    let control = portal.control();
    // As a rotation does: a new key beside the old one, which is retired later.
    let rotate = format!(
        "insert into \"{control}\".signing_key (kid, inner_key, outer_key, created_at)
         select 'aaaaaaaa', sha512(inner_key), sha512(outer_key), now() + interval '1 second' from \"{control}\".signing_key"
    );
    run(&mut admin, &rotate).await;
    let after = portal.token(&customer(), &gateway).await;
    assert!(after.starts_with("aaaaaaaa."));
    assert_eq!(gateway.read(role, &before, count).await.unwrap(), ["2"]);
    assert_eq!(gateway.read(role, &after, count).await.unwrap(), ["2"]);
    run(&mut admin, &format!("update \"{control}\".signing_key set retired_at = now() where kid <> 'aaaaaaaa'")).await;
    assert_eq!(gateway.read(role, &before, count).await.unwrap(), ["0"]);
    assert_eq!(gateway.read(role, &after, count).await.unwrap(), ["2"]);
}

/// Another database has another key, also where somebody gave it the same id and the same payload.
#[tokio::test]
async fn a_context_of_another_database_shows_nothing() {
    let (portal, other) = (provisioned().await, provisioned().await);
    let mut gateway = portal.gateway().await;
    let role = portal.role("ext/by-tenant");
    let token = portal.token(&customer(), &gateway).await;
    let payload = &token[9..token.len() - 65];
    let mint = |change: &str| {
        let control = other.control();
        format!("{change}; select \"{control}\".mint($json${payload}$json$::jsonb)").replace("{control}", control)
    };
    let mut admin = other.db.admin().await;
    let same_kid = format!("update \"{{control}}\".signing_key set kid = '{}'", &token[..8]);
    for change in ["select 1 where false", &same_kid] {
        let foreign = rows(&mut admin, &mint(change)).await.unwrap().concat();
        assert_eq!(foreign[9..foreign.len() - 65], *payload);
        assert_eq!(gateway.read(role, &foreign, "select count(*) from biz.tickets").await.unwrap(), ["0"]);
    }
    assert_eq!(gateway.read(role, &token, "select count(*) from biz.tickets").await.unwrap(), ["2"]);
}

/// Sessions of one login read each other's statements.
#[tokio::test]
async fn a_context_in_use_is_not_seen_by_its_neighbours() {
    let portal = provisioned().await;
    let (mut victim, mut attacker) = (portal.gateway().await, portal.gateway().await);
    let token = portal.token(&customer(), &victim).await;
    begin(&mut victim, portal.role("ext/by-tenant")).await;
    sqlx::query("select set_config('portal.context', $1, true)")
        .persistent(false)
        .bind(&token)
        .execute(&mut victim.connection)
        .await
        .unwrap();
    let seen = format!("select query from pg_stat_activity where pid = {}", victim.pid);
    let seen = attacker.free(&seen).await.unwrap().concat();
    assert!(seen.contains("set_config") && !seen.contains(&token[..8]), "{seen}");
}
