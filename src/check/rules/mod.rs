//! The rules, one file each. The comment at the head of a file is the page of its check.

pub(super) mod acceptance_expired;
pub(super) mod acceptance_far_ahead;
pub(super) mod acceptance_incomplete;
pub(super) mod acceptance_refused;
pub(super) mod acceptance_unused;
pub(super) mod ambiguous_owner_path;
pub(super) mod ambiguous_tenant_path;
pub(super) mod ambiguous_user_key;
pub(super) mod column_type_mismatch;
pub(super) mod definer_view;
pub(super) mod foreign_grant;
pub(super) mod foreign_policy;
pub(super) mod guest_unfiltered_read;
pub(super) mod identifier_collision;
pub(super) mod identifier_too_long;
pub(super) mod locks_out;
pub(super) mod missing_column;
pub(super) mod no_path_to_tenant;
pub(super) mod non_rectangular_union;
pub(super) mod not_a_table;
pub(super) mod nullable_tenant_path;
pub(super) mod public_reachable;
pub(super) mod tenant_kind_mismatch;
pub(super) mod unscoped_tenant_object;
pub(super) mod vacuous_grant;
