//! A unique constraint without the tenant, on a column that tenants write, tells one of another's rows.
//!
//! ## Why is this bad
//!
//! Row policies hide rows, and a unique index does not ask them: PostgreSQL refuses a value because *somebody else* has it.
//! A partner who registers a customer learns that another partner has; no wording hides that it was refused.
//!
//! ## Example
//!
//! ```sql
//! CREATE TABLE crm.deals (…, partner_id integer NOT NULL, customer_name text NOT NULL UNIQUE);
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! CREATE TABLE crm.deals (…, UNIQUE (partner_id, customer_name));
//! ```
//!
//! Where a value is nobody's secret, such as a number that everybody is told, accept the finding.

use crate::check::grants::each_write;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Object, TenantRoute, Who, Write, WriteGrant};
use crate::names::ColumnName;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::live("unique-across-tenants", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let telling = each_write(live.model, |persona, object, grant| {
        let unique = &live.relation(&object.table).filter(|_| persona.who != Who::Internal)?.unique;
        unique.iter().find(|columns| tells(columns, object, grant)).cloned()
    });
    let found = telling.iter().map(|held| {
        let columns = held.found.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
        let message =
            format!("{} may write {columns} of a `{}`, unique over all tenants", held.who(), held.object.name);
        let finding = Finding::warn(RULE.id, held.span, message)
            .why("a value that is refused because another tenant has it tells of that tenant's row")
            .hint(format!(
                "make it unique with the tenant's column: `UNIQUE (…, {})`",
                held.found.iter().map(ColumnName::as_str).collect::<Vec<_>>().join(", ")
            ));
        held.acceptable(finding)
    });
    found.collect()
}

/// Some of the columns are the writer's to choose, and none of them says whose row it is.
fn tells(columns: &[ColumnName], object: &Object, grant: &WriteGrant) -> bool {
    let chosen = grant.inserted(object).into_iter().chain(grant.changed(object)).collect::<BTreeSet<_>>();
    let owned = |column: &ColumnName| {
        let tenants = object.tenant_paths.values().any(|path| match &path.route {
            TenantRoute::Column { column: tenant, .. } => tenant == column,
            TenantRoute::Via { via, .. } => via.contains(column),
            TenantRoute::Link { .. } | TenantRoute::From { .. } => false,
        });
        tenants
            || object.parent.as_ref().is_some_and(|parent| parent.via.contains(column))
            || matches!(&grant.write, Write::Create(create) if create.fixes(column))
    };
    let is_owned = !object.tenant_paths.is_empty() || !object.owners.is_empty() || object.parent.is_some();
    is_owned && columns.iter().any(|column| chosen.contains(column)) && !columns.iter().any(owned)
}
