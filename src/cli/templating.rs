//! Projects from templates that somebody else has written, and bringing them up to date with a later version.

use super::asking::{named_file, unanswered, unusable};
use super::beginning::NewName;
use super::context::Context;
use super::error::CliError;
use crate::adapters::asking::Unanswered;
use crate::adapters::files::write_whole;
use crate::adapters::git;
use crate::adapters::project_files::{Ledger, Prepared, prepare_in};
use crate::adapters::template_folder::{FetchError, FetchedTemplate, fetch};
use crate::guide::template::{
    Given, Head, Incomplete, Kept, Question, RenderedFile, Sort, TEMPLATE_FILE, TemplateAnswers, TemplateFile,
    rendered, stored,
};
use crate::guide::{Files, IGNORE};
use crate::scaffold::{
    FileClass, FileTree, Manifest, Options, TEMPLATE_MANIFEST_PATH, content_hash, manifest_after, reconcile,
};
use crate::spec::Value;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where a project remembers its template.
const ANSWERS_PATH: &str = ".portalctl/answers.yaml";

/// A template that was fetched and read.
#[derive(Debug)]
pub struct Template {
    fetched: FetchedTemplate,
    head: Head,
    files: Vec<TemplateFile>,
}

/// How questions are answered.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    pub answers: Option<&'a Path>,
    /// Ask nothing.
    pub yes: bool,
}

impl Template {
    /// # Errors
    /// It cannot be fetched, or is no template.
    pub fn fetch(context: &Context, named: &str) -> Result<Self, CliError> {
        let progress = context.terminal.progress("fetching the template");
        let mut fetched = fetch(named).map_err(|error| explained(&error))?;
        drop(progress);
        let Some(place) = fetched.files.iter().position(|(path, _)| path == TEMPLATE_FILE) else {
            return Err(CliError::usage(format!("`{named}` is no template: it has no `{TEMPLATE_FILE}`"))
                .hint("the page `Getting started` of the documentation says what one looks like"));
        };
        let (_, bytes) = fetched.files.remove(place);
        let head = Head::read(TEMPLATE_FILE, bytes).map_err(|report| unusable(context, "the template", &report))?;
        let mut files = Vec::new();
        for (path, bytes) in std::mem::take(&mut fetched.files) {
            let text = String::from_utf8(bytes).map_err(|_| {
                CliError::usage(format!("the template's `{path}` is not UTF-8 text"))
                    .hint("a template holds text alone; a logo can be an SVG")
            })?;
            files.push(TemplateFile { path, text });
        }
        Ok(Self { fetched, head, files })
    }

    fn answers(
        &self,
        context: &Context,
        name: (&str, &str),
        manner: Manner<'_>,
        kept: Option<&Kept>,
    ) -> Result<TemplateAnswers, CliError> {
        let mut given = match manner.answers {
            Some(path) => Given::read(&self.head, &path.display().to_string(), named_file(path)?)
                .map_err(|report| unusable(context, "the answers", &report))?,
            None => Given::default(),
        };
        if let Some(kept) = kept {
            given = given.over(kept);
        }
        let own = [("name".to_owned(), json!(name.0)), ("folder".to_owned(), json!(name.1))];
        let asks = !manner.yes && context.terminal.is_interactive();
        let ask = |_: &str, question: &Question| if asks { asked(context, question).map(Some) } else { Ok(None) };
        given.complete(&self.head, own.into_iter().collect(), ask).map_err(incomplete)
    }

    fn rendered(&self, answers: &TemplateAnswers) -> Result<FileTree, CliError> {
        let mut files: BTreeMap<String, RenderedFile> =
            rendered(&self.head, &self.files, answers).map_err(|error| CliError::usage(error.to_string()))?;
        let ignore = RenderedFile { once: true, text: IGNORE.to_owned() };
        files.entry(".gitignore".to_owned()).or_insert(ignore);
        let mut tree = FileTree::default();
        for (path, file) in files {
            let class = if file.once { FileClass::Seeded } else { FileClass::Merged };
            tree.insert(path, class, file.text.replace("\r\n", "\n"));
        }
        Ok(tree)
    }

    fn stored(&self, answers: &TemplateAnswers) -> String {
        stored(&self.fetched.source, self.fetched.revision.as_deref(), answers)
    }
}

/// The files of a new project, with what an update needs later.
///
/// # Errors
/// A question has no answer, or a file cannot be filled in.
pub fn files(context: &Context, template: &Template, name: &NewName, manner: Manner<'_>) -> Result<Files, CliError> {
    let answers = template.answers(context, (name.project.as_str(), &name.folder), manner, None)?;
    let tree = template.rendered(&answers)?;
    let remembered = template.stored(&answers);
    let hash = content_hash(remembered.as_bytes());
    let actions = reconcile(&tree, &Manifest::new(&hash), |_| None, Options::default());
    let mut files: Files = tree.iter().map(|(path, file)| (path.to_owned(), file.text.clone())).collect();
    files.insert(TEMPLATE_MANIFEST_PATH.to_owned(), manifest_after(&actions, &hash).to_json());
    files.insert(ANSWERS_PATH.to_owned(), remembered);
    Ok(files)
}

/// An update that is decided and not yet done.
#[derive(Debug)]
pub struct Update {
    pub prepared: Prepared,
    folder: PathBuf,
    remembered: String,
}

impl Update {
    /// Merges the template as it is now into the project here.
    ///
    /// # Errors
    /// The project comes from no template; it holds changes that are not committed, without `force`.
    pub fn prepare(
        context: &Context,
        template: Option<&str>,
        manner: Manner<'_>,
        options: Options,
    ) -> Result<Self, CliError> {
        let folder = context.project_folder()?;
        let path = folder.join(ANSWERS_PATH);
        if !path.exists() {
            return Err(CliError::usage(format!("this project was made from no template: it has no `{ANSWERS_PATH}`"))
                .hint("`portalctl new NAME --template DIR` makes one from a template"));
        }
        let kept = Kept::read(ANSWERS_PATH, named_file(&path)?)
            .map_err(|report| unusable(context, "what the project remembers of its template", &report))?;
        if !options.force && !git::uncommitted(&folder, ["."]).map_err(|error| asked_of_git(&error))?.is_empty() {
            return Err(CliError::refused("the project holds changes that are not committed")
                .hint("commit them, so that what the update does can be seen and undone; or go on with `--force`"));
        }
        let template = Template::fetch(context, template.unwrap_or(&kept.template))?;
        let answers = template.answers(context, (&kept.name, &kept.folder), manner, Some(&kept))?;
        let tree = template.rendered(&answers)?;
        let remembered = template.stored(&answers);
        let hash = content_hash(remembered.as_bytes());
        let prepared = prepare_in(Ledger::TEMPLATE, &folder, &tree, &hash, options)?;
        Ok(Self { prepared, folder, remembered })
    }

    /// # Errors
    /// A file cannot be written; then none is.
    pub fn write(&self) -> Result<(), CliError> {
        self.prepared.write()?;
        let path = self.folder.join(ANSWERS_PATH);
        write_whole(&path, &self.remembered).map_err(|error| CliError::file("write", &path, &error))
    }
}

fn asked(context: &Context, question: &Question) -> Result<serde_json::Value, Unanswered> {
    let terminal = &context.terminal;
    let spelled = question.default.as_ref().map(|default| match default {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let word = |choices: &indexmap::IndexMap<String, String>, place: usize| {
        choices.get_index(place).map(|(word, _)| word.clone())
    };
    // A list, or one word.
    let default = question.default.iter().flat_map(|default| match default {
        serde_json::Value::Array(items) => items.iter().collect(),
        one => vec![one],
    });
    let usual = |choices: &indexmap::IndexMap<String, String>| -> Vec<usize> {
        default.clone().filter_map(|word| choices.get_index_of(word.as_str()?)).collect()
    };
    Ok(match &question.sort {
        Sort::Boolean => {
            let default = question.default.as_ref().and_then(serde_json::Value::as_bool).unwrap_or(false);
            json!(terminal.ask_whether(&question.ask, default)?)
        }
        Sort::Choice(choices) => {
            let usual = usual(choices).first().copied().unwrap_or_default();
            json!(word(choices, terminal.choose_one(&question.ask, choices.values().cloned().collect(), usual)?))
        }
        Sort::Choices(choices) => {
            let options = choices.values().cloned().collect();
            let places = terminal.choose_some(&question.ask, options, &usual(choices), 0)?;
            json!(places.into_iter().filter_map(|place| word(choices, place)).collect::<Vec<_>>())
        }
        Sort::Text { .. } | Sort::Integer { .. } | Sort::Color => {
            let accept = |text: &str| question.accept(&Value::Text(text.to_owned()));
            let given = terminal.ask_text(&question.ask, spelled.as_deref(), &|text| accept(text).map(drop))?;
            // It was accepted a moment ago.
            accept(&given).unwrap_or_default()
        }
    })
}

fn incomplete(error: Incomplete<Unanswered>) -> CliError {
    match error {
        Incomplete::Ask(error) => unanswered(&error, "answer in a file, and name it with `--answers`"),
        Incomplete::Missing(name) => CliError::usage(format!("the template's question `{name}` has no answer"))
            .hint(format!("write `{name}: …` into a file and name it with `--answers FILE`")),
        Incomplete::Condition(name, error) => {
            CliError::usage(format!("the template cannot say whether `{name}` is to be asked: {error}"))
        }
    }
}

fn explained(error: &FetchError) -> CliError {
    let message = error.to_string();
    match error {
        FetchError::Link(_) | FetchError::NotAFile { .. } | FetchError::TooLarge { .. } | FetchError::TooMuch => {
            CliError::refused(message)
        }
        FetchError::Password => {
            CliError::refused(message).hint("leave it out, and let git's credential helper know it")
        }
        FetchError::NoFolder(_) => CliError::usage(message)
            .hint("name a folder, or a git repository as `https://…`, `ssh://…` or `git@host:path`"),
        FetchError::Git(_) => CliError::usage(message)
            .hint("git asks for nothing here: a key or a credential helper must let it in; `https`, `ssh` and `file` are spoken"),
        FetchError::Io { .. } => CliError::usage(message),
    }
}

fn asked_of_git(error: &git::GitError) -> CliError {
    CliError::refused(error.to_string()).hint("`--force` goes on without asking git")
}
