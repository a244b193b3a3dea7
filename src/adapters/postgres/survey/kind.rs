//! How often a column has each of the values that it may have.

use super::{MOST_ROWS, part_of};
use crate::import::{KindCount, KindQuestion};
use crate::names::Ident;

/// One row with an array: how many different values there are, and how many rows have each of those that are asked for.
pub fn query(question: &KindQuestion) -> String {
    let column = format!("t.{}::text", Ident::new(question.column.as_str()));
    let mut numbers = vec![format!("count(DISTINCT {column})")];
    let of_value = |value: &String| format!("count(*) FILTER (WHERE {column} = {})", Ident::literal(value));
    numbers.extend(question.values.iter().map(of_value));
    let (from, _) = part_of(&question.table, question.extent, MOST_ROWS);
    format!("SELECT ARRAY[{}]::int8[] FROM (SELECT * FROM {from} LIMIT {MOST_ROWS}) AS t", numbers.join(", "))
}

pub fn read(numbers: &[i64]) -> KindCount {
    let mut numbers = numbers.iter().map(|number| number.unsigned_abs());
    KindCount { different: numbers.next().unwrap_or_default(), rows: numbers.collect() }
}
