//! Sample rows of modules, each with the cast that it names.
//!
//! A catalogue's rows are written for portals as their types are. A portal that has taken an audience away, mapped a
//! table or changed an object needs no finding for rows that have no place in it any more: they are left out, and
//! `up` says so. What the project's own documents say wrongly is reported.

use super::facts::Facts;
use super::given::{self, Tenants, Users};
use super::given_rows::Labels;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{FieldType, Given, Object, Sample, TenantRoute, Who};
use crate::names::{FieldName, ModuleName, ObjectName, PersonaName, PortalName, TenantKind, TenantName};
use crate::spec::document::{GivenDoc, GivenRowDoc, GivenRowsDoc, PortalDoc, SpecSet};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn samples(
    facts: &Facts<'_>,
    objects: &BTreeMap<ObjectName, Object>,
    spec: &SpecSet,
    findings: &mut Vec<Finding>,
) -> Vec<Sample> {
    let mut casts: IndexMap<String, Vec<&PortalDoc>> = IndexMap::new();
    for portal in &spec.portals {
        let name = &portal.name.value;
        let of_type = spec.types.iter().find(|one| one.portals.contains(name));
        let cast = of_type.map_or_else(|| name.to_string(), |one| one.name.value.to_string());
        casts.entry(cast).or_default().push(portal);
    }
    casts.retain(|_, portals| portals.iter().any(|portal| !portal.sample.users.is_empty()));
    let casting = Casting { facts, objects, spec };
    casts.into_iter().map(|(cast, portals)| casting.sample(cast, &portals, findings)).collect()
}

struct Casting<'a> {
    facts: &'a Facts<'a>,
    objects: &'a BTreeMap<ObjectName, Object>,
    spec: &'a SpecSet,
}

impl Casting<'_> {
    fn sample(&self, cast: String, portals: &[&PortalDoc], findings: &mut Vec<Finding>) -> Sample {
        let mut doc = self.cast(portals);
        self.kinds(&mut doc, &cast, portals);
        let mut found = Vec::new();
        let mut tenants = given::tenants(self.facts, &doc, &mut found);
        tenants.retain(|_, tenant| tenant.kind.is_some() || self.facts.kinds.is_empty());
        for tenant in tenants.values_mut() {
            tenant.tier = tenant.tier.take().filter(|tier| self.facts.tiers.contains(tier));
        }
        let mut users = given::users(self.facts, &doc, &tenants, &mut found);
        users.retain(|_, user| !user.places.is_empty());
        for user in users.values_mut() {
            user.assigned.retain(|label| tenants.contains_key(label));
        }
        found.retain(|finding| finding.span.is_none_or(|span| self.is_of_the_project(span)));
        findings.append(&mut found);
        let (rows, modules) = self.rows(portals);
        doc.rows = rows;
        let mut left_out = Vec::new();
        let rows = self.fitting(&mut doc, (&tenants, &users), &mut left_out, findings);
        let left_out = left_out.into_iter().map(|(name, what)| (name, format!("cast `{cast}`: {what}"))).collect();
        let portals = portals.iter().map(|portal| portal.name.value.clone()).collect();
        Sample { portals, given: Given { tenants, users, rows }, modules, left_out, cast }
    }

    fn is_of_the_project(&self, span: Span) -> bool {
        !self.spec.sources.is_built_in(span)
    }

    /// The tenants and users of all the portals; the first to say something of a label says it.
    fn cast(&self, portals: &[&PortalDoc]) -> GivenDoc {
        let mut doc = GivenDoc::default();
        for portal in portals {
            for (label, tenant) in &portal.sample.tenants {
                doc.tenants.entry(label.clone()).or_insert_with(|| tenant.clone());
            }
            for (label, user) in &portal.sample.users {
                let mut user = user.clone();
                let audiences = user.audience.iter_mut();
                for audience in audiences.chain(user.memberships.iter_mut().map(|place| &mut place.audience)) {
                    if !audience.value.contains('/') {
                        audience.value = format!("{}/{}", portal.name.value, audience.value);
                    }
                }
                match doc.users.get_mut(label) {
                    None => drop(doc.users.insert(label.clone(), user)),
                    // The same person in the other portal.
                    Some(known) => {
                        let first = user.audience.take().map(|audience| crate::spec::document::GivenMembershipDoc {
                            span: user.span,
                            tenant: user.tenant.take(),
                            audience,
                        });
                        known.memberships.extend(first.into_iter().chain(user.memberships));
                    }
                }
            }
        }
        doc
    }

    /// Tenants that say no kind are of that of their people's audience, else of their portals'.
    fn kinds(&self, doc: &mut GivenDoc, cast: &str, portals: &[&PortalDoc]) {
        let kind_of = |audience: &Spanned<String>| -> Option<TenantKind> {
            self.facts.audiences.get(&PersonaName::parse(&audience.value)?)?.kind.clone()
        };
        let mut by_people: BTreeMap<TenantName, TenantKind> = BTreeMap::new();
        for user in doc.users.values() {
            let first = user.audience.iter().map(|audience| (audience, user.tenant.as_ref()));
            let more = user.memberships.iter().map(|place| (&place.audience, place.tenant.as_ref()));
            for (audience, tenant) in first.chain(more) {
                if let (Some(tenant), Some(kind)) = (tenant, kind_of(audience)) {
                    by_people.entry(tenant.value.clone()).or_insert(kind);
                }
            }
        }
        let of_portals = self.facts.audiences.iter().find_map(|(name, audience)| {
            let is_theirs = portals.iter().any(|portal| portal.name.value == name.portal);
            audience.kind.clone().filter(|_| is_theirs && audience.who == Who::External)
        });
        let of_type = self.spec.types.iter().find(|one| one.name.value.as_str() == cast);
        let of_type = of_type.and_then(|one| Some(one.tenant_kind.as_ref()?.value.clone()));
        let usual = of_portals.or(of_type).filter(|kind| self.facts.kinds.contains(kind));
        for (label, tenant) in &mut doc.tenants {
            let kind = by_people.get(label).or(usual.as_ref());
            let span = tenant.span;
            tenant.tenant_kind =
                tenant.tenant_kind.take().or_else(|| kind.map(|kind| Spanned::new(kind.clone(), span)));
        }
    }

    /// Rows of managed objects of the modules that these portals have.
    fn rows(&self, portals: &[&PortalDoc]) -> (IndexMap<ObjectName, GivenRowsDoc>, BTreeMap<ObjectName, ModuleName>) {
        let adopts = |name: &PortalName| portals.iter().any(|portal| portal.name.value == *name);
        let mut rows = IndexMap::new();
        let mut modules = BTreeMap::new();
        for module in self.spec.modules.iter().filter(|module| module.portals.iter().any(adopts)) {
            for (name, given) in &module.rows {
                if self.objects.get(name).is_some_and(|object| object.managed.is_some()) {
                    rows.entry(name.clone()).or_insert_with(|| given.clone());
                    modules.entry(name.clone()).or_insert_with(|| module.name.value.clone());
                }
            }
        }
        (rows, modules)
    }

    /// The rows that this cast can fill. One that cannot be filled takes those along that name it.
    fn fitting(
        &self,
        doc: &mut GivenDoc,
        (tenants, users): (&Tenants, &Users),
        left_out: &mut Vec<(ObjectName, String)>,
        findings: &mut Vec<Finding>,
    ) -> IndexMap<(ObjectName, crate::names::RowLabel), crate::model::GivenRow> {
        self.only_known_fields(doc);
        loop {
            let mut found = Vec::new();
            let labels = Labels::new(self.objects, doc, (tenants, users), &mut found);
            let mut bad: BTreeSet<Span> = BTreeSet::new();
            for (name, given) in &doc.rows {
                let Some(object) = self.objects.get(name) else { continue };
                for row in &given.rows {
                    found.clear();
                    labels.cells(object, &row.values, &mut found);
                    let Some(first) = found.first() else { continue };
                    bad.insert(row.span);
                    left_out.push((name.clone(), format!("`{name}/{}`: {}", row.label.value, first.message)));
                    if self.is_of_the_project(row.span) && self.only_cast() {
                        findings.append(&mut found);
                    }
                }
            }
            if bad.is_empty() {
                return labels.rows(doc, &mut found);
            }
            for given in doc.rows.values_mut() {
                given.rows.retain(|row| !bad.contains(&row.span));
            }
        }
    }

    /// Whether all portals have one cast: then what its rows cannot say is a slip.
    fn only_cast(&self) -> bool {
        self.spec.types.len() + self.spec.portals.iter().filter(|portal| !self.has_type(portal)).count() == 1
    }

    fn has_type(&self, portal: &PortalDoc) -> bool {
        self.spec.types.iter().any(|one| one.portals.contains(&portal.name.value))
    }

    /// Fields that a project took out of an object, and references to rows of tables that hold the business's own.
    fn only_known_fields(&self, doc: &mut GivenDoc) {
        let given: BTreeSet<ObjectName> = doc.rows.keys().cloned().collect();
        for (name, rows) in &mut doc.rows {
            let Some(object) = self.objects.get(name) else { continue };
            for row in &mut rows.rows {
                keep_known(object, row, &given);
            }
        }
    }
}

fn keep_known(object: &Object, row: &mut GivenRowDoc, given: &BTreeSet<ObjectName>) {
    row.values.fields.retain(|field| {
        let name: &FieldName = &field.field.value;
        match object.fields.get(name).map(|field| (&field.field_type, &field.column)) {
            Some((FieldType::Reference(other), column)) => {
                let is_needed = object.managed.as_ref().and_then(|managed| managed.columns.get(column));
                given.contains(other) || is_needed.is_some_and(|column| column.not_null)
            }
            Some(_) => true,
            None => is_above(object, name.as_str()),
        }
    });
}

/// Whether a row of that object is named by columns that no field shows.
fn is_above(object: &Object, name: &str) -> bool {
    let mut vias = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Via { object, .. } => Some(object),
        _ => None,
    });
    vias.any(|parent| parent.as_str() == name)
        || object.parent.as_ref().is_some_and(|parent| parent.object.as_str() == name)
}
