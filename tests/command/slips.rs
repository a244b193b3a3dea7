//! Slips of the hand that used to pass, and dates that nobody gave.

use crate::run::run;
use portalctl_test_support::PrivateProject;

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
{kind: object, name: ticket, managed: true, tenant: account_id, fields: {subject: text, note: text}}
---
{kind: object, name: guide, managed: true, fields: {title: text}}
---
kind: portal
name: desk
audiences:
  former: {grants: {guide: {read: {scope: public, fields: [title], where: {title: Welcome}}}}}
  customer: {grants: {ticket: {read: [subject]}, guide: {read: {scope: public, fields: [title]}}}}
";

fn desk() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    for name in ["east", "north", "south", "west", "zenith"] {
        run(project.path(), &["tenant", "add", name, "--key", name, "--title", &format!("{name} Ltd")]).expect(0);
        let email = format!("ann@{name}.example");
        run(project.path(), &["user", "invite", &email, "--as", "desk/customer", "--tenant", name]).expect(0);
    }
    project
}

/// A `lifecycle` that would shut everybody out is not applied by `--yes`, and says whom it shuts out and what to do first.
#[test]
fn whom_a_lifecycle_takes_access_from_is_counted_before() {
    let project = desk();
    let at = project.path();
    run(at, &["tenant", "set", "west", "--until", "2999-01-01"]).expect(0);
    let lifecycle = "name: desk\nlifecycle: {paid_until: paid_until, on_lapse: former}\n";
    project.write("portalctl.yaml", &SPEC.replace("name: desk\n", lifecycle));
    let plan = run(at, &["plan"]).expect(0).stdout;
    let counted = "lapses=desk/customer  4 people of 4 tenants lose access at once, left with desk/former: east Ltd, north Ltd, south Ltd and 1 more";
    assert!(plan.contains(counted), "{plan}");
    assert!(plan.contains("portalctl tenant set NAME --until YYYY-MM-DD"), "{plan}");
    let refused = run(at, &["apply", "--yes"]).expect(4).stderr;
    assert!(refused.contains(counted) && refused.contains("--allow lapses=desk/customer"), "{refused}");

    // What the plan says is what happens, and what was asked leaves nothing behind.
    for name in ["east", "north", "south"] {
        run(at, &["tenant", "set", name, "--until", "2999-01-01"]).expect(0);
    }
    let plan = run(at, &["plan"]).expect(0).stdout;
    assert!(plan.contains("1 person of 1 tenant loses access at once, left with desk/former: zenith Ltd"), "{plan}");
    run(at, &["apply", "--yes", "--allow", "lapses=desk/customer"]).expect(0);
    let users = run(at, &["user", "list"]).expect(0).stdout;
    assert_eq!(users.matches("lapsed, no date, as desk/former").count(), 1, "{users}");

    // Only who has access can lose it: a rule that says the same of the same people takes nothing.
    project
        .write("portalctl.yaml", &SPEC.replace("name: desk\n", &lifecycle.replace("on_lapse", "grace: 1d, on_lapse")));
    let plan = run(at, &["plan"]).expect(0).stdout;
    assert!(plan.contains("lapses_at") && !plan.contains("lapses="), "{plan}");
}

/// A name with a slip in it allowed nothing and was taken without a word. What is done already is told, and no error: a pipeline
/// says the same in every run.
#[test]
fn what_is_allowed_in_vain_is_told_and_a_slip_is_refused() {
    let project = desk();
    let at = project.path();
    let nothing = run(at, &["plan", "--allow", "destroys-data=acme.tiket"]).expect(0).stderr;
    assert!(nothing.contains("`--allow destroys-data=acme.tiket` allows nothing"), "{nothing}");
    let nothing = run(at, &["apply", "--yes", "--allow", "locks-out=nobody"]).expect(0).stderr;
    assert!(nothing.contains("`--allow locks-out=nobody` allows nothing"), "{nothing}");

    project.write("portalctl.yaml", &SPEC.replace(", note: text", ""));
    let near = run(at, &["plan", "--allow", "destroys-data=acme.ticket.notes"]).expect(2).stderr;
    assert!(near.contains("did you mean `--allow destroys-data=acme.ticket.note`?"), "{near}");
    let near = run(at, &["apply", "--yes", "--allow", "destroys-data=acme.ticket.notes"]).expect(2).stderr;
    assert!(near.contains("did you mean `--allow destroys-data=acme.ticket.note`?"), "{near}");
    let right = ["--allow", "destroys-data=acme.ticket.note"];
    run(at, &[&["plan", "--out", "saved.json"][..], &right].concat()).expect(0);
    let near = run(at, &["apply", "saved.json", "--allow", "destroys-data=acme.ticket.notes"]).expect(2).stderr;
    assert!(near.contains("did you mean `--allow destroys-data=acme.ticket.note`?"), "{near}");
    run(at, &[&["apply", "saved.json"][..], &right].concat()).expect(0);
}

#[test]
fn a_time_zone_that_is_none_is_found() {
    let project = PrivateProject::new();
    let with = |zone: &str| {
        project.write("portalctl.yaml", &format!("version: 1\nkind: project\nname: acme\ntimezone: {zone}\n"))
    };
    for (zone, hint) in [
        ("Europe/Lissabon", "write `Europe/Lisbon`"),
        ("europe/berlin", "write `Europe/Berlin`"),
        ("+02", "the IANA list has no such name"),
    ] {
        with(&format!("{zone:?}"));
        let found = run(project.path(), &["validate"]).expect(1);
        let said = found.stdout + &found.stderr;
        assert!(said.contains(hint) && said.contains("portalctl.yaml:4"), "{said}");
    }
    for zone in ["Europe/Lisbon", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+5"] {
        with(zone);
        run(project.path(), &["validate"]).expect(0);
    }
}

#[test]
fn a_port_that_is_taken_is_told_with_what_to_do() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for verb in [&["serve", "--listen"][..], &["up", "--listen"], &["up", "--port"]] {
        let refused = run(project.path(), &[verb, &[port.as_str()]].concat()).expect(2).stderr;
        let told = format!("cannot listen on `127.0.0.1:{port}`: port {port} is taken by another program");
        assert!(refused.contains(&told) && refused.contains("`--listen 0`"), "{refused}");
        assert!(!refused.contains("os error"), "{refused}");
    }
}

/// One slip is told once, with what was meant, and not again by all that goes by it.
#[test]
fn one_slip_is_one_finding() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", &SPEC.replacen("managed: true", "manged: true", 1));
    let said = run(project.path(), &["validate"]).expect(1);
    let said = said.stdout + &said.stderr;
    assert!(said.contains("did you mean `managed`?") && said.contains("1 error"), "{said}");

    // What was never written is said once as well, and refused.
    project.write("portalctl.yaml", &SPEC.replacen("managed: true, ", "", 1));
    let said = run(project.path(), &["validate"]).expect(1);
    let said = said.stdout + &said.stderr;
    assert!(said.contains("an object needs one of `table` and `managed`") && said.contains("1 error"), "{said}");
}

#[test]
fn a_type_that_is_called_otherwise_elsewhere_is_named() {
    let project = PrivateProject::new();
    for (written, ours) in [
        ("int", "write `integer`"),
        ("string", "write `text`"),
        ("varchar(50)", "write `{type: text, max_length: 50}`"),
        ("bool", "write `boolean`"),
        ("datetime", "write `timestamp`"),
        ("number", "write `decimal`"),
        ("NUMERIC(10, 2)", "write `decimal`"),
        ("txet", "did you mean `text`?"),
    ] {
        project.write("portalctl.yaml", &SPEC.replace("note: text", &format!("note: {written:?}")));
        let said = run(project.path(), &["validate"]).expect(1);
        let said = said.stdout + &said.stderr;
        assert!(said.contains(ours), "{written}: {said}");
    }
}

/// A field under another name keeps its values only where `was` says so; where it may be that, the plan asks.
#[test]
fn a_column_that_goes_where_one_of_its_type_comes_may_be_the_same() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    let hint = "`remark` is new and of the same type: if it is the same, write `was: note` at it";
    project.write("portalctl.yaml", &SPEC.replace("note: text", "remark: text"));
    let plan = run(project.path(), &["plan"]).expect(0).stdout;
    assert!(plan.contains(hint), "{plan}");
    let plan = run(project.path(), &["plan", "--allow", "destroys-data=acme.ticket.note"]).expect(0).stdout;
    assert!(plan.contains(hint), "{plan}");
    for other in ["remark: integer", "remark: text, memo: text", "remark: {type: text, was: note}"] {
        project.write("portalctl.yaml", &SPEC.replace("note: text", other));
        let plan = run(project.path(), &["plan"]).expect(0).stdout;
        assert!(!plan.contains("if it is the same"), "{other}: {plan}");
    }
}

#[test]
fn a_table_wider_than_postgresql_keeps_is_found() {
    let project = PrivateProject::new();
    let fields = |count: usize| (0..count).map(|n| format!("f{n}: text")).collect::<Vec<_>>().join(", ");
    project.write("portalctl.yaml", &SPEC.replace("note: text", &fields(1_600)));
    let said = run(project.path(), &["validate"]).expect(1);
    let said = said.stdout + &said.stderr;
    assert!(said.contains("the table of `ticket` would have 1603 columns"), "{said}");
    assert!(said.contains("PostgreSQL keeps at most 1600 in a table"), "{said}");
    project.write("portalctl.yaml", &SPEC.replace("note: text", &fields(1_000)));
    run(project.path(), &["validate"]).expect(0);
}

#[cfg(unix)]
#[test]
fn links_that_lead_round_in_a_circle_are_read_once_or_told() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.write("more/readme.txt", "nothing");
    std::os::unix::fs::symlink("..", project.path().join("more/back")).unwrap();
    let said = run(project.path(), &["validate"]).expect(0);
    assert!(said.stdout.contains("no findings") || said.stderr.contains("no findings"), "{said:?}");
    std::os::unix::fs::symlink("self.yaml", project.path().join("self.yaml")).unwrap();
    let said = run(project.path(), &["validate"]).expect(1);
    let said = said.stdout + &said.stderr;
    assert!(said.contains("it is a link that leads back to itself"), "{said}");
}

/// In words, a plan calls a persona what the documents call it; what its role is called is said where that is made.
#[test]
fn a_plan_calls_personas_as_the_documents_do() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.make_cluster();
    let plan = run(project.path(), &["plan"]).expect(0).stdout;
    assert!(plan.contains("+ role acme__desk__customer, of desk/customer"), "{plan}");
    assert!(plan.contains("SELECT (id, subject) on acme.ticket for desk/customer"), "{plan}");
    let roles = plan.lines().filter(|line| line.contains("__desk__") && !line.contains("role acme__desk__")).count();
    assert_eq!(roles, 0, "{plan}");
    run(project.path(), &["apply", "--yes"]).expect(0);
    // Of one that no document names any more the name of its role says it.
    let gone = SPEC.replace(
        "  former: {grants: {guide: {read: {scope: public, fields: [title], where: {title: Welcome}}}}}\n",
        "",
    );
    project.write("portalctl.yaml", &gone);
    let plan = run(project.path(), &["plan"]).expect(0).stdout;
    assert!(plan.contains("- desk/former: read guide (title)"), "{plan}");
    assert!(plan.contains("- role acme__desk__former, of desk/former"), "{plan}");
}
