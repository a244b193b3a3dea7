//! The project document.

use super::super::document::{
    AssignedTenantsDoc, DatabaseDoc, PeopleAudienceDoc, PeopleDoc, Profile, ProjectDoc, Scan, Storage, TenantCsvDoc,
    TenantKindDoc, TenantSourceDoc, TenantTableDoc, TierSourceDoc,
};
use super::super::grammar::word::parse_duration;
use super::super::tree::Node;
use super::access::{condition, restrict};
use super::assertion::assertions;
use super::portal::{accept, check_levels};
use super::{list, map, named_columns, names, owned, spanned, table, text, under, user_column};
use crate::diagnostic::Spanned;
use crate::names::{PersonaName, ProjectName, SchemaName};
use indexmap::IndexMap;
use std::hash::Hash;

pub(in crate::spec) fn project(node: &Node) -> Option<ProjectDoc> {
    let name: Spanned<ProjectName> = under(node, "name")?;
    let database = node.get("database").map(database).unwrap_or_default();
    let written = database.schema.as_ref().map(|schema| schema.value.clone());
    Some(ProjectDoc {
        span: node.span,
        managed_schema: written.unwrap_or_else(|| SchemaName::new(name.value.as_str())),
        name,
        database,
        timezone: under(node, "timezone"),
        locales: names(node.get("locales")),
        tiers: names(node.get("tiers")),
        specs: names(node.get("specs")),
        people: list(node.get("people"), people),
        tenants: list(node.get("tenants"), tenant_source),
        assigned_tenants: node.get("assigned_tenants").and_then(assigned_tenants),
        restrict: restrict(node),
        accept: accept(node),
        checks: check_levels(node),
        environments: node
            .get("environments")
            .map_or(&[][..], Node::entries)
            .iter()
            .map(|one| one.key.clone())
            .collect(),
        assertions: assertions(node),
        profiles: list(node.get("profile"), profile),
        storage: node.get("storage").map(storage).unwrap_or_default(),
    })
}

/// How long a scan may take.
const WITHIN: u64 = 60;

fn profile(node: &Node) -> Option<Spanned<Profile>> {
    let written = text(node)?;
    let profile = Profile::ALL.into_iter().find(|profile| profile.word() == written)?;
    Some(Spanned::new(profile, node.span))
}

fn storage(node: &Node) -> Storage {
    let usual = Storage::default();
    let scan = node.get("scan").map(|scan| Scan {
        command: list(scan.get("command"), |word| owned(Some(word))),
        seconds: scan.get("within").and_then(text).and_then(|text| parse_duration(text).ok()).unwrap_or(WITHIN),
    });
    Storage { folder: owned(node.get("folder")).unwrap_or(usual.folder), scan }
}

fn database(node: &Node) -> DatabaseDoc {
    DatabaseDoc {
        engine: under(node, "engine"),
        schema: under(node, "schema"),
        control_schema: under(node, "control_schema"),
        setup: names(node.get("setup")),
    }
}

fn people(node: &Node) -> Option<PeopleDoc> {
    Some(PeopleDoc {
        span: node.span,
        name: under(node, "name"),
        from_table: table(node.get("from_table"))?,
        keys: named_columns(node.get("keys")),
        email: under(node, "email")?,
        title: under(node, "title"),
        tenant: under(node, "tenant"),
        tenant_kind: under(node, "tenant_kind"),
        reports_to: under(node, "reports_to"),
        audience: people_audience(node.get("audience")?)?,
        filter: node.get("where").map(condition),
    })
}

fn people_audience(node: &Node) -> Option<PeopleAudienceDoc> {
    match persona(node) {
        Some(fixed) => Some(PeopleAudienceDoc::Fixed(fixed)),
        None => Some(PeopleAudienceDoc::ByColumn {
            column: under(node, "column")?,
            values: map(node.get("values"), |entry| persona(&entry.value)),
        }),
    }
}

pub(super) fn persona(node: &Node) -> Option<Spanned<PersonaName>> {
    Some(Spanned::new(PersonaName::parse(text(node)?)?, node.span))
}

fn tenant_source(node: &Node) -> Option<TenantSourceDoc> {
    if let Some(path) = under(node, "from_csv") {
        return Some(TenantSourceDoc::Csv(TenantCsvDoc { span: node.span, path, tenants: Vec::new() }));
    }
    Some(TenantSourceDoc::Table(TenantTableDoc {
        span: node.span,
        from_table: table(node.get("from_table"))?,
        key: under(node, "key")?,
        keys: named_columns(node.get("keys")),
        title: under(node, "title"),
        tenant_kind: node.get("tenant_kind").and_then(tenant_kind).unwrap_or(TenantKindDoc::Unwritten),
        parent: under(node, "parent"),
        tier: node.get("tier").and_then(tier),
        filter: node.get("where").map(condition),
    }))
}

fn tenant_kind(node: &Node) -> Option<TenantKindDoc> {
    match spanned(node) {
        Some(fixed) => Some(TenantKindDoc::Fixed(fixed)),
        None => Some(TenantKindDoc::ByColumn { column: under(node, "column")?, values: by_value(node) }),
    }
}

fn tier(node: &Node) -> Option<TierSourceDoc> {
    if let Some(column) = spanned(node) {
        return Some(TierSourceDoc::Column(column));
    }
    match under(node, "value") {
        Some(fixed) => Some(TierSourceDoc::Fixed(fixed)),
        None => Some(TierSourceDoc::ByColumn { column: under(node, "column")?, values: by_value(node) }),
    }
}

fn by_value<'a, K: From<&'a str> + Hash + Eq, V: From<&'a str>>(node: &'a Node) -> IndexMap<K, Spanned<V>> {
    map(node.get("values"), |entry| spanned(&entry.value))
}

pub(super) fn assigned_tenants(node: &Node) -> Option<AssignedTenantsDoc> {
    Some(AssignedTenantsDoc {
        span: node.span,
        table: table(node.get("table"))?,
        tenant: under(node, "tenant")?,
        tenant_kind: under(node, "tenant_kind"),
        user: user_column(node.get("user"))?,
    })
}
