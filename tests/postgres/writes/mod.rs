//! The write path: what each persona may make, change and remove, by hand.

mod business;
pub(crate) mod mutants;
mod record;
mod session;

use crate::provisioned::{Asker, Provisioned, folder};
use portalctl_test_support::TestDatabase;
use session::{Session, Wanted};

const CASES: &str = "postgres/writes/cases.txt";

/// One asker and what becomes of statements.
struct Case {
    asker: Asker,
    mfa: bool,
    attempts: Vec<Attempt>,
}

struct Attempt {
    wanted: Wanted,
    statement: String,
    /// What the superuser asks then, and the answer.
    then: Option<(String, String)>,
}

fn cases(portal: &Provisioned, file: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let text = std::fs::read_to_string(folder(file)).unwrap();
    for line in text.lines().filter(|line| !line.is_empty() && !line.trim_start().starts_with('#')) {
        let line = line.replace("{p}", portal.db.project()).replace("{c}", &format!("\"{}\"", portal.control()));
        if !line.starts_with(' ') {
            let (line, mfa) = line.strip_suffix(" mfa").map_or((line.as_str(), false), |line| (line, true));
            let asker = Asker { at: Some("2026-01-15T10:00:00Z".to_owned()), ..Asker::new("") };
            cases.push(Case { asker: asker.written(line.split_whitespace()), mfa, attempts: Vec::new() });
            continue;
        }
        let (wanted, rest) = line.trim().split_once(' ').expect("an outcome and a statement");
        let (statement, then) = rest.split_once(" => ").map_or((rest, None), |(statement, then)| {
            (statement, Some(then.split_once(" == ").expect("a question and its answer")))
        });
        cases.last_mut().expect("an asker before").attempts.push(Attempt {
            wanted: wanted.parse().expect("an outcome"),
            statement: statement.to_owned(),
            then: then.map(|(question, answer)| (question.to_owned(), answer.to_owned())),
        });
    }
    cases
}

pub(crate) async fn business() -> TestDatabase {
    let db = TestDatabase::from_template("writes", async |template| {
        template.load(&folder("postgres/writes/business.sql"));
    });
    db.await
}

pub(crate) async fn provisioned() -> Provisioned {
    Provisioned::new(business().await, &folder("postgres/writes")).await
}

/// Where what happens is not what the cases say, up to `limit`; empty where all is well.
async fn differences(portal: &Provisioned, limit: usize) -> Vec<String> {
    differences_in(portal, (CASES, "w"), limit).await
}

/// The same for the cases of a file, on tables of a database schema.
pub(crate) async fn differences_in(portal: &Provisioned, (file, schema): (&str, &str), limit: usize) -> Vec<String> {
    let mut session = Session::open(portal, schema).await;
    let mut differences = Vec::new();
    for case in cases(portal, file) {
        let token = session.token(portal, &case.asker, case.mfa).await;
        let role = portal.role(&case.asker.persona);
        for attempt in &case.attempts {
            let outcome = session.attempt(role, &token, &attempt.statement, attempt.then.as_ref()).await;
            if let Some(difference) = outcome.difference(attempt.wanted, attempt.then.as_ref()) {
                differences.push(format!("{:?}: {}: {difference}", case.asker, attempt.statement));
                if differences.len() >= limit {
                    return differences;
                }
            }
        }
    }
    differences
}

#[tokio::test]
async fn every_statement_does_what_the_grants_say() {
    let differences = differences(&provisioned().await, usize::MAX).await;
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Statements that somebody may run do nothing under a context that does not hold here.
#[tokio::test]
async fn nothing_is_written_without_a_context_that_holds() {
    let portal = provisioned().await;
    let mut session = Session::open(&portal, "w").await;
    let elsewhere = portal.gateway().await;
    let mut written = Vec::new();
    let mut tried = 0;
    for case in cases(&portal, CASES) {
        let role = portal.role(&case.asker.persona);
        let other = if role == portal.role("ext/reader") { "ext/user" } else { "ext/reader" };
        let other = Asker { persona: other.to_owned(), ..case.asker.clone().of("customer", "1") };
        let tokens = [
            ("none", String::new()),
            ("expired", portal.token_for(&case.asker, Some(session.pid), "-1 second").await),
            ("of another backend", portal.token(&case.asker, &elsewhere).await),
            ("of another persona", session.token(&portal, &other, true).await),
            ("altered", session.token(&portal, &case.asker, case.mfa).await.replace("\"exp\"", "\"Exp\"")),
        ];
        for attempt in case.attempts.iter().filter(|attempt| attempt.wanted.writes()) {
            for (what, token) in &tokens {
                tried += 1;
                let outcome = session.attempt(role, token, &attempt.statement, None).await;
                if let Some(difference) = outcome.difference(Wanted::Nothing, None) {
                    written.push(format!("{what}: {}: {difference}", attempt.statement));
                }
            }
        }
    }
    assert!(tried > 200, "{tried}");
    assert!(written.is_empty(), "{written:#?}");
}

/// What a reference to a row that one does not see answers tells nothing of it.
#[tokio::test]
async fn a_row_that_one_does_not_see_and_none_at_all_are_refused_alike() {
    let portal = provisioned().await;
    let mut session = Session::open(&portal, "w").await;
    let asker = Asker::new("ext/user").of("customer", "1").with("contact", "11");
    let token = session.token(&portal, &asker, false).await;
    for (statement, hidden, missing) in [
        ("insert into w.tasks (title, machine_id) values ('n', {})", "3", "99"),
        ("update w.tasks set machine_id = {} where id = 1", "3", "99"),
        ("insert into w.notes (task_id, body) values ({}, 'n')", "4", "99"),
        ("insert into w.lines (task_id, no, text) values ({}, 1, 'n')", "4", "99"),
        ("insert into w.lines (task_id, no, text) values ({}, 1, 'n') on conflict do nothing", "4", "99"),
    ] {
        let mut said = Vec::new();
        for key in [hidden, missing] {
            let outcome = session.attempt(portal.role("ext/user"), &token, &statement.replace("{}", key), None).await;
            said.push(outcome.said().expect("a refusal"));
        }
        assert_eq!(said[0], said[1], "{statement}");
        assert!(!said[0].contains("machines") && !said[0].contains("w.tasks"), "{}", said[0]);
    }
}

/// Two new rows at the same moment.
#[tokio::test]
async fn counted_keys_are_never_given_twice() {
    let portal = provisioned().await;
    let asker = Asker::new("ext/user").of("customer", "1").with("contact", "11");
    let (mut one, mut two) = (portal.gateway().await, portal.gateway().await);
    let (first, second) = (portal.token(&asker, &one).await, portal.token(&asker, &two).await);
    let begin = |token: &str| {
        format!("begin; set local role \"{}\"; set local portal.context = '{token}'", portal.role("ext/user"))
    };
    one.free(&begin(&first)).await.unwrap();
    two.free(&begin(&second)).await.unwrap();
    let insert = "insert into w.docs (name) values ('n') returning id";
    let of_one = one.free(insert).await.unwrap();
    let waiting = async { two.free(&format!("{insert}; commit")).await.unwrap() };
    let finishing = async { one.free("commit").await.unwrap() };
    let (of_two, _) = tokio::join!(waiting, finishing);
    assert_eq!((of_one, of_two), (vec!["5".to_owned()], vec!["6".to_owned()]));
}
