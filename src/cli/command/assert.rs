//! `portalctl assert`: a yes or a no for CI.

use super::diff::between;
use crate::analysis::diff::AccessDiff;
use crate::analysis::{Action, assertion};
use crate::cli::context::Context;
use crate::cli::project::load_valid;
use crate::cli::question::{action, check};
use crate::cli::target::{Target, unknown};
use crate::cli::{CliError, ExitCode};
use crate::model::AccessModel;
use crate::names::ObjectName;
use clap::Subcommand;
use std::collections::BTreeSet;

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
        AssertVerb::NoNewAccess { base } => gained(&between(context, base, None)?.1),
        AssertVerb::AccessNotGranted { who, action, target } => granted(&load_valid(context)?.1, who, action, target)?,
        AssertVerb::NoPublicAccess { objects } => public(&load_valid(context)?.1, objects)?,
    };
    context.terminal.data(&if against.is_empty() { "yes\n".to_owned() } else { format!("no\n{against}") })?;
    Ok(if against.is_empty() { ExitCode::Done } else { ExitCode::No })
}

fn gained(found: &AccessDiff) -> String {
    let changes: Vec<_> = assertion::gained(found).into_iter().cloned().collect();
    if changes.is_empty() { String::new() } else { AccessDiff { changes }.text() }
}

fn granted(model: &AccessModel, who: &str, action: &Action, target: &str) -> Result<String, CliError> {
    let target = Target::parse(model, target)?;
    check(action, &target)?;
    if target.key.is_some() {
        return Err(CliError::usage("which rows there are only the database knows")
            .hint(format!("write `{}`", target.object.name)));
    }
    let is_meant = |name: &str| match who.strip_suffix("/*") {
        Some(portal) => name.split('/').next() == Some(portal),
        None => name == who,
    };
    let meant: Vec<_> = model.personas.values().filter(|persona| is_meant(&persona.name.to_string())).collect();
    // A slip in the name would be a yes for ever.
    if meant.is_empty() {
        let names: Vec<String> = model.personas.keys().map(ToString::to_string).collect();
        return Err(unknown("audience", who, names.iter().map(String::as_str)));
    }
    let of = (target.object, target.field.as_ref());
    let told = meant.into_iter().flat_map(|persona| assertion::granted(model, persona, Some(action), of));
    Ok(told.map(|line| line + "\n").collect())
}

fn public(model: &AccessModel, objects: &[String]) -> Result<String, CliError> {
    let known = || model.objects.keys().map(ObjectName::as_str);
    if let Some(slip) = objects.iter().find(|name| !known().any(|one| one == name.as_str())) {
        return Err(unknown("object", slip, known()));
    }
    let objects: BTreeSet<ObjectName> = objects.iter().map(ObjectName::new).collect();
    let told = assertion::public(model, &objects, &BTreeSet::new()).into_iter();
    Ok(told.map(|line| line + "\n").collect())
}
