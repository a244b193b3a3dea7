//! What holds of any two states, which chance makes.

use crate::dice::Dice;
use crate::project::{Project, again, project};
use crate::resolved;
use portalctl::analysis::access_test::{Answer, Surroundings, evaluate};
use portalctl::analysis::diff::{AccessDiff, Class, Kind, diff};
use portalctl::model::AccessModel;
use time::{OffsetDateTime, UtcOffset};

const PAIRS: usize = 8;

fn sound(project: &Project) -> AccessModel {
    resolved(&project.text).expect("a sound project")
}

/// Two states with the same objects and other grants.
fn pair(dice: &mut Dice) -> (AccessModel, AccessModel) {
    let before = project(dice, "chance");
    let after = again(dice, &before);
    (sound(&before), sound(&after))
}

fn mirrored(class: Class) -> Class {
    match class {
        Class::Widen => Class::Narrow,
        Class::Narrow => Class::Widen,
        other => other,
    }
}

fn told(found: &AccessDiff, turn: impl Fn(Class) -> Class) -> Vec<String> {
    let accesses = found.changes.iter().filter(|change| change.kind != Kind::DataLoss);
    let mut told: Vec<String> = accesses
        .map(|change| {
            let Class::Neutral = change.class else {
                return format!(
                    "{:?} {} {:?} {:?} {:?} {:?}",
                    change.persona,
                    change.action,
                    change.object,
                    change.field,
                    change.what,
                    turn(change.class)
                );
            };
            format!("{:?} {} {:?} same", change.persona, change.action, change.object)
        })
        .collect();
    told.sort();
    told
}

/// What the evaluator answers where an example is tried as an access test.
fn answers(found: &AccessDiff, before: &AccessModel, after: &AccessModel) -> usize {
    let mut replayed = 0;
    for change in &found.changes {
        let Some(example) = &change.example else { continue };
        let (more, less) = if change.class == Class::Narrow { (before, after) } else { (after, before) };
        for (model, expected) in [(more, Answer::Allowed), (less, Answer::Denied)] {
            let Some(test) = example.access_test(model, true) else { continue };
            let around = Surroundings { offset: Some(UtcOffset::UTC), ..Surroundings::default() };
            let outcomes = evaluate(model, &test, OffsetDateTime::UNIX_EPOCH, Some(&around));
            let answer = outcomes.first().map(|outcome| outcome.answer.clone());
            let nobody = expected == Answer::Denied && answer == Some(Answer::Nobody);
            assert!(answer.as_ref() == Some(&expected) || nobody, "{}\n{outcomes:?}", found.text());
            replayed += 1;
        }
    }
    replayed
}

#[test]
fn a_state_does_not_differ_from_itself() {
    let mut dice = Dice::new(1);
    for _ in 0..PAIRS {
        let text = project(&mut dice, "chance");
        let model = sound(&text);
        let moved = resolved(&text.text.replace("---\n", "---\n# A remark.\n")).expect("as before");
        assert_ne!(model.spec_hash, moved.spec_hash);
        assert_eq!(diff(&model, &moved).text(), "no change of access\n");
    }
}

#[test]
fn what_is_gained_one_way_is_lost_the_other() {
    let mut dice = Dice::new(2);
    for _ in 0..PAIRS {
        let (before, after) = pair(&mut dice);
        assert_eq!(told(&diff(&before, &after), |class| class), told(&diff(&after, &before), mirrored));
    }
}

#[test]
fn every_example_is_what_it_says() {
    let mut dice = Dice::new(3);
    let (mut shown, mut wider, mut undecided, mut replayed) = (0, 0, 0, 0);
    for _ in 0..PAIRS {
        let (before, after) = pair(&mut dice);
        let found = diff(&before, &after);
        let changes = || found.changes.iter().filter(|change| change.kind != Kind::DataLoss);
        wider += changes().filter(|change| change.class == Class::Widen).count();
        shown += changes().filter(|change| change.witness.is_some()).count();
        undecided += changes().filter(|change| change.undecided).count();
        replayed += answers(&found, &before, &after);
    }
    println!("{shown} shown, {wider} wider, {undecided} undecided, {replayed} replayed");
    assert!(replayed > 50, "{replayed}");
    assert!(undecided * 10 < shown, "too much is not told: {undecided} beside {shown}");
}

#[test]
fn a_grant_more_takes_nothing_away_and_a_deny_more_gives_nothing() {
    let mut dice = Dice::new(Dice::fresh_seed());
    let mut met = [0, 0];
    for _ in 0..PAIRS {
        let first = project(&mut dice, "chance");
        let before = sound(&first);
        let granted = first.text.replacen(
            "        read: [",
            "        read: [{scope: own, path: mine, fields: [id, state, label]}, ",
            1,
        );
        let restricted =
            first.text.replacen("audiences:\n", "restrict: {item: {where: {state: {ne: c}}}}\naudiences:\n", 1);
        if let Ok(after) = resolved(&granted) {
            let found = diff(&before, &after);
            let lost = found.changes.iter().any(|change| change.class == Class::Narrow);
            assert!(!lost, "{}\n{}", found.text(), first.text);
            met[0] += 1;
        }
        if let Ok(after) = resolved(&restricted) {
            let found = diff(&before, &after);
            let gained = found.changes.iter().any(|change| change.class.gains());
            assert!(!gained, "{}\n{}", found.text(), first.text);
            met[1] += 1;
        }
    }
    assert!(met.iter().all(|number| *number > 0), "{met:?}");
}
