//! Tenants and members that documents declare. A tenant that no document names any more is left alone.

use super::Diff;
use crate::plan::ChangeKind;
use crate::plan::change::{MemberKey, TenantKey};
use crate::state::TenantRecord;
use std::collections::{BTreeMap, BTreeSet};

type Members = BTreeMap<(TenantKey, MemberKey), BTreeMap<String, String>>;

pub fn compare(work: &mut Diff<'_>) {
    let (live, desired) = (work.live, work.desired);
    if live.tenants == desired.tenants {
        return;
    }
    let ours = |schema: &crate::state::Schema| schema.control && schema.marker.as_ref() == Some(work.marker);
    let control = desired.schemas.iter().find(|(_, schema)| ours(schema));
    let Some((schema, owner)) = control.map(|(name, schema)| (name.clone(), schema.owner.clone())) else { return };

    let bare = |tenant: &TenantRecord| TenantRecord { members: BTreeMap::new(), ..tenant.clone() };
    let tenants: BTreeMap<TenantKey, TenantRecord> = desired
        .tenants
        .iter()
        .map(|(key, tenant)| (key.clone(), bare(tenant)))
        .filter(|(key, tenant)| !live.tenants.get(key).is_some_and(|now| is_as_wanted(&bare(now), tenant)))
        .collect();
    let renamed = keys_where(&tenants, |key, tenant| live.tenants.get(key).is_some_and(|now| now.name != tenant.name));
    taken_names(work, &tenants);
    let (before, after) = (members(&live.tenants), members(&desired.tenants));
    let put: Members = after.iter().filter(|(key, keys)| before.get(*key) != Some(keys)).map(owned).collect();
    let removed: BTreeSet<_> = before.keys().filter(|key| !after.contains_key(*key)).cloned().collect();

    if !tenants.is_empty() {
        work.kinds.push(ChangeKind::PutTenants { schema: schema.clone(), owner: owner.clone(), tenants, renamed });
    }
    if !removed.is_empty() {
        work.kinds.push(ChangeKind::RemoveMembers { schema: schema.clone(), owner: owner.clone(), members: removed });
    }
    if !put.is_empty() {
        work.kinds.push(ChangeKind::PutMembers { schema, owner, members: put });
    }
}

fn is_as_wanted(now: &TenantRecord, wanted: &TenantRecord) -> bool {
    let settings = wanted.settings.as_ref().or(now.settings.as_ref()).cloned();
    *now == TenantRecord { settings, ..wanted.clone() }
}

/// A tenant is known by its kind and key: under another key it would be another one with the same name.
fn taken_names(work: &mut Diff<'_>, tenants: &BTreeMap<TenantKey, TenantRecord>) {
    let mut by_name: BTreeMap<&str, Vec<&TenantKey>> = BTreeMap::new();
    for (key, tenant) in &work.desired.tenants {
        by_name.entry(&tenant.name).or_default().push(key);
    }
    for (key, tenant) in tenants {
        let mut same = by_name.get(tenant.name.as_str()).into_iter().flatten();
        if let Some(other) = same.find(|other| **other != key) {
            work.refuse(
                format!("the tenant `{}` has the key `{}` now, and `{}` before", tenant.name, key.1, other.1),
                "a key never changes: declare the new one under another name, and offboard the old one",
            );
        }
    }
}

fn keys_where(
    tenants: &BTreeMap<TenantKey, TenantRecord>,
    test: impl Fn(&TenantKey, &TenantRecord) -> bool,
) -> BTreeSet<TenantKey> {
    tenants.iter().filter(|(key, tenant)| test(key, tenant)).map(|(key, _)| key.clone()).collect()
}

fn owned<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

fn members(tenants: &BTreeMap<TenantKey, TenantRecord>) -> Members {
    tenants
        .iter()
        .flat_map(|(tenant, record)| {
            record.members.iter().map(|(member, record)| ((tenant.clone(), member.clone()), record.keys.clone()))
        })
        .collect()
}
