//! One file a verb.

pub mod db;
pub mod scaffold;
pub mod sql;
pub mod tenant;
pub mod user;
pub mod validate;
