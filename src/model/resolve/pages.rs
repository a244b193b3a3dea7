//! Page documents, and in which portals they are.

use super::bundle::{Reader, unknown_field_or_set};
use super::condition::Rows;
use super::label::singular;
use super::objects::unknown_field;
use super::report::unknown;
use super::sorts;
use crate::diagnostic::{Finding, Spanned};
use crate::model::{FieldType, Page, Persona, View};
use crate::names::{FieldName, ObjectName, PageName, PersonaName, PortalName};
use crate::spec::document::{PageDoc, PortalDoc};
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Pages = BTreeMap<PortalName, BTreeMap<PageName, Page>>;

/// The pages of each portal. A page that every portal of a module would have is in those where somebody sees it;
/// where nobody does anywhere, it is in the first of them, so that it is reported.
pub(super) fn pages(
    docs: &[PageDoc],
    portals: &[PortalDoc],
    reader: &Reader<'_>,
    personas: &BTreeMap<PersonaName, Persona>,
    findings: &mut Vec<Finding>,
) -> Pages {
    let mut pages = Pages::new();
    for doc in docs {
        let portals = places(doc, portals, findings);
        let Some(page) = page(doc, reader, findings) else { continue };
        let seen = |portal: &&PortalName| page.readers(portal, personas).next().is_some();
        let mut shown: Vec<&PortalName> = portals.iter().copied().filter(seen).collect();
        if shown.is_empty() || doc.portal.is_some() {
            shown = portals.into_iter().take(1).collect();
        }
        for portal in shown {
            pages.entry(portal.clone()).or_default().insert(page.name.clone(), page.clone());
        }
    }
    pages
}

fn places<'a>(doc: &'a PageDoc, portals: &[PortalDoc], findings: &mut Vec<Finding>) -> Vec<&'a PortalName> {
    match &doc.portal {
        Some(portal) if portals.iter().any(|known| known.name.value == portal.value) => vec![&portal.value],
        Some(portal) => {
            let known = portals.iter().map(|known| known.name.value.as_str());
            findings.push(unknown("there is no portal", portal.value.as_str(), portal.span, known));
            Vec::new()
        }
        None => {
            if doc.portals.is_empty() {
                let message = format!("the page `{}` is in no portal", doc.name.value);
                findings.push(
                    Finding::error("unfit-page", doc.name.span, message)
                        .hint("add `portal:`; only a module's page is in the portals that adopt the module"),
                );
            }
            doc.portals.iter().collect()
        }
    }
}

fn page(doc: &PageDoc, reader: &Reader<'_>, findings: &mut Vec<Finding>) -> Option<Page> {
    let name = doc.name.value.clone();
    let page = Page {
        title: reader.facts.words(doc.title.as_ref(), singular(name.as_str()), findings),
        name,
        view: doc.view.value,
        object: None,
        columns: Vec::new(),
        sort: None,
        group_by: None,
        span: doc.name.span,
    };
    let word = doc.view.value.word();
    let Some(object) = &doc.object else {
        if doc.view.value == View::Content {
            return Some(page);
        }
        let message = format!("a page with the view `{word}` needs `object`");
        findings.push(Finding::error("unfit-page", doc.view.span, message).hint("say whose rows it shows"));
        return None;
    };
    if doc.view.value == View::Content {
        let message = "a page of text shows no rows";
        findings
            .push(Finding::error("unfit-page", object.span, message).hint("remove `object`, or choose another view"));
        return None;
    }
    if reader.objects.resolved.contains_key(doc.name.value.as_str()) {
        let message = format!("an object is called `{}`, too", doc.name.value);
        findings.push(
            Finding::error("duplicate-name", doc.name.span, message)
                .why("an entry of `navigation` would name both")
                .hint("rename the page"),
        );
    }
    of_object(doc, object, reader, page, findings)
}

fn of_object(
    doc: &PageDoc,
    object: &Spanned<ObjectName>,
    reader: &Reader<'_>,
    page: Page,
    findings: &mut Vec<Finding>,
) -> Option<Page> {
    let rows = reader.rows(&object.value, object.span, findings)?;
    let mut columns: Vec<FieldName> = Vec::new();
    for column in &doc.columns {
        let named = rows.doc.field_sets.get(column.value.as_str());
        let field = rows.object.fields.get(column.value.as_str()).map(|field| &field.name);
        match (named, field) {
            (Some(set), _) => columns.extend(set.iter().map(|field| field.value.clone())),
            (None, Some(field)) => columns.push(field.clone()),
            (None, None) if column.value == "all" => columns.extend(rows.object.fields.keys().cloned()),
            (None, None) => findings.push(unknown_field_or_set(rows.doc, column)),
        }
    }
    let mut seen = BTreeSet::new();
    columns.retain(|column| rows.object.fields.contains_key(column) && seen.insert(column.clone()));
    let sort = sorts::sort(rows.doc, doc.sort.as_ref(), findings);
    Some(Page { columns, sort, group_by: group_by(doc, &rows, findings), object: Some(object.value.clone()), ..page })
}

/// What a board is made of must be few and known; other views may group by anything.
fn group_by(doc: &PageDoc, rows: &Rows<'_>, findings: &mut Vec<Finding>) -> Option<FieldName> {
    let is_board = doc.view.value == View::Board;
    let Some(name) = &doc.group_by else {
        if is_board {
            let finding = Finding::error("unfit-page", doc.view.span, "a board needs `group_by`");
            findings.push(finding.hint("name the enum field whose values are the columns of the board"));
        }
        return None;
    };
    let Some(field) = rows.object.fields.get(&name.value) else {
        findings.push(unknown_field(rows.doc, name.value.as_str(), name.span));
        return None;
    };
    if is_board && !matches!(field.field_type, FieldType::Enum(_)) {
        let message = format!("a board is grouped by an enum field, which `{}` is not", name.value);
        findings.push(
            Finding::error("unfit-page", name.span, message)
                .label(field.span, "the field")
                .hint("group by another field, or choose the view `list`"),
        );
        return None;
    }
    Some(name.value.clone())
}
