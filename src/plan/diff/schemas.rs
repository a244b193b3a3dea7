//! Schemas, who may use them, and the tables of the control schema.

use super::{Diff, whose};
use crate::names::SchemaName;
use crate::plan::ChangeKind;
use crate::state::{Acl, Grantee, Privilege, Schema};
use std::collections::{BTreeMap, BTreeSet};

pub fn compare(work: &mut Diff<'_>) {
    let (live, desired) = (work.live, work.desired);
    for (name, schema) in &desired.schemas {
        match live.schemas.get(name) {
            None => create(work, name, schema),
            Some(now) if now == schema => {}
            Some(now) if now.owner == schema.owner && now.marker == schema.marker => {
                privileges(work, name, now, schema);
            }
            Some(now) => work.refuse(
                format!("the schema `{name}` exists already and {}", whose(now.marker.as_ref())),
                "choose another `control_schema` in the project's `database`",
            ),
        }
    }
    for name in live.schemas.keys().filter(|name| !desired.schemas.contains_key(*name)) {
        work.refuse(
            format!("the schema `{name}` cannot be dropped by a plan"),
            "this is a defect of portalctl: please report it with the plan",
        );
    }
    control(work);
}

fn is_ours(work: &Diff<'_>, schema: &Schema) -> bool {
    schema.marker.as_ref() == Some(work.marker)
}

fn create(work: &mut Diff<'_>, name: &SchemaName, schema: &Schema) {
    if !is_ours(work, schema) {
        work.refuse(
            format!("the schema `{name}` does not exist"),
            "load the business's tables first, or correct the `table` of the objects in it",
        );
        return;
    }
    let (owner, marker) = (schema.owner.clone(), work.marker.clone());
    work.kinds.push(ChangeKind::CreateSchema { schema: name.clone(), owner, marker });
    privileges(work, name, &Schema { acl: Acl::default(), ..schema.clone() }, schema);
}

fn privileges(work: &mut Diff<'_>, name: &SchemaName, now: &Schema, wanted: &Schema) {
    let owner = is_ours(work, wanted).then(|| wanted.owner.clone());
    if owner.is_none() {
        work.only_ours_may_differ(&format!("the schema `{name}`"), &now.acl, &wanted.acl);
    }
    let mut lost: BTreeMap<Privilege, BTreeSet<Grantee>> = BTreeMap::new();
    for (grantee, held) in &now.acl.0 {
        for privilege in held.iter().filter(|privilege| !wanted.acl.has(grantee, *privilege)) {
            lost.entry(privilege).or_default().insert(grantee.clone());
        }
    }
    for (privilege, from) in lost {
        work.kinds.push(ChangeKind::RevokeSchema { schema: name.clone(), owner: owner.clone(), privilege, from });
    }
    for (privilege, roles) in work.gained(&now.acl, &wanted.acl) {
        work.kinds.push(ChangeKind::GrantSchema { schema: name.clone(), owner: owner.clone(), privilege, roles });
    }
}

fn control(work: &mut Diff<'_>) {
    let desired = work.desired;
    let ours: Vec<_> = desired.schemas.iter().filter(|(_, schema)| is_ours(work, schema) && schema.control).collect();
    if let [(first, _), (second, _), ..] = ours.as_slice() {
        work.refuse(
            format!("the project has a control schema already: `{first}` and `{second}` are both marked as its own"),
            "set `control_schema` back to the one that holds its tenants and sessions; a plan does not rename it",
        );
        return;
    }
    let (from, to) = (work.live.control_version, desired.control_version);
    if from > to {
        work.refuse(
            format!("the control schema is at version {from}, this portalctl knows versions up to {to}"),
            "use the newer portalctl that wrote it",
        );
    }
    if let [(name, schema)] = ours.as_slice() {
        for version in from + 1..=to {
            work.kinds.push(ChangeKind::MigrateControl { owner: schema.owner.clone(), version });
        }
        let alone = desired.one_key_one_tenant;
        if work.live.one_key_one_tenant != alone {
            let (schema, owner) = ((*name).clone(), schema.owner.clone());
            work.kinds.push(ChangeKind::TenantKeys { schema, owner, alone });
        }
    }
}
