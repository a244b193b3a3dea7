//! An acceptance of something that is not found any more.
//!
//! Acceptances of live checks are left alone: only a database can tell whether they are needed.
//!
//! ## Why is this bad
//!
//! It would let the next occurrence pass, which nobody has looked at.
//!
//! ## Example
//!
//! ```yaml
//! accept: [{check: guest-unfiltered-read, object: article, reason: all of them are public, until: 2027-01-31}]
//! # … and no guest reads `article` without a `where`.
//! ```
//!
//! ## Use instead
//!
//! Remove the acceptance.

use crate::check::acceptance::{Removals, concerns};
use crate::check::rule_set::{Rule, Stage, rule};
use crate::diagnostic::{Finding, Severity};
use crate::model::{Acceptance, AccessModel};
use std::collections::BTreeMap;
use time::Date;

pub(in crate::check) const RULE: Rule = Rule::acceptance("acceptance-unused", Severity::Info, check).of_whole();

fn check(model: &AccessModel, findings: &[Finding], _: Date) -> Vec<Finding> {
    let of_model = |check: &str| rule(check).is_some_and(|rule| matches!(rule.stage, Stage::Model(_)));
    let mut found: BTreeMap<(&str, Option<&str>), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        found.entry((finding.id, finding.subject.as_deref())).or_default().push(finding);
    }
    let is_of_use = |one: &Acceptance| {
        let mut about = found.get(&(one.check.as_str(), one.object.as_deref())).into_iter().flatten();
        about.any(|finding| concerns(one, finding))
    };
    let written = model.project.acceptances.iter();
    let unused = written.filter(|one| of_model(one.check.as_str()) && one.object.is_some() && !is_of_use(one));
    let mut removals = Removals::default();
    unused
        .map(|one| {
            let object = one.object.as_deref().unwrap_or_default();
            let message = format!("nothing is found that this accepts: `{}` for `{object}`", one.check);
            removals.removable(model, one, Finding::info(RULE.id, one.span, message).hint("remove it"))
        })
        .collect()
}
