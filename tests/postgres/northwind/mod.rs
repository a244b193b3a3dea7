//! The traders' database, with portals for its customers, suppliers and sales people: what each of them sees
//! is what plain SQL joins say, for every tenant and every employee.
//!
//! The data are not part of this repository. Without `PORTALCTL_TEST_DATA` these tests say so and pass over.

mod expected;
mod queries;
mod rows;
mod writes;

use crate::provisioned::{Asker, Provisioned, folder};
use portalctl_test_support::TestDatabase;
use std::path::PathBuf;

/// Where the data are; `None`: nobody said.
fn data() -> Option<PathBuf> {
    shared("northwind/northwind.sql")
}

/// A file of the data that are not part of this repository; `None`: nobody said where they are.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("PORTALCTL_TEST_DATA") else {
        eprintln!("SKIPPED: PORTALCTL_TEST_DATA does not say where `{path}` is");
        return None;
    };
    let file = PathBuf::from(folder).join(path);
    assert!(file.is_file(), "PORTALCTL_TEST_DATA is set, and `{}` is missing", file.display());
    Some(file)
}

/// Shown also where it passes (see `.config/nextest.toml`), so that what was not run is said.
#[test]
fn the_data_are_there() {
    if data().is_none() {
        eprintln!("SKIPPED: every test of `northwind` passes without having looked at anything");
    }
}

pub(crate) async fn business() -> Option<TestDatabase> {
    let data = data()?;
    let db = TestDatabase::from_template("northwind", async |template| {
        template.load(&data);
        template.load(&folder("northwind/db/addresses.sql"));
        template.load(&folder("northwind/db/orders.sql"));
    });
    Some(db.await)
}

pub(crate) async fn provisioned() -> Option<Provisioned> {
    Some(Provisioned::new(business().await?, &folder("northwind")).await)
}

fn customer(key: &str) -> Asker {
    Asker::new("shop/customer").of("customer", key)
}

fn supplier(key: &str) -> Asker {
    Asker::new("supply/supplier").of("supplier", key)
}

fn employee(persona: &str, key: &str) -> Asker {
    Asker::new(persona).with("employee", key)
}
