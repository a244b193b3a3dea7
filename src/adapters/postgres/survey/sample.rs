//! What the texts of a table look like. The patterns are matched where the rows are, and only how many match comes back.

use super::part_of;
use crate::import::{SampleQuestion, Sampled};
use crate::names::{ColumnName, Ident, TableName};

const MOST_ROWS: u64 = 500;
/// Columns that one query asks about: PostgreSQL takes no more than 1664 results.
const AT_ONCE: usize = 200;

/// In the order of [`Sampled`], after how many are filled.
const PATTERNS: [&str; 5] = [
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^https?://[^\s]+$",
    r"\n|^.{200}",
    r"^([A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?|[0-9]{4}([ -]?[0-9]{4}){3})$",
    r"^(\$(2[abxy]|argon2[a-z]*|5|6|y|scrypt)\$|pbkdf2|SCRAM-SHA-256\$)",
];

/// Each with the columns that it is about.
pub fn queries(question: &SampleQuestion) -> Vec<(&[ColumnName], String)> {
    let (from, _) = part_of(&question.table, question.extent, MOST_ROWS * 20);
    let of_columns = |columns: &[ColumnName]| {
        let names: Vec<String> = columns.iter().map(|name| Ident::new(name.as_str()).to_string()).collect();
        let numbers = names.iter().flat_map(|name| {
            let text = format!("left(t.{name}::text, 2000)");
            let patterns =
                PATTERNS.map(|pattern| format!("count(*) FILTER (WHERE {text} ~ {})", Ident::literal(pattern)));
            std::iter::once(format!("count(t.{name})")).chain(patterns)
        });
        format!(
            "SELECT ARRAY[{}]::int8[] FROM (SELECT {} FROM {from} LIMIT {MOST_ROWS}) AS t",
            numbers.collect::<Vec<_>>().join(", "),
            names.join(", ")
        )
    };
    question.columns.chunks(AT_ONCE).map(|columns| (columns, of_columns(columns))).collect()
}

pub fn read<'a>(
    table: &'a TableName,
    columns: &'a [ColumnName],
    numbers: &'a [i64],
) -> impl Iterator<Item = ((TableName, ColumnName), Sampled)> + 'a {
    columns.iter().zip(numbers.chunks(1 + PATTERNS.len())).map(move |(column, numbers)| {
        let number = |place: usize| numbers.get(place).map_or(0, |number| number.unsigned_abs());
        let sampled = Sampled {
            filled: number(0),
            emails: number(1),
            urls: number(2),
            long: number(3),
            accounts: number(4),
            digests: number(5),
        };
        ((table.clone(), column.clone()), sampled)
    })
}
