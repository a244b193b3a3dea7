//! Provisioning: inspecting, planning and applying on real databases.

mod apply;
mod example;
mod rights;
pub(crate) mod world;
