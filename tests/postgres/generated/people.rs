//! Who may sign in, read from the business's tables as they stand.

use super::oracle::{condition, literal, quoted};
use super::stage::Stage;
use portalctl::model::{AccessModel, ByValue, Condition, PeopleSource, TierSource, Who};
use portalctl::names::{ColumnName, Ident, PersonaName, TenantKind};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tenant {
    pub(super) kind: String,
    /// By name; `key` is the main one.
    pub(super) keys: BTreeMap<String, String>,
    pub(super) parent: Option<String>,
    pub(super) tier: Option<String>,
}

impl Tenant {
    pub(super) fn key(&self) -> &str {
        &self.keys["key"]
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    pub(super) persona: PersonaName,
    pub(super) email: String,
    pub(super) tenant: Option<Tenant>,
    pub(super) keys: BTreeMap<String, String>,
    /// Main keys of the tenants that are assigned to them.
    pub(super) assigned: BTreeSet<String>,
    /// The people's table says so; otherwise this is somebody whom nothing lets in as this persona.
    pub(super) signs_in: bool,
    /// A second factor was given.
    pub(super) mfa: bool,
}

impl Person {
    pub(super) fn tenant_key(&self) -> Option<&str> {
        self.tenant.as_ref().map(Tenant::key)
    }
}

pub(super) struct People {
    pub(super) tenants: Vec<Tenant>,
    /// Those and the ones that the sources' conditions leave out: staff look after them all the same.
    pub(super) ever: Vec<Tenant>,
    /// Everybody who may sign in, as each persona that they may be.
    pub(super) everyone: Vec<Person>,
}

impl People {
    pub(super) async fn of(model: &AccessModel, stage: &mut Stage<'_>) -> Self {
        let tenants = tenants(model, stage, true).await;
        let ever = self::tenants(model, stage, false).await;
        let mut everyone = Vec::new();
        for source in &model.people {
            everyone.extend(people(model, source, &tenants, stage).await);
        }
        Self { tenants, ever, everyone }
    }

    /// My tenant and those below it.
    pub(super) fn tree(&self, root: &Tenant) -> Vec<&Tenant> {
        let mut found: Vec<&Tenant> = self.tenants.iter().filter(|tenant| *tenant == root).collect();
        let mut at = 0;
        while at < found.len() {
            let above = found[at];
            let below =
                self.tenants.iter().filter(|one| one.kind == above.kind && one.parent.as_deref() == Some(above.key()));
            let new: Vec<&Tenant> = below.filter(|one| !found.contains(one)).collect();
            found.extend(new);
            at += 1;
        }
        found
    }

    /// People who act as the persona: first some who share a tenant, then one of each further tenant.
    pub(super) fn acting(&self, model: &AccessModel, name: &PersonaName) -> Vec<Person> {
        let persona = &model.personas[name];
        if persona.who == Who::Guest {
            let nobody = Person {
                persona: name.clone(),
                email: String::new(),
                tenant: None,
                keys: BTreeMap::new(),
                assigned: BTreeSet::new(),
                signs_in: true,
                mfa: false,
            };
            return vec![nobody];
        }
        let mut found: Vec<Person> = self.everyone.iter().filter(|person| person.persona == *name).cloned().collect();
        if found.is_empty() {
            let kind = persona.tenant_kind.as_ref().map(TenantKind::as_str);
            let fits = |person: &&Person| match (&person.tenant, persona.who) {
                (None, who) => who == Who::Internal,
                (Some(tenant), who) => who == Who::External && kind.is_none_or(|kind| tenant.kind == kind),
            };
            let others = self.everyone.iter().filter(fits).cloned();
            found = others.map(|person| Person { persona: name.clone(), signs_in: false, ..person }).collect();
        }
        spread(found)
    }
}

/// At most this many are tried.
const TRIED: usize = 12;

fn spread(found: Vec<Person>) -> Vec<Person> {
    let mut of_tenant: BTreeMap<Option<Tenant>, Vec<Person>> = BTreeMap::new();
    for person in found {
        of_tenant.entry(person.tenant.clone()).or_default().push(person);
    }
    let (several, single): (Vec<_>, Vec<_>) = of_tenant.into_values().partition(|people| people.len() > 1);
    let pairs = several
        .iter()
        .take(3)
        .flat_map(|people| people.iter().take(if people[0].tenant.is_some() { 2 } else { TRIED }));
    let rest = single.iter().flatten().chain(several.iter().skip(3).map(|people| &people[0]));
    pairs.chain(rest).take(TRIED).cloned().collect()
}

fn column(name: &ColumnName) -> String {
    format!("t.{}::text", Ident::new(name.as_str()))
}

/// A source's condition, whose fields are columns.
fn picked(model: &AccessModel, rows: &Condition) -> String {
    condition(&model.project.timezone, None, rows, &|field| format!("t.{}", Ident::new(field.as_str())))
}

/// Those that may have users.
async fn tenants(model: &AccessModel, stage: &mut Stage<'_>, now: bool) -> Vec<Tenant> {
    let mut found = Vec::new();
    for source in &model.tenant_sources {
        let kind = match &source.kind {
            Some(ByValue::Column { column: name, .. }) => column(name),
            Some(ByValue::Fixed(kind)) => literal(kind.as_str()),
            None => "''".to_owned(),
        };
        let tier = match &source.tier {
            Some(TierSource::Named(name) | TierSource::ByValue(ByValue::Column { column: name, .. })) => column(name),
            Some(TierSource::ByValue(ByValue::Fixed(tier))) => literal(tier.as_str()),
            None => "null".to_owned(),
        };
        let parent = source.parent.as_ref().map_or("null".to_owned(), column);
        let keys: Vec<String> = source.keys.values().map(|name| format!(", {}", column(name))).collect();
        let query = format!(
            "select {}, {kind}, {parent}, {tier}{} from {} t where {} order by 1",
            column(&source.key),
            keys.concat(),
            source.table.sql(),
            if now { picked(model, &source.condition) } else { "true".to_owned() }
        );
        for cells in stage.ask(&query).await.expect("the tenants") {
            let text = |at: usize| cells[at].clone();
            let kind = match &source.kind {
                Some(ByValue::Column { values, .. }) => {
                    let Some(kind) = text(1).and_then(|value| values.get(&value).cloned()) else { continue };
                    kind.to_string()
                }
                _ => text(1).unwrap_or_default(),
            };
            let tier = match &source.tier {
                Some(TierSource::ByValue(ByValue::Column { values, .. })) => {
                    text(3).and_then(|value| values.get(&value).map(ToString::to_string))
                }
                _ => text(3),
            };
            let mut keys = BTreeMap::from([("key".to_owned(), text(0).expect("a key"))]);
            for (at, name) in source.keys.keys().enumerate() {
                keys.extend(text(4 + at).map(|key| (name.to_string(), key)));
            }
            found.push(Tenant { kind, keys, parent: text(2), tier });
        }
    }
    found
}

async fn people(model: &AccessModel, source: &PeopleSource, tenants: &[Tenant], stage: &mut Stage<'_>) -> Vec<Person> {
    let audience = match &source.audience {
        ByValue::Column { column: name, .. } => column(name),
        ByValue::Fixed(_) => "null".to_owned(),
    };
    let tenant = source.tenant.as_ref().map_or("null".to_owned(), column);
    let keys: Vec<String> = source.keys.values().map(|name| format!(", {}", column(name))).collect();
    let query = format!(
        "select lower({}), {audience}, {tenant}{} from {} t where {} order by 4",
        column(&source.email),
        keys.concat(),
        source.table.sql(),
        picked(model, &source.condition)
    );
    let kind = source.tenant_kind.as_ref().map_or("", |kind| kind.as_str());
    let mut found = Vec::new();
    for cells in stage.ask(&query).await.expect("the people") {
        let persona = match &source.audience {
            ByValue::Fixed(persona) => persona.clone(),
            ByValue::Column { values, .. } => match cells[1].as_ref().and_then(|value| values.get(value)) {
                Some(persona) => persona.clone(),
                None => continue,
            },
        };
        let tenant = match (&source.tenant, &cells[2]) {
            (None, _) => None,
            (Some(_), key) => {
                let its = tenants
                    .iter()
                    .find(|one| Some(one.key()) == key.as_deref() && (kind.is_empty() || one.kind == kind));
                let Some(tenant) = its else { continue };
                Some(tenant.clone())
            }
        };
        let keys =
            source.keys.keys().enumerate().filter_map(|(at, name)| Some((name.to_string(), cells[3 + at].clone()?)));
        let Some(email) = cells[0].clone() else { continue };
        if !model.personas.contains_key(&persona) {
            continue;
        }
        let keys: BTreeMap<String, String> = keys.collect();
        let assigned = assigned(model, &keys, stage).await;
        found.push(Person { persona, email, tenant, keys, assigned, signs_in: true, mfa: false });
    }
    // One address that means several people signs in none of them for sure.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    found.iter().for_each(|person| *seen.entry(person.email.clone()).or_default() += 1);
    let doubled: BTreeSet<String> = seen.into_iter().filter(|(_, count)| *count > 1).map(|(email, _)| email).collect();
    found.retain(|person| !doubled.contains(&person.email));
    found
}

async fn assigned(model: &AccessModel, keys: &BTreeMap<String, String>, stage: &mut Stage<'_>) -> BTreeSet<String> {
    let Some(link) = &model.assigned_tenants else { return BTreeSet::new() };
    let Some(mine) = keys.get(link.user.key.as_str()) else { return BTreeSet::new() };
    let query = format!(
        "select {} from {} t where t.{}::text = {}",
        column(&link.tenant),
        link.table.sql(),
        quoted(&link.user.column),
        literal(mine)
    );
    stage.ask(&query).await.expect("the assignments").into_iter().filter_map(|mut cells| cells.remove(0)).collect()
}
