//! Every rule: its fixture below `tests/rules/<id>/`, its page in `docs/checks/<id>.md`.
//!
//! `bad.yaml` has the finding and `good.yaml`, its mended twin, has none. Live rules have `database.yaml` beside
//! them, or one of their own each: `bad.database.yaml`, `good.database.yaml`. A module that both adopt is in `module.yaml`.
//!
//! `UPDATE_DOCS=1 cargo test --test rules` writes the pages anew.

#[path = "rules/database.rs"]
mod database;
#[path = "rules/incidents.rs"]
mod incidents;
#[path = "rules/mutation_kinds.rs"]
mod mutation_kinds;
#[path = "rules/mutation_yaml.rs"]
mod mutation_yaml;
#[path = "rules/mutations.rs"]
mod mutations;

use portalctl::catalog;
use portalctl::check::{RULES, Rule, Stage, run, run_live};
use portalctl::diagnostic::{Finding, RenderOptions, Report, Severity, render_text};
use portalctl::model::resolve;
use portalctl::spec::{Catalogue, RawContent, RawFile, read, read_with};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::macros::date;

const TODAY: time::Date = date!(2026 - 06 - 15);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(rule: &Rule) -> PathBuf {
    root().join("tests/rules").join(rule.id)
}

/// Everything that is found in one of a rule's projects.
fn found(rule: &Rule, twin: &str) -> Report {
    let report = found_in(&folder(rule), twin);
    assert!(
        !matches!(rule.stage, Stage::Live(_)) || has_database(&folder(rule), twin),
        "`{}` has no database",
        rule.id
    );
    report
}

fn has_database(folder: &Path, twin: &str) -> bool {
    folder.join(format!("{twin}.database.yaml")).exists() || folder.join("database.yaml").exists()
}

/// Everything that is found in the project `twin` of a folder, and in the database beside it.
fn found_in(folder: &Path, twin: &str) -> Report {
    let path = folder.join(format!("{twin}.yaml"));
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut files = vec![RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text) }];
    if let Ok(module) = std::fs::read(folder.join("module.yaml")) {
        files.push(RawFile { path: "modules/module.yaml".to_owned(), content: RawContent::Bytes(module) });
    }
    let (set, mut findings) = read_with(files, &Catalogue::new(catalog::modules(), catalog::types()));
    let (model, resolved) = resolve(&set);
    let model = model.expect("a fixture has a project");
    let is_sound = findings.is_empty() && resolved.is_empty();
    findings.extend(run(&model, resolved, TODAY));
    if has_database(folder, twin) {
        assert!(is_sound, "{}", render_text(&Report::new(set.sources, findings), RenderOptions::default()));
        let own = folder.join(format!("{twin}.database.yaml"));
        let database = if own.exists() { own } else { folder.join("database.yaml") };
        findings.extend(run_live(&model, &database::state(&std::fs::read_to_string(database).unwrap()), TODAY));
    }
    Report::new(Arc::clone(&set.sources), findings)
}

#[test]
fn every_rule_finds_its_fixture_and_nothing_in_the_mended_one() {
    // What two revisions come to is tried in `tests/diff`.
    for rule in RULES.iter().filter(|rule| !matches!(rule.stage, Stage::Revisions)) {
        let bad = found(rule, "bad");
        let text = render_text(&bad, RenderOptions::default());
        let own: Vec<&Finding> = bad.findings.iter().filter(|finding| finding.id == rule.id).collect();
        assert!(!own.is_empty(), "`{}` does not find its fixture:\n{text}", rule.id);
        let worst = own.iter().map(|finding| finding.severity).min();
        assert_eq!(worst, Some(rule.severity), "`{}`:\n{text}", rule.id);
        for finding in &own {
            assert!(finding.span.is_some(), "`{}` has no place", rule.id);
            let acceptable = finding.subject.is_some();
            assert!(acceptable == rule.acceptable, "`{}`: the registry says {}", rule.id, rule.acceptable);
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(format!("rules/{}", rule.id));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("bad", text));

        let good = found(rule, "good");
        let clean = !good.reaches(Severity::Warn) && good.findings.iter().all(|finding| finding.id != rule.id);
        assert!(clean, "`{}`:\n{}", rule.id, render_text(&good, RenderOptions::default()));
    }
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    for entry in std::fs::read_dir(root().join("tests/rules")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!path.is_dir() || RULES.iter().any(|rule| rule.id == name), "no rule is called `{name}`");
    }
}

/// The page of a check: what it is, then the comment at the head of its file.
fn page(rule: &Rule) -> String {
    let file = root().join("src/check/rules").join(format!("{}.rs", rule.id.replace('-', "_")));
    let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let head = source.lines().map_while(|line| line.strip_prefix("//!"));
    let text: Vec<&str> = head.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info => "remark",
    };
    let stage = match rule.stage {
        Stage::Resolve | Stage::Model(_) | Stage::Acceptance(_) => "found in the spec",
        Stage::Live(_) => "found in the database",
        Stage::Revisions => "found between two revisions",
    };
    let accepted = if rule.acceptable { "can be accepted" } else { "cannot be accepted" };
    let mut page = String::new();
    let _ = writeln!(page, "<!-- Made from `src/check/rules/`; edit it there. -->\n");
    let _ = writeln!(page, "# {}\n\n*{severity} · {stage} · {accepted}*\n\n{}", rule.id, text.join("\n"));
    page
}

/// What somebody may look for among the checks.
const IMPOSSIBLE: &str = "
## What needs no check

Some mistakes cannot be written, or are something else's to find:

- An export without a limit: `export` takes the most rows of a file, and nothing else.
- Sharing more than one has, or with another tenant: a share is made of a row that the sharer reads, for people of its tenant.
- A ceiling for people outside above that for staff: `scope-over-ceiling`.
- A row policy without `TO`, a privilege on a partition, `TRUNCATE`, functions that everybody may call: `foreign-policy`,
  `foreign-grant` and `public-reachable`, which look at every privilege on every table.
- A lapse without a way out, or into another lapse: `on_lapse` names an audience without a `lifecycle` of its own.
- Words that PostgreSQL keeps for itself: every name is quoted. Values that YAML takes for something else: `ambiguous-scalar`, an
  error of reading.
- Colours that cannot be read: the site moves a colour until its contrast is enough.
- Pages, entries and fields without a title: a label that shows nothing is an error of reading, and one that nobody wrote is made
  from the name.
- A grant that no page can use: each object that somebody reads has its list and its pages in the portal, whether or not the menu
  leads there, and a write grant is for rows that its holder reads, `write-without-read`.
- A server that is too old: `plan` and `apply` refuse it.
";

#[test]
fn the_pages_of_the_checks_are_up_to_date() {
    let folder = root().join("docs/checks");
    let mut pages: Vec<(PathBuf, String)> =
        RULES.iter().map(|rule| (folder.join(format!("{}.md", rule.id)), page(rule))).collect();
    let mut index = "<!-- Made from `src/check/rules/`; edit it there. -->\n\n# Checks\n\n".to_owned();
    for rule in RULES {
        let page = page(rule);
        let first = page.lines().nth(6).unwrap_or_default();
        let _ = writeln!(index, "- [{id}]({id}.md): {first}", id = rule.id);
    }
    index.push_str(IMPOSSIBLE);
    pages.push((folder.join("README.md"), index));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        pages.iter().for_each(|(path, text)| std::fs::write(path, text).unwrap());
    }
    for (path, text) in &pages {
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == *text, "{} is stale: UPDATE_DOCS=1 cargo test --test rules", path.display());
    }
    let known: Vec<&PathBuf> = pages.iter().map(|(path, _)| path).collect();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(known.contains(&&path), "{} belongs to no check", path.display());
    }
}

#[test]
fn every_page_has_its_parts() {
    for rule in RULES {
        let page = page(rule);
        for part in ["## Why is this bad", "## Example", "## Use instead"] {
            assert!(page.contains(part), "`{}` lacks {part}", rule.id);
        }
    }
}

/// A portal's own acceptance holds for its own findings; the project's holds everywhere.
#[test]
fn an_acceptance_reaches_as_far_as_the_document_it_stands_in() {
    let accept = "accept: [{check: guest-unfiltered-read, object: article, reason: press, until: 2026-12-31}]";
    let severity = |project: &str, own: &str, other: &str| {
        let text = format!(
            "version: 1\nkind: project\nname: acme\n{project}\n---\n\
             kind: object\nname: article\ntable: crm.articles\nfields: {{title: text}}\n---\n\
             kind: portal\nname: press\n{own}\naudiences: {{visitor: {{who: guest, \
             grants: {{article: {{read: {{scope: public, fields: [title]}}}}}}}}}}\n---\n\
             kind: portal\nname: shop\n{other}\naudiences: {{customer: {{grants: {{}}}}}}\n"
        );
        let file = RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text.into_bytes()) };
        let (set, findings) = read(vec![file]);
        assert!(findings.is_empty(), "{}", render_text(&Report::new(set.sources, findings), RenderOptions::default()));
        let found = run(&resolve(&set).0.unwrap(), Vec::new(), TODAY);
        found.iter().find(|finding| finding.id == "guest-unfiltered-read").unwrap().severity
    };
    assert_eq!(severity("", "", ""), Severity::Error);
    assert_eq!(severity(accept, "", ""), Severity::Info);
    assert_eq!(severity("", accept, ""), Severity::Info);
    assert_eq!(severity("", "", accept), Severity::Error);
    assert_eq!(severity(&accept.replace("2026-12-31", "2026-06-14"), "", ""), Severity::Error);
    assert_eq!(severity(&accept.replace("2026-12-31", "2026-06-15"), "", ""), Severity::Info);
    assert_eq!(severity(&accept.replace("object: article", "object: articles"), "", ""), Severity::Error);
}

/// A profile makes findings errors and asks for controls; it never says that anything is kept.
#[test]
fn a_profile_is_strict_and_promises_nothing() {
    let found = |profile: &str, checks: &str| {
        let text = format!(
            "version: 1\nkind: project\nname: acme\n{profile}\n{checks}\n---\n\
             kind: object\nname: article\ntable: crm.articles\nfields: {{title: text}}\n---\n\
             kind: portal\nname: shop\naudiences: {{customer: {{grants: {{article: {{read: \
             {{scope: public, fields: [title]}}, share: {{scope: public, to: {{audiences: [reader]}}}}}}}}}}, \
            reader: {{grants: {{article: {{read: {{scope: public, fields: [title]}}}}}}}}}}\n"
        );
        let file = RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text.into_bytes()) };
        let (set, findings) = read(vec![file]);
        assert!(findings.is_empty(), "{}", render_text(&Report::new(set.sources, findings), RenderOptions::default()));
        let found = run(&resolve(&set).0.unwrap(), Vec::new(), TODAY);
        found.iter().map(|finding| (finding.id, finding.severity)).collect::<Vec<_>>()
    };
    let (share, refused) = ("share-without-expiry", "check-level-refused");
    assert_eq!(found("", ""), [(share, Severity::Warn)]);
    for profile in ["gdpr", "hipaa", "soc2"] {
        let profile = format!("profile: [{profile}]");
        assert_eq!(found(&profile, ""), [(share, Severity::Error)]);
        let off = found(&profile, "checks: {share-without-expiry: \"off\"}");
        assert!(off.contains(&(share, Severity::Error)) && off.contains(&(refused, Severity::Error)), "{off:?}");
    }
    let texts = ["docs/checks/profile-control-missing.md", "docs/guide/project.md", "docs/spec.md"];
    for text in texts.map(|path| std::fs::read_to_string(root().join(path)).unwrap().to_lowercase()) {
        assert!(!text.contains("compliant") && !text.contains("compliance"), "a profile promises nothing");
    }
}

/// A level holds for the findings of its check, where it is written; what is an error stays one.
#[test]
fn a_level_reaches_as_far_as_the_document_it_stands_in_and_lowers_no_error() {
    let found = |project: &str, own: &str, other: &str| {
        let text = format!(
            "version: 1\nkind: project\nname: acme\n{project}\n---\n\
             kind: object\nname: article\ntable: crm.articles\nfields: {{title: text}}\n---\n\
             kind: portal\nname: press\n{own}\naudiences: {{visitor: {{who: guest, \
             grants: {{article: {{read: {{scope: public, fields: [title]}}}}}}}}}}\n---\n\
             kind: portal\nname: shop\n{other}\naudiences: {{customer: {{grants: {{article: {{read: \
             {{scope: public, fields: [title]}}, share: {{scope: public, to: {{audiences: [reader]}}}}}}}}}}, \
            reader: {{grants: {{article: {{read: {{scope: public, fields: [title]}}}}}}}}}}\n"
        );
        let file = RawFile { path: "portalctl.yaml".to_owned(), content: RawContent::Bytes(text.into_bytes()) };
        let (set, findings) = read(vec![file]);
        assert!(findings.is_empty(), "{}", render_text(&Report::new(set.sources, findings), RenderOptions::default()));
        let (model, _) = resolve(&set);
        let found = run(&model.unwrap(), Vec::new(), TODAY);
        let level = |id: &str| found.iter().find(|finding| finding.id == id).map(|finding| finding.severity);
        (level("share-without-expiry"), level("guest-unfiltered-read"))
    };
    let error = Some(Severity::Error);
    assert_eq!(found("", "", ""), (Some(Severity::Warn), error));
    let (off, raised) = ("checks: {share-without-expiry: \"off\"}", "checks: {share-without-expiry: error}");
    assert_eq!(found(off, "", ""), (None, error));
    assert_eq!(found(raised, "", ""), (error, error));
    assert_eq!(found("", "", raised), (error, error));
    assert_eq!(found("", raised, ""), (Some(Severity::Warn), error), "the other portal's level is not its own");
    assert_eq!(found(off, "", raised), (error, error), "what the portal says goes before what the project says");
    let lowered = "checks: {guest-unfiltered-read: \"off\"}";
    assert_eq!(found(lowered, lowered, ""), (Some(Severity::Warn), error));
}
