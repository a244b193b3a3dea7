//! `portalctl can`: may somebody do that?

use crate::adapters::postgres::as_persona;
use crate::analysis::{Decision, Verdict, can_read};
use crate::cli::context::Context;
use crate::cli::directory::persona;
use crate::cli::project::{Project, load_valid};
use crate::cli::row::{Who, sees};
use crate::cli::target::Target;
use crate::cli::{CliError, ExitCode, Format};
use crate::model::AccessModel;
use crate::names::PersonaName;
use clap::ValueEnum;

/// Say whether somebody may do something, and why; exit 1 where not
///
/// About an object or a field the documents answer alone. About one row, or a person by e-mail, the database is
/// asked, as that person.
#[derive(Debug, clap::Args)]
pub struct CanArgs {
    /// Name who asks: PORTAL/AUDIENCE, or an e-mail address
    #[arg(value_name = "WHO")]
    who: String,
    /// Choose the action
    #[arg(value_name = "ACTION")]
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
    /// Choose the format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Action {
    Read,
}

pub async fn run(context: &Context, args: &CanArgs) -> Result<ExitCode, CliError> {
    let Action::Read = args.action;
    let (project, model) = load_valid(context)?;
    let target = Target::parse(&model, &args.target)?;
    let decision = decide(context, &project, &model, &target, args).await?;
    let text = match args.format {
        Format::Json => format!("{}\n", serde_json::json!(decision)),
        Format::Text => decision.text(),
    };
    context.terminal.data(&text)?;
    Ok(if decision.decision == Verdict::Allow { ExitCode::Done } else { ExitCode::No })
}

async fn decide(
    context: &Context,
    project: &Project,
    model: &AccessModel,
    target: &Target<'_>,
    args: &CanArgs,
) -> Result<Decision, CliError> {
    let named = PersonaName::parse(&args.who).filter(|_| !args.who.contains('@'));
    if let (Some(name), None) = (&named, &target.key) {
        return Ok(can_read(model, persona(model, name)?, target.object, target.field.as_ref()));
    }
    let who = Who {
        email: named.is_none().then_some(args.who.as_str()),
        persona: named,
        tenant: args.tenant.as_deref(),
        user: args.user.as_deref(),
    };
    let asked = sees(context, project, model, &who, target).await?;
    let decision = can_read(model, asked.persona, target.object, target.field.as_ref());
    match (&target.key, decision.decision, asked.row) {
        (Some(_), Verdict::Allow, as_persona::Seen::No) => {
            let text = format!("the database shows `{}` no such row", asked.persona.name);
            Ok(Decision::deny(model, text, asked.persona.span))
        }
        _ => Ok(decision),
    }
}
