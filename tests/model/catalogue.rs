//! The portal types that come with the binary: which modules they have, and who may do what in them from the start.

use crate::project::shown;
use portalctl::catalog;
use portalctl::diagnostic::Report;
use portalctl::model::{AccessModel, Audience, Persona, ReadGrant, Scope, Who, Write, resolve};
use portalctl::names::{ObjectName, PortalName};
use portalctl::spec::{Catalogue, RawContent, RawFile, read_with};
use std::collections::BTreeSet;
use std::sync::Arc;

/// In the order of the columns of [`MODULES`].
pub const TYPES: [&str; 12] = [
    "customer",
    "client",
    "self-service",
    "partner",
    "member",
    "vendor",
    "reseller",
    "franchise",
    "distributor",
    "investor",
    "patient",
    "employee",
];

/// By type: `x` on from the start, `o` offered, `-` neither.
const MODULES: &[(&str, &str)] = &[
    ("identity-access", "xxoxxxxxxxxx"),
    ("audit-trail", "xxoxxxxxxxxx"),
    ("account-profile", "xx-xxxxxxxxo"),
    ("home-dashboard", "xxoxxxxxxxxx"),
    ("crm-link", "xxoxxxxxxxxo"),
    ("public-site", "o-xoo-------"),
    ("case-management", "x-oxoooxo--o"),
    ("live-chat", "o-o---------"),
    ("knowledge-base", "x-xxooooo-ox"),
    ("community-forum", "o-ooo--o---o"),
    ("product-documentation", "x-oo--o-o---"),
    ("assets-service-history", "x-----------"),
    ("orders", "x--o--xox---"),
    ("billing-invoices", "xx--x-xox-x-"),
    ("subscriptions-agreements", "xo--o-------"),
    ("shipments", "x-----x-x---"),
    ("pricing-catalogue", "---o--x-x---"),
    ("ordering", "------xox---"),
    ("inventory", "------o-x---"),
    ("documents", "xx-ooo-o-x-x"),
    ("deliverables-contracts", "-x----------"),
    ("approvals", "-x-o-ooooo-o"),
    ("projects-milestones", "-x-o--------"),
    ("messaging", "ox-o-o-o-xxo"),
    ("onboarding-checklist", "oxoxoxoooo-o"),
    ("account-team", "-x-o-----oo-"),
    ("lead-sharing", "---x--o-o---"),
    ("opportunities", "o--x--o-----"),
    ("deal-registration", "---x--x-----"),
    ("commissions", "---x--x-----"),
    ("marketing-resources", "o--x--xox---"),
    ("co-marketing", "---x--o-o---"),
    ("training-certification", "---xo-ox---o"),
    ("performance-dashboards", "o--x--xxox--"),
    ("partner-program", "---x--o-o---"),
    ("vendor-profile", "-----x------"),
    ("purchase-orders", "-----x------"),
    ("invoice-submission", "-----x------"),
    ("payment-status", "-----x------"),
    ("compliance", "-----x-o----"),
    ("franchise-locations", "-------x----"),
    ("brand-assets", "---o--oxo---"),
    ("operations-manual", "-------x----"),
    ("announcements", "oooooooxooox"),
    ("capital-accounts", "---------x--"),
    ("financial-reports", "---------x--"),
    ("document-vault", "---------x--"),
    ("tax-documents", "---------x--"),
    ("memberships-renewals", "----x-------"),
    ("gated-resources", "---ox-------"),
    ("events-bookings", "---ox--o-o-o"),
    ("credentials-cpd", "----x-------"),
    ("health-records", "----------x-"),
    ("appointments", "----------x-"),
    ("prescriptions", "----------x-"),
    ("hr-self-service", "-----------x"),
];

/// A project of portals of these types and of nothing else, with lines of their own under the first.
pub fn project(types: &[(&str, &str)]) -> (AccessModel, Report) {
    let head = "version: 1\nkind: project\nname: business\ntiers: [basic, silver, gold]\n".to_owned();
    let portals =
        types.iter().map(|(of, more)| format!("---\nkind: portal\nname: {}\ntype: {of}\n{more}", of.replace('-', "_")));
    let text: String = std::iter::once(head).chain(portals).collect();
    let (model, report) = of_files([("portalctl.yaml".to_owned(), text)]);
    (model.unwrap_or_else(|| panic!("{}", shown(&report))), report)
}

pub fn of_files(files: impl IntoIterator<Item = (String, String)>) -> (Option<AccessModel>, Report) {
    let raw = |(path, text): (String, String)| RawFile { path, content: RawContent::Bytes(text.into_bytes()) };
    let catalogue = Catalogue::new(catalog::modules(), catalog::types());
    let (set, mut findings) = read_with(files.into_iter().map(raw).collect(), &catalogue);
    let (model, more) = resolve(&set);
    findings.extend(more);
    (model, Report::new(Arc::clone(&set.sources), findings))
}

pub fn of_type(of: &str) -> AccessModel {
    project(&[(of, "")]).0
}

pub fn names(text: &str, list: &str) -> BTreeSet<String> {
    let body = text.split(&format!("\n{list}:")).nth(1).unwrap_or_default();
    let items = body.lines().skip(1).take_while(|line| line.trim_start().starts_with("- "));
    items.map(|line| line.trim_start().trim_start_matches("- ").to_owned()).collect()
}

/// Personas of the portal's audiences that come from outside.
fn external(model: &AccessModel) -> impl Iterator<Item = &Persona> {
    model.personas.values().filter(|persona| persona.who == Who::External)
}

fn reads<'m>(model: &'m AccessModel, object: &str) -> Vec<&'m ReadGrant> {
    external(model).filter_map(|persona| persona.reads.get(&ObjectName::new(object))).flatten().collect()
}

fn creates(model: &AccessModel, object: &str) -> bool {
    let of = |persona: &'_ &Persona| {
        let writes = persona.writes.get(&ObjectName::new(object));
        writes.is_some_and(|grants| grants.iter().any(|grant| matches!(grant.write, Write::Create(_))))
    };
    external(model).any(|persona| of(&persona))
}

fn has_any(model: &AccessModel, object: &str) -> bool {
    let name = ObjectName::new(object);
    external(model).any(|persona| persona.reads.contains_key(&name) || persona.writes.contains_key(&name))
}

fn audiences<'m>(model: &'m AccessModel, portal: &str) -> Vec<&'m Audience> {
    model.portals[&PortalName::new(portal)].audiences.values().collect()
}

#[test]
fn every_type_has_the_modules_of_its_column_and_no_others() {
    let known: BTreeSet<&str> = catalog::modules().map(|(name, _)| name).collect();
    assert_eq!(known, MODULES.iter().map(|(name, _)| *name).collect());
    assert_eq!(catalog::types().map(|(name, _)| name).collect::<BTreeSet<_>>(), BTreeSet::from(TYPES));
    for (of, text) in catalog::types() {
        let column = TYPES.iter().position(|name| *name == of).unwrap();
        let marked = |mark: u8| {
            let rows = MODULES.iter().filter(|(_, marks)| marks.as_bytes()[column] == mark);
            rows.map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>()
        };
        assert_eq!(names(text, "modules"), marked(b'x'), "{of}");
        assert_eq!(names(text, "offers"), marked(b'o'), "{of}");
    }
}

/// Whoever writes a type and a name has a portal.
#[test]
fn every_type_is_a_portal_without_another_word() {
    // Staff report to each other by the people that a project names.
    for of in TYPES.into_iter().filter(|of| *of != "employee") {
        let (model, report) = project(&[(of, "")]);
        assert!(!report.has_errors(), "{of}\n{}", shown(&report));
        assert!(external(&model).next().is_some(), "{of}");
    }
}

/// Customers help themselves, partners sell along: what the one sees of the other's business.
#[test]
fn customers_and_partners_differ_as_they_should() {
    let (customer, partner) = (of_type("customer"), of_type("partner"));
    for model in [&customer, &partner] {
        assert!(!reads(model, "case").is_empty() && creates(model, "case"));
        let articles = reads(model, "kb_article");
        assert!(
            !articles.is_empty()
                && articles.iter().all(|grant| format!("{:?}", grant.rows.condition).contains("published"))
        );
    }
    let pipeline = ["lead", "opportunity", "deal_registration", "commission", "commission_plan", "partner_profile"];
    for object in pipeline {
        assert!(!has_any(&customer, object), "{object}");
        assert!(!reads(&partner, object).is_empty(), "{object}");
    }
    assert!(creates(&partner, "deal_registration"));
    assert!(!has_any(&customer, "marketing_asset") && !reads(&partner, "marketing_asset").is_empty());
    let exposed = |model: &AccessModel| {
        let all: BTreeSet<&ObjectName> = external(model).flat_map(|persona| persona.reads.keys()).collect();
        all.len()
    };
    assert!(exposed(&partner) > exposed(&customer), "{} {}", exposed(&partner), exposed(&customer));
}

/// Switched on, they are shown to customers in part: three columns of an opportunity, what is meant for all of marketing.
#[test]
fn customers_may_be_shown_a_little_of_sales() {
    let (model, report) = project(&[("customer", "+modules: [opportunities, marketing-resources]\n")]);
    assert!(!report.has_errors(), "{}", shown(&report));
    let opportunities = reads(&model, "opportunity");
    assert!(
        !opportunities.is_empty() && opportunities.iter().all(|grant| grant.fields.len() <= 3),
        "{opportunities:?}"
    );
    let assets = reads(&model, "marketing_asset");
    assert!(!assets.is_empty());
    assert!(assets.iter().all(|grant| format!("{:?}", grant.rows).contains("published")), "{assets:?}");
}

/// Clients are worked with: documents and projects, not cases and articles.
/// Whose clients are whose stands where the portal says that the account team's rows lie.
#[test]
fn a_table_that_the_type_names_is_where_the_portal_says() {
    let team = "{tables: {account_team: crm.staffing}, columns: {account_team: {staff_id: agent_id}}}";
    let (model, _) =
        project(&[("client", &format!("-modules: [account-team]\n+modules: [{{account-team: {team}}}]\n"))]);
    let assigned = model.assigned_tenants.expect("assigned tenants");
    assert_eq!(assigned.table.to_string(), "crm.staffing");
    assert_eq!((assigned.tenant.as_str(), assigned.user.column.as_str()), ("account_id", "agent_id"));
}

#[test]
fn clients_and_visitors_have_what_their_portals_are_for() {
    let client = of_type("client");
    assert!(!has_any(&client, "case") && !has_any(&client, "kb_article"));
    for object in ["document", "project", "milestone", "deliverable", "approval_request", "thread", "checklist"] {
        assert!(!reads(&client, object).is_empty(), "{object}");
    }
    let open = of_type("self-service");
    assert!(audiences(&open, "self_service").iter().any(|audience| audience.who == Who::Guest));
    let guests = open.personas.values().filter(|persona| persona.who == Who::Guest);
    assert!(guests.flat_map(|persona| persona.reads.keys()).any(|object| object.as_str() == "kb_article"));
}

#[test]
fn a_customer_portal_has_the_five_things_it_is_bought_for() {
    let model = of_type("customer");
    for object in ["case", "account_detail", "contact", "order", "invoice", "kb_article"] {
        assert!(!reads(&model, object).is_empty(), "{object}");
    }
    let money = external(&model).filter_map(|persona| persona.writes.get(&ObjectName::new("payment_method"))).flatten();
    let sensitive: Vec<bool> = money.map(|grant| grant.rows.mfa).collect();
    assert!(!sensitive.is_empty() && sensitive.iter().all(|mfa| *mfa), "{sensitive:?}");
}

/// Nobody from outside is given all rows of anything: what has no tenant is published, shared or one's own.
#[test]
fn no_type_gives_outsiders_everything() {
    for of in TYPES {
        let model = of_type(of);
        for persona in external(&model) {
            let reads = persona.reads.values().flatten().map(|grant| &grant.rows);
            // An export goes no further than reading, whatever its own rows say.
            let writes = persona.writes.values().flatten().filter(|grant| !matches!(grant.write, Write::Export { .. }));
            for rows in reads.chain(writes.map(|grant| &grant.rows)) {
                assert_ne!(rows.scope, Scope::All, "{of}: {}", persona.name);
            }
        }
    }
}

/// Projects of one type, and the stories that are told of them, with their access tests.
#[test]
fn the_projects_of_types_and_stories_say_what_can_be() {
    let mut seen = 0;
    for group in ["types", "stories"] {
        let folder = format!("{}/tests/catalogue/{group}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let files = crate::project::files(&format!("catalogue/{group}/{name}"));
            let (model, report) = of_files(files.iter().map(|(name, text)| (name.clone(), text.clone())));
            assert!(!report.has_errors(), "{group}/{name}\n{}", shown(&report));
            assert!(!model.unwrap().access_tests.is_empty(), "{group}/{name}");
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}
