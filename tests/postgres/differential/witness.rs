//! Examples of a difference between two states, tried on PostgreSQL under both: what the comparison says is gained is
//! allowed in the one database and denied in the other.

use super::dice::Dice;
use super::{database, open, project, resolved};
use crate::provisioned::enforce;
use portalctl::adapters::postgres::access_test::prepare;
use portalctl::adapters::postgres::given::GIVEN_SCHEMA;
use portalctl::analysis::access_test::Answer;
use portalctl::analysis::diff::{AccessDiff, Class, diff};
use portalctl::model::AccessModel;

/// What the project is called until there is a database for it.
const NAME: &str = "chance";

/// Two states of one project, as documents.
fn pair(dice: &mut Dice) -> [String; 2] {
    let before = project::project(dice, NAME);
    let after = project::again(dice, &before);
    [before.text, after.text]
}

fn sound(text: &str) -> AccessModel {
    resolved(text).expect("a sound project")
}

/// What PostgreSQL answers under the state, for each example that access tests can try.
async fn answers(text: &str, found: &AccessDiff) -> Vec<Option<Answer>> {
    let db = database().await;
    let own = sound(&text.replacen(&format!("name: {NAME}\n"), &format!("name: {}\n", db.project()), 1));
    let (model, copies) = own.clone().with_given_people(GIVEN_SCHEMA);
    let mut connection = db.admin().await;
    prepare(&mut connection, &copies).await.expect("copies of the people");
    enforce(&mut connection, &db.admin_url(), &model).await;
    let bench = open(&mut connection, &own, &model).await;
    let mut answers = Vec::new();
    for change in &found.changes {
        let test = change.example.as_ref().and_then(|example| example.access_test(&own, true));
        answers.push(match test {
            Some(test) => {
                let ran = bench.run(&mut connection, &test).await.expect("the example runs");
                ran.outcomes.first().map(|outcome| outcome.answer.clone())
            }
            None => None,
        });
    }
    answers
}

#[tokio::test]
async fn what_an_example_shows_postgres_shows() {
    let mut dice = Dice::new(20_260_115);
    let (mut allowed, mut denied) = (0, 0);
    for _ in 0..2 {
        let [before, after] = pair(&mut dice);
        let found = diff(&sound(&before), &sound(&after));
        let (old, new) = (answers(&before, &found).await, answers(&after, &found).await);
        for (change, (old, new)) in found.changes.iter().zip(old.into_iter().zip(new)) {
            let (more, less) = if change.class == Class::Narrow { (old, new) } else { (new, old) };
            let told = || format!("{:?} {} {:?}: {:?}", change.persona, change.action, change.field, change.witness);
            assert!(!matches!(more, Some(Answer::Denied | Answer::Nobody)), "denied: {}", told());
            assert!(less != Some(Answer::Allowed), "allowed: {}", told());
            allowed += usize::from(more == Some(Answer::Allowed));
            denied += usize::from(matches!(less, Some(Answer::Denied | Answer::Nobody)));
        }
    }
    println!("{allowed} allowed, {denied} denied");
    assert!(allowed > 20 && denied > 20, "{allowed} allowed, {denied} denied");
}
