//! For any texts: a second run changes nothing, and no line of the project's own is lost.

use super::support::{tree, word};
use portalctl::scaffold::FileClass::{Managed, Merged, Seeded};
use portalctl::scaffold::{
    Conflicts, Decision, FileTree, Manifest, Merge, OnDisk, Options, manifest_after, reconcile, reject_path,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const MERGED: &str = "site/a/merged";

/// A project without a disk.
#[derive(Debug, Clone, PartialEq)]
struct Memory {
    files: BTreeMap<String, String>,
    manifest: Manifest,
}

impl Memory {
    fn generate(&mut self, tree: &FileTree, options: Options) -> BTreeMap<String, &'static str> {
        let on_disk = |path: &str| {
            self.files.get(path).map(|text| OnDisk { bytes: text.clone().into_bytes(), uncommitted: false })
        };
        let actions = reconcile(tree, &self.manifest, on_disk, options);
        for action in &actions {
            if let Some(text) = action.decision.text() {
                self.files.insert(action.path.clone(), text.to_owned());
            }
            if let Decision::Merge(Merge { rejected: Some(patch), .. }) = &action.decision {
                self.files.insert(reject_path(&action.path), patch.clone());
            }
        }
        self.manifest = manifest_after(&actions, "hash");
        actions.iter().map(|action| (action.path.clone(), word(&action.decision))).collect()
    }
}

/// Few different lines, so that texts have much in common and repeat themselves.
fn text() -> impl Strategy<Value = Vec<&'static str>> {
    let lines = vec!["a", "b", "c", "d", "", "  - x", "=======", "<<<<<<< yours", ">>>>>>> z", "||||||| original"];
    prop::collection::vec(prop::sample::select(lines), 0..14)
}

fn joined(lines: &[impl AsRef<str>]) -> String {
    lines.iter().map(|line| format!("{}\n", line.as_ref())).collect()
}

fn files(text: &str) -> FileTree {
    tree(&[("site/a/managed", Managed, text), (MERGED, Merged, text), ("site/a/seeded", Seeded, text)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn the_projects_lines_survive(
        old in text(),
        new in text(),
        own in prop::collection::vec((0usize..16, 0usize..1000), 1..4),
        dropped in prop::collection::vec(0usize..14, 0..3),
        last_line_ends in any::<bool>(),
        reject in any::<bool>(),
    ) {
        let conflicts = if reject { Conflicts::Reject } else { Conflicts::Inline };
        let options = Options { conflicts, ..Options::default() };
        let mut project = Memory { files: BTreeMap::new(), manifest: Manifest::new("hash") };
        project.generate(&files(&joined(&old)), options);
        let mut lines: Vec<String> = old.iter().map(ToString::to_string).collect();
        for at in dropped {
            if at < lines.len() {
                lines.remove(at);
            }
        }
        for (number, (at, word)) in own.iter().enumerate() {
            lines.insert((*at).min(lines.len()), format!("mine {number} {word}"));
        }
        let mut edited = joined(&lines);
        if !last_line_ends {
            edited.pop();
        }
        project.files.insert(MERGED.to_owned(), edited.clone());
        let outcome = project.generate(&files(&joined(&new)), options)[MERGED];
        let left = &project.files[MERGED];
        for line in lines.iter().filter(|line| line.starts_with("mine")) {
            prop_assert!(left.lines().any(|other| other == line), "{line:?} is lost from {left:?}");
        }
        prop_assert!(outcome != "rewritten" && outcome != "created", "{outcome}");
        if outcome == "refused" {
            prop_assert_eq!(left, &edited);
        }
        let after = project.clone();
        project.generate(&files(&joined(&new)), options);
        prop_assert_eq!(project, after, "a second run changes nothing");
    }
}
