//! What went wrong elsewhere, written in our language: `tests/incidents/<number>-<name>/`, each with its mended twin.
//!
//! `docs/guide/incidents.md` says which checks find it; this holds the page to what they do.

use crate::{found_in, root};
use portalctl::diagnostic::{RenderOptions, Severity, render_text};
use std::collections::BTreeSet;

fn page() -> String {
    std::fs::read_to_string(root().join("docs/guide/incidents.md")).unwrap()
}

/// The checks that the page names for an incident, from the line that begins with its number.
fn told(page: &str, number: &str) -> BTreeSet<String> {
    let title = format!("## {}. ", number.trim_start_matches('0'));
    let section = page.split_once(&title).unwrap_or_else(|| panic!("the page has no `{title}`")).1;
    let section = section.split("\n## ").next().unwrap();
    let line = section.lines().find(|line| line.starts_with("Caught by ")).expect("`Caught by …`");
    line.split('[').skip(1).filter_map(|part| Some(part.split_once(']')?.0.trim_matches('`').to_owned())).collect()
}

#[test]
fn what_went_wrong_elsewhere_is_caught_by_name() {
    let page = page();
    let mut folders: Vec<_> =
        std::fs::read_dir(root().join("tests/incidents")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert_eq!(folders.len(), 10);
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let told = told(&page, &name[..2]);
        let bad = found_in(&folder, "bad");
        let errors = bad.findings.iter().filter(|finding| finding.severity <= Severity::Warn);
        let found: BTreeSet<String> = errors.map(|finding| finding.id.to_owned()).collect();
        assert_eq!(found, told, "{name}:\n{}", render_text(&bad, RenderOptions::default()));
        let good = found_in(&folder, "good");
        assert!(!good.reaches(Severity::Warn), "{name}:\n{}", render_text(&good, RenderOptions::default()));
    }
}
