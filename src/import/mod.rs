//! Floor 3: objects for tables that were there before, as far as the database tells; what it does not is left to decide.

mod additions;
mod answers;
mod check_values;
mod decide;
mod document;
mod extend;
mod fields;
mod found;
mod guess;
mod importing;
mod kinds;
mod ledger;
mod naming;
mod outline;
mod owners;
mod project;
mod report;
mod route;
mod settings;
mod sources;
mod told;
mod ways;
mod yaml;

pub use additions::Additions;
pub use answers::{
    Answers, CountQuestion, Counted, Extent, KeyQuestion, KindCount, KindQuestion, Questions, RouteCount,
    SampleQuestion, Sampled,
};
pub use extend::Extension;
pub use found::{Found, FoundColumn, FoundPolicy, FoundPrivilege, FoundRelation, PassedOver};
pub use importing::{Import, Target, import};
pub use kinds::values;
pub use ledger::{LEDGER_FILE, Ledger, LedgerError};
pub use outline::Outline;
pub use project::project_file;
pub use report::{Choice, Decision, ObjectReport, Report, Status};
pub use route::{Below, Link, Route, Step};
pub use settings::{Deciding, KnownObject, Settings, TenantTable, default_schema};
pub use told::told;
