//! What differs in an environment.

use super::{OBJECT, PAGE, PERMISSION_SET, PORTAL, Record, Shape, TENANT, optional, project, record, word};

/// The keys that hold documents by their names, with the kind of these and their tables.
pub(in crate::spec) const DOCUMENTS: &[(&str, &str, &Record)] = &[
    ("objects", "object", &OBJECT),
    ("permission_sets", "permission_set", &PERMISSION_SET),
    ("portals", "portal", &PORTAL),
    ("pages", "page", &PAGE),
    ("tenants", "tenant", &TENANT),
];

pub(in crate::spec) static ENVIRONMENT: Record = record(
    "environment",
    "What differs where the project is run as that: documents by their names, and keys of the project. Each lies over what is \
     written elsewhere, by the rules of documents that lie over others.",
    &[
        optional("objects", &Shape::Map { keys: &word::NAME, of: &Shape::Over(&OBJECT), least: 1 }, "Objects."),
        optional(
            "permission_sets",
            &Shape::Map { keys: &word::NAME, of: &Shape::Over(&PERMISSION_SET), least: 1 },
            "Permission sets.",
        ),
        optional("portals", &Shape::Map { keys: &word::NAME, of: &Shape::Over(&PORTAL), least: 1 }, "Portals."),
        optional("pages", &Shape::Map { keys: &word::NAME, of: &Shape::Over(&PAGE), least: 1 }, "Pages."),
        optional(
            "tenants",
            &Shape::Forms(&[
                &Shape::Map { keys: &word::NAME, of: &Shape::Over(&TENANT), least: 1 },
                &Shape::List { of: &project::TENANT_SOURCE, least: 0 },
            ]),
            "Tenants; as a list, where the project's tenants come from.",
        ),
        optional("people", &project::PEOPLE_SOURCES, "Who may sign in."),
        optional("database", &Shape::Over(&project::DATABASE), "The database."),
        project::TIMEZONE,
        project::ASSIGNED,
        project::STORED,
        super::portal::ACCEPT,
        super::portal::CHECKS,
        project::PROFILED,
    ],
);
