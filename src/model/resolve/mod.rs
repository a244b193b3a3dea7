//! From documents as written to the access model.
//!
//! Every part reports what is wrong with it and goes on, so that one run shows everything. What could not be
//! read grants nothing, and where it would have taken something away, nothing of the object is granted at all:
//! the model beside findings is never wider than what was meant.

mod access_tests;
mod answers;
mod assertions;
mod audience;
mod bundle;
mod ceilings;
mod computed;
mod condition;
mod cover;
mod creates;
mod decisive;
mod delegation;
mod deny;
mod depend;
mod expression;
mod facets;
mod facts;
mod given;
mod given_rows;
mod holders;
mod integrations;
mod keys;
mod label;
mod lifecycle;
mod links;
mod managed;
mod masks;
mod merge;
mod objects;
mod open;
mod operand;
mod pages;
mod paths;
mod people;
mod persona;
mod place;
mod portals;
mod project;
mod registration;
mod renamed;
mod report;
mod retention;
mod roles;
mod rows;
mod samples;
mod scope;
mod seat;
mod sets;
mod shadowed;
mod sorts;
mod stamps;
mod states;
mod tenants;
mod too_wide;
mod walk;
mod words;
mod write_draft;
mod writes;

pub use cover::uncovered;
pub use place::rows_within;

use super::{AccessModel, Persona};
use crate::diagnostic::Finding;
use crate::names::{ObjectName, PersonaName, RoleName};
use crate::spec::document::{AudienceDoc, ObjectDoc, PortalDoc, RestrictDoc, SpecSet, TenantDoc, TenantSourceDoc};
use bundle::{Bundle, Reader};
use facts::Facts;
use indexmap::IndexMap;
use objects::Objects;
use persona::{Maker, Restricts};
use sets::Sets;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The access model that `spec` declares, and everything that is wrong with it.
///
/// `None` without a project. A model that comes with errors is good for finding more of them, for nothing else.
pub fn resolve(spec: &SpecSet) -> (Option<AccessModel>, Vec<Finding>) {
    let mut findings = Vec::new();
    let Some(doc) = &spec.project else { return (None, findings) };
    report::begin();
    let facts = Facts::gather(spec, doc, &mut findings);
    let project = project::project(&facts, doc, &spec.portals, &mut findings);
    let objects = Objects::resolve(by_name(&spec.objects), &facts, &mut findings);
    findings.extend(too_wide::too_wide(&objects.resolved));
    let reader = Reader { objects: &objects, facts: &facts };
    let sets = Sets::read(&reader, &spec.permission_sets, &mut findings);
    sets.check_given(spec, &mut findings);
    let masks = facets::TableMasks::of(&objects.resolved);
    let maker = Maker { project: &project.name, facts: &facts, objects: &objects, masks };
    let mut personas = personas(spec, &reader, &sets, &maker, &mut findings);
    check_roles(&personas, &mut findings);
    holders::check(spec, &personas, &mut findings);
    let mut pages = pages::pages(&spec.pages, &spec.portals, &reader, &personas, &mut findings);
    let mut portals = BTreeMap::new();
    for portal in spec.portals.iter().rev() {
        let pages = pages.remove(&portal.name.value).unwrap_or_default();
        let resolved = portals::portal(&reader, (portal, &spec.modules), pages, &personas, &mut findings);
        portals.insert(portal.name.value.clone(), resolved);
    }
    portals::check_addresses(&portals, &mut findings);
    let mut tenant_sources = Vec::new();
    let mut declared: Vec<&TenantDoc> = spec.tenants.iter().collect();
    for source in &doc.tenants {
        match source {
            TenantSourceDoc::Table(table) => tenant_sources.extend(people::tenants(&facts, table, &mut findings)),
            TenantSourceDoc::Csv(csv) => declared.extend(&csv.tenants),
        }
    }
    registration::settle(&facts, &spec.portals, &personas, &mut portals, &mut findings);
    let ground = lifecycle::Ground { facts: &facts, objects: &objects.resolved, sources: &tenant_sources };
    lifecycle::settle(&ground, &spec.portals, &mut personas, &mut findings);
    let integrations = integrations::resolve(&spec.portals, &objects.resolved, &mut findings);
    let assigned = doc.assigned_tenants.as_ref();
    let assigned_tenants = assigned.and_then(|assigned| people::assigned(&facts, assigned, &mut findings));
    let one_key_one_tenant = open::check(&facts, &objects.resolved, assigned_tenants.as_ref(), &mut findings);
    let access_tests = access_tests::access_tests(&facts, &objects.resolved, &spec.access_tests, &mut findings);
    if one_key_one_tenant {
        open::check_given(&access_tests, &mut findings);
    }
    let asserted = assertions::assertions(&doc.assertions, &objects.resolved, &personas, &mut findings);
    let model = AccessModel {
        assertions: asserted,
        integrations,
        sources: Arc::clone(&spec.sources),
        portals,
        personas,
        tenant_sources,
        declared_tenants: tenants::declared(&facts, &objects.resolved, &declared, one_key_one_tenant, &mut findings),
        people: people::people(&facts, &doc.people, &mut findings),
        assigned_tenants,
        tenant_kinds: facts.kinds.clone(),
        one_key_one_tenant,
        access_tests,
        samples: samples::samples(&facts, &objects.resolved, spec, &mut findings),
        spec_hash: project::spec_hash(&spec.sources, spec.environment.as_deref()),
        environment: spec.environment.clone(),
        objects: objects.resolved,
        project,
    };
    (Some(model), report::as_shown(findings))
}

/// Of two objects with one name, which reading reports, the first keeps it.
fn by_name(docs: &[ObjectDoc]) -> BTreeMap<ObjectName, &ObjectDoc> {
    docs.iter().rev().map(|doc| (doc.name.value.clone(), doc)).collect()
}

fn personas(
    spec: &SpecSet,
    reader: &Reader<'_>,
    sets: &Sets<'_>,
    maker: &Maker<'_>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<PersonaName, Persona> {
    // What each audience writes itself is read once, however many extend it.
    let written: Vec<_> = spec.portals.iter().flat_map(|portal| portal.audiences.values()).collect();
    let bundles = report::each(&written, findings, |audience, findings| {
        sets.check(&audience.permission_sets, findings);
        reader.bundle(&audience.grants, &audience.deny, findings)
    });
    let place = |doc: &AudienceDoc| std::ptr::from_ref(doc).addr();
    let own: BTreeMap<usize, Bundle> = written.into_iter().map(place).zip(bundles).collect();
    let mut common = Restricts::new();
    if let Some(project) = &spec.project {
        restrict(reader, &project.restrict, &mut common, findings);
    }
    let mut restricts: BTreeMap<_, Restricts> = BTreeMap::new();
    for portal in &spec.portals {
        restricts.entry(&portal.name.value).or_insert_with(|| restricts_of(reader, portal, &common, findings));
    }
    let audiences: Vec<_> = maker.facts.audiences.iter().collect();
    let made = report::each(&audiences, findings, |(name, audience), findings| {
        let given = sets.closure(audience.chain.iter().flat_map(|doc| &doc.permission_sets));
        let written = audience.chain.iter().filter_map(|doc| own.get(&place(doc)));
        let bundles: Vec<&Bundle> = given.chain(written).collect();
        let restricts = restricts.get(&name.portal).unwrap_or(&common);
        let persona = maker.persona(name, audience, &bundles, restricts, findings);
        let fates = shadowed::fates(&bundles, &persona);
        ((*name).clone(), persona, fates)
    });
    let mut personas = BTreeMap::new();
    let mut fates = Vec::new();
    for (name, persona, of_persona) in made {
        personas.insert(name, persona);
        fates.extend(of_persona);
    }
    shadowed::check(fates, &spec.sources, findings);
    personas
}

fn restricts_of(reader: &Reader<'_>, portal: &PortalDoc, common: &Restricts, findings: &mut Vec<Finding>) -> Restricts {
    let mut all = common.clone();
    restrict(reader, &portal.restrict, &mut all, findings);
    all
}

fn restrict(
    reader: &Reader<'_>,
    docs: &IndexMap<ObjectName, RestrictDoc>,
    into: &mut Restricts,
    findings: &mut Vec<Finding>,
) {
    for (name, doc) in docs {
        let condition =
            reader.rows(name, doc.span, findings).and_then(|rows| condition::resolve(&rows, &doc.condition, findings));
        into.entry(name.clone()).or_default().push((condition, doc.span));
    }
}

/// Two roles of one name would be one role with the rights of both.
fn check_roles(personas: &BTreeMap<PersonaName, Persona>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&RoleName, &Persona> = BTreeMap::new();
    for persona in personas.values() {
        for facet in &persona.facets {
            if let Some(other) = seen.insert(&facet.role, persona) {
                let message = format!("`{}` and `{}` would be one role, `{}`", other.name, persona.name, facet.role);
                findings.push(
                    Finding::error("identifier-collision", persona.span, message)
                        .why("one role would have the rights of both")
                        .label(other.span, "the other one")
                        .hint("rename one of them"),
                );
            }
        }
    }
}
