//! One file a verb.

pub mod db;
pub mod validate;
