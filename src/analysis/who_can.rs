//! Everybody who may do that: the question of `can`, asked of every persona.

use super::can::{Decision, Verdict, can};
use crate::model::{AccessModel, Action, Object};
use crate::names::{FieldName, PersonaName};

/// One persona that may.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Able {
    pub persona: PersonaName,
    #[serde(flatten)]
    pub decision: Decision,
}

/// By their names.
pub fn who_can(model: &AccessModel, action: &Action, object: &Object, field: Option<&FieldName>) -> Vec<Able> {
    let asked = model
        .personas
        .values()
        .map(|persona| Able { persona: persona.name.clone(), decision: can(model, persona, action, object, field) });
    asked.filter(|able| able.decision.decision == Verdict::Allow).collect()
}
