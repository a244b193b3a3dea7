//! `portalctl sql`: a statement, or a prompt, as a persona.

use crate::adapters::postgres::Connection;
use crate::adapters::postgres::as_persona::{self, Answer, Changes};
use crate::adapters::postgres::barriers::barriers;
use crate::adapters::postgres::directory::{ContextWanted, Directory, Tenant};
use crate::cli::answer::{AnswerFormat, render};
use crate::cli::asker::{Asker, facet};
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::directory::{open_directory, persona, persona_name};
use crate::cli::project::load_valid;
use crate::cli::site_logins::GATEWAY;
use crate::cli::statements::Statements;
use crate::cli::{CliError, ExitCode};
use crate::names::{PersonaName, RoleName, SchemaName};
use crate::plan::control::ProjectRoles;
use std::time::Duration;

/// Run SQL as a persona, seeing exactly what the site would see
///
/// The statement runs on the gateway's connection with a signed context, in a transaction that is rolled back
/// unless `--write` is given. Every context is written to the audit log.
#[derive(Debug, clap::Args)]
pub struct SqlArgs {
    /// Choose the persona, as PORTAL/AUDIENCE
    #[arg(long = "as", visible_alias = "audience", value_name = "PORTAL/AUDIENCE", value_parser = persona_name)]
    persona: PersonaName,
    /// Choose the tenant: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    tenant: Option<String>,
    /// Choose the user: an e-mail address, or KEY:VALUE with the name of a key
    #[arg(long, value_name = "EMAIL|KEY:VALUE")]
    user: Option<String>,
    /// Run this statement instead of reading statements from the standard input
    #[arg(short = 'c', value_name = "SQL")]
    command: Option<String>,
    /// Use this facet of the persona, counted from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    facet: usize,
    /// Choose the format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
    /// Keep what the statement changes
    #[arg(long)]
    write: bool,
}

pub async fn run(context: &Context, args: SqlArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let document = project.document()?;
    let persona = persona(&model, &args.persona)?;
    let role = facet(persona, args.facet)?;
    let database = Database::open(context, &project.folder, document).await?;
    let mut administrator = database.url.connect().await?;
    let mut directory = open_directory(&mut administrator, document).await?;
    let asker = Asker::find(&mut directory, &model, persona, args.tenant.as_deref(), args.user.as_deref()).await?;
    let gateway_url = database.login(&ProjectRoles::of(&model.project).gateway, GATEWAY)?;
    let mut gateway = gateway_url.connect().await?;
    let gateway_pid = as_persona::backend_pid(&mut gateway).await?;

    let changes = if args.write { Changes::Kept } else { Changes::RolledBack };
    let mut statements = Statements::of(args.command.clone(), context.terminal.is_interactive(), &args.persona);
    while let Some(statement) = statements.next()? {
        let wanted = ContextWanted {
            persona: &args.persona,
            tenant: asker.tenant.as_ref().map(Tenant::id),
            at: None,
            user_keys: asker.keys.clone(),
            gateway_pid,
            valid_for: Duration::from_secs(3600),
        };
        let as_whom = (role, &model.project.control_schema);
        let answer = one(&mut directory, &mut gateway, &wanted, as_whom, &statement, changes).await;
        match answer {
            Ok(answer) => context.terminal.data(&render(&answer, args.format))?,
            Err(error) if statements.is_prompt() => context.terminal.error(&error.message, error.hint.as_deref()),
            Err(error) => return Err(error),
        }
    }
    Ok(ExitCode::Done)
}

async fn one(
    directory: &mut Directory<'_>,
    gateway: &mut Connection,
    wanted: &ContextWanted<'_>,
    (role, control): (&RoleName, &SchemaName),
    statement: &str,
    changes: Changes,
) -> Result<Answer, CliError> {
    if let Some(words) = as_persona::leaves_the_persona(statement) {
        return Err(CliError::refused(format!("`{words}` would leave the persona or its transaction"))
            .hint("each statement runs in a transaction of its own; `--write` keeps what it changes"));
    }
    let token = directory.administrator_context(wanted).await?;
    match as_persona::run(gateway, role, &token, statement, changes).await {
        Err(error) if error.is_denied() => {
            let hint = denied(gateway, control, role, statement).await;
            Err(CliError::from(error).hint(hint))
        }
        answer => Ok(answer?),
    }
}

/// What may be asked in place of what was refused.
async fn denied(gateway: &mut Connection, control: &SchemaName, role: &RoleName, statement: &str) -> String {
    let views = barriers(gateway, control).await.unwrap_or_default();
    let named = views.iter().filter(|((reader, table), _)| reader == role && statement.contains(&table.name));
    let mut named: Vec<String> = named.map(|((_, table), view)| format!("`{table}` is read as `{view}`")).collect();
    named.sort();
    let columns = match statement.contains('*') {
        true => "a persona holds single columns: name some that `portalctl matrix` shows, in place of `*`",
        false => "`portalctl matrix` shows which columns the persona may read and write",
    };
    named.into_iter().chain([columns.to_owned()]).collect::<Vec<_>>().join("; ")
}
