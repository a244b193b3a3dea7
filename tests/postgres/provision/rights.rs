//! Administrators who are no superusers.

use super::world::{HASTE, SPEC, World, plan_with};
use portalctl::adapters::postgres::apply::{Agreed, ApplyError, Receipt, apply};
use portalctl::adapters::postgres::planning::PlanError;
use portalctl::model::AccessModel;

/// May create roles and schemas, and has the rights of the tables' owner.
pub const ADMINISTRATOR: &str = "
create role {p}_dba login createrole;
grant {p}_owner to {p}_dba;
grant create, temporary on database {p} to {p}_dba;";

pub async fn apply_as(world: &World, role: &str, model: &AccessModel) -> Result<Receipt, ApplyError> {
    let mut connection = world.db.connect_as(role).await;
    let plan = plan_with(&mut connection, model).await?;
    let options = world.db.url(role).parse().unwrap();
    apply(&mut connection, &options, model, Agreed::Plan(&plan), HASTE, &()).await
}

#[tokio::test]
async fn a_role_that_may_create_roles_is_administrator_enough() {
    let world = World::small().await;
    world.run(ADMINISTRATOR).await;
    let (model, dba) = (world.model(SPEC), world.db.role("dba"));
    assert!(apply_as(&world, &dba, &model).await.unwrap().changes > 0);

    let mut connection = world.db.connect_as(&dba).await;
    let again = plan_with(&mut connection, &model).await.unwrap();
    assert!(again.changes.is_empty(), "{}", again.to_text());
    // What it made is what a superuser would have made.
    let again = world.plan(&model).await.unwrap();
    assert!(again.changes.is_empty(), "{}", again.to_text());
    assert_eq!(world.one("has_schema_privilege('{p}__lookup', '{p}_portal', 'CREATE')").await, "false");

    // It can also take away, and give something new.
    let less = model_without_office(&world);
    assert!(apply_as(&world, &dba, &less).await.unwrap().changes > 0);
    assert_eq!(world.one("select count(*) from pg_roles where rolname = '{p}__support__office'").await, "0");
}

/// Views that stand before a table are made by the role that they belong to, which the administrator becomes for it.
#[tokio::test]
async fn such_an_administrator_makes_changes_and_drops_views() {
    let world = World::small().await;
    world.run(ADMINISTRATOR).await;
    let masked = SPEC.replace("number: text, subject: text,", "number: {type: text, mask: hash}, subject: text,");
    assert_ne!(masked, SPEC);
    let wider = masked.replace("fields: [number, subject, description]", "fields: [number, subject]");
    let dba = world.db.role("dba");
    for (spec, views) in [(masked.as_str(), "4"), (wider.as_str(), "4"), (SPEC, "0"), (masked.as_str(), "4")] {
        let model = world.model(spec);
        assert!(apply_as(&world, &dba, &model).await.unwrap().changes > 0);
        let mut connection = world.db.connect_as(&dba).await;
        let again = plan_with(&mut connection, &model).await.unwrap();
        assert!(again.changes.is_empty(), "{}", again.to_text());
        let found =
            world.one("select count(*) from pg_views where schemaname = '{p}_portal' and viewowner = '{p}__lookup'");
        assert_eq!(found.await, views);
        assert_eq!(world.one("has_schema_privilege('{p}__lookup', '{p}_portal', 'CREATE')").await, "false");
    }
}

fn model_without_office(world: &World) -> AccessModel {
    let (before, _) = SPEC.split_once("  office:").unwrap();
    world.model(before)
}

#[tokio::test]
async fn what_an_administrator_lacks_is_said_before_anything_is_done() {
    let world = World::small().await;
    let (model, nosy) = (world.model(SPEC), world.db.role("nosy"));
    world.run("grant usage on schema crm to {p}_nosy; grant select on all tables in schema crm to {p}_nosy").await;
    let Err(ApplyError::Plan(PlanError::Rights(missing))) = apply_as(&world, &nosy, &model).await else {
        panic!("a role without rights cannot plan");
    };
    let said: Vec<String> = missing.into_iter().map(|right| format!("{} | {}", right.message, right.hint)).collect();
    let said = said.join("\n");
    assert!(said.contains(&world.text("`{p}_nosy` may not create roles")), "{said}");
    assert!(said.contains(&world.text("GRANT CREATE ON DATABASE \"{p}\" TO \"{p}_nosy\"")), "{said}");
    assert!(
        said.contains(
            &world.text("has not the rights of `{p}_owner`, which owns crm.accounts, crm.cases, crm.comments")
        ),
        "{said}"
    );
    assert_eq!(world.one("select count(*) from pg_roles where rolname like '{p}\\_\\_%'").await, "0");
}
