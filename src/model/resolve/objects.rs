//! Objects and their fields.

use super::condition::report;
use super::facts::Facts;
use super::label::{plural, singular};
use super::operand::{self, Relation};
use super::paths::Paths;
use super::report::{each, unknown};
use super::walk::ObjectDocs;
use super::{ceilings, managed, masks, retention, sorts, states};
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Deletion, Field, FieldType, FilledBy, MinGroup, Object, Source, TenantRoute, Value, Words};
use crate::names::{ColumnName, FieldName, KeyName, ObjectName, TableName};
use crate::spec::document::{DeleteDoc, FieldDoc, ObjectDoc, Operand, OwnerDoc};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// The objects as resolved, beside their documents, which still know the field sets.
pub(super) struct Objects<'a> {
    pub(super) docs: ObjectDocs<'a>,
    pub(super) resolved: BTreeMap<ObjectName, Object>,
    /// So that nobody goes through all objects for each field that a grant names.
    near: Near,
}

/// Which objects have to do with the rows of a table.
#[derive(Default)]
struct Near {
    /// Those that show it.
    shown: BTreeMap<TableName, Vec<ObjectName>>,
    /// Those whose rows belong to whom their child there belongs to.
    above: BTreeMap<TableName, Vec<ObjectName>>,
}

impl Near {
    fn of(objects: &BTreeMap<ObjectName, Object>) -> Self {
        let mut near = Self::default();
        for object in objects.values() {
            near.shown.entry(object.table.clone()).or_default().push(object.name.clone());
            for path in object.tenant_paths.values() {
                let TenantRoute::From { object: child, .. } = &path.route else { continue };
                let Some(child) = objects.get(child) else { continue };
                let above = near.above.entry(child.table.clone()).or_default();
                if !above.contains(&object.name) {
                    above.push(object.name.clone());
                }
            }
        }
        near
    }
}

impl<'a> Objects<'a> {
    pub(super) fn resolve(docs: ObjectDocs<'a>, facts: &Facts<'_>, findings: &mut Vec<Finding>) -> Self {
        let paths = Paths { docs: &docs, facts };
        managed::check_names(docs.values().copied(), facts, findings);
        let written: Vec<&ObjectDoc> = docs.values().copied().collect();
        let resolved = each(&written, findings, |doc, findings| {
            let mut object = object(&paths, doc, findings)?;
            if doc.is_managed() {
                object.managed = Some(managed::managed(facts, doc, &object, findings));
                object.key_generation = None;
            }
            Some((doc.name.value.clone(), object))
        });
        let resolved = resolved.into_iter().flatten().collect();
        let near = Near::of(&resolved);
        Self { docs, resolved, near }
    }

    /// The objects that show the table.
    pub(super) fn showing(&self, table: &TableName) -> impl Iterator<Item = &Object> {
        self.near.shown.get(table).into_iter().flatten().filter_map(|name| self.resolved.get(name))
    }

    /// The objects whose tenant is that of their children on the table.
    pub(super) fn above(&self, table: &TableName) -> impl Iterator<Item = &Object> {
        self.near.above.get(table).into_iter().flatten().filter_map(|name| self.resolved.get(name))
    }

    /// The object and its document; the finding where there is none.
    pub(super) fn get(&self, name: &ObjectName, at: Span) -> Result<(&Object, &'a ObjectDoc), Box<Finding>> {
        match (self.resolved.get(name), self.docs.get(name)) {
            (Some(object), Some(doc)) => Ok((object, doc)),
            _ => Err(Box::new(unknown(
                "there is no object",
                name.as_str(),
                at,
                self.docs.keys().map(ObjectName::as_str),
            ))),
        }
    }
}

fn object(paths: &Paths<'_>, doc: &ObjectDoc, findings: &mut Vec<Finding>) -> Option<Object> {
    let table = paths.facts.table_of(doc, findings);
    let key: Vec<ColumnName> = doc.key.iter().map(|name| name.value.clone()).collect();
    let fields = fields(paths, doc, findings);
    check_field_sets(doc, findings);
    let tenant_paths = doc
        .tenants
        .iter()
        .filter_map(|(name, path)| Some((name.clone(), paths.tenant(doc, name, path, findings)?)))
        .collect();
    let owners = doc
        .owners
        .iter()
        .filter_map(|(name, owner)| Some((name.clone(), paths.owner(doc, name, owner, findings)?)))
        .collect();
    let made = singular(doc.name.value.as_str());
    let label_one = paths.facts.words(doc.label.as_ref().map(|label| &label.one), made, findings);
    let label_many = paths.facts.words(doc.label.as_ref().map(|label| &label.many), plural(&label_one), findings);
    Some(Object {
        name: doc.name.value.clone(),
        label_many,
        label_one,
        table: table?,
        table_span: doc.table.as_ref().map_or(doc.name.span, |table| table.span),
        managed: None,
        max_scope: ceilings::max_scope(doc, findings),
        key,
        // A key that nobody wrote stands at the object's name.
        key_written: doc.key.iter().any(|column| column.span != doc.name.span),
        tenant_paths,
        owners,
        parent: paths.parent(doc, findings),
        shares: doc.shares.as_ref().and_then(|shares| paths.shares(doc, shares, findings)),
        assignments: doc.assignments.iter().filter_map(|one| paths.assignment(doc, one, findings)).collect(),
        sort: sorts::sort(doc, doc.sort.as_ref(), findings),
        states: states::machine(doc, findings),
        deletion: doc.delete.as_ref().map(|delete| match delete {
            DeleteDoc::Hard(_) => Deletion::Hard,
            DeleteDoc::Soft(column) => Deletion::Soft(column.value.clone()),
        }),
        audit_writes: doc.audit_writes.unwrap_or(true),
        source: doc.source.as_ref().map(|source| Source {
            system: source.system.value.clone(),
            write_back: source.write_back,
            max_staleness: source.max_staleness,
            span: source.system.span,
        }),
        attachments: doc.attachments.clone(),
        retention: retention::resolve(doc, findings),
        key_generation: doc.key_generation.as_ref().map(|generation| generation.value),
        min_group: doc.min_group.as_ref().map(|group| MinGroup {
            count: group.count.value.clone(),
            least: group.least,
            span: group.count.span,
        }),
        fields,
        span: doc.name.span,
    })
}

fn fields(paths: &Paths<'_>, doc: &ObjectDoc, findings: &mut Vec<Finding>) -> IndexMap<FieldName, Field> {
    let mut by_column: BTreeMap<ColumnName, &FieldName> = BTreeMap::new();
    let mut fields = IndexMap::new();
    for (name, field) in &doc.fields {
        let written = field.column.clone().unwrap_or_else(|| Spanned::new(ColumnName::new(name.as_str()), field.span));
        let column = written.value.clone();
        if let Some(other) = by_column.insert(column.clone(), name) {
            findings.push(
                Finding::error(
                    "identifier-collision",
                    written.span,
                    format!("fields `{other}` and `{name}` are the same column, `{column}`"),
                )
                .why("what is denied as the one would be shown as the other")
                .hint("keep one of them"),
            );
        }
        check_references(paths.docs, doc, field, findings);
        let default = field.default.as_ref().and_then(|written| default(name, field, written, findings));
        fields.insert(
            name.clone(),
            Field {
                name: name.clone(),
                label: paths.facts.words(field.label.as_ref(), singular(name.as_str()), findings),
                value_labels: value_labels(paths.facts, name, field, findings),
                column: column.clone(),
                field_type: field.field_type.value.clone(),
                class: field.class.as_ref().map(|class| class.value).unwrap_or_default(),
                required: field.required,
                max_length: field.max_length,
                search: field.search,
                currency: field.currency.as_ref().map(|currency| currency.value.clone()),
                default,
                mask: field.mask.as_ref().and_then(|mask| masks::fitting(doc, name, field, mask, findings)),
                user_key: user_key(paths, doc, &column, field, findings),
                tenant_kind: field.tenant_kind.as_ref().map(|kind| kind.value.clone()),
                filled_by: filled_by(field),
                span: field.span,
            },
        );
    }
    fields
}

/// What the values of an enum are called, where that is written.
fn value_labels(
    facts: &Facts<'_>,
    name: &FieldName,
    field: &FieldDoc,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, Words> {
    let FieldType::Enum(values) = &field.field_type.value else { return BTreeMap::new() };
    let mut labels = BTreeMap::new();
    for (value, words) in &field.value_labels {
        if !values.contains(&value.value) {
            let intro = format!("`{name}` has no value");
            findings.push(unknown(&intro, &value.value, value.span, values.iter().map(String::as_str)));
        }
        labels.insert(value.value.clone(), facts.words(Some(words), singular(&value.value), findings));
    }
    labels
}

fn filled_by(field: &FieldDoc) -> Option<FilledBy> {
    let formula = field.generated.as_ref().map(|_| FilledBy::Formula);
    let numbers = || field.numbered.as_ref().map(|_| FilledBy::Numbers);
    formula.or_else(numbers).or_else(|| field.on_update.map(|_| FilledBy::Clock))
}

/// Which of the user's keys a `user` field holds: as written, as the owner path on its column says, or the only one.
fn user_key(
    paths: &Paths<'_>,
    doc: &ObjectDoc,
    column: &ColumnName,
    field: &FieldDoc,
    findings: &mut Vec<Finding>,
) -> Option<KeyName> {
    if field.field_type.value != FieldType::User {
        return None;
    }
    let owner = doc.owners.values().find_map(|owner| match owner {
        OwnerDoc::Column(user) if user.column.value == *column => Some(user.key.as_ref()),
        _ => None,
    });
    let written = field.user_key.as_ref().or_else(|| owner.flatten());
    paths.facts.user_key(written, field.field_type.span, findings)
}

/// A value that the field may hold, or the moment at which a form is shown.
fn default(
    name: &FieldName,
    field: &FieldDoc,
    written: &Spanned<Operand>,
    findings: &mut Vec<Finding>,
) -> Option<Value> {
    let fits = operand::check(name.as_str(), &field.field_type.value, Relation::Equality, &written.value);
    report(fits, written.span, findings)?;
    Some(match &written.value {
        Operand::Text(text) => Value::Text(text.clone()),
        Operand::Number(text) => Value::Number(text.clone()),
        Operand::Boolean(value) => Value::Boolean(*value),
        Operand::Now => Value::Now,
        Operand::Today => Value::Today,
        Operand::User | Operand::Tenant | Operand::Tier | Operand::Row(_) => {
            findings.push(
                Finding::error("wrong-operand", written.span, "a default is a value, `$now` or `$today`")
                    .hint("what depends on who is asking is a `preset` of the create grant"),
            );
            return None;
        }
    })
}

fn check_references(docs: &ObjectDocs<'_>, doc: &ObjectDoc, field: &FieldDoc, findings: &mut Vec<Finding>) {
    if let FieldType::Reference(to) = &field.field_type.value {
        let at = field.field_type.span;
        match docs.get(to).map(|referenced| referenced.key.len()) {
            None => findings.push(unknown("there is no object", to.as_str(), at, docs.keys().map(ObjectName::as_str))),
            Some(1) => {}
            Some(columns) => findings.push(
                Finding::error(
                    "key-mismatch",
                    at,
                    format!("the key of `{to}` has {columns} columns, and a reference is one column"),
                )
                .why("the column alone does not say which row is meant")
                .hint(format!(
                    "give the column its own type; under a `{to}` the object has a `parent`, via all {columns}"
                )),
            ),
        }
    }
    if let Some(currency) = field.currency.as_ref().filter(|currency| !doc.fields.contains_key(&currency.value)) {
        findings.push(unknown_field(doc, currency.value.as_str(), currency.span));
    }
}

fn check_field_sets(doc: &ObjectDoc, findings: &mut Vec<Finding>) {
    for (name, members) in &doc.field_sets {
        for member in members.iter().filter(|member| !doc.fields.contains_key(&member.value)) {
            findings.push(unknown_field(doc, member.value.as_str(), member.span));
        }
        if let Some(field) = doc.fields.get(name.as_str()) {
            let span = members.first().map_or(field.span, |member| member.span);
            findings.push(
                Finding::error("duplicate-name", span, format!("`{name}` is a field and a field set of one object"))
                    .label(field.span, "the field")
                    .hint("rename the field set"),
            );
        }
    }
}

pub(super) fn unknown_field(doc: &ObjectDoc, written: &str, at: Span) -> Finding {
    let known = doc.fields.keys().map(FieldName::as_str);
    unknown(&format!("`{}` has no field", doc.name.value), written, at, known)
}
