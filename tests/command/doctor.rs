//! `doctor` on machines where something is well, or is not.

use crate::run::{Ran, command, ended, psql, run};
use portalctl_test_support::PrivateProject;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: case
managed: true
tenant: account_id
fields: {subject: text, body: text}
---
kind: portal
name: support
audiences:
  customer: {grants: {case: {read: [subject]}}}
";

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project
}

/// A project on which everything was done.
fn running() -> PrivateProject {
    let project = project();
    project.make_cluster();
    for command in [&["db", "start"][..], &["apply", "--yes"], &["scaffold"]] {
        run(project.path(), command).expect(0);
    }
    project
}

/// Status, message and fix of what it says about something.
fn said(ran: &Ran, about: &str) -> (String, String, String) {
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let checks = value["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["about"] == about).unwrap_or_else(|| panic!("{about}: {value:#}"));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("message"), text("fix"))
}

fn examined(project: &PrivateProject) -> Ran {
    run(project.path(), &["doctor", "--format", "json"])
}

#[test]
fn all_is_well_where_everything_was_done() {
    let project = running();
    let ran = examined(&project).expect(0);
    for about in [
        "portalctl",
        "project",
        "environment",
        "spec",
        "PostgreSQL programs",
        "git",
        "private files",
        "database",
        "server",
        "control schema",
        "database checks",
        "rights",
        "applied",
        "site's logins",
        "site's files",
    ] {
        let (status, message, fix) = said(&ran, about);
        assert_eq!((status.as_str(), fix.as_str()), ("ok", ""), "{about}: {message}");
    }
    assert!(said(&ran, "spec").1.contains("1 portal, 1 audience, 1 object"), "{}", ran.stdout);
    let text = run(project.path(), &["doctor"]).expect(0).stdout;
    assert!(text.lines().any(|line| line.starts_with("ok       applied ")), "{text}");

    let url = run(project.path(), &["db", "url"]).expect(0).stdout;
    psql(&project, "create role weak login").expect(0);
    let weak = url.trim().replace("user=postgres", "user=weak");
    let ran = run(project.path(), &["doctor", "--format", "json", "--database-url", &weak]).expect(1);
    let (status, message, fix) = said(&ran, "connection");
    assert!(
        status == "problem" && message.contains("permission denied") && fix.contains("user in the URL"),
        "{message}"
    );

    let powerful =
        command(project.path(), &["doctor", "--format", "json"]).env("PORTALCTL_GATEWAY_URL", url.trim()).output();
    let (status, message, _) = said(&ended(powerful.unwrap()).expect(1), "site's logins");
    assert!(status == "problem" && message.contains("`postgres`"), "row policies do not bind it: {message}");

    run(project.path(), &["db", "stop"]).expect(0);
    let stopped = examined(&project).expect(0);
    let (status, message, fix) = said(&stopped, "database");
    assert!(status == "warning" && message.contains("is stopped") && fix.contains("portalctl db start"), "{stopped:?}");
    let state = run(project.path(), &["db", "status"]).expect(0).stdout;
    assert!(state.starts_with("stopped"), "it started nothing: {state}");
}

#[test]
fn what_is_not_applied_is_a_warning_and_a_mistake_a_problem() {
    let project = running();
    project.write("portalctl.yaml", &SPEC.replace("read: [subject]", "read: [subject, body]"));
    let ran = examined(&project).expect(0);
    let (status, message, fix) = said(&ran, "applied");
    assert!(
        status == "warning" && message.contains("not applied") && fix.contains("portalctl plan"),
        "{message}: {fix}"
    );
    project.write("portalctl.yaml", &SPEC.replace("subject]", "topic]"));
    let ran = examined(&project).expect(1);
    assert_eq!(said(&ran, "spec").0, "problem");
    assert_eq!(said(&ran, "spec").2, "portalctl validate");
    assert!(said(&ran, "connection").1.contains("the server answers"), "{}", ran.stdout);
}

/// However little is said besides.
#[test]
fn what_weakens_the_database_is_a_warning_and_quiet_hides_none_of_it() {
    let project = running();
    psql(&project, "alter role acme__support__customer set row_security = off").expect(0);
    for quiet in [&[][..], &["--quiet"]] {
        let ran = run(project.path(), &[&["doctor", "--format", "json"], quiet].concat()).expect(0);
        let (status, message, fix) = said(&ran, "database checks");
        assert!(status == "warning" && fix.contains("validate --database"), "{quiet:?}: {message}");
    }
    let told = run(project.path(), &["plan"]).expect(0).stderr;
    assert!(told.starts_with("warning[role-settings]: ") && told.lines().count() == 2, "{told}");
    assert_eq!(run(project.path(), &["plan", "--quiet"]).expect(0).stderr, "");
    let whole = run(project.path(), &["plan", "--verbose"]).expect(0).stderr;
    assert!(whole.contains("ALTER ROLE \"acme__support__customer\" RESET ALL"), "{whole}");
}

#[test]
fn a_fresh_folder_and_one_without_a_project_have_no_problem() {
    let project = project();
    let ran = examined(&project).expect(0);
    assert!(said(&ran, "database").1.contains("not made yet"), "{}", ran.stdout);
    assert_eq!(said(&ran, "site's files").2, "portalctl scaffold");
    assert!(!project.path().join(".portalctl").exists(), "it makes nothing");

    let elsewhere = tempfile::tempdir().unwrap();
    let ran = run(elsewhere.path(), &["doctor", "--format", "json"]).expect(0);
    let (status, message, fix) = said(&ran, "project");
    assert!(status == "warning" && message.contains("there is no project here") && fix.contains("-C DIR"), "{message}");
    run(elsewhere.path(), &["doctor", "--nonsense"]).expect(2);
}

#[test]
fn files_that_others_read_are_a_problem_that_its_fix_mends() {
    let project = project();
    let file = project.write(".portalctl/credentials.env", "PORTALCTL_GATEWAY_URL='x'\n");
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o600);
    assert_eq!(said(&examined(&project).expect(0), "private files").0, "ok");
    for open in [0o640, 0o604, 0o666] {
        mode(open);
        let (status, message, fix) = said(&examined(&project).expect(1), "private files");
        assert!(status == "problem" && message.contains("credentials.env"), "{message}");
        assert!(Command::new("sh").args(["-c", &fix]).status().unwrap().success(), "{fix}");
        assert_eq!(said(&examined(&project).expect(0), "private files").0, "ok", "{fix}");
    }
    let state = project.path().join(".portalctl");
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o777)).unwrap();
    let (status, _, fix) = said(&examined(&project).expect(1), "private files");
    assert!(status == "problem" && fix.starts_with("chmod go-w "), "{fix}");
}

/// One that refuses, and one that never says a word.
#[test]
fn a_database_that_is_not_reached_is_told_of_without_its_password() {
    let project = project();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [silent.local_addr().unwrap(), closed] {
        let url = format!("postgresql://ann:s3cret-word@{address}/acme?sslmode=disable&connect_timeout=1");
        let began = Instant::now();
        let ran =
            ended(command(project.path(), &["doctor", "--format", "json"]).env("DATABASE_URL", &url).output().unwrap());
        let ran = ran.expect(1);
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
        assert!(said(&ran, "database").1.contains("of `DATABASE_URL`"), "{}", ran.stdout);
        assert_eq!(said(&ran, "connection").0, "problem");
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("s3cret"), "{ran:?}");
    }
    let unreadable = run(project.path(), &["doctor", "--database-url", "mysql://root:s3cret-word@db/acme"]).expect(1);
    assert!(!format!("{}{}", unreadable.stdout, unreadable.stderr).contains("s3cret"), "{unreadable:?}");
}

#[test]
fn the_files_of_the_site_are_read_as_the_site_reads_them() {
    let project = project();
    run(project.path(), &["scaffold"]).expect(0);
    let settings = |text: &str| {
        project.write("site/support/site.yaml", text);
        let value: serde_json::Value = serde_json::from_str(&examined(&project).stdout).unwrap();
        let lines = value["checks"].as_array().unwrap().iter().filter(|check| check["about"] == "site's settings");
        let part = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let lines = lines.map(|line| (part(line, "status"), part(line, "message"), part(line, "fix")));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(settings("")[0].0, "ok");
    assert_eq!(settings("branding: {colors: {primary: '#0b5fff', ink: '#555555', paper: '#fffdf5'}}\n")[0].0, "ok");

    let [(status, message, fix)] = settings("title: A\nbrandig: {}\n").try_into().unwrap();
    assert!(
        status == "problem" && message.contains("unknown field `brandig`") && message.contains("line 2"),
        "{message}"
    );
    assert!(fix.contains("site/support/site.yaml"), "{fix}");
    let [(status, message, _)] = settings("navigation: [home, cases]\n").try_into().unwrap();
    assert!(status == "problem" && message.contains("`cases` is neither"), "{message}");
    let [(status, message, _)] = settings("branding: {colors: {ink: blue}}\n").try_into().unwrap();
    assert!(status == "problem" && message.contains("colour `ink`"), "{message}");

    let [absent, pale, ink] =
        settings("branding: {logo: acme.svg, colors: {primary: '#ff6a6a', ink: '#cccccc'}}\n").try_into().unwrap();
    assert!(absent.0 == "warning" && absent.1.contains("`acme.svg` is not there"), "{absent:?}");
    assert!(absent.2.contains("site/support/static/"), "{absent:?}");
    assert!(pale.1.contains("`primary: \"#ff6a6a\"` text could not be read"), "{pale:?}");
    assert!(ink.1.contains("`ink: \"#cccccc\"` text could not be read"), "{ink:?}");
    project.write("site/support/static/acme.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    assert_eq!(settings("branding: {logo: acme.svg}\n")[0].0, "ok");
}
