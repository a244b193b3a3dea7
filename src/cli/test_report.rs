//! What came of access tests, for people, programs and CI.

use crate::adapters::postgres::access_test::Outcome;
use crate::diagnostic::junit::{Case, render_junit_suite};
use crate::diagnostic::{SourceMap, Span, one_line, spelled};
use crate::model::AccessTest;
use std::fmt::Write as _;

/// What ran it.
const ENGINE: &str = "postgres";

/// A test and what came of each thing that it expects.
#[derive(Debug)]
pub struct Tested<'m> {
    pub test: &'m AccessTest,
    pub outcomes: Vec<Outcome>,
}

impl Tested<'_> {
    pub fn holds(&self) -> bool {
        self.outcomes.iter().all(Outcome::holds)
    }
}

fn place(sources: &SourceMap, span: Span) -> (String, usize) {
    let location = sources.location(span);
    (location.file, location.line)
}

/// `12 tests hold`, or how many do not.
pub fn summary(tested: &[Tested<'_>]) -> String {
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let expectations: usize = tested.iter().map(|tested| tested.outcomes.len()).sum();
    let failed = tested.iter().filter(|tested| !tested.holds()).count();
    let all = format!("{}, {}", count(tested.len(), "test"), count(expectations, "expectation"));
    if failed == 0 { format!("{all}: all hold") } else { format!("{all}: {} failed", count(failed, "test")) }
}

pub fn render_test_text(tested: &[Tested<'_>], sources: &SourceMap) -> String {
    let mut text = String::new();
    for one in tested {
        let (file, line) = place(sources, one.test.span);
        let status = if one.holds() { "ok  " } else { "FAIL" };
        let _ = writeln!(text, "{status}  {}  ({})", one.test.name, one_line(&format!("{file}:{line}")));
        for outcome in one.outcomes.iter().filter(|outcome| !outcome.holds()) {
            let (file, line) = place(sources, outcome.span);
            let _ = writeln!(text, "      {}", one_line(&format!("{file}:{line}: expected: {}", outcome.expected)));
            let _ = writeln!(text, "        PostgreSQL: {}", one_line(&outcome.got));
        }
    }
    text
}

#[derive(serde::Serialize)]
struct Entry<'a> {
    name: &'a str,
    file: String,
    line: usize,
    status: &'static str,
    expected: &'a str,
    got: &'a str,
    engine: &'static str,
}

#[derive(serde::Serialize)]
struct Root<'a> {
    passed: usize,
    failed: usize,
    tests: Vec<Entry<'a>>,
}

/// An entry for each thing that is expected.
pub fn render_test_json(tested: &[Tested<'_>], sources: &SourceMap) -> String {
    let mut tests = Vec::new();
    for one in tested {
        for outcome in &one.outcomes {
            let (file, line) = place(sources, outcome.span);
            let holds = outcome.holds();
            tests.push(Entry {
                name: one.test.name.as_str(),
                file,
                line,
                status: if holds { "passed" } else { "failed" },
                expected: &outcome.expected,
                got: if holds { "as expected" } else { &outcome.got },
                engine: ENGINE,
            });
        }
    }
    let failed = tests.iter().filter(|entry| entry.status == "failed").count();
    let root = Root { passed: tests.len() - failed, failed, tests };
    spelled(&root)
}

pub fn render_test_junit(tested: &[Tested<'_>], sources: &SourceMap) -> String {
    let cases = tested.iter().flat_map(|one| {
        one.outcomes.iter().map(|outcome| Case {
            class: one.test.name.to_string(),
            name: outcome.expected.clone(),
            place: Some(place(sources, outcome.span)),
            failure: (!outcome.holds()).then(|| outcome.got.clone()),
        })
    });
    render_junit_suite("access tests", &cases.collect::<Vec<_>>())
}
