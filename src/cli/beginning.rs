//! What a new project begins with: said on the command line, or asked for.

use super::asking::{answers_of, ask_guide, unanswered};
use super::catalogue::unknown_type;
use super::context::Context;
use super::error::CliError;
use crate::adapters::new_folder::{self, NewFolderError};
use crate::catalog::{self, Example};
use crate::guide::{Advice, Answers, Files, Guide, Shelf, Start, StartPortal, advise, start};
use crate::names::{ProjectName, TypeName};
use crate::spec::check_project_name;
use std::path::Path;

/// Where no portal is said, with `--yes`: the guide's answer when nothing else fits.
const USUAL: &str = "customer";

/// How a folder may be called, and the project in it.
#[derive(Debug, Clone)]
pub struct NewName {
    pub folder: String,
    pub project: ProjectName,
}

/// What the files are made from.
#[derive(Debug)]
pub enum Beginning {
    Types(Box<Shelf>, Vec<StartPortal>),
    Example(&'static Example),
}

impl Beginning {
    /// The files of the project.
    ///
    /// # Errors
    /// There is no such type.
    pub fn files(&self, name: &NewName) -> Result<Files, CliError> {
        match self {
            Self::Types(shelf, portals) => {
                let begin = Start { name: name.project.clone(), portals: portals.clone() };
                start(shelf, &begin).map_err(|error| CliError::usage(error.to_string()))
            }
            Self::Example(example) => {
                Ok(example.files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
            }
        }
    }
}

/// Makes the folder.
///
/// # Errors
/// It is there and not empty: exit code 4.
pub fn make(folder: &str, files: &Files) -> Result<(), CliError> {
    new_folder::make(Path::new(folder), files).map_err(|error| explained(&error))
}

fn explained(error: &NewFolderError) -> CliError {
    match error {
        NewFolderError::NotEmpty(_) | NewFolderError::NotAFolder(_) => {
            CliError::refused(error.to_string()).hint("choose another name, or move away what is there")
        }
        NewFolderError::Io { .. } => CliError::usage(error.to_string()),
    }
}

/// The name that is written, or the answer to the question for it; of a folder that is still free.
///
/// # Errors
/// The name cannot be one, or is taken; nobody is there to be asked.
pub fn name(context: &Context, written: Option<&str>, yes: bool) -> Result<NewName, CliError> {
    let name = match written {
        Some(name) => name.to_owned(),
        None if yes => return Err(CliError::usage("the new project needs a name").hint("`portalctl new NAME`")),
        None => {
            let fits = |name: &str| {
                check_name(name).map_err(|why| format!("`{name}` cannot be the project's name: {why}"))?;
                new_folder::is_free(Path::new(name)).map_err(|error| error.to_string())
            };
            let asked = context.terminal.ask_text("What is the project called?", None, &fits);
            asked.map_err(|error| unanswered(&error, "`portalctl new NAME --type TYPE` needs none"))?
        }
    };
    check_name(&name)
        .map_err(|why| CliError::usage(format!("`{name}` cannot be the project's name: {why}")).hint(RULE))?;
    new_folder::is_free(Path::new(&name)).map_err(|error| explained(&error))?;
    Ok(NewName { project: ProjectName::new(name.replace('-', "_")), folder: name })
}

const RULE: &str = "a name begins with a lowercase letter and has lowercase letters, digits, `_` and `-`, 20 at most";

fn check_name(name: &str) -> Result<(), String> {
    if name.contains('/') {
        return Err("it is a path; go to the folder above with `-C DIR`".to_owned());
    }
    check_project_name(&name.replace('-', "_"))
}

/// A portal for each of these types.
///
/// # Errors
/// The catalogue has no such type, or one is written twice.
pub fn typed(names: &[String]) -> Result<Beginning, CliError> {
    let shelf = Shelf::read();
    let portals = portals(&shelf, names, None, None)?;
    Ok(Beginning::Types(Box::new(shelf), portals))
}

/// What the guide recommends for answers of a file; types that are written besides count instead of its own.
///
/// # Errors
/// The answers cannot be used, or lead to nothing.
pub fn advised(context: &Context, names: &[String], answers: &Path) -> Result<Beginning, CliError> {
    let guide = Guide::read();
    let answers = answers_of(context, &guide, answers)?;
    let shelf = Shelf::read();
    let advice = advise(&guide, &shelf, &answers);
    let of_advice = names_of(&advice);
    // Types that somebody writes beside their answers need not follow from them.
    let kept = names.is_empty().then_some(&answers);
    let names = if names.is_empty() { &of_advice } else { names };
    if names.is_empty() {
        return Err(CliError::usage("the answers lead to no recommendation")
            .hint("`portalctl advise --answers FILE` says what is not answered; `--type` chooses without them"));
    }
    let portals = portals(&shelf, names, Some(&advice), kept)?;
    Ok(Beginning::Types(Box::new(shelf), portals))
}

/// What whoever sits at the terminal wants.
///
/// # Errors
/// Nobody is there, or nobody answers.
pub fn asked(context: &Context, yes: bool) -> Result<Beginning, CliError> {
    if yes {
        return typed(&[USUAL.to_owned()]);
    }
    let instead = |error| {
        unanswered(
            &error,
            "choose with `--type TYPE` (`portalctl types` lists them), `--answers FILE` or `--example EXAMPLE`",
        )
    };
    let examples: Vec<&Example> = catalog::examples().collect();
    let mut ways = vec!["choose portal types".to_owned(), "answer five questions that lead to them".to_owned()];
    ways.extend(examples.iter().map(|example| format!("copy the example {}: {}", example.name, example.shows)));
    let way = context.terminal.choose_one("How do you want to begin?", ways, 0).map_err(instead)?;
    if let Some(example) = way.checked_sub(2).and_then(|place| examples.get(place)) {
        return Ok(Beginning::Example(example));
    }
    let shelf = Shelf::read();
    let mut advice = None;
    let mut given = None;
    if way > 0 {
        let guide = Guide::read();
        let answers = ask_guide(context, &guide).map_err(instead)?;
        advice = Some(advise(&guide, &shelf, &answers));
        given = Some(answers);
    }
    let mut names = advice.as_ref().map(names_of).unwrap_or_default();
    let kept = given.as_ref().filter(|_| !names.is_empty());
    if names.is_empty() {
        let options = shelf.types.iter().map(|card| format!("{}: {}", card.name, card.purpose)).collect();
        let chosen = context.terminal.choose_some("Which portals?", options, &[], 1).map_err(instead)?;
        names = chosen.into_iter().filter_map(|place| Some(shelf.types.get(place)?.name.to_string())).collect();
    }
    let portals = portals(&shelf, &names, advice.as_ref(), kept)?;
    Ok(Beginning::Types(Box::new(shelf), portals))
}

fn names_of(advice: &Advice) -> Vec<String> {
    advice.types.iter().map(|advised| advised.name.to_string()).collect()
}

fn portals(
    shelf: &Shelf,
    names: &[String],
    advice: Option<&Advice>,
    answers: Option<&Answers>,
) -> Result<Vec<StartPortal>, CliError> {
    let mut portals: Vec<StartPortal> = Vec::new();
    for name in names {
        if shelf.portal_type(name).is_none() {
            return Err(unknown_type(shelf, name));
        }
        let portal_type = TypeName::new(name.as_str());
        if portals.iter().any(|portal| portal.portal_type == portal_type) {
            return Err(CliError::usage(format!("the type `{name}` is chosen twice"))
                .hint("a project has one portal of it to begin with; copy its document for another"));
        }
        let adds = advice.map(|advice| advice.to_add(&portal_type).into_iter().cloned().collect()).unwrap_or_default();
        portals.push(StartPortal { portal_type, adds, answers: answers.cloned() });
    }
    Ok(portals)
}
