//! Rows by label: which columns hold what.

use super::condition::report;
use super::given::{Tenants, Users};
use super::operand::{self, Relation};
use super::report::unknown;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Cell, FieldType, GivenRow, Object, OwnerPath, TenantRoute};
use crate::names::{ColumnName, KeyName, ObjectName, PathName, RowLabel, TenantKind, TenantName, UserLabel};
use crate::spec::document::{ByPathDoc, GivenDoc, GivenFieldDoc, GivenValuesDoc, Operand};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Cells = IndexMap<ColumnName, Cell>;

/// What may be named by its label.
pub(super) struct Labels<'a> {
    pub(super) objects: &'a BTreeMap<ObjectName, Object>,
    pub(super) tenants: &'a Tenants,
    pub(super) users: &'a Users,
    pub(super) rows: BTreeMap<ObjectName, BTreeSet<RowLabel>>,
}

/// Whose key a column holds.
enum Target<'a> {
    Tenant { key: &'a KeyName, kind: Option<&'a TenantKind> },
    User(&'a KeyName),
    Row { object: &'a ObjectName, part: usize },
}

impl<'a> Labels<'a> {
    pub(super) fn new(
        objects: &'a BTreeMap<ObjectName, Object>,
        doc: &GivenDoc,
        (tenants, users): (&'a Tenants, &'a Users),
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut rows: BTreeMap<ObjectName, BTreeSet<RowLabel>> = BTreeMap::new();
        for (object, given) in &doc.rows {
            super::report::duplicates(
                &format!("rows of `{object}`"),
                given.rows.iter().map(|row| &row.label),
                findings,
            );
            rows.insert(object.clone(), given.rows.iter().map(|row| row.label.value.clone()).collect());
        }
        Self { objects, tenants, users, rows }
    }

    pub(super) fn object(&self, name: &ObjectName, at: Span, findings: &mut Vec<Finding>) -> Option<&'a Object> {
        let found = self.objects.get(name);
        if found.is_none() {
            let known = self.objects.keys().map(ObjectName::as_str);
            findings.push(unknown("there is no object", name.as_str(), at, known));
        }
        found
    }

    /// The label of a row that is given.
    pub(super) fn row(&self, object: &ObjectName, label: &Spanned<RowLabel>, findings: &mut Vec<Finding>) -> bool {
        let rows = self.rows.get(object);
        let known = rows.is_some_and(|rows| rows.contains(&label.value));
        if !known {
            let labels: Vec<&str> = rows.into_iter().flatten().map(RowLabel::as_str).collect();
            let intro = format!("no `{object}` is given as");
            findings.push(unknown(&intro, label.value.as_str(), label.span, labels));
        }
        known
    }

    pub(super) fn rows(
        &self,
        doc: &GivenDoc,
        findings: &mut Vec<Finding>,
    ) -> IndexMap<(ObjectName, RowLabel), GivenRow> {
        let mut rows = IndexMap::new();
        for (name, given) in &doc.rows {
            let Some(object) = self.object(name, given.span, findings) else { continue };
            for row in &given.rows {
                let mut cells = self.cells(object, &row.values, findings);
                self.name_itself(object, &row.label.value, &mut cells);
                rows.entry((name.clone(), row.label.value.clone())).or_insert(GivenRow { cells, span: row.label.span });
            }
        }
        rows
    }

    /// A row of the tenants' own table, or the people's, that has the label of one is theirs.
    fn name_itself(&self, object: &Object, label: &RowLabel, cells: &mut Cells) {
        for (_, column) in object.direct_tenants().filter(|(_, column)| object.key.contains(*column)) {
            if let Some((tenant, _)) = self.tenants.get_key_value(label.as_str()) {
                let cell = Cell::Tenant { label: tenant.clone(), key: KeyName::main() };
                cells.entry(column.clone()).or_insert(cell);
            }
        }
        for path in object.owners.values() {
            if let OwnerPath::Column(user) = path
                && object.key.contains(&user.column)
                && let Some((label, _)) =
                    self.users.get_key_value(label.as_str()).filter(|(_, found)| found.keys.contains_key(&user.key))
            {
                let cell = Cell::User { label: label.clone(), key: user.key.clone() };
                cells.entry(user.column.clone()).or_insert(cell);
            }
        }
    }

    /// The columns that are written.
    pub(super) fn cells(&self, object: &Object, doc: &GivenValuesDoc, findings: &mut Vec<Finding>) -> Cells {
        let mut cells = Cells::new();
        for (path, label) in doc.tenant.iter().flat_map(labels) {
            cells.extend(self.tenant(object, path, label, findings));
        }
        for (path, label) in doc.owner.iter().flat_map(labels) {
            cells.extend(self.owner(object, path, label, findings));
        }
        for field in &doc.fields {
            cells.extend(self.field(object, field, findings));
        }
        cells
    }

    fn tenant(
        &self,
        object: &Object,
        path: Option<&Spanned<PathName>>,
        label: &Spanned<String>,
        findings: &mut Vec<Finding>,
    ) -> Option<(ColumnName, Cell)> {
        let direct: Vec<_> = object
            .tenant_paths
            .iter()
            .filter_map(|(name, path)| match &path.route {
                TenantRoute::Column { column, key } => Some((name, (column, key, path.kind.as_ref()))),
                _ => None,
            })
            .collect();
        let (column, key, kind) = one_of(object, "tenant", direct, path, label.span, findings)?;
        let cell = self.tenant_cell(&label.value, label.span, (key, kind), findings)?;
        Some((column.clone(), cell))
    }

    fn tenant_cell(
        &self,
        label: &str,
        at: Span,
        (key, kind): (&KeyName, Option<&TenantKind>),
        findings: &mut Vec<Finding>,
    ) -> Option<Cell> {
        let Some((label, tenant)) = self.tenants.get_key_value(label) else {
            findings.push(unknown("no tenant is given as", label, at, self.tenants.keys().map(TenantName::as_str)));
            return None;
        };
        if let (Some(wanted), Some(theirs)) = (kind, &tenant.kind)
            && wanted != theirs
        {
            let message = format!("`{label}` is a `{theirs}`, and this column names a `{wanted}`");
            findings.push(Finding::error("tenant-kind-mismatch", at, message));
            return None;
        }
        Some(Cell::Tenant { label: label.clone(), key: key.clone() })
    }

    fn owner(
        &self,
        object: &Object,
        path: Option<&Spanned<PathName>>,
        label: &Spanned<String>,
        findings: &mut Vec<Finding>,
    ) -> Option<(ColumnName, Cell)> {
        let direct: Vec<_> = object
            .owners
            .iter()
            .filter_map(|(name, path)| match path {
                OwnerPath::Column(user) => Some((name, user)),
                OwnerPath::Via { .. } => None,
            })
            .collect();
        let user = one_of(object, "owner", direct, path, label.span, findings)?;
        Some((user.column.clone(), self.user_cell(&label.value, label.span, &user.key, findings)?))
    }

    fn user_cell(&self, label: &str, at: Span, key: &KeyName, findings: &mut Vec<Finding>) -> Option<Cell> {
        let Some((label, user)) = self.users.get_key_value(label) else {
            findings.push(unknown("no user is given as", label, at, self.users.keys().map(UserLabel::as_str)));
            return None;
        };
        if !user.keys.contains_key(key) {
            let message = format!("`{label}` has no key `{key}`, which this column holds");
            let hint = format!("name somebody who has, or give it: `keys: {{{key}: \"…\"}}`");
            findings.push(Finding::error("wrong-operand", at, message).hint(hint));
            return None;
        }
        Some(Cell::User { label: label.clone(), key: key.clone() })
    }

    fn field(&self, object: &Object, doc: &GivenFieldDoc, findings: &mut Vec<Finding>) -> Vec<(ColumnName, Cell)> {
        let Some(field) = object.fields.get(&doc.field.value) else {
            return self.above(object, doc, findings);
        };
        let column = field.column.clone();
        let written = match &doc.value {
            None => return vec![(column, Cell::Null)],
            Some(Operand::Now) => return vec![(column, Cell::Now)],
            Some(Operand::Today) => return vec![(column, Cell::Today)],
            Some(written) => written,
        };
        let Some(text) = literal(written) else {
            findings.push(
                Finding::error("wrong-operand", doc.span, "a row that is given holds values, and nobody asks for it")
                    .hint("write the value, or a label; `$now` and `$today` are the time of the test"),
            );
            return Vec::new();
        };
        let cell = match self.target(object, &column) {
            Some(target) => self.labelled(&target, &field.field_type, &text, doc.span, findings),
            None => {
                let fits = operand::check(doc.field.value.as_str(), &field.field_type, Relation::Equality, written);
                let is_opaque = matches!(field.field_type, FieldType::File | FieldType::Json);
                if is_opaque || report(fits, doc.span, findings).is_some() { Some(Cell::Text(text)) } else { None }
            }
        };
        cell.into_iter().map(|cell| (column.clone(), cell)).collect()
    }

    fn labelled(
        &self,
        target: &Target<'_>,
        field_type: &FieldType,
        text: &str,
        at: Span,
        findings: &mut Vec<Finding>,
    ) -> Option<Cell> {
        match target {
            Target::Tenant { key, kind } => self.tenant_cell(text, at, (key, *kind), findings),
            Target::User(key) => self.user_cell(text, at, key, findings),
            Target::Row { object, part } => {
                let label = RowLabel::new(text);
                let is_given = self.rows.get(*object).is_some_and(|rows| rows.contains(&label));
                // A column that no field calls a reference may hold a key as it is.
                if !is_given && !matches!(field_type, FieldType::Reference(_)) {
                    return Some(Cell::Text(text.to_owned()));
                }
                self.row(object, &Spanned::new(label.clone(), at), findings).then(|| Cell::Row {
                    object: (*object).clone(),
                    label,
                    part: *part,
                })
            }
        }
    }

    /// A row above that no field shows, by its object's name.
    fn above(&self, object: &Object, doc: &GivenFieldDoc, findings: &mut Vec<Finding>) -> Vec<(ColumnName, Cell)> {
        let name = doc.field.value.as_str();
        let hidden = vias(object).find(|(parent, _)| parent.as_str() == name);
        let Some((parent, via)) = hidden else {
            let known = object.fields.keys().map(AsRef::as_ref).chain(vias(object).map(|(parent, _)| parent.as_str()));
            let known: Vec<&str> = known.collect();
            findings.push(unknown(&format!("`{}` has no field", object.name), name, doc.field.span, known));
            return Vec::new();
        };
        let label = match doc.value.as_ref().map(literal) {
            None => return via.iter().map(|column| (column.clone(), Cell::Null)).collect(),
            Some(label) => label.unwrap_or_default(),
        };
        let label = RowLabel::new(label);
        if !self.row(parent, &Spanned::new(label.clone(), doc.span), findings) {
            return Vec::new();
        }
        let cell = |part| Cell::Row { object: parent.clone(), label: label.clone(), part };
        via.iter().enumerate().map(|(part, column)| (column.clone(), cell(part))).collect()
    }

    /// What a column of the object holds a key of.
    fn target<'o>(&self, object: &'o Object, column: &ColumnName) -> Option<Target<'o>> {
        if let Some(FieldType::Reference(other)) = object.field_of(column).map(|field| &field.field_type) {
            return Some(Target::Row { object: other, part: 0 });
        }
        let tenant = object.tenant_paths.values().find_map(|path| match &path.route {
            TenantRoute::Column { column: its, key } if its == column => {
                Some(Target::Tenant { key, kind: path.kind.as_ref() })
            }
            _ => None,
        });
        let owner = object.owners.values().find_map(|path| match path {
            OwnerPath::Column(user) if &user.column == column => Some(Target::User(&user.key)),
            _ => None,
        });
        let above = || {
            vias(object).find_map(|(parent, via)| {
                let part = via.iter().position(|its| its == column)?;
                Some(Target::Row { object: parent, part })
            })
        };
        // The tenants' own table names itself: its key is no label of another row.
        tenant.filter(|_| !object.key.contains(column)).or(owner).or_else(above)
    }
}

/// The objects above, and the columns that name them.
fn vias(object: &Object) -> impl Iterator<Item = (&ObjectName, &Vec<ColumnName>)> {
    let tenants = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Via { via, object, .. } => Some((object, via)),
        _ => None,
    });
    let owners = object.owners.values().filter_map(|path| match path {
        OwnerPath::Via { via, object, .. } => Some((object, via)),
        OwnerPath::Column(_) => None,
    });
    tenants.chain(owners).chain(object.parent.iter().map(|parent| (&parent.object, &parent.via)))
}

fn labels(doc: &ByPathDoc) -> Vec<(Option<&Spanned<PathName>>, &Spanned<String>)> {
    match doc {
        ByPathDoc::Only(label) => vec![(None, label)],
        ByPathDoc::Paths(paths) => paths.iter().map(|(path, label)| (Some(path), label)).collect(),
    }
}

/// A text, a number or a boolean as written.
fn literal(operand: &Operand) -> Option<String> {
    match operand {
        Operand::Text(text) | Operand::Number(text) => Some(text.clone()),
        Operand::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The path that is named, or the only one.
fn one_of<T>(
    object: &Object,
    what: &str,
    direct: Vec<(&PathName, T)>,
    named: Option<&Spanned<PathName>>,
    at: Span,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let known: Vec<&str> = direct.iter().map(|(name, _)| name.as_str()).collect();
    let finding = match named {
        Some(named) => match direct.iter().position(|(name, _)| **name == named.value) {
            Some(at) => return direct.into_iter().nth(at).map(|(_, found)| found),
            None => {
                let intro = format!("`{}` names no {what} of its own on a path", object.name);
                unknown(&intro, named.value.as_str(), named.span, known)
            }
        },
        None if direct.len() == 1 => return direct.into_iter().next().map(|(_, found)| found),
        None if direct.is_empty() => {
            let message = format!("a row of `{}` names no {what} of its own", object.name);
            let above: Vec<&str> = vias(object).map(|(parent, _)| parent.as_str()).collect();
            let finding = Finding::error("wrong-operand", at, message);
            match above.first() {
                Some(parent) => finding.hint(format!("name the `{parent}` that it belongs to")),
                None => finding,
            }
        }
        None => Finding::error("wrong-operand", at, format!("`{}` has several of them", object.name))
            .hint(format!("write `{what}: {{{}: …}}`", known.join(": …, "))),
    };
    findings.push(finding);
    None
}
