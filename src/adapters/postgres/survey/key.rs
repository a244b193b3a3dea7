//! Which columns tell the rows of a relation without a key apart.

use super::MOST_ROWS;
use crate::import::KeyQuestion;
use crate::names::Ident;

/// One row with an array: 1 for each list of columns whose values are all there and never the same in two rows. Where the
/// relation is larger than what is looked at, or empty, nobody knows.
pub fn query(question: &KeyQuestion) -> String {
    let tests: Vec<String> = question
        .candidates
        .iter()
        .map(|columns| {
            let names: Vec<String> =
                columns.iter().map(|name| format!("t.{}", Ident::new(name.as_str()))).collect();
            let filled: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
            format!(
                "(count(*) BETWEEN 1 AND {MOST_ROWS} AND count(DISTINCT ({row})) FILTER (WHERE {filled}) = count(*))::int",
                row = if names.len() == 1 { format!("{}::text", names[0]) } else { format!("ROW({})::text", names.join(", ")) },
                filled = filled.join(" AND "),
            )
        })
        .collect();
    format!(
        "SELECT ARRAY[{}]::int8[] FROM (SELECT * FROM {} LIMIT {}) AS t",
        tests.join(", "),
        question.table.sql(),
        MOST_ROWS + 1
    )
}

pub fn read(numbers: &[i64]) -> Option<usize> {
    numbers.iter().position(|number| *number == 1)
}
