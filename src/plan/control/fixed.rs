//! The functions of the control schema that are the same for every project.

use super::{ProjectRoles, render};
use crate::model::Project;
use crate::names::RoleName;
use crate::state::{Acl, Function, FunctionName, Grantee, Language, Marker, Parallel, Privilege, Volatility};
use std::collections::BTreeMap;

/// Who may call a function, besides its owner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callers {
    /// Row policies run as the persona, lookups as their own role.
    PersonasAndLookup,
    Issuer,
    Nobody,
}

struct Fixed {
    name: &'static str,
    arguments: &'static str,
    argument_types: &'static str,
    returns: &'static str,
    volatility: Volatility,
    callers: Callers,
    body: &'static str,
}

const fn fixed(
    (name, arguments, argument_types, returns): (&'static str, &'static str, &'static str, &'static str),
    volatility: Volatility,
    callers: Callers,
    body: &'static str,
) -> Fixed {
    Fixed { name, arguments, argument_types, returns, volatility, callers, body }
}

macro_rules! body {
    ($name:literal) => {
        include_str!(concat!("functions/", $name, ".sql"))
    };
}

const CONTEXT: &[Fixed] = {
    use Callers::PersonasAndLookup;
    use Volatility::Stable;
    &[
        fixed(("ctx", "", "", "jsonb"), Stable, PersonasAndLookup, body!("ctx")),
        fixed(("present", "", "", "boolean"), Stable, PersonasAndLookup, body!("present")),
        fixed(
            ("tenant_key", "kind text, name text", "text, text", "text"),
            Stable,
            PersonasAndLookup,
            body!("tenant_key"),
        ),
        fixed(("user_key", "name text", "text", "text"), Stable, PersonasAndLookup, body!("user_key")),
        fixed(("user_keys", "", "", "jsonb"), Stable, PersonasAndLookup, body!("user_keys")),
        fixed(("tier", "", "", "text"), Stable, PersonasAndLookup, body!("tier")),
        fixed(("ctx_now", "", "", "timestamp with time zone"), Stable, PersonasAndLookup, body!("ctx_now")),
        fixed(("ctx_today", "", "", "date"), Stable, PersonasAndLookup, body!("ctx_today")),
    ]
};

const SIGNING: &[Fixed] = {
    use Callers::{Issuer, Nobody};
    use Volatility::{Stable, Volatile};
    &[
        fixed(("mint", "payload jsonb", "jsonb", "text"), Volatile, Nobody, body!("mint")),
        fixed(("random_secret", "", "", "text"), Volatile, Nobody, body!("random_secret")),
        fixed(
            (
                "membership_now",
                "user_id uuid, persona text, tenant_kind text, tenant_key text",
                "uuid, text, text, text",
                "TABLE(email text, person text, user_keys jsonb, tenant_title text, tenant_keys jsonb, tier text)",
            ),
            Stable,
            Nobody,
            body!("membership_now"),
        ),
        fixed(
            (
                "session",
                "secret text, portal text",
                "text, text",
                "TABLE(persona text, role text, email text, person text, tenant_kind text, tenant_key text, tenant_title text, csrf text, expires_at timestamp with time zone)",
            ),
            Volatile,
            Issuer,
            body!("session"),
        ),
        fixed(
            ("session_context", "secret text, persona text, gateway_pid integer", "text, text, integer", "text"),
            Volatile,
            Issuer,
            body!("session_context"),
        ),
        fixed(
            ("guest_context", "portal text, gateway_pid integer", "text, integer", "text"),
            Volatile,
            Issuer,
            body!("guest_context"),
        ),
        fixed(
            (
                "link_preview",
                "secret text, portal text",
                "text, text",
                "TABLE(email text, person text, persona text, tenant_title text, expires_at timestamp with time zone)",
            ),
            Stable,
            Issuer,
            body!("link_preview"),
        ),
        fixed(
            ("redeem_link", "secret text, portal text", "text, text", "TABLE(session_secret text, persona text)"),
            Volatile,
            Issuer,
            body!("redeem_link"),
        ),
        fixed(("sign_out", "secret text", "text", "void"), Volatile, Issuer, body!("sign_out")),
        fixed(
            (
                "administrator_context",
                "persona text, tenant_kind text, tenant_key text, user_keys jsonb, gateway_pid integer, at timestamp with time zone, valid_for interval",
                "text, text, text, jsonb, integer, timestamp with time zone, interval",
                "text",
            ),
            Volatile,
            Nobody,
            body!("administrator_context"),
        ),
        fixed(
            (
                "places",
                "email text",
                "text",
                "TABLE(source text, source_key text, person text, persona text, tenant_kind text, tenant_key text)",
            ),
            Stable,
            Nobody,
            body!("places"),
        ),
        fixed(
            (
                "create_link",
                "email text, persona text, tenant_kind text, tenant_key text, valid_for interval",
                "text, text, text, text, interval",
                "text",
            ),
            Volatile,
            Nobody,
            body!("create_link"),
        ),
    ]
};

/// All of them, owned by the project's owner role. `personas` are the roles of every facet.
pub fn fixed_functions(project: &Project, marker: &Marker, personas: &[RoleName]) -> BTreeMap<FunctionName, Function> {
    let roles = ProjectRoles::of(project);
    CONTEXT
        .iter()
        .chain(SIGNING)
        .map(|fixed| {
            let mut acl = Acl::default();
            let callers: Vec<&RoleName> = match fixed.callers {
                Callers::PersonasAndLookup => personas.iter().chain([&roles.lookup]).collect(),
                Callers::Issuer => vec![&roles.issuer],
                Callers::Nobody => Vec::new(),
            };
            for caller in callers {
                acl.grant(Grantee::Role(caller.clone()), Privilege::Execute);
            }
            let name = FunctionName {
                schema: project.control_schema.clone(),
                name: fixed.name.to_owned(),
                argument_types: fixed.argument_types.to_owned(),
            };
            let function = Function {
                arguments: fixed.arguments.to_owned(),
                returns: fixed.returns.to_owned(),
                language: Language::Plpgsql,
                volatility: fixed.volatility,
                // `ctx()` compares the backend's pid, which differs in a parallel worker.
                parallel: if fixed.volatility == Volatility::Volatile {
                    Parallel::Unsafe
                } else {
                    Parallel::Restricted
                },
                security_definer: true,
                owner: roles.owner.clone(),
                settings: pinned_search_path(),
                body: render(fixed.body, project),
                acl,
                marker: Some(marker.clone()),
            };
            (name, function)
        })
        .collect()
}

/// Names in a body resolve in the system's schema alone, whatever the session set.
pub fn pinned_search_path() -> Vec<String> {
    vec!["search_path=pg_catalog, pg_temp".to_owned()]
}
