//! Tenants and members that documents declare, as the control schema keeps them.

use std::collections::BTreeMap;

/// What `apply` copies of a declared tenant; the status is not the spec's and not here.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TenantRecord {
    pub name: String,
    pub title: String,
    /// Named keys besides the main one.
    pub keys: BTreeMap<String, String>,
    /// Main key of the tenant above, of the same kind.
    pub parent_key: Option<String>,
    pub tier: Option<String>,
    /// By their full names; `None` in the desired state: they stay as they are.
    pub settings: Option<BTreeMap<String, String>>,
    /// `YYYY-MM-DD`. Where no document says, what was set by hand stays.
    pub paid_until: Option<String>,
    /// By (e-mail in lower case, `portal/audience`).
    #[serde(with = "super::keyed")]
    pub members: BTreeMap<(String, String), MemberRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MemberRecord {
    pub keys: BTreeMap<String, String>,
}
