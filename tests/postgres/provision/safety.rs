//! What `apply` refuses, what it waits for, and what it never touches.

use super::world::{HASTE, SPEC, World};
use portalctl::adapters::postgres::apply::{Agreed, ApplyError, Receipt, apply};
use portalctl::adapters::postgres::planning::PlanError;
use portalctl::model::AccessModel;
use portalctl::plan::{Hazard, Plan, SavedPlan, StalePlan};
use sqlx::{AssertSqlSafe, Connection, raw_sql};
use std::collections::BTreeSet;

const OUR_ROLES: &str = "select count(*) from pg_roles where starts_with(rolname, '{p}__')";

async fn refusals(world: &World, model: &AccessModel) -> String {
    let Err(PlanError::Refused(refusals)) = world.plan(model).await else { panic!("nothing was in the way") };
    refusals.into_iter().map(|refusal| refusal.message + "\n").collect()
}

async fn apply_saved(
    world: &World,
    model: &AccessModel,
    text: &str,
    allowed: &BTreeSet<Hazard>,
) -> Result<Receipt, ApplyError> {
    let saved = SavedPlan::parse(text).unwrap();
    let options = world.db.admin_url().parse().unwrap();
    apply(&mut world.db.admin().await, &options, model, Agreed::Saved(&saved, allowed), HASTE, &()).await
}

fn all_hazards(plan: &Plan) -> BTreeSet<Hazard> {
    plan.hazards().into_keys().cloned().collect()
}

#[tokio::test]
async fn a_plan_is_refused_when_the_database_has_changed_since() {
    let world = World::small().await;
    let model = world.model(SPEC);
    let plan = world.plan(&model).await.unwrap();
    world.run("grant select on crm.cases to {p}_nosy").await;
    let outcome = world.apply_plan(&model, &plan).await;
    assert!(matches!(outcome, Err(ApplyError::Stale(StalePlan::Live))), "{outcome:?}");
    assert_eq!(world.one(OUR_ROLES).await, "0");
}

#[tokio::test]
async fn roles_of_others_make_no_plan_stale() {
    let world = World::small().await;
    let model = world.model(SPEC);
    let plan = world.plan(&model).await.unwrap();
    world.run("create role {p}_newcomer login").await;
    assert!(world.apply_plan(&model, &plan).await.is_ok());
}

#[tokio::test]
async fn a_saved_plan_is_applied_exactly_or_not_at_all() {
    let (world, other) = (World::small().await, World::small().await);
    let model = world.model(SPEC);
    let plan = world.plan(&model).await.unwrap();
    let (saved, hazards) = (plan.to_json(&model).to_string(), all_hazards(&plan));

    let edited = saved.replacen("NOBYPASSRLS", "BYPASSRLS", 1);
    assert_ne!(edited, saved);
    let outcome = apply_saved(&world, &model, &edited, &hazards).await;
    assert!(matches!(outcome, Err(ApplyError::Stale(StalePlan::Changes))), "{outcome:?}");

    // A hazard that was taken out of the file is there all the same.
    let lighter = saved.replace(&world.text("\"locks-out={p}_app\""), "\"widens\"");
    assert_ne!(lighter, saved);
    assert!(matches!(apply_saved(&world, &model, &lighter, &BTreeSet::new()).await, Err(ApplyError::Stale(_))));
    let outcome = apply_saved(&world, &model, &saved, &BTreeSet::new()).await;
    let Err(ApplyError::NotAllowed(named)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(
        named.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [world.text("locks-out={p}_app"), world.text("locks-out={p}_report")]
    );

    let changed = world.model(&SPEC.replace("number, subject, priority,", "number, subject,"));
    let outcome = apply_saved(&world, &changed, &saved, &hazards).await;
    assert!(matches!(outcome, Err(ApplyError::Stale(StalePlan::Spec))), "{outcome:?}");

    // The same spec on another database is another plan.
    let elsewhere = saved.replace(world.db.project(), other.db.project());
    let elsewhere_model = other.model(SPEC);
    let outcome = apply_saved(&other, &elsewhere_model, &elsewhere, &hazards).await;
    assert!(matches!(outcome, Err(ApplyError::Stale(_))), "{outcome:?}");
    let outcome = apply_saved(&other, &elsewhere_model, &saved, &hazards).await;
    assert!(matches!(outcome, Err(ApplyError::Stale(StalePlan::Target { .. }))), "{outcome:?}");

    assert_eq!(world.one(OUR_ROLES).await, "0");
    assert!(apply_saved(&world, &model, &saved, &hazards).await.unwrap().changes > 0);
}

#[tokio::test]
async fn what_is_not_ours_is_in_the_way_and_stays() {
    let world = World::small().await;
    let model = world.model(SPEC);
    world.run("create role {p}__gateway login superuser").await;
    world.run("create schema {p}_portal; create table {p}_portal.meta (version text)").await;
    let said = refusals(&world, &model).await;
    assert!(
        said.contains(&world.text("the role `{p}__gateway` exists already and was not made by portalctl")),
        "{said}"
    );
    assert!(said.contains(&world.text("the schema `{p}_portal` exists already")), "{said}");
    assert_eq!(world.one("select rolsuper from pg_roles where rolname = '{p}__gateway'").await, "true");
}

#[tokio::test]
async fn a_role_of_the_same_project_elsewhere_is_not_taken_over() {
    let world = World::small().await;
    let model = world.model(SPEC);
    world.run("create role {p}__owner; comment on role {p}__owner is 'portalctl project={p} database=elsewhere'").await;
    let said = refusals(&world, &model).await;
    let of_whom = "the role `{p}__owner` exists already and belongs to the project `{p}` in the database `elsewhere`";
    assert!(said.contains(&world.text(of_whom)), "{said}");
}

#[tokio::test]
async fn a_policy_of_the_business_under_our_name_is_not_replaced() {
    let world = World::small().await;
    let model = world.model(SPEC);
    world.run("create policy {p}__logins on crm.cases using (true)").await;
    let said = refusals(&world, &model).await;
    assert!(said.contains(&world.text("row policy `{p}__logins` on `crm.cases` exists already")), "{said}");
}

/// Grants and row policies of others, as text.
const THEIRS: &str = "
select string_agg(line, E'\\n' order by line) from (
  select format('%s %s %s %s %s', tablename, policyname, roles, qual, with_check) as line
  from pg_policies where schemaname = 'crm' and not starts_with(policyname, '{p}__')
  union all
  select format('%s %s %s', table_name, grantee, privilege_type)
  from information_schema.role_table_grants where table_schema = 'crm' and not starts_with(grantee, '{p}__')
  union all
  select format('%s.%s %s %s', table_name, column_name, grantee, privilege_type)
  from information_schema.column_privileges where table_schema = 'crm' and not starts_with(grantee, '{p}__')
) as lines";

#[tokio::test]
async fn grants_and_row_policies_of_others_stay() {
    let world = World::small().await;
    world.run("create policy theirs on crm.accounts to {p}_report using (id < 5)").await;
    world.run("alter table crm.accounts enable row level security").await;
    world.run("create policy for_all on crm.accounts for select to {p}_app using (true)").await;
    world.run("grant select (email), update (role) on crm.contacts to {p}_nosy").await;
    let before = world.one(THEIRS).await;
    let model = world.model(SPEC);
    world.apply(&model).await.unwrap();
    assert_eq!(world.one(THEIRS).await, before);
    // Also when most of ours goes again.
    let (less, _) = SPEC.split_once("      case: {read").unwrap();
    world.apply(&world.model(less)).await.unwrap();
    assert_eq!(world.one(THEIRS).await, before);
    let row_security = "select string_agg(relname || relrowsecurity, ' ' order by relname)
        from pg_class where relnamespace = 'crm'::regnamespace and relkind = 'r'";
    assert_eq!(world.one(row_security).await, "accountstrue casesfalse commentsfalse contactsfalse");
}

#[tokio::test]
async fn what_others_gave_our_roles_is_taken_back_or_named() {
    let world = World::small().await;
    let model = world.model(SPEC);
    world.apply(&model).await.unwrap();
    world.run("grant select, insert on crm.cases to {p}__support__customer").await;
    world.run("grant update (email) on crm.contacts to {p}__issuer").await;
    world.run("alter role {p}__gateway set search_path = crm, public; alter role {p}__issuer createdb").await;
    assert_eq!(world.apply(&model).await.unwrap().changes, 6);
    assert_eq!(
        world.one("has_column_privilege('{p}__support__customer', 'crm.cases', 'description', 'SELECT')").await,
        "false"
    );
    assert_eq!(
        world.one("has_column_privilege('{p}__support__customer', 'crm.cases', 'subject', 'SELECT')").await,
        "true"
    );
    assert!(world.plan(&model).await.unwrap().changes.is_empty());

    // PostgreSQL passes in silence over a REVOKE of what somebody else granted.
    world.run("grant select on crm.cases to {p}_app with grant option").await;
    world.run("set role {p}_app; grant select (description) on crm.cases to {p}__support__customer").await;
    let outcome = world.apply(&model).await;
    let Err(ApplyError::Residual(lines)) = outcome else { panic!("{outcome:?}") };
    let said = lines.join("\n");
    assert!(said.contains(&world.text("`{p}_app` granted SELECT on crm.cases to `{p}__support__customer`")), "{said}");
    assert_eq!(world.one("select count(*) from {p}_portal.receipt").await, "2");
}

#[tokio::test]
async fn two_at_once_both_end_well() {
    let (world, other) = (World::small().await, World::small().await);
    let (model, other_model) = (world.model(SPEC), other.model(SPEC));
    let plan = world.plan(&model).await.unwrap();
    let other_plan = other.plan(&other_model).await.unwrap();
    // Roles belong to the cluster, so another database is no other world.
    let (one, two, three) = tokio::join!(
        world.apply_plan(&model, &plan),
        world.apply_plan(&model, &plan),
        other.apply_plan(&other_model, &other_plan)
    );
    let mut changes = [one.unwrap().changes, two.unwrap().changes];
    changes.sort_unstable();
    assert_eq!(changes, [0, plan.changes.len()]);
    assert_eq!(three.unwrap().changes, other_plan.changes.len());
    assert_eq!(world.one("select count(*) from {p}_portal.receipt").await, "1");
}

#[tokio::test]
async fn who_holds_a_table_is_named_and_nothing_is_done() {
    let world = World::small().await;
    let model = world.model(SPEC);
    let mut reader = world.db.connect_as(&world.db.role("app")).await;
    let mut open = reader.begin().await.unwrap();
    raw_sql(AssertSqlSafe("set application_name = 'nightly report'; select count(*) from crm.cases"))
        .execute(&mut *open)
        .await
        .unwrap();
    let outcome = world.apply(&model).await;
    let Err(ApplyError::Busy { attempts: 3, blocker }) = outcome else { panic!("{outcome:?}") };
    assert!(blocker.contains(&world.text("`{p}_app` with `nightly report`")), "{blocker}");
    assert!(blocker.contains("crm.cases"), "{blocker}");
    assert_eq!(world.one(OUR_ROLES).await, "0");
    open.rollback().await.unwrap();
    world.apply(&model).await.unwrap();
}

#[tokio::test]
async fn a_newer_control_schema_and_a_renamed_one_are_refused() {
    let world = World::small().await;
    let model = world.model(SPEC);
    world.apply(&model).await.unwrap();
    let renamed = world.model(&SPEC.replace("name: {p}\n", "name: {p}\ndatabase: {control_schema: {p}_elsewhere}\n"));
    let said = refusals(&world, &renamed).await;
    assert!(said.contains(&world.text("`{p}_elsewhere` and `{p}_portal` are both marked as its own")), "{said}");
    world.run("update {p}_portal.meta set version = 99").await;
    let outcome = world.plan(&model).await;
    assert!(matches!(outcome, Err(PlanError::NewerControl { live: 99, .. })), "{outcome:?}");
}
