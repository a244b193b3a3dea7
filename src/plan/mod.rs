//! Floor 4: from the access model to PostgreSQL, and what `apply` would do. Desired and live states
//! are compared into changes, changes are ordered by phase.

pub mod control;
mod desired;
mod touched;

pub use desired::{CompileError, desired};
pub use touched::Touched;
