//! The registry of all rules, sorted by id.

use super::live::Live;
use super::rules;
use crate::diagnostic::{Finding, Severity};
use crate::model::AccessModel;
use time::Date;

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Stable, kebab-case.
    pub id: &'static str,
    /// Of its findings, where it does not say that one of them is harmless.
    pub severity: Severity,
    /// Whether `accept:` can let a finding pass.
    pub acceptable: bool,
    /// Whether it finds that something is nowhere. What could not be resolved may hold it, so it is told of a model without
    /// errors alone.
    pub of_whole: bool,
    pub stage: Stage,
}

/// When a rule is asked, and what it is shown.
#[derive(Debug, Clone, Copy)]
pub enum Stage {
    /// Found while the model is made.
    Resolve,
    Model(fn(&AccessModel) -> Vec<Finding>),
    /// The acceptances, beside the findings of the static rules, on a day.
    Acceptance(fn(&AccessModel, &[Finding], Date) -> Vec<Finding>),
    Live(fn(&Live<'_>) -> Vec<Finding>),
    /// Found where two revisions are compared.
    Revisions,
}

impl Rule {
    /// An error found while the model is made, which nothing can accept.
    pub(super) const fn resolve(id: &'static str) -> Self {
        Self { id, severity: Severity::Error, acceptable: false, of_whole: false, stage: Stage::Resolve }
    }

    pub(super) const fn model(id: &'static str, check: fn(&AccessModel) -> Vec<Finding>) -> Self {
        Self { id, severity: Severity::Error, acceptable: true, of_whole: false, stage: Stage::Model(check) }
    }

    pub(super) const fn live(id: &'static str, check: fn(&Live<'_>) -> Vec<Finding>) -> Self {
        Self { id, severity: Severity::Error, acceptable: true, of_whole: false, stage: Stage::Live(check) }
    }

    /// Found where two revisions are compared, which the command line does.
    pub(super) const fn revisions(id: &'static str) -> Self {
        Self { id, severity: Severity::Error, acceptable: true, of_whole: false, stage: Stage::Revisions }
    }

    pub(super) const fn acceptance(
        id: &'static str,
        severity: Severity,
        check: fn(&AccessModel, &[Finding], Date) -> Vec<Finding>,
    ) -> Self {
        Self { id, severity, acceptable: false, of_whole: false, stage: Stage::Acceptance(check) }
    }

    pub(super) const fn warn(self) -> Self {
        Self { severity: Severity::Warn, ..self }
    }

    pub(super) const fn info(self) -> Self {
        Self { severity: Severity::Info, ..self }
    }

    /// Of one found while the model is made.
    pub(super) const fn acceptable(self) -> Self {
        Self { acceptable: true, ..self }
    }

    pub(super) const fn of_whole(self) -> Self {
        Self { of_whole: true, ..self }
    }

    pub(super) const fn never_accepted(self) -> Self {
        Self { acceptable: false, ..self }
    }
}

/// The rule of that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|at| &RULES[at])
}

/// Sorted by id.
pub static RULES: &[Rule] = &[
    rules::absorbing_state::RULE,
    rules::acceptance_expired::RULE,
    rules::acceptance_far_ahead::RULE,
    rules::acceptance_incomplete::RULE,
    rules::acceptance_refused::RULE,
    rules::acceptance_unused::RULE,
    rules::access_model_too_complex::RULE,
    rules::access_outlives_membership::RULE,
    rules::access_widened::RULE,
    rules::ambiguous_create::RULE,
    rules::ambiguous_owner_path::RULE,
    rules::ambiguous_tenant_path::RULE,
    rules::ambiguous_user_key::RULE,
    rules::attachments_undefined::RULE,
    rules::audience_crossing::RULE,
    rules::audience_without_purpose::RULE,
    rules::audit_missing::RULE,
    rules::bypassrls::RULE,
    rules::cascade_outside_scope::RULE,
    rules::check_level_refused::RULE,
    rules::child_wider_than_parent::RULE,
    rules::column_type_mismatch::RULE,
    rules::dead_page::RULE,
    rules::decision_guide_unanswered::RULE,
    rules::default_privilege_leak::RULE,
    rules::definer_view::RULE,
    rules::delegation_beyond_own::RULE,
    rules::delete_undefined::RULE,
    rules::draft_exposed::RULE,
    rules::everyone_is_ambiguous::RULE,
    rules::foreign_grant::RULE,
    rules::foreign_policy::RULE,
    rules::four_eyes_broken::RULE,
    rules::guessable_field::RULE,
    rules::guest_sensitive_field::RULE,
    rules::guest_unfiltered_read::RULE,
    rules::guest_write::RULE,
    rules::identifier_collision::RULE,
    rules::identifier_too_long::RULE,
    rules::insert_under_hidden_parent::RULE,
    rules::integration_unused::RULE,
    rules::key_not_generated::RULE,
    rules::lapse_widens::RULE,
    rules::locks_out::RULE,
    rules::mfa_missing::RULE,
    rules::missing_column::RULE,
    rules::missing_scope_index::RULE,
    rules::mixed_terms::RULE,
    rules::module_without_holder::RULE,
    rules::navigation_too_long::RULE,
    rules::near_identical_audiences::RULE,
    rules::no_path_to_tenant::RULE,
    rules::non_rectangular_union::RULE,
    rules::not_a_table::RULE,
    rules::nullable_tenant_path::RULE,
    rules::open_registration::RULE,
    rules::orphan_permission_set::RULE,
    rules::own_over_tenant::RULE,
    rules::owner_is_persona::RULE,
    rules::policy_without_rls::RULE,
    rules::preset_not_fixed::RULE,
    rules::profile_control_missing::RULE,
    rules::public_reachable::RULE,
    rules::redundant_grant::RULE,
    rules::retention_blocked::RULE,
    rules::retention_unfit::RULE,
    rules::rls_disabled::RULE,
    rules::rls_without_force::RULE,
    rules::role_settings::RULE,
    rules::same_object_different_fields::RULE,
    rules::scope_over_ceiling::RULE,
    rules::self_granted_access::RULE,
    rules::self_hiding_transition::RULE,
    rules::sensitive_field_exposed::RULE,
    rules::server_too_old::RULE,
    rules::shadowed_grant::RULE,
    rules::share_without_expiry::RULE,
    rules::single_role_organisation::RULE,
    rules::source_undeclared::RULE,
    rules::stale_copy::RULE,
    rules::tautological_condition::RULE,
    rules::tenant_kind_mismatch::RULE,
    rules::transition_undefined::RULE,
    rules::transition_unreachable::RULE,
    rules::type_contradicts_modules::RULE,
    rules::unchecked_reference::RULE,
    rules::undone_by_condition::RULE,
    rules::unique_across_tenants::RULE,
    rules::unleakproof_search::RULE,
    rules::unscoped_sensitive::RULE,
    rules::unscoped_tenant_object::RULE,
    rules::untranslated_label::RULE,
    rules::user_controlled_claim::RULE,
    rules::vacuous_grant::RULE,
    rules::wildcard_fields::RULE,
    rules::writable_scope_column::RULE,
    rules::write_back_missing::RULE,
    rules::write_without_read::RULE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_each_id_is_there_once() {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert!(rule("public-reachable").is_some());
        assert!(rule("public").is_none());
    }

    #[test]
    fn ids_are_kebab_case() {
        for rule in RULES {
            assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
        }
    }
}
