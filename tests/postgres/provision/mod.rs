//! Provisioning: inspecting, planning and applying on real databases.

mod apply;
mod changes;
mod database;
mod example;
mod inspect;
mod rights;
mod safety;
mod way_round;
pub(crate) mod world;
