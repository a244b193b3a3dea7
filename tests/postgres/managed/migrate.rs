//! Documents that change, and tables that follow with their rows.

use super::shop::{SHOP, Shop, agent, customer};
use portalctl::adapters::postgres::planning::{PlanError, survey};
use portalctl::plan::{ChangeKind, Plan};
use std::collections::BTreeSet;

/// A shop with two rows, whose plan for other documents says exactly `wanted`.
async fn filled() -> Shop {
    let shop = Shop::applied().await;
    shop.act(&agent(), r#"insert into "{p}".product (sku, price) values ('P1', 2.50)"#).await.unwrap();
    for tenant in ["north", "south"] {
        let insert = r#"insert into "{p}"."order" (reference, amount, count, product_code) values ('r1', 10, 2, 1)"#;
        shop.act(&customer(tenant), insert).await.unwrap();
    }
    shop
}

fn edited(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(SHOP.clone(), |text, (from, to)| {
        assert!(text.contains(from), "no `{from}`");
        text.replacen(from, to, 1)
    })
}

fn told(shop: &Shop, plan: &Plan, wanted: fn(&ChangeKind) -> bool) -> Vec<String> {
    let line = |change: &portalctl::plan::Change| {
        let (sign, what) = portalctl::plan::describe(&change.kind);
        format!("{sign} {what}").replace(shop.world.db.project(), "{p}")
    };
    plan.changes.iter().filter(|change| wanted(&change.kind)).map(line).collect()
}

/// Each change of the documents is that change of the tables and no other.
#[tokio::test]
async fn each_change_of_the_documents_is_that_change_of_the_table() {
    let mut shop = filled().await;
    let steps: &[(&[(&str, &str)], &[&str])] = &[
        (&[("  mail: email\n", "  mail: email\n  fax: phone\n")], &["+ {p}.order.fax, text"]),
        // What is asked before a change is not asked of a column that the same plan makes.
        (
            &[("  mail: email\n", "  mail: email\n  level: {type: enum, values: [a, b], default: a}\n")],
            &["+ {p}.order.level, text", "+ {p}.order.level is one of a, b"],
        ),
        (
            &[("  mail: email\n", "  mail: email\n  tag: {type: text, unique: true}\n")],
            &["+ {p}.order.tag, text", "+ unique index on {p}.order (account_id, tag)"],
        ),
        (
            &[("  mail: email\n", "  mail: email\n  other: {type: reference(product), column: other_code}\n")],
            &[
                "+ {p}.order.other_code, bigint",
                "+ index on {p}.order (other_code)",
                "+ {p}.order (other_code) leads to {p}.product",
            ],
        ),
        (
            &[("max_length: 40, required", "max_length: 60, required")],
            &["~ {p}.product.sku from character varying(40) to character varying(60)"],
        ),
        (
            &[("count: {type: integer, default: 1", "count: {type: integer, default: 5")],
            &["~ {p}.order.count begins as 5"],
        ),
        (
            &[("  mail: email", "  mail: {type: email, unique: true}")],
            &["+ unique index on {p}.order (account_id, mail)"],
        ),
        (
            &[("  weight: {type: decimal, default: 1.5}", "  weight: {type: decimal, default: 1.5, required: true}")],
            &["~ {p}.order.weight is never empty"],
        ),
        (
            &[("values: [new, sent, \"it's done\"]", "values: [new, sent, lost]")],
            &["- constraint order_state_check on {p}.order", "+ {p}.order.state is one of new, sent, lost"],
        ),
        (
            &[("coalesce(amount, 0) * count", "coalesce(amount, 1) * count")],
            &["~ {p}.order.total is computed otherwise"],
        ),
    ];
    for (edits, wanted) in steps {
        shop.settle(&SHOP).await;
        let changed = edited(edits);
        let plan = shop.world.plan(&shop.world.model(&changed)).await.unwrap();
        // Beside it only what the access to the table follows from.
        let lines = told(&shop, &plan, |kind| matches!(kind, ChangeKind::Make { .. }));
        assert_eq!(lines, *wanted, "{edits:?}");
        shop.settle(&changed).await;
        let rows = shop.ask(r#"select account_id, reference, amount, count from "{p}"."order""#).await;
        assert_eq!(rows, ["north|r1|10.00|2", "south|r1|10.00|2"], "{edits:?}");
    }
}

#[tokio::test]
async fn what_rows_contradict_is_refused_with_their_number_and_leaves_nothing_half_done() {
    let shop = filled().await;
    let refused: &[(&[(&str, &str)], &str)] = &[
        (&[("  mail: email\n", "  mail: {type: email, required: true}\n")], "2 rows of `{p}.order` have no `mail`"),
        (
            &[("  mail: email\n", "  mail: email\n  vat: {type: text, required: true}\n")],
            "2 rows of `{p}.order` would have no `vat`",
        ),
        (
            &[("max_length: 20}", "max_length: 1}")],
            "`{p}.order.reference` cannot change its type while `title` is computed from it",
        ),
        (
            &[("max_length: 40, required", "max_length: 1, required")],
            "1 row of `{p}.product` hold a `sku` that is no character varying(1)",
        ),
        (
            &[("values: [new, sent,", "values: [sent,"), ("default: new, required", "default: sent, required")],
            "2 rows of `{p}.order` hold a `state` that is no more",
        ),
        (&[("  trace: {type: uuid}", "  trace: text")], "`{p}.order.trace` is uuid and cannot become text"),
        (
            &[("  trace: {type: uuid}", "  trace: {type: text, generated: \"upper(note)\"}")],
            "holds what was written, and would be computed",
        ),
        (&[("key: {column: code, generate: sequence}", "key: sku")], "the key of `{p}.product` cannot be another one"),
    ];
    for (edits, wanted) in refused {
        let model = shop.world.model(&edited(edits));
        let error = shop.world.plan(&model).await.expect_err(wanted);
        let PlanError::Refused(refusals) = &error else { panic!("{error}") };
        let wanted = wanted.replace("{p}", shop.world.db.project());
        assert!(refusals.iter().any(|refusal| refusal.message.contains(&wanted)), "{wanted}: {refusals:?}");
    }
    assert!(shop.world.plan(&shop.model).await.unwrap().changes.is_empty());
}

/// Numbers that become a way to rows lead to rows that are there.
#[tokio::test]
async fn what_would_lead_nowhere_is_refused_with_its_number() {
    let mut shop = filled().await;
    shop.settle(&edited(&[("  mail: email\n", "  mail: email\n  slot: integer\n")])).await;
    shop.world.run(r#"update "{p}"."order" set slot = case account_id when 'north' then 1 else 99 end"#).await;
    let leading = edited(&[("  mail: email\n", "  mail: email\n  slot: {type: reference(product)}\n")]);
    let error = shop.world.plan(&shop.world.model(&leading)).await.expect_err("99 is no product");
    let wanted = shop.world.text("1 row of `{p}.order` lead to no row of `{p}.product`");
    assert!(error.to_string().contains(&wanted), "{error}");
    shop.world.run(r#"update "{p}"."order" set slot = 1"#).await;
    shop.settle(&leading).await;
}

#[tokio::test]
async fn names_change_and_rows_and_grants_stay() {
    let mut shop = filled().await;
    let changed = edited(&[
        ("name: order\nmanaged: true", "name: purchase\nwas: order\nmanaged: true"),
        ("  note: {type: long_text", "  remark: {was: note, type: long_text"),
        (
            "object: order}\nfields:\n  order: {type: reference(order)",
            "object: purchase}\nfields:\n  order: {type: reference(purchase)",
        ),
        (
            "      order:\n        read: [number, reference, note,",
            "      purchase:\n        read: [number, reference, remark,",
        ),
        ("create: [reference, note, count", "create: [reference, remark, count"),
        ("update: [reference, note, count", "update: [reference, remark, count"),
        ("      order: {read: all", "      purchase: {read: all"),
    ]);
    // What is kept of rows goes by the object's name.
    shop.world
        .run(
            r#"insert into {p}_portal.share (object, row_key, user_key_name, user_key) values ('order', '{1}', 'key', 'k'), ('purchase', '{2}', 'key', 'k');
            insert into {p}_portal.assignment values ('order', '{1}', 'key', 'k'), ('purchase', '{1}', 'key', 'k');
            insert into {p}_portal.attachment (object, row_key, tenants, tenant_kind, tenant_key, name, media_type, bytes, sha256, uploaded_by, persona, state)
                select o, '{1}', '[]', '', '', 'a', 'text/plain', 1, repeat('0', 64), 'u', 'p', 'clean' from unnest(array['order', 'purchase']) o;
            insert into {p}_portal.audit_event (actor, action, subject, object, row_key) values ('a', 'row.update', 'order', 'order', '{1}')"#,
        )
        .await;
    let plan = shop.settle(&changed).await;
    for (kept, wanted) in [
        ("select string_agg(object || row_key::text, ' ') from {p}_portal.share", "purchase{1}"),
        ("select string_agg(object || row_key::text, ' ') from {p}_portal.assignment", "purchase{1}"),
        ("select string_agg(object || row_key::text, ' ') from {p}_portal.attachment", "purchase{1}"),
        ("select count(*) from {p}_portal.attachment_remains", "1"),
        (
            "select string_agg(distinct object || subject, ' ') from {p}_portal.audit_event where object in ('order', 'purchase')",
            "purchasepurchase",
        ),
        ("select count(*) from {p}_portal.outbox where object = 'order'", "0"),
    ] {
        assert_eq!(shop.world.one(kept).await, wanted, "{kept}");
    }
    let lines = told(&shop, &plan, |_| true);
    assert!(lines.contains(&"~ table {p}.order is called {p}.purchase".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"~ {p}.purchase.note is called remark".to_owned()), "{lines:#?}");
    let other_makes = lines
        .iter()
        .filter(|line| line.starts_with("+ table") || line.starts_with("+ {p}.") || line.contains("SELECT ("));
    assert_eq!(other_makes.collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(!plan.hazards().keys().any(|hazard| hazard.needs_its_name()));
    let seen = shop.act(&customer("north"), r#"select number, remark from "{p}".purchase"#).await.unwrap();
    assert_eq!(seen, [r"A-0001|it's \ new"]);
    shop.act(&customer("north"), r#"insert into "{p}".purchase (reference) values ('r9')"#).await.unwrap();
    let seen =
        shop.act(&customer("north"), r#"select number from "{p}".purchase where reference = 'r9'"#).await.unwrap();
    assert_eq!(seen, ["A-0003"]);
}

#[tokio::test]
async fn what_no_document_names_goes_by_its_name_alone() {
    let mut shop = filled().await;
    let fewer = edited(&[
        ("  weight: {type: decimal, default: 1.5}\n", ""),
        ("  count: {type: integer, default: 1, required: true}\n", "  count: {type: integer, default: 1}\n"),
    ]);
    let fewer = fewer.replacen("kind: object\nname: line\n", "kind: object\nname: item\n", 1);
    let fewer = fewer.replace("      line:\n", "      item:\n").replace("      line: {", "      item: {");
    let plan = shop.settle(&fewer).await;
    assert!(
        !plan
            .changes
            .iter()
            .any(|change| change.kind.name().starts_with("drop_table") || change.kind.name() == "drop_column")
    );
    let p = shop.world.db.project().to_owned();
    let kept: BTreeSet<String> = [format!("{p}.line"), format!("{p}.order.weight")].into();
    let again = shop.world.plan(&shop.model).await.unwrap();
    assert_eq!(again.kept, kept);
    assert!(
        again.to_text().contains(&format!("--allow destroys-data={p}.order.weight drops it")),
        "{}",
        again.to_text()
    );
    // Nobody sees what is kept.
    shop.act(&customer("north"), r#"select weight from "{p}"."order""#).await.unwrap_err();
    shop.act(&customer("north"), r#"select 1 from "{p}".line"#).await.unwrap_err();
    let survey = survey(&mut shop.world.db.admin().await, &shop.model, &kept).await.unwrap();
    let plan = survey.plan.unwrap();
    let kinds: Vec<&str> = plan.changes.iter().map(|change| change.kind.name()).collect();
    // What judges changes of the table names its columns.
    assert_eq!(kinds, ["drop_constraint", "drop_column", "drop_table", "replace_function"]);
    let hazards: Vec<String> =
        plan.hazards().keys().map(ToString::to_string).filter(|text| text.contains('=')).collect();
    assert_eq!(hazards, [format!("destroys-data={p}.line"), format!("destroys-data={p}.order.weight")]);
    shop.world.apply_plan(&shop.model, &plan).await.unwrap();
    let again = shop.world.plan(&shop.model).await.unwrap();
    assert!(again.changes.is_empty() && again.kept.is_empty(), "{}", again.to_text());
}

#[tokio::test]
async fn a_table_that_somebody_else_made_is_left_alone() {
    let shop = Shop::empty(&SHOP).await;
    shop.world.run(r#"create schema "{p}"; create table "{p}"."order" (id int)"#).await;
    let error = shop.world.plan(&shop.model).await.expect_err("the table is not ours");
    assert!(error.to_string().contains("exists already and was not made by portalctl"), "{error}");
    shop.world.run(r#"drop table "{p}"."order""#).await;
    // A schema of somebody else's is used and stays theirs.
    shop.world.apply(&shop.model).await.unwrap();
    assert!(shop.world.plan(&shop.model).await.unwrap().changes.is_empty());
    let may = r#"select has_schema_privilege('{p}__owner', '{p}', 'CREATE')"#;
    assert_eq!(shop.ask(may).await, ["f"]);
}
