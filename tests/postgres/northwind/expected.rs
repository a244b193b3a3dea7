//! What each persona should see, as joins over the bare tables.

/// One table as one facet of a persona sees it. In `rows`, `t` is the table and `{me}` the tenant's or the
/// employee's key.
pub(crate) struct Sight {
    pub(crate) table: &'static str,
    pub(crate) facet: usize,
    pub(crate) columns: &'static str,
    pub(crate) rows: &'static str,
}

const fn sight(table: &'static str, columns: &'static str, rows: &'static str) -> Sight {
    Sight { table, facet: 0, columns, rows }
}

const fn second(table: &'static str, columns: &'static str, rows: &'static str) -> Sight {
    Sight { table, facet: 1, columns, rows }
}

pub(crate) const CUSTOMER: &[Sight] = &[
    sight(
        "customers",
        "customer_id, company_name, contact_name, address, city, country, phone",
        "customers t where t.customer_id = '{me}'",
    ),
    sight(
        "orders",
        "order_id, order_date, required_date, shipped_date, ship_via, freight, ship_name, ship_city",
        "orders t where t.customer_id = '{me}'",
    ),
    sight(
        "order_details",
        "order_id, product_id, unit_price, quantity, discount",
        "order_details t join orders o on o.order_id = t.order_id where o.customer_id = '{me}'",
    ),
    sight(
        "products",
        "product_id, product_name, category_id, quantity_per_unit, unit_price, discontinued",
        "products t where t.discontinued = 0 or t.product_id in (select d.product_id from order_details d \
         join orders o on o.order_id = d.order_id where o.customer_id = '{me}')",
    ),
    sight("categories", "category_id, category_name, description", "categories t"),
    sight(
        "shippers",
        "shipper_id, company_name, phone",
        "shippers t where exists (select from orders o where o.ship_via = t.shipper_id and o.customer_id = '{me}')",
    ),
];

pub(crate) const VISITOR: &[Sight] =
    &[sight("products", "product_id, product_name, category_id", "products t where t.discontinued = 0")];

pub(crate) const SUPPLIER: &[Sight] = &[
    sight(
        "suppliers",
        "supplier_id, company_name, contact_name, city, country",
        "suppliers t where t.supplier_id = '{me}'",
    ),
    sight(
        "products",
        "product_id, product_name, category_id, units_in_stock, reorder_level, discontinued",
        "products t where t.supplier_id = '{me}'",
    ),
    sight(
        "order_details",
        "order_id, product_id, quantity",
        "order_details t join products p on p.product_id = t.product_id where p.supplier_id = '{me}'",
    ),
    sight("categories", "category_id, category_name", "categories t"),
];

const ORDER: &str = "order_id, customer_id, employee_id, order_date, required_date, shipped_date, ship_via, freight, \
     ship_name, ship_city";
const LINE: &str = "order_id, product_id, unit_price, quantity, discount";
const PRODUCT: &str = "product_id, product_name, supplier_id, category_id, quantity_per_unit, unit_price, units_in_stock, \
     reorder_level, discontinued";
const DIRECTORY: &str = "employee_id, last_name, first_name, title, extension";
const RECORD: &str = "employee_id, last_name, first_name, title, extension, birth_date, home_phone, reports_to";
const TERRITORIES: &str =
    "territories t join employee_territories e on e.territory_id = t.territory_id where e.employee_id = '{me}'";
const REGIONS: &str = "region t where t.region_id in (select x.region_id from territories x \
     join employee_territories e on e.territory_id = x.territory_id where e.employee_id = '{me}')";

pub(crate) const REPRESENTATIVE: &[Sight] = &[
    sight("orders", ORDER, "orders t where t.employee_id = '{me}'"),
    sight(
        "order_details",
        LINE,
        "order_details t join orders o on o.order_id = t.order_id where o.employee_id = '{me}'",
    ),
    sight(
        "customers",
        "customer_id, company_name, city, country",
        "customers t where t.customer_id in (select o.customer_id from orders o where o.employee_id = '{me}')",
    ),
    sight("products", PRODUCT, "products t"),
    sight("categories", "category_id, category_name, description", "categories t"),
    sight("shippers", "shipper_id, company_name, phone", "shippers t"),
    sight("territories", "territory_id, territory_description, region_id", TERRITORIES),
    sight("region", "region_id, region_description", REGIONS),
    sight("employees", DIRECTORY, "employees t"),
    second("employees", RECORD, "employees t where t.employee_id = '{me}'"),
];

pub(crate) const MANAGER: &[Sight] = &[
    sight("orders", ORDER, "orders t where t.employee_id in {team}"),
    sight(
        "order_details",
        LINE,
        "order_details t join orders o on o.order_id = t.order_id where o.employee_id in {team}",
    ),
    sight(
        "customers",
        "customer_id, company_name, city, country",
        "customers t where t.customer_id in (select o.customer_id from orders o where o.employee_id in {team})",
    ),
    sight("products", PRODUCT, "products t"),
    sight("categories", "category_id, category_name, description", "categories t"),
    sight("shippers", "shipper_id, company_name, phone", "shippers t"),
    sight("territories", "territory_id, territory_description, region_id", TERRITORIES),
    sight("region", "region_id, region_description", REGIONS),
    sight("employees", DIRECTORY, "employees t"),
    second("employees", RECORD, "employees t where t.employee_id in {team}"),
];

/// An employee and everybody below, at any depth.
const TEAM: &str = "(with recursive team as (select e.employee_id from employees e where e.employee_id = '{me}' \
     union select e.employee_id from employees e join team on e.reports_to = team.employee_id) \
     select team.employee_id from team)";

impl Sight {
    /// The rows of the table that `me` should see, with every column.
    pub(crate) fn rows_of(&self, me: &str) -> String {
        self.rows.replace("{team}", TEAM).replace("{me}", me)
    }

    pub(crate) fn as_superuser(&self, me: &str) -> String {
        let columns: Vec<String> = self.columns.split(", ").map(|column| format!("t.{column}")).collect();
        format!("select {} from {}", columns.join(", "), self.rows_of(me))
    }

    pub(crate) fn as_persona(&self) -> String {
        format!("select {} from public.{}", self.columns, self.table)
    }
}
