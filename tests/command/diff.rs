//! What a reviewer is told between two revisions of a project in git, or two folders.

use crate::run::{Ran, run};
use crate::template::{commit, git};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: case
table: crm.cases
tenant: account_id
fields: {subject: text, email: {type: email, class: personal}}
---
kind: portal
name: support
audiences:
  customer:
    grants:
      case: {read: [subject]}
";

/// A repository with the project in a folder of it; `main` holds what `SPEC` says.
struct Repository {
    folder: TempDir,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(repository.project()).unwrap();
        repository.write(SPEC);
        commit(repository.folder.path());
        git(repository.folder.path(), &["branch", "-f", "base"]);
        repository
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("portals/acme")
    }

    fn write(&self, text: &str) {
        fs::write(self.project().join("portalctl.yaml"), text).unwrap();
    }

    fn diff(&self, args: &[&str]) -> Ran {
        run(&self.project(), &[&["diff"], args].concat())
    }
}

fn wider() -> String {
    SPEC.replace("read: [subject]", "read: [subject, email]")
}

#[test]
fn a_working_folder_is_compared_with_a_branch_and_the_work_tree_stays() {
    let repository = Repository::new();
    assert_eq!(repository.diff(&["base"]).expect(0).stdout, "no change of access\n");
    repository.write(&wider());
    let told = repository.diff(&["base"]).expect(0);
    assert!(told.stdout.starts_with("+ support/customer: read case (email) — widen, sensitive\n"), "{}", told.stdout);
    assert_eq!(fs::read_to_string(repository.project().join("portalctl.yaml")).unwrap(), wider());
    commit(repository.folder.path());
    assert_eq!(repository.diff(&["base", "HEAD"]).expect(0).stdout, told.stdout);
    assert!(repository.diff(&["HEAD", "base"]).expect(0).stdout.starts_with("- support/customer: read case (email)"));
}

#[test]
fn ci_fails_for_what_it_names() {
    let repository = Repository::new();
    repository.write(&wider());
    for class in ["widen", "sensitive", "narrow,widen"] {
        repository.diff(&["base", "--fail-on", class]).expect(1);
    }
    repository.diff(&["base", "--fail-on", "public,narrow,incomparable,authentication,data-loss"]).expect(0);
    let accepted =
        format!("{}accept: [{{check: access-widened, object: case, reason: agreed, until: 2999-01-01}}]\n", wider());
    repository.write(&accepted);
    let told = repository.diff(&["base", "--fail-on", "widen"]).expect(0);
    assert!(told.stdout.contains("accepted until 2999-01-01: agreed"), "{}", told.stdout);
    repository.write(&accepted.replace("2999", "2020"));
    repository.diff(&["base", "--fail-on", "widen"]).expect(1);
}

#[test]
fn json_holds_what_the_contract_says() {
    let repository = Repository::new();
    repository.write(&wider());
    let told = repository.diff(&["base", "--format", "json"]).expect(0);
    let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let change = &told["changes"][0];
    let text = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        ["persona", "object", "action", "field", "class", "severity", "after", "file"].map(text),
        ["support/customer", "case", "read", "email", "widen", "sensitive", "tenant", "portalctl.yaml"]
    );
    assert!(change["before"].is_null() && change["witness"].is_string() && change["line"].is_number());
    assert_eq!((told["summary"]["widen"].as_u64(), told["summary"]["sensitive"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let repository = Repository::new();
    let told = repository.diff(&["bose"]).expect(2);
    assert!(
        told.stderr.contains("there is no revision `bose`") && told.stderr.contains("did you mean `base`?"),
        "{}",
        told.stderr
    );
    repository.diff(&["--", "--output=x"]).expect(2);
    repository.write(&SPEC.replace("read: [subject]", "read: [nothing]"));
    let told = repository.diff(&["base"]).expect(2);
    assert!(told.stderr.contains("in the working folder"), "{}", told.stderr);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("portalctl.yaml"), SPEC).unwrap();
    let told = run(elsewhere.path(), &["diff", "main"]).expect(2);
    assert!(told.stderr.contains("in no git repository"), "{}", told.stderr);
}

#[test]
fn two_folders_are_compared_without_a_project_here() {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in [("a", SPEC.to_owned()), ("b", wider())] {
        fs::create_dir(place.path().join(name)).unwrap();
        fs::write(place.path().join(name).join("portalctl.yaml"), text).unwrap();
    }
    run(place.path(), &["diff", "a", "b", "--fail-on", "widen"]).expect(1);
    let told = run(place.path(), &["diff", "a", "a", "--format", "md"]).expect(0);
    assert_eq!(told.stdout, "No change of access.\n");
}

/// A document that is a link would be whatever it leads to on the machine that compares.
#[cfg(unix)]
#[test]
fn links_in_a_revision_are_refused_and_other_repositories_left_out() {
    let repository = Repository::new();
    let link = |to: &str| {
        let place: &Path = &repository.project().join("more.yaml");
        std::os::unix::fs::symlink(to, place).unwrap();
        commit(repository.folder.path());
        fs::remove_file(place).unwrap();
    };
    link("/etc/passwd");
    let told = repository.diff(&["HEAD"]).expect(2);
    assert!(told.stderr.contains("symbolic link"), "{}", told.stderr);
    assert!(!told.stderr.contains("root:"), "{}", told.stderr);
}

#[test]
fn assertions_answer_yes_or_no() {
    let repository = Repository::new();
    let assert = |args: &[&str]| run(&repository.project(), &[&["assert"], args].concat());
    assert_eq!(assert(&["no-new-access", "base"]).expect(0).stdout, "yes\n");
    assert(&["access-not-granted", "support/*", "read", "case.email"]).expect(0);
    assert(&["access-not-granted", "support/customer", "read", "case.subject"]).expect(1);
    assert(&["access-not-granted", "support/costumer", "read", "case"]).expect(2);
    assert(&["no-public-access"]).expect(0);
    assert(&["no-public-access", "cases"]).expect(2);
    let guests =
        "  visitor: {who: guest, grants: {case: {read: {scope: public, where: {subject: x}, fields: [subject]}}}}\n";
    repository.write(&format!("{}{guests}", wider()));
    let told = assert(&["no-new-access", "base"]).expect(1);
    assert!(told.stdout.starts_with("no\n") && told.stdout.contains("support/visitor"), "{}", told.stdout);
    let told = assert(&["no-public-access", "case"]).expect(1);
    assert!(told.stdout.contains("support/visitor: read case"), "{}", told.stdout);
}

/// One answer, whoever is asked: `who-can` lists whom `can` allows, and each of them has a line in the matrix.
#[test]
fn who_can_agrees_with_can_and_with_the_matrix() {
    let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme");
    let json = |args: &[&str], code: &[i32]| -> serde_json::Value {
        let ran = run(&acme, &[args, &["--format", "json"]].concat());
        assert!(code.contains(&ran.code), "{args:?}: {}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let matrix = json(&["matrix"], &[0]);
    let entries = matrix["entries"].as_array().unwrap();
    let all = |key: &str| -> std::collections::BTreeSet<String> {
        entries.iter().map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
    };
    for (object, action) in
        all("object").into_iter().take(3).flat_map(|object| ["read", "update"].map(|action| (object.clone(), action)))
    {
        let able = json(&["who-can", action, &object], &[0, 1]);
        let able: Vec<&str> =
            able["personas"].as_array().unwrap().iter().map(|one| one["persona"].as_str().unwrap()).collect();
        for persona in all("persona").iter().take(4) {
            let can = run(&acme, &["can", persona, action, &object]).code == 0;
            assert_eq!(can, able.contains(&persona.as_str()), "{persona} {action} {object}");
            let in_matrix = entries.iter().any(|entry| {
                entry["persona"] == persona.as_str()
                    && entry["object"] == object.as_str()
                    && entry["action"] == action
                    && entry["scope"] != "none"
            });
            assert_eq!(can, in_matrix, "{persona} {action} {object}");
        }
    }
}
