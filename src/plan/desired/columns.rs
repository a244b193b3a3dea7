//! Columns of our own tables: of which type, and how they are filled.

use super::expression;
use super::managed::Tables;
use crate::model::{Filling, Holds, ManagedColumn, Object, Value};
use crate::names::{ColumnName, Ident, ObjectName, TableName, fitting};
use crate::plan::change::join;
use crate::state::{Column, Make};
use std::collections::BTreeSet;

/// Keys lead to keys through at most so many objects; what goes further leads in a circle.
const DEEPEST: usize = 16;

impl Tables<'_> {
    /// What a column is of.
    pub(super) fn column(&self, holds: &Holds, depth: usize) -> Column {
        let made = |display: &str, cast: &str, category: char| Column {
            display_type: display.to_owned(),
            cast_type: format!("pg_catalog.{cast}"),
            category,
            not_null: false,
            generated: false,
            has_default: false,
            draws_from: BTreeSet::new(),
        };
        match holds {
            Holds::Text(Some(most)) => made(&format!("character varying({most})"), "varchar", 'S'),
            Holds::Text(None) | Holds::Enum(_) => made("text", "text", 'S'),
            Holds::Integer => made("bigint", "int8", 'N'),
            Holds::Decimal => made("numeric", "numeric", 'N'),
            Holds::Money => made("numeric(14,2)", "numeric", 'N'),
            Holds::Boolean => made("boolean", "bool", 'B'),
            Holds::Date => made("date", "date", 'D'),
            Holds::Timestamp => made("timestamp with time zone", "timestamptz", 'D'),
            Holds::Uuid => made("uuid", "uuid", 'U'),
            Holds::Json => made("jsonb", "jsonb", 'U'),
            Holds::KeyOf(other, at) => self.key_column(other, *at, depth).unwrap_or_else(|| made("text", "text", 'S')),
        }
    }

    fn key_column(&self, other: &ObjectName, at: usize, depth: usize) -> Option<Column> {
        let other = self.model.objects.get(other).filter(|_| depth < DEEPEST)?;
        let name = other.key.get(at)?;
        let column = match &other.managed {
            Some(managed) => self.column(&managed.columns.get(name)?.holds, depth + 1),
            None => self.live.relations.get(&other.table)?.columns.get(name)?.clone(),
        };
        Some(Column { not_null: false, generated: false, has_default: false, draws_from: BTreeSet::new(), ..column })
    }

    pub(super) fn make(&self, object: &Object, name: &ColumnName, column: &ManagedColumn) -> Make {
        let mut make = Make { ours: true, ..Make::default() };
        match &column.filled {
            None => {}
            Some(Filling::Default(value)) => make.default = self.default(&column.holds, value),
            Some(Filling::NewUuid) => {
                let uuid = matches!(column.holds, Holds::Uuid);
                make.default = Some(if uuid { "gen_random_uuid()" } else { "(gen_random_uuid())::text" }.to_owned());
            }
            Some(Filling::Counted) => make.identity = true,
            Some(Filling::Generated(expression)) => make.generated = Some(expression::sql(expression)),
            Some(Filling::Numbered(_)) => {
                let sequence = fitting(&format!("{}_{name}", object.table.name), "_seq");
                make.sequence = Some(TableName::new(object.table.schema.as_str(), sequence));
            }
        }
        make
    }

    fn default(&self, holds: &Holds, value: &Value) -> Option<String> {
        let zone = || Ident::literal(&self.model.project.timezone);
        let typed = |text: &str| {
            let cast = match holds {
                Holds::Text(Some(_)) => "character varying",
                Holds::Date => "date",
                Holds::Timestamp => "timestamp with time zone",
                Holds::Uuid => "uuid",
                _ => "text",
            };
            format!("{}::{cast}", Ident::literal(text))
        };
        Some(match value {
            Value::Text(text) => typed(text),
            Value::Number(text) if matches!(holds, Holds::Integer | Holds::Decimal | Holds::Money) => text.clone(),
            Value::Number(text) => typed(text),
            Value::Boolean(value) => value.to_string(),
            Value::Now => "now()".to_owned(),
            Value::Today => format!("((now() AT TIME ZONE {}::text))::date", zone()),
            Value::User(_) | Value::Tenant { .. } | Value::Tier | Value::Row(_) => return None,
        })
    }

    pub(super) fn enum_check(&self, column: &ColumnName, words: &[String]) -> String {
        let words = join(words.iter().map(|word| format!("{}::text", Ident::literal(word))));
        format!("({} = ANY (ARRAY[{words}]))", Ident::new(column.as_str()))
    }
}
