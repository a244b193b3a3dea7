//! The traders' database, whose columns may be NULL where one would not expect it.

use super::Workplace;
use crate::northwind::business;

#[tokio::test]
async fn what_is_to_decide_is_said_with_the_lines_that_settle_it() {
    let Some(db) = business().await else { return };
    let place = Workplace::new(&db);
    let tenants = ["--tenant", "customers", "--tenant", "suppliers"];
    let said = place.import(&tenants).stderr;
    // The order and the product that belong to nobody, and the line between them.
    assert!(said.contains("order.customer_id → customer: reaches 830 of 831 rows, NULL in 1\n"), "{said}");
    assert!(
        said.contains(
            "order_detail.product_id → product.supplier_id → supplier: reaches 2155 of 2156 rows, NULL in 1\n"
        )
    );
    assert!(said.contains("left out: `public.employees.photo`: no type of field holds `bytea`\n"), "{said}");
    assert_eq!(place.run(&["validate", "--database"]).code, 1, "nobody has accepted that orders may be nobody's");

    let accepted = "  - {check: nullable-tenant-path, object: ";
    let lines: String = said
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with(accepted.trim_start()))
        .map(|line| format!("  {line}\n"))
        .collect();
    assert_eq!(lines.matches(accepted).count(), 2, "{lines}");
    place.add("portalctl.yaml", &format!("accept:\n{lines}"));
    let valid = place.run(&["validate", "--database"]);
    assert_eq!(valid.code, 0, "{}", valid.stdout);
    place.changes_nothing(&tenants);
}
