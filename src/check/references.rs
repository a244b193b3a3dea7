//! Every column that a model names, with the line that names it.

use crate::diagnostic::Span;
use crate::model::{
    AccessModel, AssignmentTarget, ByValue, Comparison, Condition, Deletion, Lifecycle, LinkedTo, Object, OwnerPath,
    PaidUntil, PeopleSource, TenantRoute, TenantSource, TierSource, Value,
};
use crate::names::{ColumnName, TableName};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) table: TableName,
    pub(super) column: ColumnName,
    pub(super) span: Span,
}

/// The columns of objects, their links, and of the tables of tenants and people.
pub(super) fn references(model: &AccessModel) -> Vec<Reference> {
    let mut all = Gathered::default();
    for object in model.objects.values() {
        of_object(&mut all, model, object);
    }
    model.tenant_sources.iter().for_each(|source| of_tenants(&mut all, source));
    for persona in model.personas.values() {
        let Some(Lifecycle { paid_until: PaidUntil::Tenant(column), span, .. }) = &persona.lifecycle else { continue };
        let kind = persona.tenant_kind.as_ref();
        let read = model.tenant_sources.iter().filter(|source| source.may_be(kind));
        read.for_each(|source| all.add(&source.table, [column], *span));
    }
    model.people.iter().for_each(|source| of_people(&mut all, source));
    if let Some(assigned) = &model.assigned_tenants {
        all.add(&assigned.table, [&assigned.tenant, &assigned.user.column], assigned.span);
    }
    all.0.sort();
    all.0.dedup();
    all.0
}

#[derive(Default)]
struct Gathered(Vec<Reference>);

impl Gathered {
    fn add<'c>(&mut self, table: &TableName, columns: impl IntoIterator<Item = &'c ColumnName>, span: Span) {
        let one = |column: &ColumnName| Reference { table: table.clone(), column: column.clone(), span };
        self.0.extend(columns.into_iter().map(one));
    }
}

fn of_object(all: &mut Gathered, model: &AccessModel, object: &Object) {
    let table = &object.table;
    all.add(table, &object.key, object.span);
    for field in object.fields.values() {
        all.add(table, [&field.column], field.span);
    }
    for path in object.tenant_paths.values() {
        match &path.route {
            TenantRoute::Column { column, .. } => all.add(table, [column], path.span),
            TenantRoute::Via { via, .. } => all.add(table, via, path.span),
            TenantRoute::Link { table, row, tenant, .. } => all.add(table, row.iter().chain([tenant]), path.span),
            TenantRoute::From { object, columns, .. } => {
                if let Some(child) = model.objects.get(object) {
                    all.add(&child.table, columns, path.span);
                }
            }
        }
    }
    for owner in object.owners.values() {
        match owner {
            OwnerPath::Column(user) => all.add(table, [&user.column], object.span),
            OwnerPath::Via { via, .. } => all.add(table, via, object.span),
        }
    }
    if let Some(parent) = &object.parent {
        all.add(table, &parent.via, parent.span);
    }
    if let Some(group) = &object.min_group {
        all.add(table, [&group.count], group.span);
    }
    if let Some(Deletion::Soft(column)) = &object.deletion {
        all.add(table, [column], object.span);
    }
    if let Some(shares) = &object.shares {
        let with = match &shares.with {
            LinkedTo::User(user) => &user.column,
            LinkedTo::Tenant { column, .. } => column,
        };
        all.add(&shares.table, shares.row.iter().chain([with]).chain(&shares.until), object.span);
    }
    for assignment in &object.assignments {
        all.add(&assignment.table, [&assignment.user.column], object.span);
        match &assignment.target {
            AssignmentTarget::Row(columns) | AssignmentTarget::Parent(columns) => {
                all.add(&assignment.table, columns, object.span);
            }
            AssignmentTarget::Tenant { column, .. } => all.add(&assignment.table, [column], object.span),
        }
    }
}

fn of_tenants(all: &mut Gathered, source: &TenantSource) {
    let (table, span) = (&source.table, source.span);
    all.add(table, [&source.key], span);
    all.add(table, source.keys.values().chain(&source.title).chain(&source.parent), span);
    all.add(table, source.kind.as_ref().and_then(by_value), span);
    match &source.tier {
        Some(TierSource::Named(column)) => all.add(table, [column], span),
        Some(TierSource::ByValue(value)) => all.add(table, by_value(value), span),
        None => {}
    }
    of_condition(all, table, &source.condition, span);
}

fn of_people(all: &mut Gathered, source: &PeopleSource) {
    let (table, span) = (&source.table, source.span);
    all.add(table, source.keys.values().chain([&source.email]), span);
    all.add(table, source.title.iter().chain(&source.tenant).chain(&source.reports_to), span);
    all.add(table, by_value(&source.audience), span);
    of_condition(all, table, &source.condition, span);
}

fn by_value<T>(value: &ByValue<T>) -> Option<&ColumnName> {
    match value {
        ByValue::Fixed(_) => None,
        ByValue::Column { column, .. } => Some(column),
    }
}

/// In sources the fields of a condition are columns.
fn of_condition(all: &mut Gathered, table: &TableName, condition: &Condition, span: Span) {
    match condition {
        Condition::True => {}
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| of_condition(all, table, part, span));
        }
        Condition::Test(test) => {
            let compared = operands(&test.comparison).filter_map(|value| match value {
                Value::Row(field) => Some(ColumnName::new(field.as_str())),
                _ => None,
            });
            let columns: Vec<ColumnName> = compared.chain([ColumnName::new(test.field.as_str())]).collect();
            all.add(table, &columns, span);
        }
    }
}

/// What a comparison compares with.
pub(super) fn operands(comparison: &Comparison<Value>) -> impl Iterator<Item = &Value> {
    let values: &[Value] = match comparison {
        Comparison::Eq(one)
        | Comparison::Ne(one)
        | Comparison::Lt(one)
        | Comparison::Lte(one)
        | Comparison::Gt(one)
        | Comparison::Gte(one) => std::slice::from_ref(one),
        Comparison::In(values) | Comparison::NotIn(values) => values,
        Comparison::IsNull(_) => &[],
    };
    values.iter()
}
