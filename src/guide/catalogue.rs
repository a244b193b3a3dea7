//! The whole catalogue, read as a project would read it.

use super::card::{AudienceCard, FieldCard, ModuleCard, ObjectCard, PageCard, SetCard, TypeCard};
use crate::catalog;
use crate::diagnostic::{Finding, Span};
use crate::model::{self, AccessModel};
use crate::names::{ModuleName, TypeName};
use crate::spec::document::{
    AudienceDoc, GrantsDoc, ModuleDoc, NavigationDoc, ObjectDoc, PageDoc, PermissionSetDoc, PortalDoc, SpecSet,
    TypeDoc, Who, WordsDoc, WriteDoc,
};
use crate::spec::{Catalogue, PROJECT_FILE, RawContent, RawFile, read_with};
use std::fmt::Write;

/// A portal that adopts every module, beside those of the types, which are called as their types.
const ALL: &str = "whole_catalogue";

/// A card for everything that the binary carries, in the order of the names.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub types: Vec<TypeCard>,
    pub modules: Vec<ModuleCard>,
}

impl Shelf {
    pub fn read() -> Self {
        let mut text =
            format!("version: 1\nkind: project\nname: catalogue\n---\nkind: portal\nname: {ALL}\nmodules:\n");
        for (name, _) in catalog::modules() {
            let _ = writeln!(text, "  - {name}");
        }
        for (name, _) in catalog::types() {
            let _ = write!(text, "---\nkind: portal\nname: {name}\ntype: {name}\n");
        }
        let (spec, _) = read(text);
        let types: Vec<TypeCard> = spec.types.iter().map(|doc| type_card(&spec, doc)).collect();
        let modules = spec.modules.iter().map(|doc| module_card(&spec, doc, &types)).collect();
        let mut shelf = Self { types, modules };
        shelf.types.sort_by(|a, b| a.name.cmp(&b.name));
        shelf.modules.sort_by(|a, b| a.name.cmp(&b.name));
        shelf
    }

    pub fn portal_type(&self, name: &str) -> Option<&TypeCard> {
        self.types.iter().find(|card| card.name.as_str() == name)
    }

    pub fn module(&self, name: &str) -> Option<&ModuleCard> {
        self.modules.iter().find(|card| card.name.as_str() == name)
    }
}

/// What a project comes to that is one portal of a type and nothing else.
pub(super) fn resolved(portal_type: &TypeName) -> Option<AccessModel> {
    let text =
        format!("version: 1\nkind: project\nname: catalogue\n---\nkind: portal\nname: portal\ntype: {portal_type}\n");
    model::resolve(&read(text).0).0
}

fn read(text: String) -> (SpecSet, Vec<Finding>) {
    let file = RawFile { path: PROJECT_FILE.to_owned(), content: RawContent::Bytes(text.into_bytes()) };
    read_with(vec![file], &Catalogue::new(catalog::modules(), catalog::types()))
}

fn type_card(spec: &SpecSet, doc: &TypeDoc) -> TypeCard {
    let name = &doc.name.value;
    let portal = spec.portals.iter().find(|portal| portal.name.value.as_str() == name.as_str());
    let has = |module: &&ModuleDoc| module.portals.iter().any(|portal| portal.as_str() == name.as_str());
    let mut modules: Vec<ModuleName> = spec.modules.iter().filter(has).map(|doc| doc.name.value.clone()).collect();
    modules.sort();
    TypeCard {
        name: name.clone(),
        title: doc.title.clone().unwrap_or_default(),
        purpose: doc.purpose.clone().unwrap_or_default(),
        about: doc.about.clone().unwrap_or_default(),
        tenant_kind: doc.tenant_kind.as_ref().map(|kind| kind.value.clone()),
        tiers: doc.tiers.iter().map(|tier| tier.value.clone()).collect(),
        audiences: portal.map(audiences).unwrap_or_default(),
        modules,
        offers: doc.offers.iter().map(|offer| offer.value.clone()).collect(),
        navigation: portal.map(navigation).unwrap_or_default(),
    }
}

fn audiences(portal: &PortalDoc) -> Vec<AudienceCard> {
    let card = |(name, doc): (&crate::names::AudienceName, &AudienceDoc)| AudienceCard {
        name: name.clone(),
        label: doc.label.as_ref().map_or_else(|| name.to_string(), spoken),
        who: doc.who.as_ref().map_or(Who::External, |who| who.value),
        extends: doc.extends.as_ref().map(|base| base.value.clone()),
        permission_sets: doc.permission_sets.iter().map(|set| set.value.clone()).collect(),
    };
    portal.audiences.iter().map(card).collect()
}

fn navigation(portal: &PortalDoc) -> Vec<String> {
    let entry = |doc: &NavigationDoc| match doc {
        NavigationDoc::Entry(name) => name.clone(),
        NavigationDoc::Page { title, .. } => spoken(title),
    };
    portal.navigation.iter().map(|doc| entry(&doc.value)).collect()
}

/// The catalogue is told in the language that it is written in first.
fn spoken(words: &WordsDoc) -> String {
    match words {
        WordsDoc::Plain(text) => text.clone(),
        WordsDoc::Spoken(all) => all.first().map(|(_, text)| text.clone()).unwrap_or_default(),
    }
}

fn module_card(spec: &SpecSet, doc: &ModuleDoc, types: &[TypeCard]) -> ModuleCard {
    let name = &doc.name.value;
    let is_here = |span: Span| span.file == doc.span.file;
    let of_types = |list: fn(&TypeCard) -> &[ModuleName]| {
        let mut names: Vec<TypeName> =
            types.iter().filter(|card| list(card).contains(name)).map(|card| card.name.clone()).collect();
        names.sort();
        names
    };
    ModuleCard {
        name: name.clone(),
        title: doc.title.clone().unwrap_or_default(),
        purpose: doc.purpose.clone().unwrap_or_default(),
        about: doc.about.clone().unwrap_or_default(),
        needs: doc.needs.iter().map(|need| need.value.clone()).collect(),
        types: of_types(|card| &card.modules),
        offered_by: of_types(|card| &card.offers),
        objects: spec
            .objects
            .iter()
            .filter(|object| is_here(object.span))
            .map(|object| object_card(doc, object))
            .collect(),
        permission_sets: spec.permission_sets.iter().filter(|set| is_here(set.span)).map(set_card).collect(),
        pages: spec.pages.iter().filter(|page| is_here(page.span)).map(page_card).collect(),
    }
}

fn object_card(module: &ModuleDoc, doc: &ObjectDoc) -> ObjectCard {
    let name = &doc.name.value;
    let class =
        |class: &Option<crate::diagnostic::Spanned<_>>| class.as_ref().map(|class| class.value).unwrap_or_default();
    let field = |(name, doc): (&crate::names::FieldName, &crate::spec::document::FieldDoc)| FieldCard {
        name: name.clone(),
        class: class(&doc.class),
    };
    ObjectCard {
        name: name.clone(),
        label: doc.label.as_ref().map_or_else(|| name.to_string(), |label| spoken(&label.many)),
        fields: doc.fields.iter().map(field).collect(),
        sample_rows: module.rows.get(name).map_or(0, |rows| rows.rows.len()),
    }
}

fn set_card(doc: &PermissionSetDoc) -> SetCard {
    SetCard {
        name: doc.name.value.clone(),
        includes: doc.includes.iter().map(|set| set.value.clone()).collect(),
        grants: doc.grants.iter().map(|(object, grants)| (object.clone(), actions(grants))).collect(),
    }
}

/// In the order in which they are written, each once.
fn actions(grants: &GrantsDoc) -> Vec<&'static str> {
    let mut words = Vec::new();
    if !grants.read.is_empty() {
        words.push("read");
    }
    for grant in &grants.writes {
        let word = match &grant.write {
            WriteDoc::Create { .. } => "create",
            WriteDoc::Update { .. } => "update",
            WriteDoc::Transition { .. } => "transition",
            WriteDoc::Assign { .. } => "assign",
            WriteDoc::Delete => "delete",
            WriteDoc::Share { .. } => "share",
            WriteDoc::Export { .. } => "export",
            WriteDoc::Files(use_of) => use_of.word(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn page_card(doc: &PageDoc) -> PageCard {
    PageCard {
        name: doc.name.value.clone(),
        view: doc.view.value.word(),
        object: doc.object.as_ref().map(|object| object.value.clone()),
    }
}
