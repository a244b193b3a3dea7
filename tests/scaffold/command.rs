//! `portalctl scaffold` from start to end.

use super::support::Project;
use std::process::Command;

const SITE: &str = "site/support/site.yaml";

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn portalctl(project: &Project, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_portalctl"))
        .arg("scaffold")
        .args(arguments)
        .current_dir(project.path())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn acme() -> Project {
    let project = Project::new();
    project.put("portalctl.yaml", include_str!("acme.yaml"));
    project
}

fn change(project: &Project, path: &str, from: &str, to: &str) {
    let text = project.get(path).unwrap();
    assert!(text.contains(from), "{text}");
    project.put(path, text.replace(from, to));
}

#[test]
fn the_first_run_writes_and_the_second_has_nothing_to_do() {
    let project = acme();
    let ran = portalctl(&project, &["--check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("create     site/support/site.yaml\n"), "{}", ran.out);
    assert_eq!(portalctl(&project, &["--dry-run", "--diff"]).code, 0);
    assert_eq!(project.files().len(), 1, "neither writes anything");
    assert_eq!(portalctl(&project, &[]).code, 0);
    let files = project.files();
    let ran = portalctl(&project, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "the files of the site are up to date\n");
    assert_eq!(project.files(), files);
    assert_eq!(portalctl(&project, &["--check"]).code, 0);
}

#[test]
fn a_change_of_the_spec_meets_a_change_of_the_owner() {
    let project = acme();
    portalctl(&project, &[]);
    change(&project, SITE, "  name: Acme\n", "  name: Acme Corporation\n");
    assert_eq!(portalctl(&project, &["--check"]).code, 0, "what the owner changes is no drift");
    change(&project, "portalctl.yaml", "[home, case, ", "[home, ");
    let ran = portalctl(&project, &["--check", "--diff"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("merge      site/support/site.yaml\n--- site/support/site.yaml\n"), "{}", ran.out);
    assert!(ran.out.contains("\n-- case\n"), "{}", ran.out);
    assert_eq!(portalctl(&project, &[]).code, 0);
    let site = project.get(SITE).unwrap();
    assert!(site.contains("name: Acme Corporation\n") && !site.contains("- case"), "{site}");
}

#[test]
fn a_conflict_is_told_and_blocks_the_next_change() {
    for (arguments, left) in [(&[][..], SITE), (&["--conflicts", "rej"][..], "site/support/site.yaml.rej")] {
        let project = acme();
        portalctl(&project, &[]);
        change(&project, SITE, "title: Acme Support", "title: Mine");
        change(&project, "portalctl.yaml", "title: Acme Support", "title: Acme Help");
        let ran = portalctl(&project, arguments);
        assert_eq!(ran.code, 1, "{}", ran.err);
        let told = if arguments.is_empty() { "both stand in it".to_owned() } else { format!("is in `{left}`") };
        assert!(ran.err.contains(&told), "{}", ran.err);
        assert!(project.get(left).unwrap().contains("Acme Help"));
        change(&project, "portalctl.yaml", "title: Acme Help", "title: Acme Care");
        let ran = portalctl(&project, arguments);
        assert_eq!(ran.code, 4);
        assert!(ran.out.starts_with("refuse     site/support/site.yaml: a conflict of an earlier run"), "{}", ran.out);
    }
}

#[test]
fn one_refused_file_keeps_all_others_from_being_written() {
    let project = acme();
    portalctl(&project, &[]);
    change(&project, "site/site.schema.json", "{", "{ ");
    change(&project, "portalctl.yaml", "title: Acme Support", "title: Acme Help");
    let files = project.files();
    let ran = portalctl(&project, &[]);
    assert_eq!(ran.code, 4);
    assert!(ran.out.contains("rewrite    site/support/site.yaml\n"), "{}", ran.out);
    assert!(ran.out.contains("refuse     site/site.schema.json: it was changed by hand"), "{}", ran.out);
    assert_eq!(ran.err, "error: nothing is written, because a file is refused\n");
    assert_eq!(project.files(), files);
    assert_eq!(portalctl(&project, &["--force"]).code, 0);
    assert_eq!(portalctl(&project, &["--check"]).code, 0);
}

#[test]
fn changes_that_are_not_committed_are_refused() {
    let project = acme();
    project.git(&["init", "-q"]);
    portalctl(&project, &[]);
    project.commit_all();
    change(&project, SITE, "  name: Acme\n", "  name: Acme Corporation\n");
    change(&project, "portalctl.yaml", "[home, case, ", "[home, ");
    let ran = portalctl(&project, &[]);
    assert_eq!(ran.code, 4);
    assert!(ran.out.contains("it has changes that are not committed"), "{}", ran.out);
    project.commit_all();
    assert_eq!(portalctl(&project, &[]).code, 0);
}

#[test]
fn an_invalid_spec_or_none_writes_nothing() {
    let project = acme();
    change(&project, "portalctl.yaml", "tenant: account_id", "tenants: account_id");
    let ran = portalctl(&project, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("error: the spec is invalid"), "{}", ran.err);
    assert_eq!(project.files().len(), 1);
    assert_eq!(portalctl(&Project::new(), &[]).code, 2);
}

#[test]
fn a_portal_that_goes_takes_only_what_nobody_changed() {
    let project = acme();
    portalctl(&project, &[]);
    project.put("site/partners/content/help.md", "# Ours\n");
    let text = project.get("portalctl.yaml").unwrap();
    project.put("portalctl.yaml", text.split("---\nkind: portal\nname: partners").next().unwrap());
    let ran = portalctl(&project, &[]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("kept       site/partners/content/help.md"), "{}", ran.out);
    let left: Vec<_> = project.files().into_keys().filter(|path| path.starts_with("site/partners")).collect();
    assert_eq!(left, ["site/partners/content/help.md"]);
}
