//! Tenant documents.

use super::portal::BRANDING;
use super::{NAME, Record, Shape, choice, later, optional, record, required, word};

pub(in crate::spec) static TENANT: Record = record(
    "tenant",
    "An organisation behind the wall.",
    &[
        required("kind", &Shape::Choice(&[choice("tenant", "A tenant.")]), "`tenant`."),
        required("name", &NAME, "What documents and commands call it."),
        optional("title", &Shape::Text, "What people call it; made from the name where unwritten."),
        optional("tenant_kind", &NAME, "What kind of organisation it is."),
        optional("key", &KEY, "Its key in the business's tables, quoted: `\"1042\"`."),
        optional("keys", &KEYS, "Further keys, by name."),
        optional("parent", &Shape::Forms(&[&NAME, &Shape::Null]), "The tenant above, by its name."),
        optional("tier", &NAME, "One of the project's tiers."),
        optional("paid_until", &DATE, "For a `lifecycle`: the first day that is not paid for."),
        optional("members", &Shape::List { of: &Shape::Record(&MEMBER), least: 0 }, "People who may sign in for it."),
        optional("settings", &Shape::Record(&SETTINGS), "What is its own."),
        later("was"),
    ],
);

static DATE: Shape = Shape::Word(&word::DATE);
pub(super) static KEY: Shape = Shape::Word(&word::KEY_VALUE);
pub(super) static KEYS: Shape = Shape::Map { keys: &word::NAME, of: &KEY, least: 0 };

static MEMBER: Record = record(
    "member",
    "A person who may sign in for the tenant.",
    &[
        required("email", &Shape::Word(&word::EMAIL), "Where sign-in links go."),
        required("audience", &Shape::Word(&word::PERSONA), "Their audience, as `portal/audience`."),
        optional("key", &KEY, "Their key in the business's tables, quoted."),
        optional("keys", &KEYS, "Further keys, by name."),
    ],
);

static SETTINGS: Record = record(
    "map of settings",
    "What is the tenant's own.",
    &[optional("branding", &Shape::Record(&BRANDING), "Its name, logo and colours, over the portal's.")],
);

/// A row of a tenants' CSV file.
pub(in crate::spec) static TENANT_ROW: Record = record(
    "tenant",
    "A tenant as a row of a CSV file.",
    &[
        required("name", &NAME, "What documents and commands call it."),
        optional("title", &Shape::Text, "What people call it."),
        optional("tenant_kind", &NAME, "What kind of organisation it is."),
        optional("key", &KEY, "Its key in the business's tables."),
        optional("parent", &NAME, "The tenant above, by its name."),
        optional("tier", &NAME, "One of the project's tiers."),
        optional("paid_until", &DATE, "For a `lifecycle`: the first day that is not paid for."),
        optional("keys", &KEYS, "Further keys, by name."),
    ],
);
