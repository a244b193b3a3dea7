//! Tables that people and tenants are read from, live.

use super::condition::{check_lists, map_comparison, nested};
use super::facts::Facts;
use super::operand::is_number;
use super::report::{list, unknown};
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{
    AssignedTenants, ByValue, Condition, PeopleAudience, PeopleSource, TenantSource, Test, TierSource, UserColumn,
    Value, Who,
};
use crate::names::{ColumnName, FieldName, PersonaName, TableName, TenantKind, TierName};
use crate::spec::document::{
    AssignedTenantsDoc, ConditionDoc, Operand, PeopleAudienceDoc, PeopleDoc, TenantKindDoc, TenantTableDoc, TestDoc,
    TierSourceDoc,
};
use std::collections::BTreeMap;

pub(super) fn people(facts: &Facts<'_>, docs: &[PeopleDoc], findings: &mut Vec<Finding>) -> Vec<PeopleSource> {
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let mut sources = Vec::new();
    for doc in docs {
        let Some(source) = one(facts, doc, findings) else { continue };
        let span = doc.name.as_ref().map_or(doc.from_table.span, |name| name.span);
        if let Some(first) = names.insert(source.name.clone(), span) {
            findings.push(
                Finding::error("people-source-name", span, format!("there are two `people` called `{}`", source.name))
                    .why("sessions remember by the name where a person came from")
                    .label(first, "the other one")
                    .hint("give each its own `name:`"),
            );
            continue;
        }
        sources.push(source);
    }
    sources
}

fn one(facts: &Facts<'_>, doc: &PeopleDoc, findings: &mut Vec<Finding>) -> Option<PeopleSource> {
    let table = facts.table(&doc.from_table, findings);
    let audience = audience(facts, &doc.audience, findings);
    let who = audience.as_ref().and_then(|audience| who(facts, audience, doc, findings));
    let tenant_kind = match (who, &audience) {
        (Some(Who::External), Some(audience)) => kind_of_people(facts, doc, audience, findings),
        _ => Some(None),
    };
    let condition = source_condition(doc.filter.as_ref(), findings);
    let keys = doc.keys.iter().map(|(name, at)| (name.clone(), at.value.clone())).collect();
    let named = |at: &Option<Spanned<ColumnName>>| at.as_ref().map(|at| at.value.clone());
    let (title, tenant, reports_to) = (named(&doc.title), named(&doc.tenant), named(&doc.reports_to));
    let email = doc.email.value.clone();
    let (table, audience) = (table?, audience?);
    (!doc.keys.is_empty() && who.is_some()).then_some(())?;
    Some(PeopleSource {
        name: doc.name.as_ref().map_or_else(|| table.to_string(), |name| name.value.clone()),
        table,
        keys,
        email,
        title,
        tenant,
        tenant_kind: tenant_kind?,
        reports_to,
        audience,
        condition: condition?,
        span: doc.span,
    })
}

fn audience(facts: &Facts<'_>, doc: &PeopleAudienceDoc, findings: &mut Vec<Finding>) -> Option<PeopleAudience> {
    let mut known = |persona: &Spanned<PersonaName>| {
        let exists = facts.audiences.contains_key(&persona.value);
        if !exists {
            findings.push(unknown_persona(facts, persona));
        }
        exists
    };
    match doc {
        PeopleAudienceDoc::Fixed(persona) => known(persona).then(|| ByValue::Fixed(persona.value.clone())),
        PeopleAudienceDoc::ByColumn { column: at, values } => {
            let all: Vec<bool> = values.values().map(&mut known).collect();
            let values = values.iter().map(|(text, persona)| (text.clone(), persona.value.clone())).collect();
            let column = at.value.clone();
            all.into_iter().all(|one| one).then_some(ByValue::Column { column, values })
        }
    }
}

pub(super) fn unknown_persona(facts: &Facts<'_>, persona: &Spanned<PersonaName>) -> Finding {
    let known: Vec<String> = facts.audiences.keys().map(ToString::to_string).collect();
    unknown("there is no audience", &persona.value.to_string(), persona.span, known.iter().map(String::as_str))
}

/// One table holds people with a tenant or people without, never both, and never guests.
fn who(facts: &Facts<'_>, audience: &PeopleAudience, doc: &PeopleDoc, findings: &mut Vec<Finding>) -> Option<Who> {
    let personas = personas(audience);
    let kinds: Vec<Who> = personas.iter().filter_map(|name| Some(facts.audiences.get(*name)?.who)).collect();
    let at = audience_span(&doc.audience);
    let first = *kinds.first()?;
    let finding = if kinds.contains(&Who::Guest) {
        Finding::error("people-audience", at, "guests do not sign in").hint("name an audience that signs in")
    } else if kinds.iter().any(|who| *who != first) {
        Finding::error("people-audience", at, "these people are partly of internal audiences, partly of external ones")
            .hint("write two `people` entries on the table, each with a `name` and a `where`")
    } else if first == Who::External && doc.tenant.is_none() {
        Finding::error("people-audience", at, "people of an external audience have a tenant, and no column is named")
            .hint("write `tenant:` with the column that holds the tenant's key")
    } else if let Some(tenant) = doc.tenant.as_ref().filter(|_| first == Who::Internal) {
        Finding::error("people-audience", tenant.span, "people of an internal audience have no tenant")
            .hint("drop `tenant`, or name an external audience")
    } else {
        return Some(first);
    };
    findings.push(finding);
    None
}

fn personas(audience: &PeopleAudience) -> Vec<&PersonaName> {
    match audience {
        ByValue::Fixed(persona) => vec![persona],
        ByValue::Column { values, .. } => values.values().collect(),
    }
}

fn audience_span(doc: &PeopleAudienceDoc) -> Span {
    match doc {
        PeopleAudienceDoc::Fixed(persona) => persona.span,
        PeopleAudienceDoc::ByColumn { column, values } => {
            values.values().next().map_or(column.span, |persona| persona.span)
        }
    }
}

/// The kind written, else the one that all the audiences belong to.
fn kind_of_people(
    facts: &Facts<'_>,
    doc: &PeopleDoc,
    audience: &PeopleAudience,
    findings: &mut Vec<Finding>,
) -> Option<Option<TenantKind>> {
    let of = |name: &PersonaName| facts.audiences.get(name).and_then(|audience| audience.kind.clone());
    let mut wanted: Vec<(TenantKind, &PersonaName)> =
        personas(audience).into_iter().filter_map(|name| Some((of(name)?, name))).collect();
    wanted.sort();
    let kind = match (&doc.tenant_kind, wanted.first(), wanted.last()) {
        (None, Some((first, _)), Some((last, _))) if first == last => Some(first.clone()),
        (written, ..) => facts.kind(written.as_ref(), "this table of people", doc.span, findings)?,
    };
    let Some((other, persona)) = wanted.iter().find(|(wanted, _)| Some(wanted) != kind.as_ref()) else {
        return Some(kind);
    };
    let kind = kind.map(|kind| kind.to_string()).unwrap_or_default();
    let at = doc.tenant_kind.as_ref().map_or(doc.span, |kind| kind.span);
    findings.push(
        Finding::error(
            "tenant-kind-mismatch",
            at,
            format!("these people belong to a `{kind}`, and audience `{persona}` to a `{other}`"),
        )
        .hint("write one `people` entry for each kind of tenant"),
    );
    None
}

pub(super) fn tenants(facts: &Facts<'_>, doc: &TenantTableDoc, findings: &mut Vec<Finding>) -> Option<TenantSource> {
    let table = facts.table(&doc.from_table, findings);
    let kind = match &doc.tenant_kind {
        TenantKindDoc::Unwritten => {
            facts.kind(None, "this table of tenants", doc.span, findings).map(|kind| kind.map(ByValue::Fixed))
        }
        TenantKindDoc::Fixed(kind) => Some(Some(ByValue::Fixed(kind.value.clone()))),
        TenantKindDoc::ByColumn { column: at, values } => {
            Some(Some(ByValue::Column { column: at.value.clone(), values: plain(values) }))
        }
    };
    let tier = match &doc.tier {
        None => None,
        Some(TierSourceDoc::Column(at)) => Some(TierSource::Named(at.value.clone())),
        Some(TierSourceDoc::Fixed(tier)) => {
            check_tier(facts, tier, findings);
            Some(TierSource::ByValue(ByValue::Fixed(tier.value.clone())))
        }
        Some(TierSourceDoc::ByColumn { column: at, values }) => {
            values.values().for_each(|tier| check_tier(facts, tier, findings));
            Some(TierSource::ByValue(ByValue::Column { column: at.value.clone(), values: plain(values) }))
        }
    };
    if doc.tier.is_some() && facts.tiers.is_empty() {
        findings.push(
            Finding::error("unknown-name", doc.span, "tenants have a tier here, and the project has no tiers")
                .hint("list them low to high in the project: `tiers: [basic, silver, gold]`"),
        );
    }
    Some(TenantSource {
        key: doc.key.value.clone(),
        keys: doc.keys.iter().map(|(name, at)| (name.clone(), at.value.clone())).collect(),
        title: doc.title.as_ref().map(|at| at.value.clone()),
        parent: doc.parent.as_ref().map(|at| at.value.clone()),
        condition: source_condition(doc.filter.as_ref(), findings)?,
        kind: kind?,
        tier,
        table: table?,
        span: doc.span,
    })
}

fn plain<T: Clone>(values: &indexmap::IndexMap<String, Spanned<T>>) -> indexmap::IndexMap<String, T> {
    values.iter().map(|(text, value)| (text.clone(), value.value.clone())).collect()
}

pub(super) fn check_tier(facts: &Facts<'_>, tier: &Spanned<TierName>, findings: &mut Vec<Finding>) {
    if !facts.tiers.contains(&tier.value) {
        let known = facts.tiers.iter().map(TierName::as_str);
        findings.push(unknown("the project has no tier", tier.value.as_str(), tier.span, known));
    }
}

pub(super) fn assigned(
    facts: &Facts<'_>,
    doc: &AssignedTenantsDoc,
    findings: &mut Vec<Finding>,
) -> Option<AssignedTenants> {
    let table: Option<TableName> = facts.table(&doc.table, findings);
    let kind = doc.tenant_kind.as_ref().map(|kind| &kind.value).or_else(|| facts.only_kind()).cloned();
    let key = facts.user_key(doc.user.key.as_ref(), doc.user.column.span, findings);
    let user = UserColumn { column: doc.user.column.value.clone(), key: key? };
    Some(AssignedTenants { table: table?, tenant: doc.tenant.value.clone(), kind, user, span: doc.span })
}

/// Over columns, whose types only the database knows.
fn source_condition(doc: Option<&ConditionDoc>, findings: &mut Vec<Finding>) -> Option<Condition> {
    let Some(doc) = doc else { return Some(Condition::True) };
    nested(doc, 0, &source_test, findings)
}

fn source_test(test: &TestDoc, findings: &mut Vec<Finding>) -> Option<Test> {
    let name = Spanned::new(ColumnName::new(test.field.value.as_str()), test.field.span);
    let name = FieldName::new(name.value.clone().as_str());
    check_lists(&test.comparison, test.span, findings)?;
    let comparison = map_comparison(&test.comparison, |operand, _| source_value(operand, findings))?;
    Some(Test { field: name, comparison })
}

fn source_value(operand: &Spanned<Operand>, findings: &mut Vec<Finding>) -> Option<Value> {
    let problem = match &operand.value {
        Operand::Text(text) if text.contains('\0') => "a text cannot hold a NUL character".to_owned(),
        Operand::Text(text) => return Some(Value::Text(text.clone())),
        Operand::Number(text) if is_number(text) => return Some(Value::Number(text.clone())),
        Operand::Number(text) => format!("`{text}` is no plain number"),
        Operand::Boolean(value) => return Some(Value::Boolean(*value)),
        Operand::Now => return Some(Value::Now),
        Operand::Today => return Some(Value::Today),
        Operand::Row(other) => return Some(Value::Row(other.clone())),
        Operand::User | Operand::Tenant | Operand::Tier => {
            let names = list(["$now", "$today"]).unwrap_or_default();
            format!("nobody is asking yet when people and tenants are looked up: only {names} are known here")
        }
    };
    findings.push(Finding::error("wrong-operand", operand.span, problem));
    None
}
