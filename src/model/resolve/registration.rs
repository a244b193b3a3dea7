//! How people who do not sign in ask to be let in, and how often; and how much guests may create.

use super::audience::AudienceFacts;
use super::facts::Facts;
use super::report::{list, unknown};
use crate::diagnostic::Finding;
use crate::model::{Persona, Portal, RateLimit, Registration, RegistrationField, Who};
use crate::names::{AudienceName, PersonaName, PortalName, TenantKind};
use crate::spec::document::{PortalDoc, RegistrationDoc};
use std::collections::BTreeMap;

const USUAL: RateLimit = RateLimit { most: 5, seconds: 3_600 };

/// What the audience, or the nearest one that it extends, writes.
pub(super) fn rate_limit(
    name: &PersonaName,
    audience: &AudienceFacts<'_>,
    findings: &mut Vec<Finding>,
) -> Option<RateLimit> {
    let limit = audience.chain.iter().rev().find_map(|doc| doc.rate_limit.as_ref())?;
    if audience.who == Who::Guest {
        return Some(limit.value);
    }
    if audience.chain.last().is_some_and(|doc| doc.rate_limit.is_some()) {
        let message = format!("`{name}` signs in, and a rate limit is for guests");
        findings.push(
            Finding::error("rate-limit-audience", limit.span, message)
                .hint("write it at an audience with `who: guest`"),
        );
    }
    None
}

/// Gives each portal the registration that it writes.
pub(super) fn settle(
    facts: &Facts<'_>,
    docs: &[PortalDoc],
    personas: &BTreeMap<PersonaName, Persona>,
    portals: &mut BTreeMap<PortalName, Portal>,
    findings: &mut Vec<Finding>,
) {
    for doc in docs {
        let open = open(facts, doc);
        findings.extend(open.iter().filter_map(|name| not_asked(facts, doc, name)));
        let found = doc.registration.as_ref().and_then(|written| one(facts, (doc, written), &open, personas, findings));
        if let Some(portal) = portals.get_mut(&doc.name.value) {
            portal.registration = found;
        }
    }
}

/// The audiences of the portal that may be asked for. Whether they may is not taken over from what they extend.
fn open<'a>(facts: &Facts<'_>, portal: &'a PortalDoc) -> Vec<&'a AudienceName> {
    let named = |audience: &AudienceName| PersonaName { portal: portal.name.value.clone(), audience: audience.clone() };
    let written = portal.audiences.iter().filter(|(_, doc)| doc.open.as_ref().is_some_and(|open| open.value));
    written.map(|(name, _)| name).filter(|name| facts.audiences.contains_key(&named(name))).collect()
}

fn not_asked(facts: &Facts<'_>, portal: &PortalDoc, name: &AudienceName) -> Option<Finding> {
    let at = portal.audiences.get(name)?.open.as_ref()?.span;
    let persona = PersonaName { portal: portal.name.value.clone(), audience: name.clone() };
    let finding = |message: String| Finding::error("registration-audience", at, message);
    match facts.audiences.get(&persona)?.who {
        Who::Internal => {
            let found = finding(format!("`{persona}` is staff, and nobody becomes staff by asking for it"));
            Some(found.hint("leave it out: staff are invited with `portalctl user invite`"))
        }
        Who::Guest => Some(finding(format!("`{persona}` are guests, who need no registration")).hint("leave it out")),
        Who::External if portal.registration.is_none() => {
            let found = finding(format!("nobody can ask for `{persona}`: the portal has no `registration`"));
            Some(found.hint("write `registration: {approval: required}` at the portal, or leave it out"))
        }
        Who::External => None,
    }
}

fn one(
    facts: &Facts<'_>,
    (portal, doc): (&PortalDoc, &RegistrationDoc),
    open: &[&AudienceName],
    personas: &BTreeMap<PersonaName, Persona>,
    findings: &mut Vec<Finding>,
) -> Option<Registration> {
    let audience = audience((portal, doc), open, findings)?;
    let name = PersonaName { portal: portal.name.value.clone(), audience: audience.clone() };
    let persona = personas.get(&name).filter(|persona| persona.who == Who::External)?;
    let tenant_kind = kind(facts, doc, persona, findings)?;
    let mut form = vec![RegistrationField::Email];
    for field in &doc.form {
        if !form.contains(&field.value) {
            form.push(field.value);
        }
    }
    let limit = doc.rate_limit.unwrap_or(USUAL);
    Some(Registration { form, approval: doc.approval, limit, audience, tenant_kind, span: doc.span })
}

fn audience(
    (portal, doc): (&PortalDoc, &RegistrationDoc),
    open: &[&AudienceName],
    findings: &mut Vec<Finding>,
) -> Option<AudienceName> {
    let finding = |at, message: String| Finding::error("registration-audience", at, message);
    let of_portal: Vec<&str> = portal.audiences.keys().map(AudienceName::as_str).collect();
    let finding = match (&doc.audience, open) {
        (Some(named), _) if open.contains(&&named.value) => return Some(named.value.clone()),
        (None, [only]) => return Some((*only).clone()),
        (Some(named), _) if !portal.audiences.contains_key(&named.value) => {
            let intro = format!("portal `{}` has no audience", portal.name.value);
            unknown(&intro, named.value.as_str(), named.span, of_portal)
        }
        (Some(named), _) => finding(named.span, format!("`{}` is by invitation alone", named.value))
            .hint(format!("write `registration: open` at `{}`", named.value)),
        (None, []) => finding(doc.span, format!("no audience of `{}` is `registration: open`", portal.name.value))
            .hint("write it at the audience that people may ask for"),
        (None, several) => {
            let names = list(several.iter().map(|name| name.as_str())).unwrap_or_default();
            finding(doc.span, format!("{names} are `registration: open`, and none is chosen"))
                .hint("choose one with `audience: …`")
        }
    };
    findings.push(finding);
    None
}

/// `None` after a finding.
fn kind(
    facts: &Facts<'_>,
    doc: &RegistrationDoc,
    persona: &Persona,
    findings: &mut Vec<Finding>,
) -> Option<Option<TenantKind>> {
    let named = doc.tenant_kind.as_ref();
    let (at, message) = match (named, &persona.tenant_kind) {
        (Some(named), Some(of_persona)) if named.value != *of_persona => {
            let message = format!("tenants of `{}` are of kind `{of_persona}`, not `{}`", persona.name, named.value);
            (named.span, message)
        }
        (None, None) if !facts.kinds.is_empty() => {
            (doc.span, "it does not say which kind of tenant a new one is".to_owned())
        }
        (named, of_persona) => return Some(named.map(|named| named.value.clone()).or_else(|| of_persona.clone())),
    };
    findings.push(Finding::error("tenant-kind-mismatch", at, message).hint("write the kind with `tenant_kind`"));
    None
}
