//! Floor 4: from the access model to PostgreSQL.

pub mod control;
