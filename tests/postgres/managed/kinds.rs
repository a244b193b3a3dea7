//! Rows that name tenants of any kind by their keys alone: customer 1 is never partner 1.

use super::shop::Shop;
use crate::provisioned::{Asker, folder, rows, run};
use portalctl::adapters::postgres::planning::PlanError;
use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, PgConnection};
use std::sync::LazyLock;

/// Read when it is needed.
static SPEC: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(folder("postgres/managed/kinds.yaml")).expect("the spec"));

const TICKETS: &str = r#"select account_id || ' ' || subject from "{p}".ticket order by 1"#;

fn customer(key: &str) -> Asker {
    Asker::new("shop/customer").of("customer", key).with("key", "ann")
}

fn partner(key: &str) -> Asker {
    Asker::new("shop/partner").of("partner", key).with("key", "bob")
}

fn agent() -> Asker {
    Asker::new("shop/agent").with("key", "sam")
}

/// A customer, 1, and a partner, 2, each with a ticket and a remark on it.
async fn opened() -> Shop {
    let mut shop = Shop::empty(&SPEC).await;
    shop.settle(&SPEC).await;
    for (asker, subject) in [(customer("1"), "of a customer"), (partner("2"), "of a partner")] {
        shop.act(&asker, &format!(r#"insert into "{{p}}".ticket (subject) values ('{subject}')"#)).await.unwrap();
        shop.act(&asker, r#"insert into "{p}".remark (ticket_id, text) select id, subject from "{p}".ticket"#)
            .await
            .unwrap();
    }
    shop
}

/// Adds a tenant as the project's owner role does, which the command line works as.
async fn add(shop: &Shop, connection: &mut PgConnection, kind: &str, key: &str) -> Result<(), sqlx::Error> {
    let statement = format!(
        "insert into {{p}}_portal.tenant (tenant_kind, key, name, title, origin) \
         values ('{kind}', '{key}', '{kind}-{key}', '{kind} {key}', 'command')"
    );
    rows(connection, &shop.world.text(&statement)).await.map(drop)
}

async fn owner(shop: &Shop) -> PgConnection {
    let mut connection = shop.world.db.admin().await;
    run(&mut connection, &shop.world.text(r#"set session authorization "{p}__owner""#)).await;
    connection
}

/// A mutant: takes the part around `marker` that begins and ends so out of the functions of the control schema that have it.
async fn without(shop: &Shop, marker: &str, (begin, end): (&str, &str)) {
    let mut admin = shop.world.db.admin().await;
    let query = "select pg_get_functiondef(oid) from pg_proc where pronamespace = '{p}_portal'::regnamespace and position($1 in prosrc) > 0";
    let found: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(shop.world.text(query))).bind(marker).fetch_all(&mut admin).await.unwrap();
    assert!(!found.is_empty(), "no function has `{marker}`");
    for function in found {
        let at = function.find(marker).unwrap();
        let start = function[..at].rfind(begin).expect("its beginning");
        let stop = at + function[at..].find(end).expect("its end") + end.len();
        rows(&mut admin, &format!("{}{}", &function[..start], &function[stop..])).await.unwrap();
    }
}

/// What stands between two tenants of one key, as the constraint is called.
fn constraint(result: Result<(), sqlx::Error>) -> Option<String> {
    result.unwrap_err().as_database_error().and_then(|error| error.constraint()).map(str::to_owned)
}

#[tokio::test]
async fn each_kind_sees_its_own() {
    let shop = opened().await;
    assert_eq!(shop.act(&customer("1"), TICKETS).await.unwrap(), ["1 of a customer"]);
    assert_eq!(shop.act(&partner("2"), TICKETS).await.unwrap(), ["2 of a partner"]);
    let remarks = r#"select text from "{p}".remark"#;
    assert_eq!(shop.act(&customer("1"), remarks).await.unwrap(), ["of a customer"]);
    assert_eq!(shop.act(&partner("2"), remarks).await.unwrap(), ["of a partner"]);
    // Neither writes to the other.
    let all = r#"update "{p}".ticket set subject = 'taken' returning account_id"#;
    assert_eq!(shop.act(&partner("2"), all).await.unwrap(), ["2"]);
    shop.ask(r#"delete from "{p}".remark"#).await;
    let all = r#"delete from "{p}".ticket returning account_id"#;
    assert_eq!(shop.act(&customer("1"), all).await.unwrap(), ["1"]);
    assert_eq!(shop.ask(TICKETS).await, ["2 taken"]);
    // A key of the other kind opens nothing.
    for asker in [customer("2"), partner("1")] {
        let mut connection = shop.world.db.admin().await;
        let refused = shop.try_token(&mut connection, &asker).await.unwrap_err();
        assert!(refused.contains("needs a tenant of its kind"), "{refused}");
    }
}

#[tokio::test]
async fn what_is_written_down_names_the_kind() {
    let shop = opened().await;
    shop.act(&agent(), r#"insert into "{p}".ticket (account_id, subject) values ('2', 'by staff')"#).await.unwrap();
    let events = shop
        .ask(
            "select tenant_kind || ':' || tenant_key || ' ' || action || ' ' || persona from {p}_portal.audit_event \
             where object = 'ticket' order by id",
        )
        .await;
    assert_eq!(
        events,
        ["customer:1 row.insert shop/customer", "partner:2 row.insert shop/agent", "partner:2 row.insert shop/partner",]
    );
    // Each reads of its own, and of what staff did for it.
    let activity = "select what || ' ' || object from {p}_portal.activity(10, null) order by id";
    let mine = shop.act(&partner("2"), activity).await.unwrap();
    assert_eq!(mine, ["insert remark", "insert ticket", "insert ticket"]);
    assert_eq!(shop.act(&customer("1"), activity).await.unwrap().len(), 2);
    let changes = "select c.what from {p}_portal.changes_ticket(\
                   array[(select id::text from \"{p}\".ticket where subject = 'by staff')], 10) as c";
    assert_eq!(shop.act(&partner("2"), changes).await.unwrap(), ["insert"]);
    let of_other = changes.replace("by staff", "of a customer");
    assert!(shop.act(&partner("2"), &of_other).await.is_ok_and(|lines| lines.is_empty()));
}

#[tokio::test]
async fn files_and_hand_overs_stay_with_the_kind() {
    let shop = opened().await;
    let sha = "0".repeat(64);
    let ticket = shop.ask(r#"select id from "{p}".ticket where account_id = '1'"#).await.remove(0);
    let attach = format!(
        "select id is not null from {{p}}_portal.attach_ticket(array['{ticket}'], 'a.txt', 'text/plain', 10, '{sha}', 'clean')"
    );
    assert_eq!(shop.act(&customer("1"), &attach).await.unwrap(), ["t"]);
    assert!(shop.act(&partner("2"), &attach).await.is_ok_and(|made| made.is_empty()));
    let list = format!("select name from {{p}}_portal.attachments_ticket(array['{ticket}'], null)");
    assert_eq!(shop.act(&customer("1"), &list).await.unwrap(), ["a.txt"]);
    assert!(shop.act(&partner("2"), &list).await.is_ok_and(|made| made.is_empty()));
    assert_eq!(shop.ask("select tenant_kind || ':' || tenant_key from {p}_portal.attachment").await, ["customer:1"]);
    // A ticket goes to people of its own tenant: by the customer, and by staff who see both.
    let hand = |to: &str| format!(r#"update "{{p}}".ticket set contact_id = '{to}' where account_id = '1'"#);
    shop.act(&customer("1"), &hand("ann")).await.unwrap();
    shop.act(&agent(), &hand("ann")).await.unwrap();
    shop.act(&customer("1"), &hand("bob")).await.unwrap_err();
    shop.act(&agent(), &hand("bob")).await.unwrap_err();
}

/// Two things keep a partner of a customer's key out: there is none, and it would be nobody. Each holds without the other;
/// without both the rows are open, so that what is asked here can fail.
#[tokio::test]
async fn a_partner_with_the_key_of_a_customer_sees_nothing() {
    let shop = opened().await;
    let mut owner = owner(&shop).await;
    assert_eq!(constraint(add(&shop, &mut owner, "partner", "1").await).as_deref(), Some("tenant_key_alone"));
    // Nor by another way: no tenant becomes another's.
    let steal = shop.world.text("update {p}_portal.tenant set key = '1' where key = '2'");
    assert_eq!(constraint(rows(&mut owner, &steal).await.map(drop)).as_deref(), Some("tenant_key_alone"));

    rows(&mut owner, &shop.world.text("drop index {p}_portal.tenant_key_alone")).await.unwrap();
    add(&shop, &mut owner, "partner", "1").await.unwrap();
    let mut admin = shop.world.db.admin().await;
    for asker in [partner("1"), customer("1")] {
        let refused = shop.try_token(&mut admin, &asker).await.unwrap_err();
        assert!(refused.contains("needs a tenant of its kind"), "{refused}");
    }
    // Nor do others lose theirs.
    assert_eq!(shop.act(&partner("2"), TICKETS).await.unwrap(), ["2 of a partner"]);

    without(&shop, "o.key = t.key AND", (" AND NOT EXISTS", "o.tenant_kind <> t.tenant_kind)")).await;
    assert_eq!(shop.act(&partner("1"), TICKETS).await.unwrap(), ["1 of a customer"], "the test can fail");
}

/// In a project without kinds the key alone says whose a row is: somebody who is given a kind all the same is nobody.
#[tokio::test]
async fn a_kind_where_there_are_none_opens_nothing() {
    let kindless =
        |line: &str| line.replace("tenant_kind: customer", "").replace("tenant_kind: partner", "").replace("{, ", "{");
    let spec: Vec<String> = SPEC.lines().map(kindless).collect();
    let spec = spec.join("\n");
    let mut shop = Shop::empty(&spec).await;
    shop.settle(&spec).await;
    let mut admin = shop.world.db.admin().await;
    add(&shop, &mut admin, "x", "1").await.unwrap();
    let known = Asker::new("shop/customer").of("", "1").with("key", "ann");
    let stranger = Asker::new("shop/customer").of("x", "1").with("key", "ann");
    shop.act(&known, r#"insert into "{p}".ticket (subject) values ('of the first')"#).await.unwrap();
    let refused = shop.try_token(&mut admin, &stranger).await.unwrap_err();
    assert!(refused.contains("needs a tenant of its kind"), "{refused}");

    without(&shop, "t.tenant_kind = ''", (" AND", "''")).await;
    assert_eq!(shop.act(&stranger, TICKETS).await.unwrap(), ["1 of the first"], "the test can fail");
}

/// Of two who add a customer and a partner of one key at the same time, one is told.
#[tokio::test]
async fn of_two_additions_at_once_one_is_refused() {
    let shop = opened().await;
    let (mut first, mut second) = (owner(&shop).await, owner(&shop).await);
    run(&mut first, "begin").await;
    add(&shop, &mut first, "customer", "9").await.unwrap();
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut second).await.unwrap();
    let mut watcher = shop.world.db.admin().await;
    let waiting = async {
        loop {
            let query = "select cardinality(pg_blocking_pids($1)) > 0";
            let blocked: bool = sqlx::query_scalar(query).bind(pid).fetch_one(&mut watcher).await.unwrap();
            if blocked {
                break;
            }
        }
        run(&mut first, "commit").await;
    };
    let (refused, ()) = tokio::join!(add(&shop, &mut second, "partner", "9"), waiting);
    assert_eq!(constraint(refused).as_deref(), Some("tenant_key_alone"));
    assert_eq!(shop.ask("select tenant_kind from {p}_portal.tenant where key = '9'").await, ["customer"]);
}

fn refusals(error: PlanError) -> Vec<String> {
    let PlanError::Refused(refusals) = error else { panic!("{error}") };
    refusals.into_iter().map(|refusal| refusal.message).collect()
}

#[tokio::test]
async fn a_document_brings_no_key_that_another_kind_has() {
    let shop = opened().await;
    add(&shop, &mut owner(&shop).await, "partner", "7").await.unwrap();
    let spec = format!("{}---\nkind: tenant\nname: gamma\ntenant_kind: customer\nkey: \"7\"\n", *SPEC);
    let refused = shop.world.plan(&shop.world.model(&spec)).await.unwrap_err();
    assert_eq!(refusals(refused), ["the tenants `customer:7` and `partner:7` have one key"]);
    // And one that comes between the plan and its end is in the way of the whole of it.
    let spec = spec.replace("\"7\"", "\"8\"");
    let model = shop.world.model(&spec);
    let plan = shop.world.plan(&model).await.unwrap();
    add(&shop, &mut owner(&shop).await, "partner", "8").await.unwrap();
    shop.world.apply_plan(&model, &plan).await.unwrap_err();
    assert_eq!(shop.ask("select tenant_kind from {p}_portal.tenant where key = '8'").await, ["partner"]);
}

/// A project whose paths say their kinds keeps customer 1 and partner 1, and cannot open a path before they are apart.
#[tokio::test]
async fn paths_open_only_where_keys_are_apart() {
    let closed = SPEC.replace("tenant: account_id", "tenant: {column: account_id, kind: customer}").replace(
        "  partner: {tenant_kind: partner, permission_sets: [opener]}",
        "  partner: {tenant_kind: partner, grants: {}}",
    );
    let closed = closed.replace("key: \"2\"", "key: \"1\"");
    let mut shop = Shop::empty(&closed).await;
    shop.settle(&closed).await;
    assert_eq!(shop.ask("select tenant_kind from {p}_portal.tenant where key = '1' order by 1").await.len(), 2);
    shop.act(&customer("1"), r#"insert into "{p}".ticket (subject) values ('mine')"#).await.unwrap();

    let open = SPEC.replace("---\nkind: tenant\nname: beta", "---\nkind: tenant\nname: delta");
    let refused = shop.world.plan(&shop.world.model(&open)).await.unwrap_err();
    assert_eq!(refusals(refused), ["the tenants `customer:1` and `partner:1` have one key"]);
    shop.ask("update {p}_portal.tenant set key = '2' where tenant_kind = 'partner'").await;
    shop.settle(&SPEC).await;
    assert_eq!(shop.act(&partner("2"), TICKETS).await.unwrap(), [] as [&str; 0]);
    let plan =
        shop.settle(&closed.replace("key: \"1\"\nmembers: [{email: bob", "key: \"2\"\nmembers: [{email: bob")).await;
    assert!(plan.to_text().contains("tenants of two kinds may have one key"), "{}", plan.to_text());
    add(&shop, &mut owner(&shop).await, "partner", "1").await.unwrap();
    assert_eq!(shop.act(&customer("1"), TICKETS).await.unwrap(), ["1 mine"]);
}

/// Staff whose table of assignments names customers see no partner's rows by a number that is a partner's by chance.
#[tokio::test]
async fn an_assignment_to_a_customer_is_none_to_a_partner() {
    let spec = SPEC
        .replace("name: {p}\n", "name: {p}\nassigned_tenants: {table: crm.team, tenant: account_id, tenant_kind: customer, user: staff_id}\n")
        .replace("    who: internal\n", "    who: internal\n    tenants: assigned\n");
    let world = crate::provision::world::World { db: TestDatabase::new().await };
    world
        .run(
            "create schema crm; create table crm.team (account_id text not null, staff_id text not null);
               insert into crm.team values ('1', 'sam'), ('2', 'sam')",
        )
        .await;
    let model = world.model(&spec);
    let mut shop = Shop { world, model };
    shop.settle(&spec).await;
    for (asker, subject) in [(customer("1"), "of a customer"), (partner("2"), "of a partner")] {
        shop.act(&asker, &format!(r#"insert into "{{p}}".ticket (subject) values ('{subject}')"#)).await.unwrap();
    }
    assert_eq!(shop.act(&agent(), TICKETS).await.unwrap(), ["1 of a customer"]);
    without(&shop, "o.tenant_kind = 'customer' AND o.key", (" AND EXISTS", "::text)")).await;
    assert_eq!(shop.act(&agent(), TICKETS).await.unwrap().len(), 2, "the test can fail");
}

/// Below a partner are partners.
#[tokio::test]
async fn a_tree_is_of_one_kind() {
    let shop = opened().await;
    let mut owner = owner(&shop).await;
    for (kind, key, parent) in [("partner", "21", "2"), ("customer", "22", "2"), ("customer", "11", "1")] {
        add(&shop, &mut owner, kind, key).await.unwrap();
        let statement = format!("update {{p}}_portal.tenant set parent_key = '{parent}' where key = '{key}'");
        rows(&mut owner, &shop.world.text(&statement)).await.unwrap();
        let statement = format!(r#"insert into "{{p}}".ticket (account_id, subject) values ('{key}', 'below')"#);
        shop.act(&agent(), &statement).await.unwrap();
    }
    assert_eq!(shop.act(&partner("2"), TICKETS).await.unwrap(), ["2 of a partner", "21 below"]);
    assert_eq!(shop.act(&customer("1"), TICKETS).await.unwrap(), ["1 of a customer", "11 below"]);
}
