//! Who administers people, and what becomes of it: by hand, as those who sign in and as those who mean ill.

mod desk;
mod lapse;
mod member;
mod mutants;
mod register;
mod team;

use crate::provisioned::{Provisioned, folder};
use desk::Desk;
use portalctl_test_support::TestDatabase;

async fn business() -> TestDatabase {
    let db = TestDatabase::from_template("people", async |template| {
        template.load(&folder("postgres/people/business.sql"));
    });
    db.await
}

/// The same people each time: staff, and somebody whom the operator keeps out.
const PEOPLE: &str = "
    update {c}.app_user set title = 'Sol of the South' where source_key = 'sol@south.example';
    insert into {c}.app_user (source_key, email, title, disabled_at) values
        ('kim@staff.example', 'kim@staff.example', 'Kim', null),
        ('clerk@staff.example', 'clerk@staff.example', 'Cleo', null),
        ('bad@else.example', 'bad@else.example', 'Bad', now() - interval '1 day');
    insert into {c}.membership (user_id, portal, audience, origin)
        select id, 'join', 'clerk', 'command' from {c}.app_user where source_key = 'clerk@staff.example';
    insert into {c}.membership (user_id, portal, audience, origin)
        select id, 'join', 'onlooker', 'command' from {c}.app_user where source_key = 'kim@staff.example';
    insert into {c}.membership (user_id, portal, audience, origin)
        select id, 'desk', 'staff', 'command' from {c}.app_user where source_key = 'kim@staff.example';";

async fn desk() -> Desk {
    Desk::over(Provisioned::new(business().await, &folder("postgres/people")).await).await
}

#[tokio::test]
async fn a_tenants_administrator_reaches_their_own_people_and_nobody_else() {
    let found = team::holes(&mut desk().await).await;
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn what_was_paid_for_ends_at_its_moment_and_opens_again() {
    let found = lapse::holes(&mut desk().await).await;
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn who_asks_waits_and_is_told_the_same_whoever_they_are() {
    let found = register::holes(&mut desk().await).await;
    assert!(found.is_empty(), "{found:#?}");
}

/// Who could never be let in is told of before anybody waits.
#[tokio::test]
async fn walking_in_where_no_tenant_can_be_made_up_is_refused() {
    let world = crate::provision::world::World { db: TestDatabase::new().await };
    world.run("create schema b; create table b.notes (id int primary key, account int not null, body text)").await;
    let spec = "version: 1\nkind: project\nname: {p}\n---\n\
        {kind: object, name: note, table: b.notes, tenant: account, fields: {body: text}}\n---\n\
        kind: portal\nname: open\nregistration: {approval: none, rate_limit: 5/h}\n\
        audiences: {walker: {registration: open, grants: {note: {read: [body]}}}}\n";
    let refused = world.plan(&world.model(spec)).await.expect_err("a number cannot be made up").to_string();
    assert!(refused.contains("`open`") && refused.contains("`b.notes.account` takes no key"), "{refused}");
    world.plan(&world.model(&spec.replace("approval: none", "approval: required"))).await.unwrap();
}

/// A second plan has nothing to do: what administrators changed is not the documents' to bring back.
#[tokio::test]
async fn what_an_administrator_changes_is_no_drift() {
    let mut desk = desk().await;
    let ada = desk.session("ada@north.example", "desk/admin", "north").await;
    desk.act(&ada, "select {c}.team_invite('new@north.example', 'New', 'user')").await.unwrap();
    let nia = desk.place("nia@north.example", "desk", "north").await;
    desk.act(&ada, &format!("select {{c}}.team_disable('{nia}', true)")).await.unwrap();
    let mut admin = desk.portal.db.admin().await;
    let changes = crate::provisioned::enforce(&mut admin, &desk.portal.db.admin_url(), &desk.portal.model).await;
    assert_eq!(changes, 0);
    let state = "select (disabled_at is not null)::text from {c}.membership where id = '{id}'";
    assert_eq!(desk.cell(&state.replace("{id}", &nia)).await, "true");
}
