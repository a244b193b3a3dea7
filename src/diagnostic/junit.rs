//! Results as JUnit XML, the form in which CI shows tests.

use super::escape::is_unshowable;
use std::fmt::Write as _;

/// One thing that was asked, and what came of it. All texts are taken as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub class: String,
    pub name: String,
    /// Path and line, where it stands somewhere.
    pub place: Option<(String, usize)>,
    /// What is wrong; `None`: it holds.
    pub failure: Option<String>,
}

/// One suite, ending in a line break.
pub fn render_junit_suite(name: &str, cases: &[Case]) -> String {
    let failed = cases.iter().filter(|case| case.failure.is_some()).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">\n",
        xml(name),
        cases.len()
    );
    for case in cases {
        let _ = write!(text, "    <testcase classname=\"{}\" name=\"{}\"", xml(&case.class), xml(&case.name));
        if let Some((file, line)) = &case.place {
            let _ = write!(text, " file=\"{}\" line=\"{line}\"", xml(file));
        }
        let Some(failure) = &case.failure else {
            text.push_str("/>\n");
            continue;
        };
        let place = case.place.as_ref().map_or(String::new(), |(file, line)| format!("{file}:{line}: "));
        let (place, failure) = (xml(&place), xml(failure));
        let _ = write!(text, ">\n      <failure message=\"{failure}\">{place}{failure}</failure>\n    </testcase>\n");
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
            letter if is_unshowable(letter) => safe.push('\u{fffd}'),
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
