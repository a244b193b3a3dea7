//! Tenants, users and rows by label, put into a database: for access tests.

mod columns;
mod fill;
mod keys;
mod load;

pub use columns::{ColumnFacts, Columns};
pub use fill::plausible;
pub use keys::Keys;
pub use load::{GIVEN_SCHEMA, LoadError, copy_people, load, load_sample, samples_loaded};
