//! A run that ends early, and two at once.

use super::support::{Project, tree};
use portalctl::adapters::project_files::ProjectFilesError;
use portalctl::scaffold::FileClass::{Managed, Merged, Seeded};
use portalctl::scaffold::{Conflicts, FileTree, Options};
use std::fs;

const JOURNAL: &str = ".portalctl/manifest.next.json";
const REJECT: Options = Options { force: false, conflicts: Conflicts::Reject };

fn first() -> FileTree {
    tree(&[
        ("site/a/managed", Managed, "1\n"),
        ("site/a/merged", Merged, "one\ntwo\nthree\nfour\nfive\n"),
        ("site/a/stale", Managed, "s\n"),
    ])
}

fn second() -> FileTree {
    tree(&[
        ("site/a/managed", Managed, "2\n"),
        ("site/a/merged", Merged, "ONE\ntwo\nthree\nfour\nFIVE\n"),
        ("site/b/seeded", Seeded, "b\n"),
    ])
}

fn third() -> FileTree {
    tree(&[
        ("site/a/managed", Managed, "3\n"),
        ("site/a/merged", Merged, "ONE\ntwo\n3\nfour\nFIVE\n"),
        ("site/a/stale", Managed, "s again\n"),
        ("site/b/seeded", Seeded, "b\n"),
    ])
}

/// The project before the second run, with a change of its own that both merges with it and conflicts.
fn before() -> Project {
    let project = Project::new();
    project.generate(&first());
    project.put("site/a/merged", "one\ntwo\nthree\nfour\nfünf\n");
    project
}

/// Every state in which a kill can leave the second run: some of the files that it changes, in its order, are
/// as afterwards, the others as before.
fn kills() -> Vec<Project> {
    let done = before();
    done.scaffold(&second(), REJECT);
    let order = ["site/a/managed", "site/a/merged.rej", "site/a/merged", "site/b/seeded", "site/a/stale"];
    (0..=order.len())
        .map(|reached| {
            let project = before();
            project.put(JOURNAL, done.manifest());
            project.put("site/a/.portalctl-x1.tmp", "half of some fi");
            for path in &order[..reached] {
                match done.get(path) {
                    Some(text) => project.put(path, text),
                    None => project.remove(path),
                }
            }
            project
        })
        .collect()
}

#[test]
fn the_next_run_completes_an_interrupted_one() {
    let done = before();
    done.scaffold(&second(), REJECT);
    for (at, project) in kills().into_iter().enumerate() {
        let prepared = project.prepare(&second(), REJECT).unwrap();
        assert_eq!(prepared.refused().count(), 0, "kill {at}: {:?}", prepared.actions());
        prepared.write().unwrap();
        assert_eq!(project.files(), done.files(), "kill {at}");
    }
}

#[test]
fn so_does_one_with_other_documents() {
    let done = before();
    done.scaffold(&second(), REJECT);
    done.remove("site/a/merged.rej");
    done.scaffold(&third(), REJECT);
    for (at, project) in kills().into_iter().enumerate() {
        let came_to_the_conflict = project.get("site/a/merged").unwrap().starts_with("ONE");
        if came_to_the_conflict {
            project.remove("site/a/merged.rej");
        }
        let prepared = project.prepare(&third(), REJECT).unwrap();
        assert_eq!(prepared.refused().count(), 0, "kill {at}: {:?}", prepared.actions());
        prepared.write().unwrap();
        let mut files = project.files();
        if !came_to_the_conflict {
            assert!(files.remove("site/a/merged.rej").unwrap().contains("+FIVE"), "kill {at}");
        }
        assert_eq!(files, done.files(), "kill {at}");
    }
}

#[test]
fn a_run_that_fails_leaves_everything_as_it_was() {
    let project = before();
    let files = project.files();
    let prepared = project.prepare(&second(), REJECT).unwrap();
    // A folder where the last file of the order is to be removed from, so that all others are done by then.
    fs::remove_file(project.path().join("site/a/stale")).unwrap();
    fs::create_dir(project.path().join("site/a/stale")).unwrap();
    assert!(matches!(prepared.write(), Err(ProjectFilesError::NotAFile { .. })));
    fs::remove_dir(project.path().join("site/a/stale")).unwrap();
    project.put("site/a/stale", "s\n");
    assert_eq!(project.files(), files);
    assert!(!project.path().join("site/b").exists());
}

#[test]
fn a_run_that_cannot_keep_its_journal_writes_nothing() {
    let project = before();
    let files = project.files();
    let prepared = project.prepare(&second(), REJECT).unwrap();
    project.put(".portalctl/manifest.next.json/x", "x");
    assert!(prepared.write().is_err());
    fs::remove_dir_all(project.path().join(JOURNAL)).unwrap();
    assert_eq!(project.files(), files);
    assert!(!project.path().join("site/b").exists());
}

#[test]
fn a_change_between_looking_and_writing_is_not_lost() {
    let project = before();
    let prepared = project.prepare(&second(), REJECT).unwrap();
    project.put("site/a/managed", "mine\n");
    let files = project.files();
    assert!(matches!(prepared.write(), Err(ProjectFilesError::Raced { path }) if path == "site/a/managed"));
    assert_eq!(project.files(), files);
}

#[test]
fn two_runs_at_once_both_end_well() {
    let project = before();
    let prepared: Vec<_> = (0..4).map(|_| project.prepare(&second(), REJECT).unwrap()).collect();
    std::thread::scope(|scope| {
        let runs: Vec<_> = prepared.iter().map(|prepared| scope.spawn(|| prepared.write())).collect();
        for run in runs {
            run.join().unwrap().unwrap();
        }
    });
    let done = before();
    done.scaffold(&second(), REJECT);
    assert_eq!(project.files(), done.files());
}
