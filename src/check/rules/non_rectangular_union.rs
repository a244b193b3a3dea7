//! The reads of one persona on one table need more than three facets.
//!
//! PostgreSQL shows one role the union of its columns on the union of its rows. Where grants show different fields
//! of different rows, portalctl makes a role for each such rectangle, so that no cell is shown that no grant gives.
//!
//! ## Why is this bad
//!
//! Each facet is a role, and a query sees the rows of one facet at a time. With many of them nobody can say at a
//! glance who sees what.
//!
//! ## Example
//!
//! ```yaml
//! member:
//!   read:
//!     - {scope: own, fields: all}
//!     - {scope: tenant, fields: [name, email], where: {listed: true}}
//!     - {scope: tenant, fields: [name, dues]}
//!     - {scope: public, fields: [name, photo], where: {listed: true}}
//! ```
//!
//! ## Use instead
//!
//! Let the fields of one grant hold those of the next, from few rows to many:
//!
//! ```yaml
//! member:
//!   read:
//!     - {scope: own, fields: all}
//!     - {scope: tenant, fields: [name, photo, email, dues]}
//!     - {scope: public, fields: [name, photo], where: {listed: true}}
//! ```

use crate::check::grants::listed;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Persona, Rectangle};
use crate::names::TableName;
use std::collections::BTreeMap;

pub(in crate::check) const RULE: Rule = Rule::model("non-rectangular-union", check).warn();

/// Own in full, the colleagues' in part, the rest as a directory.
const USUAL: usize = 3;

fn check(model: &AccessModel) -> Vec<Finding> {
    model.personas.values().flat_map(of_persona).collect()
}

fn of_persona(persona: &Persona) -> Vec<Finding> {
    let mut tables: BTreeMap<&TableName, Vec<&Rectangle>> = BTreeMap::new();
    for (table, rectangle) in persona.facets.iter().flat_map(|facet| &facet.reads) {
        tables.entry(table).or_default().push(rectangle);
    }
    tables.retain(|_, rectangles| rectangles.len() > USUAL);
    tables.into_iter().filter_map(|(table, rectangles)| one(persona, table, &rectangles)).collect()
}

fn one(persona: &Persona, table: &TableName, rectangles: &[&Rectangle]) -> Option<Finding> {
    let mut grants: Vec<_> = rectangles.iter().flat_map(|rectangle| &rectangle.grants).collect();
    grants.sort();
    grants.dedup();
    let (object, _) = grants.first()?;
    let spans = grants.iter().filter_map(|(object, at)| persona.reads.get(object)?.get(*at)?.sources.first().copied());
    let mut spans: Vec<_> = spans.collect();
    spans.sort();
    spans.dedup();
    let widest = rectangles.iter().max_by_key(|rectangle| rectangle.columns.len())?;
    let all: Vec<String> = widest.columns.iter().map(ToString::to_string).collect();
    let message = format!(
        "{} read `{table}` in {} facets: the grants show different fields of different rows",
        listed([persona.name.to_string()]),
        rectangles.len()
    );
    let mut finding = Finding::warn(RULE.id, persona.span, message)
        .why("each facet is a role, and a query sees the rows of one facet at a time")
        .hint(format!(
            "let the fields of one grant hold those of the next, from few rows to many; the widest facet shows {}",
            all.join(", ")
        ))
        .acceptable_for(object.as_str())
        .in_portal(persona.name.portal.as_str());
    for span in spans {
        finding = finding.label(span, "one of the grants");
    }
    Some(finding)
}
