//! The functions of the control schema that are the same for every project.

use super::{ProjectRoles, registration, render, team};
use crate::model::Project;
use crate::names::RoleName;
use crate::state::{Acl, Function, FunctionName, Grantee, Language, Marker, Parallel, Privilege, Volatility};
use std::collections::BTreeMap;

/// Who may call a function, besides its owner.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Callers {
    Personas,
    /// Those that administer people of their own tenant.
    Delegates,
    /// Staff who let in those who ask for it.
    Registrars,
    Issuer,
    Nobody,
}

pub(super) struct Fixed {
    pub(super) name: &'static str,
    arguments: &'static str,
    argument_types: &'static str,
    returns: &'static str,
    volatility: Volatility,
    callers: Callers,
    body: &'static str,
}

pub(super) const fn fixed(
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
pub(super) use body;

/// The roles that call these functions, and what depends on the tables that are there.
#[derive(Debug, Default)]
pub struct Askers {
    /// Those that ask the context, the lookup role apart.
    pub context: Vec<RoleName>,
    /// Those that administer people of their own tenant.
    pub delegates: Vec<RoleName>,
    /// Staff who let in those who ask for it.
    pub registrars: Vec<RoleName>,
    /// Whether people of some portal may ask.
    pub registers: bool,
    /// The keys of somebody who is invited without any, as an expression over `account`.
    pub user_keys: String,
}

/// What a context answers once it is verified: name, further arguments, their types, result, expression.
///
/// Each verifies by itself, from one text, since calls that nest cost as much again. The first argument of each names the
/// roles that may be acting.
const CONTEXT: &[(&str, &str, &str, &str, &str)] = &[
    ("context", "", "", "jsonb", "context"),
    ("mfa", "", "", "boolean", "(context ->> 'mfa')::boolean"),
    ("present", "", "", "boolean", "true"),
    ("tenant_kind", "", "", "text", "context ->> 'tenant_kind'"),
    (
        "tenant_key",
        ", kind text, name text",
        ", text, text",
        "text",
        "CASE WHEN kind = '' OR context ->> 'tenant_kind' = kind THEN context -> 'tenant_keys' ->> name END",
    ),
    ("user_key", ", name text", ", text", "text", "context -> 'user_keys' ->> name"),
    ("user_keys", "", "", "jsonb", "context -> 'user_keys'"),
    ("tier", "", "", "text", "context ->> 'tier'"),
    (
        "ctx_now",
        "",
        "",
        "timestamp with time zone",
        "coalesce((context ->> 'now')::timestamptz, statement_timestamp())",
    ),
    (
        "ctx_today",
        "",
        "",
        "date",
        "(coalesce((context ->> 'now')::timestamptz, statement_timestamp()) AT TIME ZONE {timezone})::date",
    ),
];

const SIGNING: &[Fixed] = {
    use Callers::{Issuer, Nobody};
    use Volatility::{Stable, Volatile};
    &[
        fixed(("mint", "payload jsonb", "jsonb", "text"), Volatile, Nobody, body!("mint")),
        fixed(("audit_write", "", "", "trigger"), Volatile, Nobody, body!("audit_write")),
        fixed(("outbox_write", "", "", "trigger"), Volatile, Nobody, body!("outbox_write")),
        fixed(("attachment_forget", "", "", "trigger"), Volatile, Nobody, body!("attachment_forget")),
        fixed(
            ("attachment_remains", "most integer", "integer", "SETOF text"),
            Stable,
            Issuer,
            body!("attachment_remains"),
        ),
        fixed(
            ("attachment_removed", "storages text[]", "text[]", "void"),
            Volatile,
            Issuer,
            body!("attachment_removed"),
        ),
        fixed(("random_secret", "", "", "text"), Volatile, Nobody, body!("random_secret")),
        fixed(("newcomer_keys", "account uuid", "uuid", "jsonb"), Stable, Nobody, body!("newcomer_keys")),
        fixed(
            (
                "membership_now",
                "user_id uuid, persona text, tenant_kind text, tenant_key text",
                "uuid, text, text, text",
                "TABLE(email text, person text, user_keys jsonb, tenant_title text, tenant_keys jsonb, tier text, acts_as text, until timestamp with time zone)",
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
            ("session_over", "secret text, portal text", "text, text", "text"),
            Stable,
            Issuer,
            body!("session_over"),
        ),
        fixed(
            ("session_context", "secret text, persona text, gateway_pid integer", "text, text, integer", "text"),
            Volatile,
            Issuer,
            body!("session_context"),
        ),
        fixed(
            ("tenant_settings", "tenant_kind text, key text", "text, text", "jsonb"),
            Stable,
            Issuer,
            body!("tenant_settings"),
        ),
        fixed(
            ("guest_context", "portal text, gateway_pid integer, address text", "text, integer, text", "text"),
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

/// A form that is sent twice is done once: both run in the transaction that does it.
const SUBMISSIONS: &[Fixed] = {
    use Callers::Personas;
    use Volatility::Volatile;
    &[
        fixed(("submission_begin", "id text", "text", "text"), Volatile, Personas, body!("submission_begin")),
        fixed(
            ("submission_end", "id text, outcome text", "text, text", "void"),
            Volatile,
            Personas,
            body!("submission_end"),
        ),
    ]
};

/// All of them, owned by the project's owner role.
pub fn fixed_functions(project: &Project, marker: &Marker, callers_of: &Askers) -> BTreeMap<FunctionName, Function> {
    let roles = ProjectRoles::of(project);
    let personas: Vec<&RoleName> = callers_of.context.iter().filter(|role| **role != roles.operator).collect();
    // Row policies run as the persona, lookups as their own role.
    let askers: Vec<&RoleName> = callers_of.context.iter().chain([&roles.lookup]).collect();
    let context = CONTEXT.iter().map(|(name, arguments, types, returns, answer)| {
        let signature = (*name, format!("acting text[]{arguments}"), format!("text[]{types}"), *returns);
        let body = body!("verified").replace("{answer}", answer);
        owned(project, marker, signature, Volatility::Stable, &body, &askers)
    });
    let delegates: Vec<&RoleName> = callers_of.delegates.iter().collect();
    let team = if delegates.is_empty() { &[] } else { team::TEAM };
    let registrars: Vec<&RoleName> = callers_of.registrars.iter().collect();
    let asking = if callers_of.registers { registration::ASKING } else { &[] };
    let answering = if registrars.is_empty() { &[] } else { registration::ANSWERING };
    let parts = [SIGNING, SUBMISSIONS, team, registration::LIMITS, asking, answering];
    let fixed = parts.into_iter().flatten().map(|fixed| {
        let callers: &[&RoleName] = match fixed.callers {
            Callers::Personas => &personas,
            Callers::Delegates => &delegates,
            Callers::Registrars => &registrars,
            Callers::Issuer => &[&roles.issuer],
            Callers::Nobody => &[],
        };
        let signature = (fixed.name, fixed.arguments.to_owned(), fixed.argument_types.to_owned(), fixed.returns);
        let body = fixed.body.replace("{user_keys}", &callers_of.user_keys);
        owned(project, marker, signature, fixed.volatility, &body, callers)
    });
    context.chain(fixed).collect()
}

/// A function of the owner role that `callers` may call.
fn owned(
    project: &Project,
    marker: &Marker,
    (name, arguments, argument_types, returns): (&str, String, String, &str),
    volatility: Volatility,
    body: &str,
    callers: &[&RoleName],
) -> (FunctionName, Function) {
    let mut acl = Acl::default();
    for caller in callers {
        acl.grant(Grantee::Role((*caller).clone()), Privilege::Execute);
    }
    let name = FunctionName { schema: project.control_schema.clone(), name: name.to_owned(), argument_types };
    let function = Function {
        arguments,
        returns: returns.to_owned(),
        body: render(body, project),
        acl,
        ..definer(ProjectRoles::of(project).owner, marker.clone(), volatility)
    };
    (name, function)
}

/// What all functions of the control schema share, in PL/pgSQL and without a body: they run as their owner, resolve
/// names in the system's schema alone, whatever the session set, and nobody may call them until somebody is let.
pub fn definer(owner: RoleName, marker: Marker, volatility: Volatility) -> Function {
    Function {
        arguments: String::new(),
        returns: String::new(),
        language: Language::Plpgsql,
        volatility,
        // A context is compared with the backend's pid, which differs in a parallel worker.
        parallel: if volatility == Volatility::Volatile { Parallel::Unsafe } else { Parallel::Restricted },
        security_definer: true,
        owner,
        settings: vec!["search_path=pg_catalog, pg_temp".to_owned()],
        body: String::new(),
        acl: Acl::default(),
        marker: Some(marker),
    }
}
