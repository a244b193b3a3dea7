//! `portalctl can`: may somebody do that?

use crate::analysis::{Action, Decision, Verdict, can, of_row};
use crate::cli::context::Context;
use crate::cli::directory::persona;
use crate::cli::project::{Project, load_valid};
use crate::cli::row::{Who, sees};
use crate::cli::target::{Target, unknown};
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::closest;
use crate::model::AccessModel;
use crate::names::PersonaName;

/// Say whether somebody may do something, and why; exit 1 where not
///
/// ACTION is read, create, update, delete, export, assign, share, download, attach, or transition:TO with the state it leads to. About
/// an object or a field the documents answer alone. About one row, or a person by e-mail, the
/// database is asked, as that person, for what they see of it. Where they are not shown the row, what keeps each grant
/// from showing it is told, the nearest first; whoever is disabled, suspended or lapsed is told to be.
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
    /// Choose the format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn action(text: &str) -> Result<Action, String> {
    const SIMPLE: [&str; 9] = ["read", "create", "update", "delete", "export", "assign", "share", "download", "attach"];
    Action::parse(text).ok_or_else(|| {
        let (word, state) = text.split_once(':').map_or((text, None), |(word, state)| (word, Some(state)));
        let near = closest(word, SIMPLE.into_iter().chain(["transition"])).filter(|_| text != "transition:");
        match (near, state) {
            (Some("transition"), state) => {
                format!("did you mean `transition:{}`?", state.filter(|to| !to.is_empty()).unwrap_or("TO"))
            }
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, _) => format!("the actions are {} and transition:TO", SIMPLE.join(", ")),
        }
    })
}

pub async fn run(context: &Context, args: &CanArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let target = Target::parse(&model, &args.target)?;
    check(&args.action, &target)?;
    let decision = decide(context, &project, &model, &target, args).await?;
    let text = match args.format {
        Format::Json => format!("{}\n", serde_json::json!(decision)),
        Format::Text => decision.text(),
    };
    context.terminal.data(&text)?;
    Ok(if decision.decision == Verdict::Allow { ExitCode::Done } else { ExitCode::No })
}

/// A question about a state or a field that cannot be is a slip, and no denial.
pub(super) fn check(action: &Action, target: &Target<'_>) -> Result<(), CliError> {
    if let Some(field) = target.field.as_ref().filter(|_| !action.has_fields()) {
        return Err(CliError::usage(format!("`{action}` is about rows, not about `{field}`"))
            .hint(format!("write `{}`", target.object.name)));
    }
    if target.key.is_some() && matches!(action, Action::Create | Action::Export) {
        let why = match action {
            Action::Create => "a row that is made has no key yet",
            _ => "`export` is about all rows that are seen, not about one",
        };
        return Err(CliError::usage(why).hint(format!("write `{}`", target.object.name)));
    }
    let Action::Transition(to) = action else { return Ok(()) };
    let Some(states) = &target.object.states else {
        return Err(CliError::usage(format!("`{}` has no states", target.object.name)));
    };
    let all = states.transitions.iter().flat_map(|(from, targets)| std::iter::once(from).chain(targets));
    let known: std::collections::BTreeSet<&str> = all.map(String::as_str).collect();
    if known.contains(to.as_str()) { Ok(()) } else { Err(unknown("state", to, known.iter().copied())) }
}

async fn decide(
    context: &Context,
    project: &Project,
    model: &AccessModel,
    target: &Target<'_>,
    args: &CanArgs,
) -> Result<Decision, CliError> {
    let (action, object, field) = (&args.action, target.object, target.field.as_ref());
    let named = PersonaName::parse(&args.who).filter(|_| !args.who.contains('@'));
    let of_the_row = target.key.is_some() && (action.is_of_a_row() || matches!(action, Action::Read));
    if let (Some(name), false) = (&named, of_the_row) {
        return Ok(can(model, persona(model, name)?, action, object, field));
    }
    let who = Who {
        email: named.is_none().then_some(args.who.as_str()),
        persona: named,
        tenant: args.tenant.as_deref(),
        user: args.user.as_deref(),
    };
    let asked = sees(context, project, model, &who, (action, target)).await?;
    if let Some(barred) = &asked.barred {
        return Ok(Decision::barred(model, asked.persona, barred));
    }
    Ok(match asked.row.filter(|_| of_the_row) {
        Some(row) => of_row(model, asked.persona, action, object, field, &row),
        None => can(model, asked.persona, action, object, field),
    })
}
