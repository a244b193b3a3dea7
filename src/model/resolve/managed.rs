//! The tables of managed objects: their columns, what is unique, what is indexed.

use super::computed;
use super::expression::{self, Yields, yields};
use super::facts::Facts;
use super::renamed::renamed;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{
    Deletion, Field, FieldType, Filling, Holds, KeyGeneration, Managed, ManagedColumn, Object, OwnerPath, TenantRoute,
};
use crate::names::{ColumnName, FieldName, KeyName, ObjectName};
use crate::spec::document::{FieldDoc, ObjectDoc};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// The table of `object`, which its document calls managed.
pub(super) fn managed(facts: &Facts<'_>, doc: &ObjectDoc, object: &Object, findings: &mut Vec<Finding>) -> Managed {
    let mut table = Table { doc, object, columns: IndexMap::new(), findings };
    table.key();
    table.belonging();
    table.fields();
    let columns = std::mem::take(&mut table.columns);
    let unique = table.unique();
    let indexes = indexes(object, &columns);
    renamed(facts, (doc, object), &columns, findings);
    let called = doc.was.as_ref().map(|was| was.value.clone());
    let was = called.as_ref().map(|was| facts.managed_table(was));
    Managed { columns, unique, indexes, was, called }
}

struct Table<'a> {
    doc: &'a ObjectDoc,
    object: &'a Object,
    columns: IndexMap<ColumnName, ManagedColumn>,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Table<'a> {
    fn add(&mut self, name: &ColumnName, holds: Holds, not_null: bool, filled: Option<Filling>) {
        let span = self.object.field_of(name).map_or(self.object.span, |field| field.span);
        let column = ManagedColumn { holds, not_null, filled, set_at_change: false, was: None, span };
        match self.columns.get_mut(name) {
            Some(known) => known.not_null |= column.not_null,
            None => _ = self.columns.insert(name.clone(), column),
        }
    }

    /// The tenant's and the parents' columns hold what they point to, and a key's own field says what else it holds.
    fn key(&mut self) {
        let object = self.object;
        let tenants: BTreeSet<&ColumnName> = object.direct_tenants().map(|(_, column)| column).collect();
        for column in &object.key {
            let field = object.field_of(column);
            let generation = self.doc.key_generation.as_ref().map(|generation| generation.value);
            let (holds, filled) = if let Some(holds) = self.pointed(column) {
                (holds, None)
            } else if let Some(field) = field {
                let filled = match generation {
                    Some(KeyGeneration::Sequence) => Some(Filling::Counted),
                    _ if generation.is_some() || field.field_type == FieldType::Uuid => Some(Filling::NewUuid),
                    _ => None,
                };
                (Holds::of(field), filled)
            } else if tenants.contains(column) {
                (Holds::Text(None), Some(Filling::NewUuid))
            } else if self.is_owner(column) {
                (Holds::Text(None), None)
            } else if generation == Some(KeyGeneration::Sequence) {
                (Holds::Integer, Some(Filling::Counted))
            } else if object.key.len() == 1 {
                (Holds::Uuid, Some(Filling::NewUuid))
            } else {
                let at = self.doc.key.iter().find(|key| key.value == *column).map_or(object.span, |key| key.span);
                self.problem(at, format!("nothing says what `{column}`, a part of the key, holds"))
                    .hint_last("show it as a field, or name the parent that it points to");
                (Holds::Text(None), None)
            };
            self.add(column, holds, true, filled);
        }
    }

    fn is_owner(&self, column: &ColumnName) -> bool {
        self.object.owners.values().any(|owner| matches!(owner, OwnerPath::Column(user) if user.column == *column))
    }

    /// What a column holds that leads to another object's row: by a path, as the parent, or as a reference.
    fn pointed(&self, column: &ColumnName) -> Option<Holds> {
        let paths = self.object.tenant_paths.values().filter_map(|path| match &path.route {
            TenantRoute::Via { via, object, .. } => Some((via, object)),
            _ => None,
        });
        let owners = self.object.owners.values().filter_map(|owner| match owner {
            OwnerPath::Via { via, object, .. } => Some((via, object)),
            OwnerPath::Column(_) => None,
        });
        let parent = self.object.parent.iter().map(|parent| (&parent.via, &parent.object));
        let mut ways = paths.chain(parent).chain(owners);
        let found = ways.find_map(|(via, object)| {
            let at = via.iter().position(|via| via == column)?;
            Some(Holds::KeyOf(object.clone(), at))
        });
        found.or_else(|| match &self.object.field_of(column)?.field_type {
            FieldType::Reference(object) => Some(Holds::KeyOf(object.clone(), 0)),
            _ => None,
        })
    }

    /// Columns of tenants, parents, owners and of deletion, be they fields or not.
    fn belonging(&mut self) {
        let object = self.object;
        // With several ways to a tenant, a row need not go each of them.
        let only = object.tenant_paths.len() == 1;
        for path in object.tenant_paths.values() {
            match &path.route {
                TenantRoute::Column { column, .. } => self.belongs(column, only || self.is_required(column)),
                TenantRoute::Via { via, .. } => {
                    via.iter().for_each(|column| self.belongs(column, only || self.is_required(column)));
                }
                TenantRoute::Link { .. } | TenantRoute::From { .. } => {}
            }
        }
        if let Some(parent) = &object.parent {
            // The first row of a tree has no parent of its own kind.
            let always = parent.object != object.name;
            for column in &parent.via {
                let shown = object.field_of(column).is_some();
                self.belongs(column, self.is_required(column) || always && !shown && self.doc.parent.is_some());
            }
        }
        for owner in object.owners.values() {
            match owner {
                OwnerPath::Column(user) => self.belongs(&user.column, self.is_required(&user.column)),
                OwnerPath::Via { via, .. } => {
                    via.iter().for_each(|column| self.belongs(column, self.is_required(column)));
                }
            }
        }
        if let Some(Deletion::Soft(column)) = &object.deletion {
            let holds = object.field_of(column).map_or(Holds::Timestamp, Holds::of);
            self.add(column, holds, false, None);
        }
    }

    fn is_required(&self, column: &ColumnName) -> bool {
        self.object.field_of(column).is_some_and(|field| field.required)
    }

    fn belongs(&mut self, column: &ColumnName, not_null: bool) {
        let shown = || self.object.field_of(column).map(Holds::of);
        let holds = self.pointed(column).or_else(shown).unwrap_or(Holds::Text(None));
        self.add(column, holds, not_null, None);
    }

    fn fields(&mut self) {
        for (name, doc) in &self.doc.fields {
            let Some(field) = self.object.fields.get(name) else { continue };
            let holds = self.pointed(&field.column).unwrap_or_else(|| Holds::of(field));
            self.add(&field.column, holds, field.required, None);
            let filled = self.filled(doc, field);
            let set_at_change = doc.on_update.is_some();
            if let Some(at) =
                doc.on_update.filter(|_| !matches!(field.field_type, FieldType::Timestamp | FieldType::Date))
            {
                self.problem(at, format!("`{name}` is set to a moment, and is neither a timestamp nor a date"));
            }
            let was = doc.was.as_ref().map(|was| ColumnName::new(was.value.as_str()));
            let Some(column) = self.columns.get_mut(&field.column) else { continue };
            column.filled = filled.or(column.filled.take());
            column.set_at_change = set_at_change;
            column.was = was;
        }
    }

    fn filled(&mut self, doc: &FieldDoc, field: &Field) -> Option<Filling> {
        let default = field.default.clone().map(Filling::Default);
        let numbered = doc.numbered.as_ref().and_then(|numbering| self.numbered(field, numbering));
        let generated = doc.generated.as_ref().and_then(|text| self.generated(doc, field, text));
        let written: Vec<Filling> = generated.into_iter().chain(numbered).chain(default).collect();
        if written.len() > 1 {
            self.problem(field.span, format!("`{}` has several values of its own", field.name))
                .hint_last("keep one of `generated`, `numbered` and `default`");
        }
        written.into_iter().next()
    }

    fn numbered(&mut self, field: &Field, written: &Spanned<crate::model::Numbering>) -> Option<Filling> {
        let text = matches!(field.field_type, FieldType::Text);
        let room = field.max_length.is_none_or(|most| {
            usize::try_from(most).is_ok_and(|most| most >= written.value.prefix.chars().count() + 12)
        });
        if !text {
            self.problem(written.span, format!("`{}` is no text, and numbers are texts with a prefix", field.name));
        } else if !room {
            self.problem(written.span, format!("`{}` has no room for its numbers", field.name))
                .hint_last("leave `max_length` out, or let it be 12 characters more than the prefix");
        }
        (text && room).then(|| Filling::Numbered(written.value.clone()))
    }

    fn generated(&mut self, doc: &FieldDoc, field: &Field, written: &Spanned<String>) -> Option<Filling> {
        let object = self.object;
        if self.says_whose(&field.column) {
            self.problem(written.span, format!("`{}` says which row it is, or whose, and is not computed", field.name));
            return None;
        }
        if field.required || doc.on_update.is_some() || doc.unique && field.default.is_some() {
            self.problem(written.span, format!("`{}` is computed, and takes nothing else", field.name))
                .hint_last("take `required`, `on_update` and `default` away");
            return None;
        }
        let docs = &self.doc.fields;
        let known = |name: &FieldName| -> Result<(ColumnName, Yields), String> {
            let other = object.fields.get(name).ok_or_else(|| format!("`{}` has no field `{name}`", object.name))?;
            if docs.get(name).is_some_and(|doc| doc.generated.is_some()) {
                return Err(format!("`{name}` is computed itself"));
            }
            let yields = yields(&other.field_type).ok_or_else(|| {
                format!("`{name}` is {}, which is not computed with", super::operand::a_type(&other.field_type))
            })?;
            Ok((other.column.clone(), yields))
        };
        let read = expression::parse(&written.value, &known).and_then(|(expression, found)| {
            let wanted = yields(&field.field_type).filter(|_| !matches!(field.field_type, FieldType::Enum(_)));
            match wanted {
                Some(wanted) if wanted == found => Ok(expression),
                _ => Err(format!(
                    "it makes {}, and `{}` is {}",
                    if found == Yields::Number { "a number" } else { "a text" },
                    field.name,
                    super::operand::a_type(&field.field_type)
                )),
            }
        });
        match read {
            Ok(expression) => {
                self.findings.extend(computed::tells(self.object, field, &expression, written.span));
                Some(Filling::Generated(expression))
            }
            Err(why) => {
                self.problem(written.span, format!("`{}` cannot be computed so: {why}", field.name)).hint_last(
                    "write fields, numbers, quoted text, `+ - * / ||`, parentheses, `coalesce`, `lower`, `upper`, `round`",
                );
                None
            }
        }
    }

    fn says_whose(&self, column: &ColumnName) -> bool {
        let object = self.object;
        object.key.contains(column)
            || object.direct_tenants().any(|(_, tenant)| tenant == column)
            || self.pointed(column).is_some()
            || self.is_owner(column)
            || object
                .states
                .as_ref()
                .is_some_and(|states| object.fields.get(&states.field).is_some_and(|field| field.column == *column))
            || object.deletion == Some(Deletion::Soft(column.clone()))
    }

    /// Within the tenant; within the parent where the tenant is the parent's; overall where there is none.
    fn unique(&mut self) -> Vec<Vec<ColumnName>> {
        let object = self.object;
        let direct: Vec<ColumnName> = object.direct_tenants().map(|(_, column)| column.clone()).collect();
        let parents = object.tenant_paths.values().filter_map(|path| match &path.route {
            TenantRoute::Via { via, .. } => Some(via.clone()),
            _ => None,
        });
        let within: Vec<ColumnName> = if direct.is_empty() { parents.flatten().collect() } else { direct };
        let apart = within.is_empty() && !object.tenant_paths.is_empty();
        // Of the tenants' own table, each row is a tenant.
        let within: Vec<ColumnName> = within.into_iter().filter(|column| !object.key.contains(column)).collect();
        let mut all = Vec::new();
        let single = self.doc.fields.iter().filter(|(_, field)| field.unique).map(|(name, _)| vec![name.clone()]);
        let mut sets: Vec<Vec<FieldName>> = single.collect();
        for names in &self.doc.unique {
            for name in names.iter().filter(|name| !self.doc.fields.contains_key(&name.value)) {
                self.findings.push(super::objects::unknown_field(self.doc, name.value.as_str(), name.span));
            }
            sets.push(names.iter().map(|name| name.value.clone()).collect());
        }
        for names in sets {
            let named = names.iter().filter_map(|name| object.fields.get(name)).map(|field| field.column.clone());
            let mut columns: Vec<ColumnName> = Vec::new();
            for column in within.iter().cloned().chain(named) {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
            if apart && columns != object.key {
                let at = names.first().and_then(|name| object.fields.get(name)).map_or(object.span, |field| field.span);
                self.problem(at, format!("`{}` has no column by which its rows are unique within a tenant", object.name))
                    .hint_last("whose value is taken would tell of another tenant's row: take `unique` away, or give rows a tenant column");
            }
            if !columns.is_empty() && !all.contains(&columns) && columns != object.key {
                all.push(columns);
            }
        }
        all
    }

    fn problem(&mut self, at: Span, message: String) -> Problem<'_> {
        self.findings.push(Finding::error("managed-table", at, message));
        Problem(self.findings)
    }
}

/// The finding that was just made.
struct Problem<'a>(&'a mut Vec<Finding>);

impl Problem<'_> {
    fn hint_last(self, hint: &str) {
        if let Some(finding) = self.0.pop() {
            self.0.push(finding.hint(hint));
        }
    }
}

/// One for each column by which rows are looked for, and one in the order of lists.
fn indexes(object: &Object, columns: &IndexMap<ColumnName, ManagedColumn>) -> Vec<Vec<(ColumnName, bool)>> {
    let created = ColumnName::new("created_at");
    let is_time = |column: &ManagedColumn| matches!(column.holds, Holds::Timestamp | Holds::Date);
    let lists = columns.get(&created).is_some_and(is_time);
    let mut all: Vec<Vec<(ColumnName, bool)>> = Vec::new();
    let mut add = |columns: Vec<(ColumnName, bool)>| {
        let leads = |index: &Vec<(ColumnName, bool)>| index.starts_with(&columns);
        if !columns.iter().all(|(column, _)| object.key.first() == Some(column)) && !all.iter().any(leads) {
            all.push(columns);
        }
    };
    for (_, column) in object.direct_tenants() {
        let order = lists.then(|| (created.clone(), true));
        add([(column.clone(), false)].into_iter().chain(order).collect());
    }
    for path in object.tenant_paths.values() {
        match &path.route {
            TenantRoute::Via { via, .. } => add(via.iter().map(|column| (column.clone(), false)).collect()),
            TenantRoute::Column { column, key } if *key != KeyName::main() => add(vec![(column.clone(), false)]),
            _ => {}
        }
    }
    for owner in object.owners.values() {
        match owner {
            OwnerPath::Column(user) => add(vec![(user.column.clone(), false)]),
            OwnerPath::Via { via, .. } => add(via.iter().map(|column| (column.clone(), false)).collect()),
        }
    }
    let parent = object.parent.iter().map(|parent| parent.via.clone());
    parent.for_each(|via| add(via.into_iter().map(|column| (column, false)).collect()));
    for (name, column) in columns {
        if matches!(column.holds, Holds::KeyOf(..)) {
            add(vec![(name.clone(), false)]);
        }
    }
    all
}

/// Managed objects whose tables would be one.
pub(super) fn check_names<'a>(
    docs: impl Iterator<Item = &'a ObjectDoc>,
    facts: &Facts<'_>,
    findings: &mut Vec<Finding>,
) {
    let mut seen: std::collections::BTreeMap<crate::names::TableName, &Spanned<ObjectName>> =
        std::collections::BTreeMap::new();
    for doc in docs.filter(|doc| doc.is_managed()) {
        let table = facts.managed_table(&doc.name.value);
        if let Some(other) = seen.insert(table.clone(), &doc.name) {
            let message = format!("`{}` and `{}` would be one table, `{table}`", other.value, doc.name.value);
            findings.push(
                Finding::error("identifier-collision", doc.name.span, message)
                    .label(other.span, "the other one")
                    .hint("rename one of them"),
            );
        }
    }
}
