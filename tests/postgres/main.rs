//! Everything that needs a real PostgreSQL. See the support crate for what a test is given.

mod local_cluster;
mod provision;
mod test_database;
