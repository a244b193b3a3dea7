//! `portalctl assert`: a yes or a no for CI.

use super::can::{action, check};
use super::diff::between;
use crate::analysis::diff::{AccessDiff, Kind};
use crate::analysis::{Able, Action, who_can};
use crate::cli::context::Context;
use crate::cli::project::load_valid;
use crate::cli::target::{Target, unknown};
use crate::cli::{CliError, ExitCode};
use crate::diagnostic::one_line;
use crate::model::{AccessModel, Scope, Who};
use crate::names::ObjectName;
use clap::Subcommand;

/// Answer yes (0) or no (1), for CI
#[derive(Debug, Subcommand)]
pub enum AssertVerb {
    /// Make sure that nobody gains access that is not accepted, since a revision or beside a folder
    NoNewAccess {
        /// Compare with this revision or folder
        #[arg(value_name = "BASE")]
        base: String,
    },
    /// Make sure that an audience, or every one of a portal, may not do that
    AccessNotGranted {
        /// Name who: PORTAL/AUDIENCE, or PORTAL/* for all of its audiences
        #[arg(value_name = "WHO")]
        who: String,
        /// Choose the action, as in `can`
        #[arg(value_name = "ACTION", value_parser = action)]
        action: Action,
        /// Name what it is about: OBJECT or OBJECT.FIELD
        #[arg(value_name = "TARGET")]
        target: String,
    },
    /// Make sure that guests may do nothing with these objects, or with any
    NoPublicAccess {
        /// Name the objects; none: all of them
        #[arg(value_name = "OBJECT")]
        objects: Vec<String>,
    },
}

pub fn run(context: &Context, verb: &AssertVerb) -> Result<ExitCode, CliError> {
    let against = match verb {
        AssertVerb::NoNewAccess { base } => gained(between(context, base, None)?),
        AssertVerb::AccessNotGranted { who, action, target } => granted(&load_valid(context)?.1, who, action, target)?,
        AssertVerb::NoPublicAccess { objects } => public(&load_valid(context)?.1, objects)?,
    };
    context.terminal.data(&if against.is_empty() { "yes\n".to_owned() } else { format!("no\n{against}") })?;
    Ok(if against.is_empty() { ExitCode::Done } else { ExitCode::No })
}

fn gained(mut found: AccessDiff) -> String {
    found.changes.retain(|change| change.class.gains() && change.kind != Kind::DataLoss && change.accepted.is_none());
    if found.changes.is_empty() { String::new() } else { found.text() }
}

fn granted(model: &AccessModel, who: &str, action: &Action, target: &str) -> Result<String, CliError> {
    let target = Target::parse(model, target)?;
    check(action, &target)?;
    if target.key.is_some() {
        return Err(CliError::usage("which rows there are only the database knows")
            .hint(format!("write `{}`", target.object.name)));
    }
    let whole = who.strip_suffix("/*");
    let is_meant = |name: &str| match whole {
        Some(portal) => name.split('/').next() == Some(portal),
        None => name == who,
    };
    let names: Vec<String> = model.personas.keys().map(ToString::to_string).collect();
    // A slip in the name would be a yes for ever.
    if !names.iter().any(|name| is_meant(name)) {
        return Err(unknown("audience", who, names.iter().map(String::as_str)));
    }
    let able = who_can(model, action, target.object, target.field.as_ref());
    let told = |one: &Able| {
        let rows = one.decision.filter.as_deref().unwrap_or_default();
        let at = one.decision.because.first().map(|because| &because.source);
        let at = at.map(|source| format!(" ({}:{})", one_line(&source.file), source.line)).unwrap_or_default();
        format!("{}: {}{at}\n", one.persona, one_line(rows))
    };
    Ok(able.iter().filter(|one| is_meant(&one.persona.to_string())).map(told).collect())
}

fn public(model: &AccessModel, objects: &[String]) -> Result<String, CliError> {
    let known = || model.objects.keys().map(ObjectName::as_str);
    if let Some(slip) = objects.iter().find(|name| !known().any(|one| one == name.as_str())) {
        return Err(unknown("object", slip, known()));
    }
    let mut out = String::new();
    for persona in model.personas.values().filter(|persona| persona.who == Who::Guest) {
        let reads = persona.reads.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, &one.rows, "read")));
        let writes = persona.writes.iter();
        let writes = writes.flat_map(|(name, all)| all.iter().map(move |one| (name, &one.rows, one.write.action())));
        for (name, rows, action) in reads.chain(writes).filter(|(_, rows, _)| rows.scope != Scope::None) {
            if objects.is_empty() || objects.iter().any(|one| one == name.as_str()) {
                out +=
                    &format!("{}: {action} {name}, {}\n", persona.name, one_line(&crate::analysis::words::rows(rows)));
            }
        }
    }
    Ok(out)
}
