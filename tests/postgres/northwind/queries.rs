//! Any query on the tables, with a context of one's own: it answers as if the rows of others did not exist.

use super::expected::{CUSTOMER, SUPPLIER, Sight};
use super::{customer, provisioned, supplier};
use crate::probes::Target;
use crate::provisioned::{rows, run};
use futures_util::TryStreamExt;

/// Queries on what both a customer and a supplier read; `{order_details}` stands for the table as they see it.
const ON_LINES: &[&str] = &[
    "select count(*), sum(quantity), max(order_id), count(distinct product_id) from {order_details}",
    "select order_id, product_id, quantity from {order_details} where quantity > (select avg(quantity) from {order_details})",
    "select order_id, count(*), array_agg(product_id order by product_id) from {order_details} group by 1 having count(*) > 1",
    "select a.order_id, b.product_id from {order_details} a join {order_details} b on b.order_id = a.order_id and b.product_id > a.product_id",
    "select n from generate_series(10248, 11077) n where not exists (select from {order_details} d where d.order_id = n)",
    "select order_id, rank() over (order by quantity desc, order_id, product_id), lag(order_id) over (order by order_id, product_id) from {order_details}",
    "select p.product_id, d.order_id from {products} p left join {order_details} d on d.product_id = p.product_id",
    "select p.product_name, d.quantity from {products} p full join {order_details} d on d.product_id = p.product_id",
    "select p.product_id, x.n from {products} p, lateral (select count(*) as n from {order_details} d where d.product_id = p.product_id) x",
    "select order_id from {order_details} union select product_id from {products}",
    "select product_id from {products} except select product_id from {order_details}",
    "select order_id, product_id from {order_details} where (order_id, product_id) in (select order_id, min(product_id) from {order_details} group by 1)",
    "with recursive walk as (select min(order_id) as o from {order_details} union select d.order_id from {order_details} d join walk on d.order_id > walk.o and d.order_id < walk.o + 400) select * from walk",
    "select width_bucket(quantity, 0, 130, 5), count(*) from {order_details} group by 1",
    "select percentile_cont(0.5) within group (order by quantity) from {order_details}",
    "select order_id from {order_details} where quantity = any (array(select distinct quantity from {order_details} where product_id < 20))",
    "select order_id, product_id from {order_details} order by quantity desc, order_id, product_id offset 3 limit 5",
    "select json_agg(q order by q) from (select quantity as q from {order_details} order by 1 limit 10) x",
    "select grouping(order_id), order_id, sum(quantity) from {order_details} group by rollup (order_id)",
    "select order_id from {order_details} where order_id between 10248 and 10300 or product_id = 11",
];

const ON_ORDERS: &[&str] = &[
    "select count(*), min(order_date), sum(freight::numeric), string_agg(ship_city, ',' order by order_id) from {orders}",
    "select c.customer_id, count(*) from {customers} c, {orders} o group by 1",
    "select o.order_id from {orders} o where o.order_id = 10248 or o.ship_name like '%Vins%'",
    "select d.order_id from {order_details} d where not exists (select from {orders} o where o.order_id = d.order_id)",
    "select o.order_id, s.company_name from {orders} o left join {shippers} s on s.shipper_id = o.ship_via",
    "select extract(year from order_date), count(*), sum(count(*)) over () from {orders} group by 1",
    "select company_name from {customers} where city in (select ship_city from {orders}) or customer_id = 'ALFKI'",
    "select ship_city from {orders} where ship_city in ('Berlin', 'Reims', 'Graz')",
    "select count(*) filter (where shipped_date is null), count(*) filter (where freight > 100) from {orders}",
    "select o1.order_id from {orders} o1 where o1.freight >= all (select o2.freight from {orders} o2)",
];

/// The query over the tables as they stand, or over what `me` should see of them.
fn over(query: &str, sights: &[Sight], me: Option<&str>) -> String {
    let mut query = query.to_owned();
    for sight in sights {
        let rows = me.map_or_else(|| format!("public.{}", sight.table), |me| format!("({})", sight.as_superuser(me)));
        // A sub-select in place of a table needs a name where the query gives none.
        let alone = format!("{{{}}}", sight.table);
        while let Some(at) = query.find(&alone) {
            let after = query[at + alone.len()..].trim_start();
            let word: String = after.chars().take_while(|letter| letter.is_alphanumeric()).collect();
            let named = !word.is_empty()
                && !["where", "group", "order", "union", "except", "left", "full", "join", "limit"]
                    .contains(&word.as_str());
            let name = if named || me.is_none() { String::new() } else { format!(" as {}", sight.table) };
            query.replace_range(at..at + alone.len(), &format!("{rows}{name}"));
        }
    }
    query
}

#[tokio::test]
async fn queries_of_customers_answer_from_their_rows_alone() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let role = portal.role("shop/customer");
    // The busiest, some in between, and two who never ordered.
    for me in ["SAVEA", "ALFKI", "BLONP", "CENTC", "VINET", "WOLZA", "PARIS", "FISSA"] {
        let token = portal.token(&customer(me), &gateway).await;
        for query in ON_LINES.iter().chain(ON_ORDERS) {
            let seen = gateway.read(role, &token, &over(query, CUSTOMER, None)).await;
            let seen = seen.unwrap_or_else(|error| panic!("{me}: {query}: {error}"));
            let expected = rows(&mut admin, &over(query, CUSTOMER, Some(me))).await;
            let expected = expected.unwrap_or_else(|error| panic!("{}: {error}", over(query, CUSTOMER, Some(me))));
            assert_eq!(seen, expected, "{me}: {query}");
        }
    }
}

#[tokio::test]
async fn queries_of_suppliers_answer_from_their_rows_alone() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let role = portal.role("supply/supplier");
    for me in ["1", "7", "12", "29"] {
        let token = portal.token(&supplier(me), &gateway).await;
        for query in ON_LINES {
            let seen = gateway.read(role, &token, &over(query, SUPPLIER, None)).await;
            let expected = rows(&mut admin, &over(query, SUPPLIER, Some(me))).await;
            assert_eq!(seen.unwrap(), expected.unwrap(), "{me}: {query}");
        }
    }
}

#[tokio::test]
async fn whatever_a_customer_tries_shows_their_orders_alone() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    run(&mut admin, "select lo_from_bytea(0, 'of the business'::bytea); analyze").await;
    let own = rows(&mut admin, "select order_id from orders where customer_id = 'ALFKI'").await.unwrap();
    assert_eq!(own.len(), 6);
    let token = portal.token(&customer("ALFKI"), &gateway).await;
    let target = Target {
        table: "public.orders",
        id: "order_id",
        word: "ship_name",
        hidden: "employee_id",
        role: portal.role("shop/customer"),
        wider_role: portal.role("sales/manager"),
        token: &token,
        own: &own,
    };
    let failures = target.failures(&mut gateway).await;
    assert!(failures.is_empty(), "{failures:#?}");
    for statement in [
        "select nextval('order_numbers')",
        "select currval('order_numbers')",
        "select setval('order_numbers', 1)",
        "select lastval()",
        "select last_value from order_numbers",
    ] {
        assert!(gateway.read(portal.role("shop/customer"), &token, statement).await.is_err(), "{statement}");
    }
}

/// COPY, which the simple protocol answers in a way of its own.
#[tokio::test]
async fn what_is_copied_out_are_ones_own_rows() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let token = portal.token(&customer("BLONP"), &gateway).await;
    let begin =
        format!("begin; set local role \"{}\"; set local portal.context to '{token}'", portal.role("shop/customer"));
    let own = rows(&mut admin, "select order_id, ship_city from orders where customer_id = 'BLONP'").await.unwrap();
    for copy in [
        "copy orders (order_id, ship_city) to stdout (delimiter '|')",
        "copy (select order_id, ship_city from orders) to stdout (delimiter '|')",
    ] {
        run(&mut gateway.connection, &begin).await;
        let mut copied = Vec::new();
        let mut stream = gateway.connection.copy_out_raw(copy).await.unwrap();
        while let Some(chunk) = stream.try_next().await.unwrap() {
            copied.extend(chunk);
        }
        drop(stream);
        run(&mut gateway.connection, "rollback").await;
        let mut copied: Vec<String> = String::from_utf8(copied).unwrap().lines().map(str::to_owned).collect();
        copied.sort();
        assert_eq!(copied, own, "{copy}");
    }
}
