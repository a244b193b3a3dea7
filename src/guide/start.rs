//! The files of a project that begins with types of the catalogue.

use super::answers::Answers;
use super::card::{ModuleCard, TypeCard};
use super::catalogue::{Shelf, resolved};
use crate::model::{AccessModel, Condition, Scope, Who};
use crate::names::{ModuleName, ProjectName, TypeName};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What no version control keeps of a project.
pub const IGNORE: &str = include_str!("../../templates/project/gitignore");
const WORKFLOW: &str = include_str!("../../templates/project/new/portal.yml");
const PROJECT: &str = include_str!("../../templates/project/new/project.yaml");
const PORTAL: &str = include_str!("../../templates/project/new/portal.yaml");
const CONTACTS: &str = include_str!("../../templates/project/new/contacts.yaml");
const COLLEAGUES: &str = include_str!("../../templates/project/new/colleagues.yaml");
const VISITORS: &str = include_str!("../../templates/project/new/visitors.yaml");
const README: &str = include_str!("../../templates/project/new/README.md");

/// The files of a folder by their paths, with `/` between the parts.
pub type Files = BTreeMap<String, String>;

/// What a project begins with.
#[derive(Debug, Clone)]
pub struct Start {
    pub name: ProjectName,
    /// A portal for each.
    pub portals: Vec<StartPortal>,
}

#[derive(Debug, Clone)]
pub struct StartPortal {
    pub portal_type: TypeName,
    /// Modules besides those of the type.
    pub adds: Vec<ModuleName>,
    /// Those that led to it; `None`: it was chosen without them.
    pub answers: Option<Answers>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the catalogue has no type `{0}`")]
    UnknownType(TypeName),
    #[error("`{path}` cannot be written: {source}")]
    Render { path: String, source: minijinja::Error },
}

/// One portal as its files tell of it.
#[derive(Serialize)]
struct Told<'a> {
    name: &'a TypeName,
    card: &'a TypeCard,
    outside: String,
    staff: String,
}

/// The files of a new project: the same for the same start, on any machine.
///
/// # Errors
/// There is no such type.
pub fn start(shelf: &Shelf, start: &Start) -> Result<Files, StartError> {
    let mut files = Files::new();
    let mut told = Vec::new();
    for portal in &start.portals {
        let name = &portal.portal_type;
        let card = shelf.portal_type(name.as_str()).ok_or_else(|| StartError::UnknownType(name.clone()))?;
        told.push(Told { name, card, outside: audiences(card, false), staff: audiences(card, true) });
    }
    let title = title(&start.name);
    let cards = || told.iter().map(|portal| portal.card);
    let values = json!({ "name": start.name, "tiers": tiers(cards()) });
    write(&mut files, "portalctl.yaml", PROJECT, &values)?;
    for (portal, told) in start.portals.iter().zip(&told) {
        let path = format!("portals/{}.yaml", told.name);
        write(&mut files, &path, PORTAL, &portal_values(shelf, portal, told.card, &title))?;
        let (template, values) = access_test(told.card);
        write(&mut files, &format!("tests/{}.yaml", told.name), template, &values)?;
    }
    write(&mut files, "README.md", README, &json!({ "title": title, "portals": told }))?;
    files.insert(".gitignore".to_owned(), IGNORE.to_owned());
    files.insert(".github/workflows/portal.yml".to_owned(), WORKFLOW.to_owned());
    Ok(files)
}

fn write(files: &mut Files, path: &str, template: &str, values: &Value) -> Result<(), StartError> {
    let failed = |source| StartError::Render { path: path.to_owned(), source };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().map_err(failed)?);
    let text = environment.render_str(template, Serde(values)).map_err(failed)?;
    files.insert(path.to_owned(), text);
    Ok(())
}

/// `north_pumps` is called North pumps until somebody gives it a better name.
fn title(name: &ProjectName) -> String {
    let words = name.as_str().replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn audiences(card: &TypeCard, staff: bool) -> String {
    let names =
        card.audiences.iter().filter(|one| (one.who == Who::Internal) == staff).map(|one| format!("`{}`", one.name));
    let names: Vec<String> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Types that say different things need the project's word: all tiers of all of them, each once.
fn tiers<'c>(cards: impl Iterator<Item = &'c TypeCard>) -> Vec<&'c str> {
    let with_tiers: Vec<&TypeCard> = cards.filter(|card| !card.tiers.is_empty()).collect();
    if with_tiers.windows(2).all(|pair| pair[0].tiers == pair[1].tiers) {
        return Vec::new();
    }
    let mut all: Vec<&str> = Vec::new();
    for tier in with_tiers.iter().flat_map(|card| &card.tiers) {
        if !all.contains(&tier.as_str()) {
            all.push(tier.as_str());
        }
    }
    all
}

fn portal_values(shelf: &Shelf, portal: &StartPortal, card: &TypeCard, title: &str) -> Value {
    let is_new = |name: &&ModuleName| !portal.adds.contains(name);
    let offers: Vec<&ModuleCard> =
        card.offers.iter().filter(is_new).filter_map(|name| shelf.module(name.as_str())).collect();
    // One that no other needs can be taken away.
    let is_needed = |name: &ModuleName| shelf.modules.iter().any(|module| module.needs.contains(name));
    let removable = card.modules.iter().rev().find(|name| !is_needed(name));
    json!({
        "card": card,
        "portal": card.name,
        "title": title,
        "adds": portal.adds,
        "answers": portal.answers.as_ref().map(|answers| answers.0.iter().collect::<Vec<_>>()),
        "offers": offers,
        "audience": card.audiences.iter().find(|audience| audience.who == Who::External).or(card.audiences.first()),
        "last": removable,
    })
}

/// The test that fits the type: its tenants apart by the people of each, else by what visitors or colleagues see.
fn access_test(card: &TypeCard) -> (&'static str, Value) {
    let lowest = |who: Who| card.audiences.iter().find(|one| one.who == who).map(|one| one.name.to_string());
    let values = |audience: Option<String>| {
        let guest = card.audiences.iter().any(|one| one.who == Who::Guest);
        json!({ "card": card, "portal": card.name, "audience": audience, "guest": guest })
    };
    if let Some(audience) = resolved(&card.name).and_then(|model| reader_of_contacts(&model, card)) {
        return (CONTACTS, values(Some(audience)));
    }
    match lowest(Who::External) {
        Some(audience) => (VISITORS, values(Some(audience))),
        None => (COLLEAGUES, values(lowest(Who::Internal))),
    }
}

/// The first audience from outside that sees the people of its own tenant, all of them.
fn reader_of_contacts(model: &AccessModel, card: &TypeCard) -> Option<String> {
    let sees_all = |audience: &&super::card::AudienceCard| {
        let persona = model.personas.values().find(|persona| persona.name.audience == audience.name);
        let reads = persona.and_then(|persona| persona.reads.get("contact"));
        reads.into_iter().flatten().any(|grant| {
            grant.rows.scope == Scope::Tenant && grant.rows.condition == Condition::True && grant.rows.has.is_empty()
        })
    };
    let outside = card.audiences.iter().filter(|audience| audience.who == Who::External);
    outside.into_iter().find(sees_all).map(|audience| audience.name.to_string())
}
