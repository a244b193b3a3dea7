//! A plan that was saved to a file. Nothing in the file is ever run: `apply` computes the plan anew
//! and compares, so a file that was tampered with is only a file that does not agree.

use super::document::{Plan, StalePlan, Target};
use crate::model::AccessModel;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPlan {
    whole: serde_json::Value,
    head: Head,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
struct Head {
    spec_hash: String,
    live_hash: String,
    target: Target,
    changes: Vec<serde_json::Value>,
    #[serde(default)]
    destroyed: BTreeSet<String>,
    /// The documents that it says are in force.
    #[serde(default)]
    since: serde_json::Value,
}

/// Without what goes on while nobody changes anything: more people lapse by the day.
fn lasting(mut plan: serde_json::Value) -> serde_json::Value {
    if let Some(plan) = plan.as_object_mut() {
        plan.remove("lapses");
    }
    plan
}

impl SavedPlan {
    /// The hazards that it had, as they are written.
    pub fn hazards(&self) -> BTreeSet<&str> {
        let of = |change| serde_json::Value::get(change, "hazards").and_then(serde_json::Value::as_array);
        self.head.changes.iter().filter_map(of).flatten().filter_map(serde_json::Value::as_str).collect()
    }

    /// Reads what [`Plan::to_json`] wrote.
    ///
    /// # Errors
    /// The text is no such object; the message says where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let whole: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let head = serde_json::from_value(whole.clone()).map_err(|error| error.to_string())?;
        Ok(Self { whole, head })
    }

    pub fn spec_hash(&self) -> &str {
        &self.head.spec_hash
    }

    /// What it was made to drop by name. Whether that is allowed, `apply` is told again.
    pub fn destroyed(&self) -> &BTreeSet<String> {
        &self.head.destroyed
    }

    /// Whether `now` is the plan that was saved.
    ///
    /// # Errors
    /// The first reason why it is not.
    pub fn agrees(&self, now: &Plan, model: &AccessModel) -> Result<(), StalePlan> {
        self.head.target.agrees(&now.target)?;
        if self.head.spec_hash != now.spec_hash {
            Err(StalePlan::Spec)
        } else if self.head.live_hash != now.live_hash || self.head.since != now.since() {
            Err(StalePlan::Live)
        } else if lasting(self.whole.clone()) != lasting(now.to_json(model)) {
            Err(StalePlan::Changes)
        } else {
            Ok(())
        }
    }
}
