//! What is new or gone since documents were written: what is new is added to them, what is gone is told.

use super::answers::Answers;
use super::document::field_remark;
use super::fields::{FieldLine, fields};
use super::ledger::Ledger;
use super::outline::Outline;
use super::report::{Changed, ObjectReport};
use super::settings::KnownObject;
use super::yaml::remark;
use crate::names::{ColumnName, FieldName, ObjectName, TableName};
use crate::spec::edit::{Change, Edit, EditError, New, Place, Splice, document_named, spliced, splices};
use std::collections::BTreeSet;

/// What one document gets besides what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    pub object: ObjectName,
    /// The path of its file.
    pub file: String,
    fields: Vec<FieldLine>,
    /// Key and value of a way to the tenant.
    tenant: Option<(String, New)>,
}

impl Extension {
    /// The text of the file with it; every other byte stays.
    ///
    /// # Errors
    /// The document cannot be edited without a change to what it says besides.
    pub fn added_to(&self, text: &str) -> Result<String, EditError> {
        let missing = || EditError::NoSuchPlace(format!("object `{}`", self.object));
        let document = document_named(text, "object", self.object.as_str()).ok_or_else(missing)?;
        let mut text = text.to_owned();
        for field in &self.fields {
            let place = Place::document(document).key("fields");
            let edit = Edit { place, change: Change::Insert(field.name.clone(), field.value.clone()) };
            text = with_remark(&text, &edit, field)?;
        }
        if let Some((key, value)) = &self.tenant {
            let change = Change::Insert(key.clone(), value.clone());
            let edit = Edit { place: Place::document(document), change };
            text = spliced(&text, &splices(&text, &edit)?);
        }
        Ok(text)
    }
}

/// The edit, and behind its line the remark, where it is a line of its own and nothing is said there yet.
fn with_remark(text: &str, edit: &Edit, field: &FieldLine) -> Result<String, EditError> {
    let made = splices(text, edit)?;
    let line = format!("{}: {}", field.name, field.value);
    let (Some(remark), [one]) = (field_remark(field), made.as_slice()) else { return Ok(spliced(text, &made)) };
    let rest = &text[one.range.end..];
    let ends_there = one.text.trim_end_matches(['\r', '\n']).len() < one.text.len()
        || (one.text.starts_with(['\r', '\n']) && (rest.is_empty() || rest.starts_with(['\r', '\n'])));
    if one.text.trim() != line || !ends_there {
        return Ok(spliced(text, &made));
    }
    let with = Splice { range: one.range.clone(), text: one.text.replacen(&line, &format!("{line}{remark}"), 1) };
    let after = spliced(text, &[with]);
    // A remark changes nothing of what is read: what was to be added is there, and cannot be added again.
    match splices(&after, edit) {
        Err(EditError::AlreadyThere(_)) => Ok(after),
        _ => Ok(spliced(text, &made)),
    }
}

/// New columns of a table that was imported before, and a way to tenants that nobody has asked about before.
pub fn extension(
    outline: &Outline<'_>,
    answers: &Answers,
    before: &Ledger,
    table: &TableName,
    told: &mut ObjectReport,
) -> Option<Extension> {
    let known = outline.settings.object_of(table).filter(|_| before.has_table(table))?;
    let taken: BTreeSet<String> = known.fields.keys().map(ToString::to_string).collect();
    let is_new = |column: &ColumnName| !known.columns.contains(column) && before.column(table, column).is_none();
    let added = fields(outline, answers, table, is_new, taken);
    let tenant = tenant(outline, before, known, told);
    told.guesses.extend(added.lines.iter().flat_map(|line| line.guesses.clone()));
    told.left_out = added.left_out;
    told.fields += added.lines.len();
    told.added =
        added.lines.iter().map(|line| line.name.clone()).chain(tenant.iter().map(|(key, _)| key.clone())).collect();
    (!told.added.is_empty()).then(|| Extension {
        object: known.name.clone(),
        file: known.file.clone(),
        fields: added.lines,
        tenant,
    })
}

/// The way that leaves no doubt, where none was written since nobody had said what a tenant is.
fn tenant(outline: &Outline<'_>, before: &Ledger, known: &KnownObject, told: &ObjectReport) -> Option<(String, New)> {
    let is_first = outline.tenants.iter().all(|tenant| !before.has_tenant(&tenant.table));
    if known.has_tenant || !is_first {
        return None;
    }
    let chosen = told.tenants.iter().filter_map(|ways| Some((ways.kind.clone(), ways.chosen()?.value.clone())));
    let chosen: Vec<(Option<String>, New)> = chosen.collect();
    match chosen.as_slice() {
        [] => None,
        [(None, value)] => Some(("tenant".to_owned(), value.clone())),
        several => {
            let named = several.iter().filter_map(|(kind, value)| Some((kind.clone()?, value.clone())));
            Some(("tenants".to_owned(), New::Map(named.collect())))
        }
    }
}

/// What documents name and the database has no more, or has of another type than at the last import.
pub fn changes(outline: &Outline<'_>, before: &Ledger) -> Vec<Changed> {
    let mut changed = Vec::new();
    for known in outline.settings.objects.iter().filter(|known| outline.found.looked_for(&known.table)) {
        let tell = |column: Option<&ColumnName>, what: String| Changed {
            object: Some(known.name.to_string()),
            table: known.table.to_string(),
            column: column.map(ToString::to_string),
            what,
        };
        let Some(relation) = outline.found.relations.get(&known.table) else {
            if !outline.found.has(&known.table) {
                changed
                    .push(tell(None, format!("there is no such table any more; `{}` names it", remark(&known.file))));
            }
            continue;
        };
        for name in &known.columns {
            match relation.column(name) {
                None => changed.push(tell(Some(name), gone(known, name))),
                Some(column) => {
                    let was = before.column(&known.table, name).filter(|was| *was != column.display_type);
                    changed.extend(was.map(|was| {
                        tell(Some(name), format!("was `{}` and is `{}`", remark(was), remark(&column.display_type)))
                    }));
                }
            }
        }
    }
    changed
}

fn gone(known: &KnownObject, column: &ColumnName) -> String {
    let of_field = |(name, (of, _)): (&FieldName, &(ColumnName, _))| (of == column).then(|| name.to_string());
    let named = known.fields.iter().find_map(of_field);
    let field = named.map(|name| format!("field `{name}` of ")).unwrap_or_default();
    format!("there is no such column any more; {field}`{}` names it", remark(&known.file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extended(text: &str, remarked: bool) -> String {
        let field = FieldLine {
            name: "email".to_owned(),
            column: "email".into(),
            value: New::Map(vec![("type".to_owned(), New::word("email"))]),
            remark: remarked.then(|| "guessed".to_owned()),
            guesses: Vec::new(),
        };
        let tenant = Some(("tenant".to_owned(), New::text("account_id")));
        let extension = Extension { object: "case".into(), file: String::new(), fields: vec![field], tenant };
        extension.added_to(text).unwrap()
    }

    #[test]
    fn what_stands_there_stays_as_it_is() {
        let text = "# ours\nkind: object\nname: case   # so\ntable: crm.cases\nfields:\n  id:   integer # key\n  # photo: left out\n";
        let after = extended(text, true);
        assert!(after.contains("  email: {type: email}   # guessed\n"), "{after}");
        assert!(after.contains("tenant: account_id\n"), "{after}");
        let kept: Vec<&str> =
            after.lines().filter(|line| !line.contains("email") && !line.starts_with("tenant")).collect();
        assert_eq!(kept, text.lines().collect::<Vec<_>>());
    }

    #[test]
    fn a_remark_never_swallows_what_comes_behind() {
        let after = extended("{kind: object, name: case, table: crm.cases, fields: {id: integer}}\n", true);
        assert!(!after.contains('#') && after.contains("email: {type: email}"), "{after}");
        let windows = extended("kind: object\r\nname: case\r\nfields:\r\n  id: integer", true);
        assert!(windows.contains("  email: {type: email}   # guessed"), "{windows}");
    }
}
