//! PostgreSQL for tests: one private cluster for a whole test run, one database for each test.
//!
//! ```ignore
//! use portalctl_test_support::TestDatabase;
//!
//! #[tokio::test]
//! async fn rows_of_others_are_hidden() {
//!     let db = TestDatabase::new().await;                  // empty, created for this test
//!     let mut admin = db.admin().await;                    // a superuser's connection
//!     sqlx::raw_sql("create schema crm").execute(&mut admin).await.unwrap();
//!     let project = db.project();                          // unique: use it as the spec's project name
//!     let app = db.role("crm_app");                        // a unique role name, for the business's own roles
//!     let mut rep = db.connect_as(&app).await;             // no password needed, for no role
//!     …
//! }                                                        // the database and its roles are dropped here
//! ```
//!
//! - Roles are global to a cluster. Every role whose name begins with `db.project()` and `_` is dropped with the
//!   database; that covers the product's (`<project>__…`) and those named by [`TestDatabase::role`].
//! - [`TestDatabase::from_template`] loads something large once per run and copies it for each test.
//! - [`TestDatabase::load`] runs an SQL file as `psql` does, COPY data and all.
//! - [`PrivateProject`] is for tests that kill, stop or reconfigure a server: a project folder whose cluster is
//!   the test's own, removed with everything that runs in it.
//!
//! Nothing is skipped: without server binaries every test here fails, with the hint of how to install them.
//! The run's server is started by the first test that needs it, listens on a socket only, works without fsync,
//! and is stopped when the process that runs the tests (nextest, cargo, or a test binary run by hand) has ended,
//! also when that was killed. `PG_BINDIR` chooses another PostgreSQL version.

mod database;
mod private_project;
mod run_cluster;

pub use database::{TemplateDatabase, TestDatabase};
pub use private_project::PrivateProject;
