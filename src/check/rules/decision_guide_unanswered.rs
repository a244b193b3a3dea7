//! What was answered to the decision guide leads to another type than the portal has, or is not all that it asks.
//!
//! ## Why is this bad
//!
//! A portal may write down what was answered before it was begun: who its users are, what they come for, where the data live,
//! what must work without staff, and whether they only read. Where the type does not follow from it, one of the two is wrong:
//! mostly the portal was named after what it is called, and not after who uses it and for what.
//!
//! Where answers are written and some of the five questions have none, it is a remark: those are what the next one who reads the document
//! asks again. A portal without `answers` is not asked for them.
//!
//! ## Example
//!
//! ```yaml
//! kind: portal
//! name: shop
//! type: customer
//! answers: {users: [partners], jobs: [leads, deals]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: portal
//! name: shop
//! type: partner
//! answers: {users: [partners], jobs: [leads, deals], data: [crm], actions: [own-people], direction: write}
//! ```
//!
//! `portalctl advise --answers FILE` reads the same answers and says which of them leads to what; `portalctl new --answers FILE`
//! writes them into the portals that it begins.

use crate::check::grants::listed;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Answered, Guide, Portal};
use crate::names::TypeName;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("decision-guide-unanswered", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let answered = model.portals.values().filter_map(|portal| Some((portal, portal.answers.as_ref()?)));
    let answered: Vec<(&Portal, &Answered)> = answered.collect();
    if answered.is_empty() {
        return Vec::new();
    }
    let guide = Guide::read();
    let findings = answered.iter().flat_map(|(portal, answers)| {
        let found = [contradiction(&guide, portal, answers), gaps(&guide, portal, answers)];
        let found = found.into_iter().flatten();
        found.map(|finding| finding.acceptable_for(portal.name.as_str()).in_portal(portal.name.as_str()))
    });
    findings.collect()
}

/// The answers lead to types, of which the portal's is none.
fn contradiction(guide: &Guide, portal: &Portal, answers: &Answered) -> Option<Finding> {
    let written = portal.portal_type.as_ref()?;
    let choices = guide.questions.values().flat_map(|question| question.choices.values());
    // Of a type of the project's own the guide knows nothing.
    if !choices.flat_map(|choice| &choice.types).any(|known| *known == written.value) {
        return None;
    }
    let given = answers.given.iter().filter_map(|(name, words)| Some((guide.questions.get(name)?, words)));
    let chosen = given.flat_map(|(question, words)| words.iter().filter_map(|word| question.choices.get(word)));
    let meant: BTreeSet<&TypeName> = chosen.flat_map(|choice| &choice.types).collect();
    if meant.is_empty() || meant.contains(&written.value) {
        return None;
    }
    let names = listed(meant.iter().map(ToString::to_string));
    let message = format!("`{}` is of the type `{}`, and its answers lead to {names}", portal.name, written.value);
    Some(
        Finding::warn(RULE.id, written.span, message)
            .why("the type brings the audiences, walls and modules of somebody else")
            .label(answers.span, "the answers")
            .hint("`portalctl advise` says which answer leads to what; change the type, or the answers"),
    )
}

fn gaps(guide: &Guide, portal: &Portal, answers: &Answered) -> Option<Finding> {
    let missing: Vec<&String> = guide.questions.keys().filter(|name| !answers.given.contains_key(*name)).collect();
    if missing.is_empty() {
        return None;
    }
    let names = listed(missing.iter().map(|name| (*name).clone()));
    let count = match missing.len() {
        1 => "one question".to_owned(),
        count => format!("{count} questions"),
    };
    let message = format!("`{}` leaves {count} of the decision guide unanswered: {names}", portal.name);
    Some(
        Finding::info(RULE.id, answers.span, message)
            .why("whoever changes the portal later asks them again")
            .hint("`portalctl advise --blank` lists the questions and what may be answered"),
    )
}
