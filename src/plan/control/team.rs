//! What a tenant's own administrators do with its people. Each function takes tenant, portal and persona from the signed
//! context, and what may be granted from the constant of personas: nothing of it is an argument.

use super::fixed::{Callers, Fixed, body, fixed};
use crate::state::Volatility;

pub(super) const TEAM: &[Fixed] = {
    use Callers::{Delegates, Nobody};
    use Volatility::{Stable, Volatile};
    &[
        fixed(
            (
                "team",
                "place text",
                "text",
                "TABLE(member text, email text, person text, audience text, state text, fixed text)",
            ),
            Stable,
            Delegates,
            body!("team"),
        ),
        fixed(
            (
                "team_beyond",
                "account uuid, portal text, tenant_kind text, tenant_key text, may_grant jsonb",
                "uuid, text, text, text, jsonb",
                "boolean",
            ),
            Stable,
            Nobody,
            body!("team_beyond"),
        ),
        fixed(
            ("team_invite", "email text, title text, audience text", "text, text, text", "text"),
            Volatile,
            Delegates,
            body!("team_invite"),
        ),
        fixed(
            ("team_grant", "member text, audience text", "text, text", "text"),
            Volatile,
            Delegates,
            body!("team_grant"),
        ),
        fixed(
            ("team_disable", "member text, disabled boolean", "text, boolean", "text"),
            Volatile,
            Delegates,
            body!("team_disable"),
        ),
        fixed(
            ("team_record", "context jsonb, action text, place uuid, detail jsonb", "jsonb, text, uuid, jsonb", "void"),
            Volatile,
            Nobody,
            body!("team_record"),
        ),
    ]
};
