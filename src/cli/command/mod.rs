//! One file a verb.

pub mod advise;
pub mod apply;
pub mod attachments;
pub mod can;
pub mod completions;
pub mod db;
pub mod explain;
pub mod fmt;
pub mod man;
pub mod matrix;
pub mod modules;
pub mod new;
pub mod outbox;
pub mod plan;
pub mod retention;
pub mod scaffold;
pub mod schema;
pub mod serve;
pub mod show;
pub mod sql;
pub mod tenant;
pub mod test;
pub mod types;
pub mod up;
pub mod user;
pub mod validate;
