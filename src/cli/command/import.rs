//! `portalctl import`: objects for tables that were there before.

use crate::adapters::clock;
use crate::adapters::files::write_several;
use crate::adapters::postgres::survey::Survey;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::importing::{Beginning, tenants};
use crate::cli::{CliError, ExitCode, Format};
use crate::import::{Import, Outline, import, project_file, told};
use crate::names::SchemaName;
use crate::spec::document::ProjectDoc;
use std::path::{Path, PathBuf};

/// Write objects for the tables of an existing database
///
/// Writes a document for each table: its key, its fields with their types and references, and its way to the tenant where
/// foreign keys leave no doubt. What is a guess is marked as one; what nobody can guess is told, with the lines that settle
/// it. Documents that are there stay as they are, so that a second import changes nothing. The database is only read; values
/// of rows are looked at there, and none is written anywhere. They are read with the rights of your login, and of a view that
/// means that functions in it run with them. In a folder without a project it begins one.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// Import this schema; the project's where none is named, or all of the business's. May be repeated
    #[arg(long = "schema", value_name = "SCHEMA")]
    schemas: Vec<String>,

    /// Take the rows of this table for tenants, besides those of `tenants:` in the project; of several kinds, as a column of it
    /// says. May be repeated
    #[arg(long = "tenant", value_name = "TABLE[:COLUMN]")]
    tenants: Vec<String>,

    /// Write the documents into this folder, instead of the project's `objects`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Choose the format of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, args: &ImportArgs) -> Result<ExitCode, CliError> {
    let beginning = Beginning::read(context, args.out.as_deref())?;
    let before = beginning.ledger()?;
    let database = database(context, &beginning).await?;
    let mut connection = database.url.connect().await?;
    let control = beginning.document().map_or_else(|| SchemaName::new(""), ProjectDoc::control_schema);
    let mut survey = Survey::begin(&mut connection).await?;
    let found = survey.found(&beginning.schemas(&args.schemas), &control).await?;
    if found.relations.is_empty() {
        return Err(CliError::usage(format!("there is no table to import in `{}`", found.database))
            .hint("name the schemas that hold them with `--schema`"));
    }
    let tenants = tenants(&beginning.settings, &found, &args.tenants)?;
    let outline = Outline::new(&found, &beginning.settings, &tenants);
    let progress = context.terminal.progress("looking at the rows");
    let asked = outline.questions();
    let answers = survey.answers(&asked, |table| progress.step(&format!("looking at the rows of {table}"))).await?;
    drop(progress);
    survey.end().await?;

    let imported = import(&outline, &answers, &before, &beginning.target, clock::now().date());
    let begins = beginning.project.is_none() && args.out.is_none();
    let project = begins.then(|| project_file(&outline, &imported.report));
    let changes = beginning.changes(&imported, project)?;
    write_several(&changes)?;
    let written: Vec<String> = changes.iter().map(|change| shown(&change.path)).collect();
    tell(context, args.format, &imported, &written)?;
    if !beginning.is_read() {
        context
            .terminal
            .warn(&format!("`specs` of the project does not name `{}`: add it there", beginning.target.shown));
    }
    Ok(ExitCode::Done)
}

async fn database(context: &Context, beginning: &Beginning) -> Result<Database, CliError> {
    match (&beginning.project, context.database_url()?) {
        (_, Some(url)) => Ok(Database { url, local: None }),
        (Some((folder, _)), None) => {
            let missing = || CliError::usage("the project document cannot be read");
            Database::open(context, folder, beginning.document().ok_or_else(missing)?).await
        }
        (None, None) => Err(CliError::usage("no database is named, and there is no project here that has one").hint(
            "`portalctl import --database-url postgresql://user@host/database` begins a project here from its tables, and so \
                 does `DATABASE_URL`; \
                 `portalctl new` begins one without a database",
        )),
    }
}

/// From here, where it lies below.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned()).display().to_string()
}

fn tell(context: &Context, format: Format, imported: &Import, written: &[String]) -> Result<(), CliError> {
    match format {
        Format::Text => {
            context.terminal.data(&written.iter().map(|path| format!("write      {path}\n")).collect::<String>())?;
            context.terminal.note(told(&imported.report).trim_end());
        }
        Format::Json => {
            let mut report = serde_json::json!(imported.report);
            report["written"] = serde_json::json!(written);
            context.terminal.data(&format!("{report}\n"))?;
        }
    }
    Ok(())
}
