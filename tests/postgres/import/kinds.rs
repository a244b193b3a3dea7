//! A shop whose customers and suppliers stand in one table, as they do in many.

use super::Workplace;
use portalctl_test_support::TestDatabase;

const SHOP: &str = "
create schema shop;
set search_path = shop;
create table account (id int primary key, name text not null, type text not null check (type in ('customer', 'supplier', 'prospect')));
create table contact (id int primary key, account_id int not null references account, last_name text not null, email text not null);
create table part (id int primary key, name text not null, supplier_id int not null references account);
create table sales_order (id int primary key, account_id int not null references account, contact_id int references contact, placed date not null);
create table order_line (order_id int not null references sales_order, line int not null, part_id int not null references part,
  quantity int not null, primary key (order_id, line));
insert into account select n, 'Account ' || n, case when n <= 30 then 'customer' when n <= 42 then 'supplier' else 'prospect' end
  from generate_series(1, 45) n;
insert into contact select n, n, 'Doe ' || n, 'doe' || n || '@account.example' from generate_series(1, 45) n;
insert into part select n, 'Part ' || n, 31 + n % 12 from generate_series(1, 60) n;
insert into sales_order select n, 1 + n % 30, 1 + n % 30, '2026-01-01' from generate_series(1, 50) n;
insert into order_line select n, line, 1 + (n * 7 + line * line) % 60, 2 from generate_series(1, 50) n, generate_series(1, 3) line;
";

async fn shop() -> (TestDatabase, Workplace) {
    let db = TestDatabase::from_template("import_kinds", async |template| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), SHOP).unwrap();
        template.load(file.path());
    });
    let db = db.await;
    let place = Workplace::new(&db);
    (db, place)
}

#[tokio::test]
async fn the_column_that_tells_kinds_apart_is_told_with_its_counts() {
    let (_db, place) = shop().await;
    let said = place.import(&["--tenant", "account"]).stderr;
    let told = "`shop.account` may hold several kinds of tenant, of which `type` would tell: customer 30, supplier 12, prospect 3.";
    assert!(said.contains(told), "{said}");
    assert!(said.contains("import anew with `--tenant shop.account:type`"), "{said}");
    let lines = "- {from_table: shop.account, key: id, tenant_kind: {column: type, values: {customer: customer, supplier: supplier, prospect: prospect}}}";
    assert!(said.contains(lines), "{said}");
    assert_eq!(place.run(&["validate"]).code, 0);
}

#[tokio::test]
async fn each_kind_gets_its_ways_and_no_row_of_another() {
    let (_db, place) = shop().await;
    let kinds = ["--tenant", "account:type"];
    let said = place.import(&kinds).stderr;
    let project = place.read("portalctl.yaml");
    let by_column = "tenant_kind: {column: type, values: {customer: customer, supplier: supplier, prospect: prospect}}";
    assert!(project.contains(by_column), "{project}");
    // Parts are suppliers' alone and orders customers', as their rows say.
    let part = place.read("objects/part.yaml");
    assert!(part.contains("tenants: {supplier: supplier_id}"), "{part}");
    let order = place.read("objects/sales_order.yaml");
    assert!(order.contains("\ntenants: {customer: account_id}\n"), "{order}");
    let absent = "note: `sales_order`: none of its rows leads to a tenant of kind `prospect`";
    assert!(said.contains(absent), "{said}");
    let line = place.read("objects/order_line.yaml");
    assert!(line.contains("customer: {via: order_id, object: sales_order, path: customer}"), "{line}");
    assert!(line.contains("supplier: {via: part_id, object: part, path: supplier}"), "{line}");
    // Suppliers deliver parts of orders: whoever would let them see these decides it.
    let choice = "tenants: {supplier: {from: order_line, column: order_id, path: supplier}}";
    assert!(said.contains(choice) && said.contains("of several tenants at once"), "{said}");
    assert!(order.contains("#   supplier: {from: order_line, column: order_id, path: supplier}"), "{order}");

    assert_eq!(place.run(&["validate"]).code, 0, "{}", place.run(&["validate"]).stderr);
    place.write("portals/desk.yaml", "kind: portal\nname: desk\naudiences:\n  buyer: {tenant_kind: customer, grants: {sales_order: {read: {path: customer, fields: [placed]}}}}\n  seller: {tenant_kind: supplier, grants: {part: {read: [name]}, order_line: {read: {path: supplier, fields: [quantity]}}}}\n");
    let valid = place.run(&["validate", "--database"]);
    assert_eq!(valid.code, 0, "{}{}", valid.stdout, valid.stderr);
    place.changes_nothing(&kinds);
    place.changes_nothing(&[]);
    // The line that was only offered is one that the language has.
    let decided = "tenants: {customer: account_id, supplier: {from: order_line, column: order_id, path: supplier}}";
    place.replace("objects/sales_order.yaml", "tenants: {customer: account_id}", decided);
    let valid = place.run(&["validate", "--database"]);
    assert_eq!(valid.code, 0, "{}{}", valid.stdout, valid.stderr);
    place.changes_nothing(&[]);
}

#[tokio::test]
async fn tenants_are_added_to_the_project_and_people_as_a_remark() {
    let (_db, place) = shop().await;
    let before = "# The shop.\nversion: 1   # of the language\nkind: project\nname: shop\ndatabase: {schema: shop}   # ours\n---\n# A role.\nkind: permission_set\nname: none\n";
    place.write("portalctl.yaml", before);
    let said = place.import(&["--tenant", "account"]);
    assert!(said.stdout.contains("write      portalctl.yaml\n"), "{}", said.stdout);
    assert!(said.stderr.contains("added to `portalctl.yaml`: tenants of `shop.account`"), "{}", said.stderr);
    let after = place.read("portalctl.yaml");
    let person = "#   - {from_table: shop.contact, keys: {contact: id}, email: email, title: last_name, tenant: account_id, audience: PORTAL/AUDIENCE}\n";
    assert!(after.contains("from_table: shop.account"), "{after}");
    assert!(after.contains(&format!("{person}---\n# A role.\n")), "{after}");
    let mut left: Vec<&str> = after.lines().collect();
    left.retain(|line| before.lines().any(|kept| kept == *line));
    assert_eq!(left, before.lines().collect::<Vec<_>>(), "{after}");
    assert_eq!(place.run(&["validate"]).code, 0);
    place.changes_nothing(&["--tenant", "account"]);

    // Whoever does not want the remark takes it out, and it stays out.
    place.write("portalctl.yaml", &after.replace(person, ""));
    place.changes_nothing(&["--tenant", "account"]);
}

#[tokio::test]
async fn a_column_of_which_nobody_knows_the_values_is_refused_with_what_to_write() {
    let (_db, place) = shop().await;
    let ran = place.run(&["import", "--tenant", "account:name"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("tenant_kind: {column: name, values: {VALUE: KIND}}"), "{}", ran.stderr);
    let ran = place.run(&["import", "--tenant", "account:typ"]);
    assert!(ran.code == 2 && ran.stderr.contains("did you mean `type`?"), "{}", ran.stderr);
    assert!(place.files().is_empty());
}
