//! What is in the files.

use super::support::Project;
use portalctl::model::{AccessModel, resolve};
use portalctl::scaffold::{Branding, Colors, Entry, FileTree, SiteFile, render};
use portalctl::spec::{RawContent, RawFile, read};
use std::fmt::Write;

const ACME: &str = include_str!("acme.yaml");

fn model(text: &str) -> AccessModel {
    let content = RawContent::Bytes(text.as_bytes().to_vec());
    let (set, findings) = read(vec![RawFile { path: "portalctl.yaml".to_owned(), content }]);
    assert!(findings.is_empty(), "{findings:?}");
    resolve(&set).0.unwrap()
}

fn site(tree: &FileTree, portal: &str) -> SiteFile {
    SiteFile::read(&tree.get(&format!("site/{portal}/site.yaml")).unwrap().text).unwrap()
}

#[test]
fn the_files_of_a_project() {
    let tree = render(&model(ACME)).unwrap();
    let mut shown = String::new();
    for (path, file) in tree.iter() {
        let _ = write!(shown, "=== {path} ({:?})\n{}", file.class, file.text);
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn every_file_is_text_with_a_last_line_end_and_no_place_left_open() {
    for (path, file) in render(&model(ACME)).unwrap().iter() {
        assert!(file.text.ends_with('\n') && !file.text.ends_with("\n\n"), "{path}");
        assert!(!file.text.contains(['\r', '\t']) && !file.text.contains("{{"), "{path}");
        assert!(file.text.lines().all(|line| line.trim_end() == line), "{path} has spaces at the end of a line");
    }
}

#[test]
fn the_order_of_the_documents_does_not_count() {
    let mut documents: Vec<&str> = ACME.split("---\n").collect();
    let tree = render(&model(ACME)).unwrap();
    documents[1..].reverse();
    assert_eq!(render(&model(&documents.join("---\n"))).unwrap(), tree);
    let (one, other) = (Project::new(), Project::new());
    one.generate(&tree);
    other.generate(&render(&model(ACME)).unwrap());
    assert_eq!(one.files(), other.files());
}

#[test]
fn a_title_is_shown_as_it_is_written() {
    let title = r#"<b>"Q&A": *fast* [x](y) `z` {{ title }} #1 'no' \_/"#;
    let text = ACME.replace("title: Acme Support", &format!("title: {}", serde_json::to_string(title).unwrap()));
    let tree = render(&model(&text)).unwrap();
    assert_eq!(site(&tree, "support").title.as_deref(), Some(title));
    let page = &tree.get("site/support/content/accessibility.md").unwrap().text;
    let mut shown = String::new();
    for event in pulldown_cmark::Parser::new(page) {
        match event {
            pulldown_cmark::Event::Text(text) => shown.push_str(&text),
            pulldown_cmark::Event::Html(html) | pulldown_cmark::Event::InlineHtml(html) => panic!("{html}"),
            pulldown_cmark::Event::SoftBreak => shown.push(' '),
            _ => {}
        }
    }
    assert!(shown.contains(title), "{shown}");
}

#[test]
fn the_site_file_says_what_the_portal_says() {
    let tree = render(&model(ACME)).unwrap();
    let support = site(&tree, "support");
    let colors = Colors { primary: Some("#0b5fff".to_owned()), ink: Some("#101828".to_owned()), paper: None };
    let branding =
        Branding { name: Some("Acme".to_owned()), logo: Some("site/support/static/acme.svg".to_owned()), colors };
    assert_eq!(support.branding, branding);
    let navigation = support.navigation.unwrap();
    assert_eq!(navigation[..2], ["home", "case"].map(|name| Entry::Name(name.to_owned())));
    assert!(matches!(&navigation[2], Entry::Page { page, .. } if page == "about"), "{navigation:?}");
    let partners = site(&tree, "partners");
    assert_eq!(partners.branding.name, partners.title, "without a brand, the title is its name");
}

#[test]
fn the_schema_accepts_the_site_files_and_refuses_what_nobody_reads() {
    let tree = render(&model(ACME)).unwrap();
    let schema = serde_json::from_str(&tree.get("site/site.schema.json").unwrap().text).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for portal in ["support", "partners"] {
        let value: serde_json::Value =
            serde_saphyr::from_str(&tree.get(&format!("site/{portal}/site.yaml")).unwrap().text).unwrap();
        assert!(schema.is_valid(&value), "{value}");
    }
    for wrong in [
        serde_json::json!({"titel": "x"}),
        serde_json::json!({"branding": {"colors": {"primary": "blue"}}}),
        serde_json::json!({"navigation": [{"page": "about"}]}),
    ] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn the_tokens_are_those_of_the_style_sheet() {
    let sheet = portalctl::catalog::site_file("static/portal.css").unwrap();
    let tree = render(&model(ACME)).unwrap();
    let tokens = &tree.get("site/support/static/tokens.css").unwrap().text;
    let named: Vec<&str> = tokens.split("/* --").skip(1).filter_map(|rest| rest.split(':').next()).collect();
    assert!(named.len() > 5, "{named:?}");
    for name in named {
        assert!(sheet.contains(&format!("  --{name}: ")), "the style sheet knows no `--{name}`");
    }
}

#[test]
fn every_page_that_is_linked_has_its_text() {
    let tree = render(&model(ACME)).unwrap();
    let support = site(&tree, "support");
    let in_menu = support.navigation.into_iter().flatten().filter(|entry| matches!(entry, Entry::Page { .. }));
    for entry in support.pages.unwrap().into_iter().chain(in_menu) {
        let (Entry::Name(page) | Entry::Page { page, .. }) = entry;
        let text = &tree.get(&format!("site/support/content/{page}.md")).unwrap().text;
        assert!(text.starts_with("# ") && text.contains("**[Fill in"), "{page}: {text}");
    }
}
