//! The support itself: a leak between tests would make every other result here doubtful.

use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, PgConnection, raw_sql};

async fn count(connection: &mut PgConnection, query: &str, value: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(query.to_owned())).bind(value).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_database_and_its_roles_end_with_the_test() {
    let watcher = TestDatabase::new().await;
    let mut admin = watcher.admin().await;
    let project = {
        let db = TestDatabase::new().await;
        let role = db.role("crm_app");
        let sql = format!(
            "create role {role} login; create role \"{}__owner\"; create table t (); alter table t owner to {role}",
            db.project()
        );
        raw_sql(AssertSqlSafe(sql)).execute(&mut db.admin().await).await.unwrap();
        let mut open = db.connect_as(&role).await;
        assert_eq!(
            count(&mut open, "select count(*) from pg_roles where rolname = current_user and $1 <> ''", "x").await,
            1
        );
        db.project().to_owned()
    };
    assert_eq!(count(&mut admin, "select count(*) from pg_database where datname = $1", &project).await, 0);
    assert_eq!(count(&mut admin, "select count(*) from pg_roles where starts_with(rolname, $1)", &project).await, 0);
}

#[tokio::test]
async fn a_template_is_loaded_once_and_copies_are_apart() {
    let load = async |template: &portalctl_test_support::TemplateDatabase| {
        raw_sql("create table t as select 1 as n").execute(&mut template.admin().await).await.unwrap();
    };
    let one = TestDatabase::from_template("support-self-test", load).await;
    raw_sql("insert into t values (2)").execute(&mut one.admin().await).await.unwrap();
    let never = async |_: &portalctl_test_support::TemplateDatabase| panic!("loaded twice");
    let two = TestDatabase::from_template("support-self-test", never).await;
    assert_eq!(count(&mut two.admin().await, "select count(*) from t where $1 = ''", "").await, 1);
}
