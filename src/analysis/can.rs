//! May this persona do that? Answered from the access model alone, with the grants that decide.

use super::matrix::Source;
use super::words;
use crate::diagnostic::Span;
use crate::diagnostic::escape::one_line;
use crate::model::{AccessModel, Object, Persona, ReadGrant, Scope};
use crate::names::FieldName;

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
    /// What the grants that allow show, in the object's order.
    pub fields: Vec<FieldName>,
}

impl Decision {
    /// Denied for one reason.
    pub fn deny(model: &AccessModel, text: impl Into<String>, at: Span) -> Self {
        Self {
            decision: Verdict::Deny,
            because: vec![because(model, text, at)],
            scope: None,
            filter: None,
            fields: Vec::new(),
        }
    }
}

impl Decision {
    /// For people: the verdict, then each reason with its place.
    pub fn text(&self) -> String {
        let verdict = match self.decision {
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

fn because(model: &AccessModel, text: impl Into<String>, at: Span) -> Because {
    Because { text: text.into(), source: model.sources.location(at).into() }
}

/// Whether `persona` reads `object`, or one field of it, on any row.
pub fn can_read(model: &AccessModel, persona: &Persona, object: &Object, field: Option<&FieldName>) -> Decision {
    let grants: Vec<&ReadGrant> =
        persona.reads.get(&object.name).into_iter().flatten().filter(|grant| grant.rows.scope != Scope::None).collect();
    if grants.is_empty() {
        let text = format!("no grant of `{}` names `{}`: what no grant names is denied", persona.name, object.name);
        return Decision::deny(model, text, persona.span);
    }
    let allowing: Vec<&ReadGrant> =
        grants.iter().copied().filter(|grant| field.is_none_or(|field| grant.fields.contains(field))).collect();
    if allowing.is_empty() {
        let reasons = grants.iter().filter_map(|grant| {
            let at = grant.sources.first()?;
            Some(because(model, format!("this grant shows {}", field_list(object, grant)), *at))
        });
        return Decision { because: reasons.collect(), ..Decision::deny(model, "", persona.span) };
    }
    let reasons = allowing.iter().filter_map(|grant| {
        let at = grant.sources.first()?;
        Some(because(model, format!("reads {} of {}", field_list(object, grant), words::rows(&grant.rows)), *at))
    });
    let shown = |name: &&FieldName| allowing.iter().any(|grant| grant.fields.contains(*name));
    Decision {
        decision: Verdict::Allow,
        because: reasons.collect(),
        scope: Some(joined(allowing.iter().map(|grant| grant.rows.scope.word().to_owned()), ", ")),
        filter: Some(joined(allowing.iter().map(|grant| words::rows(&grant.rows)), " or ")),
        fields: object.fields.keys().filter(shown).cloned().collect(),
    }
}

fn field_list(object: &Object, grant: &ReadGrant) -> String {
    joined(words::fields(object, grant).map(str::to_owned), ", ")
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
