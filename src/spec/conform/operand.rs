//! What a field is compared with.

use super::super::document::Operand;
use super::super::grammar::word;
use super::super::scalar::{Plain, classify};
use super::super::tree::Scalar;
use super::shown;
use super::single::{ambiguous, control_character};
use crate::diagnostic::{Finding, Span, closest};
use crate::names::FieldName;

const VARIABLES: &[&str] = &["$user", "$tenant", "$tier", "$now", "$today", "$row.<field>"];

pub(in crate::spec) enum Parsed {
    Value(Operand),
    Null,
    Ambiguous,
    UnknownVariable,
}

/// Text that begins with `$` is a variable, quoted or not; `$$` stands for a `$` that is meant as such.
pub(in crate::spec) fn parse(scalar: &Scalar) -> Parsed {
    let text = scalar.text.as_str();
    if let Some(rest) = text.strip_prefix("$$") {
        return Parsed::Value(Operand::Text(format!("${rest}")));
    }
    if text.starts_with('$') {
        return match text {
            "$user" => Parsed::Value(Operand::User),
            "$tenant" => Parsed::Value(Operand::Tenant),
            "$tier" => Parsed::Value(Operand::Tier),
            "$now" => Parsed::Value(Operand::Now),
            "$today" => Parsed::Value(Operand::Today),
            _ => match text.strip_prefix("$row.") {
                Some(field) if (word::FIELD.check)(field).is_ok() => Parsed::Value(Operand::Row(FieldName::new(field))),
                _ => Parsed::UnknownVariable,
            },
        };
    }
    if !scalar.plain {
        return Parsed::Value(Operand::Text(text.to_owned()));
    }
    match classify(text) {
        Plain::Null => Parsed::Null,
        Plain::Boolean(value) => Parsed::Value(Operand::Boolean(value)),
        Plain::Number => Parsed::Value(Operand::Number(text.to_owned())),
        Plain::Ambiguous(_) => Parsed::Ambiguous,
        Plain::Text => Parsed::Value(Operand::Text(text.to_owned())),
    }
}

pub(super) fn problem(scalar: &Scalar, span: Span) -> Option<Finding> {
    let text = scalar.text.as_str();
    match parse(scalar) {
        Parsed::Value(_) => control_character(text, span),
        Parsed::Null => Some(
            Finding::error("wrong-type", span, "nothing equals null")
                .why("a comparison with NULL is unknown, and unknown denies")
                .hint("write `{is_null: true}`"),
        ),
        Parsed::Ambiguous => ambiguous(text, span).map(|finding| {
            let taken_for = if finding.message.ends_with("a boolean") {
                "`true` or `false`"
            } else {
                "the number without leading zeros and `_`"
            };
            Finding {
                message: format!("`{}` is read differently by different tools", shown(text)),
                fix: None,
                ..finding
            }
            .hint(format!("quote it where text is meant, or write {taken_for}"))
        }),
        Parsed::UnknownVariable => {
            let finding = Finding::error("unknown-variable", span, format!("there is no variable `{}`", shown(text)));
            Some(match closest(text, VARIABLES.iter().copied()) {
                Some(near) => finding.hint(format!("did you mean `{near}`?")),
                None => finding.hint(format!(
                    "the variables are {}; a `$` that is meant as such is written `$$`",
                    VARIABLES.join(", ")
                )),
            })
        }
    }
}
