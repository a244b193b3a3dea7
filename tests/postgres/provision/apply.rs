//! From nothing to access, and to nothing left to do.

use super::world::{HASTE, SPEC, World};
use portalctl::adapters::postgres::apply::{Agreed, Overseer, Progress, apply};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

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

/// Ends the session that holds the turn, just before the changes are made.
struct EndsTheTurn(PgConnectOptions);

impl Overseer for EndsTheTurn {
    fn step(&self, progress: Progress<'_>) {
        if progress != Progress::Committing {
            return;
        }
        let options = self.0.clone().database("postgres");
        let ended = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                let mut other = options.connect().await.unwrap();
                let holders = "select count(pg_terminate_backend(pid, 10000)) from pg_locks \
                               where locktype = 'advisory' and granted \
                               and database = (select oid from pg_database where datname = current_database())";
                let ended: i64 = sqlx::query_scalar(holders).fetch_one(&mut other).await.unwrap();
                ended
            })
        });
        assert!(ended.join().unwrap() > 0);
    }
}

#[tokio::test]
async fn what_was_made_is_told_although_the_turn_could_not_be_given_back() {
    let world = World::small().await;
    let model = world.model(SPEC);
    let plan = world.plan(&model).await.unwrap();
    let options: PgConnectOptions = world.db.admin_url().parse().unwrap();
    let overseer = EndsTheTurn(options.clone());
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let receipt = apply(&mut connection, &options, &model, Agreed::Plan(&plan), HASTE, &overseer).await.unwrap();
    assert_eq!(receipt.changes, plan.changes.len());
    assert!(world.plan(&model).await.unwrap().changes.is_empty());
}
