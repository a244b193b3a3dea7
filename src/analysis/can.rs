//! May this persona do that? Answered from the access model alone, with the grants that decide.

mod action;
mod hidden;
mod read;
mod row;
mod write;

pub use hidden::Hidden;
pub use row::{OneRow, RowFacts, of_row};

use super::matrix::Source;
use crate::diagnostic::Span;
use crate::diagnostic::escape::one_line;
use crate::model::{AccessModel, Action, Mask, Object, Persona};
use crate::names::FieldName;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Allow,
    Deny,
}

/// One reason, with where it was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Because {
    pub text: String,
    #[serde(flatten)]
    pub source: Source,
}

/// Allow or deny, with because.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decision {
    pub decision: Verdict,
    pub because: Vec<Because>,
    /// Scopes of the grants that allow, joined by `, `; `None` where denied.
    pub scope: Option<String>,
    /// Rows of those grants in words, joined by ` or `; `None` where denied.
    #[serde(rename = "where")]
    pub filter: Option<String>,
    /// What the grants that allow show, or let be written, in the object's order.
    pub fields: Vec<FieldName>,
    /// Those of them that show a mask and no value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub masked: BTreeMap<FieldName, Mask>,
    /// That of the field which was asked about.
    #[serde(skip)]
    pub mask: Option<Mask>,
}

impl Decision {
    /// Whoever asks is let in nowhere, for this reason.
    pub fn barred(model: &AccessModel, persona: &Persona, why: &str) -> Self {
        Self::denied(vec![because(model, why, persona.span)])
    }

    fn denied(because: Vec<Because>) -> Self {
        Self {
            decision: Verdict::Deny,
            because,
            scope: None,
            filter: None,
            fields: Vec::new(),
            masked: BTreeMap::new(),
            mask: None,
        }
    }

    /// For people: the verdict, then each reason with its place.
    pub fn text(&self) -> String {
        let verdict = match self.decision {
            Verdict::Allow if self.mask.is_some() => "allow, masked",
            Verdict::Allow => "allow",
            Verdict::Deny => "deny",
        };
        let reasons = self.because.iter().map(|reason| {
            let Because { text, source } = reason;
            format!("  because {} ({}:{})\n", one_line(text), one_line(&source.file), source.line)
        });
        std::iter::once(format!("{verdict}\n")).chain(reasons).collect()
    }
}

/// Whether `persona` may do `action` to `object`, or with one field of it, on any row.
pub fn can(
    model: &AccessModel,
    persona: &Persona,
    action: &Action,
    object: &Object,
    field: Option<&FieldName>,
) -> Decision {
    let asked = Asked { model, persona, action, object, field };
    match action {
        Action::Read => asked.read(),
        Action::Export => asked.export(),
        _ => asked.write(),
    }
}

/// One question.
#[derive(Clone, Copy)]
struct Asked<'a> {
    model: &'a AccessModel,
    persona: &'a Persona,
    action: &'a Action,
    object: &'a Object,
    field: Option<&'a FieldName>,
}

impl Asked<'_> {
    /// No grant of the persona names the object.
    fn unnamed(&self) -> Because {
        let (persona, object) = (&self.persona.name, &self.object.name);
        let text = format!("no grant of `{persona}` names `{object}`: what no grant names is denied");
        because(self.model, text, self.persona.span)
    }
}

fn because(model: &AccessModel, text: impl Into<String>, at: Span) -> Because {
    Because { text: text.into(), source: model.sources.location(at).into() }
}

/// Each text once, in its order.
fn joined(texts: impl Iterator<Item = String>, with: &str) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct.join(with)
}
