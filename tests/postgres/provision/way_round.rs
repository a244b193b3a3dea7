//! What opens a way round the walls once they stand, as the checks of a live database tell it; and what `apply` mends.

use super::world::{SPEC, World};
use portalctl::adapters::postgres::inspect::inspect;
use portalctl::check::run_live;
use portalctl::plan::Touched;
use std::collections::BTreeSet;

/// Each id that is found once.
async fn found(world: &World) -> BTreeSet<&'static str> {
    let model = world.model(SPEC);
    let live = inspect(&mut world.db.admin().await, &Touched::of(&model)).await.unwrap();
    run_live(&model, &live, time::macros::date!(2026 - 06 - 15)).iter().map(|finding| finding.id).collect()
}

#[tokio::test]
async fn whatever_opens_a_way_round_is_told_by_its_name() {
    let world = World::small().await;
    let model = world.model(SPEC);
    world.apply(&model).await.unwrap();
    let sound = found(&world).await;
    let role = model.personas.values().next().unwrap().facets[0].role.clone();
    let role = format!("\"{role}\"");
    let no_more = format!("alter default privileges for role {{p}}_owner revoke execute on functions from {role}");
    let ways = [
        ("rls-disabled", "alter table crm.cases disable row level security".to_owned(), None),
        ("bypassrls", format!("alter role {role} bypassrls"), None),
        (
            "default-privilege-leak",
            "alter default privileges for role {p}_owner in schema crm grant select on tables to public".to_owned(),
            Some("alter default privileges for role {p}_owner in schema crm revoke select on tables from public"),
        ),
        (
            "default-privilege-leak",
            format!("alter default privileges for role {{p}}_owner grant execute on functions to {role}"),
            Some(no_more.as_str()),
        ),
        (
            "owner-is-persona",
            format!("alter table crm.comments owner to {role}"),
            Some("alter table crm.comments owner to {p}_owner"),
        ),
        (
            "policy-without-rls",
            "alter table crm.cases disable row level security; create policy theirs on crm.cases to {p}_app using (true)"
                .to_owned(),
            Some("drop policy theirs on crm.cases"),
        ),
    ];
    for (id, way, back) in ways {
        assert!(!sound.contains(id), "{id} is told of a sound database");
        world.run(&way).await;
        assert!(found(&world).await.contains(id), "{id} is not told after: {way}");
        if let Some(back) = back {
            world.run(back).await;
        }
        world.apply(&model).await.unwrap();
        assert_eq!(found(&world).await, sound, "{id}: what is left after `apply`");
    }
}
