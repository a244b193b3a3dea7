//! The text of a key: as the column that holds it would print it.

use crate::model::{FieldType, Object, TenantRoute};
use crate::names::{KeyName, ObjectName, TenantKind};
use std::collections::BTreeMap;

/// What the keys of one name look like, as far as the declared fields tell; the strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyShape {
    Integer,
    Uuid,
    Text,
    Unknown,
}

/// From the type of a field on a tenant column that holds this key.
pub(super) fn shape_of(objects: &BTreeMap<ObjectName, Object>, kind: Option<&TenantKind>, name: &KeyName) -> KeyShape {
    let types = objects.values().flat_map(|object| {
        object.tenant_paths.values().filter_map(|path| match &path.route {
            TenantRoute::Column { column, key }
                if key == name && (path.kind.is_none() || path.kind.as_ref() == kind) =>
            {
                object.field_of(column).map(|field| &field.field_type)
            }
            _ => None,
        })
    });
    let shapes = types.map(|field_type| match field_type {
        FieldType::Integer => KeyShape::Integer,
        FieldType::Uuid => KeyShape::Uuid,
        FieldType::Text | FieldType::LongText | FieldType::Enum(_) => KeyShape::Text,
        _ => KeyShape::Unknown,
    });
    // Where columns of several types hold it, the strictest says how it is written.
    shapes.min().unwrap_or(KeyShape::Unknown)
}

impl KeyShape {
    /// # Errors
    /// Says why `text` cannot be such a key.
    pub(super) fn canonical(self, text: &str) -> Result<String, String> {
        if text.is_empty() || text.contains('\0') {
            return Err("a key is a text that is not empty".to_owned());
        }
        match self {
            Self::Integer if !text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(format!("the column of this key holds integers, `{text}` is none"))
            }
            Self::Integer => {
                text.parse::<i64>().map(|key| key.to_string()).map_err(|_| format!("`{text}` is no integer of 64 bits"))
            }
            Self::Uuid => uuid::Uuid::try_parse(text)
                .map(|key| key.to_string())
                .map_err(|_| format!("the column of this key holds UUIDs, `{text}` is none")),
            Self::Text | Self::Unknown => Ok(text.to_owned()),
        }
    }

    /// Equal for two texts that may be one key in a column whose type is not known.
    pub(super) fn fold(text: &str) -> String {
        if let Ok(number) = text.parse::<i64>() {
            number.to_string()
        } else if let Ok(uuid) = uuid::Uuid::try_parse(text) {
            uuid.to_string()
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_has_one_text() {
        assert_eq!(KeyShape::Integer.canonical("007"), Ok("7".to_owned()));
        assert_eq!(KeyShape::Text.canonical("007"), Ok("007".to_owned()));
        assert!(KeyShape::Integer.canonical("7a").is_err());
        assert!(KeyShape::Integer.canonical("+7").is_err());
        assert!(KeyShape::Integer.canonical("99999999999999999999").is_err());
        assert!(KeyShape::Unknown.canonical("").is_err());
        assert_eq!(KeyShape::fold("007"), KeyShape::fold("7"));
        assert_ne!(KeyShape::fold("A-7"), KeyShape::fold("A-07"));
    }
}
