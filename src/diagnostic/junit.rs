//! Results as JUnit XML, the form in which CI shows tests.

use super::escape::markup as xml;
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

/// One suite with what is to be known of all of it, ending in a line break.
pub fn render_junit_suite(name: &str, properties: &[(&str, String)], cases: &[Case]) -> String {
    let failed = cases.iter().filter(|case| case.failure.is_some()).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">\n",
        xml(name),
        cases.len()
    );
    if !properties.is_empty() {
        text.push_str("    <properties>\n");
        for (name, value) in properties {
            let _ = writeln!(text, "      <property name=\"{}\" value=\"{}\"/>", xml(name), xml(value));
        }
        text.push_str("    </properties>\n");
    }
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
