//! `apply` beside a site that runs: whoever changes something is told that the site does not show it yet.

use crate::run::{Ran, command, ended, run};
use portalctl_test_support::PrivateProject;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
{kind: object, name: ticket, managed: true, tenant: account_id, fields: {subject: text, note: text}}
---
kind: portal
name: desk
audiences:
  customer: {grants: {ticket: {read: [subject]}}}
";

/// A site of a project, until it is dropped.
struct Running {
    child: Child,
    /// `127.0.0.1:1234`
    address: String,
}

impl Running {
    fn of(project: &PrivateProject) -> Self {
        let mut serve = command(project.path(), &["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("Serving on http://").unwrap_or_else(|| panic!("{said}")).to_owned();
        let began = Instant::now();
        while !project.path().join(".portalctl/serving").exists() {
            assert!(began.elapsed() < Duration::from_secs(30), "the site notes where it answers");
            std::thread::yield_now();
        }
        Self { child, address }
    }

    fn page(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn apply(project: &PrivateProject, more: &[&str]) -> Ran {
    run(project.path(), &[&["apply", "--yes"], more].concat()).expect(0)
}

const FORMER: &str = "goes by the documents as they were when it was started";

#[test]
fn who_applies_beside_a_running_site_is_told_to_start_it_again() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.make_cluster();
    assert!(!apply(&project, &[]).stderr.contains(FORMER), "no site runs");
    run(project.path(), &["tenant", "add", "north", "--key", "n"]).expect(0);
    run(project.path(), &["user", "invite", "ann@north.example", "--as", "desk/customer", "--tenant", "n"]).expect(0);
    run(project.path(), &["db", "start"]).expect(0);
    let site = Running::of(&project);
    assert!(!apply(&project, &[]).stderr.contains(FORMER), "nothing was changed");

    project.write("portalctl.yaml", &SPEC.replace("read: [subject]", "read: [subject, note]"));
    let said = apply(&project, &[]).stderr;
    assert!(said.contains(&format!("the site at http://{} {FORMER}", site.address)), "{said}");

    // Another database is none of this site's business.
    let sql = "create database other";
    run(project.path(), &["db", "psql", "-c", sql]).expect(0);
    let url = run(project.path(), &["db", "url"]).expect(0).stdout.trim().replace("/acme", "/other");
    project.write("portalctl.yaml", &SPEC.replace("name: acme", "name: other"));
    let elsewhere = ended(command(project.path(), &["apply", "--yes"]).env("DATABASE_URL", url).output().unwrap());
    assert!(!elsewhere.expect(0).stderr.contains(FORMER));

    // An audience that the site does not know lets nobody in, and says so.
    let lapsing = SPEC.replace(
        "name: desk\naudiences:\n",
        "name: desk\nlifecycle: {paid_until: paid_until, on_lapse: former}\naudiences:\n  former: {grants: {ticket: {read: [subject]}}}\n",
    );
    project.write("portalctl.yaml", &lapsing);
    apply(&project, &["--allow", "lapses=desk/customer"]);
    let link = run(project.path(), &["user", "link", "ann@north.example"]).expect(0).stdout;
    let (_, path) = link.trim().split_once(&site.address).unwrap();
    let page = site.page(path);
    assert!(page.starts_with("HTTP/1.1 503") && page.contains("has to be started again"), "{page}");

    drop(site);
    project.write("portalctl.yaml", &lapsing.replace("read: [subject]", "read: [subject, note]"));
    assert!(!apply(&project, &[]).stderr.contains(FORMER), "the site has ended");
    run(project.path(), &["db", "stop"]).expect(0);
}
