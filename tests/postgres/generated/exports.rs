//! Probes of what may be taken away as a file. What is in it, reading decides; how much and by whom, the site.

use crate::provision::world::World;
use crate::site::{Portal, config};
use axum::http::StatusCode;
use portalctl::model::{AccessModel, Write};
use portalctl::site::Site;
use std::sync::Arc;

/// The example, whose site lets each export have `most` rows; `None`: as many as the specs say.
async fn site(most: Option<u32>) -> Portal {
    let world = World::acme().await;
    let mut model = world.acme_model();
    let grants = model.personas.values_mut().flat_map(|persona| persona.writes.values_mut().flatten());
    for grant in grants {
        if let (Write::Export { max_rows }, Some(most)) = (&mut grant.write, most) {
            *max_rows = most;
        }
    }
    let model = Arc::new(model);
    world.apply(&model).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let site = Site::open(config(&world, &model, folder.path().to_owned())).await.unwrap();
    Portal { router: site.router(), world, model, folder }
}

/// How many rows a file has under its heading; `None`: there is no such file.
async fn rows_of_file(portal: &Portal, persona: &str, object: &str) -> Option<usize> {
    let address = format!("/{}/{object}.csv", persona.split('/').next().unwrap_or_default());
    let file = portal.someone(persona).await.get(&address).await;
    if file.status == StatusCode::NOT_FOUND {
        return None;
    }
    assert_eq!(file.status, StatusCode::OK, "{persona} {object}: {}", file.text());
    let text = file.body.trim_start_matches('\u{feff}').to_owned();
    Some(csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).count())
}

/// Who reads what, and how much of it may be taken away.
fn readers(model: &AccessModel) -> Vec<(String, String, Option<u32>)> {
    let who = |persona: &&portalctl::model::Persona| persona.who != portalctl::model::Who::Guest;
    let personas = model.personas.values().filter(who);
    let pairs = personas.flat_map(|persona| persona.reads.keys().map(move |object| (persona, object)));
    let limit = |persona: &portalctl::model::Persona, object| {
        let grants = persona.writes.get(object).into_iter().flatten();
        grants
            .filter_map(|grant| if let Write::Export { max_rows } = grant.write { Some(max_rows) } else { None })
            .max()
    };
    pairs.map(|(persona, object)| (persona.name.to_string(), object.to_string(), limit(persona, object))).collect()
}

/// Where a file is there and should not be, or has another number of rows than `most`.
async fn wrong(portal: &Portal, most: usize) -> (usize, Vec<String>) {
    let (mut grants, mut wrong) = (0, Vec::new());
    for (persona, object, granted) in readers(&portal.model) {
        grants += usize::from(granted.is_some());
        let rows = rows_of_file(portal, &persona, &object).await;
        if rows != granted.map(|_| most) {
            wrong.push(format!("{persona} takes {rows:?} rows of {object}, and may {granted:?}"));
        }
    }
    (grants, wrong)
}

#[tokio::test]
async fn who_may_takes_away_as_much_as_is_granted_and_nobody_else_anything() {
    let (grants, found) = wrong(&site(Some(2)).await, 2).await;
    println!("{grants} grants to export");
    assert!(grants >= 6, "{grants}");
    assert!(found.is_empty(), "{found:#?}");
}

/// A site that lets too much out is noticed.
#[tokio::test]
async fn one_row_too_many_is_noticed() {
    let (grants, found) = wrong(&site(Some(3)).await, 2).await;
    assert_eq!(found.len(), grants, "{found:#?}");
}

/// As the specs have it nothing is cut off that is within the limit, and somebody sees more than two rows of each.
#[tokio::test]
async fn what_is_within_the_limit_is_whole() {
    let portal = site(None).await;
    for (persona, object, granted) in readers(&portal.model) {
        let Some(granted) = granted else { continue };
        let rows = rows_of_file(&portal, &persona, &object).await.expect("a file");
        assert!(rows > 2 && rows <= granted as usize, "{persona} {object}: {rows} of {granted}");
    }
}
