//! What a write does besides saying which rows: moves, what the database sets, to whom, how much.

use super::words;
use crate::model::{AssignTo, Share, Write};
use crate::names::{ColumnName, FieldName};
use std::collections::BTreeMap;

/// One move of the object's state field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Move {
    pub from: String,
    pub to: String,
}

/// Empty for reading and deleting. Values are in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Effect {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub preset: BTreeMap<FieldName, String>,
    /// Columns of tenant and owner, set from who is asking.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub stamps: BTreeMap<ColumnName, String>,
    /// Columns that say whose child a new row is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<ColumnName>,
    /// `tenant_member`, `staff`, or audiences to share with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Seconds that a share may last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_rows: Option<u32>,
}

impl Effect {
    pub fn of(write: &Write) -> Self {
        let none = Self::default();
        match write {
            Write::Create(create) => Self {
                preset: in_words(&create.preset),
                stamps: in_words(&create.stamps),
                via: create.via().into_iter().cloned().collect(),
                ..none
            },
            Write::Update { preset, .. } => Self { preset: in_words(preset), ..none },
            Write::Transition { moves, preset, .. } => {
                let each = moves.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (from, to)));
                let moves = each.map(|(from, to)| Move { from: from.clone(), to: to.clone() }).collect();
                Self { moves, preset: in_words(preset), ..none }
            }
            Write::Assign { to, .. } => {
                let to = match to {
                    AssignTo::TenantMember => "tenant_member",
                    AssignTo::Staff => "staff",
                };
                Self { to: vec![to.to_owned()], ..none }
            }
            Write::Delete { .. } | Write::Files(_) => none,
            Write::Share(Share { with, expires }) => {
                Self { to: with.iter().map(ToString::to_string).collect(), expires: *expires, ..none }
            }
            Write::Export { max_rows } => Self { max_rows: Some(*max_rows), ..none },
        }
    }

    /// The parts in words but for the moves, which are told one by one.
    pub(super) fn beside_moves(self) -> Vec<String> {
        Self { moves: Vec::new(), to: Vec::new(), via: Vec::new(), ..self }.words()
    }

    /// Each part in words: `draft → submitted`, `visibility is set to public`.
    pub fn words(&self) -> Vec<String> {
        let mut parts: Vec<String> = self
            .moves
            .iter()
            .map(|step| format!("{} → {}", words::quoted(&step.from), words::quoted(&step.to)))
            .collect();
        parts.extend(self.via.iter().map(|column| format!("under the row in {column}")));
        parts.extend(self.stamps.iter().map(|(column, value)| format!("{column} is set to {value}")));
        parts.extend(self.preset.iter().map(|(field, value)| format!("{field} is set to {value}")));
        parts.extend(self.to.iter().map(|to| match to.as_str() {
            "tenant_member" => "to somebody of the row's tenant".to_owned(),
            "staff" => "to staff".to_owned(),
            audience => format!("with {audience}"),
        }));
        parts.extend(self.expires.map(|seconds| format!("for at most {}", duration(seconds))));
        parts.extend(self.max_rows.map(|rows| format!("at most {rows} rows")));
        parts
    }
}

fn in_words<K: Ord + Clone>(values: &BTreeMap<K, crate::model::Value>) -> BTreeMap<K, String> {
    values.iter().map(|(name, value)| (name.clone(), words::value(value))).collect()
}

/// In the largest unit that is whole.
pub(super) fn duration(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let whole = units.iter().find(|(length, _)| seconds > 0 && seconds.is_multiple_of(*length));
    let (length, unit) = whole.copied().unwrap_or((1, "second"));
    let count = seconds / length;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_in_whole_units() {
        assert_eq!(duration(30 * 86_400), "30 days");
        assert_eq!(duration(3_600), "1 hour");
        assert_eq!(duration(90), "90 seconds");
    }
}
