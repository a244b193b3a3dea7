//! The reference of the language in `docs/` is what the reader holds documents against, and its examples are a project.

use portalctl::check::run;
use portalctl::diagnostic::{RenderOptions, Report, Severity, render_text};
use portalctl::model::resolve;
use portalctl::spec::{RawContent, RawFile, read, reference, schema};
use std::path::Path;
use std::sync::Arc;
use time::macros::date;

/// Set to write the page instead of comparing it.
const UPDATE: &str = "UPDATE_DOCS";

#[test]
fn the_page_in_docs_is_what_the_language_takes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/spec.md");
    let now = reference::page();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == now, "`docs/spec.md` is stale: run `{UPDATE}=1 cargo test --test spec_reference`");
}

#[test]
fn every_link_of_the_page_leads_to_a_section() {
    let page = reference::page();
    let sections: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("### ").or_else(|| line.strip_prefix("## "))).collect();
    let links: Vec<&str> = page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 50, "{}", links.len());
    for link in links {
        assert!(
            sections.iter().any(|section| section.to_lowercase().replace(' ', "-") == link),
            "#{link} is no section"
        );
    }
}

#[test]
fn the_examples_are_one_project_of_every_kind_without_findings() {
    let kinds: Vec<&str> = reference::EXAMPLES.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, schema::kinds().collect::<Vec<_>>());
    let files = reference::EXAMPLES.iter().map(|(kind, text)| RawFile {
        path: if *kind == "project" { "portalctl.yaml".to_owned() } else { format!("{kind}.yaml") },
        content: RawContent::Bytes(text.as_bytes().to_vec()),
    });
    let (set, mut findings) = read(files.collect());
    let (model, more) = resolve(&set);
    let model = model.expect("a project");
    findings.extend(more);
    findings.extend(run(&model, Vec::new(), date!(2026 - 06 - 15)));
    let report = Report::new(Arc::clone(&set.sources), findings);
    assert!(!report.reaches(Severity::Warn), "{}", render_text(&report, RenderOptions::default()));
    assert_eq!(model.personas.len(), 2);
}
