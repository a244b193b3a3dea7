//! Tenants and users by label.

use super::facts::Facts;
use super::label::singular;
use super::people::{check_tier, unknown_persona};
use super::report::unknown;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{GivenPlace, GivenTenant, GivenUser, Who};
use crate::names::{KeyName, PersonaName, TenantName, UserLabel};
use crate::spec::document::{GivenDoc, GivenTenantDoc, GivenUserDoc};
use indexmap::IndexMap;
use std::collections::BTreeMap;

pub(super) type Tenants = IndexMap<TenantName, GivenTenant>;
pub(super) type Users = IndexMap<UserLabel, GivenUser>;

/// What `as:` calls somebody without an account.
pub(super) const GUEST: &str = "guest";

pub(super) fn tenants(facts: &Facts<'_>, doc: &GivenDoc, findings: &mut Vec<Finding>) -> Tenants {
    let tenants =
        doc.tenants.iter().map(|(label, tenant)| (label.clone(), one_tenant(facts, doc, label, tenant, findings)));
    tenants.collect()
}

fn one_tenant(
    facts: &Facts<'_>,
    given: &GivenDoc,
    label: &TenantName,
    doc: &GivenTenantDoc,
    findings: &mut Vec<Finding>,
) -> GivenTenant {
    let what = format!("`{label}`");
    let kind = facts.kind(doc.tenant_kind.as_ref(), &what, doc.span, findings).flatten();
    if let Some(written) = &doc.tenant_kind
        && !facts.kinds.contains(&written.value)
    {
        let known = facts.kinds.iter().map(crate::names::TenantKind::as_str);
        findings.push(unknown("there is no kind of tenant", written.value.as_str(), written.span, known));
    }
    if let Some(tier) = &doc.tier {
        check_tier(facts, tier, findings);
    }
    let mut keys: BTreeMap<KeyName, String> = BTreeMap::new();
    for (name, key) in &doc.keys {
        if facts.tenant_key(Some(&Spanned::new(name.clone(), key.span)), findings).is_some() {
            keys.insert(name.clone(), key.value.clone());
        }
    }
    keys.extend(doc.key.iter().map(|key| (KeyName::main(), key.value.clone())));
    let parent = doc.parent.as_ref().and_then(|parent| tenant_label(given, parent, findings));
    GivenTenant {
        title: doc.title.clone().unwrap_or_else(|| singular(label.as_str())),
        kind,
        tier: doc.tier.as_ref().map(|tier| tier.value.clone()),
        keys,
        parent,
    }
}

/// The label of a tenant that is given.
fn tenant_label(given: &GivenDoc, written: &Spanned<TenantName>, findings: &mut Vec<Finding>) -> Option<TenantName> {
    if given.tenants.contains_key(&written.value) {
        return Some(written.value.clone());
    }
    let known = given.tenants.keys().map(TenantName::as_str);
    findings.push(unknown("no tenant is given as", written.value.as_str(), written.span, known));
    None
}

pub(super) fn users(facts: &Facts<'_>, doc: &GivenDoc, tenants: &Tenants, findings: &mut Vec<Finding>) -> Users {
    let people = People { facts, doc, tenants };
    doc.users.iter().map(|(label, user)| (label.clone(), people.user(label, user, findings))).collect()
}

struct People<'a> {
    facts: &'a Facts<'a>,
    doc: &'a GivenDoc,
    tenants: &'a Tenants,
}

impl People<'_> {
    fn user(&self, label: &UserLabel, doc: &GivenUserDoc, findings: &mut Vec<Finding>) -> GivenUser {
        if label.as_str() == GUEST {
            findings.push(
                Finding::error("invalid-name", doc.span, "`guest` is whoever has not signed in, not a user")
                    .hint("give the user another label"),
            );
        }
        let mut places = Vec::new();
        match &doc.audience {
            Some(audience) => places.extend(self.place(audience, doc.tenant.as_ref(), findings)),
            None if doc.memberships.is_empty() => findings.push(
                Finding::error("missing-key", doc.span, format!("user `{label}` has no audience"))
                    .hint("write `audience: portal/audience`"),
            ),
            None => {}
        }
        for membership in &doc.memberships {
            places.extend(self.place(&membership.audience, membership.tenant.as_ref(), findings));
        }
        let assigned = doc.assigned.iter().filter_map(|tenant| tenant_label(self.doc, tenant, findings)).collect();
        if let Some(superior) = doc.reports_to.as_ref().filter(|superior| !self.doc.users.contains_key(&superior.value))
        {
            let known = self.doc.users.keys().map(UserLabel::as_str);
            findings.push(unknown("no user is given as", superior.value.as_str(), superior.span, known));
        }
        let tenant = doc.tenant.as_ref().map_or("staff", |tenant| tenant.value.as_str());
        let email =
            doc.email.as_ref().map_or_else(|| format!("{label}@{tenant}.example"), |email| email.value.to_lowercase());
        GivenUser {
            title: doc.title.clone().unwrap_or_else(|| singular(label.as_str())),
            email,
            keys: self.keys(doc, &places, findings),
            places,
            assigned,
            reports_to: doc.reports_to.as_ref().map(|superior| superior.value.clone()),
            mfa: doc.mfa,
        }
    }

    /// The keys that people of these places have, and those that are written.
    fn keys(
        &self,
        doc: &GivenUserDoc,
        places: &[GivenPlace],
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<KeyName, Option<String>> {
        let mut keys = BTreeMap::new();
        for place in places {
            match self.facts.keys_of(&place.persona) {
                Some(names) => keys.extend(names.iter().map(|name| (name.clone(), None))),
                None => keys.extend(self.facts.user_keys.known.iter().map(|name| (name.clone(), None))),
            }
        }
        if keys.is_empty() {
            keys.insert(KeyName::main(), None);
        }
        if let Some(key) = &doc.key {
            match keys.len() {
                1 => keys.values_mut().for_each(|value| *value = Some(key.value.clone())),
                _ => findings.push(
                    Finding::error("ambiguous-user-key", key.span, "this user has several keys")
                        .hint("name it: `keys: {contact: \"553\"}`"),
                ),
            }
        }
        for (name, key) in &doc.keys {
            if self.facts.user_key(Some(&Spanned::new(name.clone(), key.span)), key.span, findings).is_some() {
                keys.insert(name.clone(), Some(key.value.clone()));
            }
        }
        keys
    }

    fn place(
        &self,
        audience: &Spanned<String>,
        tenant: Option<&Spanned<TenantName>>,
        findings: &mut Vec<Finding>,
    ) -> Option<GivenPlace> {
        let persona = persona(self.facts, audience, findings)?;
        let facts = self.facts.audiences.get(&persona)?;
        let label = match tenant {
            Some(tenant) => Some(tenant_label(self.doc, tenant, findings)?),
            None => None,
        };
        let kind = label.as_ref().and_then(|label| self.tenants.get(label)).and_then(|tenant| tenant.kind.as_ref());
        let at = tenant.map_or(audience.span, |tenant| tenant.span);
        let finding = match (facts.who, &label) {
            (Who::Guest, _) => Finding::error("people-audience", audience.span, "guests do not sign in")
                .hint("write the expectation `as: guest`, and no user"),
            (Who::External, None) => no_tenant(&persona, audience.span),
            (Who::Internal, Some(_)) => {
                Finding::error("people-audience", at, format!("people of `{persona}` have no tenant of their own"))
                    .hint("drop `tenant`; `assigned: […]` names the tenants that they look after")
            }
            (Who::External, Some(label)) if facts.kind.is_some() && facts.kind.as_ref() != kind => {
                let theirs = facts.kind.as_ref().map(ToString::to_string).unwrap_or_default();
                let message = format!("`{label}` is not a `{theirs}`, as the tenants of `{persona}` are");
                Finding::error("tenant-kind-mismatch", at, message).label(facts.span, "the audience")
            }
            _ => return Some(GivenPlace { persona, tenant: label }),
        };
        findings.push(finding);
        None
    }
}

fn no_tenant(persona: &PersonaName, at: Span) -> Finding {
    Finding::error("people-audience", at, format!("people of `{persona}` have a tenant, and none is written"))
        .hint("write `tenant:` with the label of one")
}

/// The audience, as `portal/audience` or by a name that only one portal has.
fn persona(facts: &Facts<'_>, written: &Spanned<String>, findings: &mut Vec<Finding>) -> Option<PersonaName> {
    if let Some(persona) = PersonaName::parse(&written.value) {
        if facts.audiences.contains_key(&persona) {
            return Some(persona);
        }
        findings.push(unknown_persona(facts, &Spanned::new(persona, written.span)));
        return None;
    }
    let named: Vec<&PersonaName> =
        facts.audiences.keys().filter(|persona| persona.audience.as_str() == written.value).collect();
    match named.as_slice() {
        [only] => return Some((*only).clone()),
        [] => {
            let known: Vec<String> = facts.audiences.keys().map(ToString::to_string).collect();
            findings.push(unknown(
                "there is no audience",
                &written.value,
                written.span,
                known.iter().map(String::as_str),
            ));
        }
        several => {
            let several: Vec<String> = several.iter().map(|persona| format!("`{persona}`")).collect();
            let message = format!("`{}` may be {}", written.value, several.join(" or "));
            findings.push(Finding::error("unknown-name", written.span, message).hint("write `portal/audience`"));
        }
    }
    None
}
