//! What a request leaves behind on a connection: nothing.

use super::{Database, Pools, Reader};
use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, Executor, Row as _};
use std::time::Duration;

/// One gateway connection for a login of the test's own.
async fn pool_of_one(db: &TestDatabase) -> Pools {
    let role = db.role("login");
    db.admin().await.execute(AssertSqlSafe(format!("CREATE ROLE {role} LOGIN"))).await.unwrap();
    let database = Database { gateway_connections: 1, ..Database::new(db.options(&role), db.options(&role)) };
    Pools::open(&database).await.unwrap()
}

#[tokio::test]
async fn the_next_request_finds_nothing_of_the_last() {
    let db = TestDatabase::new().await;
    let reader = Reader::new(pool_of_one(&db).await);
    let mut attacker = reader.begin().await.unwrap();
    let backend = attacker.backend();
    // One message each: in one, the settings would belong to the transaction that is rolled back.
    for plant in [
        "COMMIT",
        "PREPARE loot AS SELECT 1",
        "SELECT set_config('portal.context', 'stolen', false)",
        "SET statement_timeout = 0",
        "SET search_path = public",
        "SET timezone = 'Asia/Tokyo'",
        "CREATE TEMPORARY TABLE loot AS SELECT 1 AS one",
        "LISTEN loot",
        "SELECT pg_advisory_lock(1)",
    ] {
        attacker.connection.execute(plant).await.unwrap();
    }
    drop(attacker);

    let mut victim = reader.begin().await.unwrap();
    assert_eq!(victim.backend(), backend, "the connection was to be used again");
    let found = "SELECT (SELECT count(*) FROM pg_prepared_statements)::text, current_setting('portal.context', true), \
                 current_setting('statement_timeout'), current_setting('search_path'), current_setting('timezone'), \
                 to_regclass('pg_temp.loot')::text, (SELECT count(*) FROM pg_listening_channels())::text, \
                 (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())::text, \
                 current_setting('transaction_read_only')";
    let row = sqlx::query(found).persistent(false).fetch_one(&mut *victim.connection).await.unwrap();
    let found: Vec<Option<String>> = (0..9).map(|at| row.get(at)).collect();
    let found: Vec<&str> = found.iter().map(|value| value.as_deref().unwrap_or("")).collect();
    assert_eq!(found, ["0", "", "5s", "pg_catalog", "UTC", "", "0", "0", "on"]);
}

#[tokio::test]
async fn a_request_that_goes_away_in_the_middle_costs_no_connection() {
    let db = TestDatabase::new().await;
    let reader = Reader::new(pool_of_one(&db).await);
    for _ in 0..3 {
        let mut reading = reader.begin().await.unwrap();
        let sleep = reading.connection.execute("SELECT pg_sleep(0.3)");
        assert!(tokio::time::timeout(Duration::from_millis(50), sleep).await.is_err());
        drop(reading);
    }
    reader.begin().await.unwrap();
}
