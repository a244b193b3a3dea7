//! Reading, and taking away what is read.

use super::super::words;
use super::{Asked, Because, Decision, Verdict, because, joined};
use crate::model::{Mask, Object, ReadGrant, Scope, Write};
use crate::names::FieldName;
use std::collections::BTreeMap;

/// Fields of which none of the grants shows the value.
fn masked(object: &Object, grants: &[&ReadGrant]) -> BTreeMap<FieldName, Mask> {
    let plain =
        |name: &FieldName| grants.iter().any(|grant| grant.fields.contains(name) && grant.mask(object, name).is_none());
    let masks = grants
        .iter()
        .flat_map(|grant| grant.fields.iter().filter_map(|name| Some((name.clone(), grant.mask(object, name)?))));
    masks.filter(|(name, _)| !plain(name)).collect()
}

impl Asked<'_> {
    pub(super) fn read(&self) -> Decision {
        let grants = self.read_grants();
        let denied: Vec<Because> = self.denials().collect();
        if !denied.is_empty() || grants.is_empty() {
            return Decision::denied(if denied.is_empty() { vec![self.unnamed()] } else { denied });
        }
        let allowing: Vec<&ReadGrant> = grants
            .iter()
            .copied()
            .filter(|grant| self.field.is_none_or(|field| grant.fields.contains(field)))
            .collect();
        if allowing.is_empty() {
            let reasons = grants.iter().filter_map(|grant| {
                let at = grant.sources.first()?;
                let text = format!("this grant shows {}", words::shown(self.object, grant));
                Some(because(self.model, text, *at))
            });
            return Decision::denied(reasons.collect());
        }
        let reasons = allowing.iter().filter_map(|grant| {
            let at = grant.sources.first()?;
            let fields = words::shown(self.object, grant);
            Some(because(self.model, format!("reads {fields} of {}", words::rows(&grant.rows)), *at))
        });
        let shown = allowing.iter().flat_map(|grant| &grant.fields).cloned().collect();
        let masked = masked(self.object, &allowing);
        Decision {
            decision: Verdict::Allow,
            because: reasons.collect(),
            scope: Some(joined(allowing.iter().map(|grant| grant.rows.scope.word().to_owned()), ", ")),
            filter: Some(joined(allowing.iter().map(|grant| words::rows(&grant.rows)), " or ")),
            mask: self.field.and_then(|field| masked.get(field)).copied(),
            masked,
            fields: words::fields(self.object, &shown).cloned().collect(),
        }
    }

    /// What takes it away from whoever was granted it.
    fn denials(&self) -> impl Iterator<Item = Because> {
        let denials = self.persona.denials.iter().filter(|denial| denial.takes(&self.object.name, self.field));
        denials.map(|denial| {
            let what = self
                .field
                .map_or_else(|| self.object.name.to_string(), |field| format!("{}.{field}", self.object.name));
            because(self.model, format!("`deny` takes `{what}` away, whatever grants it"), denial.span)
        })
    }

    fn read_grants(&self) -> Vec<&ReadGrant> {
        let grants = self.persona.reads.get(&self.object.name).into_iter().flatten();
        grants.filter(|grant| grant.rows.scope != Scope::None).collect()
    }

    /// An export goes as far as reading does, and needs a grant of its own.
    pub(super) fn export(&self) -> Decision {
        let reads = self.read();
        if reads.decision == Verdict::Deny {
            return reads;
        }
        let exports: Vec<Because> = self
            .persona
            .writes
            .get(&self.object.name)
            .into_iter()
            .flatten()
            .filter_map(|grant| match grant.write {
                Write::Export { max_rows } => {
                    let factor = if grant.rows.mfa { ", after a second factor" } else { "" };
                    let text = format!("exports at most {max_rows} rows of what is read{factor}");
                    Some(because(self.model, text, *grant.sources.first()?))
                }
                _ => None,
            })
            .collect();
        if exports.is_empty() {
            return self.lacking();
        }
        Decision { because: exports.into_iter().chain(reads.because).collect(), ..reads }
    }
}
