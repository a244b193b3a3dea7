//! The database itself, what roles of ours could pass on, and what they leave behind.

use super::rights::{ADMINISTRATOR, apply_as};
use super::world::{SPEC, World, plan_with};
use portalctl::adapters::postgres::apply::ApplyError;
use portalctl::adapters::postgres::planning::PlanError;
use portalctl::model::AccessModel;
use portalctl::plan::Plan;

async fn settle(world: &World, model: &AccessModel) -> Plan {
    let plan = world.plan(model).await.unwrap();
    world.apply_plan(model, &plan).await.unwrap();
    let again = world.plan(model).await.unwrap();
    assert!(again.changes.is_empty(), "{}", again.to_text());
    plan
}

async fn connects(world: &World, role: &str) -> String {
    world.one(&format!("select has_database_privilege('{role}', current_database(), 'CONNECT')")).await
}

#[tokio::test]
async fn where_nobody_may_connect_the_sites_logins_may() {
    let world = World::small().await;
    world.run("revoke connect on database {p} from public").await;
    let model = world.model(SPEC);
    let plan = settle(&world, &model).await;
    assert!(
        plan.to_text().contains(&world.text("CONNECT on the database for {p}__gateway, {p}__issuer")),
        "{}",
        plan.to_text()
    );
    for (role, may) in [
        ("{p}__gateway", "true"),
        ("{p}__issuer", "true"),
        ("{p}__support__customer", "false"),
        ("{p}__owner", "false"),
    ] {
        assert_eq!(connects(&world, role).await, may, "{role}");
    }
    world.db.connect_as(&world.text("{p}__gateway")).await;

    // Others come and go, and what was given to a persona goes.
    world.run("grant connect on database {p} to {p}_app").await;
    assert!(world.plan(&model).await.unwrap().changes.is_empty());
    world.run("grant connect, create on database {p} to {p}__support__customer").await;
    assert_eq!(settle(&world, &model).await.changes.len(), 2);
    assert_eq!(connects(&world, "{p}_app").await, "true");
    world.run("revoke connect on database {p} from {p}__issuer").await;
    assert_eq!(settle(&world, &model).await.changes.len(), 1);
    world.run("grant connect on database {p} to public").await;
    assert!(world.plan(&model).await.unwrap().changes.is_empty());
}

#[tokio::test]
async fn where_everybody_may_connect_nothing_is_granted() {
    let world = World::small().await;
    settle(&world, &world.model(SPEC)).await;
    assert_eq!(world.one("select datacl from pg_database where datname = current_database()").await, "");
}

#[tokio::test]
async fn an_administrator_who_may_not_grant_it_is_told() {
    let world = World::small().await;
    world.run(ADMINISTRATOR).await;
    world.run("revoke connect on database {p} from public; grant connect on database {p} to {p}_dba").await;
    let (model, dba) = (world.model(SPEC), world.db.role("dba"));
    let Err(ApplyError::Plan(PlanError::Rights(missing))) = apply_as(&world, &dba, &model).await else {
        panic!("it cannot grant what it may not");
    };
    assert_eq!(missing.len(), 1, "{missing:?}");
    world.run(&missing[0].hint.replace("its owner runs: ", "")).await;
    apply_as(&world, &dba, &model).await.unwrap();
    assert_eq!(connects(&world, "{p}__gateway").await, "true");
}

#[tokio::test]
async fn what_our_roles_could_pass_on_is_seen_and_taken_back() {
    let world = World::small().await;
    let model = world.model(SPEC);
    settle(&world, &model).await;
    let persona = "{p}__support__customer";
    for (drift, passed_on) in [
        (
            "grant select (subject) on crm.cases to {who} with grant option",
            Some("grant select (subject) on crm.cases to {p}_nosy"),
        ),
        ("grant select on crm.cases to {who} with grant option", Some("grant select on crm.cases to {p}_nosy")),
        ("grant usage on schema crm to {who} with grant option", Some("grant usage on schema crm to {p}_nosy")),
        ("grant execute on function {p}_portal.mint(jsonb) to {who} with grant option", None),
        ("grant usage on schema {p}_portal to {p}__lookup with grant option", None),
        ("grant temporary on database {p} to {who} with grant option", None),
    ] {
        world.run(&drift.replace("{who}", persona)).await;
        if let Some(passed_on) = passed_on {
            world.run(&format!("set role {persona}; {passed_on}")).await;
        }
        let plan = settle(&world, &model).await;
        assert!(plan.to_text().contains("may be passed on by"), "unseen: {drift}\n{}", plan.to_text());
        let theirs = "select has_any_column_privilege('{p}_nosy', 'crm.cases', 'SELECT')";
        assert_eq!(world.one(theirs).await, "false", "still passed on: {drift}");
    }
    assert_eq!(
        world.one("select has_column_privilege('{p}__support__customer', 'crm.cases', 'subject', 'SELECT')").await,
        "true"
    );
}

const WITHOUT_OFFICE: &str = "  office:";

fn without_office(world: &World) -> AccessModel {
    world.model(SPEC.split_once(WITHOUT_OFFICE).unwrap().0)
}

/// Temporary tables in a session that lives, and what others gave.
const LEFT_BEHIND: &str = "
    grant create, temporary on database {p} to {p}__support__office;
    create schema archive authorization {p}_owner; set role {p}_owner; grant usage, create on schema archive to {p}__support__office;
    create table archive.old (id int); grant select on archive.old to {p}__support__office;
    alter default privileges in schema archive grant select on tables to {p}__support__office; reset role;";

#[tokio::test]
async fn what_a_persona_leaves_behind_does_not_keep_it() {
    let world = World::small().await;
    world.run(ADMINISTRATOR).await;
    world.run("alter database {p} owner to {p}_dba").await;
    let dba = world.db.role("dba");
    apply_as(&world, &dba, &world.model(SPEC)).await.unwrap();
    world.run(LEFT_BEHIND).await;
    let mut session = world.db.admin().await;
    let temporary = world.text("set role {p}__support__office; create temporary table loot (id int)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(temporary)).execute(&mut session).await.unwrap();

    let less = without_office(&world);
    let mut connection = world.db.connect_as(&dba).await;
    let plan = plan_with(&mut connection, &less).await.unwrap();
    assert!(!plan.hazards().keys().any(|hazard| hazard.to_string().contains("destroys-data")), "{}", plan.to_text());
    apply_as(&world, &dba, &less).await.unwrap();
    assert_eq!(world.one("select count(*) from pg_roles where rolname = '{p}__support__office'").await, "0");
    assert!(world.plan(&less).await.unwrap().changes.is_empty());
}

#[tokio::test]
async fn a_table_that_a_persona_owns_goes_by_name_only() {
    let world = World::small().await;
    settle(&world, &world.model(SPEC)).await;
    world.run(LEFT_BEHIND).await;
    // Nothing of ours looks at sequences; only the superuser who drops the role takes this back.
    world.run("create sequence archive.numbers; grant usage on sequence archive.numbers to {p}__support__office").await;
    world.run("create table archive.kept (id int); alter table archive.kept owner to {p}__support__office").await;
    let plan = world.plan(&without_office(&world)).await.unwrap();
    let refused: Vec<String> = plan.not_allowed(&[].into()).into_iter().map(ToString::to_string).collect();
    assert_eq!(refused, ["destroys-data=archive.kept"]);
    settle(&world, &without_office(&world)).await;
    assert_eq!(world.one("select to_regclass('archive.kept')").await, "");
    assert_eq!(world.one("select to_regclass('archive.old')").await, "archive.old");
}
