//! `portalctl can`: may somebody do that?

use crate::analysis::{Action, Decision, Verdict, can, of_row};
use crate::cli::context::Context;
use crate::cli::directory::persona;
use crate::cli::project::{Project, load_valid};
use crate::cli::question::{action, check};
use crate::cli::row::{Who, sees};
use crate::cli::target::Target;
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::escape;
use crate::model::{AccessModel, Persona};
use crate::names::PersonaName;
use crate::plan::deciding;

/// Say whether somebody may do something, and why; exit 1 where not
///
/// ACTION is read, create, update, delete, export, assign, share, download, attach, or transition:TO with the state it leads to. About
/// an object or a field the documents answer alone. About one row, or a person by e-mail, the
/// database is asked, as that person, for what they see of it. Where they are not shown the row, what keeps each grant
/// from showing it is told, the nearest first; whoever is disabled, suspended or lapsed is told to be. With `--sql`, what
/// `plan` writes into an empty database for those who ask, on that table, for that command; no database is needed.
#[derive(Debug, clap::Args)]
pub struct CanArgs {
    /// Name who asks: PORTAL/AUDIENCE, or an e-mail address
    #[arg(value_name = "WHO")]
    who: String,
    /// Choose the action: read, create, update, delete, export, assign, share, download, attach or transition:TO
    #[arg(value_name = "ACTION", value_parser = action)]
    action: Action,
    /// Name what it is about: OBJECT, OBJECT.FIELD, OBJECT/KEY or OBJECT/KEY.FIELD
    #[arg(value_name = "TARGET")]
    target: String,
    /// Choose the tenant: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    tenant: Option<String>,
    /// Choose the user, by KEY:VALUE or e-mail address
    #[arg(long, value_name = "EMAIL|KEY:VALUE")]
    user: Option<String>,
    /// Show the SQL that decides, too, each statement with its lines of the documents
    #[arg(long)]
    sql: bool,
    /// Choose the format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, args: &CanArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let target = Target::parse(&model, &args.target)?;
    check(&args.action, &target)?;
    let (persona, decision) = decide(context, &project, &model, &target, args).await?;
    let sql = args.sql.then(|| deciding(&model, persona, &args.action, target.object)).transpose();
    let sql = sql.map_err(CliError::usage)?;
    let text = match args.format {
        Format::Json => {
            let mut answer = serde_json::json!(decision);
            if let Some(sql) = sql {
                answer["sql"] = serde_json::json!(sql.sql);
                answer["sql_note"] = serde_json::json!(sql.note.join(" "));
            }
            format!("{}\n", escape::json(&answer.to_string()))
        }
        Format::Text => decision.text() + &sql.map(|sql| sql.text()).unwrap_or_default(),
    };
    context.terminal.data(&text)?;
    Ok(if decision.decision == Verdict::Allow { ExitCode::Done } else { ExitCode::No })
}

async fn decide<'m>(
    context: &Context,
    project: &Project,
    model: &'m AccessModel,
    target: &Target<'_>,
    args: &CanArgs,
) -> Result<(&'m Persona, Decision), CliError> {
    let (action, object, field) = (&args.action, target.object, target.field.as_ref());
    let named = PersonaName::parse(&args.who).filter(|_| !args.who.contains('@'));
    let of_the_row = target.key.is_some() && (action.is_of_a_row() || matches!(action, Action::Read));
    if let (Some(name), false) = (&named, of_the_row) {
        let persona = persona(model, name)?;
        return Ok((persona, can(model, persona, action, object, field)));
    }
    let who = Who {
        email: named.is_none().then_some(args.who.as_str()),
        persona: named,
        tenant: args.tenant.as_deref(),
        user: args.user.as_deref(),
    };
    let asked = sees(context, project, model, &who, (action, target)).await?;
    if let Some(barred) = &asked.barred {
        return Ok((asked.persona, Decision::barred(model, asked.persona, barred)));
    }
    let decision = match asked.row.filter(|_| of_the_row) {
        Some(row) => of_row(model, asked.persona, action, object, field, &row),
        None => can(model, asked.persona, action, object, field),
    };
    Ok((asked.persona, decision))
}
