//! Who is let in, by whom, how often somebody may ask, and until when people are who they are.

use super::portal::DURATION;
use super::word::{self, Word};
use super::{COLUMN, FIELD_NAME, Key, NAME, NAMES, Rule, Shape, choice, optional, record, required, ruled};

pub(super) const DELEGATED_ADMIN: Key = optional(
    "delegated_admin",
    &DELEGATION,
    "What they may do with the people of their own tenant; staff, with those who ask.",
);

static DELEGATION: Shape = Shape::Record(&ruled(
    "delegated administration",
    "What an audience may do with people, on pages of the portal.",
    &[
        optional(
            "may_grant",
            &NAMES,
            "The audiences of this portal that they may invite people of their own tenant to, and move people between.",
        ),
        optional(
            "registrations",
            &Shape::Boolean,
            "Whether they let in, or turn away, those who ask for it. Staff only.",
        ),
    ],
    &[Rule::AtLeastOne(&["may_grant", "registrations"])],
));

pub(super) const OPEN: Key =
    optional("registration", &HOW, "Whether people who do not sign in may ask for it; `invite` where unwritten.");

static HOW: Shape = Shape::Choice(&[
    choice("open", "On the portal's page of registration."),
    choice("invite", "Not at all: whoever is of it was invited, or stands in a table."),
]);

pub(super) const RATE_LIMIT: Key =
    optional("rate_limit", &RATE, "How many rows guests of one network may create in a while; guests only.");

static RATE: Shape = Shape::Word(&RATE_WORD);

static RATE_WORD: Word =
    word::value("number in a while", "^[1-9][0-9]{0,3}/[mhd]$", |text| parse_rate(text).map(drop), "5/h");

pub(super) const REGISTRATION: Key =
    optional("registration", &REGISTRATION_SHAPE, "How people who do not sign in ask to be let in.");

static REGISTRATION_SHAPE: Shape = Shape::Record(&record(
    "registration",
    "How people who do not sign in ask to be let in, on a page of the portal.",
    &[
        optional("form", &FORM, "What they are asked, besides their e-mail address."),
        required("approval", &APPROVAL, "Who decides."),
        optional("rate_limit", &RATE, "How often one network, and for one address, may ask; `5/h` where unwritten."),
        optional("audience", &NAME, "What they become; the one that is `registration: open` where unwritten."),
        optional("tenant_kind", &NAME, "The kind of tenant that a new one is; the audience's where unwritten."),
    ],
));

static FORM: Shape = Shape::List { of: &FORM_FIELD, least: 1 };

static FORM_FIELD: Shape = Shape::Choice(&[
    choice("email", "Their address, which is always asked."),
    choice("name", "What they are called."),
    choice("company", "For whom they work; what a new tenant is called."),
    choice("purpose", "What they want."),
    choice("phone", "A telephone number, which may stay empty."),
]);

static APPROVAL: Shape = Shape::Choice(&[
    choice("required", "Staff, on a page of the portal, or the command line."),
    choice("none", "Nobody: they become a user at once, with a tenant of their own."),
]);

pub(super) const LIFECYCLE: Key = optional(
    "lifecycle",
    &LIFECYCLE_SHAPE,
    "Until when people are of their audience; at a portal, of every external one but that of those who lapsed.",
);

static LIFECYCLE_SHAPE: Shape = Shape::Record(&record(
    "lifecycle",
    "Until when people are of their audience, and of which they are from then on.",
    &[
        required("paid_until", &PAID_UNTIL, "The moment: a column of the tenants' table, or a field of rows."),
        optional("grace", &DURATION, "For how long it goes on after that; not at all where unwritten."),
        required("on_lapse", &NAME, "The audience that they are of from then on."),
    ],
));

static PAID_UNTIL: Shape = Shape::Forms(&[
    &COLUMN,
    &Shape::Record(&record(
        "latest of rows",
        "The latest date or time of rows that are the tenant's, or one's own.",
        &[
            required("object", &NAME, "The object."),
            required("field", &FIELD_NAME, "Its field with the date or the time."),
            optional("scope", &PAID_SCOPE, "Whose rows; the tenant's where a path leads to one, else one's own."),
            optional("path", &NAME, "Which tenant path, or owner path, where there are several."),
        ],
    )),
]);

static PAID_SCOPE: Shape =
    Shape::Choice(&[choice("tenant", "Those of one's tenant."), choice("own", "Those that one owns.")]);

/// How many, and in how many seconds.
pub(in crate::spec) fn parse_rate(text: &str) -> Result<(u32, u64), String> {
    let wrong = || "it is written as a number, `/` and `m`, `h` or `d`: `5/h`".to_owned();
    let (most, unit) = text.split_once('/').ok_or_else(wrong)?;
    let plain = !most.starts_with('0') && most.len() <= 4 && most.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    match most.parse() {
        Ok(most) if plain => Ok((most, seconds)),
        _ => Err(wrong()),
    }
}
