//! How many rows each way leads to a tenant.

use super::{MOST_ROWS, part_of};
use crate::import::{Below, CountQuestion, Counted, Deciding, Route, RouteCount};
use crate::names::{ColumnName, Ident};
use std::fmt::Write as _;

fn column(alias: &str, name: &ColumnName) -> String {
    format!("{alias}.{}", Ident::new(name.as_str()))
}

/// That columns of one row hold what those of another do.
fn equal((one, columns): (&str, &[ColumnName]), (other, referenced): (&str, &[ColumnName])) -> String {
    let pairs = columns.iter().zip(referenced);
    pairs.map(|(own, key)| format!("{} = {}", column(one, own), column(other, key))).collect::<Vec<_>>().join(" AND ")
}

/// One row with an array: rows, whether there are more; then of each way how many are reached, NULL, other than by the first, of
/// another kind, and of several tenants.
pub fn query(question: &CountQuestion) -> String {
    let (from, _) = part_of(&question.table, question.extent, MOST_ROWS);
    let mut joins = String::new();
    let mut numbers = vec!["count(*)".to_owned()];
    let ways: Vec<Way> = question
        .routes
        .iter()
        .enumerate()
        .map(|(place, route)| way(place, route, question.only.as_ref(), &mut joins))
        .collect();
    for way in &ways {
        numbers.push(format!("count(*) FILTER (WHERE {})", way.reached));
        numbers.push(format!("count(*) FILTER (WHERE {})", way.null));
        numbers.push(format!("count(*) FILTER (WHERE {} IS DISTINCT FROM {})", way.key, ways[0].key));
        numbers.push(format!("count(*) FILTER (WHERE {})", way.of_others));
        numbers.push(format!("count(*) FILTER (WHERE {})", way.several));
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
    /// A tenant of another kind is reached.
    of_others: String,
    /// More than one tenant is reached.
    several: String,
}

impl Way {
    fn new(reached: String, null: String, key: String) -> Self {
        Self { reached, null, key, of_others: "false".to_owned(), several: "false".to_owned() }
    }
}

/// That a row of the tenants' table is of the kind.
fn is_of_kind(alias: &str, only: Option<&Deciding>) -> String {
    let Some(only) = only else { return "true".to_owned() };
    let values: Vec<String> = only.values.iter().map(|value| Ident::literal(value)).collect();
    format!("{}::text IN ({})", column(alias, &only.column), values.join(", "))
}

/// Rows below: how many tenants they lead to. Their joins stand inside, since a row may have many.
fn from_below(below: &Below, route: &Route, only: Option<&Deciding>) -> Way {
    let mut joins = String::new();
    let (end, _) = joined("b", "d", route, &mut joins);
    let key = key_of(route, &end);
    let tenants = format!(
        "(SELECT count(DISTINCT {key}) FROM {} AS b{joins} WHERE {} AND {})",
        below.table.sql(),
        equal(("b", &below.columns), ("t", &below.referenced)),
        is_of_kind(&end, only)
    );
    Way {
        several: format!("{tenants} > 1"),
        ..Way::new(format!("{tenants} > 0"), "false".to_owned(), "NULL::text".to_owned())
    }
}

fn way(place: usize, route: &Route, only: Option<&Deciding>, joins: &mut String) -> Way {
    if let Some(below) = &route.below {
        return from_below(below, route, only);
    }
    if let Some(link) = &route.link {
        let reached = format!(
            "EXISTS (SELECT FROM {} AS l WHERE {} AND {} IS NOT NULL)",
            link.table.sql(),
            equal(("l", &link.row), ("t", &link.key)),
            column("l", &link.tenant)
        );
        return Way::new(reached, "false".to_owned(), "NULL::text".to_owned());
    }
    let (end, nulls) = joined("t", &format!("w{place}_"), route, joins);
    let key = key_of(route, &end);
    let is_it = is_of_kind(&end, only);
    let of_kind = if only.is_some() { format!("CASE WHEN {is_it} THEN {key} END") } else { key.clone() };
    Way {
        of_others: format!("{key} IS NOT NULL AND ({is_it}) IS NOT TRUE"),
        ..Way::new(format!("{of_kind} IS NOT NULL"), nulls, of_kind)
    }
}

/// The tenant's key as text, at the end of the way.
fn key_of(route: &Route, end: &str) -> String {
    let key = route.steps.last().and_then(|step| step.referenced.first());
    key.map_or_else(|| "NULL::text".to_owned(), |key| format!("{}::text", column(end, key)))
}

/// Joins the tables along the way: what the last one is called, and that a column on it is NULL.
fn joined(first: &str, names: &str, route: &Route, joins: &mut String) -> (String, String) {
    let mut from = first.to_owned();
    let mut is_there = "true".to_owned();
    let mut nulls = Vec::new();
    for (hop, step) in route.steps.iter().enumerate() {
        let to = format!("{names}{hop}");
        let pairs = equal((&from, &step.columns), (&to, &step.referenced));
        // Writing to a String cannot fail.
        let _ = write!(joins, " LEFT JOIN {} AS {to} ON {pairs}", step.to.sql());
        let missing: Vec<String> = step.columns.iter().map(|name| format!("{} IS NULL", column(&from, name))).collect();
        nulls.push(format!("({is_there} AND ({}))", missing.join(" OR ")));
        is_there = step.referenced.first().map_or(is_there, |key| format!("{} IS NOT NULL", column(&to, key)));
        from = to;
    }
    (from, if nulls.is_empty() { "false".to_owned() } else { nulls.join(" OR ") })
}

pub fn read(question: &CountQuestion, numbers: &[i64]) -> Counted {
    let number = |place: usize| numbers.get(place).map_or(0, |number| number.unsigned_abs());
    let rows = number(0);
    let (_, is_sample) = part_of(&question.table, question.extent, MOST_ROWS);
    let routes = (0..question.routes.len()).map(|route| {
        let at = |place: usize| number(1 + route * 5 + place);
        let (reachable, nulls, differs, of_others, several) = (at(0), at(1), at(2), at(3), at(4));
        let unreachable = rows.saturating_sub(reachable).saturating_sub(nulls).saturating_sub(of_others);
        RouteCount { reachable, unreachable, nulls, differs, of_others, several }
    });
    Counted { rows, complete: !is_sample && rows <= MOST_ROWS, routes: routes.collect() }
}
