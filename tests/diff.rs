//! What differs in access between two states of a project.

#[path = "diff/cases.rs"]
mod cases;
#[path = "postgres/differential/dice.rs"]
mod dice;
#[path = "postgres/differential/grants.rs"]
mod grants;
#[path = "diff/laws.rs"]
mod laws;
#[path = "diff/mutants.rs"]
mod mutants;
#[path = "postgres/differential/project.rs"]
mod project;
#[path = "postgres/differential/resolved.rs"]
mod resolved;

use resolved::resolved;
