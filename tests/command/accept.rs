use crate::run::run;
use portalctl_test_support::PrivateProject;
use std::fs;

const PORTAL: &str = "# Who comes to the press portal.\nkind: portal\nname: press\naudiences:\n  reader: {who: guest, grants: {article: {read: {scope: public, fields: [title]}}}}   # everybody\n";
const ACCEPTED: &str = "accept:\n  - {check: guest-unfiltered-read, object: article, reason: all of them are press releases, until: 2099-12-31}\n";

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.write("objects.yaml", "kind: object\nname: article\ntable: crm.articles\nfields: {title: text}\n");
    project.write("press.yaml", PORTAL);
    project
}

const ARGS: [&str; 8] = [
    "accept",
    "guest-unfiltered-read",
    "--object",
    "article",
    "--reason",
    "all of them are press releases",
    "--until",
    "2099-12-31",
];

fn with(changes: &[(&str, &'static str)]) -> Vec<&'static str> {
    let mut args = ARGS.to_vec();
    for (old, new) in changes {
        let at = args.iter().position(|arg| arg == old).unwrap();
        args[at] = new;
    }
    args
}

fn read(project: &PrivateProject, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap()
}

#[test]
fn what_is_accepted_stands_in_the_portal_and_is_an_error_no_more() {
    let project = project();
    run(project.path(), &["validate"]).expect(1);
    let ran = run(project.path(), &ARGS).expect(0);
    assert!(ran.stdout.contains("+  - {check: guest-unfiltered-read, object: article"), "{}", ran.stdout);
    let (told, rest) = ran.stderr.split_once('\n').unwrap();
    assert_eq!(told, "accepted until 2099-12-31 in `press.yaml`: guest-unfiltered-read for `article`");
    assert!(rest.contains("acceptance-far-ahead"), "{rest}");
    assert_eq!(read(&project, "press.yaml"), format!("{PORTAL}{ACCEPTED}"));
    assert!(run(project.path(), &["validate"]).expect(0).stdout.contains("accepted until 2099-12-31"));
}

/// What is found while the model is made is lowered and accepted as everything else.
#[test]
fn a_warning_of_how_parts_go_together_is_accepted_and_lowered() {
    let project = project();
    project.write("press.yaml", "kind: permission_set\nname: later\ngrants: {article: {read: [title]}}\n");
    let found = run(project.path(), &["validate", "--deny", "warn"]).expect(1).stdout;
    assert!(found.contains("warning[orphan-permission-set]"), "{found}");
    let lowered = "version: 1\nkind: project\nname: acme\nchecks: {orphan-permission-set: \"off\"}\n";
    project.write("portalctl.yaml", lowered);
    assert_eq!(run(project.path(), &["validate", "--deny", "info"]).expect(0).stdout, "no findings\n");
    project.write("portalctl.yaml", &lowered.replace("\"off\"", "error"));
    assert!(run(project.path(), &["validate"]).expect(1).stdout.contains("error[orphan-permission-set]"));
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    let args = with(&[("guest-unfiltered-read", "orphan-permission-set"), ("article", "later")]);
    run(project.path(), &args).expect(0);
    let told = run(project.path(), &["validate", "--deny", "warn"]).expect(0).stdout;
    assert!(told.contains("accepted until 2099-12-31: all of them are press releases"), "{told}");
}

#[test]
fn again_it_changes_the_reason_and_the_day_alone() {
    let project = project();
    run(project.path(), &ARGS).expect(0);
    let ran = run(project.path(), &ARGS).expect(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "`press.yaml` says so already\n"));
    let commented = read(&project, "press.yaml").replace("accept:\n", "accept:\n  # Agreed with Ann.\n");
    project.write("press.yaml", &commented);
    run(project.path(), &with(&[("2099-12-31", "2098-01-31"), ("all of them are press releases", "asked: yes")]))
        .expect(0);
    let wanted =
        commented.replace("2099-12-31", "2098-01-31").replace("all of them are press releases", "\"asked: yes\"");
    assert_eq!(read(&project, "press.yaml"), wanted);
}

#[test]
fn one_of_the_whole_project_is_renewed_where_it_stands() {
    let project = project();
    project.write("portalctl.yaml", &format!("version: 1\nkind: project\nname: acme\n{ACCEPTED}"));
    run(project.path(), &with(&[("2099-12-31", "2098-01-31")])).expect(0);
    assert!(read(&project, "portalctl.yaml").contains("2098-01-31"));
    assert_eq!(read(&project, "press.yaml"), PORTAL);
}

#[test]
fn what_cannot_be_accepted_is_refused_and_nothing_is_written() {
    let project = project();
    for (changes, told, hint) in [
        (
            [("guest-unfiltered-read", "guest-unfiltred-read")].as_slice(),
            "there is no check",
            "did you mean `guest-unfiltered-read`?",
        ),
        (&[("guest-unfiltered-read", "acceptance-unused")], "cannot be accepted", "mend it"),
        (&[("guest-unfiltered-read", "public-reachable")], "looks at the database", "add `--database`"),
        (&[("2099-12-31", "2020-01-31")], "2020-01-31 is over", "a later day"),
        (&[("2099-12-31", "soon")], "write a day as 2027-01-31", ""),
        (&[("all of them are press releases", "  ")], "say why it is accepted", ""),
        (&[("all of them are press releases", "a\nb")], "write the reason in one line", ""),
        (&[("article", "artcle")], "finds nothing of `artcle`", "did you mean `article`?"),
        (&[("guest-unfiltered-read", "guest-write")], "finds nothing of `article`", "finds nothing in this project"),
    ] {
        let ran = run(project.path(), &with(changes)).expect(2);
        assert!(ran.stderr.contains(told) && ran.stderr.contains(hint), "{changes:?}: {}", ran.stderr);
    }
    let mut elsewhere = ARGS.to_vec();
    elsewhere.extend(["--portal", "pres"]);
    assert!(run(project.path(), &elsewhere).expect(2).stderr.contains("did you mean `press`?"));
    let without_reason: Vec<&str> =
        ARGS.iter().copied().filter(|arg| !arg.contains("reason") && !arg.contains("press releases")).collect();
    assert!(run(project.path(), &without_reason).expect(2).stderr.contains("--reason"));
    assert_eq!(read(&project, "press.yaml"), PORTAL);
}

#[test]
fn what_two_portals_have_is_accepted_in_each() {
    let project = project();
    let other = PORTAL.replace("name: press", "name: news");
    project.write("news.yaml", &other);
    let ran = run(project.path(), &ARGS).expect(2);
    assert!(ran.stderr.contains("it is found in `news` and `press`"), "{}", ran.stderr);
    let mut args = ARGS.to_vec();
    args.extend(["--portal", "news"]);
    run(project.path(), &args).expect(0);
    assert_eq!(read(&project, "news.yaml"), format!("{other}{ACCEPTED}"));
    assert_eq!(read(&project, "press.yaml"), PORTAL);
    run(project.path(), &ARGS).expect(0);
    assert_eq!(read(&project, "press.yaml"), format!("{PORTAL}{ACCEPTED}"));
}
