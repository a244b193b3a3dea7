//! Following paths from object to object: tenants and owners may be reached through parents, at any depth.

use super::audience::circle;
use super::report::{list, unknown};
use crate::diagnostic::{Finding, Span, Spanned};
use crate::names::{ObjectName, PathName};
use crate::spec::document::{ObjectDoc, OwnerDoc, TenantPathShape};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// The objects of a project by name, as written.
pub(super) type ObjectDocs<'a> = BTreeMap<ObjectName, &'a ObjectDoc>;

/// What is at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    Tenant,
    Owner,
}

/// One path of one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) object: ObjectName,
    pub(super) path: PathName,
}

/// A reference to another object's path.
struct Step<'a> {
    object: &'a Spanned<ObjectName>,
    path: Option<&'a Spanned<PathName>>,
}

/// Every place from `start` to where the path ends, `start` first.
///
/// # Errors
/// What is wrong with the first reference that leads nowhere, with the place that holds it.
pub(super) fn walk(docs: &ObjectDocs<'_>, goal: Goal, start: Place) -> Result<Vec<Place>, (Place, Box<Finding>)> {
    let mut places = vec![start];
    while let Some(here) = places.last() {
        let Some(step) = docs.get(&here.object).and_then(|doc| step(doc, goal, &here.path)) else { break };
        let next = match target(docs, goal, &here.path, &step) {
            Ok(next) => next,
            Err(finding) => return Err((here.clone(), finding)),
        };
        if let Some(at) = places.iter().position(|seen| *seen == next) {
            let names = places[at..].iter().map(|place| place.object.as_str());
            let finding = circle(&format!("the {} path of", goal.word()), names, step.object.span);
            return Err((here.clone(), Box::new(finding)));
        }
        places.push(next);
    }
    Ok(places)
}

fn step<'a>(doc: &'a ObjectDoc, goal: Goal, path: &PathName) -> Option<Step<'a>> {
    match goal {
        Goal::Tenant => match &doc.tenants.get(path)?.shape {
            TenantPathShape::Via { object, path, .. } | TenantPathShape::From { object, path, .. } => {
                Some(Step { object, path: path.as_ref() })
            }
            TenantPathShape::Column { .. } | TenantPathShape::Link { .. } => None,
        },
        Goal::Owner => match doc.owners.get(path)? {
            OwnerDoc::Via { object, path, .. } => Some(Step { object, path: path.as_ref() }),
            OwnerDoc::Column(_) => None,
        },
    }
}

/// The path meant: the written one, the only one, or the one with the name of the path that leads here.
fn target(docs: &ObjectDocs<'_>, goal: Goal, from: &PathName, step: &Step<'_>) -> Result<Place, Box<Finding>> {
    let name = &step.object.value;
    let Some(doc) = docs.get(name) else {
        let known = docs.keys().map(ObjectName::as_str);
        return Err(Box::new(unknown("there is no object", name.as_str(), step.object.span, known)));
    };
    let paths = goal.paths(doc);
    let path = match step.path {
        Some(path) if paths.contains(&&path.value) => path.value.clone(),
        Some(path) => return Err(Box::new(goal.unknown_path(doc, path))),
        None if paths.is_empty() => return Err(Box::new(goal.no_path(name, step.object.span))),
        None if paths.len() == 1 => paths[0].clone(),
        None if !from.is_unnamed() && paths.contains(&from) => from.clone(),
        None => return Err(Box::new(goal.ambiguous(doc, step.object.span))),
    };
    Ok(Place { object: name.clone(), path })
}

impl Goal {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Owner => "owner",
        }
    }

    fn paths(self, doc: &ObjectDoc) -> Vec<&PathName> {
        fn names<T>(paths: &IndexMap<PathName, T>) -> Vec<&PathName> {
            paths.keys().collect()
        }
        match self {
            Self::Tenant => names(&doc.tenants),
            Self::Owner => names(&doc.owners),
        }
    }

    pub(super) fn unknown_path(self, doc: &ObjectDoc, written: &Spanned<PathName>) -> Finding {
        let intro = format!("`{}` has no {} path", doc.name.value, self.word());
        let known = self.paths(doc);
        if known.iter().all(|path| path.is_unnamed()) {
            return unknown(&intro, written.value.as_str(), written.span, [])
                .hint(format!("`{}` has only one, which has no name; leave `path` out", doc.name.value));
        }
        unknown(&intro, written.value.as_str(), written.span, known.into_iter().map(PathName::as_str))
    }

    pub(super) fn no_path(self, object: &ObjectName, at: Span) -> Finding {
        match self {
            Self::Tenant => {
                Finding::error("no-path-to-tenant", at, format!("no path leads from `{object}` to a tenant"))
                    .why("without it there is no wall between tenants")
                    .hint(format!("give `{object}` a `tenant`: its column, or `{{via: …, object: …}}`"))
            }
            Self::Owner => Finding::error("no-path-to-owner", at, format!("`{object}` has no owner"))
                .hint(format!("give `{object}` an `owner`: its column, or `{{via: …, object: …}}`")),
        }
    }

    pub(super) fn ambiguous(self, doc: &ObjectDoc, at: Span) -> Finding {
        let names = list(self.paths(doc).into_iter().map(PathName::as_str)).unwrap_or_default();
        let (id, why) = match self {
            Self::Tenant => ("ambiguous-tenant-path", "each path shows other rows"),
            Self::Owner => ("ambiguous-owner-path", "each path names somebody else"),
        };
        let word = self.word();
        let message = format!("`{}` has several {word} paths, {names}, and none is chosen", doc.name.value);
        Finding::error(id, at, message).why(why).hint("choose one with `path: …`")
    }
}
