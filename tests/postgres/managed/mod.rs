//! Tables that portalctl creates and migrates.

mod create;
mod kinds;
mod migrate;
mod sharing;
mod shop;
mod upgrade;
