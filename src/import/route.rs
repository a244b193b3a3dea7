//! Ways from the rows of a table to those of a tenants' table, along foreign keys.

use super::found::Found;
use super::settings::TenantTable;
use crate::names::{ColumnName, TableName};
use crate::state::ForeignKey;
use std::collections::{BTreeMap, VecDeque};

/// Beyond this a table has more ways than anybody wants to read.
const MOST_ROUTES: usize = 12;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub steps: Vec<Step>,
    /// A link table stands between.
    pub link: Option<Link>,
    /// Rows below lead there, and the steps are theirs.
    pub below: Option<Below>,
}

/// Rows that belong to one of the table's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    pub table: TableName,
    pub columns: Vec<ColumnName>,
    pub referenced: Vec<ColumnName>,
}

/// From a row to the one that its columns name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub columns: Vec<ColumnName>,
    pub to: TableName,
    pub referenced: Vec<ColumnName>,
    /// A foreign key says so; else it is only called like one.
    pub declared: bool,
}

/// Pairs the table's rows with tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub table: TableName,
    pub row: Vec<ColumnName>,
    /// The columns of the table itself that these hold.
    pub key: Vec<ColumnName>,
    pub tenant: ColumnName,
}

impl Route {
    pub fn along(steps: Vec<Step>) -> Self {
        Self { steps, link: None, below: None }
    }

    /// The row's own columns say it, or those of the rows that they name.
    pub fn is_upward(&self) -> bool {
        self.link.is_none() && self.below.is_none()
    }

    pub fn is_declared(&self) -> bool {
        self.steps.iter().all(|step| step.declared)
    }
}

impl From<&ForeignKey> for Step {
    fn from(key: &ForeignKey) -> Self {
        Self {
            columns: key.columns.clone(),
            to: key.references.clone(),
            referenced: key.referenced.clone(),
            declared: true,
        }
    }
}

/// The ways of every table, the shortest first; that of the tenants' table itself has no step.
pub fn routes(found: &Found, tenant: &TenantTable) -> BTreeMap<TableName, Vec<Route>> {
    let shortest = shortest(found, tenant);
    let mut routes = BTreeMap::new();
    for (table, relation) in &found.relations {
        if *table == tenant.table {
            routes.insert(table.clone(), vec![Route::along(Vec::new())]);
            continue;
        }
        let mut of_table: Vec<Route> = relation
            .foreign_keys
            .iter()
            .filter(|key| key.references != *table)
            .filter_map(|key| {
                let rest = if key.references == tenant.table { &Vec::new() } else { shortest.get(&key.references)? };
                let is_key =
                    key.references != tenant.table || key.referenced.iter().all(|column| tenant.has_key(column));
                let turns_back = rest.iter().any(|step| step.to == *table);
                (is_key && !turns_back).then(|| Route::along([Step::from(key)].iter().chain(rest).cloned().collect()))
            })
            .collect();
        if of_table.is_empty() {
            of_table.extend(links(found, tenant, table));
        }
        if of_table.is_empty() {
            of_table.extend(by_name(found, tenant, table));
        }
        of_table.sort_by_key(|route| route.steps.len());
        of_table.dedup();
        of_table.truncate(MOST_ROUTES);
        if !of_table.is_empty() {
            routes.insert(table.clone(), of_table);
        }
    }
    routes
}

/// Ways from the children of a table: an order is a customer's, and its lines are of parts that suppliers deliver. Only for
/// tables that `walled` says to be some tenants' already: of all others, such as the parts, it is no news that rows of tenants
/// name them.
pub fn from_below(
    found: &Found,
    routes: &BTreeMap<TableName, Vec<Route>>,
    walled: &dyn Fn(&TableName) -> bool,
) -> BTreeMap<TableName, Vec<Route>> {
    let mut below: BTreeMap<TableName, Vec<Route>> = BTreeMap::new();
    for table in found.relations.keys().filter(|table| walled(table)) {
        let fits = |route: &&Route| {
            let leads_on = !route.steps.is_empty() && route.steps.iter().all(|step| step.to != *table);
            route.is_declared() && route.is_upward() && leads_on
        };
        let children = found.relations.iter().filter(|(child, _)| *child != table);
        let mut ways: Vec<Route> = children
            .filter_map(|(child, relation)| Some((child, relation, routes.get(child)?.iter().find(fits)?)))
            .flat_map(|(child, relation, up)| {
                let named = relation.foreign_keys.iter().filter(|key| key.references == *table);
                named.map(|key| {
                    let (columns, referenced) = (key.columns.clone(), key.referenced.clone());
                    let rows = Below { table: child.clone(), columns, referenced };
                    Route { below: Some(rows), ..Route::along(up.steps.clone()) }
                })
            })
            .collect();
        ways.sort_by_key(|way| way.steps.len());
        ways.truncate(MOST_ROUTES);
        if !ways.is_empty() {
            below.insert(table.clone(), ways);
        }
    }
    below
}

/// The shortest way of each table that foreign keys lead to the tenants' from.
fn shortest(found: &Found, tenant: &TenantTable) -> BTreeMap<TableName, Vec<Step>> {
    let mut ways: BTreeMap<TableName, Vec<Step>> = BTreeMap::new();
    let mut todo = VecDeque::from([tenant.table.clone()]);
    while let Some(reached) = todo.pop_front() {
        let rest = ways.get(&reached).cloned().unwrap_or_default();
        for (table, relation) in &found.relations {
            let leads = |key: &&ForeignKey| {
                key.references == reached
                    && (reached != tenant.table || key.referenced.iter().all(|column| tenant.has_key(column)))
            };
            let is_new = *table != tenant.table && !ways.contains_key(table);
            if let Some(key) = relation.foreign_keys.iter().find(leads).filter(|_| is_new) {
                ways.insert(table.clone(), [Step::from(key)].iter().chain(&rest).cloned().collect());
                todo.push_back(table.clone());
            }
        }
    }
    ways
}

/// Tables whose key is made of a key of this one and a tenant's.
fn links<'a>(found: &'a Found, tenant: &'a TenantTable, table: &'a TableName) -> impl Iterator<Item = Route> + 'a {
    found.relations.iter().filter_map(move |(name, relation)| {
        let to = |target: &TableName| relation.foreign_keys.iter().find(|key| key.references == *target);
        let (row, of_tenant) = (to(table)?, to(&tenant.table)?);
        let [of_tenant_column] = of_tenant.columns.as_slice() else { return None };
        let is_pair = relation.primary_key.len() == row.columns.len() + 1
            && relation.primary_key.iter().all(|column| row.columns.contains(column) || column == of_tenant_column);
        let fits = is_pair && of_tenant.referenced.iter().all(|column| tenant.has_key(column));
        fits.then(|| Route {
            steps: Vec::new(),
            link: Some(Link {
                table: name.clone(),
                row: row.columns.clone(),
                key: row.referenced.clone(),
                tenant: of_tenant_column.clone(),
            }),
            below: None,
        })
    })
}

/// A column of the name and type that keys of the tenant have elsewhere: all that views have.
fn by_name(found: &Found, tenant: &TenantTable, table: &TableName) -> Option<Route> {
    let key = found.relations.get(&tenant.table)?.column(&tenant.key)?;
    let called: Vec<&ColumnName> = found
        .relations
        .values()
        .flat_map(|relation| &relation.foreign_keys)
        .filter(|key| key.references == tenant.table && key.referenced == [tenant.key.clone()])
        .flat_map(|key| &key.columns)
        .chain((tenant.key.as_str() != "id").then_some(&tenant.key))
        .collect();
    let relation = found.relations.get(table)?;
    let shows_tenants = relation.reads.contains(&tenant.table);
    let fits = |column: &&super::found::FoundColumn| {
        column.base_type == key.base_type
            && (called.iter().any(|name| **name == column.name) || shows_tenants && column.name == tenant.key)
    };
    let column = relation.columns.iter().find(fits)?;
    let step = Step {
        columns: vec![column.name.clone()],
        to: tenant.table.clone(),
        referenced: vec![tenant.key.clone()],
        declared: false,
    };
    Some(Route::along(vec![step]))
}

/// Tables that others lead to, with how many do: what tenants could be, the likeliest first.
pub fn tenant_candidates(found: &Found) -> Vec<(TableName, usize)> {
    let mut candidates: Vec<(TableName, usize)> = found
        .relations
        .iter()
        .filter_map(|(table, relation)| {
            let [key] = relation.primary_key.as_slice() else { return None };
            let tenant = TenantTable::new(table.clone(), key.clone());
            Some((table.clone(), shortest(found, &tenant).len()))
        })
        .filter(|(_, reaching)| *reaching > 0)
        .collect();
    candidates.sort_by_key(|(table, reaching)| (std::cmp::Reverse((is_likely(table), *reaching)), table.clone()));
    candidates
}

/// Whether a table is called like those of organisations that others are customers or partners of.
fn is_likely(table: &TableName) -> bool {
    const WORDS: &[&str] = &[
        "tenant",
        "customer",
        "client",
        "account",
        "company",
        "organisation",
        "organization",
        "org",
        "supplier",
        "vendor",
        "partner",
        "dealer",
        "reseller",
        "merchant",
        "store",
        "shop",
        "school",
        "clinic",
        "member",
        "investor",
        "workspace",
    ];
    let name = super::naming::singular(&super::naming::snake(&table.name, "table"));
    WORDS.contains(&name.rsplit('_').next().unwrap_or(&name))
}
