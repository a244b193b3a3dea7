//! What the profiles of a project make stricter.

use crate::model::{AccessModel, Profile};

/// Checks whose findings are errors under a profile. They stand for data that stay where they were given for an occasion, and
/// for one tenant that learns of another.
const STRICTER: &[(&str, &[Profile])] = &[
    ("acceptance-far-ahead", &[Profile::Gdpr, Profile::Hipaa, Profile::Soc2]),
    ("share-without-expiry", &[Profile::Gdpr, Profile::Hipaa, Profile::Soc2]),
    ("unique-across-tenants", &[Profile::Gdpr, Profile::Hipaa, Profile::Soc2]),
];

/// The profile of the project under which findings of the check are errors.
pub(super) fn makes_error(model: &AccessModel, check: &str) -> Option<Profile> {
    let (_, profiles) = STRICTER.iter().find(|(id, _)| *id == check)?;
    profiles.iter().copied().find(|profile| model.project.profiles.contains(profile))
}

#[cfg(test)]
mod tests {
    use super::STRICTER;
    use crate::check::rule;
    use crate::diagnostic::Severity;

    #[test]
    fn what_a_profile_makes_stricter_is_a_check_and_no_error_yet() {
        for (id, profiles) in STRICTER {
            assert!(rule(id).is_some_and(|rule| rule.severity != Severity::Error) && !profiles.is_empty(), "{id}");
        }
    }
}
