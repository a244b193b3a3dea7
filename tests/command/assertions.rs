//! What a project says must hold, held at every gate.

use crate::run::{Ran, command, ended, run};
use crate::since::{SPEC, Shop};
use crate::template::commit;
use sqlx::{Connection, PgConnection};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn with(assertions: &str) -> String {
    SPEC.replacen("name: acme\n", &format!("name: acme\nassertions: {assertions}\n"), 1)
}

fn validate(spec: &str) -> Ran {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("portalctl.yaml"), spec).unwrap();
    run(folder.path(), &["validate"])
}

const GUEST: &str =
    "  visitor: {who: guest, grants: {order: {read: {scope: public, where: {status: done}, fields: [subject]}}}}\n";

fn with_guest(assertions: &str) -> String {
    with(assertions).replace("audiences:\n", &format!("audiences:\n{GUEST}"))
}

#[test]
fn what_is_granted_and_must_not_be_is_an_error_at_its_place() {
    for held in [
        "[{no_public_access: {}}]",
        "[{access_not_granted: {as: shop/*, object: order, field: iban}}]",
        "[{access_not_granted: {as: shop/customer, object: order, action: delete}}]",
        "[{access_not_granted: {as: shop/customer, object: order, field: email, action: read}}]",
    ] {
        validate(&with(held)).expect(0);
    }
    for (broken, said) in [
        ("[{access_not_granted: {as: shop/customer, object: order}}]", "shop/customer: read order"),
        ("[{access_not_granted: {as: shop/*, object: order, action: update}}]", "shop/customer: update order"),
        ("[{access_not_granted: {as: shop/*, object: order, field: email}}]", "shop/customer: create order.email"),
        ("[{access_not_granted: {as: shop/*, object: order, field: status, action: read}}]", "read order.status"),
    ] {
        let told = validate(&with(broken)).expect(1);
        assert!(told.stdout.contains("assertion-broken") && told.stdout.contains(said), "{broken}: {}", told.stdout);
        assert!(told.stdout.contains("portalctl.yaml:4:14"), "{}", told.stdout);
    }
    for (classes, code) in
        [("{}", 1), ("{classes: [personal]}", 0), ("{objects: [order]}", 1), ("{classes: [business]}", 1)]
    {
        let told = validate(&with_guest(&format!("[{{no_public_access: {classes}}}]")));
        assert_eq!(told.stdout.contains("shop/visitor: read order"), code == 1, "{classes}: {}", told.stdout);
    }
}

/// A slip in a name would hold for ever.
#[test]
fn names_are_looked_up() {
    for (slip, said) in [
        ("{access_not_granted: {as: shop/costumer, object: order}}", "there is no audience `shop/costumer`"),
        ("{access_not_granted: {as: stop/*, object: order}}", "there is no audience `stop/*`"),
        ("{access_not_granted: {as: shop/*, object: oder}}", "there is no object `oder`"),
        ("{access_not_granted: {as: shop/*, object: order, field: ibn}}", "`order` has no field `ibn`"),
        ("{access_not_granted: {as: shop/*, object: order, action: transition:gone}}", "`order` has no state `gone`"),
        ("{access_not_granted: {as: shop/*, object: order, action: red}}", "action"),
        ("{no_public_access: {objects: [oder]}}", "there is no object `oder`"),
        ("{no_public_access: {classes: [private]}}", "private"),
        ("{no_public_access: {}, no_new_access: {}}", "no_new_access"),
        ("{}", "no_public_access"),
    ] {
        let told = validate(&with(&format!("[{slip}]"))).expect(1);
        assert!(told.stdout.contains(said), "{slip}: {}", told.stdout);
    }
}

#[test]
fn nobody_gains_since_a_revision() {
    let shop = Shop::new();
    let asserted = with("[{no_new_access: {against: HEAD}}]");
    shop.write(&asserted);
    shop.run(&["diff", "HEAD"]).expect(0);
    shop.run(&["validate"]).expect(0);
    let wider = asserted.replace("read: [subject, status]", "read: [subject, status, email]");
    shop.write(&wider);
    let told = shop.run(&["diff", "HEAD"]).expect(1);
    assert!(told.stderr.contains("error[assertion-broken]: somebody gains access since `HEAD`"), "{}", told.stderr);
    assert!(told.stderr.contains("shop/customer: read order.email"), "{}", told.stderr);
    for refused in [&["plan"][..], &["apply", "--yes"]] {
        let refused = shop.run(refused).expect(4);
        assert!(refused.stderr.contains("an assertion of the project does not hold"), "{}", refused.stderr);
    }
    let reason =
        "accept: [{check: access-widened, object: order, reason: \"decided with finance\", until: 2099-01-31}]";
    shop.write(&wider.replacen("name: acme\n", &format!("name: acme\n{reason}\n"), 1));
    shop.run(&["diff", "HEAD"]).expect(0);
    shop.write(&asserted.replace("against: HEAD", "against: nowhere"));
    shop.run(&["plan"]).expect(2);
    // A folder of the revision's name, which the change itself may bring, does not stand in for it.
    let wider = wider.replacen("name: acme\n", "name: acme\nspecs: [specs]\n", 1);
    shop.write(&wider);
    for folder in ["specs", "HEAD"] {
        std::fs::create_dir(shop.0.path().join(folder)).unwrap();
    }
    std::fs::write(shop.0.path().join("HEAD/portalctl.yaml"), &wider).unwrap();
    assert!(shop.run(&["plan"]).expect(4).stderr.contains("somebody gains access since `HEAD`"));
}

/// Asked within its transaction, git would keep everybody waiting for as long as it takes.
#[tokio::test]
async fn git_is_asked_before_the_database_waits_for_it() {
    let shop = Shop::new();
    shop.write(
        &with("[{no_new_access: {against: HEAD}}]").replace("read: [subject, status]", "read: [subject, email]"),
    );
    let server = shop.0.cluster().start().await.unwrap();
    let mut turn = PgConnection::connect(&server.url("postgres", "postgres")).await.unwrap();
    let number = blake3::hash(b"portalctl: roles of this cluster");
    let number = i64::from_be_bytes(number.as_bytes()[..8].try_into().unwrap());
    sqlx::query("select pg_advisory_lock($1)").bind(number).execute(&mut turn).await.unwrap();
    let (tools, asked) = (TempDir::new().unwrap(), shop.0.path().join(".portalctl/asked"));
    let script = format!("#!/bin/sh\nPATH=${{PATH#*:}}\necho \"$*\" >> '{}'\nexec git \"$@\"\n", asked.display());
    let git = tools.path().join("git");
    std::fs::write(&git, script).unwrap();
    std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap());
    let mut apply = command(shop.0.path(), &["apply", "--yes"]);
    let apply = apply.env("PATH", path).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Both what the folder is and what the revision holds, while the database is somebody else's.
    let questions = || std::fs::read_to_string(&asked).unwrap_or_default();
    let began = Instant::now();
    while !["status", "cat-file"].iter().all(|question| questions().contains(question)) {
        assert!(began.elapsed() < Duration::from_secs(60), "never asked but:\n{}", questions());
        std::thread::yield_now();
    }
    drop(turn);
    let refused = ended(apply.wait_with_output().unwrap()).expect(4);
    assert!(refused.stderr.contains("somebody gains access since `HEAD`"), "{}", refused.stderr);
    server.end().unwrap();
}

#[test]
fn nobody_gains_since_the_last_apply() {
    let shop = Shop::new();
    let asserted = with("[{no_new_access: {}}]");
    let wider = asserted.replace("read: [subject, status]", "read: [subject, status, email]");
    shop.write(&asserted);
    shop.run(&["apply", "--yes"]).expect(0);
    shop.write(&wider);
    commit(shop.0.path());
    // No revision is meant, so `diff` has nothing to say of it.
    shop.run(&["diff", "HEAD"]).expect(0);
    let refused = shop.run(&["apply", "--yes"]).expect(4);
    assert!(refused.stderr.contains("somebody gains access since state 2 of "), "{}", refused.stderr);
    assert_eq!(shop.one("select count(*) from acme_portal.receipt"), "1");
    assert_eq!(
        shop.one("select has_column_privilege('acme__shop__customer', 'acme.\"order\"', 'email', 'select')"),
        "f"
    );
    // A plan that was saved before the assertion came is refused, too.
    shop.run(&["plan", "--out", "plan.json"]).expect(4);
    shop.run(&["apply", "plan.json", "--yes"]).expect(4);
    shop.write(&asserted.replace("read: [subject, status]", "read: [subject]"));
    shop.run(&["apply", "--yes"]).expect(0);
    // What was so before may be so again, by whoever goes back.
    shop.run(&["rollback", "--yes"]).expect(0);
    // Of what nobody knows nothing is held.
    shop.one("delete from acme_portal.applied_state");
    assert!(shop.run(&["plan"]).expect(4).stderr.contains("cannot be told"));
}
