//! Sample data in `portalctl up`.

use crate::run::{psql, run};
use portalctl_test_support::PrivateProject;

const PROJECT: &str = "\
version: 1
kind: project
name: acme
---
kind: portal
name: support
type: helpdesk
";

const SECOND: &str = "\
---
kind: portal
name: trade
type: dealers
";

const TYPES: &str = "\
kind: type
name: helpdesk
title: Help desk
tenant_kind: customer
tiers: [basic, gold]
modules: [tickets]
audiences:
  customer: {label: Customer}
  lead: {who: internal, label: Lead}
  agent: {who: internal, label: Agent}
permission_sets: {tickets: {customer: [ticket_user], lead: [ticket_lead], agent: [ticket_agent]}}
sample:
  tenants: {west: {title: West branch, parent: north}, north: {title: Northfield, tier: gold}, south: {title: South}}
  users:
    ann: {title: Ann Acheson, tenant: north, audience: customer}
    bea: {title: Bea Lindqvist, tenant: south, audience: customer}
    mia: {title: Mia Torres, audience: lead}
    sam: {title: Sam Okafor, audience: agent, reports_to: mia}
---
kind: type
name: dealers
title: Dealers
tenant_kind: customer
tiers: [basic, gold]
modules: [tickets]
audiences:
  dealer: {label: Dealer}
  agent: {who: internal, label: Agent}
permission_sets: {tickets: {dealer: [ticket_user], agent: [ticket_agent]}}
sample:
  tenants: {north: {title: Nordic trade}, south: {title: South trade}}
  users:
    ann: {title: Ann Dealer, tenant: north, audience: dealer}
    bea: {title: Bea Dealer, tenant: south, audience: dealer}
    sam: {title: Sam Dealer, audience: agent}
";

const MODULE: &str = "\
kind: module
name: tickets
rows:
  remark:
    - {id: first, ticket: jam, body: Seen}
  ticket:
    - {id: jam, tenant: north, owner: sam, subject: Printer jams, topic: printers}
    - {id: scale, tenant: south, subject: Scale drifts, topic: printers}
    - {id: desk, tenant: south, owner: mia, subject: Credit check}
  topic:
    - {id: printers, title: Printers}
---
kind: object
name: topic
managed: true
fields: {title: {type: text, required: true}}
---
kind: object
name: ticket
managed: true
tenant: account_id
owner: assignee_id
fields:
  subject: {type: text, required: true}
  number: {type: text, unique: true, numbered: {prefix: T-, digits: 3}}
  topic: {type: reference(topic), column: topic_id}
---
kind: object
name: remark
managed: true
tenant: {via: ticket_id, object: ticket}
fields:
  ticket: {type: reference(ticket), column: ticket_id, required: true}
  body: {type: text, required: true}
---
kind: permission_set
name: ticket_user
grants: {ticket: {read: [subject, number]}, remark: {read: [body]}}
---
kind: permission_set
name: ticket_lead
grants: {ticket: {read: {scope: reports, fields: [subject]}}}
---
kind: permission_set
name: ticket_agent
grants: {ticket: {read: {scope: own, fields: [subject]}}, topic: {read: all}}
";

fn project(document: &str) -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", document);
    project.write("specs/types.yaml", TYPES);
    project.write("specs/tickets.yaml", MODULE);
    project
}

fn up(project: &PrivateProject) -> (String, String) {
    let up = run(project.path(), &["up", "--exit", "--listen", "127.0.0.1:0"]).expect(0);
    (up.stdout, up.stderr)
}

fn told(project: &PrivateProject, sql: &str) -> String {
    psql(project, sql).expect(0).stdout
}

fn seen(project: &PrivateProject, place: &[&str], sql: &str) -> String {
    let args: Vec<&str> = [&["sql", "--format", "csv"], place, &["-c", sql]].concat();
    run(project.path(), &args).expect(0).stdout.replace("\r\n", "\n")
}

#[test]
fn up_puts_in_the_cast_and_the_rows_of_modules_once() {
    let project = project(PROJECT);
    let (links, said) = up(&project);
    assert!(said.contains("put in sample data: 3 tenants, 4 users, 5 rows"), "{said}");
    assert!(links.contains("(ann@north.example, Northfield)"), "{links}");
    assert!(links.contains("(sam@staff.example)"), "{links}");
    let tenants = "select name, key, coalesce(parent_key, ''), coalesce(tier, '') from acme_portal.tenant order by 1";
    assert_eq!(told(&project, tenants), "north|north||gold\nsouth|south||\nwest|west|north|\n");
    let rows = "select t.account_id, t.assignee_id, t.number is not null, p.title, r.body from acme.ticket t \
                left join acme.topic p on p.id = t.topic_id left join acme.remark r on r.ticket_id = t.id order by t.subject";
    assert_eq!(told(&project, rows), "south|mia|t||\nnorth|sam|t|Printers|Seen\nsouth||t|Printers|\n");

    told(&project, "delete from acme.remark");
    let (links, said) = up(&project);
    assert!(!said.contains("sample"), "{said}");
    assert!(links.contains("(ann@north.example, Northfield)"), "{links}");
    assert_eq!(told(&project, "select count(*) from acme.remark"), "0\n");
    assert_eq!(told(&project, "select count(*) from acme.ticket"), "3\n");
}

#[test]
fn rows_of_a_sample_reach_those_that_they_name() {
    let project = project(PROJECT);
    up(&project);
    let tickets = "select subject from acme.ticket order by 1";
    let of = |place: &[&str]| seen(&project, place, tickets);
    assert_eq!(of(&["--as", "support/customer", "--tenant", "north"]), "subject\nPrinter jams\n");
    assert_eq!(of(&["--as", "support/customer", "--tenant", "south"]), "subject\nCredit check\nScale drifts\n");
    assert_eq!(of(&["--as", "support/agent", "--user", "sam@staff.example"]), "subject\nPrinter jams\n");
    // Her own, and that of whoever reports to her.
    assert_eq!(of(&["--as", "support/lead", "--user", "mia@staff.example"]), "subject\nCredit check\nPrinter jams\n");

    run(project.path(), &["user", "set", "sam@staff.example", "--reports-to", "nobody@staff.example"]).expect(2);
    run(project.path(), &["user", "set", "sam@staff.example", "--reports-to", ""]).expect(0);
    assert_eq!(of(&["--as", "support/lead", "--user", "mia@staff.example"]), "subject\nCredit check\n");
}

#[test]
fn a_second_type_brings_a_cast_of_its_own() {
    let project = project(PROJECT);
    up(&project);
    project.write("portalctl.yaml", &format!("{PROJECT}{SECOND}"));
    let (links, said) = up(&project);
    assert!(said.contains("put in sample data: 2 tenants, 3 users, 3 rows"), "{said}");
    assert!(links.contains("(ann@north-dealers.example, Nordic trade)"), "{links}");
    let rows = "select account_id, coalesce(assignee_id, ''), topic_id is null from acme.ticket order by 1, 2";
    assert_eq!(
        told(&project, rows),
        "north|sam|f\nnorth_dealers|sam_dealers|f\nsouth||f\nsouth|mia|t\nsouth_dealers||f\n"
    );
    assert_eq!(told(&project, "select count(*) from acme.topic"), "1\n");
}

const MAKERS: &str = "\
kind: type
name: makers
title: Makers
tenant_kind: customer
tiers: [basic, gold]
modules: [tickets, parts]
audiences:
  maker: {label: Maker}
  agent: {who: internal, label: Agent}
permission_sets: {tickets: {maker: [ticket_user], agent: [ticket_agent]}, parts: {maker: [part_user]}}
sample:
  tenants: {north: {title: Nordic makers}, south: {title: South makers}}
  users:
    ann: {title: Ann Maker, tenant: north, audience: maker}
    sam: {title: Sam Maker, audience: agent}
";

const PARTS: &str = "\
kind: module
name: parts
rows:
  part:
    - {id: hose, tenant: north, ticket: jam, title: Hose}
---
kind: object
name: part
managed: true
tenant: account_id
fields: {title: {type: text, required: true}, ticket: {type: reference(ticket), column: ticket_id}}
---
kind: permission_set
name: part_user
grants: {part: {read: [title]}}
";

/// Staff who work for both portals meet a ticket once: a later cast brings what only its own portals have.
#[test]
fn rows_of_a_module_that_several_types_have_are_there_once() {
    let project = project(&format!("{PROJECT}---\nkind: portal\nname: works\ntype: makers\n"));
    project.write("specs/makers.yaml", MAKERS);
    project.write("specs/parts.yaml", PARTS);
    let (_, said) = up(&project);
    // Five of the help desk, and the part with the ticket that it names.
    assert!(said.contains("put in sample data: 5 tenants, 6 users, 7 rows"), "{said}");
    let rows = "select t.account_id, t.subject from acme.ticket t order by 1, 2";
    let once = "north|Printer jams\nnorth_makers|Printer jams\nsouth|Credit check\nsouth|Scale drifts\n";
    assert_eq!(told(&project, rows), once);
    assert_eq!(told(&project, "select account_id, title from acme.part"), "north_makers|Hose\n");
    let (_, said) = up(&project);
    assert!(!said.contains("sample"), "{said}");
    assert_eq!(told(&project, rows), once);
}

/// Whoever takes an audience away is told in a line how much of the sample has no place any more.
#[test]
fn what_a_sample_leaves_out_is_one_line() {
    let document = "version: 1\nkind: project\nname: acme\n---\nkind: portal\nname: support\ntype: customer\n-audiences: [agent]\n";
    let project = PrivateProject::new();
    project.write("portalctl.yaml", document);
    let (_, said) = up(&project);
    let left_out: Vec<&str> = said.lines().filter(|line| line.contains("left out")).collect();
    assert!(
        matches!(left_out[..], [line] if line.contains("sample rows that this project has no place for")),
        "{said}"
    );

    let project = PrivateProject::new();
    project.write("portalctl.yaml", document);
    let up = run(project.path(), &["up", "--verbose", "--exit", "--listen", "127.0.0.1:0"]).expect(0);
    assert!(up.stderr.contains("left out of the sample, cast `customer`: `case/printer-jam`"), "{}", up.stderr);
}
