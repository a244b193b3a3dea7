//! What is shown of an `apply` while it runs, and what stops it.

use super::assertions;
use super::context::Context;
use super::error::CliError;
use super::provision::{Origin, check_live, explain_apply, refuse_hazards, refuse_in_vain, tell_found};
use crate::adapters::git;
use crate::adapters::postgres::Connection;
use crate::adapters::postgres::apply::{Agreed, Overseer, Patience, Progress, Receipt, apply};
use crate::adapters::postgres::connect::DatabaseUrl;
use crate::adapters::terminal::{self, Terminal};
use crate::diagnostic::Finding;
use crate::model::AccessModel;
use crate::plan::{Hazard, Plan};
use crate::state::DatabaseState;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shows what happens within an `apply`, and says no in the words of the command line.
pub(super) struct Watch<'a> {
    context: &'a Context,
    model: &'a AccessModel,
    progress: terminal::Progress<'a>,
    /// Whether the live checks are run on what is found.
    checks: bool,
    /// Where nobody has read the plan: it is shown, and may have these hazards.
    allowed: Option<&'a BTreeSet<Hazard>>,
    git: FromGit,
    said: Mutex<Said>,
}

/// What is asked of git, which is done before the database waits for anything.
struct FromGit {
    commit: Option<String>,
    /// What speaks against the assertions; `None`: they are not held here.
    against: Option<Vec<Finding>>,
}

impl FromGit {
    fn ask(context: &Context, model: &AccessModel, asserts: bool, origin: Option<Origin>) -> Result<Self, CliError> {
        let commit = match origin {
            Some(origin) => origin.commit,
            None => context.project_folder().ok().and_then(|folder| git::clean_commit(&folder)),
        };
        let against = asserts.then(|| assertions::against_revisions(context, model)).transpose()?;
        Ok(Self { commit, against })
    }
}

/// Another attempt finds mostly the same, which is not said twice.
#[derive(Default)]
struct Said {
    findings: String,
    plan: String,
    refusal: Option<CliError>,
}

impl<'a> Watch<'a> {
    /// `origin`: where the documents do not lie in the project's folder.
    ///
    /// # Errors
    /// An assertion names a revision that there is not.
    pub(super) fn new(
        context: &'a Context,
        model: &'a AccessModel,
        checks: bool,
        allowed: Option<&'a BTreeSet<Hazard>>,
        origin: Option<Origin>,
    ) -> Result<Self, CliError> {
        // Who read the plan was told already.
        let asserts = checks && origin.as_ref().is_none_or(|origin| !origin.was_applied);
        let git = FromGit::ask(context, model, asserts, origin)?;
        let progress = context.terminal.progress("waiting for its turn");
        Ok(Self { context, model, progress, checks, allowed, git, said: Mutex::default() })
    }

    pub(super) async fn apply(
        &self,
        connection: &mut Connection,
        url: &DatabaseUrl,
        agreed: Agreed<'_>,
    ) -> Result<Receipt, CliError> {
        let outcome = apply(connection, &url.options(), self.model, agreed, Patience::default(), self).await;
        outcome.map_err(|error| {
            let refusal = self.said().refusal.take();
            refusal.unwrap_or_else(|| explain_apply(self.context, error))
        })
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, text: String, before: fn(&mut Said) -> &mut String, tell: impl FnOnce(&Terminal, &str)) {
        let mut said = self.said();
        let before = before(&mut said);
        if *before != text {
            tell(&self.context.terminal, &text);
            *before = text;
        }
    }

    fn passes(&self, outcome: Result<(), CliError>) -> bool {
        let refusal = outcome.err();
        let passes = refusal.is_none();
        self.said().refusal = refusal;
        passes
    }
}

impl Overseer for Watch<'_> {
    fn step(&self, step: Progress<'_>) {
        match step {
            Progress::Waiting(blocker) => self.context.terminal.note(&format!("waiting: {blocker}")),
            Progress::Reading => self.progress.step("reading the database"),
            Progress::Phase { phase, number, of } => self.progress.step(&format!("{number}/{of} {phase}")),
            Progress::Verifying => self.progress.step("reading it back"),
            Progress::Committing => self.progress.step("committing"),
        }
    }

    fn accepts(&self, live: &DatabaseState) -> bool {
        if !self.checks {
            return true;
        }
        let (found, outcome) = check_live(self.context, self.model, live);
        self.show(found, |said| &mut said.findings, |terminal, found| tell_found(terminal, found, outcome.is_err()));
        self.passes(outcome)
    }

    fn commit(&self) -> Option<String> {
        self.git.commit.clone()
    }

    fn destroys(&self) -> BTreeSet<String> {
        self.allowed.map(Hazard::destroyed).unwrap_or_default()
    }

    fn lets_pass(&self, plan: &Plan) -> bool {
        if let Some(allowed) = self.allowed {
            self.show(plan.to_text(), |said| &mut said.plan, Terminal::accompany);
            if !self.passes(refuse_in_vain(self.context, plan, allowed).and_then(|()| refuse_hazards(plan, allowed))) {
                return false;
            }
        }
        let hold = |against: &Vec<Finding>| assertions::hold(self.context, self.model, against, plan);
        self.git.against.as_ref().is_none_or(|against| self.passes(hold(against)))
    }
}
