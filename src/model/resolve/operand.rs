//! What a field may be compared with.

use crate::diagnostic::closest;
use crate::model::FieldType;
use crate::spec::document::Operand;

/// Types that compare with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Text,
    Number,
    Boolean,
    Date,
    Timestamp,
    Uuid,
    /// Holds a key, of a type that only the database knows.
    Key,
    /// Can be asked whether it is there, nothing else.
    Opaque,
}

impl Family {
    pub(super) fn of(field_type: &FieldType) -> Self {
        match field_type {
            FieldType::Text
            | FieldType::LongText
            | FieldType::Email
            | FieldType::Url
            | FieldType::Phone
            | FieldType::Enum(_) => Self::Text,
            FieldType::Integer | FieldType::Decimal | FieldType::Money => Self::Number,
            FieldType::Boolean => Self::Boolean,
            FieldType::Date => Self::Date,
            FieldType::Timestamp => Self::Timestamp,
            FieldType::Uuid => Self::Uuid,
            FieldType::Reference(_) | FieldType::User | FieldType::Tenant => Self::Key,
            FieldType::File | FieldType::Json => Self::Opaque,
        }
    }

    fn has_order(self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::Timestamp)
    }

    /// Whether a column of this family may hold somebody's key.
    fn holds_keys(self) -> bool {
        matches!(self, Self::Text | Self::Number | Self::Uuid | Self::Key)
    }
}

/// How two things are compared, as far as types go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equality,
    Order,
}

/// Why a field of this type cannot be compared so, and the change that mends it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

fn mismatch(message: impl Into<String>, hint: impl Into<String>) -> Mismatch {
    Mismatch { message: message.into(), hint: Some(hint.into()) }
}

/// Whether `field` of type `field_type` can be compared with `operand`; `$row.…` is checked by its own type.
pub(super) fn check(
    field: &str,
    field_type: &FieldType,
    relation: Relation,
    operand: &Operand,
) -> Result<(), Mismatch> {
    let family = Family::of(field_type);
    if family == Family::Opaque {
        return Err(mismatch(
            format!("`{field}` is {}, which is compared with nothing", a_type(field_type)),
            "ask `{is_null: true}` or `{is_null: false}`",
        ));
    }
    if relation == Relation::Order && (!family.has_order() || matches!(field_type, FieldType::Enum(_))) {
        return Err(mismatch(
            format!("`{field}` is {}, which has no order", a_type(field_type)),
            "`lt`, `lte`, `gt` and `gte` are for numbers, dates and timestamps; list the values meant",
        ));
    }
    match operand {
        Operand::Row(_) => Ok(()),
        Operand::User | Operand::Tenant if family.holds_keys() => Ok(()),
        Operand::User => Err(not_a(field, field_type, "`$user` is a key")),
        Operand::Tenant => Err(not_a(field, field_type, "`$tenant` is a key")),
        Operand::Tier if family == Family::Text => Ok(()),
        Operand::Tier => Err(not_a(field, field_type, "`$tier` is the name of a tier")),
        Operand::Now if family == Family::Timestamp => Ok(()),
        Operand::Now if family == Family::Date => {
            Err(mismatch(format!("`{field}` is a date, `$now` a point in time"), "write `$today`"))
        }
        Operand::Now => Err(not_a(field, field_type, "`$now` is a point in time")),
        Operand::Today if family == Family::Date => Ok(()),
        Operand::Today if family == Family::Timestamp => {
            Err(mismatch(format!("`{field}` is a timestamp, `$today` a date"), "write `$now`"))
        }
        Operand::Today => Err(not_a(field, field_type, "`$today` is a date")),
        Operand::Text(text) => check_text(field, field_type, family, text),
        Operand::Number(text) => check_number(field, field_type, family, text),
        Operand::Boolean(_) if family == Family::Boolean => Ok(()),
        Operand::Boolean(value) => Err(literal(field, field_type, family, &value.to_string(), "a boolean")),
    }
}

/// Whether two fields of one row, or of two rows that `has` brings together, can be compared.
pub(super) fn check_fields(field: (&str, &FieldType), other: (&str, &FieldType)) -> Result<(), Mismatch> {
    let (left, right) = (Family::of(field.1), Family::of(other.1));
    let fits = left != Family::Opaque
        && (left == right
            || (left == Family::Key && right.holds_keys())
            || (right == Family::Key && left.holds_keys()));
    if fits {
        return Ok(());
    }
    let message = format!("`{}` is {} and `{}` is {}", field.0, a_type(field.1), other.0, a_type(other.1));
    Err(Mismatch { message, hint: Some("compare fields of one type".to_owned()) })
}

fn check_text(field: &str, field_type: &FieldType, family: Family, text: &str) -> Result<(), Mismatch> {
    if text.contains('\0') {
        return Err(mismatch("a text cannot hold a NUL character", "take it out"));
    }
    if let FieldType::Enum(values) = field_type {
        if values.iter().any(|value| value == text) {
            return Ok(());
        }
        let hint = closest(text, values.iter().map(String::as_str)).map_or_else(
            || format!("its values are {}", values.join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        return Err(mismatch(format!("`{field}` has no value `{text}`"), hint));
    }
    match family {
        Family::Text | Family::Key => Ok(()),
        Family::Uuid if uuid::Uuid::try_parse(text).is_ok() => Ok(()),
        Family::Date if is_date(text) => Ok(()),
        Family::Timestamp if is_timestamp(text) => Ok(()),
        Family::Date => Err(mismatch(format!("`{field}` is a date, `{text}` is none"), "write it as 2026-01-31")),
        Family::Timestamp => Err(mismatch(
            format!("`{field}` is a timestamp, `{text}` is none"),
            "write it with its offset, as 2026-01-31T09:00:00Z",
        )),
        _ => Err(literal(field, field_type, family, text, "a text")),
    }
}

fn check_number(field: &str, field_type: &FieldType, family: Family, text: &str) -> Result<(), Mismatch> {
    match family {
        Family::Number if !is_number(text) => {
            Err(mismatch(format!("`{text}` is no plain number"), "write digits, with a point for decimals: 12.50"))
        }
        Family::Number if *field_type == FieldType::Integer && text.parse::<i64>().is_err() => {
            Err(mismatch(format!("`{field}` is an integer, `{text}` is none"), "write a whole number"))
        }
        Family::Number => Ok(()),
        Family::Key if text.parse::<i64>().is_ok() => Ok(()),
        _ => Err(literal(field, field_type, family, text, "a number")),
    }
}

fn literal(field: &str, field_type: &FieldType, family: Family, text: &str, what: &str) -> Mismatch {
    let hint = match family {
        Family::Text | Family::Key => format!("write it in quotes: \"{text}\""),
        Family::Boolean => "write `true` or `false`".to_owned(),
        Family::Number => "write a number, without quotes".to_owned(),
        _ => format!("write {}", a_type(field_type)),
    };
    mismatch(format!("`{field}` is {}, and `{text}` is {what}", a_type(field_type)), hint)
}

fn not_a(field: &str, field_type: &FieldType, what: &str) -> Mismatch {
    Mismatch { message: format!("`{field}` is {}, and {what}", a_type(field_type)), hint: None }
}

pub(super) fn a_type(field_type: &FieldType) -> &'static str {
    match field_type {
        FieldType::Text | FieldType::LongText => "a text",
        FieldType::Email => "an e-mail address",
        FieldType::Url => "a URL",
        FieldType::Phone => "a phone number",
        FieldType::Integer => "an integer",
        FieldType::Decimal => "a decimal number",
        FieldType::Money => "an amount of money",
        FieldType::Boolean => "a boolean",
        FieldType::Date => "a date",
        FieldType::Timestamp => "a timestamp",
        FieldType::Uuid => "a UUID",
        FieldType::Enum(_) => "one of a list of values",
        FieldType::Reference(_) => "a reference",
        FieldType::User => "a user's key",
        FieldType::Tenant => "a tenant's key",
        FieldType::File => "a file",
        FieldType::Json => "JSON",
    }
}

pub(super) fn is_date(text: &str) -> bool {
    time::Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).is_ok()
}

/// RFC 3339: the offset is written, so that it means one instant wherever it is read.
pub(super) fn is_timestamp(text: &str) -> bool {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).is_ok()
}

/// Digits with an optional sign and fraction: what goes into SQL as it stands.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}
