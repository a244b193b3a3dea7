//! Until when people are of their audience: whose moment, and of which audience they are from then on.

use super::facts::Facts;
use super::report::{list, unknown};
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{FieldType, Lifecycle, Object, PaidUntil, Persona, Scope, TenantPath, TenantSource, Who};
use crate::names::{AudienceName, ColumnName, FieldName, ObjectName, PathName, PersonaName};
use crate::spec::document::{LifecycleDoc, PaidUntilDoc, PortalDoc};
use std::collections::BTreeMap;

type Personas = BTreeMap<PersonaName, Persona>;

/// What a lifecycle is held against.
pub(super) struct Ground<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) objects: &'a BTreeMap<ObjectName, Object>,
    pub(super) sources: &'a [TenantSource],
}

/// Gives each external persona the lifecycle that it, the nearest audience that it extends, or its portal writes.
pub(super) fn settle(ground: &Ground<'_>, portals: &[PortalDoc], personas: &mut Personas, findings: &mut Vec<Finding>) {
    let mut settled: BTreeMap<PersonaName, Lifecycle> = BTreeMap::new();
    // What several audiences take over is said once.
    let mut said: Vec<Finding> = Vec::new();
    for portal in portals {
        for audience in portal.audiences.keys() {
            let name = PersonaName { portal: portal.name.value.clone(), audience: audience.clone() };
            let Some(persona) = personas.get(&name) else { continue };
            let Some((doc, own)) = written(ground, portal, &name) else { continue };
            if persona.who != Who::External && own {
                said.push(without_tenant(&name, doc.span));
            }
            if persona.who == Who::External && (own || doc.on_lapse.value != *audience) {
                settled.extend(one(ground, persona, doc, personas, &mut said).map(|lifecycle| (name, lifecycle)));
            }
        }
    }
    for finding in said {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings.extend(settled.iter().filter_map(|(name, lifecycle)| lapses_on(name, lifecycle, &settled)));
    for (name, lifecycle) in settled {
        if let Some(persona) = personas.get_mut(&name) {
            persona.lifecycle = Some(lifecycle);
        }
    }
}

/// The lifecycle that counts for an audience, and whether it is written there.
fn written<'a>(ground: &Ground<'a>, portal: &'a PortalDoc, name: &PersonaName) -> Option<(&'a LifecycleDoc, bool)> {
    let chain = &ground.facts.audiences.get(name)?.chain;
    let own = chain.last().and_then(|doc| doc.lifecycle.as_ref()).map(|doc| (doc, true));
    let inherited = || chain.iter().rev().find_map(|doc| doc.lifecycle.as_ref()).map(|doc| (doc, false));
    own.or_else(inherited).or_else(|| portal.lifecycle.as_ref().map(|doc| (doc, false)))
}

fn without_tenant(name: &PersonaName, at: Span) -> Finding {
    Finding::error("lapse-audience", at, format!("people of `{name}` have no tenant, and nobody pays for them"))
        .hint("write `lifecycle` at an external audience, or at the portal")
}

fn lapses_on(name: &PersonaName, lifecycle: &Lifecycle, all: &BTreeMap<PersonaName, Lifecycle>) -> Option<Finding> {
    let next = all.get(&lifecycle.on_lapse)?;
    let message = format!("`{}` would lapse as well, and nobody says what `{name}` is then", lifecycle.on_lapse);
    let finding = Finding::error("lapse-audience", lifecycle.span, message).label(next.span, "its own lifecycle");
    Some(finding.hint("name an audience that lasts"))
}

fn one(
    ground: &Ground<'_>,
    persona: &Persona,
    doc: &LifecycleDoc,
    personas: &Personas,
    findings: &mut Vec<Finding>,
) -> Option<Lifecycle> {
    let on_lapse = on_lapse(persona, &doc.on_lapse, personas, findings);
    let paid_until = match &doc.paid_until {
        PaidUntilDoc::Column(column) => of_tenant(ground, persona, column, findings),
        PaidUntilDoc::Rows { object, field, scope, path } => {
            of_rows(ground, persona, (object, field), (scope.as_ref(), path.as_ref()), findings)
        }
    };
    Some(Lifecycle { on_lapse: on_lapse?, paid_until: paid_until?, grace: doc.grace, span: doc.span })
}

fn on_lapse(
    persona: &Persona,
    written: &Spanned<AudienceName>,
    personas: &Personas,
    findings: &mut Vec<Finding>,
) -> Option<PersonaName> {
    let name = PersonaName { portal: persona.name.portal.clone(), audience: written.value.clone() };
    let finding = |id, message| Finding::error(id, written.span, message);
    let finding = match personas.get(&name) {
        None => {
            let of_portal = personas.keys().filter(|other| other.portal == name.portal);
            let known: Vec<&str> = of_portal.map(|other| other.audience.as_str()).collect();
            let intro = format!("portal `{}` has no audience", name.portal);
            findings.push(unknown(&intro, written.value.as_str(), written.span, known));
            return None;
        }
        Some(lapsed) if lapsed.name == persona.name => {
            finding("lapse-audience", format!("`{name}` would lapse into itself"))
        }
        Some(lapsed) if lapsed.who != Who::External => {
            let message = format!("`{name}` is no external audience, and who lapses keeps their tenant");
            finding("lapse-audience", message).label(lapsed.span, "the audience")
        }
        Some(lapsed) if lapsed.tenant_kind != persona.tenant_kind => {
            let message = format!("`{name}` is for tenants of another kind than `{}`", persona.name);
            finding("tenant-kind-mismatch", message).label(lapsed.span, "the audience")
        }
        Some(_) => return Some(name),
    };
    findings.push(finding.hint("name an external audience of this portal, for the same kind of tenant"));
    None
}

fn of_tenant(
    ground: &Ground<'_>,
    persona: &Persona,
    column: &Spanned<ColumnName>,
    findings: &mut Vec<Finding>,
) -> Option<PaidUntil> {
    let from_table = ground.sources.iter().any(|source| source.may_be(persona.tenant_kind.as_ref()));
    if !from_table && column.value.as_str() != "paid_until" {
        let message =
            format!("tenants of `{}` are read from no table, so none has a column `{}`", persona.name, column.value);
        findings.push(
            Finding::error("unknown-name", column.span, message)
                .why("tenants of documents, and those that are added by hand, carry a date of their own")
                .hint("write `paid_until: paid_until`"),
        );
        return None;
    }
    Some(PaidUntil::Tenant(column.value.clone()))
}

fn of_rows(
    ground: &Ground<'_>,
    persona: &Persona,
    (object, field): (&Spanned<ObjectName>, &Spanned<FieldName>),
    (scope, path): (Option<&Spanned<Scope>>, Option<&Spanned<PathName>>),
    findings: &mut Vec<Finding>,
) -> Option<PaidUntil> {
    let Some(found) = ground.objects.get(&object.value) else {
        let known = ground.objects.keys().map(ObjectName::as_str);
        findings.push(unknown("there is no object", object.value.as_str(), object.span, known));
        return None;
    };
    let column = moment(found, field, findings)?;
    let of_kind =
        |path: &TenantPath| path.kind.is_none() || persona.tenant_kind.is_none() || path.kind == persona.tenant_kind;
    let tenants: Vec<&PathName> =
        found.tenant_paths.iter().filter(|(_, path)| of_kind(path)).map(|(name, _)| name).collect();
    let own = scope.map_or(tenants.is_empty(), |scope| scope.value == Scope::Own);
    let paths = if own { found.owners.keys().collect() } else { tenants };
    let at = path.map_or(scope.map_or(object.span, |scope| scope.span), |path| path.span);
    let path = the_path((found, own), &paths, (path, at), findings)?;
    let object = found.name.clone();
    Some(if own { PaidUntil::Own { object, column, path } } else { PaidUntil::OfTenant { object, column, path } })
}

fn moment(object: &Object, field: &Spanned<FieldName>, findings: &mut Vec<Finding>) -> Option<ColumnName> {
    let Some(known) = object.fields.get(&field.value) else {
        let names = object.fields.keys().map(FieldName::as_str);
        findings.push(unknown(&format!("`{}` has no field", object.name), field.value.as_str(), field.span, names));
        return None;
    };
    if matches!(known.field_type, FieldType::Date | FieldType::Timestamp) {
        return Some(known.column.clone());
    }
    findings.push(
        Finding::error("wrong-operand", field.span, format!("`{}` is neither a date nor a time", field.value))
            .label(known.span, "the field")
            .hint("name a field of type `date` or `timestamp`"),
    );
    None
}

/// The path that is written, or the only one there is.
fn the_path(
    (object, own): (&Object, bool),
    paths: &[&PathName],
    (written, at): (Option<&Spanned<PathName>>, Span),
    findings: &mut Vec<Finding>,
) -> Option<PathName> {
    let what = if own { "owner" } else { "tenant" };
    let known: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
    let finding = match (written, paths) {
        (Some(path), _) if paths.contains(&&path.value) => return Some(path.value.clone()),
        (None, [only]) => return Some((*only).clone()),
        (Some(path), _) => unknown(&format!("`{}` has no {what} path", object.name), path.value.as_str(), at, known),
        (None, []) => {
            let id = if own { "no-path-to-owner" } else { "no-path-to-tenant" };
            Finding::error(id, at, format!("no {what} path of `{}` says whose a row is", object.name))
                .hint("name another object, or give this one a `tenant` or an `owner`")
        }
        (None, _) => {
            let id = if own { "ambiguous-owner-path" } else { "ambiguous-tenant-path" };
            let names = list(known).unwrap_or_default();
            Finding::error(id, at, format!("`{}` has several {what} paths, {names}, and none is chosen", object.name))
                .hint("choose one with `path: …`")
        }
    };
    findings.push(finding);
    None
}
