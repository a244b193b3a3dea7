//! Floor 4: from the access model to PostgreSQL, and what `apply` would do. Desired and live states
//! are compared into changes, changes are ordered by phase.

mod access;
mod administrator;
mod anew;
mod applied;
mod cause;
pub mod change;
pub mod control;
mod conversion;
mod deciding;
mod describe;
mod desired;
mod diff;
mod document;
mod hazard;
mod lapse;
mod make_change;
mod persona_names;
mod phase;
mod rights;
mod rows;
mod saved;
mod since;
pub mod sql;
mod text;
mod touched;
mod undo;

pub use access::{AccessChange, AccessClass, Exposure};
pub use administrator::Administrator;
pub use applied::{AppliedState, KEPT_STATES};
pub use change::{Change, ChangeKind};
pub use deciding::{Deciding, DecidingStatement, deciding};
pub use describe::{counted, describe};
pub use desired::{CompileError, desired, leftovers, object_function, with_managed_tables};
pub use diff::{Refusal, diff, renames};
pub use document::{Plan, StalePlan, Target};
pub use hazard::Hazard;
pub use lapse::{Lapse, LapseQuestion, told};
pub use make_change::{MadeColumn, MakeChange};
pub use phase::Phase;
pub use rights::{MissingRight, missing_rights};
pub use saved::SavedPlan;
pub use since::{Drift, Former, Since, accept, since};
pub use touched::Touched;
pub use undo::{Unsaid, undo_renames};
