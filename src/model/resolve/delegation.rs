//! Whom an audience may invite and move: other audiences of its own portal, of people of its own kind of tenant.

use super::audience::AudienceFacts;
use super::facts::Facts;
use super::report::{duplicates, unknown};
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Delegation, TenantReach, Who};
use crate::names::{AudienceName, PersonaName};

/// What the audience, or the nearest one that it extends, writes.
pub(super) fn resolve(
    facts: &Facts<'_>,
    name: &PersonaName,
    audience: &AudienceFacts<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Delegation> {
    let holder = audience.chain.iter().rev().find(|doc| doc.delegated_admin.is_some())?;
    let doc = holder.delegated_admin.as_ref()?;
    // What is wrong with it is said once, where it is written.
    let mut unsaid = Vec::new();
    let own = audience.chain.last().is_some_and(|last| std::ptr::eq(*last, *holder));
    let findings = if own { findings } else { &mut unsaid };
    if audience.who != Who::External && !doc.may_grant.is_empty() {
        findings.push(
            Finding::error("delegation-audience", doc.span, format!("people of `{name}` have no tenant of their own"))
                .why("who administers people does so for their own tenant")
                .hint("write `may_grant` at an external audience; `portalctl user invite` is for everybody else"),
        );
        return None;
    }
    if let Some(at) = doc.registrations
        && (audience.who != Who::Internal || audience.reach == TenantReach::Assigned)
    {
        findings.push(lets_nobody_in(name, audience, at));
        return None;
    }
    duplicates("audiences here", &doc.may_grant, findings);
    let granted = doc.may_grant.iter().filter(|granted| may_be_granted(facts, name, audience, granted, findings));
    let may_grant = granted.map(|granted| (granted.value.clone(), granted.span)).collect();
    Some(Delegation { may_grant, registrations: doc.registrations })
}

/// Who lets people in says into which tenant.
fn lets_nobody_in(name: &PersonaName, audience: &AudienceFacts<'_>, at: Span) -> Finding {
    let finding = |message: String| Finding::error("delegation-audience", at, message);
    match audience.who {
        Who::Internal => finding(format!("`{name}` may meet some tenants alone, and whoever is let in may be of any"))
            .hint("let staff with `tenants: all` decide about registrations"),
        _ => finding(format!("`{name}` is no staff, and who is let into which tenant is not a tenant's to say"))
            .hint("write `registrations: true` at an internal audience"),
    }
}

fn may_be_granted(
    facts: &Facts<'_>,
    name: &PersonaName,
    audience: &AudienceFacts<'_>,
    granted: &Spanned<AudienceName>,
    findings: &mut Vec<Finding>,
) -> bool {
    let persona = PersonaName { portal: name.portal.clone(), audience: granted.value.clone() };
    let Some(theirs) = facts.audiences.get(&persona) else {
        let of_portal = facts.audiences.keys().filter(|other| other.portal == name.portal);
        let known: Vec<&str> = of_portal.map(|other| other.audience.as_str()).collect();
        let intro = format!("portal `{}` has no audience", name.portal);
        findings.push(unknown(&intro, granted.value.as_str(), granted.span, known));
        return false;
    };
    let finding = match (theirs.who, &theirs.kind, &audience.kind) {
        (Who::Internal, ..) => {
            Finding::error("delegation-audience", granted.span, format!("`{persona}` is staff, whom no tenant invites"))
                .hint("leave it out: staff are invited with `portalctl user invite`")
        }
        (Who::Guest, ..) => {
            Finding::error("delegation-audience", granted.span, format!("`{persona}` are guests, who do not sign in"))
                .hint("leave it out: guests need no invitation")
        }
        (Who::External, theirs_kind, kind) if theirs_kind != kind => {
            let said = |kind: &Option<crate::names::TenantKind>| {
                kind.as_ref().map_or_else(|| "any kind".to_owned(), |kind| format!("kind `{kind}`"))
            };
            let message = format!(
                "tenants of `{persona}` are of {}, those of `{}` of {}",
                said(theirs_kind),
                name.audience,
                said(kind)
            );
            Finding::error("tenant-kind-mismatch", granted.span, message)
                .hint("name an audience for the same kind of tenant")
        }
        (Who::External, ..) => return true,
    };
    findings.push(finding.label(theirs.span, "the audience"));
    false
}
