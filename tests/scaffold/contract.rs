//! Each clause of the regeneration contract.

use super::support::{Project, tree};
use portalctl::adapters::project_files::ProjectFilesError;
use portalctl::scaffold::FileClass::{Managed, Merged, Seeded};
use portalctl::scaffold::{Conflicts, FileClass, FileTree, Options, Refusal};
use std::os::unix::fs::{PermissionsExt, symlink};

const FILE: &str = "site/support/file";
const FORCE: Options = Options { force: true, conflicts: Conflicts::Inline };
const OLD: &str = "one\ntwo\nthree\nfour\nfive\n";
const NEW: &str = "one\ntwo\nthree\nfour\nFIVE\n";

fn one(class: FileClass, text: &str) -> FileTree {
    tree(&[(FILE, class, text)])
}

/// What happens to the file where `OLD` was generated first, then `change` done to it, then `new` generated.
struct Case {
    class: FileClass,
    change: fn(&Project),
    new: &'static str,
    options: Options,
    outcome: &'static str,
    /// What the file holds in the end.
    holds: Option<&'static str>,
}

fn case(class: FileClass, change: fn(&Project), new: &'static str, outcome: &'static str, holds: &'static str) -> Case {
    Case { class, change, new, options: Options::default(), outcome, holds: Some(holds) }
}

const EDITED: &str = "ONE\ntwo\nthree\nfour\nfive\n";

fn untouched(_: &Project) {}
fn edit(project: &Project) {
    project.put(FILE, EDITED);
}
fn edit_the_same_line(project: &Project) {
    project.put(FILE, "one\ntwo\nthree\nfour\nfünf\n");
}
fn edit_with_crlf(project: &Project) {
    project.put(FILE, EDITED.replace('\n', "\r\n"));
}
fn check_out_with_crlf(project: &Project) {
    project.put(FILE, OLD.replace('\n', "\r\n"));
}
fn make_the_new_change_by_hand(project: &Project) {
    project.put(FILE, NEW);
}
fn delete(project: &Project) {
    project.remove(FILE);
}
fn garble(project: &Project) {
    project.put(FILE, b"one\n\xff\n");
}
fn lose_the_manifest(project: &Project) {
    project.remove(".portalctl/manifest.json");
}
fn edit_and_lose_the_manifest(project: &Project) {
    edit(project);
    lose_the_manifest(project);
}

fn cases() -> Vec<Case> {
    let forced = |case: Case| Case { options: FORCE, ..case };
    let gone = |case: Case| Case { holds: None, ..case };
    vec![
        case(Managed, untouched, OLD, "up to date", OLD),
        case(Managed, untouched, NEW, "rewritten", NEW),
        case(Managed, check_out_with_crlf, NEW, "rewritten", NEW),
        case(Managed, edit, NEW, "refused", EDITED),
        case(Managed, edit, OLD, "refused", EDITED),
        forced(case(Managed, edit, NEW, "rewritten", NEW)),
        case(Managed, make_the_new_change_by_hand, NEW, "up to date", NEW),
        gone(case(Managed, delete, NEW, "deleted by you", "")),
        gone(forced(case(Managed, delete, NEW, "deleted by you", ""))),
        case(Managed, lose_the_manifest, OLD, "up to date", OLD),
        case(Managed, lose_the_manifest, NEW, "refused", OLD),
        forced(case(Managed, lose_the_manifest, NEW, "rewritten", NEW)),
        case(Seeded, untouched, NEW, "yours", OLD),
        case(Seeded, edit, NEW, "yours", EDITED),
        forced(case(Seeded, edit, NEW, "yours", EDITED)),
        gone(case(Seeded, delete, NEW, "deleted by you", "")),
        case(Seeded, edit_and_lose_the_manifest, NEW, "yours", EDITED),
        case(Merged, untouched, NEW, "rewritten", NEW),
        case(Merged, edit, OLD, "yours", EDITED),
        case(Merged, edit, NEW, "merged", "ONE\ntwo\nthree\nfour\nFIVE\n"),
        case(Merged, edit_with_crlf, NEW, "merged", "ONE\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n"),
        case(Merged, check_out_with_crlf, NEW, "rewritten", NEW),
        case(Merged, make_the_new_change_by_hand, NEW, "up to date", NEW),
        case(
            Merged,
            edit_the_same_line,
            NEW,
            "conflict",
            "one\ntwo\nthree\nfour\n<<<<<<< yours\nfünf\n=======\nFIVE\n>>>>>>> generated\n",
        ),
        gone(case(Merged, delete, NEW, "deleted by you", "")),
        case(Merged, garble, NEW, "refused", "one\n\u{fffd}\n"),
        case(Merged, edit_and_lose_the_manifest, NEW, "refused", EDITED),
        forced(case(Merged, edit_and_lose_the_manifest, NEW, "rewritten", NEW)),
    ]
}

#[test]
fn each_class_of_file_is_treated_as_promised() {
    for (at, case) in cases().into_iter().enumerate() {
        let project = Project::new();
        assert_eq!(project.generate(&one(case.class, OLD))[FILE], "created");
        (case.change)(&project);
        let outcome = project.scaffold(&one(case.class, case.new), case.options);
        assert_eq!(outcome[FILE], case.outcome, "case {at}");
        assert_eq!(project.get(FILE).as_deref(), case.holds, "case {at}");
        if case.outcome == "refused" {
            continue;
        }
        let files = project.files();
        let again = project.generate(&one(case.class, case.new))[FILE];
        assert!(["up to date", "yours", "deleted by you"].contains(&again), "case {at}: {again}");
        assert_eq!(project.files(), files, "case {at}: a second run changes nothing");
    }
}

#[test]
fn what_is_generated_no_longer_goes_only_where_nobody_changed_it() {
    let nothing = FileTree::default();
    for class in [Managed, Seeded, Merged] {
        let project = Project::new();
        project.generate(&one(class, OLD));
        assert_eq!(project.generate(&nothing)[FILE], "removed");
        assert_eq!(project.get(FILE), None);
        assert!(!project.path().join("site").exists(), "its empty folders go with it");

        let project = Project::new();
        project.generate(&one(class, OLD));
        edit(&project);
        assert_eq!(project.generate(&nothing)[FILE], "no longer generated");
        assert_eq!(project.get(FILE).as_deref(), Some(EDITED));
        assert!(!project.manifest().contains(FILE), "it is the project's own now");
    }
    let project = Project::new();
    project.generate(&one(Merged, OLD));
    edit(&project);
    project.generate(&one(Merged, NEW));
    assert_eq!(project.generate(&nothing)[FILE], "no longer generated", "what was merged holds the project's lines");
}

#[test]
fn a_conflict_can_be_kept_out_of_the_file() {
    let reject = Options { conflicts: Conflicts::Reject, ..Options::default() };
    let project = Project::new();
    project.generate(&one(Merged, OLD));
    project.put(FILE, "one\ntwo\nthree\nfour\nfünf\n");
    let new = one(Merged, "ONE\ntwo\nthree\nfour\nFIVE\n");
    assert_eq!(project.scaffold(&new, reject)[FILE], "conflict");
    assert_eq!(project.get(FILE).unwrap(), "ONE\ntwo\nthree\nfour\nfünf\n", "the rest is merged");
    let patch = project.get("site/support/file.rej").unwrap();
    assert!(patch.contains("-fünf\n+FIVE\n"), "{patch}");
    let applied = std::process::Command::new("git")
        .args(["apply", "-p0", "site/support/file.rej"])
        .current_dir(project.path())
        .status()
        .unwrap();
    assert!(applied.success());
    assert_eq!(project.get(FILE).unwrap(), "ONE\ntwo\nthree\nfour\nFIVE\n", "the patch brings the rest in");
}

#[test]
fn an_unresolved_conflict_is_not_merged_into() {
    let newer = one(Merged, "one\ntwo\nthree\nfour\n5\n");
    for (conflicts, refusal) in [(Conflicts::Inline, Refusal::Unresolved), (Conflicts::Reject, Refusal::Rejected)] {
        let project = Project::new();
        project.generate(&one(Merged, OLD));
        edit_the_same_line(&project);
        project.scaffold(&one(Merged, NEW), Options { conflicts, ..Options::default() });
        let files = project.files();
        let prepared = project.prepare(&newer, Options { conflicts, ..Options::default() }).unwrap();
        assert_eq!(prepared.refused().collect::<Vec<_>>(), [(FILE, refusal)]);
        prepared.write().unwrap();
        assert_eq!(project.files(), files);
    }
}

#[test]
fn changes_that_are_not_committed_are_not_merged_into() {
    let project = Project::new();
    project.git(&["init", "-q"]);
    project.generate(&one(Merged, OLD));
    project.commit_all();
    edit(&project);
    let prepared = project.prepare(&one(Merged, NEW), Options::default()).unwrap();
    assert_eq!(prepared.refused().collect::<Vec<_>>(), [(FILE, Refusal::Uncommitted)]);
    assert_eq!(project.generate(&one(Merged, OLD))[FILE], "yours", "nothing to merge, nothing to refuse");
    assert_eq!(project.scaffold(&one(Merged, NEW), FORCE)[FILE], "merged");
    // What the last run left is not committed either, and nothing of it can get lost.
    assert_eq!(project.generate(&one(Merged, "one\ntwo\nthree\n3.5\nfour\nFIVE\n"))[FILE], "merged");
    project.commit_all();
    project.put(FILE, project.get(FILE).unwrap() + "mine\n");
    project.commit_all();
    assert_eq!(project.generate(&one(Merged, "one\ntwo\nthree\n3.6\nfour\nFIVE\n"))[FILE], "merged");
}

#[test]
fn only_the_manifest_is_shown_to_git_of_what_belongs_to_the_machine() {
    let project = Project::new();
    project.git(&["init", "-q"]);
    project.generate(&one(Managed, OLD));
    project.put(".portalctl/postgres/data", "x");
    project.commit_all();
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(project.path()).output().unwrap();
    assert_eq!(String::from_utf8(listed.stdout).unwrap(), ".portalctl/manifest.json\nsite/support/file\n");
}

#[test]
fn nothing_outside_the_project_is_touched() {
    for link in ["site", "site/support", "site/support/file", ".portalctl"] {
        let outside = tempfile::tempdir().unwrap();
        std::fs::create_dir(outside.path().join("support")).unwrap();
        let project = Project::new();
        let place = project.path().join(link);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        let target = if link.ends_with("file") { outside.path().join("absent") } else { outside.path().to_owned() };
        symlink(target, place).unwrap();
        let outcome = project.prepare(&one(Managed, NEW), FORCE).and_then(|prepared| prepared.write());
        assert!(matches!(outcome, Err(ProjectFilesError::Outside { .. })), "{link}: {outcome:?}");
        let left: Vec<_> = std::fs::read_dir(outside.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{link}");
        assert_eq!(std::fs::read_dir(outside.path().join("support")).unwrap().count(), 0, "{link}");
    }
}

#[test]
fn a_link_inside_the_project_is_followed_and_stays() {
    let project = Project::new();
    project.put("brand/file", OLD);
    std::fs::create_dir_all(project.path().join("site/support")).unwrap();
    symlink("../../brand/file", project.path().join(FILE)).unwrap();
    project.scaffold(&one(Managed, NEW), FORCE);
    assert_eq!(project.get("brand/file").unwrap(), NEW);
    assert!(project.path().join(FILE).is_symlink());
}

#[test]
fn what_is_in_the_way_is_named() {
    let project = Project::new();
    std::fs::create_dir_all(project.path().join(FILE)).unwrap();
    let error = project.prepare(&one(Managed, NEW), FORCE).unwrap_err().to_string();
    assert_eq!(error, "`site/support/file` is in the way: a file is to be written there, and it is a folder");
    let project = Project::new();
    project.put("site", "x");
    let error = project.prepare(&one(Managed, NEW), FORCE).unwrap_err().to_string();
    assert!(error.contains("inside a file, not a folder"), "{error}");
}

#[test]
fn a_damaged_manifest_stops_everything() {
    let project = Project::new();
    project.generate(&one(Managed, OLD));
    project.put(".portalctl/manifest.json", "{\"version\": 1");
    let error = project.prepare(&one(Managed, NEW), FORCE).unwrap_err().to_string();
    assert!(error.starts_with("`.portalctl/manifest.json`: it cannot be read: "), "{error}");
    assert_eq!(project.get(FILE).unwrap(), OLD);
}

#[test]
fn a_file_keeps_the_rights_it_has() {
    let project = Project::new();
    project.generate(&one(Managed, OLD));
    let place = project.path().join(FILE);
    let mode = || std::fs::metadata(&place).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode() & 0o600, 0o600);
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o640)).unwrap();
    project.generate(&one(Managed, NEW));
    assert_eq!(mode(), 0o640);
}
