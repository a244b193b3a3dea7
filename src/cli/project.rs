//! From a project folder to the access model: the beginning of nearly every command.

use super::context::Context;
use super::database::Database;
use super::environment;
use super::error::CliError;
use crate::adapters::postgres::inspect::inspect;
use crate::adapters::{clock, files};
use crate::analysis::assertion;
use crate::diagnostic::{Finding, RenderOptions, Report, Severity, render_text};
use crate::model::{self, AccessModel};
use crate::plan::Touched;
use crate::spec::document::SpecSet;
use crate::spec::{self, Catalogue, RawContent, RawFile, document::ProjectDoc};
use crate::{catalog, check};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A project as it was found, good or bad.
pub struct Project {
    pub folder: PathBuf,
    pub spec: SpecSet,
    pub model: Option<AccessModel>,
    pub report: Report,
}

impl Project {
    /// # Errors
    /// The project document could not be read; a valid spec has one.
    pub fn document(&self) -> Result<&ProjectDoc, CliError> {
        self.spec.project.as_ref().ok_or_else(|| CliError::usage("the project document cannot be read"))
    }
}

/// Leaves the memory of what a command has read to the end of the process, which is next: of a large project, giving back name
/// after name takes longer than some of the checks.
pub fn outlive<T>(read: T) {
    Box::leak(Box::new(read));
}

/// Reads, resolves and checks the project here.
///
/// # Errors
/// There is no project, or its folder cannot be read. What is wrong inside is in the report.
pub fn load(context: &Context) -> Result<Project, CliError> {
    load_changed(context, &context.project_folder()?, &Changed::new())
}

/// Texts that files of a project would have, by their paths.
pub type Changed = BTreeMap<String, String>;

/// The project as it would be with these texts in place of what its files hold.
///
/// # Errors
/// As [`load`].
pub fn load_changed(context: &Context, folder: &Path, changed: &Changed) -> Result<Project, CliError> {
    let folder = folder.to_owned();
    let (spec, mut findings) = read(context, &folder, changed)?;
    let model = resolved(&spec, &mut findings);
    let report = Report::new(Arc::clone(&spec.sources), findings);
    Ok(Project { folder, spec, model, report })
}

/// The same for commands that need a spec without errors. Warnings are left to `validate`.
///
/// # Errors
/// As [`load`]; and where the spec has errors, which are shown: exit code 2.
pub fn load_valid(context: &Context) -> Result<(Project, AccessModel), CliError> {
    let mut project = load(context)?;
    match project.model.take() {
        Some(model) if !project.report.has_errors() => Ok((project, model)),
        _ => Err(invalid(context, &project.report)),
    }
}

/// The same for commands that work on what was applied: where documents have errors since, that is told, and keeps nobody
/// from it. Without a model where they come to none.
///
/// # Errors
/// As [`load`]; and where the project document gives no name.
pub fn load_applied(context: &Context) -> Result<(Project, Option<AccessModel>), CliError> {
    let mut project = load(context)?;
    if project.spec.project.is_none() {
        return Err(invalid(context, &project.report));
    }
    if project.report.has_errors() {
        let errors = match project.report.summary().error {
            1 => "an error".to_owned(),
            errors => format!("{errors} errors"),
        };
        context.terminal.note(&format!(
            "the documents have {errors}, which `portalctl validate` shows; this goes by what was applied last"
        ));
    }
    let model = project.model.take();
    Ok((project, model))
}

/// The documents as they are written, whatever they come to: to be read they must be free of mistakes, to be resolved not.
///
/// # Errors
/// As [`load`]; and where a document cannot be read.
pub fn load_readable(context: &Context) -> Result<(PathBuf, SpecSet), CliError> {
    let folder = context.project_folder()?;
    let (spec, findings) = read(context, &folder, &Changed::new())?;
    let report = Report::new(Arc::clone(&spec.sources), findings);
    if report.has_errors() { Err(invalid(context, &report)) } else { Ok((folder, spec)) }
}

/// Name and setup of the database, which the project document alone decides: a mistake elsewhere must not keep
/// anyone from the data.
///
/// # Errors
/// As [`load`]; and where the project document gives no name.
pub fn load_document(context: &Context) -> Result<(PathBuf, ProjectDoc), CliError> {
    let folder = context.project_folder()?;
    let (spec, findings) = read(context, &folder, &Changed::new())?;
    match spec.project {
        Some(document) => Ok((folder, document)),
        None => Err(invalid(context, &Report::new(spec.sources, findings))),
    }
}

/// The documents of the folder, with the modules and types that come with the binary, in the environment that is asked for.
///
/// # Errors
/// The project has no such environment; the folder cannot be read.
fn read(context: &Context, folder: &Path, changed: &Changed) -> Result<(SpecSet, Vec<Finding>), CliError> {
    let (spec, findings) = read_as(folder, context.environment(), changed)?;
    if let (Some(name), None, Some(project)) = (context.environment(), &spec.environment, &spec.project) {
        let known = project.environments.iter().map(|known| known.value.as_str());
        return Err(environment::unknown(name, known));
    }
    Ok((spec, findings))
}

fn read_as(folder: &Path, environment: Option<&str>, changed: &Changed) -> Result<(SpecSet, Vec<Finding>), CliError> {
    let mut files = files::project_files(folder)?;
    for file in &mut files {
        if let Some(text) = changed.get(&file.path) {
            file.content = RawContent::Bytes(text.clone().into_bytes());
        }
    }
    let catalogue = Catalogue::new(catalog::modules(), catalog::types());
    Ok(spec::read_as(files, &catalogue, environment))
}

/// The model of a project whose documents were fetched from elsewhere: what the checks say of it is not asked, since
/// access is what it is.
///
/// # Errors
/// The documents have errors, which are shown: exit code 2.
pub fn resolve_files(context: &Context, files: Vec<RawFile>, whence: &str) -> Result<AccessModel, CliError> {
    let catalogue = Catalogue::new(catalog::modules(), catalog::types());
    let (spec, mut findings) = spec::read_as(files, &catalogue, context.environment());
    if let (Some(name), None, Some(project)) = (context.environment(), &spec.environment, &spec.project) {
        return Err(environment::unknown(name, project.environments.iter().map(|known| known.value.as_str())));
    }
    let (model, more) = model::resolve(&spec);
    findings.extend(more);
    let report = Report::new(Arc::clone(&spec.sources), findings);
    match model.filter(|_| !report.has_errors()) {
        Some(model) => {
            outlive(spec);
            Ok(model)
        }
        None => {
            let error = invalid(context, &report);
            Err(CliError { message: format!("{} in {whence}", error.message), ..error })
        }
    }
}

/// What a project of these files comes to, which lie nowhere yet, and how many errors it has.
pub fn judged(files: &BTreeMap<String, String>) -> (Option<AccessModel>, usize) {
    let is_document = |path: &str| path.ends_with(".yaml") && !path.starts_with('.');
    let raw = |(path, text): (&String, &String)| RawFile {
        path: path.clone(),
        content: RawContent::Bytes(text.clone().into_bytes()),
    };
    let documents = files.iter().filter(|(path, _)| is_document(path)).map(raw).collect();
    let (spec, mut findings) = spec::read_with(documents, &Catalogue::new(catalog::modules(), catalog::types()));
    let model = resolved(&spec, &mut findings);
    (model, Report::new(Arc::clone(&spec.sources), findings).summary().error)
}

/// Adds what is found of the project as it is elsewhere, and not as it is here.
///
/// # Errors
/// The folder cannot be read.
pub fn check_elsewhere(project: &mut Project) -> Result<(), CliError> {
    let Some(document) = &project.spec.project else { return Ok(()) };
    let here = project.spec.environment.as_deref();
    let others = document.environments.iter().map(|name| name.value.as_str()).filter(|name| Some(*name) != here);
    let mut findings = std::mem::take(&mut project.report.findings);
    for name in others {
        let (spec, mut there) = read_as(&project.folder, Some(name), &Changed::new())?;
        resolved(&spec, &mut there);
        findings.extend(environment::only_there(name, &project.report.sources, &spec.sources, &findings, there));
    }
    project.report = Report::new(Arc::clone(&project.report.sources), findings);
    Ok(())
}

/// Adds what the live checks find; a spec without a model has nothing to be compared with.
///
/// # Errors
/// The database cannot be reached: exit code 3.
pub async fn check_database(context: &Context, project: &mut Project) -> Result<(), CliError> {
    let Some(model) = &project.model else { return Ok(()) };
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let mut connection = database.url.connect().await?;
    let live = inspect(&mut connection, &Touched::of(model)).await?;
    let mut findings = std::mem::take(&mut project.report.findings);
    findings.extend(check::run_live(model, &live, clock::now().date()));
    project.report = Report::new(Arc::clone(&model.sources), findings);
    Ok(())
}

/// The model, and what is found on the way to it and of it.
fn resolved(spec: &SpecSet, findings: &mut Vec<Finding>) -> Option<AccessModel> {
    let (model, resolved) = model::resolve(spec);
    let Some(model) = model else {
        findings.extend(resolved);
        return None;
    };
    let is_whole = !findings.iter().chain(&resolved).any(|finding| finding.severity == Severity::Error);
    findings.extend(check::run(&model, resolved, clock::now().date()));
    if !is_whole {
        findings.retain(|finding| !check::rule(finding.id).is_some_and(|rule| rule.of_whole));
    }
    findings.extend(assertion::broken(&model));
    Some(model)
}

/// Shows what is wrong with the spec.
pub fn invalid(context: &Context, report: &Report) -> CliError {
    context.terminal.report(&render_text(report, render_options(context.terminal.colors_talk())));
    CliError::usage("the spec is invalid")
        .hint("mend what is said above; `portalctl validate` checks without doing more")
}

/// How a report is shown on this terminal.
pub fn render_options(color: bool) -> RenderOptions {
    RenderOptions { color, ..RenderOptions::default() }
}
