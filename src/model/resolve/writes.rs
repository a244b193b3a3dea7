//! What one persona may do besides reading.

use super::audience::AudienceFacts;
use super::bundle::{Bundle, DenyDraft};
use super::condition::normal;
use super::decisive;
use super::merge::{denied, merged};
use super::persona::{Maker, Restricts};
use super::report;
use super::rows::RowsDraft;
use super::scope::choose;
use super::stamps::Making;
use super::write_draft::{Intent, WriteDraft};
use crate::diagnostic::{Finding, Span};
use crate::model::{
    Condition, Create, Facet, FieldType, NamedParent, Object, OwnerPath, Preset, ReadGrant, Rows, Scope, Share,
    TenantRoute, Who, Write, WriteGrant,
};
use crate::names::{FieldName, ObjectName, PersonaName, TableName};
use std::collections::{BTreeMap, BTreeSet};

type Reads = BTreeMap<ObjectName, Vec<ReadGrant>>;

/// Whose writes are worked out, with what they read already.
pub(super) struct Holder<'a> {
    pub(super) persona: &'a PersonaName,
    pub(super) audience: &'a AudienceFacts<'a>,
    pub(super) restricts: &'a Restricts,
    pub(super) reads: &'a Reads,
    pub(super) facets: &'a [Facet],
}

impl Maker<'_> {
    pub(super) fn writes(
        &self,
        holder: &Holder<'_>,
        bundles: &[&Bundle],
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<ObjectName, Vec<WriteGrant>> {
        let mut writes: BTreeMap<ObjectName, Vec<WriteGrant>> = BTreeMap::new();
        for draft in bundles.iter().flat_map(|bundle| &bundle.writes) {
            if bundles.iter().any(|bundle| bundle.shut.contains(&draft.object)) {
                continue;
            }
            let Some(object) = self.objects.resolved.get(&draft.object) else { continue };
            let denies: Vec<&DenyDraft> =
                bundles.iter().flat_map(|bundle| &bundle.denies).filter(|deny| deny.object == draft.object).collect();
            for grant in self.write(holder, draft, findings) {
                writes.entry(draft.object.clone()).or_default().extend(denied(object, grant, &denies));
            }
        }
        for (name, grants) in &mut writes {
            let Some(object) = self.objects.resolved.get(name) else { continue };
            *grants = merged(std::mem::take(grants), holder, object, findings);
            grants.retain_mut(|grant| self.settle_facet(holder, object, grant, findings));
        }
        self.one_create_a_table(holder, &mut writes, findings);
        writes.retain(|_, grants| !grants.is_empty());
        writes
    }

    /// Two objects on one table: nothing would say which of them a new row is made as.
    fn one_create_a_table(
        &self,
        holder: &Holder<'_>,
        writes: &mut BTreeMap<ObjectName, Vec<WriteGrant>>,
        findings: &mut Vec<Finding>,
    ) {
        let mut made: BTreeMap<(&TableName, usize), (ObjectName, Option<Span>)> = BTreeMap::new();
        for (name, grants) in writes {
            let Some(object) = self.objects.resolved.get(name) else { continue };
            grants.retain(|grant| {
                if !matches!(grant.write, Write::Create(_)) {
                    return true;
                }
                let at = grant.sources.first().copied();
                let Some((other, first)) = made.insert((&object.table, grant.facet), (name.clone(), at)) else {
                    return true;
                };
                let (persona, table) = (holder.persona, &object.table);
                let message = format!("`{persona}` may create `{other}` and `{name}`, both rows of `{table}`");
                let mut finding = Finding::error("ambiguous-create", at, message)
                    .why("the database could not tell which of them a new row is made as")
                    .hint("let this audience create one of the two");
                if let Some(first) = first {
                    finding = finding.label(first, "the other");
                }
                findings.push(finding);
                false
            });
        }
    }

    /// One grant of each owner an `assign` names; else one, or none after a finding.
    fn write(&self, holder: &Holder<'_>, draft: &WriteDraft, findings: &mut Vec<Finding>) -> Vec<WriteGrant> {
        let Some(object) = self.objects.resolved.get(&draft.object) else { return Vec::new() };
        if let Intent::Export { max_rows } = draft.intent {
            // It goes as far as reading does.
            let rows = Rows { mfa: draft.rows.mfa, ..everything() };
            return vec![WriteGrant {
                rows,
                write: Write::Export { max_rows },
                facet: 0,
                sources: vec![draft.rows.span],
            }];
        }
        let Some((rows, sources)) = self.rows(holder, draft, findings) else { return Vec::new() };
        let grant = |write| WriteGrant { rows: rows.clone(), write, facet: 0, sources: sources.clone() };
        let parent = draft.parent;
        match &draft.intent {
            Intent::Create { fields, preset } => {
                let preset = self.preset(holder, draft, preset, findings);
                let create =
                    preset.and_then(|preset| self.create(holder, draft, object, &rows, (fields, preset), findings));
                create.map(|create| grant(Write::Create(create))).into_iter().collect()
            }
            Intent::Update { fields, preset } => {
                if self.hides_what_it_names(holder, object, fields, draft.rows.span, findings) {
                    return Vec::new();
                }
                let preset = self.preset(holder, draft, preset, findings);
                let update = |preset| grant(Write::Update { fields: fields.clone(), preset, parent });
                preset.map(update).into_iter().collect()
            }
            Intent::Transition { field, moves, preset } => {
                let preset = self.preset(holder, draft, preset, findings);
                let (field, moves) = (field.clone(), moves.clone());
                preset.map(|preset| grant(Write::Transition { field, moves, preset, parent })).into_iter().collect()
            }
            Intent::Assign { owners, to } => owners
                .iter()
                .map(|(path, column)| grant(Write::Assign { path: path.clone(), column: column.clone(), to: *to }))
                .collect(),
            Intent::Delete => vec![grant(Write::Delete { parent })],
            Intent::Share { audiences, expires } => {
                if expires.is_some()
                    && let Some(link) = object.shares.as_ref().filter(|link| link.until.is_none())
                {
                    let message =
                        format!("shares of `{}` are kept in `{}`, which has no end for them", object.name, link.table);
                    findings.push(
                        Finding::error("scope-not-possible", draft.rows.span, message)
                            .hint("name the column at the object, `shares: {…, until: ends_at}`, or drop `expires`"),
                    );
                    return Vec::new();
                }
                let with = self.audiences(holder, audiences, findings);
                with.map(|with| grant(Write::Share(Share { with, expires: *expires }))).into_iter().collect()
            }
            Intent::Export { .. } => Vec::new(),
        }
    }

    /// With the kind of `$tenant` filled in.
    fn preset(
        &self,
        holder: &Holder<'_>,
        draft: &WriteDraft,
        written: &Preset,
        findings: &mut Vec<Finding>,
    ) -> Option<Preset> {
        let mut preset = written.clone();
        let mut values = preset.values_mut();
        values.all(|value| self.settle(value, holder.audience, draft.rows.span, findings).is_some()).then_some(preset)
    }

    /// The rows of a write, with every `restrict`.
    fn rows(&self, holder: &Holder<'_>, draft: &WriteDraft, findings: &mut Vec<Finding>) -> Option<(Rows, Vec<Span>)> {
        let (rows, sources) =
            self.granted_rows((&draft.object, &draft.rows), holder.audience, holder.restricts, findings)?;
        let creates = matches!(draft.intent, Intent::Create { .. });
        if creates && rows.scope == Scope::Shared {
            findings.push(
                Finding::error("scope-not-possible", draft.rows.span, "a new row has been shared with nobody yet")
                    .hint("write `own` or `tenant`"),
            );
            return None;
        }
        (rows.scope != Scope::None).then_some((rows, sources))
    }

    fn create(
        &self,
        holder: &Holder<'_>,
        draft: &WriteDraft,
        object: &Object,
        rows: &Rows,
        (fields, preset): (&BTreeSet<FieldName>, Preset),
        findings: &mut Vec<Finding>,
    ) -> Option<Create> {
        let at = draft.rows.span;
        let chosen = choose(self.facts, self.objects, holder.audience, (&draft.object, &draft.rows), &mut Vec::new())?;
        let making = Making {
            facts: self.facts,
            persona: holder.persona,
            audience: holder.audience,
            object,
            draft: &draft.rows,
            chosen: &chosen,
        };
        let stamps = making.stamps(findings)?;
        let column = |name: &FieldName| object.fields.get(name).map(|field| &field.column);
        let stamped =
            fields.iter().chain(preset.keys()).find(|name| column(name).is_some_and(|at| stamps.contains_key(at)));
        if let Some(name) = stamped {
            findings.push(
                Finding::error(
                    "writable-scope-column",
                    at,
                    format!("`{name}` of a new `{}` is set by the database", object.name),
                )
                .why("tenant and owner of a row say whose it is, and are never chosen")
                .label(holder.audience.span, "for this audience")
                .hint(format!("take `{name}` out")),
            );
            return None;
        }
        let create = Create { fields: fields.clone(), parents: parents(object, rows), preset, stamps };
        // Staff say whose a row is when they make it; everybody else could hand it to a stranger.
        let whose = decisive::unchecked(&self.objects.resolved, object, &create);
        if let Some(name) = whose.filter(|_| holder.audience.who != Who::Internal) {
            findings.push(
                Finding::error(
                    "writable-scope-column",
                    at,
                    format!("`{name}` says whose a new `{}` is, and nothing checks what it is given", object.name),
                )
                .why("whoever makes a row could put it under the eyes, or the name, of somebody they do not know")
                .label(holder.audience.span, "for this audience")
                .hint("take it out, `preset` it, or make the field a `reference` to an object that the audience reads"),
            );
            return None;
        }
        let hidden = create.parents.iter().map(|parent| &parent.object).find(|name| !holder.reads.contains_key(*name));
        if let Some(parent) = hidden {
            findings.push(hidden_parent(holder, object, parent, at));
            return None;
        }
        if self.hides_what_it_names(holder, object, fields, at, findings) {
            return None;
        }
        Some(create)
    }

    /// Whether a written reference may lead to an object that this persona cannot see.
    fn hides_what_it_names(
        &self,
        holder: &Holder<'_>,
        object: &Object,
        fields: &BTreeSet<FieldName>,
        at: Span,
        findings: &mut Vec<Finding>,
    ) -> bool {
        let referenced = fields.iter().filter_map(|name| match &object.fields.get(name)?.field_type {
            FieldType::Reference(to) => Some(to),
            _ => None,
        });
        let hidden = referenced.into_iter().find(|to| !holder.reads.contains_key(*to));
        if let Some(to) = hidden {
            findings.push(hidden_parent(holder, object, to, at));
        }
        hidden.is_some()
    }

    fn audiences(
        &self,
        holder: &Holder<'_>,
        written: &[crate::diagnostic::Spanned<String>],
        findings: &mut Vec<Finding>,
    ) -> Option<BTreeSet<PersonaName>> {
        let mut found = Some(BTreeSet::new());
        for name in written {
            let persona = PersonaName::parse(&name.value)
                .unwrap_or_else(|| PersonaName::new(holder.persona.portal.as_str(), name.value.as_str()));
            let known = self.facts.audiences.get(&persona);
            match known.map(|audience| audience.who) {
                Some(Who::External | Who::Internal) => {
                    found.iter_mut().for_each(|found| _ = found.insert(persona.clone()));
                }
                Some(Who::Guest) => {
                    let message = format!("`{persona}` are guests: nobody in particular to share with");
                    findings.push(Finding::error("scope-not-possible", name.span, message));
                    found = None;
                }
                None => {
                    let known: Vec<String> = self.facts.audiences.keys().map(ToString::to_string).collect();
                    let known = known.iter().map(String::as_str);
                    findings.push(report::unknown("there is no audience", &persona.to_string(), name.span, known));
                    found = None;
                }
            }
        }
        found
    }
}

fn hidden_parent(holder: &Holder<'_>, object: &Object, parent: &ObjectName, at: Span) -> Finding {
    Finding::error(
        "insert-under-hidden-parent",
        at,
        format!("a `{}` could name a `{parent}` that `{}` cannot see", object.name, holder.persona),
    )
    .why("naming somebody else's row shows that it exists, and hangs one's own under it")
    .label(holder.audience.span, "this audience")
    .hint(format!("grant `read` on `{parent}`, or leave the field out"))
}

/// Everything, before anything narrows it.
fn everything() -> Rows {
    Rows {
        scope: Scope::All,
        path: None,
        reach: None,
        condition: Condition::True,
        denied: Vec::new(),
        has: Vec::new(),
        min_tier: None,
        valid_from: None,
        valid_until: None,
        mfa: false,
    }
}

/// The parents that a new row names: the object's own, and those on the way to its tenant or owner.
fn parents(object: &Object, rows: &Rows) -> BTreeSet<NamedParent> {
    let own = object.parent.iter().map(|parent| (&parent.via, &parent.object));
    let paths = [&rows.path, &rows.reach].into_iter().flatten();
    let tenant = paths.clone().filter_map(|path| match &object.tenant_paths.get(path)?.route {
        TenantRoute::Via { via, object, .. } => Some((via, object)),
        _ => None,
    });
    let owner = paths.filter_map(|path| match object.owners.get(path)? {
        OwnerPath::Via { via, object, .. } => Some((via, object)),
        OwnerPath::Column(_) => None,
    });
    let named = own.chain(tenant).chain(owner);
    named.map(|(via, object)| NamedParent { via: via.clone(), object: object.clone() }).collect()
}

impl Maker<'_> {
    /// The rows of a grant as somebody of the audience holds it, and what shaped them.
    pub(super) fn granted_rows(
        &self,
        (object, draft): (&ObjectName, &RowsDraft),
        audience: &AudienceFacts<'_>,
        restricts: &Restricts,
        findings: &mut Vec<Finding>,
    ) -> Option<(Rows, Vec<Span>)> {
        let chosen = choose(self.facts, self.objects, audience, (object, draft), findings)?;
        let mut condition = draft.condition.clone();
        let mut sources = vec![draft.span];
        for (restrict, span) in restricts.get(object).into_iter().flatten() {
            condition = condition.and(restrict.clone()?);
            sources.push(*span);
        }
        let mut has = draft.has.clone();
        for one in &mut has {
            for (_, value) in &mut one.matches {
                self.settle(value, audience, draft.span, findings)?;
            }
        }
        let rows = Rows {
            scope: chosen.scope,
            path: chosen.path,
            reach: chosen.reach,
            condition: normal(self.settled(condition, audience, draft.span, findings)?),
            denied: Vec::new(),
            has,
            min_tier: draft.min_tier.clone(),
            valid_from: draft.valid_from.clone(),
            valid_until: draft.valid_until.clone(),
            mfa: draft.mfa,
        };
        Some((rows, sources))
    }
}
