//! What the project as a whole knows: the words that references are checked against.

use super::audience::{AudienceFacts, audience_facts};
use super::report::{list, unknown};
use crate::diagnostic::{Finding, Span, Spanned, closest};
use crate::names::{KeyName, Language, ObjectName, PersonaName, SchemaName, TableName, TenantKind, TierName};
use crate::spec::document::{
    LinkedDoc, ObjectDoc, PeopleAudienceDoc, ProjectDoc, SpecSet, TableRef, TenantDoc, TenantKindDoc, TenantSourceDoc,
    TenantTableDoc,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) default_schema: SchemaName,
    pub(super) control_schema: SchemaName,
    /// Where managed tables are.
    managed_schema: SchemaName,
    /// Managed tables by the bare name of their objects.
    managed: BTreeMap<String, TableName>,
    /// What managed objects were called before, and how often it is said.
    before: BTreeMap<ObjectName, usize>,
    pub(super) tiers: Vec<TierName>,
    /// The languages of labels, the usual one first.
    pub(super) locales: Vec<Language>,
    pub(super) kinds: BTreeSet<TenantKind>,
    /// A table that tenants are read from, where there is one.
    pub(super) tenant_table: Option<String>,
    pub(super) user_keys: KeyNames,
    pub(super) tenant_keys: KeyNames,
    /// Keys of people who may have somebody reporting to them.
    reports_keys: BTreeSet<KeyName>,
    pub(super) audiences: BTreeMap<PersonaName, AudienceFacts<'a>>,
    /// Key names of the people that tables hold, by persona.
    people_keys: BTreeMap<PersonaName, BTreeSet<KeyName>>,
}

/// The names that keys of users, or of tenants, have in this project.
#[derive(Debug, Default)]
pub(super) struct KeyNames {
    pub(super) known: BTreeSet<KeyName>,
    /// No document says where they come from: they are given when somebody is invited.
    pub(super) open: bool,
}

impl KeyNames {
    /// The name meant where none is written; `None`: there are several.
    pub(super) fn only(&self) -> Option<KeyName> {
        let mut names = self.known.iter();
        match (names.next(), names.next()) {
            (None, _) => Some(KeyName::main()),
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    }
}

impl<'a> Facts<'a> {
    pub(super) fn gather(spec: &'a SpecSet, project: &'a ProjectDoc, findings: &mut Vec<Finding>) -> Self {
        let kinds = kinds(spec, project, findings);
        let default_schema =
            project.database.schema.as_ref().map_or_else(|| SchemaName::new("public"), |name| name.value.clone());
        let control_schema = project.control_schema();
        let managed_schema = project.managed_schema.clone();
        let managed = spec.objects.iter().filter(|object| object.is_managed()).map(|object| {
            let name = object.name.value.as_str().replace('-', "_");
            (name.clone(), TableName::new(managed_schema.as_str(), name))
        });
        let mut before = BTreeMap::new();
        for was in spec.objects.iter().filter_map(|object| object.was.as_ref()) {
            *before.entry(was.value.clone()).or_default() += 1;
        }
        Self {
            default_schema,
            control_schema,
            managed: managed.collect(),
            before,
            managed_schema,
            tiers: project.tiers.iter().map(|tier| tier.value.clone()).collect(),
            locales: project.locales.iter().map(|language| language.value.clone()).collect(),
            user_keys: user_keys(spec, project),
            tenant_keys: tenant_keys(spec, project),
            reports_keys: project
                .people
                .iter()
                .filter(|people| people.reports_to.is_some())
                .flat_map(|people| people.keys.keys().cloned())
                .collect(),
            audiences: audience_facts(spec, &kinds, findings),
            people_keys: people_keys(project),
            tenant_table: tenant_tables(project).next().map(|source| match &source.from_table.value {
                TableRef::Qualified(table) => table.to_string(),
                TableRef::Bare(name) => name.clone(),
            }),
            kinds,
        }
    }

    /// Whether people of the persona may have a key of that name. Who is invited may have any.
    pub(super) fn has_key(&self, persona: &PersonaName, key: &KeyName) -> bool {
        self.people_keys.get(persona).is_none_or(|keys| keys.contains(key))
    }

    /// Whether somebody may report to whoever has a key of that name: by their table, or, where no table has such people,
    /// as users that are invited.
    pub(super) fn may_be_reported_to(&self, key: &KeyName) -> bool {
        self.reports_keys.contains(key) || !self.people_keys.values().any(|keys| keys.contains(key))
    }

    /// The keys that people of the persona have by their tables; `None`: they come from none.
    pub(super) fn keys_of(&self, persona: &PersonaName) -> Option<&BTreeSet<KeyName>> {
        self.people_keys.get(persona)
    }

    /// The kind meant where none is written; `None`: the project knows none, or several.
    pub(super) fn only_kind(&self) -> Option<&TenantKind> {
        let mut kinds = self.kinds.iter();
        kinds.next().filter(|_| kinds.next().is_none())
    }

    /// The table of a managed object of that name.
    pub(super) fn managed_table(&self, object: &ObjectName) -> TableName {
        TableName::new(self.managed_schema.as_str(), object.as_str().replace('-', "_"))
    }

    /// Why a table that was called so cannot be told by it; `own` is what it is called now.
    pub(super) fn name_before(&self, was: &ObjectName, own: &TableName) -> Option<String> {
        let table = self.managed_table(was);
        // Their tables are all in one schema, each called as its object is.
        if table != *own && self.managed.contains_key(table.name.as_str()) {
            return Some(format!("there is an object `{was}`"));
        }
        let is_said_twice = self.before.get(was).is_some_and(|times| *times > 1);
        is_said_twice.then(|| format!("another object was `{was}` before, too"))
    }

    /// A table that may be exposed or read: `None` for the system's and our own. A managed table goes by its object's
    /// name alone.
    pub(super) fn table(&self, written: &Spanned<TableRef>, findings: &mut Vec<Finding>) -> Option<TableName> {
        let table = match &written.value {
            TableRef::Qualified(table) => table.clone(),
            TableRef::Bare(name) => {
                let managed = self.managed.get(name).cloned();
                managed.unwrap_or_else(|| TableName::new(self.default_schema.as_str(), name.clone()))
            }
        };
        self.allowed(table, written.span, findings)
    }

    /// The table of an object: the one that it names, or its own.
    pub(super) fn table_of(&self, doc: &ObjectDoc, findings: &mut Vec<Finding>) -> Option<TableName> {
        if let Some(table) = &doc.table {
            return self.table(table, findings);
        }
        if !doc.is_managed() {
            // Where neither key is written, or one is misspelt, reading has said so.
            findings.extend(doc.managed.as_ref().map(|managed| {
                Finding::error("managed-table", managed.span, format!("`{}` has no table", doc.name.value))
                    .hint("name one, `table: crm.cases`, or write `managed: true`")
            }));
            return None;
        }
        self.allowed(self.managed_table(&doc.name.value), doc.name.span, findings)
    }

    fn allowed(&self, table: TableName, at: Span, findings: &mut Vec<Finding>) -> Option<TableName> {
        let schema = table.schema.as_str();
        let reserved = schema.starts_with("pg_") || schema == "information_schema";
        if !reserved && table.schema != self.control_schema {
            return Some(table);
        }
        let whose = if reserved { "PostgreSQL itself" } else { "portalctl" };
        findings.push(
            Finding::error("reserved-table", at, format!("`{table}` belongs to {whose}"))
                .why("these tables hold what the walls between tenants are built on")
                .hint("name a table of the business"),
        );
        None
    }

    /// The name of a user's key as written, or the only one there is.
    pub(super) fn user_key(
        &self,
        written: Option<&Spanned<KeyName>>,
        at: Span,
        findings: &mut Vec<Finding>,
    ) -> Option<KeyName> {
        let Some(key) = written else {
            let only = self.user_keys.only();
            if only.is_none() {
                findings.push(ambiguous_user_key(&self.user_keys, at));
            }
            return only;
        };
        if !self.user_keys.open && !self.user_keys.known.contains(&key.value) {
            let known = self.user_keys.known.iter().map(KeyName::as_str);
            findings.push(unknown("users have no key", key.value.as_str(), key.span, known).why(
                "the project's `people` and tenants say by which keys people are known; an owner that an import wrote was its \
                 guess: write one of those keys, or take the owner out",
            ));
            return None;
        }
        Some(key.value.clone())
    }

    /// The name of a tenant's key as written, or the main one.
    pub(super) fn tenant_key(
        &self,
        written: Option<&Spanned<KeyName>>,
        findings: &mut Vec<Finding>,
    ) -> Option<KeyName> {
        let Some(key) = written else { return Some(KeyName::main()) };
        if !self.tenant_keys.open && !self.tenant_keys.known.contains(&key.value) {
            let known = self.tenant_keys.known.iter().map(KeyName::as_str);
            findings.push(unknown("tenants have no key", key.value.as_str(), key.span, known));
            return None;
        }
        Some(key.value.clone())
    }

    /// The kind as written, or the only one there is. Where the project knows several, silence is an error.
    ///
    /// The outer `None` says that an error was reported.
    pub(super) fn kind(
        &self,
        written: Option<&Spanned<TenantKind>>,
        what: &str,
        at: Span,
        findings: &mut Vec<Finding>,
    ) -> Option<Option<TenantKind>> {
        if let Some(kind) = written {
            return Some(Some(kind.value.clone()));
        }
        if self.kinds.len() < 2 {
            return Some(self.only_kind().cloned());
        }
        let why = "tenants of two kinds may have the same key: customer 1 is not artist 1";
        findings.push(self.of_which_kind(what, at).why(why));
        None
    }

    pub(super) fn of_which_kind(&self, what: &str, at: Span) -> Finding {
        let kinds = list(self.kinds.iter().map(TenantKind::as_str)).unwrap_or_default();
        let message = format!("{what} does not say which kind of tenant is meant, and there are {kinds}");
        Finding::error("tenant-kind-mismatch", at, message).hint("name the kind")
    }
}

pub(super) fn ambiguous_user_key(keys: &KeyNames, at: Span) -> Finding {
    let names = list(keys.known.iter().map(KeyName::as_str)).unwrap_or_default();
    Finding::error("ambiguous-user-key", at, format!("users have several keys, {names}, and none is named here"))
        .why("contact 5 and employee 5 are two people")
        .hint("write `{column: …, key: …}`")
}

fn tenant_docs<'a>(spec: &'a SpecSet, project: &'a ProjectDoc) -> impl Iterator<Item = &'a TenantDoc> {
    let listed = project.tenants.iter().filter_map(|source| match source {
        TenantSourceDoc::Csv(csv) => Some(&csv.tenants),
        TenantSourceDoc::Table(_) => None,
    });
    spec.tenants.iter().chain(listed.flatten())
}

fn tenant_tables(project: &ProjectDoc) -> impl Iterator<Item = &TenantTableDoc> {
    project.tenants.iter().filter_map(|source| match source {
        TenantSourceDoc::Table(table) => Some(table),
        TenantSourceDoc::Csv(_) => None,
    })
}

/// Every kind that is named anywhere. One that only looks like a kind of tenants is a slip, and no kind of its own.
fn kinds(spec: &SpecSet, project: &ProjectDoc, findings: &mut Vec<Finding>) -> BTreeSet<TenantKind> {
    let mut of_tenants: Vec<&Spanned<TenantKind>> = Vec::new();
    for table in tenant_tables(project) {
        if let Some((name, column)) = table.keys.iter().find(|(name, _)| **name == KeyName::main()) {
            findings.push(
                Finding::error(
                    "tenant-key-collision",
                    column.span,
                    format!("`{name}` is what a tenant's main key is called"),
                )
                .hint("`key:` names its column; give this one another name"),
            );
        }
    }
    for table in tenant_tables(project) {
        match &table.tenant_kind {
            TenantKindDoc::Unwritten => {}
            TenantKindDoc::Fixed(kind) => of_tenants.push(kind),
            TenantKindDoc::ByColumn { values, .. } => of_tenants.extend(values.values()),
        }
    }
    of_tenants.extend(tenant_docs(spec, project).filter_map(|tenant| tenant.tenant_kind.as_ref()));
    let mut kinds: BTreeSet<TenantKind> = of_tenants.into_iter().map(|kind| kind.value.clone()).collect();
    let known = kinds.clone();
    for kind in referring(spec, project) {
        if known.contains(&kind.value) || closest(kind.value.as_str(), known.iter().map(TenantKind::as_str)).is_none() {
            kinds.insert(kind.value.clone());
        } else {
            let names = known.iter().map(TenantKind::as_str);
            findings.push(unknown("there is no kind of tenant", kind.value.as_str(), kind.span, names));
        }
    }
    kinds
}

/// Kinds that are named to say which tenants are meant.
fn referring<'a>(spec: &'a SpecSet, project: &'a ProjectDoc) -> impl Iterator<Item = &'a Spanned<TenantKind>> {
    let people = project.people.iter().filter_map(|people| people.tenant_kind.as_ref());
    let assigned = project.assigned_tenants.iter().filter_map(|assigned| assigned.tenant_kind.as_ref());
    let audiences = spec.portals.iter().flat_map(|portal| portal.audiences.values());
    let paths = spec.objects.iter().flat_map(|object| object.tenants.values()).filter_map(|path| path.kind.as_ref());
    let shares = spec.objects.iter().filter_map(|object| match &object.shares.as_ref()?.with {
        LinkedDoc::Tenant { kind, .. } => kind.as_ref(),
        LinkedDoc::User(_) => None,
    });
    let audiences = audiences.filter_map(|audience| audience.tenant_kind.as_ref());
    people.chain(assigned).chain(audiences).chain(paths).chain(shares)
}

fn people_keys(project: &ProjectDoc) -> BTreeMap<PersonaName, BTreeSet<KeyName>> {
    let mut keys: BTreeMap<PersonaName, BTreeSet<KeyName>> = BTreeMap::new();
    for people in &project.people {
        let personas: Vec<&PersonaName> = match &people.audience {
            PeopleAudienceDoc::Fixed(persona) => vec![&persona.value],
            PeopleAudienceDoc::ByColumn { values, .. } => values.values().map(|persona| &persona.value).collect(),
        };
        for persona in personas {
            keys.entry(persona.clone()).or_default().extend(people.keys.keys().cloned());
        }
    }
    keys
}

fn user_keys(spec: &SpecSet, project: &ProjectDoc) -> KeyNames {
    let mut known: BTreeSet<KeyName> = project.people.iter().flat_map(|people| people.keys.keys().cloned()).collect();
    let members = || tenant_docs(spec, project).flat_map(|tenant| &tenant.members);
    known.extend(members().flat_map(|member| member.keys.keys().cloned()));
    if known.is_empty() && members().any(|member| member.key.is_some()) {
        known.insert(KeyName::main());
    }
    KeyNames { open: known.is_empty(), known }
}

fn tenant_keys(spec: &SpecSet, project: &ProjectDoc) -> KeyNames {
    let mut known: BTreeSet<KeyName> = tenant_tables(project).flat_map(|table| table.keys.keys().cloned()).collect();
    known.extend(tenant_docs(spec, project).flat_map(|tenant| tenant.keys.keys().cloned()));
    let open = tenant_tables(project).next().is_none() && tenant_docs(spec, project).next().is_none();
    known.insert(KeyName::main());
    KeyNames { known, open }
}
