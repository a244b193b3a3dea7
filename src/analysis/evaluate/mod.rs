//! The evaluator: the access model interpreted over rows, one row at a time and in the words of the language.
//!
//! It is the independent witness of what PostgreSQL does. It shares nothing with what makes SQL of the model but the
//! model's own types, it knows no clock and no database, and where what it was handed does not tell, it says so: an answer
//! of it is never a guess.

mod against;
mod asking;
mod change;
mod compare;
mod condition;
mod create;
mod given;
mod hand;
mod index;
mod mask;
mod read;
mod record;
mod remove;
mod rows;
mod scope;
mod tenant;
mod truth;
mod world;

pub use against::KeptBy;
pub use asking::{Asker, Asking};
pub use change::Changes;
pub use compare::Datum;
pub(super) use compare::{Clock, Kind, order};
pub use given::Labels;
pub(super) use index::ObjectsByTable;
pub use mask::masked;
pub use read::Sight;
pub use truth::{Truth, Verdict};
pub use world::{
    AssignmentRecord, Fillings, Membership, Record, Row, ShareRecord, Standing, Tenant, User, With, World,
};
