//! A label that is not written in every language of the project.
//!
//! ## Why is this bad
//!
//! Who reads the portal in that language meets a word of another one in the middle of the page: labels that are missing
//! are shown in the project's first language, and those that nobody wrote are made from names.
//!
//! It is a remark, once for each document. Plain text, `label: Ticket`, is meant for every language and never reported.
//! The documents of the catalogue are written in English, and those that a portal has of it are one remark, at the
//! portal: a document of yours that extends one says its labels anew.
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
use crate::model::{AccessModel, FieldType, Navigation, Object, Portal, Words, personas_of};
use crate::names::{Language, ObjectName};
use std::collections::BTreeSet;

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
    for object in model.objects.values().filter(|object| !model.sources.is_built_in(object.span)) {
        findings.extend(reader.look(object.name.as_str(), object.span, &of_object(model, object)));
    }
    for portal in model.portals.values() {
        let name = portal.name.as_str();
        findings.extend(reader.look(name, portal.span, &of_portal(portal)).map(|found| found.in_portal(name)));
        for page in portal.pages.values().filter(|page| !model.sources.is_built_in(page.span)) {
            let title = [shown("its title", &page.title)];
            let found = reader.look(page.name.as_str(), page.span, &title);
            findings.extend(found.map(|found| found.in_portal(name)));
        }
        findings.extend(reader.adopted(model, portal));
    }
    // A module's page is in every portal that adopts it, and is one document.
    let mut seen = BTreeSet::new();
    findings.retain(|finding| seen.insert(finding.span));
    findings
}

/// A label.
struct Shown<'a> {
    /// What it is the label of.
    what: String,
    words: &'a Words,
    /// Whether English is what it says where nobody wrote anything.
    english: bool,
}

fn shown(what: impl Into<String>, words: &Words) -> Shown<'_> {
    Shown { what: what.into(), words, english: false }
}

fn of_object<'a>(model: &AccessModel, object: &'a Object) -> Vec<Shown<'a>> {
    let mut all = vec![shown("one row", &object.label_one), shown("several rows", &object.label_many)];
    for field in object.fields.values() {
        let english = model.sources.is_built_in(field.span);
        all.push(Shown { english, ..shown(format!("`{}`", field.name), &field.label) });
        if let FieldType::Enum(values) = &field.field_type {
            let labels = values.iter().filter_map(|value| Some((value, field.value_labels.get(value)?)));
            let labels = labels.map(|(value, label)| shown(format!("`{value}` of `{}`", field.name), label));
            all.extend(labels.map(|label| Shown { english, ..label }));
        }
    }
    all
}

fn of_portal(portal: &Portal) -> Vec<Shown<'_>> {
    let mut all = vec![shown("its title", &portal.title)];
    all.extend(portal.audiences.iter().map(|(name, audience)| shown(format!("`{name}`"), &audience.label)));
    all.extend(portal.navigation.iter().filter_map(|entry| match entry {
        Navigation::Page { page, title } => Some(shown(format!("the entry `{page}`"), title)),
        Navigation::Home | Navigation::Object(_) | Navigation::View(_) => None,
    }));
    all
}

struct Reader<'a> {
    locales: &'a [Language],
    usual: &'a Language,
}

impl Reader<'_> {
    fn look(&self, name: &str, at: Span, shown: &[Shown<'_>]) -> Option<Finding> {
        let missing = self.locales.iter().filter_map(|language| {
            let said = |label: &&Shown<'_>| label.english && language.is_english();
            let lacking = shown.iter().filter(|label| label.words.lacks(language, self.usual));
            let lacking: Vec<&str> = lacking.filter(|label| !said(label)).map(|label| label.what.as_str()).collect();
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

    /// What the portal has of the catalogue, which speaks English. Its objects are counted where somebody reads them.
    fn adopted(&self, model: &AccessModel, portal: &Portal) -> Option<Finding> {
        let personas = personas_of(&model.personas, &portal.name);
        let read: BTreeSet<&ObjectName> = personas.flat_map(|persona| persona.reads.keys()).collect();
        let objects = read.into_iter().filter_map(|name| model.objects.get(name));
        let objects: Vec<&Object> = objects.filter(|object| model.sources.is_built_in(object.span)).collect();
        let others = self.locales.iter().filter(|language| !language.is_english());
        let lacking = |language: &Language| {
            let has = |words: &Words| words.texts().any(|(spoken, _)| spoken == language);
            objects.iter().copied().filter(|object| !has(&object.label_one)).collect::<Vec<_>>()
        };
        let lacking: Vec<(&Language, Vec<&Object>)> = others.map(|language| (language, lacking(language))).collect();
        let (language, missing) = lacking.iter().find(|(_, missing)| !missing.is_empty())?;
        let languages = lacking.iter().filter(|(_, missing)| !missing.is_empty());
        let languages: Vec<String> = languages.map(|(language, _)| format!("`{language}`")).collect();
        let names: Vec<String> = missing.iter().map(|object| format!("`{}`", object.name)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let message = format!(
            "what `{}` has of the catalogue is written in English, and not in {}",
            portal.name,
            languages.join(", ")
        );
        let finding = Finding::info(RULE.id, portal.span, message)
            .why(format!("in `{language}` there is no label for {}", listed(&names)))
            .hint(format!(
                "say it in a document of yours: `extends: <module>/{}` and `label: {{one: {{en: …, {language}: …}}, many: …}}`",
                missing[0].name
            ));
        Some(finding.acceptable_for(portal.name.as_str()).in_portal(portal.name.as_str()))
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
