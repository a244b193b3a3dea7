//! How many rows each way leads to a tenant.

use super::{MOST_ROWS, part_of};
use crate::import::{CountQuestion, Counted, Route, RouteCount};
use crate::names::{ColumnName, Ident};
use std::fmt::Write as _;

fn column(alias: &str, name: &ColumnName) -> String {
    format!("{alias}.{}", Ident::new(name.as_str()))
}

/// One row with an array: rows, whether there are more; then of each way how many are reached, NULL, and other than by the first.
pub fn query(question: &CountQuestion) -> String {
    let (from, _) = part_of(&question.table, question.extent, MOST_ROWS);
    let mut joins = String::new();
    let mut numbers = vec!["count(*)".to_owned()];
    let ways: Vec<Way> =
        question.routes.iter().enumerate().map(|(place, route)| way(place, route, &mut joins)).collect();
    for way in &ways {
        numbers.push(format!("count(*) FILTER (WHERE {})", way.reached));
        numbers.push(format!("count(*) FILTER (WHERE {})", way.null));
        numbers.push(format!("count(*) FILTER (WHERE {} IS DISTINCT FROM {})", way.key, ways[0].key));
    }
    format!(
        "SELECT ARRAY[{}]::int8[] FROM (SELECT * FROM {from} LIMIT {}) AS t{joins}",
        numbers.join(", "),
        MOST_ROWS + 1
    )
}

struct Way {
    reached: String,
    null: String,
    /// The tenant's key as text; NULL where no tenant is reached.
    key: String,
}

fn way(place: usize, route: &Route, joins: &mut String) -> Way {
    if let Some(link) = &route.link {
        let pairs: Vec<String> = link
            .row
            .iter()
            .zip(&link.key)
            .map(|(row, key)| format!("{} = {}", column("l", row), column("t", key)))
            .collect();
        let reached = format!(
            "EXISTS (SELECT FROM {} AS l WHERE {} AND {} IS NOT NULL)",
            link.table.sql(),
            pairs.join(" AND "),
            column("l", &link.tenant)
        );
        return Way { null: "false".to_owned(), key: "NULL::text".to_owned(), reached };
    }
    let mut from = "t".to_owned();
    let mut is_there = "true".to_owned();
    let mut nulls = Vec::new();
    for (hop, step) in route.steps.iter().enumerate() {
        let to = format!("w{place}_{hop}");
        let pairs: Vec<String> = step
            .columns
            .iter()
            .zip(&step.referenced)
            .map(|(column_of, key)| format!("{} = {}", column(&from, column_of), column(&to, key)))
            .collect();
        // Writing to a String cannot fail.
        let _ = write!(joins, " LEFT JOIN {} AS {to} ON {}", step.to.sql(), pairs.join(" AND "));
        let missing: Vec<String> = step.columns.iter().map(|name| format!("{} IS NULL", column(&from, name))).collect();
        nulls.push(format!("({is_there} AND ({}))", missing.join(" OR ")));
        is_there = step.referenced.first().map_or(is_there, |key| format!("{} IS NOT NULL", column(&to, key)));
        from = to;
    }
    let key = route.steps.last().and_then(|step| step.referenced.first());
    let key = key.map_or_else(|| "NULL::text".to_owned(), |key| format!("{}::text", column(&from, key)));
    Way { reached: format!("{key} IS NOT NULL"), null: nulls.join(" OR "), key }
}

pub fn read(question: &CountQuestion, numbers: &[i64]) -> Counted {
    let number = |place: usize| numbers.get(place).map_or(0, |number| number.unsigned_abs());
    let rows = number(0);
    let (_, is_sample) = part_of(&question.table, question.extent, MOST_ROWS);
    let routes = (0..question.routes.len()).map(|route| {
        let (reachable, nulls, differs) = (number(1 + route * 3), number(2 + route * 3), number(3 + route * 3));
        let unreachable = rows.saturating_sub(reachable).saturating_sub(nulls);
        RouteCount { reachable, unreachable, nulls, differs }
    });
    Counted { rows, complete: !is_sample && rows <= MOST_ROWS, routes: routes.collect() }
}
