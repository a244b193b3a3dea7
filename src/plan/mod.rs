//! Floor 4: from the access model to PostgreSQL, and what `apply` would do. Desired and live states
//! are compared into changes, changes are ordered by phase.

mod access;
mod administrator;
mod cause;
pub mod change;
pub mod control;
mod conversion;
mod describe;
mod desired;
mod diff;
mod document;
mod hazard;
mod make_change;
mod phase;
mod rights;
mod rows;
mod saved;
pub mod sql;
mod text;
mod touched;

pub use access::{AccessChange, AccessClass, Exposure};
pub use administrator::Administrator;
pub use change::{Change, ChangeKind};
pub use describe::{counted, describe};
pub use desired::{CompileError, desired, leftovers, object_function, with_managed_tables};
pub use diff::{Refusal, diff, renames};
pub use document::{Plan, StalePlan, Target};
pub use hazard::Hazard;
pub use make_change::{MadeColumn, MakeChange};
pub use phase::Phase;
pub use rights::{MissingRight, missing_rights};
pub use saved::SavedPlan;
pub use touched::Touched;
