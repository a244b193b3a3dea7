//! A label that is not written in every language of the project.
//!
//! ## Why is this bad
//!
//! Who reads the portal in that language meets a word of another one in the middle of the page: labels that are missing
//! are shown in the project's first language, and those that nobody wrote are made from names.
//!
//! It is a remark, once for each document. Plain text, `label: Ticket`, is meant for every language and never reported.
//!
//! ## Example
//!
//! ```yaml
//! locales: [en, de]
//! ---
//! kind: object
//! name: case
//! label: {one: {en: Case, de: Fall}, many: {en: Cases}}
//! fields: {subject: text}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! label: {one: {en: Case, de: Fall}, many: {en: Cases, de: Fälle}}
//! fields: {subject: {type: text, label: {en: Subject, de: Betreff}}}
//! ```
//!
//! Or switch the check off, `checks: {untranslated-label: "off"}`, where the languages come bit by bit.

use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, FieldType, Navigation, Object, Portal, Words};
use crate::names::Language;

pub(in crate::check) const RULE: Rule = Rule::model("untranslated-label", check).info();

/// More are counted: nobody mends a hundred from the text of one remark.
const NAMED: usize = 6;

fn check(model: &AccessModel) -> Vec<Finding> {
    let [usual, ..] = &model.project.locales[..] else { return Vec::new() };
    if model.project.locales.len() == 1 {
        return Vec::new();
    }
    let reader = Reader { locales: &model.project.locales, usual };
    let mut findings = Vec::new();
    for object in model.objects.values() {
        findings.extend(reader.look(object.name.as_str(), object.span, &of_object(object)));
    }
    for portal in model.portals.values() {
        let name = portal.name.as_str();
        findings.extend(reader.look(name, portal.span, &of_portal(portal)).map(|found| found.in_portal(name)));
        for page in portal.pages.values() {
            let title = [("its title".to_owned(), &page.title)];
            let found = reader.look(page.name.as_str(), page.span, &title);
            findings.extend(found.map(|found| found.in_portal(name)));
        }
    }
    // A module's page is in every portal that adopts it, and is one document.
    let mut seen = Vec::new();
    findings.retain(|finding| {
        let new = !seen.contains(&finding.span);
        seen.push(finding.span);
        new
    });
    findings
}

/// A label, and what it is the label of.
type Shown<'a> = (String, &'a Words);

fn of_object(object: &Object) -> Vec<Shown<'_>> {
    let mut shown = vec![("one row".to_owned(), &object.label_one), ("several rows".to_owned(), &object.label_many)];
    for field in object.fields.values() {
        shown.push((format!("`{}`", field.name), &field.label));
        if let FieldType::Enum(values) = &field.field_type {
            let labels = values.iter().filter_map(|value| Some((value, field.value_labels.get(value)?)));
            shown.extend(labels.map(|(value, label)| (format!("`{value}` of `{}`", field.name), label)));
        }
    }
    shown
}

fn of_portal(portal: &Portal) -> Vec<Shown<'_>> {
    let mut shown = vec![("its title".to_owned(), &portal.title)];
    shown.extend(portal.audiences.iter().map(|(name, audience)| (format!("`{name}`"), &audience.label)));
    shown.extend(portal.navigation.iter().filter_map(|entry| match entry {
        Navigation::Page { page, title } => Some((format!("the entry `{page}`"), title)),
        Navigation::Home | Navigation::Object(_) | Navigation::View(_) => None,
    }));
    shown
}

struct Reader<'a> {
    locales: &'a [Language],
    usual: &'a Language,
}

impl Reader<'_> {
    fn look(&self, name: &str, at: Span, shown: &[Shown<'_>]) -> Option<Finding> {
        let missing = self.locales.iter().filter_map(|language| {
            let lacking = shown.iter().filter(|(_, words)| words.lacks(language, self.usual));
            let lacking: Vec<&str> = lacking.map(|(what, _)| what.as_str()).collect();
            (!lacking.is_empty()).then_some((language, lacking))
        });
        let missing: Vec<(&Language, Vec<&str>)> = missing.collect();
        let languages: Vec<String> = missing.iter().map(|(language, _)| format!("`{language}`")).collect();
        let (first, lacking) = missing.first()?;
        let message = format!("labels of `{name}` are not written in {}", languages.join(", "));
        let finding = Finding::info(RULE.id, at, message).acceptable_for(name);
        let each = missing.iter().map(|(language, lacking)| format!("in `{language}` for {}", listed(lacking)));
        let finding = finding.why(format!("there is no label {}", each.collect::<Vec<_>>().join("; ")));
        let hint = match lacking.len() {
            1 => format!("write it: `{{{}: …, {first}: …}}`", self.other(first)),
            _ => format!("write them: `{{{}: …, {first}: …}}`; plain text is for every language", self.other(first)),
        };
        Some(finding.hint(hint))
    }

    fn other(&self, language: &Language) -> &Language {
        self.locales.iter().find(|other| *other != language).unwrap_or(self.usual)
    }
}

fn listed(lacking: &[&str]) -> String {
    let named = &lacking[..lacking.len().min(NAMED)];
    match lacking.len() - named.len() {
        0 => named.join(", "),
        rest => format!("{} and {rest} more", named.join(", ")),
    }
}
