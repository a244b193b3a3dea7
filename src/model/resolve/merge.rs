//! What denies leave of a write, and writes that say the same.

use super::bundle::DenyDraft;
use super::deny;
use super::persona::order;
use super::writes::Holder;
use crate::diagnostic::{Finding, Span};
use crate::model::{Create, Object, ReadGrant, Write, WriteGrant};
use std::collections::BTreeSet;

/// What the denies of a persona leave of a write.
pub(super) fn denied(object: &Object, grant: WriteGrant, denies: &[&DenyDraft]) -> Vec<WriteGrant> {
    if denies.is_empty() {
        let is_nothing = match &grant.write {
            Write::Create(create) => create.fields.is_empty(),
            Write::Update { fields, .. } => fields.is_empty(),
            _ => false,
        };
        return if is_nothing { Vec::new() } else { vec![grant] };
    }
    let WriteGrant { rows, write, facet, sources } = grant;
    let fields = match &write {
        Write::Create(create) => Some(create.fields.clone()),
        Write::Update { fields, .. } => Some(fields.clone()),
        Write::Transition { field, .. } => Some(BTreeSet::from([field.clone()])),
        // Who may not touch the owner's field hands nothing over.
        Write::Assign { column, .. } => object.field_of(column).map(|field| BTreeSet::from([field.name.clone()])),
        Write::Delete { .. } | Write::Share(_) | Write::Files(_) | Write::Export { .. } => None,
    };
    let Some(fields) = fields else {
        let whole: Vec<&DenyDraft> = denies.iter().copied().filter(|deny| deny.fields.is_none()).collect();
        return deny::apply_to_rows(rows, &whole)
            .map(|rows| WriteGrant { rows, write, facet, sources })
            .into_iter()
            .collect();
    };
    let mut parts = deny::apply(ReadGrant { rows, fields, unmasked: BTreeSet::new(), sources }, denies);
    if matches!(write, Write::Create(_)) {
        // A row is made under one grant: what only some rows may hold, none is given.
        parts.sort_by_key(|part| part.rows.denied.len());
        parts.truncate(1);
    }
    parts.retain(|part| !part.fields.is_empty());
    let with_fields = |part: ReadGrant| {
        let write = match &write {
            Write::Create(create) => Write::Create(Create { fields: part.fields, ..create.clone() }),
            Write::Update { preset, parent, .. } => {
                Write::Update { fields: part.fields, preset: preset.clone(), parent: *parent }
            }
            other => other.clone(),
        };
        WriteGrant { rows: part.rows, write, facet, sources: part.sources }
    };
    parts.into_iter().map(with_fields).collect()
}

/// In one order, equal grants once; creates that differ in their fields alone are one, and more than one is an error.
pub(super) fn merged(
    mut grants: Vec<WriteGrant>,
    holder: &Holder<'_>,
    object: &Object,
    findings: &mut Vec<Finding>,
) -> Vec<WriteGrant> {
    grants.sort_by(|a, b| {
        a.write.cmp(&b.write).then_with(|| order(&a.rows, &b.rows)).then_with(|| a.sources.cmp(&b.sources))
    });
    let mut kept: Vec<WriteGrant> = Vec::new();
    for grant in grants {
        let same = kept
            .iter_mut()
            .find(|other| order(&other.rows, &grant.rows).is_eq() && same_but_for_fields(&other.write, &grant.write));
        match same {
            Some(other) => {
                if let (Write::Create(create), Write::Create(more)) = (&mut other.write, &grant.write) {
                    create.fields.extend(more.fields.iter().cloned());
                }
                let fresh = grant.sources.into_iter().filter(|span| !other.sources.contains(span));
                let fresh: Vec<Span> = fresh.collect();
                other.sources.extend(fresh);
            }
            None => kept.push(grant),
        }
    }
    let creates: Vec<&WriteGrant> = kept.iter().filter(|grant| matches!(grant.write, Write::Create(_))).collect();
    if let [first, second, ..] = creates.as_slice() {
        let mut finding = Finding::error(
            "ambiguous-create",
            second.sources.first().copied(),
            format!("`{}` may create a `{}` in two ways", holder.persona, object.name),
        )
        .why("the database could not tell which of them a new row is made under")
        .hint("make them one grant, with the same scope and presets");
        if let Some(at) = first.sources.first() {
            finding = finding.label(*at, "the other way");
        }
        findings.push(finding);
        kept.retain(|grant| !matches!(grant.write, Write::Create(_)));
    }
    kept
}

fn same_but_for_fields(one: &Write, other: &Write) -> bool {
    match (one, other) {
        (Write::Create(one), Write::Create(other)) => {
            (&one.parents, &one.preset, &one.stamps) == (&other.parents, &other.preset, &other.stamps)
        }
        _ => one == other,
    }
}
