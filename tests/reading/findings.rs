//! Every kind of mistake, and how it is told.

use crate::{PROJECT, file, rendered, told};
use portalctl::diagnostic::{RenderOptions, Report, Severity, is_unshowable, render_json, render_text};
use portalctl::spec::{FINDINGS, PROJECT_FILE, RawFile, read};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The files of `tests/<folder>`, by name. Each is read beside a project without fault, or is itself
/// the project file.
fn fixtures(folder: &str) -> Vec<(String, Vec<RawFile>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let content = std::fs::read(path).unwrap();
        let is_project = String::from_utf8_lossy(&content).contains("kind: project");
        let files = if is_project {
            vec![file(PROJECT_FILE, content)]
        } else {
            vec![file(PROJECT_FILE, PROJECT), file(&name, content)]
        };
        (name, files)
    };
    paths.iter().map(|path| read(path)).collect()
}

#[test]
fn every_problem_is_told_at_its_place() {
    for (name, files) in fixtures("reading/one") {
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.trim_end_matches(".yaml"), rendered(files));
        });
    }
}

#[test]
fn documents_without_fault_are_read_without_a_word() {
    for (name, files) in fixtures("good") {
        assert_eq!(rendered(files), "no findings\n", "{name}");
    }
}

#[test]
fn one_file_with_twelve_mistakes_reports_all_twelve() {
    let (_, files) = fixtures("reading/one").into_iter().find(|(name, _)| name == "twelve-mistakes.yaml").unwrap();
    assert_eq!(told(files).len(), 12);
}

/// So that each can be looked up, and none is listed that cannot happen.
#[test]
fn the_list_of_findings_is_complete() {
    let mut met: BTreeSet<&str> =
        fixtures("reading/one").into_iter().flat_map(|(_, files)| read(files).1).map(|finding| finding.id).collect();
    met.extend(crate::hostile::findings());
    met.extend(crate::tenants::findings());
    met.extend(crate::modules::findings());
    let listed: Vec<&str> = FINDINGS.iter().map(|kind| kind.id).collect();
    assert_eq!(listed, met.into_iter().collect::<Vec<_>>());
    assert!(FINDINGS.iter().all(|kind| kind.about.ends_with('.')));
}

/// The names of files and what stands in them may hold anything; a report shows lines of its own only.
#[test]
fn no_text_of_a_document_forges_a_line_or_reaches_the_terminal() {
    let name = "a\nno findings\x1b[2J.yaml";
    let text = "kind: \"x\\n\\e[2Jno findings\\u202e\"\n---\nkind: tenant\n? \"b\\r\\nerror: forged\"\n: 1\nname: \u{1b}[31m\u{9b}2J\n";
    for files in [
        vec![file(PROJECT_FILE, PROJECT), file(name, text)],
        vec![file(PROJECT_FILE, PROJECT), file(name, text.replace(['\u{1b}', '\u{9b}'], ""))],
    ] {
        let (set, findings) = read(files);
        let report = Report::new(Arc::clone(&set.sources), findings);
        for unicode in [false, true] {
            let text = render_text(&report, RenderOptions { unicode, ..RenderOptions::default() });
            assert!(!text.chars().any(|c| c != '\n' && is_unshowable(c)), "{text:?}");
            assert!(!text.lines().any(|line| line == "no findings" || line.starts_with("error: forged")), "{text}");
        }
        let json = render_json(&report);
        assert!(!json.chars().any(|c| c != '\n' && is_unshowable(c)), "{json:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["findings"][0]["file"], name);
    }
}

#[test]
fn a_report_as_json_has_the_fields_that_programs_rely_on() {
    let (set, findings) =
        read(vec![file(PROJECT_FILE, PROJECT), file("a.yaml", "kind: tenant\nname: globex\nname: x\nkey: 5\n")]);
    let report = Report::new(Arc::clone(&set.sources), findings);
    assert!(report.reaches(Severity::Error));
    insta::assert_snapshot!(render_json(&report));
}

#[test]
fn colour_and_lines_are_there_when_asked_for() {
    let (set, findings) =
        read(vec![file(PROJECT_FILE, PROJECT), file("a.yaml", "kind: tenant\nname: globex\nkey: 5\n")]);
    let report = Report::new(Arc::clone(&set.sources), findings);
    let text = render_text(&report, RenderOptions { color: true, unicode: true, width: 80 });
    assert!(text.contains("\u{1b}[") && text.contains('│'), "{text}");
    assert_eq!(
        anstream::adapter::strip_str(&text).to_string(),
        render_text(&report, RenderOptions { color: false, unicode: true, width: 80 })
    );
}

/// A finding whose places are far apart, or in two files, shows each of them.
#[test]
fn labels_elsewhere_are_shown_where_they_are() {
    let far = format!("kind: tenant\nname: globex\n{}---\nkind: tenant\nname: globex\n", "#\n".repeat(200));
    insta::assert_snapshot!(rendered(vec![
        file(PROJECT_FILE, PROJECT),
        file("a.yaml", far),
        file("b.yaml", "kind: tenant\nname: globex\n"),
    ]));
}
