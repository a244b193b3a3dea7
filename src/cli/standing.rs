//! How tenants and people stand, in words; and what a change made of it.

use crate::adapters::postgres::directory::{Person, Standing, Tenant};
use crate::diagnostic::escape::one_line;
use crate::plan::counted;
use std::collections::{BTreeMap, BTreeSet};

/// How many names are said before the rest is counted.
const NAMED: usize = 3;

/// `active, ends on 2027-01-01`, `lapsed since 2026-11-01`, `disabled since …`.
pub fn in_words(standing: &Standing) -> String {
    let mut text = standing.state.clone();
    match (standing.state.as_str(), &standing.since, &standing.until) {
        (_, Some(day), _) => text.push_str(&format!(" since {day}")),
        (_, _, Some(day)) => text.push_str(&format!(", ends on {day}")),
        ("lapsed", None, _) => text.push_str(", no date"),
        _ => {}
    }
    text
}

/// The same of a tenant, with the audiences for which it holds, where it does not hold for all.
pub fn of_tenant(standing: &Standing) -> String {
    let text = in_words(standing);
    if standing.audiences.is_empty() { text } else { format!("{text} ({})", standing.audiences.join(", ")) }
}

/// The same of a place, with the audience as which somebody goes on who has lapsed.
pub fn of_place(standing: &Standing) -> String {
    let text = in_words(standing);
    if standing.audiences.is_empty() { text } else { format!("{text}, as {}", standing.audiences.join(", ")) }
}

type PlaceKey<'a> = (&'a str, &'a str, &'a str, &'a str);

fn of<'p>(people: &'p [Person], tenant: &'p Tenant) -> BTreeMap<PlaceKey<'p>, &'p Person> {
    let theirs =
        people.iter().filter(|one| (one.place.tenant_kind.as_str(), one.place.tenant_key.as_str()) == tenant.id());
    let key = |one: &'p Person| {
        let place = &one.place;
        (place.email.as_str(), place.persona.as_str(), place.tenant_kind.as_str(), place.tenant_key.as_str())
    };
    theirs.map(|one| (key(one), one)).collect()
}

/// Who of a tenant gained and who lost access between two moments, a line each.
pub fn effect(tenant: &Tenant, before: &[Person], after: &[Person]) -> Vec<String> {
    let (before, after) = (of(before, tenant), of(after, tenant));
    let (mut lost, mut gained) = (BTreeMap::new(), BTreeSet::new());
    for (key, now) in &after {
        let was = before.get(key).is_some_and(|one| one.standing.state == "active");
        let is = now.standing.state == "active";
        let as_whom = now.standing.audiences.first();
        match (was, is) {
            (true, false) => lost.entry(as_whom).or_insert_with(BTreeSet::new).insert(key.0),
            (false, true) => gained.insert(key.0),
            _ => false,
        };
    }
    let mut lines = Vec::new();
    for (as_whom, people) in lost {
        let next = as_whom.map_or_else(String::new, |audience| format!(", left with {audience}"));
        lines.push(format!("{} access{next}: {}", counted_people(people.len(), "loses", "lose"), named(people)));
    }
    if !gained.is_empty() {
        lines.push(format!("{} access: {}", counted_people(gained.len(), "gains", "gain"), named(gained)));
    }
    lines
}

fn counted_people(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 person {one}") } else { format!("{count} people {several}") }
}

/// A few names, and how many more.
pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(one_line).collect();
    match names.len().checked_sub(NAMED) {
        Some(more) if more > 0 => format!("{} and {}", names[..NAMED].join(", "), counted(more, "other")),
        _ => names.join(", "),
    }
}
