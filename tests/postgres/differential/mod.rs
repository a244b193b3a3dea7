//! The evaluator against PostgreSQL, on projects and rows that chance makes: what one of them shows or allows the other
//! does, too. A difference is printed as documents that `portalctl test` takes.

mod compare;
mod dice;
mod found;
mod grants;
mod mutants;
mod project;
mod resolved;
mod rows;
mod witness;

use crate::provisioned::{enforce, folder};
use compare::{Tally, compare};
use dice::Dice;
use portalctl::adapters::postgres::access_test::{Bench, prepare};
use portalctl::adapters::postgres::given::GIVEN_SCHEMA;
use portalctl::analysis::access_test::{Answer, evaluate};
use portalctl::model::{AccessModel, AccessTest};
use portalctl_test_support::TestDatabase;
use resolved::resolved;
use rows::Given;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Each project meets so many sets of rows.
const GIVEN: usize = 4;
/// A set of rows brings about so many decisions.
const ROUGHLY: usize = 3000;

/// A project without fault with its rows, and what it is as text.
fn sound(dice: &mut Dice, name: &str) -> (AccessModel, String, Vec<Given>) {
    let project = project::project(dice, name);
    let given: Vec<Given> = (0..GIVEN).map(|number| rows::given(dice, &project.shape, number)).collect();
    let with = |given: &[Given]| {
        let tests: String = given.iter().map(|given| given.text(|_, _| true)).collect();
        resolved(&format!("{}{tests}", project.text)).expect("rows that fit the project")
    };
    let model = with(&given);
    let answers = model.access_tests.iter().map(|test| likely(&model, test)).collect::<Vec<_>>();
    let given: Vec<Given> = given.into_iter().zip(answers).map(|(given, allowed)| given.chosen(&allowed)).collect();
    (with(&given), project.text, given)
}

/// What the evaluator says of everything that is tried, in the test's order.
fn likely(model: &AccessModel, test: &AccessTest) -> Vec<bool> {
    let now = OffsetDateTime::parse(test.now.as_deref().expect("a time"), &Rfc3339).expect("a time");
    evaluate(model, test, now, None).iter().map(|outcome| outcome.answer == Answer::Allowed).collect()
}

async fn database() -> TestDatabase {
    TestDatabase::from_template("differential", async |template| {
        template.load(&folder("postgres/differential/tables.sql"));
    })
    .await
}

/// A project that is applied to a database of its own.
struct Bed {
    db: TestDatabase,
    own: AccessModel,
    model: AccessModel,
    text: String,
    given: Vec<Given>,
    control: String,
    connection: sqlx::PgConnection,
}

async fn bed(dice: &mut Dice) -> Bed {
    let db = database().await;
    let (own, text, given) = sound(dice, db.project());
    applied(db, own, text, given).await
}

async fn applied(db: TestDatabase, own: AccessModel, text: String, given: Vec<Given>) -> Bed {
    let (model, copies) = own.clone().with_given_people(GIVEN_SCHEMA);
    let mut connection = db.admin().await;
    prepare(&mut connection, &copies).await.expect("copies of the people");
    enforce(&mut connection, &db.admin_url(), &model).await;
    let control = format!("\"{}\"", model.project.control_schema);
    Bed { db, own, model, text, given, control, connection }
}

async fn open<'a>(connection: &mut sqlx::PgConnection, own: &'a AccessModel, model: &'a AccessModel) -> Bench<'a> {
    Bench::open(connection, own, model).await.expect("a bench")
}

/// One project with all of its rows.
async fn one_project(dice: &mut Dice) -> Tally {
    let Bed { db: _db, own, model, text, given, mut connection, .. } = bed(dice).await;
    let bench = open(&mut connection, &own, &model).await;
    let mut tally = Tally::default();
    for (test, given) in own.access_tests.iter().zip(&given) {
        let mut found = compare(&bench, &mut connection, test, "").await;
        if !found.wrong.is_empty() {
            let least = shrunk(&bench, &mut connection, (&text, given), &found.wrong[0]).await;
            found.wrong.push(least);
        }
        tally.add(found);
    }
    tally
}

/// The same with as few rows as still show the first difference, as documents.
async fn shrunk(
    bench: &Bench<'_>,
    connection: &mut sqlx::PgConnection,
    (text, given): (&str, &Given),
    wrong: &str,
) -> String {
    let mut left: Vec<(String, String)> = {
        let test = resolved(&format!("{text}{}", given.text(|_, _| true))).expect("as before").access_tests.remove(0);
        test.given.rows.keys().map(|(object, label)| (object.to_string(), label.to_string())).collect()
    };
    let mut at = 0;
    while at < left.len() {
        let mut fewer = left.clone();
        fewer.remove(at);
        let is_left = |object: &str, label: &str| fewer.iter().any(|(o, l)| o == object && l == label);
        // What names a row that is gone is no document any more.
        let Ok(model) = resolved(&format!("{text}{}", given.text(is_left))) else {
            at += 1;
            continue;
        };
        let found = compare(bench, connection, &model.access_tests[0], "").await;
        if found.wrong.iter().any(|one| one == wrong) { left = fewer } else { at += 1 }
    }
    let is_left = |object: &str, label: &str| left.iter().any(|(o, l)| o == object && l == label);
    format!("least for {wrong}:\n{text}{}", given.text(is_left))
}

/// Until so many decisions are made.
async fn run(seed: u64, decisions: usize) -> Tally {
    let mut dice = Dice::new(seed);
    let mut tally = Tally::default();
    while tally.decisions() < decisions && tally.wrong.is_empty() {
        tally.add(one_project(&mut dice).await);
    }
    println!(
        "seed {seed}: {} reads ({} shown, {} masked), {} writes ({} allowed, {} untold), {} differences",
        tally.reads,
        tally.shown,
        tally.masked,
        tally.writes,
        tally.allowed,
        tally.untold,
        tally.wrong.len()
    );
    tally
}

async fn agree(seed: u64, decisions: usize) -> Tally {
    let tally = run(seed, decisions).await;
    assert!(tally.wrong.is_empty(), "seed {seed}:\n{}", tally.wrong.join("\n"));
    tally
}

#[tokio::test]
async fn the_evaluator_and_postgres_agree() {
    let tally = agree(20_260_115, 4 * ROUGHLY).await;
    let told = tally.shown > tally.reads / 100 && tally.masked > 0 && tally.allowed > tally.writes / 20;
    assert!(told, "nothing worth comparing: {tally:?}");
}

/// `PORTALCTL_DECISIONS` says how many, `PORTALCTL_SEED` from where.
#[tokio::test]
async fn the_evaluator_and_postgres_agree_whatever_chance_brings() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let decisions = number("PORTALCTL_DECISIONS").map(|number| usize::try_from(number).expect("a number of decisions"));
    let seed = number("PORTALCTL_SEED").unwrap_or_else(Dice::fresh_seed);
    agree(seed, decisions.unwrap_or(4 * ROUGHLY)).await;
}
