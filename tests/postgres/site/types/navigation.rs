//! Each entry of the navigation leads everybody whom it is for to rows, and nobody else anywhere.

use super::{Typed, assert_denied, path_of};
use crate::site::browser::Answer;
use axum::http::StatusCode;
use portalctl::model::{Navigation, Page, Persona, Portal, ReadGrant};
use portalctl::names::ObjectName;
use std::collections::BTreeSet;

/// Rows that need a second factor, which no way of signing in proves yet: the list is there and empty.
const NEEDS_SECOND_FACTOR: &[(&str, &str, &str)] = &[
    ("employee", "employee", "payslip"),
    ("employee", "hr", "payslip"),
    ("employee", "manager", "payslip"),
    ("investor", "investor", "tax_document"),
    ("investor", "investor_admin", "tax_document"),
    ("patient", "clinician", "observation"),
    ("patient", "clinician", "prescription"),
    ("patient", "patient", "observation"),
    ("patient", "patient", "prescription"),
    ("patient", "proxy", "observation"),
    ("patient", "proxy", "prescription"),
];

pub async fn check(typed: &Typed) {
    let objects: Vec<&ObjectName> = typed.portal().navigation.iter().filter_map(object).collect();
    let mut problems = Vec::new();
    let mut empty = BTreeSet::new();
    for persona in typed.model.personas.values() {
        let mut browser = typed.someone(persona).await;
        let home = browser.get("/main/").await;
        assert_eq!(home.status, StatusCode::OK, "{}: home of {}", typed.name, persona.name);
        let shown = entries(&home);
        for page in typed.portal().navigation.iter().filter_map(|entry| view(typed.portal(), entry)) {
            let path = format!("/main/p/{}", page.name);
            assert_eq!(shown.contains(&path), page.is_seen_by(persona), "{}: {path} for {}", typed.name, persona.name);
        }
        for &object in &objects {
            let path = path_of(object);
            let is_for = persona.reads.contains_key(object);
            assert_eq!(shown.contains(&path), is_for, "{}: {path} for {}", typed.name, persona.name);
            let list = browser.get(&path).await;
            if !is_for {
                assert_denied(&list, persona, &path);
                continue;
            }
            assert_eq!(list.status, StatusCode::OK, "{}: {path} for {}", typed.name, persona.name);
            let rows = list.records(&path);
            let Some(first) = rows.first() else {
                let audience = persona.name.audience.as_str();
                if needs_second_factor(persona, object) {
                    empty.insert((typed.name, audience, object.as_str()));
                } else {
                    problems.push(format!("{}: no {object} for {audience}", typed.name));
                }
                continue;
            };
            let detail = browser.get(first).await;
            assert_eq!(detail.status, StatusCode::OK, "{}: {first} for {}", typed.name, persona.name);
        }
    }
    assert_eq!(problems, Vec::<String>::new());
    let known: BTreeSet<(&str, &str, &str)> =
        NEEDS_SECOND_FACTOR.iter().copied().filter(|(name, _, _)| *name == typed.name).collect();
    assert_eq!(empty, known, "lists that are empty for want of a second factor");
}

/// The page of each record is headed by words: what it is called, or what it is a part of.
pub async fn check_headings(typed: &Typed) {
    let mut seen: BTreeSet<&ObjectName> = BTreeSet::new();
    let mut problems = Vec::new();
    for persona in typed.model.personas.values() {
        let mut browser = typed.someone(persona).await;
        for name in persona.reads.keys() {
            if seen.contains(name) {
                continue;
            }
            let path = path_of(name);
            let Some(first) = browser.get(&path).await.records(&path).into_iter().next() else { continue };
            seen.insert(name);
            let page = browser.get(&first).await;
            let heading =
                page.body.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default();
            let object = &typed.model.objects[name];
            let is_key = |word: &str| word.len() == 36 && word.split('-').count() == 5;
            let is_bare = object.label_one == heading && object.parent.is_some();
            if heading.is_empty() || heading.split_whitespace().any(is_key) || is_bare {
                problems.push(format!("{}: {name} is headed `{heading}` for {}", typed.name, persona.name));
            }
        }
    }
    assert_eq!(problems, Vec::<String>::new());
    assert!(seen.len() > 5, "{seen:?}");
}

fn needs_second_factor(persona: &Persona, object: &ObjectName) -> bool {
    let grants: &[ReadGrant] = persona.reads.get(object).map_or(&[], Vec::as_slice);
    grants.iter().all(|grant| grant.rows.mfa)
}

fn object(entry: &Navigation) -> Option<&ObjectName> {
    match entry {
        Navigation::Object(name) => Some(name),
        _ => None,
    }
}

fn view<'a>(portal: &'a Portal, entry: &Navigation) -> Option<&'a Page> {
    match entry {
        Navigation::View(name) => portal.pages.get(name),
        _ => None,
    }
}

/// Where the entries of the page's navigation lead.
fn entries(page: &Answer) -> BTreeSet<String> {
    let nav = page.body.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap_or_default();
    nav.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}
