//! Types of columns, as far as it matters what they may be compared with.

use super::live::Live;
use super::references::operands;
use crate::model::{AccessModel, Condition, Field, FieldType, Object, Preset, Rows, Test, TimeBound, Value, Write};
use crate::names::FieldName;
use crate::state::Column;

/// Columns of one kind compare with each other and write a key in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    /// Numbers with a fraction.
    Number,
    Text,
    Boolean,
    Date,
    /// With a time zone.
    Instant,
    /// Without one.
    WallClock,
    Uuid,
    Json,
    Other,
}

impl Kind {
    pub(super) fn of(column: &Column) -> Self {
        match column.cast_type.trim_start_matches("pg_catalog.").trim_matches('"') {
            "int2" | "int4" | "int8" => Self::Integer,
            "numeric" | "float4" | "float8" | "money" => Self::Number,
            "bool" => Self::Boolean,
            "date" => Self::Date,
            "timestamptz" => Self::Instant,
            "timestamp" => Self::WallClock,
            "uuid" => Self::Uuid,
            "json" | "jsonb" => Self::Json,
            _ if column.category == 'S' || column.category == 'E' => Self::Text,
            _ => Self::Other,
        }
    }

    /// How a column of this kind writes `key`; `None` where any text stands for itself, an error where none would.
    pub(super) fn canonical(self, key: &str) -> Option<Result<String, ()>> {
        match self {
            Self::Integer => Some(key.parse::<i64>().map(|key| key.to_string()).map_err(drop)),
            Self::Uuid => Some(uuid::Uuid::try_parse(key).map(|key| key.to_string()).map_err(drop)),
            _ => None,
        }
    }
}

/// Whether a key can be in either column.
pub(super) fn keys_fit(left: &Column, right: &Column) -> bool {
    let (one, other) = (Kind::of(left), Kind::of(right));
    if one == Kind::Other || one == Kind::Text && left.category != right.category {
        return left.cast_type == right.cast_type;
    }
    one == other
}

/// Whether a column of that type can be a field of this one.
///
/// # Errors
/// What the field would have to be on.
pub(super) fn field_fits(
    live: &Live<'_>,
    field_type: &FieldType,
    column: &Column,
    is_timed: impl FnOnce() -> bool,
) -> Result<(), &'static str> {
    let kind = Kind::of(column);
    let (fits, expected) = match field_type {
        FieldType::Text
        | FieldType::LongText
        | FieldType::Email
        | FieldType::Url
        | FieldType::Phone
        | FieldType::File => (kind == Kind::Text || column.category == 'S', "a text"),
        FieldType::Enum(_) => (kind == Kind::Text, "one of a list of texts"),
        FieldType::Integer => (kind == Kind::Integer, "an integer"),
        FieldType::Decimal => (matches!(kind, Kind::Integer | Kind::Number), "a decimal number"),
        FieldType::Money => (matches!(kind, Kind::Integer | Kind::Number), "an amount of money"),
        FieldType::Boolean => (kind == Kind::Boolean, "a boolean"),
        FieldType::Date => (kind == Kind::Date, "a date"),
        FieldType::Timestamp if kind == Kind::WallClock => {
            (!is_timed(), "compared with the time, which a timestamp without a time zone cannot be")
        }
        FieldType::Timestamp => (kind == Kind::Instant, "a timestamp"),
        FieldType::Uuid => (kind == Kind::Uuid, "a UUID"),
        FieldType::Json => (kind == Kind::Json, "JSON"),
        FieldType::User | FieldType::Tenant => {
            (matches!(kind, Kind::Text | Kind::Integer | Kind::Uuid), "the key of a person or a tenant")
        }
        FieldType::Reference(object) => {
            let target = live.model.objects.get(object).filter(|target| target.key.len() == 1);
            let key = target.and_then(|target| live.column(&target.table, &target.key[0]));
            (key.is_none_or(|key| keys_fit(column, key)), "a reference to a key of another type")
        }
    };
    if fits { Ok(()) } else { Err(expected) }
}

/// Whether some grant holds `field` against the clock, or sets it by it.
pub(super) fn compared_with_time(model: &AccessModel, object: &Object, field: &Field) -> bool {
    model.personas.values().any(|persona| {
        let reads = persona.reads.get(&object.name).into_iter().flatten().map(|grant| &grant.rows);
        let writes = || persona.writes.get(&object.name).into_iter().flatten();
        let mut rows = reads.chain(writes().map(|grant| &grant.rows));
        rows.any(|rows| bounded(rows, &field.name) || conditions(rows).any(|one| timed(one, &field.name)))
            || writes()
                .any(|grant| preset_of(&grant.write).is_some_and(|preset| preset.get(&field.name) == Some(&Value::Now)))
    })
}

/// The fields that the database sets under a grant.
pub(super) fn preset_of(write: &Write) -> Option<&Preset> {
    match write {
        Write::Create(create) => Some(&create.preset),
        Write::Update { preset, .. } | Write::Transition { preset, .. } => Some(preset),
        Write::Assign { .. } | Write::Delete { .. } | Write::Share(_) | Write::Files(_) | Write::Export { .. } => None,
    }
}

fn bounded(rows: &Rows, field: &FieldName) -> bool {
    let is = |bound: &Option<TimeBound>| matches!(bound, Some(TimeBound::Field(name)) if name == field);
    is(&rows.valid_from) || is(&rows.valid_until)
}

fn conditions(rows: &Rows) -> impl Iterator<Item = &Condition> {
    rows.denied.iter().map(|deny| &deny.condition).chain([&rows.condition])
}

fn timed(condition: &Condition, field: &FieldName) -> bool {
    match condition {
        Condition::True => false,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| timed(part, field)),
        Condition::Test(Test { field: name, comparison }) => {
            // A written instant is as unclear as the clock without a zone to read it in.
            name == field && operands(comparison).any(|value| matches!(value, Value::Now | Value::Text(_)))
        }
    }
}
