//! What came of access tests, for people, programs and CI.

use crate::analysis::access_test::{Answer, Outcome};
use crate::diagnostic::junit::{Case, render_junit_suite};
use crate::diagnostic::{SourceMap, Span, one_line, spelled};
use crate::model::AccessTest;
use std::fmt::Write as _;

/// Who ran it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Postgres,
    Evaluator,
}

impl Engine {
    fn word(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Evaluator => "evaluator",
        }
    }
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Evaluator => "evaluator",
        }
    }
}

const DISAGREE: &str = "the two disagree, so one of them is wrong: please report it with this test";

/// A test and what came of each thing that it expects.
#[derive(Debug)]
pub struct Tested<'m> {
    test: &'m AccessTest,
    expectations: Vec<Tried>,
}

/// One thing that was expected, by each engine that tried it; at least one did.
#[derive(Debug)]
struct Tried {
    by: Vec<(Engine, Outcome)>,
}

impl<'m> Tested<'m> {
    /// Of PostgreSQL and of the evaluator; none where it did not run.
    pub fn of(test: &'m AccessTest, postgres: Vec<Outcome>, mut evaluator: Vec<Outcome>) -> Self {
        let mut expectations = Vec::new();
        for outcome in postgres {
            let same = |other: &Outcome| (other.span, &other.expected) == (outcome.span, &outcome.expected);
            let other = evaluator.iter().position(same).map(|at| evaluator.remove(at));
            let other = other.map(|other| (Engine::Evaluator, other));
            expectations.push(Tried { by: [(Engine::Postgres, outcome)].into_iter().chain(other).collect() });
        }
        expectations.extend(evaluator.into_iter().map(|outcome| Tried { by: vec![(Engine::Evaluator, outcome)] }));
        Self { test, expectations }
    }

    pub fn holds(&self) -> bool {
        self.expectations.iter().all(Tried::holds)
    }
}

impl Tried {
    /// As expected, by whoever can tell, of whom there is one.
    fn holds(&self) -> bool {
        let told = || self.by.iter().filter(|(_, outcome)| outcome.answer != Answer::Unknown);
        let postgres = self.by.iter().find(|(engine, _)| *engine == Engine::Postgres);
        told().next().is_some()
            && postgres.is_none_or(|(_, outcome)| outcome.holds())
            && told().all(|(_, outcome)| outcome.holds())
            && !self.disagrees()
    }

    fn disagrees(&self) -> bool {
        matches!(self.by.as_slice(), [(_, one), (_, other)] if one.contradicts(other))
    }

    /// What the evaluator said, where it cannot tell.
    fn untold(&self) -> Option<&Outcome> {
        let evaluated = self.by.iter().find(|(engine, _)| *engine == Engine::Evaluator);
        evaluated.map(|(_, outcome)| outcome).filter(|outcome| outcome.answer == Answer::Unknown)
    }

    fn first(&self) -> Option<&Outcome> {
        self.by.first().map(|(_, outcome)| outcome)
    }

    /// Whom to quote: all where they disagree, else who was not satisfied.
    fn said(&self) -> impl Iterator<Item = (Engine, &str)> {
        let all = self.disagrees();
        let quoted = self.by.iter().filter(move |(_, outcome)| all || !outcome.holds());
        quoted.map(|(engine, outcome)| (*engine, if outcome.holds() { "as expected" } else { outcome.got.as_str() }))
    }
}

fn place(sources: &SourceMap, span: Span) -> (String, usize) {
    let location = sources.location(span);
    (location.file, location.line)
}

/// `12 tests hold`, or how many do not.
pub fn summary(tested: &[Tested<'_>]) -> String {
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let tried = || tested.iter().flat_map(|tested| &tested.expectations);
    let failed = tested.iter().filter(|tested| !tested.holds()).count();
    let all = format!("{}, {}", count(tested.len(), "test"), count(tried().count(), "expectation"));
    let untold = match tried().filter(|tried| tried.untold().is_some()).count() {
        0 => String::new(),
        n => format!("; of {} the evaluator cannot tell, which `-v` names", count(n, "expectation")),
    };
    if failed == 0 {
        format!("{all}: all hold{untold}")
    } else {
        format!("{all}: {} failed{untold}", count(failed, "test"))
    }
}

/// What the evaluator cannot tell, a line each, with its place and the reason.
pub fn untold(tested: &[Tested<'_>], sources: &SourceMap) -> Vec<String> {
    let outcomes = tested.iter().flat_map(|tested| &tested.expectations).filter_map(Tried::untold);
    let line = |outcome: &Outcome| {
        let (file, line) = place(sources, outcome.span);
        one_line(&format!("{file}:{line}: {}: the evaluator cannot tell: {}", outcome.expected, outcome.got))
    };
    outcomes.map(line).collect()
}

pub fn render_test_text(tested: &[Tested<'_>], sources: &SourceMap) -> String {
    let mut text = String::new();
    for one in tested {
        let (file, line) = place(sources, one.test.span);
        let status = if one.holds() { "ok  " } else { "FAIL" };
        let _ = writeln!(text, "{status}  {}  ({})", one.test.name, one_line(&format!("{file}:{line}")));
        for tried in one.expectations.iter().filter(|tried| !tried.holds()) {
            let Some(first) = tried.first() else { continue };
            let (file, line) = place(sources, first.span);
            let _ = writeln!(text, "      {}", one_line(&format!("{file}:{line}: expected: {}", first.expected)));
            for (engine, got) in tried.said() {
                let _ = writeln!(text, "        {}: {}", engine.name(), one_line(got));
            }
            if tried.disagrees() {
                let _ = writeln!(text, "        {DISAGREE}");
            }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<serde_json::Value>,
}

/// An entry for each thing that is expected and each engine that tried it.
pub fn render_test_json(tested: &[Tested<'_>], sources: &SourceMap, coverage: Option<serde_json::Value>) -> String {
    let mut tests = Vec::new();
    for one in tested {
        for (tried, (engine, outcome)) in
            one.expectations.iter().flat_map(|tried| tried.by.iter().map(move |by| (tried, by)))
        {
            let (file, line) = place(sources, outcome.span);
            let status = match outcome.answer {
                _ if tried.disagrees() => "failed",
                Answer::Unknown if *engine == Engine::Evaluator => "unknown",
                _ if outcome.holds() => "passed",
                _ => "failed",
            };
            tests.push(Entry {
                name: one.test.name.as_str(),
                file,
                line,
                status,
                expected: &outcome.expected,
                got: if outcome.holds() { "as expected" } else { &outcome.got },
                engine: engine.word(),
            });
        }
    }
    let of = |status: &str| tests.iter().filter(|entry| entry.status == status).count();
    let root = Root { passed: of("passed"), failed: of("failed"), tests, coverage };
    spelled(&root)
}

pub fn render_test_junit(tested: &[Tested<'_>], sources: &SourceMap, coverage: Option<String>) -> String {
    let tried = tested.iter().flat_map(|one| one.expectations.iter().map(move |tried| (one, tried)));
    let cases = tried.filter_map(|(one, tried)| {
        let first = tried.first()?;
        let said = || tried.said().map(|(engine, got)| format!("{}: {got}", engine.name()));
        Some(Case {
            class: one.test.name.to_string(),
            name: first.expected.clone(),
            place: Some(place(sources, first.span)),
            failure: (!tried.holds()).then(|| said().collect::<Vec<_>>().join("; ")),
        })
    });
    let properties: Vec<(&str, String)> = coverage.into_iter().map(|percent| ("coverage", percent)).collect();
    render_junit_suite("access tests", &properties, &cases.collect::<Vec<_>>())
}
