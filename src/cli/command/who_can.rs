//! `portalctl who-can`: everybody who may do that.

use crate::adapters::postgres::directory::Person;
use crate::analysis::{Able, Action, who_can};
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::directory::open_directory;
use crate::cli::people::{WantedPeople, list};
use crate::cli::project::{Project, load_valid};
use crate::cli::question::{action, check};
use crate::cli::target::Target;
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::one_line;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Show every audience that may do something, on which rows, and because of which line; exit 1 where nobody may
///
/// ACTION is as in `can`. The documents alone answer; with `--tenant`, the database says who of that tenant has such a place.
#[derive(Debug, clap::Args)]
pub struct WhoCanArgs {
    /// Choose the action: read, create, update, delete, export, assign, share, download, attach or transition:TO
    #[arg(value_name = "ACTION", value_parser = action)]
    action: Action,
    /// Name what it is about: OBJECT or OBJECT.FIELD
    #[arg(value_name = "TARGET")]
    target: String,
    /// Show the people of this tenant alone, by its name or key, who have a place that may
    #[arg(long, value_name = "NAME|KEY")]
    tenant: Option<String>,
    /// Choose the format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, args: &WhoCanArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let target = Target::parse(&model, &args.target)?;
    check(&args.action, &target)?;
    if target.key.is_some() {
        return Err(CliError::usage("which rows there are only the database knows")
            .hint(format!("write `{}`; `can` answers for one person and one row", target.object.name)));
    }
    let able = who_can(&model, &args.action, target.object, target.field.as_ref());
    let able: Vec<Placed> = match &args.tenant {
        None => able.into_iter().map(|able| Placed { able, people: None }).collect(),
        Some(tenant) => {
            let people = people_of(context, &project, tenant).await?;
            able.into_iter().filter_map(|able| with_people(able, &people)).collect()
        }
    };
    let text = match args.format {
        Format::Json => format!("{}\n", serde_json::json!({ "personas": able })),
        Format::Text if able.is_empty() => "nobody\n".to_owned(),
        Format::Text => told(&able),
    };
    context.terminal.data(&text)?;
    Ok(if able.is_empty() { ExitCode::No } else { ExitCode::Done })
}

/// An audience that may, and who has a place in it; `None`: nobody asked who.
#[derive(Debug, serde::Serialize)]
struct Placed {
    #[serde(flatten)]
    able: Able,
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<BTreeSet<String>>,
}

/// Those of the tenant who are let in.
async fn people_of(context: &Context, project: &Project, tenant: &str) -> Result<Vec<Person>, CliError> {
    let document = project.document()?;
    let database = Database::open(context, &project.folder, document).await?;
    let mut connection = database.url.connect().await?;
    let mut directory = open_directory(&mut connection, document).await?;
    let wanted = WantedPeople { timezone: document.timezone(), portal: None, tenant: Some(tenant.to_owned()) };
    let mut people = list(&mut directory, wanted).await?;
    people.retain(|person| acts_as(person).is_some());
    Ok(people)
}

/// As whom somebody is let in now; `None`: not at all.
fn acts_as(person: &Person) -> Option<&str> {
    match person.standing.state.as_str() {
        "active" => Some(&person.place.persona),
        "lapsed" => person.standing.audiences.first().map(String::as_str),
        _ => None,
    }
}

/// `None` where nobody of them has a place there.
fn with_people(able: Able, people: &[Person]) -> Option<Placed> {
    let persona = able.persona.to_string();
    let of = people.iter().filter(|person| acts_as(person) == Some(&persona));
    let people: BTreeSet<String> = of.map(|person| person.place.email.clone()).collect();
    (!people.is_empty()).then_some(Placed { able, people: Some(people) })
}

fn told(able: &[Placed]) -> String {
    let mut out = String::new();
    for Placed { able: one, people } in able {
        let rows = one.decision.filter.as_deref().unwrap_or_default();
        let _ = writeln!(out, "{}: {}", one.persona, one_line(rows));
        for because in &one.decision.because {
            let (text, source) = (one_line(&because.text), &because.source);
            let _ = writeln!(out, "  because {text} ({}:{})", one_line(&source.file), source.line);
        }
        for email in people.iter().flatten() {
            let _ = writeln!(out, "  {}", one_line(email));
        }
    }
    out
}
