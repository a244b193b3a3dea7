//! What a part of a model says, wherever it is written: places in files are left out.

use crate::model::{AccessModel, Persona};
use std::fmt::Debug;

/// Whether everything that the rows of grants depend on, but for the grants themselves, is the same.
pub(super) fn same_ground(before: &AccessModel, after: &AccessModel) -> bool {
    let ground = |model: &AccessModel| {
        let objects = model.objects.values().map(|object| {
            let fields: Vec<_> = object
                .fields
                .values()
                .map(|field| (&field.name, &field.column, &field.field_type, field.class, field.mask))
                .collect();
            let routes = (&object.tenant_paths, &object.owners, &object.parent, &object.shares, &object.assignments);
            said(&(
                &object.name,
                &object.table,
                &object.key,
                &object.key_generation,
                fields,
                routes,
                &object.deletion,
                &object.min_group,
                &object.states,
            ))
        });
        let people: Vec<_> = model.people.iter().map(|source| (&source.keys, &source.reports_to)).collect();
        let tenants = (&model.assigned_tenants, &model.tenant_kinds, model.one_key_one_tenant);
        let project = (&model.project.tiers, &model.project.timezone);
        objects.chain([said(&(people, tenants, project))]).collect::<Vec<_>>()
    };
    ground(before) == ground(after)
}

/// Whether the persona is granted the same in the same way.
pub(super) fn same_grants(before: &Persona, after: &Persona) -> bool {
    let granted = |persona: &Persona| {
        said(&(persona.who, &persona.tenant_kind, persona.tenants, &persona.reads, &persona.writes))
    };
    granted(before) == granted(after)
}

fn said(value: &impl Debug) -> String {
    without_places(&format!("{value:?}"))
}

/// Drops each `Span { … }` that is no part of a quoted text.
fn without_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', 'S']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(behind) = from.strip_prefix("Span {") {
            rest = behind.split_once('}').map_or("", |(_, rest)| rest);
        } else if from.starts_with('"') {
            let end = quoted(from);
            out.push_str(&from[..end]);
            rest = &from[end..];
        } else {
            out.push('S');
            rest = &from[1..];
        }
    }
    out + rest
}

/// How long the quoted text is that `text` begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{FileId, Span};

    #[test]
    fn a_place_says_nothing_and_a_text_that_looks_like_one_does() {
        let at = |start| Span::new(FileId(0), start, start + 1);
        assert_eq!(said(&("a", at(1))), said(&("a", at(9))));
        assert_ne!(said(&"Span { a }"), said(&"Span { b }"));
        assert_ne!(said(&"\"Span { a }\""), said(&"\"Span { b }\""));
    }
}
