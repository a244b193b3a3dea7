//! A name that PostgreSQL would cut.
//!
//! Names of tables, columns and database schemas have at most 63 bytes, the name of a project at most 20. The
//! names of roles are cut by portalctl itself, with a hash that keeps them apart.
//!
//! ## Why is this bad
//!
//! PostgreSQL cuts longer names in silence, and two of them may become one.
//!
//! ## Example
//!
//! ```yaml
//! table: crm.a_table_that_somebody_named_with_more_than_sixty_three_bytes_of_text
//! ```
//!
//! ## Use instead
//!
//! Write the name as the database has it, which is never longer.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("identifier-too-long");
