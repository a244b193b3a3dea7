//! What came of access tests, for people, programs and CI.

use crate::adapters::postgres::access_test::Outcome;
use crate::diagnostic::escape::{self, one_line};
use crate::diagnostic::{SourceMap, Span};
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
    // Strings and numbers always serialise; an empty object would be noticed by whoever reads it.
    let text = serde_json::to_string_pretty(&root).unwrap_or_else(|_| "{}".to_owned());
    escape::json(&text) + "\n"
}

pub fn render_junit(tested: &[Tested<'_>], sources: &SourceMap) -> String {
    let all: usize = tested.iter().map(|one| one.outcomes.len()).sum();
    let failed: usize = tested.iter().flat_map(|one| &one.outcomes).filter(|outcome| !outcome.holds()).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"access tests\" tests=\"{all}\" failures=\"{failed}\">\n"
    );
    for one in tested {
        for outcome in &one.outcomes {
            let (file, line) = place(sources, outcome.span);
            let _ = write!(
                text,
                "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{line}\"",
                xml(one.test.name.as_str()),
                xml(&outcome.expected),
                xml(&file)
            );
            if outcome.holds() {
                text.push_str("/>\n");
                continue;
            }
            let got = xml(&outcome.got);
            let place = xml(&format!("{file}:{line}"));
            let _ = write!(text, ">\n      <failure message=\"{got}\">{place}: {got}</failure>\n    </testcase>\n");
        }
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// Text that is text in an attribute and in an element, whatever is in it. XML 1.0 has no way to say a control character.
fn xml(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            letter if escape::is_unshowable(letter) => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_out_of_junit() {
        let hostile = "\"/></testcase><x a='\u{0}\u{1b}[31m&amp;]]>\n\u{ffff}";
        let safe = xml(hostile);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{0}', '\u{1b}', '\n', '\u{ffff}']), "{safe}");
        assert!(safe.starts_with("&quot;/&gt;&lt;/testcase&gt;") && safe.contains("&amp;amp;"), "{safe}");
    }
}
