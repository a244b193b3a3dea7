//! Grants in words: `tenant on path partner where status is open, my tier is at least gold`.

use crate::model::{
    Comparison, Condition, FieldType, Has, Object, ReadGrant, Rows, Test, TierBound, TimeBound, Value, Write,
};
use crate::names::{FieldName, KeyName, PathName};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The scope with its path: `tenant on path partner`.
pub fn scope_and_path(rows: &Rows) -> String {
    let mut text = rows.scope.word().to_owned();
    push_path(&mut text, rows.path.as_ref());
    text
}

fn push_path(text: &mut String, path: Option<&PathName>) {
    if let Some(path) = path.filter(|path| !path.is_unnamed()) {
        let _ = write!(text, " on path {path}");
    }
}

/// What narrows the scope: `status is open, my tier is at least gold`; empty where nothing does.
pub fn filter(rows: &Rows) -> String {
    let mut parts = Vec::new();
    if rows.condition != Condition::True {
        parts.push(condition(&rows.condition));
    }
    parts.extend(rows.denied.iter().map(|deny| format!("not ({})", condition(&deny.condition))));
    parts.extend(rows.has.iter().map(has));
    match &rows.min_tier {
        Some(TierBound::Tier(tier)) => parts.push(format!("my tier is at least {tier}")),
        Some(TierBound::RowField(field)) => parts.push(format!("my tier is at least that in {field}")),
        None => {}
    }
    parts.extend(rows.valid_from.as_ref().map(|from| match from {
        TimeBound::Field(field) => format!("{field} <= now"),
        TimeBound::Literal(text) => format!("now >= {}", quoted(text)),
    }));
    parts.extend(rows.valid_until.as_ref().map(|until| match until {
        TimeBound::Field(field) => format!("{field} > now"),
        TimeBound::Literal(text) => format!("now < {}", quoted(text)),
    }));
    if rows.mfa {
        parts.push("a second factor was given".to_owned());
    }
    if let Some(path) = &rows.reach {
        let mut text = "its tenant".to_owned();
        push_path(&mut text, Some(path));
        parts.push(text + " is assigned to me");
    }
    parts.join(", ")
}

/// Scope and filter in one: `own where amount < 500`.
pub fn rows(rows: &Rows) -> String {
    let filter = filter(rows);
    let scope = scope_and_path(rows);
    if filter.is_empty() { scope } else { format!("{scope} where {filter}") }
}

/// `status is open and priority is one of high, low`.
pub fn condition(condition: &Condition) -> String {
    match condition {
        Condition::True => "always".to_owned(),
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::Test(test) => self::test(test),
    }
}

fn joined(parts: &[Condition], with: &str) -> String {
    let part = |part: &Condition| match part {
        Condition::All(_) | Condition::Any(_) => format!("({})", condition(part)),
        _ => condition(part),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(with)
}

fn test(test: &Test) -> String {
    let field = &test.field;
    let list = |values: &[Value]| values.iter().map(value).collect::<Vec<_>>().join(", ");
    match &test.comparison {
        Comparison::Eq(one) => format!("{field} is {}", value(one)),
        Comparison::Ne(one) => format!("{field} is not {}", value(one)),
        Comparison::Lt(one) => format!("{field} < {}", value(one)),
        Comparison::Lte(one) => format!("{field} <= {}", value(one)),
        Comparison::Gt(one) => format!("{field} > {}", value(one)),
        Comparison::Gte(one) => format!("{field} >= {}", value(one)),
        Comparison::In(values) => format!("{field} is one of {}", list(values)),
        Comparison::NotIn(values) => format!("{field} is none of {}", list(values)),
        Comparison::IsNull(true) => format!("{field} is empty"),
        Comparison::IsNull(false) => format!("{field} is not empty"),
    }
}

fn has(has: &Has) -> String {
    let matches: Vec<String> = has.matches.iter().map(|(field, one)| format!("{field} = {}", value(one))).collect();
    format!("some readable {} has {}", has.object, matches.join(" and "))
}

/// A value as a reader would say it.
pub fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Number(text) => text.clone(),
        Value::Boolean(true) => "true".to_owned(),
        Value::Boolean(false) => "false".to_owned(),
        Value::User(key) if *key == KeyName::main() => "me".to_owned(),
        Value::User(key) => format!("me (key {key})"),
        Value::Tenant { key, .. } if *key == KeyName::main() => "my tenant".to_owned(),
        Value::Tenant { key, .. } => format!("my tenant (key {key})"),
        Value::Tier => "my tier".to_owned(),
        Value::Now => "now".to_owned(),
        Value::Today => "today".to_owned(),
        Value::Row(field) => format!("the row's {field}"),
    }
}

/// A plain word as it is; anything else in quotes, with what could forge a line or hide text escaped.
pub(super) fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.:+@/".contains(letter);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("{text:?}") }
}

/// The fields that a grant names, in the object's order.
pub fn fields<'a>(object: &'a Object, named: &'a BTreeSet<FieldName>) -> impl Iterator<Item = &'a FieldName> {
    object.fields.keys().filter(|name| named.contains(*name))
}

/// What a write lets somebody give or change; a row handed over shows it in its owner's field.
pub fn written(object: &Object, write: &Write) -> BTreeSet<FieldName> {
    match write {
        Write::Create(create) => create.fields.clone(),
        Write::Update { fields, .. } => fields.clone(),
        Write::Transition { field, .. } => BTreeSet::from([field.clone()]),
        Write::Assign { column, .. } => object.field_of(column).map(|field| field.name.clone()).into_iter().collect(),
        Write::Delete { .. } | Write::Share(_) | Write::Files(_) | Write::Export { .. } => BTreeSet::new(),
    }
}

/// Fields with commas between them.
pub fn field_list(object: &Object, named: &BTreeSet<FieldName>) -> String {
    fields(object, named).map(FieldName::as_str).collect::<Vec<_>>().join(", ")
}

/// The fields that a grant shows, with the masks that it shows in place of some: `name, phone (masked: last4)`.
pub fn shown(object: &Object, grant: &ReadGrant) -> String {
    let one = |name: &FieldName| match grant.mask(object, name) {
        Some(mask) => format!("{name} (masked: {})", mask.word()),
        None => name.to_string(),
    };
    fields(object, &grant.fields).map(one).collect::<Vec<_>>().join(", ")
}

/// A field's type as the language writes it.
pub fn field_type(field_type: &FieldType) -> String {
    match field_type {
        FieldType::Text => "text".to_owned(),
        FieldType::LongText => "long_text".to_owned(),
        FieldType::Email => "email".to_owned(),
        FieldType::Url => "url".to_owned(),
        FieldType::Phone => "phone".to_owned(),
        FieldType::Integer => "integer".to_owned(),
        FieldType::Decimal => "decimal".to_owned(),
        FieldType::Money => "money".to_owned(),
        FieldType::Boolean => "boolean".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::Timestamp => "timestamp".to_owned(),
        FieldType::Uuid => "uuid".to_owned(),
        FieldType::Enum(values) => {
            format!("enum [{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "))
        }
        FieldType::Reference(object) => format!("reference({object})"),
        FieldType::User => "user".to_owned(),
        FieldType::Tenant => "tenant".to_owned(),
        FieldType::File => "file".to_owned(),
        FieldType::Json => "json".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_forge_a_line() {
        assert_eq!(quoted("open"), "open");
        assert_eq!(quoted("a\n0 findings"), r#""a\n0 findings""#);
        assert_eq!(quoted("\u{202e}txt"), r#""\u{202e}txt""#);
        assert_eq!(quoted(""), r#""""#);
    }
}
