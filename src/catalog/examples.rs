//! The examples that come with the binary.

/// An example that `portalctl new` copies.
#[derive(Debug)]
pub struct Example {
    pub name: &'static str,
    /// What one learns from it, in a line.
    pub shows: &'static str,
    /// By their paths in the project. Named one by one: what `up` and `scaffold` put beside them is not taken along.
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! examples {
    ($($name:literal, $shows:literal: $($file:literal)+;)+) => {
        &[$(Example {
            name: $name,
            shows: $shows,
            files: &[$(($file, include_str!(concat!("../../examples/", $name, "/", $file)))),+],
        }),+]
    };
}

static EXAMPLES: &[Example] = examples! {
    "acme", "a CRM that was there first, opened to customers and partners":
        "README.md" "portalctl.yaml" "db/10_roles.sql" "db/20_accounts.sql" "db/21_catalogue.sql" "db/22_service.sql"
        "db/23_orders.sql" "db/24_sales.sql" "db/25_benchmark.sql" "db/30_functions.sql" "db/40_sample_words.sql"
        "db/50_sample_staff_products.sql" "db/51_sample_accounts.sql" "db/52_sample_articles.sql"
        "db/53_sample_assets_orders.sql" "db/54_sample_cases.sql" "db/55_sample_sales.sql" "db/90_finish.sql"
        "objects/accounts.yaml" "objects/catalogue.yaml" "objects/orders.yaml" "objects/sales.yaml"
        "objects/service.yaml" "permission-sets/customers.yaml" "permission-sets/partners.yaml"
        "permission-sets/reading.yaml" "permission-sets/staff.yaml" "portals/partners.yaml" "portals/support.yaml"
        "tests/customers.yaml" "tests/partners.yaml";
    "client", "a planning firm: hours on projects, four eyes, staff who meet their own clients":
        "README.md" "portalctl.yaml" "changes/approvals.yaml" "modules/hours.yaml" "portals/clients.yaml"
        "tests/walls.yaml";
    "customer", "a maker of scales: a module of its own, catalogue documents changed, a brand per customer":
        "README.md" "portalctl.yaml" "changes/case.yaml" "modules/loans.yaml" "portals/service.yaml"
        "tenants/customers.yaml" "tests/walls.yaml";
    "customer-and-partner", "a software firm: three portals over one set of tables, rows between two organisations":
        "README.md" "portalctl.yaml" "modules/installations.yaml" "portals/portals.yaml" "tests/between-two.yaml"
        "tests/three-portals.yaml";
    "distributor", "a supplier with an ERP: tables and a view that were there first, tenants with two keys":
        "README.md" "portalctl.yaml" "db/10_erp.sql" "db/20_rows.sql" "objects/erp.yaml" "permission-sets/erp.yaml"
        "portals/wholesale.yaml" "tenants/wholesalers.yaml" "tests/walls.yaml";
    "employee", "a shipyard: ideas without a name, long leave to another desk, an elected audience":
        "README.md" "portalctl.yaml" "changes/leave.yaml" "modules/ideas.yaml" "portals/people.yaml" "tests/walls.yaml";
    "franchise", "a bakery with shops: unannounced inspections, people who see their own shop, an audience of inspectors":
        "README.md" "portalctl.yaml" "modules/inspections.yaml" "portals/network.yaml" "tests/walls.yaml";
    "franchise-and-customer", "a laundry: franchisees and the customers of their locations in one portal":
        "README.md" "portalctl.yaml" "modules/pickups.yaml" "portals/chain.yaml" "tests/customers-of-a-location.yaml"
        "tests/pickups.yaml";
    "investor", "two funds: a vote an entity with a second factor, controls that profiles ask for":
        "README.md" "portalctl.yaml" "changes/contact.yaml" "modules/consents.yaml" "portals/investors.yaml"
        "tests/walls.yaml";
    "member", "an institute: a month of grace, what members post for all, rows between two people":
        "README.md" "portalctl.yaml" "modules/job-board.yaml" "portals/members.yaml" "tests/walls.yaml";
    "partner", "a maker of pumps: colleagues see that, team leads see what, tiers, a staging environment":
        "README.md" "portalctl.yaml" "changes/deals.yaml" "modules/demo-pumps.yaml" "portals/partners.yaml"
        "tests/walls.yaml";
    "patient", "a practice: questions before a visit, a family of several, when data go":
        "README.md" "portalctl.yaml" "changes/retention.yaml" "modules/intake.yaml" "portals/patients.yaml"
        "tests/walls.yaml";
    "reseller", "a maker of label printers: tenants from a list, orders only while credit is clear, trainees without prices":
        "README.md" "portalctl.yaml" "changes/orders.yaml" "modules/credit.yaml" "portals/shop.yaml" "resellers.csv"
        "tests/walls.yaml";
    "self-service", "a help centre: two languages, forms for visitors that are counted, one vote an account":
        "README.md" "portalctl.yaml" "modules/service-status.yaml" "modules/wishes.yaml" "portals/help.yaml"
        "tests/walls.yaml";
    "vendor", "a buyer of castings: an audience of its own without prices, writes handed to the ERP":
        "README.md" "portalctl.yaml" "changes/orders.yaml" "modules/complaints.yaml" "portals/suppliers.yaml"
        "tests/walls.yaml";
};

/// All of them, by name.
pub fn examples() -> impl Iterator<Item = &'static Example> {
    EXAMPLES.iter()
}

/// `None` where there is none of that name.
pub fn example(name: &str) -> Option<&'static Example> {
    examples().find(|example| example.name == name)
}
