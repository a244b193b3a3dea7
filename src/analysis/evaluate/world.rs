//! What there is: rows, tenants, users and the records that name rows for them.

use super::compare::{Clock, Datum};
use crate::model::{AccessModel, Filling, Managed, Value};
use crate::names::{ColumnName, KeyName, ObjectName, PersonaName, TableName, TenantKind, TierName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::{OffsetDateTime, UtcOffset};

/// Everything that a decision depends on beside the access model.
#[derive(Debug, Clone)]
pub struct World {
    pub now: OffsetDateTime,
    /// Of the project's time zone at that time; `None`: not known, and what depends on it is not told.
    pub offset: Option<UtcOffset>,
    pub tenants: Vec<Tenant>,
    pub users: Vec<User>,
    pub rows: BTreeMap<TableName, Vec<Row>>,
    pub shares: Vec<ShareRecord>,
    pub assignments: Vec<AssignmentRecord>,
    pub fillings: Arc<Fillings>,
}

/// What columns hold where nothing is written. Every other is empty.
#[derive(Debug, Clone, Default)]
pub struct Fillings {
    /// Of our own tables.
    pub defaults: BTreeMap<(TableName, ColumnName), Datum>,
    /// Further columns that the database fills.
    pub filled: BTreeSet<(TableName, ColumnName)>,
}

impl Fillings {
    /// As the documents say.
    pub fn of(model: &AccessModel) -> Self {
        Self { defaults: defaults(model), filled: filled_by_documents(model) }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row(pub BTreeMap<ColumnName, Datum>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub kind: Option<TenantKind>,
    /// The main key.
    pub key: String,
    /// Further named keys.
    pub keys: BTreeMap<KeyName, String>,
    /// The main key of the one above, which is of the same kind.
    pub parent: Option<String>,
    pub tier: Option<TierName>,
    pub standing: Standing,
}

/// Whether people of a tenant may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Active,
    Suspended,
    /// Its row no longer counts as a tenant; staff who look after it still do.
    Gone,
}

impl Tenant {
    pub fn key_of(&self, name: &KeyName) -> Option<&String> {
        if *name == KeyName::main() { Some(&self.key) } else { self.keys.get(name) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub email: String,
    pub keys: BTreeMap<KeyName, String>,
    pub memberships: Vec<Membership>,
    /// Whom they report to, by the place among the users.
    pub superior: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub persona: PersonaName,
    /// By the place among the tenants; `None`: staff.
    pub tenant: Option<usize>,
}

/// A record of the control schema that names a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub object: ObjectName,
    /// In the order of the object's key.
    pub row_key: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRecord {
    pub record: Record,
    pub with: With,
    /// Half open: it holds before that moment.
    pub expires: Datum,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum With {
    User { key: KeyName, value: String },
    Tenant { kind: Option<TenantKind>, key: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRecord {
    pub record: Record,
    pub key: KeyName,
    pub value: String,
}

impl World {
    /// Nothing is there yet; which columns are filled is what the documents say of them.
    pub fn empty(model: &AccessModel, now: OffsetDateTime) -> Self {
        Self::filled_by(model, Arc::new(Fillings::of(model)), now)
    }

    /// Nothing is there yet.
    pub fn filled_by(model: &AccessModel, fillings: Arc<Fillings>, now: OffsetDateTime) -> Self {
        Self {
            now,
            offset: matches!(model.project.timezone.as_str(), "UTC" | "Etc/UTC").then_some(UtcOffset::UTC),
            tenants: Vec::new(),
            users: Vec::new(),
            rows: BTreeMap::new(),
            shares: Vec::new(),
            assignments: Vec::new(),
            fillings,
        }
    }

    pub(super) fn clock(&self) -> Clock {
        Clock { now: self.now, offset: self.offset }
    }

    pub(super) fn rows_of(&self, table: &TableName) -> &[Row] {
        self.rows.get(table).map_or(&[], Vec::as_slice)
    }

    /// What a row of the table holds there.
    pub(super) fn cell(&self, table: &TableName, row: &Row, column: &ColumnName) -> Datum {
        if let Some(datum) = row.0.get(column) {
            return datum.clone();
        }
        let place = (table.clone(), column.clone());
        match self.fillings.defaults.get(&place) {
            Some(default) => default.clone(),
            None if self.fillings.filled.contains(&place) => {
                Datum::Untold(format!("`{column}` of `{table}` is not written, and the database may fill it"))
            }
            None => Datum::Null,
        }
    }
}

fn defaults(model: &AccessModel) -> BTreeMap<(TableName, ColumnName), Datum> {
    let managed = model.objects.values().filter_map(|object| Some((&object.table, object.managed.as_ref()?)));
    let columns = managed.flat_map(|(table, managed)| managed.columns.iter().map(move |column| (table, column)));
    let defaults = columns.filter_map(|(table, (name, column))| {
        let datum = match column.filled.as_ref()? {
            Filling::Default(Value::Text(text) | Value::Number(text)) => Datum::text(text),
            Filling::Default(Value::Boolean(value)) => Datum::text(value.to_string()),
            Filling::Default(Value::Now) => Datum::Now,
            Filling::Default(Value::Today) => Datum::Today,
            _ => return None,
        };
        Some(((table.clone(), name.clone()), datum))
    });
    defaults.collect()
}

fn filled_by_documents(model: &AccessModel) -> BTreeSet<(TableName, ColumnName)> {
    let mut filled = BTreeSet::new();
    for object in model.objects.values() {
        let columns: Vec<&ColumnName> = match &object.managed {
            Some(Managed { columns, .. }) => {
                let some = columns.iter().filter(|(_, column)| column.not_null || column.filled.is_some());
                some.map(|(name, _)| name).collect()
            }
            None => {
                let fields = object.fields.values();
                let some =
                    fields.filter(|field| field.required || field.default.is_some() || field.filled_by.is_some());
                some.map(|field| &field.column).collect()
            }
        };
        filled.extend(columns.into_iter().map(|column| (object.table.clone(), column.clone())));
    }
    filled
}
