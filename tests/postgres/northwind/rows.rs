//! The rows and columns of every persona, for every tenant and every employee.

use super::expected::{CUSTOMER, MANAGER, REPRESENTATIVE, SUPPLIER, Sight, VISITOR};
use super::{customer, employee, provisioned, supplier};
use crate::provisioned::{Asker, Gateway, Provisioned, rows};
use sqlx::PgConnection;
use std::collections::BTreeSet;

const PERSONAS: &[(&str, &[Sight])] = &[
    ("shop/customer", CUSTOMER),
    ("shop/visitor", VISITOR),
    ("supply/supplier", SUPPLIER),
    ("sales/representative", REPRESENTATIVE),
    ("sales/manager", MANAGER),
];

/// Compares what `asker`, whose key is `me`, sees of each table with what the joins say; answers how many rows.
async fn compare(
    portal: &Provisioned,
    (gateway, admin): (&mut Gateway, &mut PgConnection),
    (asker, me): (&Asker, &str),
    sights: &[Sight],
) -> usize {
    let token = portal.token(asker, gateway).await;
    let mut count = 0;
    for sight in sights {
        let role = portal.facet(&asker.persona, sight.facet);
        let seen = gateway.read(role, &token, &sight.as_persona()).await;
        let seen = seen.unwrap_or_else(|error| panic!("{asker:?}: {}: {error}", sight.table));
        let expected = rows(admin, &sight.as_superuser(me)).await.unwrap();
        assert_eq!(seen, expected, "{asker:?}: {}", sight.table);
        count += seen.len();
    }
    count
}

async fn keys(admin: &mut PgConnection, query: &str) -> Vec<String> {
    rows(admin, query).await.unwrap()
}

#[tokio::test]
async fn every_customer_sees_their_own() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let customers = keys(&mut admin, "select customer_id from customers").await;
    assert_eq!(customers.len(), 91);
    for key in &customers {
        let seen = compare(&portal, (&mut gateway, &mut admin), (&customer(key), key), CUSTOMER).await;
        assert!(seen > 1, "{key} sees at least themselves and the assortment");
    }
}

#[tokio::test]
async fn every_supplier_sees_their_own() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let suppliers = keys(&mut admin, "select supplier_id from suppliers").await;
    assert_eq!(suppliers.len(), 29);
    for key in &suppliers {
        compare(&portal, (&mut gateway, &mut admin), (&supplier(key), key), SUPPLIER).await;
    }
    let token = portal.token(&supplier("1"), &gateway).await;
    let role = portal.role("supply/supplier");
    assert_eq!(gateway.read(role, &token, "select count(*) from products").await.unwrap(), ["2"]);
    assert_eq!(gateway.read(role, &token, "select count(*) from order_details").await.unwrap(), ["56"]);
}

#[tokio::test]
async fn every_employee_sees_their_own_or_their_teams() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let employees = keys(&mut admin, "select employee_id from employees").await;
    assert_eq!(employees.len(), 9);
    for key in &employees {
        for (persona, sights) in [("sales/representative", REPRESENTATIVE), ("sales/manager", MANAGER)] {
            compare(&portal, (&mut gateway, &mut admin), (&employee(persona, key), key), sights).await;
        }
    }
    // Fuller stands above everybody, Buchanan above three, Davolio above nobody.
    let mut orders = Vec::new();
    for key in ["2", "5", "1"] {
        let token = portal.token(&employee("sales/manager", key), &gateway).await;
        orders.extend(gateway.read(portal.role("sales/manager"), &token, "select count(*) from orders").await.unwrap());
    }
    assert_eq!(orders, ["830", "224", "123"]);
}

#[tokio::test]
async fn visitors_see_the_assortment() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let asker = Asker::new("shop/visitor");
    assert_eq!(compare(&portal, (&mut gateway, &mut admin), (&asker, ""), VISITOR).await, 67);
}

/// An order without a customer, a product without a supplier, and the line between them.
#[tokio::test]
async fn what_has_no_tenant_is_seen_by_nobody() {
    let Some(portal) = provisioned().await else { return };
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let (customers, suppliers, employees) = (
        keys(&mut admin, "select customer_id from customers").await,
        keys(&mut admin, "select supplier_id from suppliers").await,
        keys(&mut admin, "select employee_id from employees").await,
    );
    let askers = customers
        .iter()
        .map(|key| customer(key))
        .chain(suppliers.iter().map(|key| supplier(key)))
        .chain(employees.iter().map(|key| employee("sales/manager", key)));
    for asker in askers {
        let token = portal.token(&asker, &gateway).await;
        let role = portal.role(&asker.persona);
        let lines = gateway.read(role, &token, "select order_id from order_details where order_id = 30000").await;
        assert!(lines.unwrap().is_empty(), "{asker:?}");
        if asker.persona != "supply/supplier" {
            let orders = gateway.read(role, &token, "select order_id from orders where order_id = 30000").await;
            assert!(orders.unwrap().is_empty(), "{asker:?}");
        }
        if asker.persona != "sales/manager" {
            let products = gateway.read(role, &token, "select product_id from products where product_id = 300").await;
            assert!(products.unwrap().is_empty(), "{asker:?}");
        }
    }
}

/// Every privilege that a persona, the gateway or the issuer holds on anything of the business.
#[tokio::test]
async fn columns_are_granted_one_by_one_and_nothing_else() {
    let Some(portal) = provisioned().await else { return };
    let held: Vec<(String, String, String, String)> = sqlx::query_as(
        "select r.rolname::text, c.relname::text, a.attname::text, p.privilege
         from pg_roles r, pg_class c join pg_attribute a on a.attrelid = c.oid,
             unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) as p (privilege)
         where starts_with(r.rolname, $1) and c.relnamespace = 'public'::regnamespace and a.attnum > 0
             and has_column_privilege(r.oid, c.oid, a.attnum, p.privilege)
         union all
         select r.rolname, c.relname, '*', p.privilege from pg_roles r, pg_class c,
             unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as p (privilege)
         where starts_with(r.rolname, $1) and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S')
             and case c.relkind when 'S' then has_sequence_privilege(r.oid, c.oid, 'SELECT, USAGE, UPDATE')
                 else has_table_privilege(r.oid, c.oid, p.privilege) end",
    )
    .bind(format!("{}__", portal.db.project()))
    .fetch_all(&mut portal.db.admin().await)
    .await
    .unwrap();
    let roles = portal.roles();
    let held: BTreeSet<_> = held
        .into_iter()
        .filter(|(role, ..)| *role != roles.lookup.as_str() && *role != roles.operator.as_str())
        .collect();
    let mut granted = BTreeSet::new();
    for (persona, sights) in PERSONAS {
        for sight in *sights {
            let role = portal.facet(persona, sight.facet).to_owned();
            for column in sight.columns.split(", ") {
                granted.insert((role.clone(), sight.table.to_owned(), column.to_owned(), "SELECT".to_owned()));
            }
        }
    }
    for (persona, table, columns, privilege) in super::writes::GRANTED {
        for column in columns.split(", ") {
            granted.insert((
                portal.role(persona).to_owned(),
                (*table).to_owned(),
                column.to_owned(),
                (*privilege).to_owned(),
            ));
        }
    }
    assert_eq!(held, granted);
}
