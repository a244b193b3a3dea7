//! What one persona may do besides reading.

use super::audience::AudienceFacts;
use super::bundle::{Bundle, Taken};
use super::condition::normal;
use super::merge::{denied, merged};
use super::persona::{Maker, Restricts};
use super::report;
use super::rows::RowsDraft;
use super::scope::choose;
use super::write_draft::{Intent, WriteDraft};
use crate::diagnostic::{Finding, Span};
use crate::model::{AssignTo, Facet, FileUse, Object, Preset, ReadGrant, Rows, Scope, Share, Who, Write, WriteGrant};
use crate::names::{ObjectName, PersonaName};
use std::collections::{BTreeMap, BTreeSet};

type Reads = BTreeMap<ObjectName, Vec<ReadGrant>>;

/// Whose writes are worked out, with what they read already.
pub(super) struct Holder<'a> {
    pub(super) persona: &'a PersonaName,
    pub(super) audience: &'a AudienceFacts<'a>,
    pub(super) restricts: &'a Restricts,
    pub(super) taken: &'a Taken<'a>,
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
            let Some(denies) = holder.taken.of(&draft.object) else { continue };
            let Some(object) = self.objects.resolved.get(&draft.object) else { continue };
            for grant in self.write(holder, draft, findings) {
                writes.entry(draft.object.clone()).or_default().extend(denied(object, grant, denies));
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

    /// One grant of each owner an `assign` names; else one, or none after a finding.
    fn write(&self, holder: &Holder<'_>, draft: &WriteDraft, findings: &mut Vec<Finding>) -> Vec<WriteGrant> {
        let Some(object) = self.objects.resolved.get(&draft.object) else { return Vec::new() };
        if let Intent::Export { max_rows } = draft.intent {
            // It goes as far as reading does.
            let rows = Rows { mfa: draft.rows.mfa, ..Rows::every() };
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
            Intent::Assign { to: AssignTo::TenantMember, .. } if !self.tells_people(holder, object) => {
                findings.push(no_people(object, "hand rows of", draft.rows.span));
                Vec::new()
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
                let outside =
                    |name: &PersonaName| self.facts.audiences.get(name).is_some_and(|it| it.who == Who::External);
                if with.iter().flatten().any(outside) && !self.tells_people(holder, object) {
                    findings.push(no_people(object, "share rows of", draft.rows.span));
                    return Vec::new();
                }
                with.map(|with| grant(Write::Share(Share { with, expires: *expires }))).into_iter().collect()
            }
            Intent::Files(one) => files(holder, *one, draft.rows.span, findings).map(grant).into_iter().collect(),
            Intent::Export { .. } => Vec::new(),
        }
    }

    /// Whether it can be told who the people of a row's tenant are: staff have no tenant whose people they would be.
    fn tells_people(&self, holder: &Holder<'_>, object: &Object) -> bool {
        holder.audience.who == Who::External || object.direct_tenants().next().is_some()
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

fn no_people(object: &Object, what: &str, at: Span) -> Finding {
    let message = format!("staff cannot {what} `{}` to people of the tenant: the row does not name it", object.name);
    Finding::error("scope-not-possible", at, message)
        .why("who the tenant's people are is told by its key in the row")
        .label(object.span, "the object")
        .hint("give the object a `tenant` by a column of its own, or name audiences of staff")
}

fn files(holder: &Holder<'_>, file_use: FileUse, at: Span, findings: &mut Vec<Finding>) -> Option<Write> {
    if file_use == FileUse::Attach && holder.audience.who == Who::Guest {
        let message = "a guest is nobody in particular, whose files nobody could answer for";
        findings.push(
            Finding::error("scope-not-possible", at, message)
                .label(holder.audience.span, "this audience")
                .hint("grant `attach` to an audience that signs in"),
        );
        return None;
    }
    Some(Write::Files(file_use))
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
