//! One file a verb.

pub mod apply;
pub mod attachments;
pub mod can;
pub mod db;
pub mod explain;
pub mod matrix;
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
pub mod up;
pub mod user;
pub mod validate;
