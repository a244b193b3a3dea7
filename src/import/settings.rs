//! What the project says already, as far as an import has to know.

use crate::names::{ColumnName, FieldName, KeyName, ObjectName, SchemaName, TableName};
use crate::spec::document::{
    FieldDoc, ObjectDoc, OwnerDoc, ProjectDoc, SpecSet, TableRef, TenantKindDoc, TenantPathShape, TenantSourceDoc,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub tenants: Vec<TenantTable>,
    /// Tables of people with the columns that hold their keys.
    pub people: BTreeMap<TableName, BTreeMap<ColumnName, KeyName>>,
    pub objects: Vec<KnownObject>,
    /// Names of objects, those without a table of the business among them.
    pub names: BTreeSet<String>,
    /// Whether there is a project document.
    pub has_project: bool,
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
    /// The project document says so; else the command line does.
    pub declared: bool,
}

impl TenantTable {
    pub fn new(table: TableName, key: ColumnName) -> Self {
        Self { table, key, keys: BTreeMap::new(), kind: None, declared: false }
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
            has_project: spec.project.is_some(),
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
        let kind = match &source.tenant_kind {
            TenantKindDoc::Fixed(kind) => Some(kind.value.to_string()),
            TenantKindDoc::Unwritten | TenantKindDoc::ByColumn { .. } => None,
        };
        let one = TenantTable {
            table: table(&source.from_table.value),
            key: source.key.value.clone(),
            keys: source.keys.iter().map(|(key, column)| (column.value.clone(), key.clone())).collect(),
            kind,
            declared: true,
        };
        if !tenants.iter().any(|other| other.table == one.table) {
            tenants.push(one);
        }
    }
    tenants
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
