//! Who asks to be let in, how often, and who answers.

use super::fixed::{Callers, Fixed, body, fixed};
use crate::state::Volatility::{Stable, Volatile};

/// How often something is done by one network, or for one address.
pub(super) const LIMITS: &[Fixed] = &[
    fixed(("keyed_hash", "plain text", "text", "bytea"), Stable, Callers::Nobody, body!("keyed_hash")),
    fixed(("network_hash", "address text", "text", "bytea"), Stable, Callers::Nobody, body!("network_hash")),
    fixed(
        ("admitted", "what text, who bytea, most jsonb", "text, bytea, jsonb", "boolean"),
        Volatile,
        Callers::Nobody,
        body!("admitted"),
    ),
    fixed(("limit_write", "", "", "trigger"), Volatile, Callers::Nobody, body!("limit_write")),
];

/// Of portals that people may ask to be let into. Who asks has no context: the issuer hands it in.
pub(super) const ASKING: &[Fixed] = &[
    fixed(
        ("register", "portal text, given jsonb, address text", "text, jsonb, text", "text"),
        Volatile,
        Callers::Issuer,
        body!("register"),
    ),
    fixed(
        ("registration_approve", "registration uuid, tenant text, who text", "uuid, text, text", "text"),
        Volatile,
        Callers::Nobody,
        body!("registration_approve"),
    ),
    fixed(
        ("registration_reject", "registration uuid, why text, who text", "uuid, text, text", "text"),
        Volatile,
        Callers::Nobody,
        body!("registration_reject"),
    ),
];

/// For staff. The portal is that of the signed context, never an argument.
pub(super) const ANSWERING: &[Fixed] = &[
    fixed(
        (
            "registrations",
            "one text",
            "text",
            "TABLE(registration text, at timestamp with time zone, email text, audience text, details jsonb, known boolean)",
        ),
        Stable,
        Callers::Registrars,
        body!("registrations"),
    ),
    fixed(
        (
            "registration_answer",
            "registration text, approve boolean, tenant text, why text",
            "text, boolean, text, text",
            "text",
        ),
        Volatile,
        Callers::Registrars,
        body!("registration_answer"),
    ),
];
