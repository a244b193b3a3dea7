//! Going back to what was applied before.

use crate::since::{SPEC, Shop};
use crate::template::commit;

/// Customers see e-mail addresses, and there is a column more; `subject` is called otherwise.
fn later() -> String {
    SPEC.replace("  iban:", "  phone: {type: text}\n  iban:")
        .replace("read: [subject, status]", "read: [subject, status, email, phone]")
        .replace("create: [subject, email]", "create: [subject, email, phone]")
}

impl Shop {
    /// As a customer of the tenant `north`.
    fn ask(&self, sql: &str) -> String {
        let ran = self.run(&["sql", "--as", "shop/customer", "--tenant", "north", "--format", "csv", "-c", sql]);
        if ran.code == 0 { ran.stdout.replace('\r', "") } else { ran.stderr }
    }

    fn order(&self, columns: &str, values: &str) {
        self.one(&format!(
            "insert into acme.\"order\" (account_id, {columns}) values ('north', {values}), ('south', {values})"
        ));
    }
}

#[test]
fn access_is_as_it_was_and_no_data_is_lost() {
    let shop = Shop::new();
    shop.write(&later());
    shop.run(&["apply", "--yes"]).expect(0);
    shop.order("subject, email, phone", "'Jam', 'ann@north.example', '030'");
    assert_eq!(shop.ask("select email, phone from acme.\"order\""), "email,phone\nann@north.example,030\n");

    let asked = shop.run(&["rollback"]).expect(4);
    assert!(asked.stderr.contains("back to state 1 of ") && asked.stderr.contains("--yes"), "{}", asked.stderr);
    assert!(asked.stderr.contains("- shop/customer: read order (email) — narrow, sensitive"), "{}", asked.stderr);
    assert!(asked.stderr.contains("--allow destroys-data=acme.order.phone drops it"), "{}", asked.stderr);
    assert_eq!(shop.ask("select email from acme.\"order\""), "email\nann@north.example\n");

    let done = shop.run(&["rollback", "--yes"]).expect(0);
    assert!(done.stderr.contains("the folder's documents are as they were"), "{}", done.stderr);
    for column in ["email", "phone"] {
        let refused = shop.ask(&format!("select {column} from acme.\"order\""));
        assert!(refused.contains("permission denied"), "{column}: {refused}");
    }
    assert_eq!(shop.ask("select subject, status from acme.\"order\""), "subject,status\nJam,new\n");
    assert_eq!(shop.one("select string_agg(phone, ' ') from acme.\"order\""), "030 030");
    // The work tree is the later one, and says so.
    assert_eq!(std::fs::read_to_string(shop.0.path().join("portalctl.yaml")).unwrap(), later());
    assert!(shop.run(&["plan"]).expect(0).stdout.contains("+ shop/customer: read order (phone) — widen\n"));

    let lost = shop.run(&["rollback", "--state", "1", "--yes", "--allow", "destroys-data=acme.order.phone"]).expect(0);
    assert!(lost.stderr.contains("destroys-data=acme.order.phone"), "{}", lost.stderr);
    assert_eq!(
        shop.one("select count(*) from pg_attribute where attrelid = 'acme.\"order\"'::regclass and attname = 'phone'"),
        "0"
    );
}

#[test]
fn what_was_renamed_is_called_as_before_with_what_it_holds() {
    let shop = Shop::new();
    shop.order("subject", "'Jam'");
    let renamed = SPEC.replace("  subject: {type", "  title: {was: subject, type").replace("[subject", "[title");
    shop.write(&renamed);
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.ask("select title from acme.\"order\""), "title\nJam\n");
    let done = shop.run(&["rollback", "--yes"]).expect(0);
    assert!(done.stderr.contains("acme.order.title is called subject"), "{}", done.stderr);
    assert_eq!(shop.ask("select subject from acme.\"order\""), "subject\nJam\n");
    // And forth again.
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.ask("select title from acme.\"order\""), "title\nJam\n");
}

/// `from` of the order is called `to`, with a word of it or without.
fn called(from: &str, to: &str, said: bool) -> String {
    let was = if said { format!("was: {from}, ") } else { String::new() };
    SPEC.replace("  subject: {type", &format!("  {to}: {{{was}type")).replace("[subject", &format!("[{to}"))
}

/// Whatever the documents applied last still say of it.
#[test]
fn through_any_chain_of_names_the_data_stay() {
    let shop = Shop::new();
    shop.order("subject", "'Jam'");
    let columns = "select string_agg(attname, ' ' order by attname) from pg_attribute
        where attrelid = 'acme.\"order\"'::regclass and attname in ('subject', 'title', 'heading')";
    let apply = |spec: &str| {
        shop.write(spec);
        shop.run(&["apply", "--yes"]).expect(0);
    };
    apply(&called("subject", "title", true));
    apply(&called("subject", "title", false));
    apply(&called("title", "heading", true));
    let last = called("title", "heading", false);
    apply(&last);
    commit(shop.0.path());
    assert_eq!(shop.ask("select heading from acme.\"order\""), "heading\nJam\n");
    // Two names back, and to what no document says any more.
    let done = shop.run(&["rollback", "--state", "1", "--yes"]).expect(0).stderr;
    assert!(done.contains("acme.order.heading is called subject"), "{done}");
    assert!(done.contains("write `was: subject` there, or it comes back empty"), "{done}");
    assert_eq!(
        (shop.ask("select subject from acme.\"order\"").as_str(), shop.one(columns).as_str()),
        ("subject\nJam\n", "subject")
    );
    // Over that rollback to a name in between, forth again, and once more to the first, by its revision.
    for (state, name) in [("3", "title"), ("5", "heading"), ("2", "title"), ("4", "heading")] {
        shop.run(&["rollback", "--state", state, "--yes"]).expect(0);
        assert_eq!(shop.one(columns), name, "state {state}");
        assert_eq!(shop.ask(&format!("select {name} from acme.\"order\"")), format!("{name}\nJam\n"), "state {state}");
    }
    shop.run(&["rollback", "HEAD~1", "--yes"]).expect(0);
    assert_eq!(shop.one(columns), "subject");
    assert_eq!(shop.one("select string_agg(subject, ' ') from acme.\"order\""), "Jam Jam");
}

/// A table, with a column of it, and with what was shared of its rows.
#[test]
fn a_table_is_called_as_before_with_its_rows_and_shares() {
    let shop = Shop::new();
    shop.order("subject", "'Jam'");
    shop.one(
        "insert into acme_portal.share (object, row_key, tenant_kind, tenant_key) values ('order', '{1}', '', 'north')",
    );
    let table = |from: &str, to: &str, said: bool| {
        let was = if said { format!("\nwas: {from}") } else { String::new() };
        let renamed = called("subject", "title", said).replace("name: order\n", &format!("name: {to}{was}\n"));
        renamed.replace("grants: {order:", &format!("grants: {{{to}:"))
    };
    for spec in [table("order", "purchase", true), table("order", "purchase", false)] {
        shop.write(&spec);
        shop.run(&["apply", "--yes"]).expect(0);
    }
    let deal = table("purchase", "deal", true).replace("title: {was: subject, ", "title: {");
    shop.write(&deal);
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.ask("select title from acme.deal"), "title\nJam\n");
    let done = shop.run(&["rollback", "--state", "1", "--yes"]).expect(0).stderr;
    assert!(done.contains("table acme.deal is called acme.order"), "{done}");
    assert_eq!(shop.ask("select subject from acme.\"order\""), "subject\nJam\n");
    assert_eq!(shop.one("select string_agg(object, ' ') from acme_portal.share"), "order");
    assert_eq!(shop.one("select to_regclass('acme.deal') is null and to_regclass('acme.purchase') is null"), "t");
}

/// An audience has no `was`: under another name it is another, with a role and people of its own.
#[test]
fn an_audience_comes_back_with_its_people_and_the_later_one_leaves_nothing() {
    let shop = Shop::new();
    shop.order("subject", "'Jam'");
    shop.run(&["user", "invite", "ann@north.example", "--as", "shop/customer", "--tenant", "north"]).expect(0);
    let ann = || {
        let listed = shop.run(&["user", "list", "--format", "json"]).expect(0).stdout;
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let places = listed["users"].as_array().unwrap().iter();
        places.map(|place| place["persona"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ann(), ["shop/customer"]);
    let roles = "select string_agg(rolname, ' ' order by rolname) from pg_roles where rolname like 'acme\\_\\_shop%'";
    shop.write(&SPEC.replace("  customer:\n", "  buyer:\n"));
    shop.run(&["apply", "--yes"]).expect(0);
    assert_eq!(shop.one(roles), "acme__shop__buyer");
    // Nobody is a buyer for having been a customer.
    assert_eq!(ann(), ["shop/customer"]);
    let link = shop.run(&["user", "link", "ann@north.example"]);
    assert_ne!(link.code, 0, "{}", link.stdout);
    let as_buyer = ["sql", "--as", "shop/buyer", "--user", "ann@north.example", "--tenant", "north", "-c", "select 1"];
    assert_ne!(shop.run(&as_buyer).code, 0);

    let asked = shop.run(&["rollback"]).expect(4).stderr;
    for told in ["+ shop/customer: read order (status, subject)", "- shop/buyer: read order (status, subject)"] {
        assert!(asked.contains(told), "{told} in {asked}");
    }
    shop.run(&["rollback", "--yes"]).expect(0);
    assert_eq!((shop.one(roles).as_str(), ann()), ("acme__shop__customer", vec!["shop/customer".to_owned()]));
    shop.write(SPEC);
    assert_eq!(shop.ask("select subject from acme.\"order\""), "subject\nJam\n");
    shop.run(&["user", "link", "ann@north.example"]).expect(0);
    let rest = "select count(*) from pg_policies where policyname like '%buyer%' or 'acme__shop__buyer' = any (roles)";
    assert_eq!(shop.one(rest), "0");
}

/// What a revision holds is new to the database unless it was applied before.
#[test]
fn a_revision_gives_nobody_anything_new_where_that_is_asserted() {
    let shop = Shop::new();
    let asserted = SPEC.replacen("name: acme\n", "name: acme\nassertions: [{no_new_access: {}}]\n", 1);
    let narrow = asserted.replace("read: [subject, status]", "read: [subject]");
    shop.write(&asserted);
    commit(shop.0.path());
    shop.write(&narrow);
    commit(shop.0.path());
    shop.run(&["apply", "--yes"]).expect(0);
    let refused = shop.run(&["rollback", "HEAD~1", "--yes"]).expect(4).stderr;
    assert!(refused.contains("somebody gains access since state 2 of "), "{refused}");
    let reads = "select has_column_privilege('acme__shop__customer', 'acme.\"order\"', 'status', 'select')";
    assert_eq!(shop.one(reads), "f");
    // The same documents, applied once: then narrowed, and gone back to.
    for spec in [SPEC, &asserted, &narrow] {
        shop.write(spec);
        shop.run(&["apply", "--yes"]).expect(0);
    }
    assert_eq!(shop.one(reads), "f");
    shop.run(&["rollback", "HEAD~1", "--yes"]).expect(0);
    assert_eq!(shop.one(reads), "t");
}

#[test]
fn states_and_revisions_are_named() {
    let shop = Shop::new();
    assert!(shop.run(&["rollback", "--yes"]).expect(2).stderr.contains("nothing is known of what was applied before"));
    shop.write(&later());
    commit(shop.0.path());
    shop.run(&["apply", "--yes"]).expect(0);
    let list = shop.run(&["rollback", "--list"]).expect(0).stdout;
    let rows: Vec<&str> = list.lines().map(|line| line.split_whitespace().next().unwrap_or_default()).collect();
    assert_eq!(rows, ["STATE", "2", "1"]);
    assert!(list.lines().all(|line| line.chars().count() <= 100), "{list}");
    let json: serde_json::Value =
        serde_json::from_str(&shop.run(&["rollback", "--list", "--format", "json"]).expect(0).stdout).unwrap();
    let head =
        std::process::Command::new("git").arg("-C").arg(shop.0.path()).args(["rev-parse", "HEAD~1"]).output().unwrap();
    let head = String::from_utf8(head.stdout).unwrap();
    assert_eq!(json["states"][1]["commit"], head.trim());
    assert!(json["states"][0].get("documents").is_none());

    assert!(shop.run(&["rollback", "--state", "9", "--yes"]).expect(2).stderr.contains("there is no state 9"));
    assert!(shop.run(&["rollback", "nowhere", "--yes"]).expect(2).stderr.contains("there is no revision `nowhere`"));
    shop.run(&["rollback", "--list", "--yes"]).expect(2);
    shop.run(&["rollback", "HEAD~1", "--yes"]).expect(0);
    assert_eq!(shop.one("select git_commit from acme_portal.applied_state order by id desc limit 1"), head.trim());
    assert!(shop.ask("select email from acme.\"order\"").contains("permission denied"));
    // What a revision holds is checked as what lies in the folder is.
    shop.write(
        &SPEC.replace("  customer:\n", "  guest: {who: guest, grants: {order: {read: [email]}}}\n  customer:\n"),
    );
    commit(shop.0.path());
    let refused = shop.run(&["rollback", "HEAD", "--yes"]).expect(2);
    assert!(refused.stderr.contains("the spec is invalid"), "{}", refused.stderr);
    // Going back without a name goes to what was in force before, and then forth.
    shop.write(&later());
    shop.run(&["rollback", "--yes"]).expect(0);
    assert_eq!(shop.ask("select count(email) from acme.\"order\""), "count\n0\n");
}

/// Of those who may, the people of one tenant; whoever is kept out is none.
#[test]
fn who_can_names_the_people_of_a_tenant() {
    let shop = Shop::new();
    for (email, tenant) in
        [("ann@north.example", "north"), ("ben@north.example", "north"), ("sue@south.example", "south")]
    {
        shop.run(&["user", "invite", email, "--as", "shop/customer", "--tenant", tenant]).expect(0);
    }
    shop.run(&["user", "disable", "ben@north.example"]).expect(0);
    let told = shop.run(&["who-can", "update", "order.subject", "--tenant", "north"]).expect(0).stdout;
    assert!(told.contains("shop/customer: ") && told.ends_with("  ann@north.example\n"), "{told}");
    assert!(!told.contains("sue@") && !told.contains("ben@"), "{told}");
    let json = shop.run(&["who-can", "read", "order", "--tenant", "south", "--format", "json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["personas"][0]["people"], serde_json::json!(["sue@south.example"]));
    shop.run(&["user", "disable", "sue@south.example"]).expect(0);
    assert_eq!(shop.run(&["who-can", "read", "order", "--tenant", "south"]).expect(1).stdout, "nobody\n");
    shop.run(&["who-can", "read", "order", "--tenant", "nowhere"]).expect(2);
}
