//! Grants that change rows, before anybody holds them: names found, types checked, and nothing writable that
//! decides whose a row is.

use super::bundle::{Reader, fields};
use super::condition::Rows;
use super::decisive::{Decisive, decisive};
use super::objects::unknown_field;
use super::operand::Relation;
use super::report::unknown;
use super::rows::RowsDraft;
use super::states;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{AssignTo, FileUse, FilledBy, Moves, OwnerPath, ParentNeeds, Preset, Value};
use crate::names::{ColumnName, FieldName, ObjectName, PathName};
use crate::spec::document::{FieldsDoc, Operand, PresetDoc, WriteDoc, WriteGrantDoc};
use std::collections::BTreeSet;

/// A write without the defaults that depend on who holds it.
#[derive(Debug, Clone)]
pub(super) struct WriteDraft {
    pub(super) object: ObjectName,
    pub(super) rows: RowsDraft,
    pub(super) parent: ParentNeeds,
    pub(super) intent: Intent,
}

#[derive(Debug, Clone)]
pub(super) enum Intent {
    Create { fields: BTreeSet<FieldName>, preset: Preset },
    Update { fields: BTreeSet<FieldName>, preset: Preset },
    Transition { field: FieldName, moves: Moves, preset: Preset },
    Assign { owners: Vec<(PathName, ColumnName)>, to: AssignTo },
    Delete,
    Share { audiences: Vec<Spanned<String>>, expires: Option<u64> },
    Files(FileUse),
    Export { max_rows: u32 },
}

impl Reader<'_> {
    pub(super) fn write(
        &self,
        rows: &Rows<'_>,
        doc: &WriteGrantDoc,
        findings: &mut Vec<Finding>,
    ) -> Option<WriteDraft> {
        let intent = self.intent(rows, doc, findings);
        let draft = self.rows_draft(rows, &doc.rows, findings);
        let parent = if doc.rows.parent_needs_read { ParentNeeds::Read } else { ParentNeeds::Update };
        Some(WriteDraft { object: rows.object.name.clone(), rows: draft?, parent, intent: intent? })
    }

    fn intent(&self, rows: &Rows<'_>, doc: &WriteGrantDoc, findings: &mut Vec<Finding>) -> Option<Intent> {
        let at = doc.rows.span;
        match &doc.write {
            WriteDoc::Create { fields, preset } => {
                let (fields, preset) = self.written(rows, fields, preset, (at, true), findings)?;
                Some(Intent::Create { fields, preset })
            }
            WriteDoc::Update { fields, preset } => {
                let (fields, preset) = self.written(rows, fields, preset, (at, false), findings)?;
                Some(Intent::Update { fields, preset })
            }
            WriteDoc::Transition { moves, preset } => {
                let (field, moves) = states::granted(rows, moves, at, findings)?;
                let preset = self.presets(rows, preset, false, findings)?;
                Some(Intent::Transition { field, moves, preset })
            }
            WriteDoc::Assign { to: AssignTo::TenantMember, .. } if rows.doc.tenants.is_empty() => {
                let message = format!("`{}` belongs to no tenant, so nobody is of its tenant", rows.object.name);
                findings.push(
                    Finding::error("scope-not-possible", at, message)
                        .hint("give the object its `tenant`, or hand over `to: staff`"),
                );
                None
            }
            WriteDoc::Assign { owners, to } => {
                let owners: Vec<_> = owners.iter().map(|name| owner(rows, name, findings)).collect();
                Some(Intent::Assign { owners: owners.into_iter().collect::<Option<_>>()?, to: *to })
            }
            WriteDoc::Delete if rows.doc.delete.is_none() => {
                findings.push(
                    Finding::error(
                        "delete-undefined",
                        at,
                        format!("`{}` does not say what deleting does", rows.object.name),
                    )
                    .label(rows.object.span, "the object")
                    .hint("write `delete: hard`, or `delete: {soft: deleted_at}` at the object"),
                );
                None
            }
            WriteDoc::Delete => Some(Intent::Delete),
            WriteDoc::Share { audiences, expires, gives: _ } => {
                Some(Intent::Share { audiences: audiences.clone(), expires: *expires })
            }
            WriteDoc::Files(_) if rows.doc.attachments.is_none() => {
                findings.push(
                    Finding::error(
                        "attachments-undefined",
                        at,
                        format!("`{}` does not say which files it takes", rows.object.name),
                    )
                    .label(rows.object.span, "the object")
                    .hint("write `attachments: {types: [image/*, application/pdf]}` at the object"),
                );
                None
            }
            WriteDoc::Files(file_use) => Some(Intent::Files(*file_use)),
            WriteDoc::Export { max_rows } => Some(Intent::Export { max_rows: (*max_rows)? }),
        }
    }

    /// The fields that somebody may give, and those that the database sets.
    fn written(
        &self,
        rows: &Rows<'_>,
        doc: &FieldsDoc,
        preset: &PresetDoc,
        (at, creates): (Span, bool),
        findings: &mut Vec<Finding>,
    ) -> Option<(BTreeSet<FieldName>, Preset)> {
        let preset = self.presets(rows, preset, creates, findings);
        let FieldsDoc::Named(names) = doc else {
            findings.push(
                Finding::error("wildcard-fields", at, "what may be written is named field by field")
                    .why("a field added to the object later would be writable at once")
                    .hint("list the fields, or write a field set for them"),
            );
            return None;
        };
        let fields = fields(rows, doc, at, findings)?;
        for name in &fields {
            let span = names.iter().find(|written| written.value == name.as_str()).map_or(at, |written| written.span);
            if let Some(computed) = computed(rows, name, span) {
                findings.push(computed);
                return None;
            }
            if let Some(found) = self.decides(rows, name).filter(|found| !creates || found.also_when_made()) {
                findings.push(found.refusal(name, span));
                return None;
            }
        }
        let preset = preset?;
        if let Some(both) = preset.keys().find(|name| fields.contains(*name)) {
            findings.push(
                Finding::error("preset-not-fixed", at, format!("`{both}` is preset here, and may be given as well"))
                    .hint("take it out of `fields`, or out of `preset`"),
            );
            return None;
        }
        Some((fields, preset))
    }

    fn presets(&self, rows: &Rows<'_>, doc: &PresetDoc, creates: bool, findings: &mut Vec<Finding>) -> Option<Preset> {
        let mut presets = Some(Preset::new());
        for (name, operand) in doc {
            let value = self.preset(rows, name, operand, creates, findings);
            presets = presets.zip(value).map(|(mut presets, value)| {
                presets.insert(name.value.clone(), value);
                presets
            });
        }
        presets
    }

    fn preset(
        &self,
        rows: &Rows<'_>,
        name: &Spanned<FieldName>,
        operand: &Spanned<Operand>,
        creates: bool,
        findings: &mut Vec<Finding>,
    ) -> Option<Value> {
        let Some(field_type) = rows.field_type(&name.value) else {
            findings.push(unknown_field(rows.doc, name.value.as_str(), name.span));
            return None;
        };
        // What a new row begins with is the spec's to say; only that it is deleted is not.
        let refused = |found: &Decisive<'_>| !creates || (found.also_when_made() && !found.is_state());
        if let Some(found) = self.decides(rows, &name.value).filter(refused) {
            findings.push(found.refusal(&name.value, name.span));
            return None;
        }
        let value = rows.operand((&name.value, field_type), Relation::Equality, operand, findings)?;
        if matches!(value, Value::Row(_)) {
            findings.push(
                Finding::error("wrong-operand", operand.span, "a preset is no other field of the row")
                    .hint("write a value, `$user`, `$tenant`, `$tier`, `$now` or `$today`"),
            );
            return None;
        }
        Some(value)
    }

    fn decides(&self, rows: &Rows<'_>, name: &FieldName) -> Option<Decisive<'_>> {
        decisive(self.objects, rows.object, name)
    }
}

/// `owner` is the only path; else a path's name, or a field over its column.
fn owner(rows: &Rows<'_>, name: &Spanned<String>, findings: &mut Vec<Finding>) -> Option<(PathName, ColumnName)> {
    let owners = &rows.object.owners;
    let by_name = owners.get_key_value(name.value.as_str());
    let only = || owners.iter().next().filter(|_| owners.len() == 1 && name.value == "owner");
    let by_field = || {
        let field = rows.object.fields.get(name.value.as_str())?;
        owners.iter().find(|(_, owner)| matches!(owner, OwnerPath::Column(user) if user.column == field.column))
    };
    match by_name.or_else(only).or_else(by_field) {
        Some((path, OwnerPath::Column(user))) => Some((path.clone(), user.column.clone())),
        Some((_, OwnerPath::Via { object, .. })) => {
            findings.push(
                Finding::error("scope-not-possible", name.span, format!("the owner is that of the `{object}`"))
                    .hint(format!("hand over the `{object}`")),
            );
            None
        }
        None if rows.doc.owners.is_empty() || owners.len() == rows.doc.owners.len() => {
            let known = owners.keys().map(PathName::as_str).map(|name| if name.is_empty() { "owner" } else { name });
            let known: Vec<&str> = known.collect();
            let intro = format!("`{}` has no owner", rows.object.name);
            findings.push(unknown(&intro, &name.value, name.span, known.iter().copied()));
            None
        }
        // The owner's own document is wrong, which is reported there.
        None => None,
    }
}

/// What the database fills at all times is nobody's to write.
fn computed(rows: &Rows<'_>, name: &FieldName, at: Span) -> Option<Finding> {
    let how = match rows.object.fields.get(name)?.filled_by? {
        FilledBy::Formula => "is computed",
        FilledBy::Clock => "is set at every change",
        FilledBy::Numbers => return None,
    };
    let message = format!("`{name}` of `{}` {how}, and written by nobody", rows.object.name);
    Some(Finding::error("computed-field", at, message).hint(format!("take `{name}` out")))
}
