//! Modules over tables that there are: which table holds an object's rows, and how its columns are called there.

use super::super::conform::shown;
use super::super::document::{
    AssignmentDoc, AssignmentOf, DeleteDoc, LinkedDoc, MapDoc, ObjectDoc, OwnerDoc, SharesDoc, TableRef,
    TenantPathShape,
};
use super::super::findings::Findings;
use super::super::lower;
use super::super::tree::{Content, Entry, Node};
use crate::diagnostic::{Finding, Span, Spanned, closest};
use crate::names::{ColumnName, ObjectName};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// What portals say of the objects of the modules that they adopt.
#[derive(Default)]
pub(super) struct Maps {
    objects: BTreeMap<ObjectName, Map>,
}

struct Map {
    table: Node,
    doc: MapDoc,
    /// Where each column that is renamed is named.
    places: Vec<(String, Span)>,
}

/// Keys of an object, and of its fields, that say how portalctl makes a table.
const OF_TABLES: &[&str] = &["managed", "table", "unique", "was"];
const OF_COLUMNS: &[&str] = &["unique", "generated", "numbered", "on_update", "was"];

impl Maps {
    pub(super) fn add(&mut self, module: &str, map: &Node, objects: &[String], findings: &mut Findings) {
        let (tables, columns) = (map.get("tables"), map.get("columns"));
        let entries = |node: Option<&Node>| node.map_or_else(Vec::new, |node| node.entries().to_vec());
        for entry in entries(tables).iter().chain(&entries(columns)) {
            if !objects.contains(&entry.key.value) {
                findings.push(no_object(module, entry, objects));
            }
        }
        for entry in entries(columns).iter().filter(|entry| tables.is_some_and(|it| it.get(&entry.key.value).is_none()))
        {
            let object = shown(&entry.key.value);
            let message = format!("the columns of `{object}` are renamed, but its table is not named");
            findings.push(
                Finding::error("missing-key", entry.key.span, message)
                    .why("a table that portalctl makes has the columns that the module writes")
                    .hint(format!("add `{object}: schema.table` to `tables`")),
            );
        }
        for (object, doc) in
            lower::maps(map).into_iter().filter(|(object, _)| objects.iter().any(|it| it == object.as_str()))
        {
            let Some(table) = tables.and_then(|tables| tables.get(object.as_str())) else { continue };
            let renamed = entries(columns.and_then(|columns| columns.get(object.as_str())));
            let places = renamed.into_iter().map(|column| (column.key.value, column.key.span)).collect();
            self.objects.insert(object, Map { table: table.clone(), doc, places });
        }
    }

    /// What is said of these objects.
    pub(super) fn of(&self, objects: &[ObjectName]) -> IndexMap<ObjectName, MapDoc> {
        let of = |name: &ObjectName| Some((name.clone(), self.objects.get(name)?.doc.clone()));
        objects.iter().filter_map(of).collect()
    }

    /// The object over its table; `None`: as the module has it.
    pub(super) fn table(&self, object: &str, node: &Node) -> Option<Node> {
        let map = self.objects.get(object)?;
        let mut entries = without(node, OF_TABLES);
        for fields in entries.iter_mut().filter(|entry| entry.key.value == "fields") {
            let Content::Map(fields) = &mut fields.value.content else { continue };
            for field in fields.iter_mut().filter(|field| matches!(field.value.content, Content::Map(_))) {
                field.value = Node { span: field.value.span, content: Content::Map(without(&field.value, OF_COLUMNS)) };
            }
        }
        let key = Spanned::new("table".to_owned(), map.table.span);
        entries.push(Entry { key, key_is_plain: true, value: map.table.clone() });
        Some(Node { span: node.span, content: Content::Map(entries) })
    }

    /// Renames the columns of what the modules hold, and the tables that stand between two objects.
    pub(super) fn columns(&self, objects: &mut [ObjectDoc], findings: &mut Findings) {
        if self.objects.is_empty() {
            return;
        }
        let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for object in objects {
            for (of, column) in columns(object) {
                used.entry(of.clone()).or_default().insert(column.value.as_str().to_owned());
                if let Some(to) =
                    self.objects.get(of.as_str()).and_then(|map| map.doc.columns.get(column.value.as_str()))
                {
                    *column = to.clone();
                }
            }
            for table in tables(object) {
                let TableRef::Bare(name) = &table.value else { continue };
                if let Some(map) = self.objects.get(name.as_str()) {
                    *table = map.doc.table.clone();
                }
            }
        }
        for (object, map) in &self.objects {
            let (object, known) = (object.as_str(), used.remove(object.as_str()).unwrap_or_default());
            for (column, span) in map.places.iter().filter(|(column, _)| !known.contains(column)) {
                let message = format!("the module's `{}` writes no column `{}`", shown(object), shown(column));
                let finding = Finding::error("unknown-column", *span, message);
                findings.push(match closest(column, known.iter().map(String::as_str)) {
                    Some(near) => finding.hint(format!("did you mean `{near}`?")),
                    None => finding.hint("the left side is the column as the module calls it"),
                });
            }
        }
    }
}

fn without(node: &Node, keys: &[&str]) -> Vec<Entry> {
    node.entries().iter().filter(|entry| !keys.contains(&entry.key.value.as_str())).cloned().collect()
}

fn no_object(module: &str, entry: &Entry, objects: &[String]) -> Finding {
    let message = format!("the module `{}` has no object `{}`", shown(module), shown(&entry.key.value));
    let finding = Finding::error("unknown-document", entry.key.span, message);
    match closest(&entry.key.value, objects.iter().map(String::as_str)) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding.hint("`portalctl show` lists the objects of adopted modules"),
    }
}

type Column<'o> = (String, &'o mut Spanned<ColumnName>);

/// Every column that an object's document writes, and whose it is: its own, or those of another object's table.
fn columns(object: &mut ObjectDoc) -> Vec<Column<'_>> {
    let own = object.name.value.as_str().to_owned();
    let mut all: Vec<Column<'_>> = Vec::new();
    for (name, field) in &mut object.fields {
        let span = field.span;
        let column = field.column.get_or_insert_with(|| Spanned::new(ColumnName::new(name.as_str()), span));
        all.push((own.clone(), column));
    }
    all.extend(object.key.iter_mut().map(|column| (own.clone(), column)));
    for path in object.tenants.values_mut() {
        match &mut path.shape {
            TenantPathShape::Column { column, .. } => all.push((own.clone(), column)),
            TenantPathShape::Via { via, .. } => all.extend(via.iter_mut().map(|column| (own.clone(), column))),
            TenantPathShape::Link { table, row, tenant, .. } => {
                let of = named(table);
                all.extend(row.iter_mut().chain([tenant]).map(|column| (of.clone(), column)));
            }
            TenantPathShape::From { object, columns, .. } => {
                let of = object.value.as_str().to_owned();
                all.extend(columns.iter_mut().map(|column| (of.clone(), column)));
            }
        }
    }
    let parent = object.parent.iter_mut().flat_map(|parent| &mut parent.via);
    all.extend(parent.map(|column| (own.clone(), column)));
    for owner in object.owners.values_mut() {
        match owner {
            OwnerDoc::Column(user) => all.push((own.clone(), &mut user.column)),
            OwnerDoc::Via { via, .. } => all.extend(via.iter_mut().map(|column| (own.clone(), column))),
        }
    }
    if let Some(DeleteDoc::Soft(column)) = &mut object.delete {
        all.push((own.clone(), column));
    }
    all.extend(object.min_group.iter_mut().map(|group| (own.clone(), &mut group.count)));
    all.extend(object.shares.iter_mut().flat_map(shared));
    all.extend(object.assignments.iter_mut().flat_map(assigned));
    all
}

fn shared(shares: &mut SharesDoc) -> Vec<Column<'_>> {
    let of = named(&shares.table);
    let with = match &mut shares.with {
        LinkedDoc::User(user) => &mut user.column,
        LinkedDoc::Tenant { column, .. } => column,
    };
    shares.row.iter_mut().chain([with]).chain(&mut shares.until).map(|column| (of.clone(), column)).collect()
}

fn assigned(assignment: &mut AssignmentDoc) -> Vec<Column<'_>> {
    let of = named(&assignment.table);
    let row: Vec<&mut Spanned<ColumnName>> = match &mut assignment.of {
        AssignmentOf::Row(columns) | AssignmentOf::Parent(columns) => columns.iter_mut().collect(),
        AssignmentOf::Tenant { column, .. } => vec![column],
    };
    row.into_iter().chain([&mut assignment.user.column]).map(|column| (of.clone(), column)).collect()
}

/// In a module a table without its schema is that of an object.
fn named(table: &Spanned<TableRef>) -> String {
    match &table.value {
        TableRef::Bare(name) => name.clone(),
        TableRef::Qualified(_) => String::new(),
    }
}

/// The tables that stand between two objects.
fn tables(object: &mut ObjectDoc) -> Vec<&mut Spanned<TableRef>> {
    let mut all: Vec<&mut Spanned<TableRef>> = Vec::new();
    for path in object.tenants.values_mut() {
        if let TenantPathShape::Link { table, .. } = &mut path.shape {
            all.push(table);
        }
    }
    all.extend(object.shares.iter_mut().map(|shares| &mut shares.table));
    all.extend(object.assignments.iter_mut().map(|assignment| &mut assignment.table));
    all
}
