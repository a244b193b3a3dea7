//! One file a verb.

pub mod db;
pub mod sql;
pub mod tenant;
pub mod user;
pub mod validate;
