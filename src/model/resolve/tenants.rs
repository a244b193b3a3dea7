//! Tenants that documents and CSV files declare, with their members.

use super::audience::circle;
use super::facts::{Facts, ambiguous_user_key};
use super::keys::{KeyShape, shape_of};
use super::people::{check_tier, unknown_persona};
use super::report::{duplicates, unknown};
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{DeclaredMember, DeclaredTenant, Object, Who};
use crate::names::{KeyName, ObjectName, PersonaName, TenantKind, TenantName};
use crate::spec::document::{MemberDoc, TenantDoc};
use crate::spec::tenant_settings;
use std::collections::{BTreeMap, BTreeSet};

type Objects = BTreeMap<ObjectName, Object>;

/// Sorted by name.
pub(super) fn declared(
    facts: &Facts<'_>,
    objects: &Objects,
    docs: &[&TenantDoc],
    one_key_one_tenant: bool,
    findings: &mut Vec<Finding>,
) -> Vec<DeclaredTenant> {
    duplicates("tenants", docs.iter().map(|doc| &doc.name), findings);
    let by_name: BTreeMap<&TenantName, &TenantDoc> = docs.iter().rev().map(|doc| (&doc.name.value, *doc)).collect();
    let mut tenants: Vec<DeclaredTenant> = Vec::new();
    for doc in by_name.values() {
        check_parent(&by_name, doc, findings);
        tenants.extend(one(facts, objects, doc, findings));
    }
    check_parent_kinds(&tenants, findings);
    check_tenant_keys(objects, &tenants, findings);
    if one_key_one_tenant {
        check_keys_of_kinds(&tenants, findings);
    }
    check_user_keys(&tenants, findings);
    tenants
}

fn one(facts: &Facts<'_>, objects: &Objects, doc: &TenantDoc, findings: &mut Vec<Finding>) -> Option<DeclaredTenant> {
    let name = doc.name.value.as_str();
    let kind = facts.kind(doc.tenant_kind.as_ref(), &format!("tenant `{name}`"), doc.name.span, findings);
    if let Some(tier) = &doc.tier {
        check_tier(facts, tier, findings);
    }
    let members =
        doc.members.iter().filter_map(|member| self::member(facts, kind.as_ref(), member, findings)).collect();
    let Some(key) = &doc.key else {
        findings.push(
            Finding::error("tenant-without-key", doc.name.span, format!("tenant `{name}` has no key"))
                .hint("write `key:` with what the tenant columns of the tables hold for it"),
        );
        return None;
    };
    let kind = kind?;
    if let Some((name, written)) = doc.keys.iter().find(|(name, _)| **name == KeyName::main()) {
        findings.push(
            Finding::error(
                "tenant-key-collision",
                written.span,
                format!("`{name}` is what a tenant's main key is called"),
            )
            .why("this tenant would see the rows of whoever has that key")
            .hint("write the main key as `key:`, and give this one another name"),
        );
        return None;
    }
    let key = canonical(objects, kind.as_ref(), &KeyName::main(), key, findings);
    let keys: Vec<_> = doc
        .keys
        .iter()
        .map(|(name, written)| Some((name.clone(), canonical(objects, kind.as_ref(), name, written, findings)?)))
        .collect();
    Some(DeclaredTenant {
        name: doc.name.value.clone(),
        title: doc.title.clone().unwrap_or_else(|| super::label::singular(name)),
        key: key?,
        keys: keys.into_iter().collect::<Option<_>>()?,
        kind,
        parent: doc.parent.as_ref().map(|parent| parent.value.clone()),
        tier: doc.tier.as_ref().map(|tier| tier.value.clone()),
        paid_until: doc.paid_until.clone(),
        members,
        settings: doc.branding.as_ref().map(tenant_settings),
        span: doc.name.span,
    })
}

fn canonical(
    objects: &Objects,
    kind: Option<&TenantKind>,
    name: &KeyName,
    written: &Spanned<String>,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    match shape_of(objects, kind, name).canonical(&written.value) {
        Ok(text) => Some(text),
        Err(problem) => {
            findings.push(Finding::error("wrong-operand", written.span, problem));
            None
        }
    }
}

fn member(
    facts: &Facts<'_>,
    kind: Option<&Option<TenantKind>>,
    doc: &MemberDoc,
    findings: &mut Vec<Finding>,
) -> Option<DeclaredMember> {
    let email = doc.email.value.to_lowercase();
    member_audience(facts, kind, doc, findings)?;
    let mut keys: BTreeMap<KeyName, String> =
        doc.keys.iter().map(|(name, key)| (name.clone(), key.value.clone())).collect();
    if let Some(key) = &doc.key {
        let Some(name) = facts.user_keys.only() else {
            let hint = "name it: `keys: {contact: \"553\"}`";
            findings.push(ambiguous_user_key(&facts.user_keys, key.span).hint(hint));
            return None;
        };
        keys.insert(name, key.value.clone());
    }
    if let Some(written) =
        doc.keys.values().chain(&doc.key).find(|key| key.value.is_empty() || key.value.contains('\0'))
    {
        findings.push(Finding::error("wrong-operand", written.span, "a key is a text that is not empty"));
        return None;
    }
    Some(DeclaredMember { email, persona: doc.audience.value.clone(), keys, span: doc.span })
}

fn member_audience(
    facts: &Facts<'_>,
    kind: Option<&Option<TenantKind>>,
    doc: &MemberDoc,
    findings: &mut Vec<Finding>,
) -> Option<()> {
    let persona = &doc.audience;
    let Some(audience) = facts.audiences.get(&persona.value) else {
        findings.push(unknown_persona(facts, persona));
        return None;
    };
    let finding = match (audience.who, &audience.kind, kind) {
        (Who::Guest | Who::Internal, ..) => Finding::error(
            "people-audience",
            persona.span,
            format!("`{}` is not an external audience, and members of a tenant are external", persona.value),
        )
        .label(audience.span, "the audience")
        .hint("name an audience with a tenant, or invite staff without one"),
        (Who::External, Some(theirs), Some(Some(ours))) if theirs != ours => {
            let message =
                format!("the tenant is a `{ours}`, the tenants of `{}` are of kind `{theirs}`", persona.value);
            Finding::error("tenant-kind-mismatch", persona.span, message).label(audience.span, "the audience")
        }
        _ => return Some(()),
    };
    findings.push(finding);
    None
}

fn check_parent(by_name: &BTreeMap<&TenantName, &TenantDoc>, doc: &TenantDoc, findings: &mut Vec<Finding>) {
    let mut seen = vec![&doc.name.value];
    let mut current = doc;
    while let Some(parent) = &current.parent {
        if parent.value == doc.name.value {
            if seen.iter().min() == Some(&&doc.name.value) {
                findings.push(circle("tenant", seen.iter().map(|name| name.as_str()), parent.span));
            }
            return;
        }
        if seen.contains(&&parent.value) {
            return;
        }
        let Some(above) = by_name.get(&parent.value) else {
            if current.name == doc.name {
                let known = by_name.keys().map(|name| name.as_str());
                findings.push(unknown("there is no tenant", parent.value.as_str(), parent.span, known));
            }
            return;
        };
        seen.push(&parent.value);
        current = above;
    }
}

fn check_parent_kinds(tenants: &[DeclaredTenant], findings: &mut Vec<Finding>) {
    for tenant in tenants {
        let above = tenant.parent.as_ref().and_then(|name| tenants.iter().find(|other| other.name == *name));
        if let Some(above) = above.filter(|above| above.kind != tenant.kind) {
            let kind = |tenant: &DeclaredTenant| tenant.kind.as_ref().map(ToString::to_string).unwrap_or_default();
            let message = format!("`{}` is a `{}`, its parent a `{}`", tenant.name, kind(tenant), kind(above));
            findings.push(
                Finding::error("tenant-kind-mismatch", tenant.span, message)
                    .label(above.span, "the parent")
                    .hint("a tenant and those below it are of one kind"),
            );
        }
    }
}

/// Keys of one name are unique among the tenants of one kind, `7` and `007` being one where they are numbers.
fn check_tenant_keys(objects: &Objects, tenants: &[DeclaredTenant], findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(Option<&TenantKind>, KeyName, String), &DeclaredTenant> = BTreeMap::new();
    for tenant in tenants {
        let named = tenant.keys.iter().map(|(name, key)| (name.clone(), key));
        for (name, key) in named.chain([(KeyName::main(), &tenant.key)]) {
            let shape = shape_of(objects, tenant.kind.as_ref(), &name);
            let folded = if shape == KeyShape::Unknown { KeyShape::fold(key) } else { key.clone() };
            let Some(other) = seen.insert((tenant.kind.as_ref(), name.clone(), folded), tenant) else { continue };
            let theirs = if name == KeyName::main() { Some(&other.key) } else { other.keys.get(&name) };
            let theirs = theirs.map_or("", String::as_str);
            let message =
                format!("tenants `{}` and `{}` have one key: `{theirs}` and `{key}`", other.name, tenant.name);
            findings.push(
                Finding::error("tenant-key-collision", tenant.span, message)
                    .why("each would see the rows of the other")
                    .label(other.span, "the other one")
                    .hint("give each the key that its rows hold"),
            );
        }
    }
}

/// Where rows name tenants of any kind, a key is one tenant's alone.
fn check_keys_of_kinds(tenants: &[DeclaredTenant], findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&str, &DeclaredTenant> = BTreeMap::new();
    for tenant in tenants {
        let first = *seen.entry(&tenant.key).or_insert(tenant);
        if first.kind != tenant.kind {
            let message = format!("tenants `{}` and `{}` have one key: `{}`", first.name, tenant.name, tenant.key);
            findings.push(
                Finding::error("tenant-key-collision", tenant.span, message)
                    .why("rows name tenants of any kind by their keys alone: each would see the rows of the other")
                    .label(first.span, "the other one")
                    .hint("give each a key of its own, or say in each tenant path of which `kind` its tenants are"),
            );
        }
    }
}

/// Keys of one name are unique among users.
fn check_user_keys(tenants: &[DeclaredTenant], findings: &mut Vec<Finding>) {
    let mut owners: BTreeMap<(&KeyName, &str), &DeclaredMember> = BTreeMap::new();
    let mut places: BTreeSet<(&TenantName, &str, &PersonaName)> = BTreeSet::new();
    let report = |message: String, at: Span, other: Span| {
        Finding::error("user-key-collision", at, message)
            .why("what belongs to the one would be shown to the other")
            .label(other, "the other one")
    };
    for tenant in tenants {
        for member in &tenant.members {
            if !places.insert((&tenant.name, &member.email, &member.persona)) {
                let message =
                    format!("`{}` is a member of `{}` twice, as `{}`", member.email, tenant.name, member.persona);
                findings.push(Finding::error("duplicate-name", member.span, message).hint("drop one of them"));
            }
            for (name, key) in &member.keys {
                let first = *owners.entry((name, key)).or_insert(member);
                if first.email != member.email {
                    let message = format!("`{}` and `{}` have one `{name}` key, `{key}`", first.email, member.email);
                    findings.push(report(message, member.span, first.span));
                }
            }
        }
    }
}
