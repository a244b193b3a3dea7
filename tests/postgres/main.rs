//! Everything that needs a real PostgreSQL. See the support crate for what a test is given.

mod activity;
mod attachments;
mod business;
mod catalogue;
mod context;
mod decisions;
mod differential;
mod examples;
mod generated;
mod import;
mod interposer;
mod language;
mod local_cluster;
mod managed;
mod masks;
mod mutants;
mod naming;
mod northwind;
mod people;
mod probes;
mod program;
mod provision;
mod provisioned;
mod site;
mod test_database;
mod writes;
