//! Holds the source to the rules of CONTRIBUTING.md: floors, sizes, marks that do not belong, files that no
//! compiler sees. Each rule is a function from sources to violations, so that `seeded` can show it a house
//! with the fault in it.

mod architecture {
    pub(crate) mod floors;
    pub(crate) mod marks;
    mod seeded;
    pub(crate) mod sizes;
    pub(crate) mod sources;
    pub(crate) mod wiring;
}

use architecture::sources::{Sources, Violation};
use architecture::{floors, marks, sizes, wiring};

fn assert_clean(rule: fn(&Sources) -> Vec<Violation>) {
    let sources = Sources::of_this_repository();
    assert!(sources.len() > 20, "the walk must have found the source, not {} files", sources.len());
    let violations = rule(&sources);
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert!(violations.is_empty(), "\n{}\n", lines.join("\n"));
}

#[test]
fn rooms_use_only_the_floors_under_them() {
    assert_clean(floors::arrows);
}

#[test]
fn every_room_has_a_floor_and_the_core_is_pure() {
    assert_clean(floors::plan_of_the_house);
}

#[test]
fn sqlx_stays_where_the_database_is_spoken_to() {
    assert_clean(floors::sqlx);
}

#[test]
fn files_and_functions_fit_the_eye() {
    assert_clean(sizes::too_long);
}

#[test]
fn nothing_is_silenced_or_left_for_later() {
    assert_clean(marks::left_behind);
}

#[test]
fn every_file_is_compiled_by_something() {
    assert_clean(wiring::forgotten);
}
