//! Tables that portalctl creates and migrates.

mod create;
mod migrate;
mod shop;
mod upgrade;
