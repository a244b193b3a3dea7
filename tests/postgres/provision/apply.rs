//! From nothing to access, and to nothing left to do.

use super::world::{SPEC, World};

#[tokio::test]
async fn a_second_plan_is_empty() {
    let world = World::small().await;
    let model = world.model(SPEC);
    let plan = world.plan(&model).await.unwrap();
    let receipt = world.apply_plan(&model, &plan).await.unwrap();
    assert_eq!(receipt.changes, plan.changes.len());
    let again = world.plan(&model).await.unwrap();
    assert_eq!(again.to_text(), format!("no changes: the database `{}` is as the documents say\n", world.db.project()));
    assert_eq!(world.one("select count(*) from {p}_portal.receipt").await, "1");
}

#[tokio::test]
async fn the_example_applies_and_settles() {
    let world = World::acme().await;
    let model = world.acme_model();
    world.apply(&model).await.unwrap();
    let again = world.plan(&model).await.unwrap();
    assert!(again.changes.is_empty(), "{}", again.to_text());
}
