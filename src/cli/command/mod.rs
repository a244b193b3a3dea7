//! One file a verb.

pub mod apply;
pub mod db;
pub mod plan;
pub mod scaffold;
pub mod sql;
pub mod tenant;
pub mod user;
pub mod validate;
