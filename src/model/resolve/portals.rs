//! Portals: where they are found, what they look like, where their menu leads.

use super::bundle::Reader;
use super::label::singular;
use super::report::{list, unknown};
use crate::diagnostic::{Finding, Severity, Span, Spanned};
use crate::model::{Audience, Navigation, Object, Page, Persona, Portal, Scope, Session, View, personas_of};
use crate::names::{AudienceName, ObjectName, PageName, PersonaName, PortalName};
use crate::spec::document::{ModuleDoc, NavigationDoc, PortalDoc};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Half an hour without a request, twelve hours in all.
const IDLE: u64 = 30 * 60;
const ABSOLUTE: u64 = 12 * 60 * 60;

pub(super) fn portal(
    reader: &Reader<'_>,
    (doc, modules): (&PortalDoc, &[ModuleDoc]),
    pages: BTreeMap<PageName, Page>,
    personas: &BTreeMap<PersonaName, Persona>,
    findings: &mut Vec<Finding>,
) -> Portal {
    let name = &doc.name.value;
    let audiences: IndexMap<AudienceName, Audience> = doc
        .audiences
        .iter()
        .filter_map(|(audience, audience_doc)| {
            let persona = personas.get(&PersonaName { portal: name.clone(), audience: audience.clone() })?;
            let label = reader.facts.words(audience_doc.label.as_ref(), singular(audience.as_str()), findings);
            Some((audience.clone(), Audience { label, who: persona.who }))
        })
        .collect();
    Portal {
        name: name.clone(),
        portal_type: doc.portal_type.clone(),
        modules: modules
            .iter()
            .filter(|module| module.portals.contains(name))
            .map(|module| module.name.value.clone())
            .collect(),
        title: reader.facts.words(doc.title.as_ref(), singular(name.as_str()), findings),
        host: doc.host.as_ref().map(|host| host.value.to_lowercase()),
        path: path(doc),
        audiences,
        brand_name: doc.branding.name.clone(),
        logo: doc.branding.logo.as_ref().map(|logo| logo.value.clone()),
        colors: doc.branding.colors.iter().map(|(token, color)| (token.clone(), color.value.clone())).collect(),
        navigation: navigation(reader, (doc, modules), &pages, personas, findings),
        pages,
        session: session(doc, findings),
        registration: None,
        answers: doc.answers.as_ref().map(|doc| super::answers::resolve(doc, findings)),
        span: doc.name.span,
    }
}

fn path(doc: &PortalDoc) -> String {
    let Some(path) = &doc.path else { return format!("/{}", doc.name.value) };
    let trimmed = path.value.trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}

fn session(doc: &PortalDoc, findings: &mut Vec<Finding>) -> Session {
    let session = Session {
        idle: doc.session.idle.unwrap_or(IDLE),
        absolute: doc.session.absolute.unwrap_or_else(|| ABSOLUTE.max(doc.session.idle.unwrap_or(0))),
    };
    if session.idle == 0 || session.absolute < session.idle {
        let message = format!("the sessions of `{}` would end before they can be used", doc.name.value);
        findings.push(
            Finding::error("session-too-short", doc.name.span, message)
                .hint("`idle` is more than nothing and not more than `absolute`: `{idle: 30m, absolute: 12h}`"),
        );
    }
    session
}

fn navigation(
    reader: &Reader<'_>,
    (doc, modules): (&PortalDoc, &[ModuleDoc]),
    pages: &BTreeMap<PageName, Page>,
    personas: &BTreeMap<PersonaName, Persona>,
    findings: &mut Vec<Finding>,
) -> Vec<Navigation> {
    if doc.navigation.is_empty() {
        let listed = readable(&doc.name.value, personas).map(Navigation::Object);
        return std::iter::once(Navigation::Home).chain(listed).collect();
    }
    let found: Vec<(Span, Navigation)> =
        doc.navigation.iter().filter_map(|entry| Some((entry.span, one(reader, entry, pages, findings)?))).collect();
    let of_modules = |span: Span| modules.iter().flat_map(|module| &module.navigation).any(|entry| entry.span == span);
    let own = |span: &Span| doc.span.file == span.file && !of_modules(*span);
    let own: Vec<&(Span, Navigation)> = found.iter().filter(|(span, _)| own(span)).collect();
    in_vain(&doc.name.value, &own, personas, findings);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// Entries of the portal's own that nobody would find in the menu, and those that everybody would find twice. What a module
/// brings along is for whoever has it.
fn in_vain(
    portal: &PortalName,
    entries: &[&(Span, Navigation)],
    personas: &BTreeMap<PersonaName, Persona>,
    findings: &mut Vec<Finding>,
) {
    // A grant that is wrong is left out, and who would have had it sees nothing.
    let is_sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    let mut seen: Vec<&(Span, Navigation)> = Vec::new();
    for one in entries {
        let (span, entry) = one;
        if let Some((first, _)) = seen.iter().find(|(_, other)| other == entry) {
            findings.push(
                Finding::error("unfit-navigation", *span, "the menu leads there twice")
                    .label(*first, "here already")
                    .hint("remove one of them"),
            );
        }
        seen.push(*one);
        let Navigation::Object(object) = entry else { continue };
        let is_read = |persona: &Persona| persona.reads.contains_key(object) || persona.writes.contains_key(object);
        if is_sound && !personas_of(personas, portal).any(is_read) {
            findings.push(
                Finding::error("unfit-navigation", *span, format!("nobody of `{portal}` sees anything of `{object}`"))
                    .why("the entry would be in nobody's menu")
                    .hint(format!("grant `{object}` to an audience of the portal, or remove the entry")),
            );
        }
    }
}

fn one(
    reader: &Reader<'_>,
    entry: &Spanned<NavigationDoc>,
    pages: &BTreeMap<PageName, Page>,
    findings: &mut Vec<Finding>,
) -> Option<Navigation> {
    let objects = &reader.objects.resolved;
    let text = match &entry.value {
        NavigationDoc::Page { page, title } => {
            let title = reader.facts.words(Some(title), singular(page), findings);
            return Some(Navigation::Page { page: page.clone(), title });
        }
        NavigationDoc::Entry(text) if text == "home" => return Some(Navigation::Home),
        NavigationDoc::Entry(text) => text,
    };
    if let Some(page) = pages.get(text.as_str()).filter(|_| !objects.contains_key(text.as_str())) {
        return Some(match page.view {
            View::Content => Navigation::Page { page: text.clone(), title: page.title.clone() },
            _ => Navigation::View(page.name.clone()),
        });
    }
    let slug = |object: &Object| object.label_many.to_lowercase().replace(' ', "-");
    let object = objects.get(text.as_str()).or_else(|| objects.values().find(|object| slug(object) == *text));
    if object.is_none() {
        let known: Vec<String> = objects.values().map(|object| object.name.to_string()).collect();
        let known = known.iter().map(String::as_str).chain(pages.keys().map(PageName::as_str)).chain(["home"]);
        findings.push(unknown("no object and no page is called", text, entry.span, known));
    }
    object.map(|object| Navigation::Object(object.name.clone()))
}

/// Objects that somebody of the portal reaches other than through a parent, by name.
fn readable(portal: &PortalName, personas: &BTreeMap<PersonaName, Persona>) -> impl Iterator<Item = ObjectName> {
    let mut names: Vec<ObjectName> = personas_of(personas, portal)
        .flat_map(|persona| &persona.reads)
        .filter(|(_, grants)| grants.iter().any(|grant| grant.rows.scope != Scope::Parent))
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names.dedup();
    names.into_iter()
}

/// Two portals at one address: the one would answer for the other.
pub(super) fn check_addresses(portals: &BTreeMap<PortalName, Portal>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(Option<&str>, &str), (&PortalName, Span)> = BTreeMap::new();
    for portal in portals.values() {
        let address = (portal.host.as_deref(), portal.path.as_str());
        if let Some((other, span)) = seen.insert(address, (&portal.name, portal.span)) {
            let names = list([other.as_str(), portal.name.as_str()]).unwrap_or_default();
            let message =
                format!("{names} have one address, `{}{}`", portal.host.as_deref().unwrap_or(""), portal.path);
            findings.push(
                Finding::error("portal-address-collision", portal.span, message)
                    .label(span, "the other one")
                    .hint("give each a `host` or a `path` of its own"),
            );
        }
    }
}
