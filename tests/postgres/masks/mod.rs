//! What is shown by a mask, and relations that are no tables: read through views, by hand and by those who mean ill.

mod drift;
mod mutants;

use crate::provisioned::{Asker, Gateway, Provisioned, folder, run, text_rows};
use portalctl::adapters::postgres::inspect::inspect;
use portalctl::check::run_live;
use portalctl::diagnostic::Severity;
use portalctl::plan::Touched;
use portalctl_test_support::TestDatabase;
use sqlx::error::DatabaseError;
use std::collections::BTreeMap;

async fn business() -> TestDatabase {
    let db = TestDatabase::from_template("masks", async |template| {
        template.load(&folder("postgres/masks/business.sql"));
    });
    db.await
}

async fn provisioned() -> Provisioned {
    Provisioned::new(business().await, &folder("postgres/masks")).await
}

struct Attempt {
    asker: Asker,
    sent: String,
    /// Rows, or the SQLSTATE.
    wanted: Result<String, String>,
}

fn attempts(portal: &Provisioned) -> Vec<Attempt> {
    let control = format!("\"{}\"", portal.control());
    let text = std::fs::read_to_string(folder("postgres/masks/cases.txt")).unwrap();
    let mut asker = Asker::default();
    let mut attempts = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.trim_start().starts_with('#')) {
        let line = line.replace("{v}", "{c}.m_people__ext__reader");
        let line = line.replace("{p}", portal.db.project()).replace("{c}", &control);
        if !line.starts_with(' ') {
            asker = Asker::new("").written(line.split_whitespace());
            continue;
        }
        let line = line.trim();
        let (sent, wanted) = if let Some(sent) = line.strip_suffix(" ==") {
            (sent, Ok(String::new()))
        } else if let Some((sent, rows)) = line.split_once(" == ") {
            (sent, Ok(rows.to_owned()))
        } else {
            let (code, sent) = line.split_once(' ').expect("an SQLSTATE and a statement");
            (sent, Err(if code == "no" { "42501" } else { code }.to_owned()))
        };
        attempts.push(Attempt { asker: asker.clone(), sent: sent.to_owned(), wanted });
    }
    assert!(attempts.len() > 80, "{}", attempts.len());
    attempts
}

/// One attempt in a transaction that is taken back.
async fn answer(gateway: &mut Gateway, role: &str, token: &str, sent: &str) -> Result<String, String> {
    let code = |error: sqlx::Error| {
        let code = error.as_database_error().and_then(DatabaseError::code).unwrap_or_default().into_owned();
        if code.is_empty() { error.to_string() } else { code }
    };
    let answer = gateway.read_in_order(role, token, sent).await.map(|rows| rows.join("; ")).map_err(code);
    run(&mut gateway.connection, "DEALLOCATE ALL").await;
    answer
}

/// Where what happens is not what the cases say, up to `limit`; empty where all is well.
async fn differences(portal: &Provisioned, limit: usize) -> Vec<String> {
    let mut gateway = portal.gateway().await;
    let mut tokens: BTreeMap<String, String> = BTreeMap::new();
    let mut differences = Vec::new();
    for Attempt { asker, sent, wanted } in attempts(portal) {
        let who = format!("{asker:?}");
        if !tokens.contains_key(&who) {
            let token = portal.token(&asker, &gateway).await;
            tokens.insert(who.clone(), token);
        }
        let found = answer(&mut gateway, portal.role(&asker.persona), &tokens[&who], &sent).await;
        if found != wanted {
            differences.push(format!("{}: {sent}: {found:?}, not {wanted:?}", asker.persona));
            if differences.len() >= limit {
                break;
            }
        }
    }
    differences
}

#[tokio::test]
async fn everybody_reads_what_the_grants_say_and_no_more() {
    let differences = differences(&provisioned().await, usize::MAX).await;
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Whoever takes a role without a context that holds sees no row of any view.
#[tokio::test]
async fn views_are_empty_without_a_context_that_holds() {
    let portal = provisioned().await;
    let mut gateway = portal.gateway().await;
    let elsewhere = portal.gateway().await;
    let mut tried = 0;
    for Attempt { asker, sent, wanted } in attempts(&portal) {
        let reads_a_view = sent.starts_with("select id") && sent.contains("\".m_") && !sent.contains("local");
        if !reads_a_view || !wanted.is_ok_and(|rows| !rows.is_empty()) {
            continue;
        }
        let other = Asker { persona: "ext/digests".to_owned(), ..asker.clone().of("", "1") };
        let tokens = [
            String::new(),
            portal.token_for(&asker, Some(gateway.pid), "-1 second").await,
            portal.token(&asker, &elsewhere).await,
            portal.token(&other, &gateway).await,
            portal.token(&asker, &gateway).await.replace("\"exp\"", "\"Exp\""),
        ];
        for token in tokens {
            tried += 1;
            let found = answer(&mut gateway, portal.role(&asker.persona), &token, &sent).await;
            assert_eq!(found.as_deref(), Ok(""), "{sent}");
        }
    }
    assert!(tried > 20, "{tried}");
}

/// Equal values look alike, in every row and to everybody; and nothing is the same in another project.
#[tokio::test]
async fn a_digest_is_stable_and_keyed_for_each_project() {
    let digest = async |portal: &Provisioned, tenant: &str, id: i32| {
        let asker = Asker::new("ext/reader").of("", tenant);
        let mut gateway = portal.gateway().await;
        let token = portal.token(&asker, &gateway).await;
        let query = format!("select badge from \"{}\".m_people__ext__reader where id = {id}", portal.control());
        gateway.read(portal.role("ext/reader"), &token, &query).await.unwrap().concat()
    };
    let (one, other) = (provisioned().await, provisioned().await);
    let ann = digest(&one, "1", 1).await;
    assert_eq!(ann, digest(&one, "2", 3).await, "the same badge, in another tenant's row");
    assert_ne!(ann, digest(&one, "1", 2).await);
    assert_ne!(ann, digest(&other, "1", 1).await, "another project has another key");
}

/// How a plan is made is nobody's secret; what is in the rows is.
#[tokio::test]
async fn no_plan_shows_a_value() {
    let portal = provisioned().await;
    let asker = Asker::new("ext/reader").of("", "1");
    let mut gateway = portal.gateway().await;
    let token = portal.token(&asker, &gateway).await;
    let query = format!(
        "explain (analyze, verbose, costs, timing off) select badge, email from \"{}\".m_people__ext__reader where name > 'A'",
        portal.control()
    );
    let plan = gateway.read(portal.role("ext/reader"), &token, &query).await.unwrap().join("\n");
    for value in ["Eve", "ann@", "12345678", "DE89"] {
        assert!(!plan.contains(value), "{plan}");
    }
    assert!(plan.contains("Subquery Scan"), "the barrier stands: {plan}");
}

/// What a role that sees no row is told of how its question was answered: by a mask that is somewhere, and by none.
async fn plans_with_masks(portal: &Provisioned) -> [String; 2] {
    let asker = Asker::new("ext/shared").of("", "1").with("contact", "1");
    let mut gateway = portal.gateway().await;
    let token = portal.token(&asker, &gateway).await;
    let mut plans = [String::new(), String::new()];
    for (mask, plan) in ["••••3000", "••••3001"].into_iter().zip(&mut plans) {
        let query = format!(
            "explain (analyze, costs off, timing off, summary off) select id from \"{}\".m_people__ext__shared where iban = '{mask}'",
            portal.control()
        );
        let lines = gateway.read_in_order(portal.role("ext/shared"), &token, &query).await.unwrap();
        *plan = lines.join("\n").replace(mask, "?");
    }
    plans
}

#[tokio::test]
async fn no_comparison_with_a_mask_reaches_rows_that_one_does_not_see() {
    let [there, not] = plans_with_masks(&provisioned().await).await;
    assert_eq!(there, not);
}

/// What an earlier apply made is nothing that stands in the way of the next.
#[tokio::test]
async fn the_checks_find_nothing_in_what_was_applied() {
    let portal = provisioned().await;
    let live = inspect(&mut portal.db.admin().await, &Touched::of(&portal.model)).await.unwrap();
    let found = run_live(&portal.model, &live, time::macros::date!(2026 - 06 - 15));
    let found: Vec<_> = found.iter().filter(|finding| finding.severity != Severity::Info).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// One view for roles that share rows, columns and masks.
#[tokio::test]
async fn roles_that_read_alike_share_a_view() {
    let portal = provisioned().await;
    let views = format!(
        "select v.relname, count(*) from pg_class v, aclexplode(v.relacl) a where v.relkind = 'v' \
         and v.relnamespace = '\"{}\"'::regnamespace and a.grantee <> v.relowner and a.privilege_type = 'SELECT' group by 1 order by 1",
        portal.control()
    );
    let found = text_rows(&mut portal.db.admin().await, &views).await.unwrap();
    assert_eq!(
        found,
        [
            "m_benchmark__ext__reader|2",
            "m_benchmark__int__agent|1",
            "m_directory__ext__reader|1",
            "m_people__ext__asked|1",
            "m_people__ext__digests|1",
            "m_people__ext__office|1",
            "m_people__ext__office__f2|1",
            "m_people__ext__reader|2",
            "m_people__ext__shared|1",
            "m_rates__ext__reader|1",
            "m_rates__int__agent|1",
            "m_totals__ext__reader|1",
        ]
    );
}

/// The second facet of the office shows the address of some rows as it is.
#[tokio::test]
async fn plain_reading_is_a_rectangle_of_its_own() {
    let portal = provisioned().await;
    let asker = Asker::new("ext/office").of("", "2");
    let mut gateway = portal.gateway().await;
    let token = portal.token(&asker, &gateway).await;
    let second = portal.facet("ext/office", 1);
    let plain = gateway.read(second, &token, "select id, email from m.people").await.unwrap();
    assert_eq!(plain, ["3|not an address"]);
    let phone = gateway.read(second, &token, "select phone from m.people").await.unwrap_err();
    assert_eq!(phone.as_database_error().and_then(DatabaseError::code).as_deref(), Some("42501"));
}
