//! Portal documents and what they share with the project.

use super::access::{DENY, GRANTS, RESTRICT};
use super::given::SAMPLE;
use super::module::MODULES;
use super::people::{self, LIFECYCLE, REGISTRATION};
use super::{
    Key, NAME, NAMES, Record, Rule, Shape, choice, keeping, later, optional, record, required, ruled, word, words,
};

pub(in crate::spec) static PORTAL: Record = ruled(
    "portal",
    "A portal and whom it serves.",
    &[
        required("kind", &Shape::Choice(&[choice("portal", "A portal.")]), "`portal`."),
        required("name", &NAME, "The first part of its audiences' full names: `support/customer`."),
        optional("title", &words::WORDS, "What people call it; made from the name where unwritten."),
        optional("host", &Shape::Word(&word::HOST), "The host name it answers to."),
        optional("path", &Shape::Word(&word::WEB_PATH), "The path it answers under, where it has no host of its own."),
        optional("type", &NAME, "The type whose document this one lies over."),
        MODULES,
        AUDIENCES,
        RESTRICT,
        optional("branding", &Shape::Record(&BRANDING), "Name, logo and colours."),
        NAVIGATION_KEY,
        AUTH_KEY,
        optional("integrations", &keeping::INTEGRATIONS, "Systems that writes are handed to, by name."),
        SAMPLE,
        ACCEPT,
        CHECKS,
        REGISTRATION,
        LIFECYCLE,
        optional(
            "answers",
            &ANSWERS,
            "What was answered to the decision guide, as `portalctl advise --answers` reads it.",
        ),
        later("was"),
    ],
    &[Rule::AtMostOne(&["host", "path"])],
);

/// By question; which there are, and what may be answered, the guide says.
static ANSWERS: Shape = Shape::Map { keys: &word::NAME, of: &ANSWER, least: 0 };
static ANSWER: Shape = Shape::Forms(&[&NAME, &NAMES, &Shape::Null]);

static AUDIENCE_MAP: Shape = Shape::Map { keys: &word::NAME, of: &Shape::Record(&AUDIENCE), least: 1 };
static ENTRIES: Shape = Shape::List { of: &NAVIGATION, least: 0 };
static SIGN_IN: Shape = Shape::Record(&AUTH);

pub(super) const AUDIENCES: Key = required("audiences", &AUDIENCE_MAP, "The kinds of people it serves.");
pub(super) const NAVIGATION_KEY: Key = optional("navigation", &ENTRIES, "The entries of the menu, in their order.");
pub(super) const AUTH_KEY: Key = optional("auth", &SIGN_IN, "How people sign in, and for how long.");

static AUDIENCE: Record = record(
    "audience",
    "A kind of person the portal serves.",
    &[
        optional("who", &WHO, "Whether they come from outside; `external` where unwritten."),
        optional("label", &words::WORDS, "What people call it; made from the name where unwritten."),
        optional("extends", &NAME, "Another audience of this portal, whose grants count here too."),
        optional("permission_sets", &NAMES, "The permission sets it holds."),
        GRANTS,
        DENY,
        optional("tenant_kind", &NAME, "The kind of tenant its members belong to."),
        optional(
            "tenants",
            &TENANT_REACH,
            "Which tenants' rows an internal audience may meet at all; `all` where unwritten.",
        ),
        people::OPEN,
        people::RATE_LIMIT,
        people::DELEGATED_ADMIN,
        LIFECYCLE,
        later("auth"),
        later("was"),
    ],
);

static WHO: Shape = Shape::Choice(&[
    choice("external", "Has a tenant and signs in."),
    choice("internal", "Staff: signs in, has no tenant of their own."),
    choice("guest", "Has not signed in."),
]);

static TENANT_REACH: Shape =
    Shape::Choice(&[choice("all", "Every tenant."), choice("assigned", "Those that `assigned_tenants` names.")]);

pub(super) static BRANDING: Record = record(
    "branding",
    "Name, logo and colours.",
    &[
        optional(
            "name",
            &Shape::Text,
            "Who is behind it, at the foot of pages and in texts; the title where unwritten. A tenant's stands in the header.",
        ),
        optional(
            "logo",
            &Shape::Word(&word::PATH),
            "An image of the portal's `static` folder: `site/support/static/acme.svg`, or `acme.svg`.",
        ),
        optional("colors", &Shape::Record(&COLORS), "Colours as `\"#rrggbb\"`."),
    ],
);

static COLOR: Shape = Shape::Word(&word::COLOR);

static COLORS: Record = record(
    "map of colours",
    "Colours by their place.",
    &[
        optional("primary", &COLOR, "Buttons and links."),
        optional("ink", &COLOR, "Text."),
        optional("paper", &COLOR, "Background."),
    ],
);

static NAVIGATION: Shape = Shape::Forms(&[
    &NAME,
    &Shape::Record(&record(
        "page entry",
        "A page of text, from `content/<page>.md`.",
        &[required("page", &NAME, "The page."), required("title", &words::WORDS, "What the menu calls it.")],
    )),
]);

static AUTH: Record = record(
    "map of sign-in settings",
    "How people sign in, and for how long.",
    &[optional("session", &Shape::Record(&SESSION), "How long a sign-in lasts."), later("methods"), later("mfa")],
);

pub(super) static DURATION: Shape = Shape::Word(&word::DURATION);

static SESSION: Record = record(
    "map of session limits",
    "How long a sign-in lasts.",
    &[
        optional("idle", &DURATION, "Without a request; `30m` where unwritten."),
        optional("absolute", &DURATION, "In all; `12h` where unwritten."),
    ],
);

static ACCEPTANCES: Shape = Shape::List { of: &Shape::Record(&ACCEPTANCE), least: 0 };

pub(super) const ACCEPT: Key = optional("accept", &ACCEPTANCES, "Findings that are accepted, each with its reason.");

/// Of the project, and of a portal for what is found of it alone.
pub(super) const CHECKS: Key =
    optional("checks", &CHECK_LEVELS, "How severe the findings of checks are, by their ids: `{vacuous-grant: error}`.");

static CHECK_LEVELS: Shape = Shape::Map { keys: &word::CHECK_ID, of: &CHECK_LEVEL, least: 0 };

static CHECK_LEVEL: Shape = Shape::Choice(&[
    choice("off", "Nothing is said; written in quotes."),
    choice("info", "A remark."),
    choice("warn", "A warning."),
    choice("error", "An error: nothing is planned or applied."),
]);

static ACCEPTANCE: Record = record(
    "acceptance",
    "A finding that is accepted for a while.",
    &[
        required("check", &Shape::Word(&word::CHECK_ID), "The check's id."),
        optional("object", &Shape::Text, "What the finding is about."),
        optional("reason", &Shape::Text, "Why it is accepted; without one the acceptance is itself a finding."),
        optional("until", &Shape::Word(&word::DATE), "The last day on which it is accepted."),
    ],
);
