//! Floor 3: the checks. One file a rule in `rules/`, all of them in [`RULES`].
//!
//! What makes a model impossible is found while it is resolved; those checks stand in the registry for their
//! pages. Static rules read the model, live rules also what the database holds.

mod acceptance;
mod claims;
mod column_types;
mod grants;
mod key_pairs;
mod level;
mod live;
mod profile;
mod references;
mod rule_set;
mod rules;

pub use rule_set::{RULES, Rule, Stage, rule};

use crate::diagnostic::Finding;
use crate::model::AccessModel;
use crate::parallel::{self, Share};
use crate::state::DatabaseState;
use live::Live;
use time::Date;

/// Objects and personas; fewer are looked at sooner than a thread is started.
const WORTH_SHARING: usize = 100;

/// What the static rules and the acceptances themselves have to say, beside what was found while the model was made, which
/// the project's levels and acceptances are about as well. `today` decides which acceptances hold.
pub fn run(model: &AccessModel, resolved: Vec<Finding>, today: Date) -> Vec<Finding> {
    let checks = RULES.iter().filter_map(|rule| match rule.stage {
        Stage::Model(check) => Some(check),
        Stage::Resolve | Stage::Acceptance(_) | Stage::Live(_) | Stage::Revisions => None,
    });
    let is_small = model.objects.len() + model.personas.len() < WORTH_SHARING;
    let share = if is_small { Share::Alone } else { Share::Pieces(1) };
    let found = parallel::map(checks.collect(), share, |check| check(model));
    let mut findings = resolved;
    findings.extend(found.into_iter().flatten());
    level::apply(model, &mut findings);
    let mut about: Vec<Finding> = RULES
        .iter()
        .filter_map(|rule| match rule.stage {
            Stage::Acceptance(check) => Some(check(model, &findings, today)),
            _ => None,
        })
        .flatten()
        .collect();
    level::apply(model, &mut about);
    acceptance::apply(model, &mut findings, today);
    findings.extend(about);
    findings
}

/// Why and until when the model's documents accept that somebody of the portal gains access to the object.
pub fn accepts_widening(model: &AccessModel, portal: &str, object: &str, today: Date) -> Option<String> {
    acceptance::of_widening(model, portal, object, today)
}

/// What the live rules have to say of the database that `state` describes.
pub fn run_live(model: &AccessModel, state: &DatabaseState, today: Date) -> Vec<Finding> {
    let live = Live::new(model, state);
    let mut findings: Vec<Finding> = RULES
        .iter()
        .filter_map(|rule| match rule.stage {
            Stage::Live(check) => Some(check(&live)),
            _ => None,
        })
        .flatten()
        .collect();
    level::apply(model, &mut findings);
    acceptance::apply(model, &mut findings, today);
    findings
}
