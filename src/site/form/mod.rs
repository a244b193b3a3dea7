//! Forms, apart from requests and pages: what there is to fill in, what of it was filled in, and what is
//! wrong with that.

mod difference;
mod refused;
mod slot;
mod submitted;
mod value;
mod wire;

pub use difference::{Difference, Was, compare};
pub use refused::{Names, explain};
pub use slot::{Control, Slot};
pub use submitted::Submitted;
pub use value::lines;
pub use wire::{FIELD, FIND, PARENT};

use std::collections::BTreeMap;

/// What is wrong with what was filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// By the name of the slot.
    pub at: BTreeMap<String, String>,
    /// Of the whole form.
    pub general: Vec<String>,
}

impl Problems {
    pub fn is_empty(&self) -> bool {
        self.at.is_empty() && self.general.is_empty()
    }

    pub fn of(text: impl Into<String>) -> Self {
        Self { general: vec![text.into()], ..Self::default() }
    }
}
