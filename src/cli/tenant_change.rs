//! What `tenant set` may change, whose say it is, and who gains or loses by it.

use super::CliError;
use super::directory::pick_tenant;
use super::standing;
use super::tenants::{known_tier, sound_title};
use crate::adapters::postgres::directory::{Changed, Person, Tenant, TenantFields, TenantWanted};
use crate::diagnostic::escape::one_line;
use crate::model::{AccessModel, PaidUntil, Persona, Rows, Scope, TierBound};
use crate::names::TierName;
use crate::spec::document::{SpecSet, TableRef, TenantDoc, TenantSourceDoc};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be otherwise; `Some(None)`: nothing any more.
#[derive(Debug, Default)]
pub struct Changes {
    pub title: Option<String>,
    pub tier: Option<Option<String>>,
    /// Its key.
    pub parent: Option<Option<String>>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.title.is_none() && self.tier.is_none() && self.parent.is_none()
    }

    /// With what is not the row's own to say: the day, and the settings.
    pub fn fields<'a>(
        &'a self,
        paid_until: Option<Option<&'a str>>,
        settings: &'a BTreeMap<String, Option<String>>,
    ) -> TenantFields<'a> {
        TenantFields {
            title: self.title.as_deref(),
            tier: self.tier.as_ref().map(Option::as_deref),
            parent_key: self.parent.as_ref().map(Option::as_deref),
            paid_until,
            settings,
        }
    }

    /// # Errors
    /// The tenant is a table's or a document's; the tier is not declared; the title is empty.
    pub fn check(&self, spec: &SpecSet, tenant: &Tenant) -> Result<(), CliError> {
        if self.is_empty() {
            return Ok(());
        }
        if let Some(title) = &self.title {
            sound_title(title)?;
        }
        if let (Some(Some(tier)), Some(project)) = (&self.tier, &spec.project) {
            known_tier(project, tier)?;
        }
        if tenant.origin == "table" {
            let error =
                format!("`{}` is a row of {}, and what it is is said there", one_line(&tenant.title), tables(spec));
            return Err(CliError::usage(error).hint(in_the_table(spec, self)));
        }
        let Some(doc) = written(spec, tenant) else { return Ok(()) };
        let error = format!("tenant `{}` is declared in {}", doc.name.value, place(spec, doc));
        Err(CliError::usage(error)
            .hint(format!("write {} there and run `portalctl apply`", self.words().join(" and "))))
    }

    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        words.extend(self.title.as_ref().map(|title| format!("`title: {}`", one_line(title))));
        words.extend(self.tier.as_ref().map(|tier| format!("`tier: {}`", tier.as_deref().unwrap_or("null"))));
        words.extend(self.parent.as_ref().map(|_| "`parent:`".to_owned()));
        words
    }
}

/// The tables that tenants are read from.
fn tables(spec: &SpecSet) -> String {
    let sources = spec.project.iter().flat_map(|project| &project.tenants);
    let names: BTreeSet<String> = sources
        .filter_map(|source| match source {
            TenantSourceDoc::Table(table) => Some(match &table.from_table.value {
                TableRef::Qualified(table) => format!("`{table}`"),
                TableRef::Bare(table) => format!("`{table}`"),
            }),
            TenantSourceDoc::Csv(_) => None,
        })
        .collect();
    let names: Vec<String> = names.into_iter().collect();
    if names.is_empty() { "a table of the business".to_owned() } else { names.join(" or ") }
}

/// What of it the table says, and what no table says yet.
fn in_the_table(spec: &SpecSet, changes: &Changes) -> String {
    let sources = spec.project.iter().flat_map(|project| &project.tenants);
    let says = |test: &dyn Fn(&crate::spec::document::TenantTableDoc) -> bool| {
        sources.clone().any(|source| matches!(source, TenantSourceDoc::Table(table) if test(table)))
    };
    let missing = [
        (changes.title.is_some() && !says(&|table| table.title.is_some()), "title"),
        (changes.tier.is_some() && !says(&|table| table.tier.is_some()), "tier"),
        (changes.parent.is_some() && !says(&|table| table.parent.is_some()), "parent"),
    ];
    let missing: Vec<&str> = missing.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if missing.is_empty() {
        return "change the row; it counts from the next request on".to_owned();
    }
    format!(
        "name the column that says it at `from_table` in `portalctl.yaml`: `{}: COLUMN`",
        missing.join(": COLUMN, ")
    )
}

/// What a document says of it, or a row of a CSV file.
fn written<'s>(spec: &'s SpecSet, tenant: &Tenant) -> Option<&'s TenantDoc> {
    let files = spec.project.iter().flat_map(|project| &project.tenants).filter_map(|source| match source {
        TenantSourceDoc::Csv(file) => Some(&file.tenants),
        TenantSourceDoc::Table(_) => None,
    });
    named(spec.tenants.iter().chain(files.flatten()), tenant)
}

fn named<'s>(mut docs: impl Iterator<Item = &'s TenantDoc>, tenant: &Tenant) -> Option<&'s TenantDoc> {
    docs.find(|doc| Some(doc.name.value.as_str()) == tenant.name.as_deref())
}

fn place(spec: &SpecSet, doc: &TenantDoc) -> String {
    let at = spec.sources.location(doc.name.span);
    format!("{}:{}", at.file, at.line)
}

/// The key of the tenant that is to be above.
///
/// # Errors
/// No tenant, or several, are meant; it is of another kind, itself, or below it.
pub fn parent(all: &[Tenant], tenant: &Tenant, wanted: &str) -> Result<String, CliError> {
    let of_kind: Vec<Tenant> = all.iter().filter(|other| other.tenant_kind == tenant.tenant_kind).cloned().collect();
    let parent = pick_tenant(&TenantWanted(wanted.to_owned()), &of_kind)?;
    let mut above = Some(parent);
    let mut seen = BTreeSet::new();
    while let Some(one) = above.filter(|one| seen.insert(one.key.clone())) {
        if one.key == tenant.key {
            let what = if parent.key == tenant.key { "is the tenant itself" } else { "is below it" };
            let error =
                format!("`{}` cannot be above `{}`: it {what}", one_line(&parent.title), one_line(&tenant.title));
            return Err(CliError::usage(error).hint("name another one, or `none`"));
        }
        above = one.parent_key.as_ref().and_then(|key| of_kind.iter().find(|other| other.key == *key));
    }
    Ok(parent.key.clone())
}

/// What became of it while others were at work.
///
/// # Errors
/// It was not changed.
pub fn outcome(changed: Changed, tenant: &Tenant) -> Result<(), CliError> {
    let title = one_line(&tenant.title);
    match changed {
        Changed::Done => Ok(()),
        Changed::NotOurs => {
            Err(CliError::usage(format!("`{title}` was taken away meanwhile, or is said by a document or a table now"))
                .hint("`portalctl tenant show` says how it stands"))
        }
        Changed::InACircle => Err(CliError::usage(format!(
            "`{title}` would be below itself: somebody else changed what is above the other tenant meanwhile"
        ))
        .hint("nothing was changed; `portalctl tenant list --format json` says what is above which")),
    }
}

/// A day is set by hand where neither a document nor the table of the business says it.
///
/// # Errors
/// One of them does.
pub fn check_carries_a_day(spec: &SpecSet, tenant: &Tenant) -> Result<(), CliError> {
    if tenant.origin == "table" {
        let error = format!("the table of the business says until when `{}` has paid", tenant.title.escape_debug());
        return Err(CliError::usage(error).hint("change it there; it counts from the next request on"));
    }
    let Some(doc) = written(spec, tenant).filter(|doc| doc.paid_until.is_some()) else { return Ok(()) };
    Err(CliError::usage(format!("`paid_until` of tenant `{}` is written in {}", doc.name.value, place(spec, doc)))
        .hint("change it there and run `portalctl apply`"))
}

/// The settings of a tenant that a document declares are the document's: `apply` copies them. A CSV file cannot say them.
///
/// # Errors
/// A document declares it.
pub fn check_not_written(spec: &SpecSet, tenant: &Tenant) -> Result<(), CliError> {
    let Some(doc) = named(spec.tenants.iter(), tenant) else { return Ok(()) };
    Err(CliError::usage(format!("tenant `{}` is declared in {}", doc.name.value, place(spec, doc)))
        .hint("write `settings:` there and run `portalctl apply`"))
}

/// What another title, tier or parent does, a line each.
pub fn told(
    model: Option<&AccessModel>,
    tenant: &Tenant,
    changes: &Changes,
    (all, people): (&[Tenant], &[Person]),
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(title) = &changes.title {
        lines.push(format!("its people see `{}` from the next request on", one_line(title)));
    }
    if changes.tier.is_none() && changes.parent.is_none() {
        return lines;
    }
    let Some(model) = model else {
        lines.push(
            "who gains or loses by it is not known: the documents have errors, `portalctl validate` shows them"
                .to_owned(),
        );
        return lines;
    };
    if let Some(tier) = &changes.tier {
        lines.extend(tier_told(model, tenant, tier.as_deref(), people));
    }
    if let Some(parent) = &changes.parent {
        lines.extend(parent_told(model, tenant, parent.as_deref(), all));
    }
    lines
}

/// Audiences that people of the tenant may be of.
fn personas<'m>(model: &'m AccessModel, tenant: &Tenant) -> impl Iterator<Item = &'m Persona> {
    let kind = tenant.tenant_kind.clone();
    let fits = move |persona: &&Persona| persona.tenant_kind.as_ref().is_none_or(|of| of.as_str() == kind);
    model.personas.values().filter(|persona| persona.who == crate::model::Who::External).filter(fits)
}

/// Every grant of a persona: what is done, to which object, over which rows.
fn grants(persona: &Persona) -> impl Iterator<Item = (&'static str, &str, &Rows)> {
    let reads = persona
        .reads
        .iter()
        .flat_map(|(object, grants)| grants.iter().map(move |grant| ("read", object.as_str(), &grant.rows)));
    let writes = persona
        .writes
        .iter()
        .flat_map(|(object, grants)| grants.iter().map(move |grant| ("change", object.as_str(), &grant.rows)));
    reads.chain(writes)
}

fn tier_told(model: &AccessModel, tenant: &Tenant, tier: Option<&str>, people: &[Person]) -> Vec<String> {
    let rank =
        |name: Option<&str>| name.and_then(|name| model.project.tiers.iter().position(|known| known.as_str() == name));
    let (before, after) = (rank(tenant.tier.as_deref()), rank(tier));
    let reaches = |has: Option<usize>, least: &TierName| has.is_some() && has >= rank(Some(least.as_str()));
    let mut lines = Vec::new();
    for persona in personas(model, tenant) {
        let name = persona.name.to_string();
        let theirs = people.iter().filter(|one| {
            (one.place.tenant_kind.as_str(), one.place.tenant_key.as_str()) == tenant.id() && one.place.persona == name
        });
        let who: BTreeSet<&str> = theirs.map(|one| one.place.email.as_str()).collect();
        let mut said: BTreeSet<String> = BTreeSet::new();
        for (action, object, rows) in grants(persona) {
            let what = match &rows.min_tier {
                Some(TierBound::Tier(least)) => match (reaches(before, least), reaches(after, least)) {
                    (false, true) => format!("gains: {action} {object}, from {least} on"),
                    (true, false) => format!("loses: {action} {object}, from {least} on"),
                    _ => continue,
                },
                Some(TierBound::RowField(field)) if before < after => {
                    format!("gains: {action} {object}, rows up to its `{field}`")
                }
                Some(TierBound::RowField(field)) if before > after => {
                    format!("loses: {action} {object}, rows above its `{field}`")
                }
                _ => continue,
            };
            said.insert(what);
        }
        let who = if who.is_empty() { "nobody yet".to_owned() } else { standing::named(who) };
        lines.extend(said.into_iter().map(|what| format!("{name} {what} ({who})")));
    }
    if lines.is_empty() {
        lines.push("nobody gains or loses access by the tier".to_owned());
    }
    lines
}

fn parent_told(model: &AccessModel, tenant: &Tenant, parent: Option<&str>, all: &[Tenant]) -> Vec<String> {
    let reaches = |persona: &&Persona| grants(persona).any(|(_, _, rows)| rows.scope == Scope::TenantTree);
    let audiences: Vec<String> =
        personas(model, tenant).filter(reaches).map(|persona| persona.name.to_string()).collect();
    if audiences.is_empty() {
        return vec![
            "nobody gains or loses access by it: no audience of such tenants has the scope `tenant_tree`".to_owned(),
        ];
    }
    let find = |key: &str| all.iter().find(|one| one.tenant_kind == tenant.tenant_kind && one.key == key);
    // By key: two tenants may have one title.
    let above = |key: Option<&str>| {
        let mut keys = BTreeSet::new();
        let mut next = key.and_then(find);
        while let Some(one) = next.filter(|one| keys.insert(one.key.as_str())) {
            next = one.parent_key.as_deref().and_then(find);
        }
        keys
    };
    let (before, after) = (above(tenant.parent_key.as_deref()), above(parent));
    let line = |does: &str, keys: Vec<&str>| {
        let titles: Vec<String> = keys.into_iter().filter_map(find).map(|one| one_line(&one.title)).collect();
        (!titles.is_empty()).then(|| {
            let titles = standing::named(titles.iter().map(String::as_str));
            format!("{} of {titles} {does} what their `tenant_tree` grants reach here", audiences.join(", "))
        })
    };
    let gained = line("gains", after.difference(&before).copied().collect());
    let lost = line("loses", before.difference(&after).copied().collect());
    gained.into_iter().chain(lost).collect()
}

/// A day that nothing goes by is no mistake, and no help either.
pub fn day_told(model: Option<&AccessModel>, tenant: &Tenant) -> Option<String> {
    let goes_by = |persona: &Persona| {
        matches!(persona.lifecycle.as_ref().map(|lifecycle| &lifecycle.paid_until), Some(PaidUntil::Tenant(_)))
    };
    let none = !personas(model?, tenant).any(goes_by);
    none.then(|| {
        "no audience of such tenants lapses by it: no portal has `lifecycle: {paid_until: paid_until, …}`".to_owned()
    })
}
