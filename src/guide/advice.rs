//! From answers to types and modules, each with the answers that led to it.

use super::answers::Answers;
use super::catalogue::Shelf;
use crate::model::{Choice, Guide};
use crate::names::{ModuleName, TypeName};
use indexmap::IndexMap;
use serde::Serialize;

/// What follows from the answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Advice {
    pub types: Vec<AdvisedType>,
    pub modules: Vec<AdvisedModule>,
    /// What one has to think of besides.
    pub brings: Vec<Brought>,
    /// Questions without an answer.
    pub unanswered: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdvisedType {
    pub name: TypeName,
    pub because: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdvisedModule {
    pub name: ModuleName,
    /// Advised types that have it from the start.
    pub comes_with: Vec<TypeName>,
    /// Where none has it: those to whose portals it is to be added.
    pub add_to: Vec<TypeName>,
    pub because: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Brought {
    pub word: String,
    pub text: String,
    pub because: Vec<Reason>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub question: String,
    pub answer: String,
    pub is: String,
}

/// The advice of the guide. Answers that name nobody lead to the type that has most of what is to be done; no answers
/// lead to nothing.
pub fn advise(guide: &Guide, shelf: &Shelf, answers: &Answers) -> Advice {
    let given = given(guide, answers);
    let wanted: Vec<&ModuleName> = given.iter().flat_map(|(_, choice)| &choice.modules).collect();
    let mut types: IndexMap<TypeName, Vec<Reason>> = IndexMap::new();
    for (reason, choice) in &given {
        if let Some(name) = fittest(shelf, &choice.types, &wanted) {
            types.entry(name.clone()).or_default().push(reason.clone());
        }
    }
    if types.is_empty() && !wanted.is_empty() {
        let all = in_order(guide);
        let has = |name: &TypeName, choice: &Choice| choice.modules.iter().any(|module| has(shelf, name, module));
        if let Some(name) = fittest(shelf, &all, &wanted) {
            let reasons = given.iter().filter(|(_, choice)| has(name, choice)).map(|(reason, _)| reason.clone());
            types.insert(name.clone(), reasons.collect());
        }
    }
    let types: Vec<AdvisedType> = in_order(guide)
        .into_iter()
        .filter_map(|name| types.shift_remove(&name).map(|because| AdvisedType { name, because }))
        .collect();
    Advice {
        modules: modules(shelf, &types, &given),
        brings: brought(guide, &given),
        unanswered: unanswered(guide, answers),
        types,
    }
}

impl Advice {
    /// Modules to add to the portals of one type.
    pub fn to_add(&self, portal_type: &TypeName) -> Vec<&ModuleName> {
        self.modules.iter().filter(|module| module.add_to.contains(portal_type)).map(|module| &module.name).collect()
    }
}

fn given<'g>(guide: &'g Guide, answers: &Answers) -> Vec<(Reason, &'g Choice)> {
    let of = |(name, words): (&String, &Vec<String>)| {
        let question = guide.questions.get(name)?;
        let reason = |word: &String| {
            let choice = question.choices.get(word)?;
            let (question, answer) = (name.clone(), word.clone());
            Some((Reason { question, answer, is: choice.is.clone() }, choice))
        };
        Some(words.iter().filter_map(reason).collect::<Vec<_>>())
    };
    answers.0.iter().filter_map(of).flatten().collect()
}

/// The types in the order in which the guide first names them.
fn in_order(guide: &Guide) -> Vec<TypeName> {
    let mut all: Vec<TypeName> = Vec::new();
    for name in guide.questions.values().flat_map(|question| question.choices.values()).flat_map(|choice| &choice.types)
    {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    all
}

fn has(shelf: &Shelf, name: &TypeName, module: &ModuleName) -> bool {
    shelf.portal_type(name.as_str()).is_some_and(|card| card.modules.contains(module))
}

/// The first of those that have most of the modules from the start.
fn fittest<'n>(shelf: &Shelf, names: &'n [TypeName], wanted: &[&ModuleName]) -> Option<&'n TypeName> {
    let count = |name: &TypeName| wanted.iter().filter(|module| has(shelf, name, module)).count();
    let most = names.iter().map(count).max()?;
    names.iter().find(|name| count(name) == most)
}

fn modules(shelf: &Shelf, types: &[AdvisedType], given: &[(Reason, &Choice)]) -> Vec<AdvisedModule> {
    let mut modules: IndexMap<&ModuleName, Vec<Reason>> = IndexMap::new();
    for (reason, choice) in given {
        for module in &choice.modules {
            modules.entry(module).or_default().push(reason.clone());
        }
    }
    let of = |(name, because): (&ModuleName, Vec<Reason>)| {
        let names = || types.iter().map(|advised| &advised.name);
        let comes_with: Vec<TypeName> = names().filter(|of| has(shelf, of, name)).cloned().collect();
        let offers = |of: &&TypeName| shelf.portal_type(of.as_str()).is_some_and(|card| card.offers.contains(name));
        let add_to = if comes_with.is_empty() { names().filter(offers).cloned().collect() } else { Vec::new() };
        AdvisedModule { name: name.clone(), comes_with, add_to, because }
    };
    modules.into_iter().map(of).collect()
}

fn brought(guide: &Guide, given: &[(Reason, &Choice)]) -> Vec<Brought> {
    let of = |(word, text): (&String, &String)| {
        let because: Vec<Reason> =
            given.iter().filter(|(_, choice)| choice.brings.contains(word)).map(|(reason, _)| reason.clone()).collect();
        (!because.is_empty()).then(|| Brought { word: word.clone(), text: text.clone(), because })
    };
    guide.brings.iter().filter_map(of).collect()
}

fn unanswered(guide: &Guide, answers: &Answers) -> Vec<String> {
    guide.questions.keys().filter(|name| !answers.0.contains_key(*name)).cloned().collect()
}
