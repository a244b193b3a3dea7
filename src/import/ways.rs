//! Which way leads from a table to its tenant, and how documents write it.

use super::answers::{Answers, Counted};
use super::outline::{Outline, can_be_written};
use super::route::{Below, Route, Step};
use super::yaml;
use crate::names::{ColumnName, ObjectName, TableName};
use crate::spec::edit::New;
use serde::Serialize;

/// That two ways agree in fewer rows may be chance.
const ENOUGH: u64 = 20;

/// The ways of one table to one kind of tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ways {
    /// The path's name; `None`: the only kind.
    pub kind: Option<String>,
    /// Its rows, those that were counted; `None`: they were not, and `why` says why.
    #[serde(flatten)]
    pub extent: Option<CountedRows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_counted: Option<String>,
    pub candidates: Vec<Way>,
    /// The place of the one that is written; `None`: somebody has to decide.
    pub chosen: Option<usize>,
    /// The object through which the only way leads, where nobody has decided yet how that one comes to its tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CountedRows {
    pub rows: u64,
    pub complete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// `order.customer_id → customer`.
    pub told: String,
    /// What stands behind `tenant:`.
    pub yaml: String,
    #[serde(skip)]
    pub value: New,
    pub foreign_keys: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachable: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nulls: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differs: Option<u64>,
    /// Rows that are tenants' of another kind, where a column decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_others: Option<u64>,
    /// Rows that several tenants would see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub several: Option<u64>,
    #[serde(skip)]
    pub from_below: bool,
    /// The table whose own way is gone on with.
    #[serde(skip)]
    pub through: Option<TableName>,
    /// The first column of the table's own on it that may be NULL.
    pub nullable: Option<ColumnName>,
}

impl Ways {
    pub fn chosen(&self) -> Option<&Way> {
        self.candidates.get(self.chosen?)
    }
}

/// For each kind of tenant that a way leads to, what there is and what is taken.
pub fn ways(outline: &Outline<'_>, answers: &Answers, table: &TableName) -> Vec<Ways> {
    let kinds = outline.routes.iter().enumerate();
    kinds.filter_map(|(kind, routes)| of_kind(outline, answers, table, (kind, routes.get(table)?), &[])).collect()
}

/// Whether rows of the table come to a tenant by what is written, in an import or before it. `below` are those that ask.
fn is_settled(outline: &Outline<'_>, answers: &Answers, table: &TableName, kind: usize, below: &[&TableName]) -> bool {
    // One that has none yet is given it by the same import, or is asked about.
    if outline.settings.object_of(table).is_some_and(|known| known.has_tenant) {
        return true;
    }
    let routes = outline.routes.get(kind).and_then(|routes| routes.get(table));
    let ways = routes.filter(|_| !below.contains(&table));
    let ways = ways.and_then(|routes| of_kind(outline, answers, table, (kind, routes), below));
    ways.is_some_and(|ways| ways.chosen.is_some())
}

fn of_kind(
    outline: &Outline<'_>,
    answers: &Answers,
    table: &TableName,
    (kind, routes): (usize, &[Route]),
    below: &[&TableName],
) -> Option<Ways> {
    let counted = answers.counts.get(&(table.clone(), kind));
    let numbers = counted.and_then(|counted| counted.as_ref().ok());
    let mut candidates: Vec<(Way, bool)> = routes
        .iter()
        .enumerate()
        .filter_map(|(place, route)| {
            Some((way(outline, answers, table, kind, route, numbers.map(|n| (n, place)))?, route))
        })
        .map(|(way, route)| (way, route.is_declared() && route.is_upward()))
        .collect();
    if outline.tenants[kind].only.is_some() && is_told(numbers) {
        candidates.retain(|(way, _)| way.reachable != Some(0));
    }
    if candidates.iter().any(|(_, is_sure)| *is_sure) {
        candidates.retain(|(way, _)| !way.from_below);
    }
    if candidates.is_empty() {
        return None;
    }
    // What more rows are reached by comes first; of equals the shorter, as they stand.
    candidates.sort_by_key(|(way, is_sure)| std::cmp::Reverse((*is_sure, way.reachable)));
    let chosen = match candidates.as_slice() {
        [(_, true)] => Some(0),
        [(_, true), ..] if agree(numbers, &candidates) => {
            candidates.iter().enumerate().min_by_key(|(_, (way, _))| way.told.matches('→').count()).map(|(at, _)| at)
        }
        _ => None,
    };
    let through = chosen.and_then(|at| candidates[at].0.through.as_ref());
    let below: Vec<&TableName> = below.iter().copied().chain([table]).collect();
    let open = through.filter(|through| !is_settled(outline, answers, through, kind, &below));
    let waits_for = open.and_then(|through| outline.names.get(through)).map(ToString::to_string);
    let chosen = chosen.filter(|_| waits_for.is_none());
    Some(Ways {
        waits_for,
        kind: outline.tenants[kind].kind.clone().filter(|_| outline.tenants.len() > 1),
        extent: numbers.map(|numbers| CountedRows { rows: numbers.rows, complete: numbers.complete }),
        not_counted: counted.and_then(|counted| counted.as_ref().err().cloned()),
        candidates: candidates.into_iter().map(|(way, _)| way).collect(),
        chosen,
    })
}

/// Whether every row was looked at, and there are enough of them to tell of which kinds they are.
fn is_told(numbers: Option<&Counted>) -> bool {
    numbers.is_some_and(|numbers| numbers.complete && numbers.rows >= ENOUGH)
}

/// Kinds to which ways lead from the table, and of which none of its rows is.
pub fn absent<'o>(
    outline: &'o Outline<'_>,
    answers: &'o Answers,
    table: &'o TableName,
) -> impl Iterator<Item = &'o str> {
    outline.tenants.iter().enumerate().filter_map(|(kind, tenant)| {
        let counted = answers.counts.get(&(table.clone(), kind))?.as_ref().ok()?;
        let none = counted.routes.iter().all(|route| route.reachable == 0);
        tenant.kind.as_deref().filter(|_| tenant.only.is_some() && none && is_told(Some(counted)))
    })
}

/// Whether every row was looked at, and all ways say the same tenant of it.
fn agree(numbers: Option<&Counted>, candidates: &[(Way, bool)]) -> bool {
    numbers.is_some_and(|numbers| numbers.complete)
        && candidates.iter().all(|(way, _)| way.reachable >= Some(ENOUGH))
        && candidates.iter().all(|(way, is_sure)| *is_sure && way.differs == Some(0))
}

fn way(
    outline: &Outline<'_>,
    answers: &Answers,
    table: &TableName,
    kind: usize,
    route: &Route,
    numbers: Option<(&Counted, usize)>,
) -> Option<Way> {
    let relation = outline.found.relations.get(table)?;
    let own: &[ColumnName] = route.steps.first().filter(|_| route.below.is_none()).map_or(&[], |step| &step.columns);
    if !own.iter().all(|column| can_be_written(column.as_str())) {
        return None;
    }
    let may_be_null = |name: &&ColumnName| relation.column(name).is_some_and(|column| !column.not_null);
    let count = numbers.and_then(|(numbers, place)| numbers.routes.get(place));
    let value = written(outline, answers, kind, route)?;
    Some(Way {
        told: told(outline, table, route),
        yaml: value.to_string(),
        value,
        foreign_keys: route.is_declared(),
        reachable: count.map(|count| count.reachable),
        unreachable: count.map(|count| count.unreachable),
        nulls: count.map(|count| count.nulls),
        differs: count.map(|count| count.differs).filter(|_| route.below.is_none()),
        of_others: count.map(|count| count.of_others).filter(|_| outline.tenants[kind].only.is_some()),
        several: count.map(|count| count.several).filter(|_| route.below.is_some()),
        from_below: route.below.is_some(),
        through: match route.steps.as_slice() {
            [first, _, ..] if route.below.is_none() && route.link.is_none() => Some(first.to.clone()),
            _ => None,
        },
        nullable: own.iter().find(may_be_null).cloned(),
    })
}

/// What stands behind `tenant:`; `None`: the language has no words for it.
fn written(outline: &Outline<'_>, answers: &Answers, kind: usize, route: &Route) -> Option<New> {
    let tenant = &outline.tenants[kind];
    if let Some(below) = &route.below {
        return from_below(outline, answers, tenant.kind.as_deref(), below);
    }
    if let Some(link) = &route.link {
        let pair = yaml::map([
            ("table", New::text(link.table.to_string())),
            ("row", yaml::columns(link.row.iter().map(ColumnName::as_str))),
            ("tenant", New::text(link.tenant.as_str())),
        ]);
        return Some(yaml::map([("link", pair)]));
    }
    match route.steps.as_slice() {
        [] => Some(New::text(tenant.key.as_str())),
        [Step { columns, to, referenced, .. }] if *to == tenant.table => {
            let ([column], [referenced]) = (columns.as_slice(), referenced.as_slice()) else { return None };
            let column = New::text(column.as_str());
            match tenant.keys.get(referenced).filter(|_| *referenced != tenant.key) {
                Some(key) => Some(yaml::map([("column", column), ("key", New::text(key.as_str()))])),
                None => Some(column),
            }
        }
        [first, ..] => {
            let path = tenant.kind.as_ref().filter(|_| outline.tenants.len() > 1);
            via(outline, answers, first, path.map(String::as_str))
        }
    }
}

/// `{via: order_id, object: order}`, where the columns hold the key of that object.
pub fn via(outline: &Outline<'_>, answers: &Answers, step: &Step, path: Option<&str>) -> Option<New> {
    let key = outline.key(&step.to, answers)?;
    let object = outline.names.get(&step.to)?;
    let in_order: Option<Vec<&str>> = key
        .iter()
        .map(|column| {
            let place = step.referenced.iter().position(|referenced| referenced == column)?;
            step.columns.get(place).map(ColumnName::as_str)
        })
        .collect();
    let columns = in_order.filter(|columns| columns.len() == step.columns.len())?;
    let path = path.map(|path| ("path", New::text(path)));
    Some(yaml::map([("via", yaml::columns(columns)), ("object", New::text(object.as_str()))].into_iter().chain(path)))
}

/// `{from: order_line, column: order_id, path: supplier}`, where the columns hold the key of the table's own object.
fn from_below(outline: &Outline<'_>, answers: &Answers, kind: Option<&str>, below: &Below) -> Option<New> {
    let child = outline.found.relations.get(&below.table)?;
    let key = child.foreign_keys.iter().find(|key| key.columns == below.columns)?;
    let step = Step::from(key);
    let in_order = via(outline, answers, &step, None).and_then(|via| match via {
        New::Map(entries) => entries.into_iter().find(|(key, _)| key == "via").map(|(_, columns)| columns),
        _ => None,
    })?;
    let object = New::text(outline.names.get(&below.table)?.as_str());
    let path = kind.filter(|_| outline.tenants.len() > 1).map(|kind| ("path", New::text(kind)));
    Some(yaml::map([("from", object), ("column", in_order)].into_iter().chain(path)))
}

fn told(outline: &Outline<'_>, table: &TableName, route: &Route) -> String {
    let name = |table: &TableName| {
        outline.names.get(table).map_or_else(|| yaml::remark(&table.to_string()), ObjectName::to_string)
    };
    let columns = |columns: &[ColumnName]| {
        columns.iter().map(|column| yaml::remark(column.as_str())).collect::<Vec<_>>().join(", ")
    };
    if let Some(link) = &route.link {
        let through = yaml::remark(&link.table.to_string());
        return format!("{} → {through}.{}", name(table), columns(std::slice::from_ref(&link.tenant)));
    }
    let mut told = name(table);
    if let Some(below) = &route.below {
        told = format!("{told} ← {}", name(&below.table));
    }
    for step in &route.steps {
        told = format!("{told}.{} → {}", columns(&step.columns), name(&step.to));
    }
    told
}
