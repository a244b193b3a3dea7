//! portalctl: portals as code.

pub mod adapters;
pub mod analysis;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod model;
pub mod names;
pub mod plan;
pub mod scaffold;
pub mod site;
pub mod spec;
pub mod state;
