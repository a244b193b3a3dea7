//! Floor 4: from the access model to PostgreSQL, and what `apply` would do. Desired and live states
//! are compared into changes, changes are ordered by phase.

mod administrator;
pub mod change;
pub mod control;
mod desired;
mod diff;
mod hazard;
mod phase;
pub mod sql;
mod touched;

pub use administrator::Administrator;
pub use change::{Change, ChangeKind};
pub use desired::{CompileError, desired};
pub use diff::{Refusal, diff};
pub use hazard::Hazard;
pub use phase::Phase;
pub use touched::Touched;
