//! Types: what portals of one sort have in common.

use super::given::SAMPLE;
use super::module::MODULES;
use super::people::{LIFECYCLE, REGISTRATION};
use super::portal::{AUDIENCES, AUTH_KEY, CHECKS, NAVIGATION_KEY};
use super::project::{ASSIGNED, TIERS};
use super::{NAME, NAMES, Record, Shape, choice, optional, record, required, word};

pub(in crate::spec) static TYPE: Record = record(
    "type",
    "What portals of one sort begin with. A portal with `type:` is this document with its own keys over it.",
    &[
        required("kind", &Shape::Choice(&[choice("type", "A sort of portal.")]), "`type`."),
        required("name", &NAME, "What portals name in `type:`; none that the catalogue has."),
        optional("title", &Shape::Text, "What the portal is called where it has no title of its own."),
        optional("purpose", &Shape::Text, "Whom it is for, in a line."),
        optional("about", &Shape::Text, "Who does what in it, and who sees what, in a few sentences."),
        optional("tenant_kind", &NAME, "The kind of tenant of its external audiences, where they name none."),
        TIERS,
        ASSIGNED,
        MODULES,
        optional("offers", &NAMES, "Modules that are known to fit, for a portal to add."),
        AUDIENCES,
        optional(
            "permission_sets",
            &Shape::Map { keys: &word::NAME, of: &SETS_BY_AUDIENCE, least: 0 },
            "By module, the permission sets that each audience holds while the portal has the module.",
        ),
        AUTH_KEY,
        NAVIGATION_KEY,
        REGISTRATION,
        LIFECYCLE,
        SAMPLE,
        CHECKS,
    ],
);

static SETS_BY_AUDIENCE: Shape = Shape::Map { keys: &word::NAME, of: &NAMES, least: 0 };
