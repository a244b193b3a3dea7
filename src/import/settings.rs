//! What the project says already, as far as an import has to know.

use super::naming::snake;
use crate::diagnostic::Spanned;
use crate::names::{ColumnName, FieldName, KeyName, ObjectName, SchemaName, TableName, TenantKind};
use crate::spec::document::{
    Comparison, ConditionDoc, FieldDoc, ObjectDoc, Operand, OwnerDoc, ProjectDoc, SpecSet, TableRef, TenantKindDoc,
    TenantPathShape, TenantSourceDoc,
};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub tenants: Vec<TenantTable>,
    /// Tables of people with the columns that hold their keys.
    pub people: BTreeMap<TableName, BTreeMap<ColumnName, KeyName>>,
    pub objects: Vec<KnownObject>,
    /// Names of objects, those without a table of the business among them.
    pub names: BTreeSet<String>,
    /// What the project document calls itself, where there is one.
    pub project: Option<String>,
    /// What is imported is not the project's: nothing is added to its document.
    pub is_elsewhere: bool,
}

/// A table of which a row is a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantTable {
    pub table: TableName,
    pub key: ColumnName,
    /// Further columns by which tenants are known.
    pub keys: BTreeMap<ColumnName, KeyName>,
    /// The path's name, where there are several kinds.
    pub kind: Option<String>,
    /// Which of its rows are of that kind; `None`: all of them.
    pub only: Option<Deciding>,
    /// The project document says so; else the command line does.
    pub declared: bool,
}

/// What tells tenants of one kind from others of their table: they have one of these values in the column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    pub column: ColumnName,
    pub values: Vec<String>,
}

impl TenantTable {
    pub fn new(table: TableName, key: ColumnName) -> Self {
        Self { table, key, keys: BTreeMap::new(), kind: None, only: None, declared: false }
    }

    /// A kind for each value that the column may have, called like it.
    pub fn by_kind(self, column: &ColumnName, values: &[String]) -> Vec<Self> {
        let of_value = |value: &String| Self {
            kind: Some(snake(value, "kind")),
            only: Some(Deciding { column: column.clone(), values: vec![value.clone()] }),
            ..self.clone()
        };
        values.iter().map(of_value).collect()
    }

    pub fn has_key(&self, column: &ColumnName) -> bool {
        self.key == *column || self.keys.contains_key(column)
    }
}

/// An object that a document has made of a table.
#[derive(Debug, Clone)]
pub struct KnownObject {
    pub name: ObjectName,
    pub table: TableName,
    /// The path of its file.
    pub file: String,
    pub fields: BTreeMap<FieldName, (ColumnName, FieldDoc)>,
    /// Everything that the document says of columns.
    pub columns: BTreeSet<ColumnName>,
    pub key: Vec<ColumnName>,
    pub has_tenant: bool,
}

impl Settings {
    /// From the documents of a project; tables without a schema are in `schema`.
    pub fn of(spec: &SpecSet) -> Self {
        let schema = spec.project.as_ref().map_or_else(|| SchemaName::new("public"), default_schema);
        let table = |written: &TableRef| match written {
            TableRef::Qualified(table) => table.clone(),
            TableRef::Bare(name) => TableName::new(schema.as_str(), name),
        };
        let mut settings = Self {
            project: spec.project.as_ref().map(|project| project.name.value.to_string()),
            names: spec.objects.iter().map(|object| object.name.value.to_string()).collect(),
            objects: spec.objects.iter().filter_map(|doc| known(spec, doc, &table)).collect(),
            ..Self::default()
        };
        if let Some(project) = &spec.project {
            settings.tenants = tenants(project, &table);
            for people in &project.people {
                let keys = settings.people.entry(table(&people.from_table.value)).or_default();
                keys.extend(people.keys.iter().map(|(key, column)| (column.value.clone(), key.clone())));
            }
        }
        settings
    }

    pub fn object_of(&self, table: &TableName) -> Option<&KnownObject> {
        self.objects.iter().find(|object| object.table == *table)
    }
}

/// Where tables are that are named without a schema.
pub fn default_schema(project: &ProjectDoc) -> SchemaName {
    project.database.schema.as_ref().map_or_else(|| SchemaName::new("public"), |schema| schema.value.clone())
}

fn tenants(project: &ProjectDoc, table: &impl Fn(&TableRef) -> TableName) -> Vec<TenantTable> {
    let mut tenants: Vec<TenantTable> = Vec::new();
    for source in &project.tenants {
        let TenantSourceDoc::Table(source) = source else { continue };
        let one = TenantTable {
            table: table(&source.from_table.value),
            key: source.key.value.clone(),
            keys: source.keys.iter().map(|(key, column)| (column.value.clone(), key.clone())).collect(),
            kind: None,
            only: source.filter.as_ref().and_then(deciding),
            declared: true,
        };
        let of_kind = |kind: &TenantKind| Some(kind.to_string());
        let several = match &source.tenant_kind {
            TenantKindDoc::Unwritten => vec![one],
            TenantKindDoc::Fixed(kind) => vec![TenantTable { kind: of_kind(&kind.value), ..one }],
            TenantKindDoc::ByColumn { column, values } => {
                let mut kinds: IndexMap<&TenantKind, Vec<String>> = IndexMap::new();
                values.iter().for_each(|(value, kind)| kinds.entry(&kind.value).or_default().push(value.clone()));
                let only = |values| Some(Deciding { column: column.value.clone(), values });
                let kinds = kinds.into_iter();
                kinds
                    .map(|(kind, values)| TenantTable { kind: of_kind(kind), only: only(values), ..one.clone() })
                    .collect()
            }
        };
        for one in several {
            // Of two sources of one kind in one table, a path leads to the tenants of both.
            match tenants.iter_mut().find(|other| other.table == one.table && other.kind == one.kind) {
                Some(other) => other.only = None,
                None => tenants.push(one),
            }
        }
    }
    tenants
}

/// A condition that is no more than values of one column; what else one may say is no matter of kinds.
fn deciding(filter: &ConditionDoc) -> Option<Deciding> {
    let ([test], true) = (filter.tests.as_slice(), filter.any_of.is_empty()) else { return None };
    let operands = match &test.comparison {
        Comparison::Eq(operand) => std::slice::from_ref(operand),
        Comparison::In(operands) => operands.as_slice(),
        _ => return None,
    };
    let text = |operand: &Spanned<Operand>| match &operand.value {
        Operand::Text(text) => Some(text.clone()),
        _ => None,
    };
    let values: Option<Vec<String>> = operands.iter().map(text).collect();
    Some(Deciding { column: ColumnName::new(test.field.value.as_str()), values: values? })
}

fn known(spec: &SpecSet, doc: &ObjectDoc, table: &impl Fn(&TableRef) -> TableName) -> Option<KnownObject> {
    let column_of = |(name, field): (&FieldName, &FieldDoc)| {
        let column =
            field.column.as_ref().map_or_else(|| ColumnName::new(name.as_str()), |column| column.value.clone());
        (name.clone(), (column, field.clone()))
    };
    let fields: BTreeMap<FieldName, (ColumnName, FieldDoc)> = doc.fields.iter().map(column_of).collect();
    let key: Vec<ColumnName> = doc.key.iter().map(|column| column.value.clone()).collect();
    let mut columns: BTreeSet<ColumnName> = fields.values().map(|(column, _)| column.clone()).collect();
    columns.extend(key.iter().cloned());
    for path in doc.tenants.values() {
        match &path.shape {
            TenantPathShape::Column { column, .. } => columns.extend([column.value.clone()]),
            TenantPathShape::Via { via, .. } => columns.extend(via.iter().map(|column| column.value.clone())),
            TenantPathShape::Link { .. } | TenantPathShape::From { .. } => {}
        }
    }
    for owner in doc.owners.values() {
        match owner {
            OwnerDoc::Column(user) => columns.extend([user.column.value.clone()]),
            OwnerDoc::Via { via, .. } => columns.extend(via.iter().map(|column| column.value.clone())),
        }
    }
    columns.extend(doc.parent.iter().flat_map(|parent| &parent.via).map(|column| column.value.clone()));
    Some(KnownObject {
        name: doc.name.value.clone(),
        table: table(&doc.table.as_ref()?.value),
        file: spec.sources.file(doc.span.file).path.clone(),
        fields,
        columns,
        key,
        has_tenant: !doc.tenants.is_empty(),
    })
}
