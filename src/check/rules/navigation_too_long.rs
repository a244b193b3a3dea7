//! A portal's navigation has more entries than people look through.
//!
//! ## Why is this bad
//!
//! Beyond a dozen entries people search the menu in place of using it, and on a phone it fills two screens.
//!
//! ## Example
//!
//! ```yaml
//! navigation: [home, order, invoice, case, document, contract, asset, shipment, quote, message, event, article, poll, survey, news]
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! navigation: [home, order, invoice, case, document, contract, asset, message, article]
//! ```
//!
//! What is left out is still reached from the records it belongs to, and by search.

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Navigation, Persona, Portal, personas_of};

pub(in crate::check) const RULE: Rule = Rule::model("navigation-too-long", check).warn();

/// As many as fit a phone's screen at the height that a finger needs.
const MOST: usize = 14;

fn check(model: &AccessModel) -> Vec<Finding> {
    let long = model.portals.values().filter_map(|portal| {
        let personas = personas_of(&model.personas, &portal.name);
        let (persona, entries) =
            personas.map(|persona| (persona, shown(portal, persona))).max_by_key(|(_, entries)| *entries)?;
        (entries > MOST).then(|| {
            let message = format!("the navigation has {entries} entries for `{}`", persona.name);
            Finding::warn(RULE.id, portal.span, message)
                .why(format!("beyond {MOST} people search a menu in place of using it"))
                .hint("leave out what is reached from the records it belongs to")
                .acceptable_for(portal.name.as_str())
                .in_portal(portal.name.as_str())
        })
    });
    long.collect()
}

/// How many of the entries somebody sees.
fn shown(portal: &Portal, persona: &Persona) -> usize {
    let sees = |entry: &&Navigation| match entry {
        Navigation::Object(object) => persona.reads.contains_key(object),
        Navigation::View(page) => portal.pages.get(page).is_some_and(|page| page.is_seen_by(persona)),
        Navigation::Home | Navigation::Page { .. } => true,
    };
    portal.navigation.iter().filter(sees).count()
}
