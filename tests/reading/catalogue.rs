//! The modules that come with the binary.

use crate::{PROJECT, file};
use portalctl::catalog;
use portalctl::spec::{Catalogue, PROJECT_FILE, read_with};

/// What would make a module of the catalogue unusable whatever a project does.
const NEVER: &[&str] = &[
    "circular-needs",
    "duplicate-key",
    "duplicate-name",
    "misplaced-document",
    "too-complex",
    "unknown-kind",
    "unknown-module",
    "yaml-syntax",
];

fn adopting(modules: &[&str]) -> Vec<(&'static str, String)> {
    let portal = format!("kind: portal\nname: all\naudiences: {{a: {{}}}}\nmodules: [{}]\n", modules.join(", "));
    let catalogue = Catalogue::new(catalog::modules(), catalog::types());
    let (set, findings) = read_with(vec![file(PROJECT_FILE, PROJECT), file("a.yaml", portal)], &catalogue);
    for module in modules {
        let doc = set.modules.iter().find(|doc| doc.name.value.as_str() == *module).unwrap();
        let at = set.sources.location(doc.span).file;
        assert_eq!(at, format!("catalogue: modules/{module}.yaml"));
    }
    findings.into_iter().map(|finding| (finding.id, finding.message)).collect()
}

#[test]
fn every_module_can_be_adopted_alone_and_all_of_them_together() {
    let modules: Vec<&str> = catalog::modules().map(|(name, _)| name).collect();
    assert!(modules.len() > 50);
    for module in &modules {
        let said = adopting(&[module]);
        assert!(said.iter().all(|(id, _)| !NEVER.contains(id)), "{module}: {said:#?}");
    }
    let said = adopting(&modules);
    assert!(said.iter().all(|(id, _)| !NEVER.contains(id)), "{said:#?}");
}

/// A module is found by the name of its file, before anything of it is read.
#[test]
fn modules_are_called_as_their_files() {
    for (name, text) in catalog::modules() {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix("name:"));
        assert_eq!(lines.next().map(str::trim), Some(name));
    }
}
