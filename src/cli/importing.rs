//! What an import begins with: the project, if there is one, the folder to write to, the tables of tenants.

use super::CliError;
use super::context::Context;
use super::project::load_readable;
use super::target::unknown;
use crate::adapters::files::{self, FileChange};
use crate::diagnostic::closest;
use crate::import::{
    Found, FoundRelation, Import, LEDGER_FILE, Ledger, Settings, Target, TenantTable, default_schema, values,
};
use crate::names::{SchemaName, TableName};
use crate::spec::document::{ProjectDoc, SpecSet};
use crate::spec::{MAX_FILE_BYTES, PROJECT_FILE};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where imported objects are written, where nobody says otherwise.
const OBJECTS: &str = "objects";

pub struct Beginning {
    /// The project's folder and its documents; `None`: there is none here.
    pub project: Option<(PathBuf, SpecSet)>,
    pub settings: Settings,
    /// The folder of the objects.
    pub folder: PathBuf,
    ledger: Option<String>,
    pub target: Target,
}

impl Beginning {
    /// # Errors
    /// The project, or the folder that is to be written to, cannot be read.
    pub fn read(context: &Context, out: Option<&Path>) -> Result<Self, CliError> {
        let project = match context.project_folder() {
            Ok(_) => Some(load_readable(context)?),
            Err(_) => None,
        };
        let here = project.as_ref().map_or_else(PathBuf::new, |(folder, _)| folder.clone());
        let folder = out.map_or_else(|| here.join(OBJECTS), Path::to_owned);
        let mut settings = project.as_ref().map(|(_, spec)| Settings::of(spec)).unwrap_or_default();
        if is_elsewhere(project.as_ref().map(|(root, _)| root), &folder) {
            // What is written there stands alone: it is to be looked at, or the beginning of something else.
            settings.objects.clear();
            settings.names.clear();
            settings.is_elsewhere = true;
        }
        let ledger = read(&folder.join(LEDGER_FILE))?;
        let shown = out.map_or_else(|| OBJECTS.to_owned(), |out| out.display().to_string());
        let target = Target { shown: shown.trim_end_matches('/').to_owned(), taken: names_in(&folder)? };
        Ok(Self { project, settings, folder, ledger, target })
    }

    /// # Errors
    /// It is no ledger, or one of a newer portalctl.
    pub fn ledger(&self) -> Result<Ledger, CliError> {
        let path = self.folder.join(LEDGER_FILE);
        let parsed = self.ledger.as_deref().map_or_else(|| Ok(Ledger::default()), Ledger::parse);
        parsed.map_err(|error| {
            CliError::usage(format!("`{}`: {error}", path.display()))
                .hint("bring it back from version control; without it, what was left out on purpose is imported again")
        })
    }

    pub fn document(&self) -> Option<&ProjectDoc> {
        self.project.as_ref()?.1.project.as_ref()
    }

    /// Whether the project reads what is written into the folder.
    pub fn is_read(&self) -> bool {
        let (Some((root, _)), Some(document)) = (&self.project, self.document()) else { return true };
        let Ok(below) = self.folder.strip_prefix(root) else { return true };
        let named = |path: &str| below.starts_with(path.trim_start_matches("./").trim_end_matches('/')) || path == ".";
        document.specs.is_empty() || document.specs.iter().any(|path| named(&path.value))
    }

    /// Those that were asked for, else the project's own, else all.
    pub fn schemas(&self, asked: &[String]) -> Vec<SchemaName> {
        let own = self.document().filter(|project| project.database.schema.is_some()).map(default_schema);
        match asked {
            [] => own.into_iter().collect(),
            asked => asked.iter().map(|name| SchemaName::new(name.as_str())).collect(),
        }
    }

    /// Every file with what is in it now, the ledger last: until it is written, what is there was not imported.
    ///
    /// # Errors
    /// A document that is to be added to cannot be read, or not be added to.
    pub fn changes(&self, import: &Import, project_file: Option<String>) -> Result<Vec<FileChange>, CliError> {
        let new = |path: PathBuf, after: String| FileChange { path, before: None, after };
        let project = project_file.map(|text| new(PathBuf::from(PROJECT_FILE), text));
        let mut changes: Vec<FileChange> = project.into_iter().collect();
        changes.extend(self.extended(import)?);
        changes.extend(import.files.iter().map(|(name, text)| new(self.folder.join(name), text.clone())));
        let ledger = import.ledger.to_json();
        if self.ledger.as_ref() != Some(&ledger) && !import.ledger.is_empty() {
            changes.push(FileChange {
                path: self.folder.join(LEDGER_FILE),
                before: self.ledger.clone(),
                after: ledger,
            });
        }
        Ok(changes)
    }

    fn extended(&self, import: &Import) -> Result<Vec<FileChange>, CliError> {
        let root = self.project.as_ref().map(|(folder, _)| folder.clone()).unwrap_or_default();
        let mut changes: BTreeMap<&str, FileChange> = BTreeMap::new();
        for extension in &import.extensions {
            let path = root.join(&extension.file);
            let change = match changes.get(extension.file.as_str()) {
                Some(change) => change.clone(),
                None => {
                    let text = files::read_whole(&path, MAX_FILE_BYTES);
                    let text = text.map_err(|error| CliError::file("read", &path, &error))?;
                    FileChange { path, before: Some(text.clone()), after: text }
                }
            };
            let after = extension.added_to(&change.after).map_err(|error| {
                let told =
                    format!("`{}` cannot be given what is new of `{}`: {error}", extension.file, extension.object);
                CliError::usage(told).hint("write it by hand, or write that document in a simpler way")
            })?;
            changes.insert(&extension.file, FileChange { after, ..change });
        }
        if !import.additions.is_empty() {
            let path = root.join(PROJECT_FILE);
            let change = match changes.remove(PROJECT_FILE) {
                Some(change) => change,
                None => {
                    let text = files::read_whole(&path, MAX_FILE_BYTES);
                    let text = text.map_err(|error| CliError::file("read", &path, &error))?;
                    FileChange { path, before: Some(text.clone()), after: text }
                }
            };
            let after = import.additions.added_to(&change.after).map_err(|error| {
                CliError::usage(format!("`{PROJECT_FILE}` cannot be given what is new of tenants and people: {error}"))
                    .hint("write it by hand, or write that document in a simpler way")
            })?;
            changes.insert(PROJECT_FILE, FileChange { after, ..change });
        }
        Ok(changes.into_values().filter(|change| change.before.as_ref() != Some(&change.after)).collect())
    }
}

/// Whether documents in `folder` are none of the project's.
fn is_elsewhere(root: Option<&PathBuf>, folder: &Path) -> bool {
    let Some(root) = root else { return true };
    let nearest = folder.ancestors().find_map(|above| above.canonicalize().ok());
    let root = root.canonicalize().ok();
    match (nearest, root) {
        (Some(nearest), Some(root)) => !nearest.starts_with(root),
        _ => folder.is_absolute(),
    }
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match files::read_whole(path, MAX_FILE_BYTES) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CliError::file("read", path, &error)),
    }
}

fn names_in(folder: &Path) -> Result<BTreeSet<String>, CliError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(CliError::file("read", folder, &error)),
    };
    Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// The tables of tenants: those of the project, and those named on the command line.
///
/// # Errors
/// There is no such table, or it has no key of one column.
pub fn tenants(settings: &Settings, found: &Found, asked: &[String]) -> Result<Vec<TenantTable>, CliError> {
    let mut tenants = settings.tenants.clone();
    for asked in asked {
        let (name, column) = match asked.split_once(':') {
            Some((name, column)) => (name, Some(column)),
            None => (asked.as_str(), None),
        };
        let table = named(found, name)?;
        if tenants.iter().any(|tenant| tenant.table == *table) {
            continue;
        }
        let relation = &found.relations[table];
        let [key] = relation.primary_key.as_slice() else {
            return Err(CliError::usage(format!("`{table}` has no primary key of one column"))
                .hint("a tenant is known by one column; write it under `tenants:` in the project document"));
        };
        let one = TenantTable::new(table.clone(), key.clone());
        match column {
            Some(column) => tenants.extend(by_kind(relation, one, column)?),
            None => tenants.push(one),
        }
    }
    Ok(tenants)
}

/// A kind for each value that the column can have.
fn by_kind(relation: &FoundRelation, tenant: TenantTable, column: &str) -> Result<Vec<TenantTable>, CliError> {
    let Some(found) = relation.columns.iter().find(|known| known.name.as_str() == column) else {
        return Err(unknown("column", column, relation.columns.iter().map(|known| known.name.as_str())));
    };
    match values(found) {
        Some(values) if !values.is_empty() => Ok(tenant.by_kind(&found.name, &values)),
        _ => Err(CliError::usage(format!(
            "neither the type of `{column}` nor a check says which values `{}` can have there",
            tenant.table
        ))
        .hint(format!(
            "write them under `tenants:` in the project document: `tenant_kind: {{column: {column}, values: {{VALUE: KIND}}}}`"
        ))),
    }
}

fn named<'f>(found: &'f Found, name: &str) -> Result<&'f TableName, CliError> {
    let matching: Vec<&TableName> =
        found.relations.keys().filter(|table| table.to_string() == name || table.name == name).collect();
    match matching.as_slice() {
        [one] => Ok(one),
        [] => {
            let error = CliError::usage(format!("there is no table `{}` to take tenants from", name.escape_debug()));
            Err(match closest(name, found.relations.keys().map(|table| table.name.as_str())) {
                Some(meant) => error.hint(format!("did you mean `{meant}`?")),
                None => error.hint("name one of the tables that are imported, with its schema where needed"),
            })
        }
        several => {
            let all: Vec<String> = several.iter().map(|table| format!("`{table}`")).collect();
            Err(CliError::usage(format!("there are several tables `{name}`"))
                .hint(format!("write {}", all.join(" or "))))
        }
    }
}
