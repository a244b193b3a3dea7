//! From an empty database to tables, and what they hold.

use super::shop::{SHOP, Shop, agent, customer};
use std::collections::BTreeSet;

#[tokio::test]
async fn an_empty_database_gets_the_tables_that_the_documents_describe() {
    let mut shop = Shop::empty(&SHOP).await;
    let plan = shop.settle(&SHOP).await;
    let text = plan.to_text();
    assert!(text.contains("table {p}.order, ".replace("{p}", shop.world.db.project()).as_str()), "{text}");
    let columns = shop
        .ask(
            "select table_name || '.' || column_name || ' ' || udt_name || coalesce('(' || character_maximum_length || ')', '')
             || case is_nullable when 'NO' then ' not null' else '' end || coalesce(' default ' || column_default, '')
             || coalesce(' as ' || generation_expression, '') || case is_identity when 'YES' then ' identity' else '' end
             from information_schema.columns where table_schema = '{p}'",
        )
        .await;
    insta::assert_snapshot!(columns.join("\n").replace(shop.world.db.project(), "{p}"));
    let rules = shop
        .ask(
            "select k.conrelid::regclass || ': ' || pg_get_constraintdef(k.oid) from pg_constraint k
             where k.connamespace = '{p}'::regnamespace
             union all select indexdef from pg_indexes where schemaname = '{p}'",
        )
        .await;
    insta::assert_snapshot!(rules.join("\n").replace(shop.world.db.project(), "{p}"));
    let unmarked = shop
        .ask(
            "select c.relname::text from pg_class c where c.relnamespace = '{p}'::regnamespace and c.relkind in ('r', 'S')
               and obj_description(c.oid, 'pg_class') is null and not exists (
                 select from pg_depend d where d.objid = c.oid and d.deptype = 'i')
             union all select a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
             where c.relnamespace = '{p}'::regnamespace and c.relkind = 'r' and a.attnum > 0 and col_description(c.oid, a.attnum) is null",
        )
        .await;
    assert!(unmarked.is_empty(), "{unmarked:?}");
}

#[tokio::test]
async fn what_is_not_given_is_filled() {
    let shop = Shop::applied().await;
    let north = customer("north");
    shop.act(&agent(), r#"insert into "{p}".product (sku, price) values ('P1', 2.50)"#).await.unwrap();
    shop.act(&north, r#"insert into "{p}"."order" (reference, amount, count, product_code) values ('r1', 10, 3, 1)"#)
        .await
        .unwrap();
    let row = shop
        .ask(
            r#"select account_id, contact_id, number, note, weight, currency, urgent, due = (now() at time zone 'Europe/Berlin')::date,
               created_at > now() - interval '1 minute', state, total, title, share, id is not null from "{p}"."order""#,
        )
        .await;
    assert_eq!(row, [r"north|north-1|A-0001|it's \ new|1.5|EUR|f|t|t|new|30.00|R1 x3|5.0000000000000000|t"]);
    // Divided by nothing, it is nothing; a change takes its time down.
    shop.act(&north, r#"update "{p}"."order" set count = 1"#).await.unwrap();
    let row = shop.ask(r#"select share is null, total, changed_at > created_at from "{p}"."order""#).await;
    assert_eq!(row, ["t|10.00|t"]);
}

#[tokio::test]
async fn numbers_are_drawn_by_many_at_once_and_skip_what_is_taken() {
    let shop = Shop::applied().await;
    let (north, south) = (customer("north"), customer("south"));
    shop.act(&agent(), r#"insert into "{p}"."order" (account_id, number) values ('north', 'A-0003')"#).await.unwrap();
    let insert = r#"insert into "{p}"."order" (count) select n from generate_series(1, 20) n"#;
    let all =
        futures_util::future::join_all((0..6).map(|at| shop.act(if at % 2 == 0 { &north } else { &south }, insert)));
    for done in all.await {
        done.unwrap();
    }
    let numbers = shop.ask(r#"select account_id || ' ' || number from "{p}"."order""#).await;
    assert_eq!(numbers.len(), 121);
    let distinct: BTreeSet<&String> = numbers.iter().collect();
    assert_eq!(distinct.len(), 121);
    let of_north = numbers.iter().filter(|number| number.as_str() == "north A-0003").count();
    assert_eq!(of_north, 1, "{numbers:?}");
}

#[tokio::test]
async fn unique_means_within_the_tenant() {
    let shop = Shop::applied().await;
    for tenant in ["north", "south"] {
        let insert = r#"insert into "{p}"."order" (reference, due) values ('same', '2026-01-01')"#;
        shop.act(&customer(tenant), insert).await.unwrap();
        let twice = shop.act(&customer(tenant), insert).await.unwrap_err();
        assert!(twice.contains("order_account_id_reference_due_key"), "{twice}");
    }
    let taken =
        shop.act(&agent(), r#"insert into "{p}"."order" (account_id, number) values ('north', 'A-0001')"#).await;
    assert!(taken.unwrap_err().contains("order_account_id_number_key"));
}

/// The wall around tables of ours: one tenant's people, the login, the owner.
#[tokio::test]
async fn nobody_reaches_another_tenants_rows() {
    let shop = Shop::applied().await;
    let (north, south) = (customer("north"), customer("south"));
    for who in [&north, &south] {
        shop.act(who, r#"insert into "{p}"."order" (reference) values ('o')"#).await.unwrap();
        let line = r#"insert into "{p}".line (order_id, "position", text) select id, 1, 'l' from "{p}"."order""#;
        shop.act(who, line).await.unwrap();
    }
    let theirs = shop.ask(r#"select id from "{p}"."order" where account_id = 'south'"#).await.remove(0);
    for table in ["\"order\"", "line"] {
        let seen = shop.act(&north, &format!(r#"select count(*) from "{{p}}".{table}"#)).await.unwrap();
        assert_eq!(seen, ["1"], "{table}");
        for statement in [
            format!(r#"update "{{p}}".{table} set id = id"#),
            format!(r#"truncate "{{p}}".{table}"#),
            format!(r#"alter table "{{p}}".{table} no force row level security"#),
        ] {
            shop.act(&north, &statement).await.unwrap_err();
        }
    }
    for refused in [
        r#"select * from "{p}"."order""#.to_owned(),
        r#"insert into "{p}"."order" (account_id) values ('south')"#.to_owned(),
        r#"update "{p}"."order" set account_id = 'south'"#.to_owned(),
        format!(r#"insert into "{{p}}".line (order_id, "position") values ('{theirs}', 9)"#),
        format!(r#"update "{{p}}".line set order_id = '{theirs}'"#),
        r#"select nextval('"{p}".order_number_seq')"#.to_owned(),
        r#"select setval('"{p}".order_number_seq', 1)"#.to_owned(),
    ] {
        shop.act(&north, &refused).await.unwrap_err();
    }
    shop.act(&north, &format!(r#"update "{{p}}"."order" set note = 'mine' where id = '{theirs}' or true"#))
        .await
        .unwrap();
    let touched = shop.ask(r#"select account_id from "{p}"."order" where note = 'mine'"#).await;
    assert_eq!(touched, ["north"]);
    // By FORCE the owner sees nothing; the operator, who exports and offboards, everything; nobody else anything.
    for (role, wanted) in [("owner", "0"), ("operator", "2")] {
        let count = format!(r#"begin; set local role "{{p}}__{role}"; select count(*) from "{{p}}"."order"; rollback"#);
        assert_eq!(shop.ask(&count).await, [wanted], "{role}");
    }
    for role in ["gateway", "issuer", "shop__customer"] {
        let count =
            format!(r#"begin; set local role "{{p}}__{role}"; select count(id) from "{{p}}"."order"; rollback"#);
        let mut connection = shop.world.db.admin().await;
        let answer = crate::provisioned::rows(&mut connection, &shop.world.text(&count)).await;
        assert!(answer.as_ref().is_err() || answer.as_ref().is_ok_and(|rows| rows == &["0"]), "{role}: {answer:?}");
    }
}

/// Without FORCE the owner reads everything: the test above would see it.
#[tokio::test]
async fn a_table_that_is_not_forced_is_put_right() {
    let shop = Shop::applied().await;
    for (mutant, kind) in [
        (r#"alter table "{p}"."order" no force row level security"#, "force_row_security"),
        (r#"alter table "{p}"."order" disable row level security"#, "enable_row_security"),
        (r#"drop index "{p}".order_account_id_number_key"#, "create_index"),
        (r#"alter table "{p}"."order" alter column count drop not null"#, "set_not_null"),
        (r#"alter table "{p}"."order" drop constraint order_state_check"#, "add_check"),
        (r#"alter table "{p}".line drop constraint line_order_id_fkey"#, "add_reference"),
        (r#"alter table "{p}"."order" alter column currency set default 'USD'"#, "set_default"),
        (r#"drop trigger "{p}__fill" on "{p}"."order""#, "create_trigger"),
    ] {
        shop.world.run(mutant).await;
        let plan = shop.world.plan(&shop.model).await.unwrap();
        let kinds: Vec<&str> = plan.changes.iter().map(|change| change.kind.name()).collect();
        assert_eq!(kinds, [kind], "{mutant}");
        shop.world.apply_plan(&shop.model, &plan).await.unwrap();
    }
}
