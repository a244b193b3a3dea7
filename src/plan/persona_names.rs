//! Roles as the documents name them: `portal/audience`. What the role is called is the statement's business.

use crate::model::AccessModel;
use crate::names::RoleName;
use std::collections::BTreeMap;

/// What each persona's roles are called in the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonaNames {
    known: BTreeMap<String, String>,
    /// What every role of the project begins with.
    prefix: String,
}

impl PersonaNames {
    pub fn of(model: &AccessModel) -> Self {
        let mut known = BTreeMap::new();
        for persona in model.personas.values() {
            for (at, facet) in persona.facets.iter().enumerate() {
                let name =
                    if at == 0 { persona.name.to_string() } else { format!("{} (facet {})", persona.name, at + 1) };
                known.insert(facet.role.as_str().to_owned(), name);
            }
        }
        Self { known, prefix: format!("{}__", model.project.name) }
    }

    /// `None`: no persona's role. One that no document names any more is read from the role's name, which says it.
    pub fn of_role(&self, role: &str) -> Option<String> {
        if let Some(name) = self.known.get(role) {
            return Some(name.clone());
        }
        let parts: Vec<&str> =
            role.strip_prefix(&self.prefix).filter(|_| !self.prefix.is_empty())?.split("__").collect();
        match parts.as_slice() {
            [portal, audience] => Some(format!("{portal}/{audience}")),
            [portal, audience, facet] => Some(format!("{portal}/{audience} (facet {})", facet.strip_prefix('f')?)),
            _ => None,
        }
    }

    /// The text with personas in place of their roles.
    pub fn in_words(&self, text: &str) -> String {
        let part = |part: &str| {
            let word = part.trim_end_matches([' ', ',']);
            self.of_role(word).map_or_else(|| part.to_owned(), |name| format!("{name}{}", &part[word.len()..]))
        };
        text.split_inclusive([' ', ',']).map(part).collect()
    }

    /// For a change of the role itself: the role, and whose it is.
    pub fn with_persona(&self, role: &RoleName, text: String) -> String {
        match self.of_role(role.as_str()) {
            Some(name) => format!("{text}, of {name}"),
            None => text,
        }
    }
}
