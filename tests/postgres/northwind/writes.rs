//! What people of the traders may make and change, by hand, and that the traders' own people notice nothing.

use super::{business, provisioned};
use crate::business::dump;
use crate::provisioned::{Provisioned, folder, rows, run};
use crate::writes::differences_in;
use portalctl_test_support::TestDatabase;

/// Role, table, columns, privilege.
pub(super) const GRANTED: &[(&str, &str, &str, &str)] = &[
    ("shop/customer", "orders", "required_date, ship_name, ship_city", "INSERT"),
    ("shop/customer", "order_details", "order_id, product_id, quantity", "INSERT"),
    ("supply/supplier", "products", "units_in_stock", "UPDATE"),
    ("sales/representative", "orders", "shipped_date, ship_via", "UPDATE"),
    ("sales/manager", "orders", "employee_id", "UPDATE"),
];

#[tokio::test]
async fn every_statement_does_what_the_grants_say() {
    let Some(portal) = provisioned().await else { return };
    let differences = differences_in(&portal, ("northwind/cases.txt", "public"), usize::MAX).await;
    assert!(differences.is_empty(), "{differences:#?}");
}

/// What the traders' own application and its owner do all day, each taken back; the last are refused.
const WORK: &[&str] = &[
    "insert into orders (order_id, customer_id, employee_id, order_date) values (31000, 'VINET', 3, '2026-01-01') returning *",
    "insert into order_details (order_id, product_id, quantity) values (10248, 1, 5), (10248, 2, 1) returning *",
    "insert into order_details values (10248, 1, 0.5, 5, 0.1) on conflict (order_id, product_id) do update set quantity = 0 returning *",
    "update orders set employee_id = 8, customer_id = 'ALFKI', freight = 0 where order_id < 10260 returning *",
    "update products set units_in_stock = 0, unit_price = 1, supplier_id = 2 returning *",
    "with gone as (delete from order_details where order_id < 10300 returning *) select count(*), sum(quantity) from gone",
    "delete from order_details where order_id = 10248; delete from orders where order_id = 10248 returning *",
    "merge into products p using (values (1, 5), (2, 6)) v (id, n) on p.product_id = v.id when matched then update set units_in_stock = v.n; select sum(units_in_stock) from products",
    "select order_id from orders where employee_id = 5 order by order_id for update",
    "update orders set employee_id = 99",
    "insert into order_details (order_id, product_id, quantity) values (10248, 11, 5)",
];

#[tokio::test]
async fn the_traders_own_people_work_as_before() {
    let (Some(without), Some(with)) = (business().await, business().await) else { return };
    let app = |db: &TestDatabase| db.role("app");
    for db in [&without, &with] {
        let grants = format!("create role {0} login; grant all on all tables in schema public to {0}", app(db));
        run(&mut db.admin().await, &grants).await;
    }
    let with = Provisioned::new(with, &folder("northwind")).await.db;
    for login in [app, |_: &TestDatabase| "postgres".to_owned()] {
        let (mut before, mut after) =
            (without.connect_as(&login(&without)).await, with.connect_as(&login(&with)).await);
        let mut answers = Vec::new();
        for statements in WORK {
            let mut both = Vec::new();
            for connection in [&mut before, &mut after] {
                run(connection, "begin").await;
                both.push(rows(connection, statements).await.map_err(|error| error.to_string()));
                run(connection, "rollback").await;
            }
            assert_eq!(both[0], both[1], "{statements}");
            answers.push(both.swap_remove(0).is_ok_and(|rows| !rows.is_empty()));
        }
        let (work, refused) = answers.split_at(WORK.len() - 2);
        assert!(work.iter().all(|done| *done) && refused.iter().all(|done| !done), "{answers:?}");
    }
    let data = |db: &TestDatabase| dump(db, &["--schema=public", "--data-only"]).expect("the owner dumps");
    assert!(data(&without).len() > 100_000);
    assert_eq!(data(&without), data(&with));
}
