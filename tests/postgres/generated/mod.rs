//! Probes of every grant, made from the access model: somebody for whom it must succeed, and everybody and everything
//! for which it must not. What must happen is said by plain SQL that the owner runs, which knows nothing of the compiler.

mod case;
mod changes;
mod creates;
mod effect;
mod exports;
mod mutants;
mod oracle;
mod people;
mod reads;
mod removals;
mod shown;
mod stage;
mod table;
mod verdict;

use crate::provisioned::{Provisioned, folder};
use case::{Case, Found, Probes};
use people::People;
use portalctl::model::{Persona, Write};
use portalctl::state::DatabaseState;
use shown::Through;
use stage::Stage;
use std::collections::BTreeMap;

/// What is probed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Reads,
    Writes,
    /// Those of one portal.
    WritesIn(&'static str),
}

/// Everything that the probes find in `portal`; with `only`, of that object and action, up to the first thing that is wrong.
async fn probed(portal: &Provisioned, of: Of, only: Option<(&str, &str)>) -> Found {
    let model = &portal.model;
    let mut stage = Stage::open(portal).await;
    let people = People::of(model, &mut stage).await;
    let (tables, hasty) = (BTreeMap::new(), only.is_some());
    let through = Through::of(portal).await;
    let mut probes = Probes { model, people: &people, stage, tables, through, found: Found::default(), hasty };
    for persona in model.personas.values() {
        if of == Of::Reads {
            probes.reads_of(persona).await;
            continue;
        }
        if !of.holds(persona) {
            continue;
        }
        for (name, grants) in persona.writes.iter().filter(|(name, _)| only.is_none_or(|only| only.0 == name.as_str()))
        {
            for grant in grants.iter().filter(|grant| only.is_none_or(|only| only.1 == grant.write.action())) {
                probes.write(Case { persona, object: &model.objects[name], grant }).await;
            }
        }
    }
    probes.found
}

impl Of {
    fn holds(self, persona: &Persona) -> bool {
        matches!(self, Self::Reads | Self::Writes)
            || matches!(self, Self::WritesIn(portal) if persona.name.portal.as_str() == portal)
    }
}

impl<'p> Probes<'p> {
    async fn write(&mut self, case: Case<'p>) {
        if self.done() {
            return;
        }
        match &case.grant.write {
            Write::Create(_) => self.create_grant(case).await,
            Write::Update { .. } | Write::Transition { .. } | Write::Assign { .. } => self.change_grant(case).await,
            Write::Delete { .. } => self.delete_grant(case).await,
            Write::Share(_) => self.share_grant(case).await,
            // What may be taken away is what may be read; how much, the site says: see `exports`.
            Write::Export { .. } => return,
            // Their rows are in functions of their own, with tests and mutants of their own: see `attachments`.
            Write::Files(_) => return,
        }
        *self.found.grants.entry(case.grant.write.action()).or_default() += 1;
    }
}

/// No grant without a probe, and nothing wrong; there are no fewer than `floor` that must succeed, and must not.
async fn all_hold(portal: &Provisioned, of: Of, floor: (usize, usize)) {
    let found = probed(portal, of, None).await;
    let grants: usize = found.grants.values().sum();
    println!("{grants} grants {:?}: {} must succeed, {} must not", found.grants, found.positive, found.negative);
    let wrong: Vec<String> = found.wrong.iter().map(|wrong| wrong.chars().take(1500).collect()).collect();
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    let personas = portal.model.personas.values();
    let wanted: usize = match of {
        Of::Reads => personas.map(|persona| persona.reads.values().map(Vec::len).sum::<usize>()).sum(),
        Of::Writes | Of::WritesIn(_) => {
            let writes =
                personas.filter(|persona| of.holds(persona)).flat_map(|persona| persona.writes.values().flatten());
            writes.filter(|grant| !matches!(grant.write, Write::Export { .. } | Write::Files(_))).count()
        }
    };
    assert_eq!(grants, wanted, "every grant is probed");
    assert!(found.positive >= floor.0 && found.negative >= floor.1, "too few: {found:?}");
}

async fn example() -> Provisioned {
    let world = crate::provision::world::World::acme().await;
    Provisioned::new(world.db, &folder("../examples/acme")).await
}

/// The example with another desired state.
async fn example_with(change: impl FnOnce(&mut DatabaseState)) -> Provisioned {
    let world = crate::provision::world::World::acme().await;
    Provisioned::changed(world.db, &folder("../examples/acme"), change).await
}

#[tokio::test]
async fn every_kind_of_grant_reads_what_it_says() {
    all_hold(&crate::writes::provisioned().await, Of::Reads, (70, 350)).await;
}

#[tokio::test]
async fn every_kind_of_grant_writes_what_it_says() {
    all_hold(&crate::writes::provisioned().await, Of::Writes, (38, 750)).await;
}

#[tokio::test]
async fn every_grant_of_the_example_reads_what_it_says() {
    all_hold(&example().await, Of::Reads, (200, 850)).await;
}

#[tokio::test]
async fn every_grant_of_the_examples_customers_and_staff_writes_what_it_says() {
    all_hold(&example().await, Of::WritesIn("support"), (38, 550)).await;
}

#[tokio::test]
async fn every_grant_of_the_examples_partners_writes_what_it_says() {
    all_hold(&example().await, Of::WritesIn("partners"), (30, 380)).await;
}

#[tokio::test]
async fn every_grant_on_the_traders_reads_what_it_says() {
    let Some(portal) = crate::northwind::provisioned().await else { return };
    all_hold(&portal, Of::Reads, (100, 330)).await;
}

#[tokio::test]
async fn every_grant_on_the_traders_writes_what_it_says() {
    let Some(portal) = crate::northwind::provisioned().await else { return };
    all_hold(&portal, Of::Writes, (5, 110)).await;
}
