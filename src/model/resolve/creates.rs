//! New rows: what they may be given, under which parents, and as what.

use super::decisive;
use super::persona::Maker;
use super::scope::choose;
use super::stamps::Making;
use super::write_draft::WriteDraft;
use super::writes::Holder;
use crate::diagnostic::{Finding, Span};
use crate::model::{
    Create, FieldType, NamedParent, Object, OwnerPath, Preset, Rows, TenantRoute, Who, Write, WriteGrant,
};
use crate::names::{FieldName, ObjectName, TableName};
use std::collections::{BTreeMap, BTreeSet};

impl Maker<'_> {
    /// What a new row may be given; `None` after a finding.
    pub(super) fn create(
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
        let whose = decisive::unchecked(self.objects, object, &create);
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
    pub(super) fn hides_what_it_names(
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

    /// Two objects on one table: nothing would say which of them a new row is made as.
    pub(super) fn one_create_a_table(
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
