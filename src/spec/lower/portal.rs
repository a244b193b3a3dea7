//! Portal documents and what they share with the project.

use super::super::document::{
    AcceptDoc, Address, AnswersDoc, AudienceDoc, CheckLevelDoc, IntegrationDoc, NavigationDoc, PortalDoc, SessionDoc,
    TenantReach, Who,
};
use super::super::grammar::word::parse_duration;
use super::super::tree::{Entry, Node};
use super::access::{deny, grants, restrict};
use super::given::given;
use super::words::words;
use super::written::lines;
use super::{branding, list, map, names, one_or_list, owned, people, text, under};
use crate::diagnostic::{Severity, Spanned};
use crate::names::CheckName;

pub(in crate::spec) fn portal(node: &Node) -> Option<PortalDoc> {
    Some(PortalDoc {
        span: node.span,
        name: under(node, "name")?,
        portal_type: under(node, "type"),
        title: node.get("title").and_then(words),
        host: under(node, "host"),
        path: under(node, "path"),
        audiences: map(node.get("audiences"), |entry| Some(audience(entry))),
        restrict: restrict(node),
        branding: node.get("branding").map(branding).unwrap_or_default(),
        navigation: list(node.get("navigation"), navigation),
        session: node.get("auth").and_then(|auth| auth.get("session")).map(session).unwrap_or_default(),
        accept: accept(node),
        checks: check_levels(node),
        integrations: map(node.get("integrations"), integration),
        written: node.get("type").map(|_| lines(node)).unwrap_or_default(),
        sample: node.get("sample").map(given).unwrap_or_default(),
        lifecycle: node.get("lifecycle").and_then(people::lifecycle),
        registration: node.get("registration").and_then(people::registration),
        answers: node.entry("answers").map(answers),
    })
}

fn answers(entry: &Entry) -> AnswersDoc {
    let given = entry.value.entries().iter().map(|answer| {
        let question = Spanned::new(answer.key.value.as_str().to_owned(), answer.key.span);
        (question, one_or_list(Some(&answer.value), |node| Some(Spanned::new(text(node)?.to_owned(), node.span))))
    });
    AnswersDoc { span: entry.key.span, given: given.collect() }
}

fn integration(entry: &Entry) -> Option<IntegrationDoc> {
    let node = &entry.value;
    let address = match owned(node.get("url")) {
        Some(url) => Address::Url(url),
        None => Address::Environment(owned(node.get("url_env"))?),
    };
    Some(IntegrationDoc { span: entry.key.span, address, secret_env: owned(node.get("secret_env")) })
}

fn audience(entry: &Entry) -> AudienceDoc {
    let node = &entry.value;
    AudienceDoc {
        span: entry.key.span,
        who: node.get("who").and_then(who),
        label: node.get("label").and_then(words),
        extends: under(node, "extends"),
        permission_sets: names(node.get("permission_sets")),
        grants: grants(node),
        deny: deny(node),
        tenant_kind: under(node, "tenant_kind"),
        tenants: node.get("tenants").and_then(tenant_reach),
        open: node.get("registration").and_then(people::open),
        rate_limit: node.get("rate_limit").and_then(people::rate_limit),
        delegated_admin: node.get("delegated_admin").map(people::delegated_admin),
        lifecycle: node.get("lifecycle").and_then(people::lifecycle),
    }
}

fn who(node: &Node) -> Option<Spanned<Who>> {
    let who = match text(node)? {
        "external" => Who::External,
        "internal" => Who::Internal,
        "guest" => Who::Guest,
        _ => return None,
    };
    Some(Spanned::new(who, node.span))
}

fn tenant_reach(node: &Node) -> Option<Spanned<TenantReach>> {
    let reach = match text(node)? {
        "all" => TenantReach::All,
        "assigned" => TenantReach::Assigned,
        _ => return None,
    };
    Some(Spanned::new(reach, node.span))
}

fn navigation(node: &Node) -> Option<Spanned<NavigationDoc>> {
    let entry = match text(node) {
        Some(entry) => NavigationDoc::Entry(entry.to_owned()),
        None => NavigationDoc::Page { page: owned(node.get("page"))?, title: words(node.get("title")?)? },
    };
    Some(Spanned::new(entry, node.span))
}

fn session(node: &Node) -> SessionDoc {
    let seconds = |key| node.get(key).and_then(text).and_then(|text| parse_duration(text).ok());
    SessionDoc { idle: seconds("idle"), absolute: seconds("absolute") }
}

pub(super) fn check_levels(node: &Node) -> Vec<CheckLevelDoc> {
    let entries = node.get("checks").map_or(&[][..], Node::entries).iter();
    let level = |entry: &Entry| {
        let level = match text(&entry.value)? {
            "off" => None,
            "info" => Some(Severity::Info),
            "warn" => Some(Severity::Warn),
            "error" => Some(Severity::Error),
            _ => return None,
        };
        let check = Spanned::new(CheckName::new(entry.key.value.as_str()), entry.key.span);
        Some(CheckLevelDoc { check, level: Spanned::new(level, entry.value.span) })
    };
    entries.filter_map(level).collect()
}

pub(super) fn accept(node: &Node) -> Vec<AcceptDoc> {
    list(node.get("accept"), |node| {
        Some(AcceptDoc {
            span: node.span,
            check: under(node, "check")?,
            object: under(node, "object"),
            reason: under(node, "reason"),
            until: under(node, "until"),
        })
    })
}
