//! Titles that others wrote: in a table of the business, in a file, on the command line. None looks like a line of ours.

use crate::run::{Ran, run};
use portalctl::diagnostic::is_unshowable;
use portalctl_test_support::PrivateProject;

const SPEC: &str = "\
version: 1
kind: project
name: acme
database: {schema: crm, setup: [db/*.sql]}
tiers: [basic, gold]
tenants: [{from_table: crm.accounts, key: id, title: name}, {from_csv: tenants.csv}]
people:
  - {from_table: crm.contacts, keys: {contact: id}, email: email, tenant: account_id, audience: desk/customer}
---
{kind: object, name: ticket, managed: true, tenant: account_id, fields: {subject: text}}
---
kind: portal
name: desk
LIFECYCLE
audiences:
  former: {grants: {ticket: {read: {fields: [subject], where: {subject: Welcome}}}}}
  customer: {grants: {ticket: {read: {fields: [subject], scope: tenant_tree}}}}
---
{kind: tenant, name: written, key: w, title: Written Ltd}
";

const TABLES: &str = "\
create schema crm;
create table crm.accounts (id text primary key, name text not null, paid_until date);
create table crm.contacts (id int primary key, email text not null, account_id text not null references crm.accounts);
insert into crm.accounts values
    ('evil', E'Evil\\nerror: forged\\r\\n\\x1b[2Jhint: forged\\u2028forged \\u202eforged', null),
    (E'k\\nerror: forged\\u202e', 'Plain', null);
insert into crm.contacts values (1, 'eve@evil.example', 'evil'), (2, 'eve@evil.example', E'k\\nerror: forged\\u202e');
";

fn desk() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", &SPEC.replace("LIFECYCLE\n", ""));
    project.write("tenants.csv", "name,key,title,tier\nlisted,l,Listed Ltd,basic\n");
    project.write("db/01.sql", TABLES);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    project
}

#[track_caller]
fn assert_plain(args: &[&str], ran: &Ran) {
    let both = format!("{}\n{}", ran.stdout, ran.stderr);
    let forged = |line: &&str| ["error: forged", "hint: forged", "forged"].iter().any(|mark| line.starts_with(mark));
    assert!(!both.lines().any(|line| forged(&line)), "{args:?}: {both}");
    assert!(!both.chars().any(|c| c != '\n' && is_unshowable(c)), "{args:?}: {}", both.escape_debug());
}

#[test]
fn no_title_begins_a_line_of_its_own() {
    let desk = desk();
    let at = desk.path();
    let mut shown = 0;
    for (args, code) in [
        (&["tenant", "list"][..], 0),
        (&["tenant", "show", "evil"], 0),
        (&["tenant", "suspend", "evil"], 0),
        (&["tenant", "resume", "evil"], 0),
        (&["tenant", "set", "evil", "--setting", "branding.colors.ink=#112233"], 0),
        (&["tenant", "set", "evil", "--title", "Good"], 2),
        (&["tenant", "set", "evil", "--paid-until", "2030-01-01"], 2),
        (&["tenant", "set", "no\nerror: forged", "--title", "Good"], 2),
        (&["tenant", "add", "other", "--key", "evil"], 2),
        (&["tenant", "add", "low", "--key", "low", "--parent", "x\nerror: forged"], 2),
        (&["tenant", "add", "low", "--key", "low", "--title", "Low\nerror: forged"], 2),
        (&["user", "list"], 0),
        (&["user", "link", "eve@evil.example"], 2),
        (&["user", "link", "x\nerror: forged"], 2),
        (&["user", "remove", "eve@evil.example", "--as", "desk/customer", "--tenant", "evil"], 2),
        (&["user", "invite", "ann@x.example", "--as", "desk/customer", "--tenant", "evil", "--title", "A\nforged"], 0),
        (&["user", "list", "--tenant", "evil"], 0),
        (&["who-can", "read", "ticket", "--tenant", "evil"], 0),
        (&["up", "--exit", "--listen", "127.0.0.1:0"], 0),
    ] {
        let ran = run(at, args);
        assert_plain(args, &ran);
        shown += usize::from(format!("{}{}", ran.stdout, ran.stderr).contains("forged"));
        ran.expect(code);
    }
    assert!(shown > 12, "the title is shown in {shown} of them");
    // Whom a plan names.
    let lifecycle = SPEC.replace("LIFECYCLE", "lifecycle: {paid_until: paid_until, on_lapse: former}");
    desk.write("portalctl.yaml", &lifecycle);
    for (args, code) in [(&["plan"][..], 0), (&["apply", "--yes"], 4)] {
        let ran = run(at, args);
        assert_plain(args, &ran);
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(r"Evil\nerror: forged"), "{}", ran.stdout);
        ran.expect(code);
    }
}

#[test]
fn what_cannot_be_seen_is_no_title() {
    let desk = desk();
    let at = desk.path();
    run(at, &["tenant", "add", "north", "--key", "n"]).expect(0);
    let long = "x".repeat(300);
    for title in ["", " ", "a\nb", "a\u{1b}[2J", "a\u{202e}b", "a\u{2066}b", &long] {
        for args in [
            &["tenant", "set", "north", "--title", title][..],
            &["tenant", "add", "south", "--key", "s", "--title", title],
        ] {
            let refused = run(at, args).expect(2).stderr;
            assert!(refused.contains("is no title for a tenant"), "{title:?}: {refused}");
        }
    }
    run(at, &["tenant", "set", "north", "--setting", "branding.name=a\u{202e}b"]).expect(2);
    // Marks of a single place, which Arabic and Hebrew need, turn nothing round.
    run(at, &["tenant", "set", "north", "--title", "שלום\u{200f}!"]).expect(0);
}

/// What a document, a file or a table of the business says is changed there, and the place is told.
#[test]
fn what_is_said_elsewhere_is_not_set() {
    let desk = desk();
    let at = desk.path();
    for (tenant, place) in
        [("written", "portalctl.yaml:"), ("listed", "tenants.csv:2"), ("evil", "is a row of `crm.accounts`")]
    {
        for change in [["--title", "Other"], ["--tier", "gold"], ["--parent", "none"]] {
            let refused = run(at, &["tenant", "set", tenant, change[0], change[1]]).expect(2).stderr;
            assert!(refused.contains(place), "{tenant} {change:?}: {refused}");
        }
    }
    run(at, &["tenant", "set", "written", "--setting", "branding.name=Other"]).expect(2);
    // With a part that could be set, nothing of it is.
    run(at, &["tenant", "set", "listed", "--paid-until", "2030-01-01", "--tier", "gold"]).expect(2);
    let list = run(at, &["tenant", "list"]).expect(0).stdout;
    let line = list.lines().find(|line| line.contains("Listed Ltd")).unwrap();
    assert!(line.contains("basic") && !list.contains("2030-01-01") && !list.contains("Other"), "{list}");
}
