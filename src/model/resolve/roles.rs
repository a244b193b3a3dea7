//! The names of the roles that personas are.

use crate::names::{PersonaName, ProjectName, RoleName, fitting};

/// `<project>__<portal>__<audience>`, and `…__f2` for the second facet. What PostgreSQL would cut is cut here,
/// with a hash of the whole in place of what is lost, so that two long names stay two.
pub(super) fn role_name(project: &ProjectName, persona: &PersonaName, facet: usize) -> RoleName {
    let base = format!("{project}__{}__{}", persona.portal, persona.audience);
    let suffix = if facet == 1 { String::new() } else { format!("__f{facet}") };
    RoleName::new(fitting(&base, &suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(portal: &str, audience: &str, facet: usize) -> String {
        role_name(&ProjectName::new("acme"), &PersonaName::new(portal, audience), facet).to_string()
    }

    #[test]
    fn portal_and_audience_cannot_be_shifted_into_each_other() {
        assert_eq!(role("support", "customer", 1), "acme__support__customer");
        assert_eq!(role("support", "customer", 2), "acme__support__customer__f2");
        assert_ne!(role("support", "eu_agent", 1), role("support_eu", "agent", 1));
    }

    #[test]
    fn long_names_are_cut_between_characters_and_stay_apart() {
        let long = "é".repeat(40);
        let (one, other) = (role(&long, "a", 1), role(&long, "b", 1));
        assert!(one.len() <= 63 && other.len() <= 63, "{one} {other}");
        assert_ne!(one, other);
        let second = role(&long, "a", 12);
        assert!(second.len() <= 63 && second.ends_with("__f12"), "{second}");
    }

    #[test]
    fn a_name_of_exactly_63_bytes_is_left_alone() {
        let audience = "x".repeat(63 - "acme__p__".len());
        assert_eq!(role("p", &audience, 1), format!("acme__p__{audience}"));
        assert!(role("p", &audience, 2).len() <= 63);
    }
}
