//! For whom a lookup answers: the roles for which some policy, view or function of ours asks it.
//!
//! The roles that a lookup is handed are its caller's word. Whoever may call it as one role could leave a function of their
//! own behind that calls it as that role, for another: it would answer a question of the one with the rights of the
//! other. So each lookup names its roles itself.

use super::lookup::LOOKUP_ARGUMENTS;
use crate::names::{Ident, SchemaName};
use crate::state::{DatabaseState, Function, FunctionName, Language};
use std::collections::{BTreeMap, BTreeSet};

/// Writes into each lookup for which roles it answers.
pub(super) fn bind(state: &mut DatabaseState, control: &SchemaName) {
    let is_lookup = |(name, function): &(&FunctionName, &Function)| {
        name.schema == *control && function.language == Language::Sql && function.arguments == LOOKUP_ARGUMENTS
    };
    let lookups: BTreeSet<FunctionName> =
        state.functions.iter().filter(is_lookup).map(|(name, _)| name.clone()).collect();
    let control = &Ident::new(control.as_str()).to_string();
    let policies = state.relations.values().flat_map(|relation| relation.policies.values());
    let policies = policies.flat_map(|policy| policy.using.iter().chain(&policy.check));
    let views = state.views.values().map(|view| &view.query);
    let functions = state.functions.iter().filter(|(name, _)| !lookups.contains(name));
    let texts = policies.chain(views).chain(functions.map(|(_, function)| &function.body));
    let mut roles: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let known: BTreeMap<&str, &FunctionName> = lookups.iter().map(|name| (name.name.as_str(), name)).collect();
    for text in texts {
        for (name, acting) in calls(text, control) {
            if let (Some((name, _)), Acting::Roles(acting)) = (known.get_key_value(name), acting) {
                roles.entry(name).or_default().extend(acting.map(str::to_owned));
            }
        }
    }
    // What one lookup asks of another it asks for its own roles.
    let mut handed: Vec<(&str, &str)> = Vec::new();
    for (caller, name) in &known {
        let body = state.functions.get(*name).map_or("", |function| function.body.as_str());
        let asked = calls(body, control).filter(|(_, acting)| matches!(acting, Acting::Handed));
        handed.extend(asked.filter_map(|(asked, _)| Some((*caller, *known.get_key_value(asked)?.0))));
    }
    loop {
        let before: usize = roles.values().map(BTreeSet::len).sum();
        for (caller, asked) in &handed {
            let of_caller = roles.get(caller).cloned().unwrap_or_default();
            roles.entry(asked).or_default().extend(of_caller);
        }
        if before == roles.values().map(BTreeSet::len).sum::<usize>() {
            break;
        }
    }
    for (name, function) in known {
        let Some(lookup) = state.functions.get_mut(function) else { continue };
        let acting: Vec<String> = roles.remove(name).unwrap_or_default().into_iter().collect();
        lookup.body = bound(&lookup.body, &lookup.returns, &acting);
    }
}

/// The same question, answered while one of these roles is acting; for any other there is nothing.
fn bound(body: &str, returns: &str, roles: &[String]) -> String {
    let roles = Ident::literal(&format!("{{{}}}", roles.join(",")));
    let may = format!("current_setting('role') = ANY ({roles}::pg_catalog.text[])");
    match returns {
        "boolean" => format!("SELECT CASE WHEN {may} THEN ({body}) ELSE false END"),
        array if array.ends_with("[]") => format!("SELECT CASE WHEN {may} THEN ({body}) ELSE '{{}}' END"),
        _ => format!("SELECT * FROM ({body}) AS x WHERE {may}"),
    }
}

/// The first argument of a call.
enum Acting<T> {
    Roles(T),
    /// What the caller was handed itself.
    Handed,
}

/// Every call of a function of the control schema whose first argument are roles.
fn calls<'t>(
    text: &'t str,
    control: &'t str,
) -> impl Iterator<Item = (&'t str, Acting<impl Iterator<Item = &'t str>>)> {
    text.match_indices(control).filter_map(move |(at, _)| {
        let rest = text[at + control.len()..].strip_prefix('.')?;
        let (name, rest) = match rest.strip_prefix('"') {
            Some(rest) => rest.split_once('"')?,
            None => rest.split_at(rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))?),
        };
        let argument = rest.strip_prefix('(')?;
        if argument.starts_with("$1") {
            return Some((name, Acting::Handed));
        }
        let (roles, _) = argument.strip_prefix("'{")?.split_once("}'")?;
        Some((name, Acting::Roles(roles.split(',').map(|role| role.trim_matches('"')))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_with_the_roles_that_they_hand_on() {
        let text = "x = ANY ((SELECT \"c\".readable_1('{\"a\",\"b\"}'::pg_catalog.text[]))::int4[]) AND \"c\".\"has_2\"($1) AND \"c\".f(3)";
        let found: Vec<(&str, Option<Vec<&str>>)> = calls(text, "\"c\"")
            .map(|(name, acting)| match acting {
                Acting::Roles(roles) => (name, Some(roles.collect())),
                Acting::Handed => (name, None),
            })
            .collect();
        assert_eq!(found, [("readable_1", Some(vec!["a", "b"])), ("has_2", None)]);
    }

    #[test]
    fn for_whom_nobody_asks_there_is_nothing() {
        assert!(bound("SELECT 1", "boolean", &[]).contains("ANY ('{}'::pg_catalog.text[]) THEN (SELECT 1) ELSE false"));
        assert!(bound("SELECT 1", "integer[]", &["a".to_owned()]).contains("'{a}'"));
        assert!(bound("SELECT 1", "TABLE(k1 integer)", &[]).starts_with("SELECT * FROM (SELECT 1) AS x WHERE"));
    }
}
