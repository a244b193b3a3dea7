//! Floor 3: how to begin. What the catalogue has, told from its own documents; which of it somebody needs.

mod advice;
mod answers;
mod card;
mod catalogue;
mod layout;
mod start;
pub mod template;
mod told;
mod told_advice;
mod wall;

pub use crate::model::{Choice, Guide, Question};
pub use advice::{Advice, AdvisedModule, AdvisedType, Brought, Reason, advise};
pub use answers::Answers;
pub use card::{AudienceCard, FieldCard, ModuleCard, ObjectCard, PageCard, SetCard, TypeCard};
pub use catalogue::Shelf;
pub use start::{Files, IGNORE, Start, StartError, StartPortal, start};
pub use told::{module, modules, portal_type, types};
pub use told_advice::advice;
pub use wall::{Wall, walls};
