//! The columns that access is read from: who people are, which tenants and rows they are given.

use crate::model::{
    AccessModel, AssignmentTarget, ByValue, Condition, LinkedTo, PeopleSource, TenantRoute, TenantSource, TierSource,
    Who,
};
use crate::names::{ColumnName, PersonaName, TableName};

pub(super) struct Claim<'a> {
    pub(super) table: &'a TableName,
    pub(super) column: ColumnName,
    pub(super) decides: &'static str,
    /// Staff are among the people concerned.
    pub(super) of_staff: bool,
    /// It says which tenants staff meet.
    pub(super) of_reach: bool,
}

pub(super) fn claims(model: &AccessModel) -> Vec<Claim<'_>> {
    let mut all = Vec::new();
    model.people.iter().for_each(|source| people(model, source, &mut all));
    model.tenant_sources.iter().for_each(|source| tenants(source, &mut all));
    if let Some(assigned) = &model.assigned_tenants {
        let columns = [&assigned.tenant, &assigned.user.column];
        let decides = "which tenants staff meet";
        all.extend(columns.map(|column| Claim { of_reach: true, ..plain(&assigned.table, column, decides) }));
    }
    for object in model.objects.values() {
        if let Some(shares) = &object.shares {
            let with = match &shares.with {
                LinkedTo::User(user) => &user.column,
                LinkedTo::Tenant { column, .. } => column,
            };
            let columns = shares.row.iter().chain([with]).chain(&shares.until);
            all.extend(columns.map(|column| plain(&shares.table, column, "with whom a row is shared")));
        }
        for assignment in &object.assignments {
            let target: Vec<&ColumnName> = match &assignment.target {
                AssignmentTarget::Row(columns) | AssignmentTarget::Parent(columns) => columns.iter().collect(),
                AssignmentTarget::Tenant { column, .. } => vec![column],
            };
            let columns = target.into_iter().chain([&assignment.user.column]);
            all.extend(columns.map(|column| plain(&assignment.table, column, "to whom a row is assigned")));
        }
        for path in object.tenant_paths.values() {
            if let TenantRoute::Link { table, row, tenant, .. } = &path.route {
                let columns = row.iter().chain([tenant]);
                all.extend(columns.map(|column| plain(table, column, "whose a row is")));
            }
        }
    }
    all
}

fn plain<'a>(table: &'a TableName, column: &ColumnName, decides: &'static str) -> Claim<'a> {
    Claim { table, column: column.clone(), decides, of_staff: false, of_reach: false }
}

fn people<'a>(model: &AccessModel, source: &'a PeopleSource, all: &mut Vec<Claim<'a>>) {
    let internal = |name: &PersonaName| model.personas.get(name).is_some_and(|one| one.who == Who::Internal);
    let (of_staff, by) = match &source.audience {
        ByValue::Fixed(name) => (internal(name), None),
        ByValue::Column { column, values } => (values.values().any(internal), Some(column)),
    };
    let mut columns: Vec<ColumnName> = source.keys.values().chain([&source.email]).chain(by).cloned().collect();
    columns.extend(source.tenant.iter().chain(&source.reports_to).cloned());
    tested(&source.condition, &mut columns);
    let claim = |column| Claim { of_staff, ..plain(&source.table, column, "who may sign in, and as whom") };
    all.extend(columns.iter().map(claim));
}

fn tenants<'a>(source: &'a TenantSource, all: &mut Vec<Claim<'a>>) {
    let mut columns: Vec<ColumnName> =
        source.keys.values().chain([&source.key]).chain(&source.parent).cloned().collect();
    columns.extend(source.kind.as_ref().and_then(by_value).cloned());
    match &source.tier {
        Some(TierSource::Named(column)) => columns.push(column.clone()),
        Some(TierSource::ByValue(value)) => columns.extend(by_value(value).cloned()),
        None => {}
    }
    tested(&source.condition, &mut columns);
    all.extend(columns.iter().map(|column| plain(&source.table, column, "which tenants there are, and their tiers")));
}

fn by_value<T>(value: &ByValue<T>) -> Option<&ColumnName> {
    match value {
        ByValue::Fixed(_) => None,
        ByValue::Column { column, .. } => Some(column),
    }
}

/// In sources the fields of a condition are columns.
fn tested(condition: &Condition, columns: &mut Vec<ColumnName>) {
    match condition {
        Condition::True => {}
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| tested(part, columns)),
        Condition::Test(test) => columns.push(ColumnName::new(test.field.as_str())),
    }
}
