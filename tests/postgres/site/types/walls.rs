//! What belongs to one of the sample's tenants is on no page of another's people.

use super::{Typed, path_of};
use crate::site::browser::Browser;
use axum::http::StatusCode;
use portalctl::adapters::postgres::directory::Place;
use portalctl::model::{Scope, Who};
use portalctl::names::{ObjectName, PersonaName};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that one tenant has shared with the other, with their parts: how many of them both see.
const SHARED: &[(&str, &str, usize)] =
    &[("investor", "vault_document", 1), ("partner", "opportunity", 2), ("partner", "opportunity_note", 1)];

/// Of each object, where its rows lead.
type Lists = BTreeMap<ObjectName, BTreeSet<String>>;

pub async fn check(typed: &Typed) {
    let external = typed.model.personas.values().any(|persona| persona.who == Who::External);
    assert_eq!(external, typed.name != "employee", "{}: whose walls there are", typed.name);
    let (mut sides, mut compared) = (Vec::new(), 0);
    for tenant in ["north", "south"] {
        let mut people = Vec::new();
        for who in ["ann", "amir", "bea", "paul", "cleo"] {
            for place in typed.places(&format!("{who}@{tenant}")).await {
                let mut browser = typed.at(&place).await;
                let lists = lists(typed, &place, &mut browser).await;
                people.push((place, browser, lists));
            }
        }
        assert_eq!(people.is_empty(), !external, "{}: nobody of {tenant}", typed.name);
        sides.push(people);
    }
    let mut shared: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let lists: Vec<Vec<Lists>> =
        sides.iter().map(|people| people.iter().map(|(_, _, lists)| lists.clone()).collect()).collect();
    for (at, people) in sides.iter_mut().enumerate() {
        for (place, browser, mine) in people {
            for (object, row) in lists[1 - at].iter().flat_map(rows) {
                if is_shared(typed, object) && mine.get(object).is_some_and(|mine| mine.contains(row)) {
                    shared.entry(object.as_str()).or_default().insert(row.clone());
                    continue;
                }
                let seen = mine.get(object).is_some_and(|mine| mine.contains(row));
                assert!(!seen, "{}: {row} of the other tenant is on a list of {place:?}", typed.name);
                let detail = browser.get(row).await;
                assert_eq!(detail.status, StatusCode::NOT_FOUND, "{}: {row} for {place:?}", typed.name);
                compared += 1;
            }
        }
    }
    let shared: Vec<(&str, usize)> = shared.iter().map(|(object, rows)| (*object, rows.len())).collect();
    let known = SHARED.iter().filter(|(name, _, _)| *name == typed.name).map(|(_, object, rows)| (*object, *rows));
    assert_eq!(shared, known.collect::<Vec<_>>(), "{}: rows that both tenants see", typed.name);
    // Of these modules nothing belongs to a tenant before an offered one is taken.
    assert!(
        compared > 10 || !external || typed.name == "self-service",
        "{}: {compared} rows say little: {lists:?}",
        typed.name
    );
}

fn is_shared(typed: &Typed, object: &ObjectName) -> bool {
    let shares = |name: &ObjectName| typed.model.objects[name].shares.is_some();
    let parent = typed.model.objects[object].parent.as_ref();
    // Papers of a fund are for all who have committed to it.
    let parent_is_for_several =
        parent.is_some_and(|parent| typed.model.objects[&parent.object].tenant_paths.is_empty());
    shares(object) || parent_is_for_several || parent.is_some_and(|parent| shares(&parent.object))
}

fn rows(lists: &Lists) -> impl Iterator<Item = (&ObjectName, &String)> {
    lists.iter().flat_map(|(object, rows)| rows.iter().map(move |row| (object, row)))
}

/// Rows of what belongs to tenants, but for what is meant for all.
async fn lists(typed: &Typed, place: &Place, browser: &mut Browser) -> Lists {
    let persona = &typed.model.personas[&PersonaName::parse(&place.persona).unwrap()];
    let mut lists = Lists::new();
    for (name, grants) in &persona.reads {
        let is_public = grants.iter().any(|grant| grant.rows.scope == Scope::Public);
        if typed.model.objects[name].tenant_paths.is_empty() || is_public {
            continue;
        }
        let path = path_of(name);
        let mut address = path.clone();
        loop {
            let page = browser.get(&address).await;
            assert_eq!(page.status, StatusCode::OK, "{address} for {place:?}: {}", page.text());
            lists.entry(name.clone()).or_default().extend(page.records(&path));
            match page.link_called("rel=\"next\"") {
                Some(next) => address = next,
                None => break,
            }
        }
    }
    lists
}
