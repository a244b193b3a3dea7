use super::{FIELD, PARENT};
use crate::model::{Field, FieldType, Object, Value, Words};
use crate::names::{ColumnName, FieldName, ObjectName, RoleName};
use crate::site::key;
use crate::site::query::{LiveColumn, LiveTypes, Written};
use crate::site::readable::holds_key;
use crate::site::wording;
use crate::site::writable::Parent;
use indexmap::IndexMap;

/// One thing to fill in.
#[derive(Debug, Clone)]
pub struct Slot {
    /// In the form: `v.subject`, `of.case`.
    pub name: String,
    pub label: Words,
    /// One, or those of a parent's key.
    pub columns: Vec<ColumnName>,
    pub control: Control,
    pub required: bool,
    pub max_length: Option<u32>,
    /// Digits before the point that fit.
    pub whole_digits: Option<usize>,
    /// Digits after the point that are kept.
    pub decimals: Option<usize>,
    /// The least and the most that a whole number may be.
    pub bounds: Option<(i64, i64)>,
    /// Whether nothing is written as an empty text, since the column is never without a value.
    pub empty_text: bool,
    /// Whether it begins empty although the row has a value, which is kept where nothing is filled in.
    pub kept: bool,
    /// What the form begins with.
    pub default: Option<String>,
    /// Whether the database puts something in where it is left empty.
    pub filled: bool,
}

/// How it is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    Text,
    LongText,
    Email,
    Url,
    Phone,
    Integer,
    Decimal,
    Checkbox,
    YesNo,
    /// The values, and what they are called.
    Choice(IndexMap<String, String>),
    Date,
    /// In the project's time zone, or in none where the column knows none.
    Timestamp,
    Uuid,
    Json,
    /// A row of that object: its key, as an address writes it.
    Row(ObjectName),
    /// A person or tenant that the database names for this field, to this role: their key.
    Known(ObjectName, FieldName, RoleName),
}

impl Slot {
    /// `None`: the database has no such column. Of a new row, what is left out may be filled in.
    pub fn of_field(object: &Object, field: &Field, types: &LiveTypes, new: bool) -> Option<Self> {
        let live = types.column(&object.table, &field.column)?;
        let control = control(field, live)?;
        let text =
            matches!(control, Control::Text | Control::LongText | Control::Email | Control::Url | Control::Phone);
        let needs_value = live.not_null && !(new && live.has_default);
        // A text that nothing fills in is to be said; of an older row it may be empty all the same.
        let is_needed = field.required || (needs_value && (!text || (new && !live.has_default)));
        let length = [field.max_length, live.length].into_iter().flatten().min();
        Some(Self {
            name: format!("{FIELD}{}", field.name),
            label: field.label.clone(),
            columns: vec![field.column.clone()],
            required: control != Control::Checkbox && is_needed,
            filled: new && live.has_default,
            kept: false,
            empty_text: text && needs_value,
            max_length: length,
            whole_digits: live.whole_digits(),
            decimals: live.decimals(),
            bounds: live.bounds(),
            default: default(field),
            control,
        })
    }

    /// As somebody fills it in to whom, in this role, the database names the people and tenants to choose from.
    #[must_use]
    pub fn chosen_as(mut self, object: &Object, field: &Field, role: &RoleName) -> Self {
        if holds_key(field) {
            self.control = Control::Known(object.name.clone(), field.name.clone(), role.clone());
            self.empty_text = false;
        }
        self
    }

    /// The row above a new one.
    pub fn of_parent(object: &Object, parent: &Parent, target: &Object, types: &LiveTypes) -> Option<Self> {
        let live: Vec<&LiveColumn> =
            parent.columns.iter().map(|column| types.column(&object.table, column)).collect::<Option<_>>()?;
        let shown = parent.field.as_ref().and_then(|name| object.fields.get(name));
        Some(Self {
            name: format!("{PARENT}{}", parent.name),
            label: shown.map_or_else(|| target.label_one.clone(), |field| field.label.clone()),
            columns: parent.columns.clone(),
            control: Control::Row(target.name.clone()),
            required: live.iter().any(|live| live.not_null),
            max_length: None,
            whole_digits: None,
            decimals: None,
            bounds: None,
            kept: false,
            empty_text: false,
            default: None,
            filled: false,
        })
    }
}

impl Slot {
    /// The columns that a value fills.
    pub fn written(&self, value: Option<&str>) -> Vec<Written> {
        let parts = match (&self.control, value) {
            (Control::Row(_), Some(key)) => key::decode_key(key, self.columns.len()),
            _ => None,
        };
        match parts {
            Some(parts) => self.columns.iter().cloned().zip(parts.into_iter().map(Some)).collect(),
            None => self.columns.iter().map(|column| (column.clone(), value.map(str::to_owned))).collect(),
        }
    }
}

fn control(field: &Field, live: &LiveColumn) -> Option<Control> {
    Some(match &field.field_type {
        FieldType::Text | FieldType::User | FieldType::Tenant => Control::Text,
        FieldType::LongText => Control::LongText,
        FieldType::Email => Control::Email,
        FieldType::Url => Control::Url,
        FieldType::Phone => Control::Phone,
        FieldType::Integer => Control::Integer,
        FieldType::Decimal | FieldType::Money => Control::Decimal,
        FieldType::Boolean if live.not_null => Control::Checkbox,
        FieldType::Boolean => Control::YesNo,
        FieldType::Date => Control::Date,
        FieldType::Timestamp => Control::Timestamp,
        FieldType::Uuid => Control::Uuid,
        FieldType::Enum(values) => {
            Control::Choice(values.iter().map(|value| (value.clone(), wording::choice(field, value))).collect())
        }
        FieldType::Reference(target) => Control::Row(target.clone()),
        FieldType::Json => Control::Json,
        FieldType::File => return None,
    })
}

/// Who is asking and what time it is are the database's to say: such a default is left to it.
fn default(field: &Field) -> Option<String> {
    match field.default.as_ref()? {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}
