//! `portalctl serve` as a service manager runs it, and the people it is run for.

use crate::run::{Ran, command, ended};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, raw_sql};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SPEC: &str = "\
version: 1
kind: project
name: {p}
---
kind: object
name: case
table: crm.cases
tenant: account_id
owner: {column: opened_by, key: contact}
fields: {subject: text}
---
kind: portal
name: support
audiences:
  customer: {grants: {case: {read: [subject]}}}
---
kind: tenant
name: globex
key: \"1\"
";

const CRM: &str = "create schema crm; create table crm.cases (id int primary key, account_id int not null, opened_by text, subject text);";

struct World {
    db: TestDatabase,
    folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let world = Self { db: TestDatabase::new().await, folder: tempfile::tempdir().unwrap() };
        let spec = SPEC.replace("{p}", world.db.project());
        std::fs::write(world.folder.path().join("portalctl.yaml"), spec).unwrap();
        raw_sql(CRM).execute(&mut world.db.admin().await).await.unwrap();
        world.run(&["apply", "--yes"]).expect(0);
        world
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = command(self.folder.path(), args);
        command.env("DATABASE_URL", self.db.admin_url());
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        ended(self.command(args).output().unwrap())
    }

    async fn one(&self, sql: &str) -> String {
        let sql = format!("select coalesce(({})::text, '')", sql.replace("{p}", self.db.project()));
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut self.db.admin().await).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_under_way_is_answered_before_the_site_ends() {
    let world = World::new().await;
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let mut serve = world.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("Serving on http://").unwrap_or_else(|| panic!("{said}"));
        let note = world.folder.path().join(".portalctl/serving");
        let began = Instant::now();
        while !note.exists() {
            assert!(began.elapsed() < Duration::from_secs(30), "the site notes where it answers");
            std::thread::sleep(Duration::from_millis(10));
        }

        // A form of which half has come in.
        let mut under_way = TcpStream::connect(address).unwrap();
        let head = "POST /support/sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n";
        under_way.write_all(head.as_bytes()).unwrap();
        // The site asks for the rest as soon as it reads the form.
        let mut asked = [0; 21];
        under_way.read_exact(&mut asked).unwrap();
        assert!(asked.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&asked));
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        let began = Instant::now();
        while TcpStream::connect(address).is_ok() {
            assert!(began.elapsed() < Duration::from_secs(30), "{signal}: the site takes no more visitors");
            std::thread::sleep(Duration::from_millis(10));
        }
        under_way.write_all(b"link=none").unwrap();
        let mut answer = String::new();
        under_way.read_to_string(&mut answer).unwrap_or_else(|error| panic!("{signal}: {error}"));
        assert!(answer.contains("HTTP/1.1 ") && answer.contains("</html>"), "{signal}: {answer}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(!note.exists(), "{signal}");
    }
}

#[tokio::test]
async fn who_was_invited_as_what_is_written_down() {
    let world = World::new().await;
    let invite = ["user", "invite", "Ann@globex.example", "--as", "support/customer", "--tenant", "globex"];
    world.run(&[&invite[..], &["--key", "contact=7"]].concat()).expect(0);
    let event = "select concat_ws(' ', subject = (select id::text from {p}_portal.app_user where email = 'ann@globex.example'), \
                 detail) from {p}_portal.audit_event where action = 'user.invite'";
    let told = world.one(event).await;
    assert_eq!(told, "t {\"persona\": \"support/customer\", \"tenant_key\": \"1\", \"tenant_kind\": \"\"}");
}

#[tokio::test]
async fn whoever_is_invited_has_a_key_for_rows_of_their_own() {
    let world = World::new().await;
    let made = "select keys = jsonb_build_object('contact', user_id) from {p}_portal.membership";
    let contact = "select keys ->> 'contact' from {p}_portal.membership";
    let invite = ["user", "invite", "ann@globex.example", "--as", "support/customer", "--tenant", "globex"];
    world.run(&invite).expect(0);
    assert_eq!(world.one(made).await, "true");
    world.run(&[&invite[..], &["--key", "contact=7"]].concat()).expect(0);
    assert_eq!(world.one(contact).await, "7");
    world.run(&invite).expect(0);
    assert_eq!(world.one(contact).await, "7", "what was said stays");
}

#[tokio::test]
async fn nobody_is_given_a_key_that_is_anothers() {
    let world = World::new().await;
    let invite = |email: &'static str, key: &'static str| {
        ["user", "invite", email, "--as", "support/customer", "--tenant", "globex", "--key", key]
    };
    world.run(&invite("ann@globex.example", "contact=7")).expect(0);
    world.run(&invite("ann@globex.example", "contact=7")).expect(0);
    let refused = world.run(&invite("bob@globex.example", "contact=7")).expect(2);
    assert!(refused.stderr.contains("`ann@globex.example` has this `contact` key already"), "{}", refused.stderr);
    let unknown = world.run(&invite("bob@globex.example", "kontact=8")).expect(2);
    assert!(unknown.stderr.contains("keys of people are contact"), "{}", unknown.stderr);
    assert_eq!(world.one("select count(*) from {p}_portal.membership").await, "1");
}

/// On the machine of a site there need be neither an administrator's URL nor the programs of a server.
#[tokio::test]
async fn a_site_that_has_both_logins_starts_no_database_of_its_own() {
    let world = World::new().await;
    let mut serve = command(world.folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    for (variable, role) in [("PORTALCTL_GATEWAY_URL", "gateway"), ("PORTALCTL_ISSUER_URL", "issuer")] {
        serve.env(variable, world.db.url(&format!("{}__{role}", world.db.project())));
    }
    let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    child.wait().unwrap();
    assert!(said.starts_with("Serving on http://"), "{said}");
    let status = ended(command(world.folder.path(), &["db", "status"]).output().unwrap()).expect(0).stdout;
    assert!(status.starts_with("not made yet"), "{status}");
}
