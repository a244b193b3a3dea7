//! `portalctl test`.

use crate::run::{Ran, command, psql, run, spawn};
use portalctl_test_support::PrivateProject;
use std::time::{Duration, Instant};

const SPEC: &str = "\
version: 1
kind: project
name: acme
database: {schema: crm, setup: [db/*.sql]}
tenants: [{from_table: accounts, key: id, title: name, tenant_kind: partner}]
people:
  - {from_table: people, keys: {contact: id}, email: email, reports_to: boss, tenant: account_id, audience: {column: role, values: {rep: partners/rep, lead: partners/lead}}}
---
kind: object
name: deal
table: deals
tenant: account_id
owner: {column: owner_id, key: contact}
fields:
  title: {type: text, required: true}
  amount: integer
  state: [draft, submitted, approved]
  margin: {type: integer, class: internal}
  worth: integer
states: {field: state, transitions: {draft: [submitted], submitted: [approved]}}
delete: hard
---
kind: portal
name: partners
audiences:
  rep:
    grants:
      deal:
        read: {scope: own, where: {state: [draft, submitted, approved]}, fields: [title, amount, state]}
        create: {fields: [title, amount], preset: {state: draft}}
        update: {scope: own, fields: [title, amount], where: {state: draft}}
        transition: {scope: own, state: {draft: submitted}}
        delete: {scope: own, where: {state: draft}}
        export: 10
  lead:
    grants:
      deal:
        read: {scope: reports, fields: [title, amount, state]}
        transition: {scope: reports, state: {submitted: approved}, needs: mfa}
  door: {who: guest}
";

/// With what a business has besides: rows, roles, a trigger, a check, a column that nobody speaks of.
const TABLES: &str = "
create schema crm;
create table crm.accounts (id int primary key, name text not null);
create table crm.people (id int primary key, email text not null, boss int references crm.people, account_id int not null references crm.accounts, role text not null);
create table crm.deals (id int generated always as identity primary key, account_id int not null references crm.accounts,
    owner_id int references crm.people, title text not null, amount int check (amount < 1000), state text not null default 'draft',
    margin int, worth int generated always as (amount * 2) stored, kind text not null check (kind = any (array['new', 'old'])) default 'new', branch text not null);
create function crm.branch() returns trigger language plpgsql as $$ begin new.branch := coalesce(new.branch, 'main'); return new; end $$;
create trigger branch before insert on crm.deals for each row execute function crm.branch();
insert into crm.accounts values (1, 'Real');
insert into crm.people values (1, 'real@real.example', null, 1, 'rep');
insert into crm.deals (account_id, owner_id, title) values (1, 1, 'real');
";

const GIVEN: &str = "\
kind: access_test
name: walls
now: 2026-01-15T09:00:00Z
given:
  tenants: {north: {}, south: {}}
  users:
    ann: {tenant: north, audience: partners/rep, reports_to: bob}
    bob: {tenant: north, audience: partners/lead, mfa: true}
    lea: {tenant: north, audience: partners/lead}
    cid: {tenant: south, audience: partners/rep}
  rows:
    deal:
      - {id: 1, tenant: north, owner: ann, title: Pump, amount: 10, state: draft, margin: 3}
      - {id: second, tenant: south, owner: cid, title: Valve, amount: 20, state: draft}
      - {id: 3, tenant: north, owner: ann, title: Drive, state: submitted}
expect:
";

const RIGHT: &str = "  - {as: ann, lists: {deal: [1, 3]}}
  - {as: cid, lists: {deal: [second]}}
  - {as: bob, lists: {deal: [1, 3]}}
  - {as: lea, lists: {deal: []}}
  - {as: guest, of: partners, lists: {deal: []}}
  - {as: ann, can: [{read: deal/1, fields: [title, amount]}, {update: deal/1, fields: [title, amount]}, {update: deal/1, values: {amount: 11}}]}
  - {as: ann, can: [{create: deal, values: {title: Belt}}, {transition: deal/1, to: submitted}, {delete: deal/1}, {export: deal}]}
  - {as: ann, cannot: [{read: deal/second}, {read: deal/1, fields: [margin]}, {update: deal/second}, {update: deal/3, fields: [title]}]}
  - {as: ann, cannot: [{create: deal, values: {title: Belt, tenant: south}}, {transition: deal/1, to: approved}, {delete: deal/3}]}
  - {as: bob, can: {transition: deal/3, to: approved}}
  - {as: bob, cannot: [{export: deal}, {update: deal/1}, {update: deal/1, fields: [worth]}, {create: deal, values: {title: Belt}}]}
  - {as: lea, cannot: {transition: deal/3, to: approved}}
";

fn project(expectations: &str) -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.write("db/1.sql", TABLES);
    project.write("tests/walls.yaml", &format!("{GIVEN}{expectations}"));
    project
}

fn test(project: &PrivateProject, args: &[&str]) -> Ran {
    run(project.path(), &[&["test"], args].concat())
}

/// Databases and roles that are there, and how much the business's tables hold.
fn inventory(project: &PrivateProject) -> String {
    let sql = "select string_agg(x, ' ' order by x) from (select datname from pg_database \
               union all select rolname from pg_roles where rolname !~ '^pg_' \
               union all select 'deals:' || count(*) from crm.deals) as all_of_it (x)";
    psql(project, sql).expect(0).stdout
}

#[test]
fn what_is_as_expected_passes_and_leaves_nothing_behind() {
    let project = project(RIGHT);
    let first = test(&project, &[]).expect(0);
    assert_eq!(first.stdout, "ok    walls  (tests/walls.yaml:2)\n");
    assert!(first.stderr.contains("1 test, 25 expectations: all hold"), "{}", first.stderr);
    let before = inventory(&project);
    assert!(before.contains("deals:1") && !before.contains("portalctl_test"), "{before}");
    // The same where everything is applied already: what is ours is left out of the copy.
    run(project.path(), &["apply", "--yes"]).expect(0);
    let before = inventory(&project);
    test(&project, &["walls"]).expect(0);
    assert_eq!(inventory(&project), before);
}

/// Every expectation turned round is told at its line.
#[test]
fn an_expectation_that_is_wrong_fails_in_words() {
    let wrong = RIGHT
        .replace("can: ", "xcan: ")
        .replace("cannot: ", "can: ")
        .replace("xcan: ", "cannot: ")
        .replace("lists: {deal: [1, 3]}", "lists: {deal: [1]}")
        .replace("lists: {deal: [second]}", "lists: {deal: [second, 1]}")
        .replace("lists: {deal: []}", "lists: {deal: [3]}");
    let project = project(&wrong);
    let said: serde_json::Value =
        serde_json::from_str(&test(&project, &["--format", "json"]).expect(1).stdout).unwrap();
    let tests = said["tests"].as_array().unwrap();
    let passed: Vec<&serde_json::Value> = tests.iter().filter(|test| test["status"] == "passed").collect();
    assert!(passed.is_empty(), "{passed:#?}");
    assert_eq!((&said["failed"], &said["passed"]), (&tests.len().into(), &0.into()));
    let told = |line: u64, expected: &str| {
        let found = tests.iter().find(|test| test["line"] == line && test["expected"] == expected);
        found.unwrap_or_else(|| panic!("{line} {expected}: {said:#}"))["got"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        told(17, "`ann` sees of deal exactly `1`"),
        "saw `1` and `3`; must not see `deal/3` (tenant `north`, owner_id `ann`)"
    );
    assert_eq!(told(18, "`cid` sees of deal exactly `1` and `second`"), "saw `second`; must also see `1`");
    assert_eq!(told(21, "`guest` sees of deal exactly `3`"), "saw none; must also see `3`");
    assert_eq!(told(22, "`ann` cannot read `title` and `amount` of `deal/1`"), "`title` and `amount` could be read");
    assert_eq!(told(24, "`ann` can read `deal/second`"), "denied: the row is not shown");
    assert!(told(24, "`ann` can update `title` of `deal/3`").starts_with("denied: "));
    assert!(told(26, "`bob` cannot move `deal/3` to `approved`").starts_with("the row could be changed"));
}

#[test]
fn a_grant_that_is_too_wide_is_told_with_the_row() {
    let project = project("  - {as: ann, lists: {deal: [1, 3]}}\n  - {as: ann, cannot: {update: deal/second}}\n");
    test(&project, &[]).expect(0);
    let wide = SPEC
        .replace("read: {scope: own, where", "read: {scope: public, where")
        .replace("update: {scope: own, fields: [title, amount]", "update: {scope: public, fields: [title, amount]")
        .replace(
            "name: acme\n",
            "name: acme\naccept: [{check: unscoped-tenant-object, object: deal, reason: x, until: 2099-01-01}]\n",
        );
    project.write("portalctl.yaml", &wide);
    let said = test(&project, &[]).expect(1).stdout;
    assert!(said.contains("tests/walls.yaml:17: expected: `ann` sees of deal exactly `1` and `3`"), "{said}");
    assert!(said.contains("must not see `deal/second` (tenant `south`, owner_id `cid`)"), "{said}");
    assert!(
        said.contains("expected: `ann` cannot update `deal/second`\n        PostgreSQL: the row could be changed"),
        "{said}"
    );
}

#[test]
fn what_can_never_be_is_a_finding_at_its_place() {
    for (line, message) in [
        ("{as: nan, lists: {deal: []}}", "no user is given as `nan`"),
        ("{as: ann@west, lists: {deal: []}}", "no tenant is given as `west`"),
        ("{as: ann, lists: {deals: []}}", "there is no object `deals`"),
        ("{as: ann, lists: {deal: [4]}}", "no `deal` is given as `4`"),
        ("{as: ann, can: {read: deal/4}}", "no `deal` is given as `4`"),
        ("{as: ann, can: {read: deal/1, fields: [titel]}}", "`deal` has no field `titel`"),
        ("{as: ann, cannot: {transition: deal/1, to: aproved}}", "`deal` has no state `aproved`"),
        ("{as: ann, can: {update: deal/1, values: {amount: much}}}", "`amount` is"),
        ("{as: ann, cannot: {attach: deal/1}}", "`deal` has no `attachments`"),
        ("{as: ann, can: {assign: deal/1, to: zoe}}", "no user is given as `zoe`"),
        ("{as: ann, can: {delete: deal/1, to: ann}}", "`delete` takes no `to`"),
        ("{as: guest, of: support, lists: {deal: []}}", "no audience of guests is there in `support`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("portalctl.yaml"), SPEC).unwrap();
        std::fs::create_dir(folder.path().join("tests")).unwrap();
        std::fs::write(folder.path().join("tests/walls.yaml"), format!("{GIVEN}  - {line}\n")).unwrap();
        let said = run(folder.path(), &["validate"]).expect(1).stdout;
        assert!(said.contains(message) && said.contains("tests/walls.yaml:17:"), "{line}\n{said}");
        run(folder.path(), &["test"]).expect(2);
    }
}

/// In a folder where no server could be started for the tests.
#[test]
fn without_a_database_the_evaluator_judges_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("portalctl.yaml"), SPEC).unwrap();
    let run_with = |expectations: &str| {
        std::fs::write(folder.path().join("walls.yaml"), format!("{GIVEN}{expectations}")).unwrap();
        run(folder.path(), &["test", "--no-database"])
    };
    assert_eq!(run_with(RIGHT).expect(0).stdout, "ok    walls  (walls.yaml:2)\n");
    let said = run_with("  - {as: ann, lists: {deal: [1]}}\n  - {as: ann, can: {update: deal/3, fields: [title]}}\n")
        .expect(1)
        .stdout;
    assert!(said.contains("evaluator: saw `1` and `3`; must not see `deal/3`"), "{said}");
    assert!(said.contains("denied: it does not hold that state is draft"), "{said}");
    assert!(!said.contains("PostgreSQL") && !folder.path().join(".portalctl").exists(), "{said}");
}

#[test]
fn what_the_evaluator_cannot_know_it_does_not_guess() {
    let unwritten = "  - {as: ann, lists: {deal: [1, 3]}}\n  - {as: ann, can: {create: deal, values: {title: Belt}}}\n";
    let project = project(unwritten);
    let defaulted = SPEC.replace("preset: {state: draft}", "where: {state: draft}");
    let defaulted = defaulted.replace(
        "state: [draft, submitted, approved]\n",
        "state: {type: enum, values: [draft, submitted, approved], default: draft}\n",
    );
    project.write("portalctl.yaml", &defaulted);
    let said = test(&project, &["--no-database"]).expect(1);
    assert!(
        said.stdout.contains("evaluator: unknown, because `state` of `crm.deals` is not written"),
        "{}",
        said.stdout
    );
    let said = test(&project, &[]).expect(0).stderr;
    assert!(said.contains("all hold; of 1 expectation the evaluator cannot tell, which `-v` names"), "{said}");
    let named = test(&project, &["-v"]).expect(0).stderr;
    assert!(
        named.contains("the evaluator cannot tell: unknown, because `state` of `crm.deals` is not written"),
        "{named}"
    );
}

/// A row policy of the business's own takes a row away of which the access model knows nothing.
#[test]
fn where_the_two_disagree_both_are_shown() {
    let project = project("  - {as: ann, lists: {deal: [1, 3]}}\n  - {as: ann, can: {read: deal/3}}\n");
    let narrowed = "alter table crm.deals enable row level security; \
        create policy everybody on crm.deals using (true); \
        create policy less on crm.deals as restrictive for select using (title <> 'Pump');\n";
    project.write("db/2.sql", narrowed);
    let said = test(&project, &[]).expect(1).stdout;
    let wanted = "expected: `ann` sees of deal exactly `1` and `3`\n        PostgreSQL: saw `3`; must also see `1`\n        \
                  evaluator: as expected\n        the two disagree";
    assert!(said.contains(wanted), "{said}");
    // Also where PostgreSQL alone is as expected.
    project.write("tests/walls.yaml", &format!("{GIVEN}  - {{as: ann, lists: {{deal: [3]}}}}\n"));
    let said = test(&project, &["--format", "json"]).expect(1).stdout;
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let by: Vec<_> = said["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|test| (test["engine"].as_str(), test["status"].as_str()))
        .collect();
    assert_eq!(by, [(Some("postgres"), Some("failed")), (Some("evaluator"), Some("failed"))]);
}

#[test]
fn what_cannot_be_run_is_refused_clearly() {
    let project = project(RIGHT);
    let said = test(&project, &["wals"]).expect(2).stderr;
    assert!(said.contains("there is no access test `wals`") && said.contains("did you mean `walls`?"), "{said}");
    let nowhere = ["test", "--database-url", "postgresql://nobody@127.0.0.1:1/none"];
    run(project.path(), &nowhere).expect(3);
}

#[test]
fn a_row_that_the_tables_do_not_take_is_told_at_its_line() {
    let project = project("  - {as: ann, lists: {deal: [1, 3]}}\n");
    let broken = GIVEN.replace("amount: 20", "amount: 2000");
    project.write("tests/walls.yaml", &format!("{broken}  - {{as: ann, lists: {{deal: [1, 3]}}}}\n"));
    let said = test(&project, &[]).expect(1).stdout;
    assert!(said.contains("tests/walls.yaml:14: expected: what is given can be put into the database"), "{said}");
    assert!(said.contains("`deal/second` is not taken") && said.contains("deals_amount_check"), "{said}");
}

#[test]
fn junit_holds_each_expectation() {
    let project = project("  - {as: ann, lists: {deal: [1]}}\n  - {as: ann, can: {read: deal/1}}\n");
    let said = test(&project, &["--format", "junit"]).expect(1).stdout;
    assert!(said.contains("<testsuite name=\"access tests\" tests=\"2\" failures=\"1\">"), "{said}");
    assert!(
        said.contains(
            "<testcase classname=\"walls\" name=\"`ann` can read `deal/1`\" file=\"tests/walls.yaml\" line=\"18\"/>"
        ),
        "{said}"
    );
    assert_eq!(said.matches("<failure ").count(), 1, "{said}");
}

#[test]
fn runs_side_by_side_do_not_meet() {
    let project = project(RIGHT);
    test(&project, &[]).expect(0);
    let before = inventory(&project);
    let runs: Vec<_> = (0..3).map(|_| spawn(project.path(), &["test"])).collect();
    for one in runs {
        let output = one.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(inventory(&project), before);
}

/// Until the database of a run is there.
fn wait_for_scratch(project: &PrivateProject) {
    let began = Instant::now();
    while !inventory(project).contains("portalctl_test_") {
        assert!(began.elapsed() < Duration::from_secs(60), "no database of a run appears");
    }
}

#[test]
fn an_interrupted_run_leaves_nothing_and_a_killed_one_is_cleaned_up_by_the_next() {
    let project = project(RIGHT);
    test(&project, &[]).expect(0);
    run(project.path(), &["db", "start"]).expect(0);
    let before = inventory(&project);
    for (signal, remains) in [(nix::sys::signal::Signal::SIGINT, false), (nix::sys::signal::Signal::SIGKILL, true)] {
        let mut child = command(project.path(), &["test", "--quiet"]).spawn().unwrap();
        wait_for_scratch(&project);
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        nix::sys::signal::kill(pid, signal).unwrap();
        child.wait().unwrap();
        assert_eq!(inventory(&project).contains("portalctl_test_"), remains, "{signal}");
    }
    // Something of somebody else's that only looks like it stays.
    psql(&project, "create database portalctl_test_000000000000").expect(0);
    test(&project, &[]).expect(0);
    let after = inventory(&project);
    assert_eq!(after.replace("portalctl_test_000000000000 ", ""), before);
    assert!(after.contains("portalctl_test_000000000000"), "{after}");
}

fn copy(from: &std::path::Path, project: &PrivateProject, under: &str) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        let name = format!("{under}{}", name.to_string_lossy());
        match path.is_dir() {
            true if name == ".portalctl" => {}
            true => copy(&path, project, &format!("{name}/")),
            false => drop(project.write(&name, &std::fs::read_to_string(&path).unwrap())),
        }
    }
}

fn here(folder: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

#[test]
fn the_tests_of_the_example_hold() {
    let project = PrivateProject::new();
    copy(&here("examples/acme"), &project, "");
    let said = test(&project, &[]).expect(0);
    assert_eq!(said.stdout.lines().filter(|line| line.starts_with("ok ")).count(), 5, "{}", said.stdout);
}

/// Keys of two kinds, composite keys, people of one table who report to each other, on a database that was there first.
#[test]
fn the_tests_of_the_traders_hold() {
    let Some(data) = std::env::var_os("PORTALCTL_TEST_DATA") else {
        eprintln!("SKIPPED: PORTALCTL_TEST_DATA does not say where the Northwind data are");
        return;
    };
    let project = PrivateProject::new();
    copy(&here("tests/northwind"), &project, "");
    let tables = std::fs::read_to_string(std::path::PathBuf::from(data).join("northwind/northwind.sql")).unwrap();
    project.write("db/00.sql", &tables);
    let document = std::fs::read_to_string(here("tests/northwind/portalctl.yaml")).unwrap();
    let sold = "  - {check: unscoped-tenant-object, object: product, reason: whoever visits sees what is sold, until: 2099-12-31}\n";
    project.write("portalctl.yaml", &format!("{document}{sold}"));
    let said = test(&project, &[]).expect(0);
    assert!(said.stdout.starts_with("ok    who-bought-and-who-supplied"), "{}", said.stdout);
}
