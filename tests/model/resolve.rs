//! Resolving documents to the access model.

use crate::project::{good, of_text};
use portalctl::model::{Scope, resolve};
use portalctl::names::{ColumnName, PersonaName};
use portalctl::spec::{RawContent, RawFile, read};

#[test]
fn the_short_form_carries_the_common_case() {
    let model = good(include_str!("../good/whole.yaml"));
    let persona = &model.personas[&PersonaName::new("support", "customer")];
    let grant = &persona.reads["case"][0];
    assert_eq!(grant.rows.scope, Scope::Tenant);
    let facet = &persona.facets[0];
    assert_eq!(facet.role.as_str(), "acme__support__customer");
    let columns: Vec<_> = facet.reads.values().next().unwrap().columns.iter().map(ColumnName::as_str).collect();
    assert_eq!(columns, ["created_at", "id", "number", "priority", "status", "subject"]);
    assert_eq!(model.objects["case"].label_many, "Cases");
    assert_eq!(model.project.control_schema.as_str(), "acme_portal");
}

/// A file full of wrong names costs no more than its first few hundred: each would be compared with every name.
#[test]
fn a_thousand_wrong_names_are_told_once_and_searched_for_no_longer() {
    let wrong = |many: usize| {
        let names: Vec<String> = (0..many).map(|at| format!("      objekt_{at}: {{read: [a]}}\n")).collect();
        let text = format!(
            "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: object_1\ntable: crm.t\nfields: {{a: text}}\n---\n\
             kind: portal\nname: p\naudiences:\n  staff:\n    who: internal\n    grants:\n{}",
            names.concat()
        );
        of_text(&text).1
    };
    let few = wrong(400);
    assert_eq!(few.findings.iter().filter(|finding| finding.id == "unknown-name").count(), 400);
    assert!(few.findings.iter().all(|finding| finding.id != "too-many-problems"));
    let many = wrong(3_000);
    assert_eq!(many.findings.iter().filter(|finding| finding.id == "unknown-name").count(), 500);
    assert_eq!(many.findings.iter().filter(|finding| finding.id == "too-many-problems").count(), 1);
    assert!(many.has_errors());
}

/// However many work on it, the first names are the ones that are searched for, and the answer is the same every time.
#[test]
fn which_wrong_names_are_searched_for_depends_on_where_they_stand_alone() {
    let wrong = |portals: usize| {
        let bytes = |text: String| RawContent::Bytes(text.into_bytes());
        let portal = |at: usize| {
            let names: String = (0..10).map(|of| format!("      objekt_{at}_{of}: {{read: [a]}}\n")).collect();
            let text =
                format!("kind: portal\nname: p{at:03}\naudiences:\n  staff:\n    who: internal\n    grants:\n{names}");
            RawFile { path: format!("portals/{at:03}.yaml"), content: bytes(text) }
        };
        let head = "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: objekt_0\ntable: crm.t\nfields: {a: text}\n";
        let head = RawFile { path: "portalctl.yaml".to_owned(), content: bytes(head.to_owned()) };
        let (set, none) = read(std::iter::once(head).chain((0..portals).map(portal)).collect());
        assert_eq!(none, []);
        let unknown = resolve(&set).1.into_iter().filter(|finding| finding.id == "unknown-name");
        unknown.map(|finding| finding.hint.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(wrong(60), vec![true; 600], "few enough, done by several");
    for _ in 0..5 {
        let (searched, not): (Vec<bool>, Vec<bool>) = (vec![true; 1_000], vec![false; 500]);
        assert_eq!(wrong(150), [searched, not].concat());
    }
}
