//! Which values are enough to try: those that the formulas name, those around them, nothing, and something else.

use super::formula::{Atom, Formula, Hints, Operand, Var};
use super::solve::is_fact;
use crate::analysis::evaluate::{Datum, Kind};
use crate::model::FieldType;
use std::collections::{BTreeMap, BTreeSet};
use time::format_description::well_known::Rfc3339;
use time::macros::{datetime, format_description};
use time::{Date, Duration, OffsetDateTime, Time};

/// When nothing says when.
pub(super) const USUAL: OffsetDateTime = datetime!(2026-01-15 10:00 UTC);
/// Moments beyond these are left out: what they tell, those before tell as well.
const MOST_MOMENTS: usize = 8;

#[derive(Debug)]
pub(super) struct Pools {
    cells: BTreeMap<Var, Vec<Datum>>,
    moments: Vec<OffsetDateTime>,
    tiers: Vec<Datum>,
}

/// Cells that are compared with each other share their values.
#[derive(Debug, Default)]
struct Group {
    kind: Option<Kind>,
    hints: Vec<FieldType>,
    constants: BTreeSet<String>,
    ordered: bool,
    size: usize,
}

impl Pools {
    pub(super) fn new(formulas: [&Formula; 2], hints: &Hints, tiers: &BTreeSet<String>) -> Self {
        let mut atoms = Vec::new();
        formulas.iter().for_each(|formula| formula.atoms(&mut |atom| atoms.push(atom)));
        let moments = moments(&atoms);
        let leaders = leaders(&atoms);
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        for (var, leader) in &leaders {
            let group = groups.entry(*leader).or_default();
            group.size += 1;
            group.hints.extend(hints.get(var).cloned());
        }
        for atom in &atoms {
            gather(atom, &leaders, &mut groups);
        }
        let values: BTreeMap<usize, Vec<Datum>> =
            groups.iter().map(|(leader, group)| (*leader, group.values(&moments))).collect();
        let cells = leaders.into_iter().map(|(var, leader)| (var, values[&leader].clone())).collect();
        let tiers = tiers.iter().rev().map(Datum::text).chain([Datum::Null]).collect();
        Self { cells, moments, tiers }
    }

    pub(super) fn of(&self, var: &Var) -> Vec<Datum> {
        match var {
            Var::Now => {
                self.moments.iter().filter_map(|moment| Some(Datum::text(moment.format(&Rfc3339).ok()?))).collect()
            }
            Var::Tier => self.tiers.clone(),
            var if is_fact(var) => ["false", "true"].map(Datum::text).to_vec(),
            var => self.cells.get(var).cloned().unwrap_or_else(|| vec![Datum::text("x"), Datum::Null]),
        }
    }
}

/// Of each cell the group that it is of.
fn leaders(atoms: &[&Atom]) -> BTreeMap<Var, usize> {
    let mut leaders: BTreeMap<Var, usize> = BTreeMap::new();
    for atom in atoms {
        let cells = atom.cells();
        let known: BTreeSet<usize> = cells.iter().filter_map(|var| leaders.get(*var).copied()).collect();
        let leader = known.first().copied().unwrap_or(leaders.len());
        for other in leaders.values_mut().filter(|other| known.contains(other)) {
            *other = leader;
        }
        leaders.extend(cells.into_iter().map(|var| (var.clone(), leader)));
    }
    leaders
}

fn gather(atom: &Atom, leaders: &BTreeMap<Var, usize>, groups: &mut BTreeMap<usize, Group>) {
    let Some(group) = atom.cells().first().and_then(|var| leaders.get(*var)).and_then(|at| groups.get_mut(at)) else {
        return;
    };
    match atom {
        Atom::Test { left, op, right, kind } => {
            // What is compared as a key is a number as well, where a field says so.
            if group.kind.is_none_or(|known| known == Kind::Key) {
                group.kind = Some(*kind);
            }
            group.ordered |= !matches!(op, super::formula::Op::Eq | super::formula::Op::Ne);
            for operand in [left, right] {
                if let Operand::Is(Datum::Text(text)) = operand {
                    group.constants.insert(text.clone());
                }
                group.constants.extend((*operand == Operand::Of(Var::Tier)).then(|| "basic".to_owned()));
            }
        }
        Atom::TierAtLeast { order, .. } => group.constants.extend(order.iter().map(ToString::to_string)),
        Atom::Empty { .. } | Atom::Holds(_) => {}
    }
}

impl Group {
    fn values(&self, moments: &[OffsetDateTime]) -> Vec<Datum> {
        let hinted = self.hints.iter().find(|hint| !matches!(hint, FieldType::Reference(_)));
        let kind = self.kind.filter(|kind| *kind != Kind::Key).unwrap_or_else(|| Kind::of(hinted));
        let enums = self.hints.iter().filter_map(|hint| match hint {
            FieldType::Enum(values) => Some(values.clone()),
            _ => None,
        });
        let enums: Vec<String> = enums.flatten().collect();
        let mut values: Vec<String> = match kind {
            _ if !enums.is_empty() && self.hints.iter().all(|hint| matches!(hint, FieldType::Enum(_))) => enums,
            _ if !enums.is_empty() => enums.into_iter().chain(self.texts(kind)).collect(),
            Kind::Boolean => vec!["true".to_owned(), "false".to_owned()],
            Kind::Number => numbers(&self.constants, self.hints.contains(&FieldType::Integer)),
            Kind::Date => days(&self.constants, moments),
            Kind::Timestamp => instants(moments),
            Kind::Text | Kind::Key | Kind::Opaque => self.texts(kind),
        };
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        values.into_iter().map(Datum::Text).chain([Datum::Null]).collect()
    }

    fn texts(&self, kind: Kind) -> Vec<String> {
        let mut values: Vec<String> = self.constants.iter().cloned().collect();
        if self.ordered {
            values.extend(self.constants.iter().map(|text| format!("{text}a")));
            values.push(String::new());
        }
        // Cells that are compared with each other may all differ.
        let fresh = (0..self.size.clamp(1, 3)).map(|number| match (kind, self.hints.contains(&FieldType::Uuid)) {
            (Kind::Key, true) => format!("00000000-0000-4000-8000-00000000000{number}"),
            (Kind::Key, false) => format!("90{number}"),
            _ => ["x", "y", "z"][number].to_owned(),
        });
        values.extend(fresh);
        values
    }
}

/// A number as a whole one, with so many digits behind the point.
fn scaled(text: &str, digits: usize) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<digits$}");
    format!("{whole}{}", fraction.get(..digits)?).parse().ok()
}

fn numbers(constants: &BTreeSet<String>, whole: bool) -> Vec<String> {
    let digits = if whole {
        0
    } else {
        constants.iter().filter_map(|text| text.split_once('.')).map(|(_, behind)| behind.len()).max().unwrap_or(0) + 1
    };
    let mut known: Vec<i128> = constants.iter().filter_map(|text| scaled(text, digits)).collect();
    known.sort_unstable();
    known.dedup();
    let step = 10_i128.saturating_pow(u32::try_from(digits).unwrap_or(0));
    let mut values = Vec::new();
    for pair in known.windows(2) {
        values.extend([pair[0], pair[0] + (pair[1] - pair[0]) / 2]);
    }
    values.extend(known.last());
    values.extend(known.last().map(|last| last + step));
    values.extend(known.first().map(|first| first - step));
    if known.is_empty() {
        values.extend([step, 2 * step]);
    }
    values.into_iter().map(|value| written(value, digits)).collect()
}

fn written(value: i128, digits: usize) -> String {
    if digits == 0 {
        return value.to_string();
    }
    let (sign, value) = if value < 0 { ("-", value.unsigned_abs()) } else { ("", value.unsigned_abs()) };
    let padded = format!("{value:0>width$}", width = digits + 1);
    let (whole, behind) = padded.split_at(padded.len() - digits);
    let behind = behind.trim_end_matches('0');
    if behind.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{behind}") }
}

fn day_of(text: &str) -> Option<Date> {
    Date::parse(text.get(..10)?, format_description!("[year]-[month]-[day]")).ok()
}

fn moment_of(text: &str) -> Option<OffsetDateTime> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    moment.or_else(|| Some(day_of(text)?.with_time(Time::MIDNIGHT).assume_utc()))
}

/// The usual one first; around every one that is named, before it and after.
fn moments(atoms: &[&Atom]) -> Vec<OffsetDateTime> {
    let named = atoms.iter().flat_map(|atom| match atom {
        Atom::Test { left, right, kind: Kind::Date | Kind::Timestamp, .. } => vec![left, right],
        _ => Vec::new(),
    });
    let named: BTreeSet<OffsetDateTime> = named
        .filter_map(|operand| match operand {
            Operand::Is(Datum::Text(text)) => moment_of(text),
            _ => None,
        })
        .collect();
    let around = named.iter().take(MOST_MOMENTS).flat_map(|moment| {
        [*moment, moment.saturating_sub(Duration::days(2)), moment.saturating_add(Duration::days(2))]
    });
    let mut moments = vec![USUAL];
    moments.extend(around);
    moments
}

/// Far off first: what shows there shows whatever the hour is in the project's zone.
fn instants(moments: &[OffsetDateTime]) -> Vec<String> {
    let midnights = moments.iter().map(|moment| moment.replace_time(Time::MIDNIGHT));
    let all: Vec<OffsetDateTime> = moments.iter().copied().chain(midnights).collect();
    let far = moments
        .iter()
        .flat_map(|moment| [moment.saturating_sub(Duration::days(40)), moment.saturating_add(Duration::days(40))]);
    let near = all.into_iter().flat_map(|moment| {
        [moment.saturating_sub(Duration::hours(1)), moment.saturating_add(Duration::hours(1)), moment]
    });
    far.chain(near).filter_map(|moment| moment.format(&Rfc3339).ok()).collect()
}

fn days(constants: &BTreeSet<String>, moments: &[OffsetDateTime]) -> Vec<String> {
    let named = constants.iter().filter_map(|text| day_of(text));
    let all: Vec<Date> = moments.iter().map(|moment| moment.date()).chain(named).collect();
    let far = all.iter().flat_map(|day| [day.checked_sub(Duration::days(40)), day.checked_add(Duration::days(40))]);
    let far: Vec<Option<Date>> = far.collect();
    let near = all.into_iter().flat_map(|day| [Some(day), day.previous_day(), day.next_day()]);
    far.into_iter().chain(near).flatten().map(|day| day.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> BTreeSet<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn numbers_are_tried_on_both_sides_and_between() {
        assert_eq!(numbers(&set(&["5", "10"]), true), ["5", "7", "10", "11", "4"]);
        assert_eq!(numbers(&set(&["2.50"]), false), ["2.5", "3.5", "1.5"]);
        assert_eq!(numbers(&set(&["0", "1"]), false), ["0", "0.5", "1", "2", "-1"]);
        assert_eq!(written(-5, 1), "-0.5");
    }
}
