//! Each rule meets a house with the fault it is there for, and one that only looks like it.

use super::sources::{Sources, Violation};
use super::{floors, marks, sizes, wiring};

fn found(rule: fn(&Sources) -> Vec<Violation>, files: &[(&str, &str)]) -> Vec<String> {
    rule(&Sources::of(files)).iter().map(ToString::to_string).collect()
}

#[track_caller]
fn caught(rule: fn(&Sources) -> Vec<Violation>, path: &str, text: &str, expected: &[(usize, &str)]) {
    let violations = rule(&Sources::of(&[(path, text)]));
    let lines: Vec<usize> = violations.iter().map(|violation| violation.line).collect();
    assert_eq!(lines, expected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), "{violations:?}");
    for (violation, (_, words)) in violations.iter().zip(expected) {
        assert!(violation.text.contains(words), "`{}` does not say `{words}`", violation.text);
    }
}

#[test]
fn an_arrow_upward_is_caught_however_it_is_written() {
    let upward = "could no longer testify";
    caught(floors::arrows, "src/model/access.rs", "use crate::plan::Plan;", &[(1, upward)]);
    caught(
        floors::arrows,
        "src/model/mod.rs",
        "\npub use crate::{\n  names::X,\n  plan::{Plan, Phase},\n};",
        &[(4, upward)],
    );
    caught(floors::arrows, "src/model/mod.rs", "fn f() {\n let x = crate::plan::make();\n}", &[(2, upward)]);
    caught(floors::arrows, "src/model/mod.rs", "fn f() { m!(a, [crate::plan::make()]) }", &[(1, upward)]);
    caught(floors::arrows, "src/model/mod.rs", "use super::plan::Plan;", &[(1, upward)]);
    caught(floors::arrows, "src/model/deep/er.rs", "use super::super::super::{plan::Plan};", &[(1, upward)]);
    caught(floors::arrows, "src/model/mod.rs", "mod tests { use super::super::plan::Plan; }", &[(1, upward)]);
    caught(floors::arrows, "src/model.rs", "macro_rules! m { () => { $crate::plan::make() } }", &[(1, upward)]);
    caught(floors::arrows, "src/model/mod.rs", "use crate::r#plan::Plan;", &[(1, "no room")]);
}

#[test]
fn an_arrow_sideways_is_caught() {
    caught(
        floors::arrows,
        "src/names/mod.rs",
        "use crate::diagnostic::Span;",
        &[(1, "neighbour `diagnostic` on floor 0")],
    );
    caught(floors::arrows, "src/state/read.rs", "use crate::model::Grant;", &[(1, "drift could not be seen")]);
    caught(floors::arrows, "src/analysis/can.rs", "use crate::check::Rule;", &[(1, "independent witness")]);
}

#[test]
fn the_whole_root_cannot_be_taken() {
    caught(floors::arrows, "src/spec/mod.rs", "use crate::*;", &[(1, "name the room")]);
    caught(floors::arrows, "src/spec/mod.rs", "use crate as house;", &[(1, "name the room")]);
    caught(floors::arrows, "src/spec/mod.rs", "use crate::{self as house};", &[(1, "name the room")]);
    caught(floors::arrows, "src/spec/mod.rs", "use super::*;", &[(1, "name the room")]);
    caught(floors::arrows, "src/spec/mod.rs", "use crate::helpers::x;", &[(1, "give it a floor")]);
}

#[test]
fn arrows_downward_and_mere_words_pass() {
    let text = "//! See `crate::cli`.\nuse crate::{names::X, spec::{document, Y}};\nuse super::state::Z;\n\
                pub(crate) fn f() { let _ = \"crate::cli::run\"; crate::plan::g(); self::h::super_(); }\n\
                mod tests { use super::*; use super::sql::K; }";
    assert_eq!(found(floors::arrows, &[("src/plan/mod.rs", text)]), [""; 0]);
    assert_eq!(found(floors::arrows, &[("src/plan/sql/quote.rs", "use super::super::Plan; use super::X;")]), [""; 0]);
}

const RULES: &str = "#[deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types)]";

fn lib(change: impl Fn(&str) -> Option<String>) -> String {
    let rooms = floors::FLOORS.iter().enumerate().flat_map(|(n, floor)| floor.rooms.iter().map(move |room| (n, room)));
    let whole =
        rooms.map(|(n, room)| change(room).unwrap_or(format!("{} pub mod {room};\n", if n < 5 { RULES } else { "" })));
    format!("//! The house.\n#![deny(missing_docs)]\n{}", whole.collect::<String>())
}

#[test]
fn a_room_without_floor_or_without_its_lints_is_caught() {
    let house =
        |text: &str, main: &str| found(floors::plan_of_the_house, &[("src/lib.rs", text), ("src/main.rs", main)]);
    let main = "fn main() -> std::process::ExitCode { portalctl::cli::run() }";
    assert_eq!(house(&lib(|_| None), main), [""; 0]);

    let impure = house(&lib(|room| (room == "plan").then(|| "pub mod plan;\n".to_owned())), main);
    assert!(matches!(impure.as_slice(), [one] if one.contains("`plan` is core (floor 4)")), "{impure:?}");
    let missing = house(&lib(|room| (room == "site").then(String::new)), main);
    assert!(matches!(missing.as_slice(), [one] if one.contains("a room `site` that is not declared")), "{missing:?}");
    let unknown = house(&format!("{}pub mod util;\npub fn helper() {{}}", lib(|_| None)), main);
    assert!(
        matches!(unknown.as_slice(), [one, two] if one.contains("`util`") && two.contains("helper")),
        "{unknown:?}"
    );
    let clever = house(&lib(|_| None), "fn main() { portalctl::plan::make() }");
    assert!(matches!(clever.as_slice(), [one] if one.contains("knows `cli` alone")), "{clever:?}");
}

#[test]
fn sqlx_in_a_page_is_caught() {
    caught(floors::sqlx, "src/site/page.rs", "\nuse sqlx::PgPool;", &[(2, "adapters/postgres and site/query")]);
    caught(floors::sqlx, "src/adapters/local_postgres.rs", "fn f() { sqlx::query!(\"x\") }", &[(1, "sqlx belongs")]);
    let allowed = [
        ("src/adapters/postgres/apply.rs", "use sqlx::PgPool;"),
        ("src/site/query/rows.rs", "use sqlx::PgPool;"),
        ("src/site/page.rs", "// sqlx knows\nconst S: &str = \"sqlx\";"),
        ("tests/postgres.rs", "use sqlx::PgPool;"),
    ];
    assert_eq!(found(floors::sqlx, &allowed), [""; 0]);
}

#[test]
fn what_is_too_long_is_caught() {
    let blank = |lines: usize| "\n".repeat(lines);
    caught(sizes::too_long, "src/a.rs", &blank(401), &[(401, "401 lines")]);
    caught(sizes::too_long, "tests/a.rs", &blank(401), &[(401, "401 lines")]);
    caught(sizes::too_long, "src/main.rs", &blank(31), &[(31, "31 lines")]);
    caught(sizes::too_long, "src/cli/command/up.rs", &blank(121), &[(121, "121 lines")]);
    let body =
        |lines: usize| format!("impl X {{\n fn long<T>(x: fn(T)) -> T where T: Y {{{}}}\n}}", "\n".repeat(lines - 1));
    caught(sizes::too_long, "src/a.rs", &body(71), &[(2, "`long` is 71 lines long")]);
    let fine = [("src/a.rs", &*blank(400)), ("src/b.rs", &*body(70)), ("src/main.rs", &*blank(30))];
    assert_eq!(found(sizes::too_long, &fine), [""; 0]);
    let bodiless = format!("trait T {{ fn f();\n const X: u8 = {{{}1}}; }}", "\n".repeat(80));
    assert_eq!(found(sizes::too_long, &[("src/a.rs", &bodiless)]), [""; 0]);
}

#[test]
fn what_silences_or_postpones_is_caught() {
    for text in [
        "\n#[allow(dead_code)]\nfn f() {}",
        "\n#![allow(dead_code)]",
        "\n#[cfg_attr(test, allow(dead_code))]\nfn f() {}",
    ] {
        caught(marks::left_behind, "src/a.rs", text, &[(2, "silenced for good")]);
    }
    caught(marks::left_behind, "tests/a.rs", "fn f() {\n #[allow(x)]\n {}\n}", &[(2, "silenced")]);
    let later = format!("fn f() {{}} // {}: more", marks::LATER[0]);
    caught(marks::left_behind, "src/a.rs", &later, &[(1, "finish it")]);
    let later = format!("/* {} */", marks::LATER[1]);
    caught(marks::left_behind, "tests/a.rs", &later, &[(1, "finish it")]);
    let fine =
        "#[expect(dead_code, reason = \"x\")]\nfn allow(x: u8) { allow(x) } // #[allow(x)]\nconst TODOS: u8 = 1;";
    assert_eq!(found(marks::left_behind, &[("src/a.rs", fine)]), [""; 0]);
}

#[test]
fn a_file_that_nobody_compiles_is_caught() {
    let house = [
        ("src/lib.rs", "pub mod plan;"),
        ("src/plan/mod.rs", "mod sql; mod tests { mod deep; }"),
        ("src/plan/sql.rs", "mod quote;"),
        ("src/plan/sql/quote.rs", ""),
        ("src/plan/tests/deep.rs", ""),
        ("src/plan/lost.rs", ""),
        ("tests/command.rs", "mod support;\n#[path = \"shared/x.rs\"]\nmod y;\nmod command { mod up; }"),
        ("tests/support/mod.rs", ""),
        ("tests/shared/x.rs", ""),
        ("tests/command/up.rs", ""),
        ("tests/command/down.rs", "// mod up;"),
        ("tests/postgres/main.rs", "mod rows;"),
        ("tests/postgres/rows.rs", ""),
        ("tests/postgres/shares.rs", ""),
        ("tests/support/src/lib.rs", "mod cluster;"),
        ("tests/support/src/cluster.rs", ""),
    ];
    let lost: Vec<String> =
        wiring::forgotten(&Sources::of(&house)).into_iter().map(|violation| violation.path).collect();
    assert_eq!(lost, ["src/plan/lost.rs", "tests/command/down.rs", "tests/postgres/shares.rs"]);
}
