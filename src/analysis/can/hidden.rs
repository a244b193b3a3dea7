//! A row that is not shown, and why not.

use super::{Because, because};
use crate::analysis::evaluate::KeptBy;
use crate::diagnostic::Span;
use crate::model::{AccessModel, Object, Persona};
use crate::names::FieldName;

/// Why somebody is not shown a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hidden {
    /// There is none with that key.
    Missing,
    /// They are nobody there: the tenant is suspended, or the access has ended.
    Nobody,
    /// Each grant that could show it, the nearest first, with what keeps the row out of it.
    Kept(Vec<(Span, Vec<String>)>),
}

impl Hidden {
    /// Of the grants that show `field`, or anything at all.
    pub fn kept(grants: &[KeptBy<'_>], field: Option<&FieldName>) -> Self {
        let showing = grants.iter().filter(|kept| field.is_none_or(|field| kept.grant.fields.contains(field)));
        Self::Kept(showing.filter_map(|kept| Some((*kept.grant.sources.first()?, kept.parts.clone()))).collect())
    }

    pub(super) fn because(
        &self,
        model: &AccessModel,
        (persona, object): (&Persona, &Object),
        key: &[String],
    ) -> Vec<Because> {
        let row = format!("`{}/{}`", object.name, key.join("~"));
        let one = |text| vec![because(model, text, persona.span)];
        match self {
            Self::Missing => one(format!("there is no row {row}")),
            Self::Nobody => one(format!("nobody is let in as `{}` with that tenant and these keys", persona.name)),
            Self::Kept(grants) if grants.is_empty() => one(format!("no grant of `{}` shows {row}", persona.name)),
            Self::Kept(grants) => grants.iter().map(|(at, parts)| because(model, kept(parts), *at)).collect(),
        }
    }
}

fn kept(parts: &[String]) -> String {
    if parts.is_empty() {
        return "the database does not show what this grant shows; `portalctl verify` says what else is otherwise"
            .to_owned();
    }
    parts.join(", and ")
}
