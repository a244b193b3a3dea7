//! The example projects: each is read and resolved as its users would, and is without fault.

use portalctl::adapters::files::{project_files, setup_files};
use portalctl::catalog;
use portalctl::check::run;
use portalctl::diagnostic::{RenderOptions, Report, render_text};
use portalctl::model::{AccessModel, Who, resolve};
use portalctl::names::PersonaName;
use portalctl::scaffold::render;
use portalctl::spec::{Catalogue, read_with};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::macros::date;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

fn model(name: &str) -> AccessModel {
    let catalogue = Catalogue::new(catalog::modules(), catalog::types());
    let (spec, mut findings) = read_with(project_files(&folder(name)).unwrap(), &catalogue);
    let (model, more) = resolve(&spec);
    findings.extend(more);
    let model = model.expect("a model");
    findings.extend(run(&model, Vec::new(), date!(2026 - 06 - 15)));
    let report = Report::new(Arc::clone(&spec.sources), findings);
    assert!(report.findings.is_empty(), "\n{}", render_text(&report, RenderOptions::default()));
    model
}

/// The facets in which a persona reads a table, as sorted columns.
fn columns(model: &AccessModel, persona: &str, table: &str) -> Vec<String> {
    let persona = &model.personas[&PersonaName::parse(persona).unwrap()];
    let rectangles = persona.facets.iter().flat_map(|facet| &facet.reads);
    rectangles
        .filter(|(name, _)| name.to_string() == table)
        .map(|(_, rectangle)| rectangle.columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        .collect()
}

/// The checks find nothing, remarks included, and the site's files can be written.
#[test]
fn every_example_is_without_findings_and_has_a_site() {
    for example in catalog::examples() {
        let model = model(example.name);
        let tree = render(&model).unwrap_or_else(|error| panic!("{}: {error}", example.name));
        for portal in model.portals.keys() {
            assert!(
                tree.get(&format!("site/{portal}/site.yaml")).is_some(),
                "{}: `{portal}` has no site",
                example.name
            );
        }
        assert!(!model.access_tests.is_empty(), "{} proves nothing", example.name);
    }
}

#[test]
fn acme_is_without_findings_and_serves_whom_it_says() {
    let model = model("acme");
    let who = |kind| {
        let personas = model.personas.values().filter(move |persona| persona.who == kind);
        personas.map(|persona| persona.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        who(Who::External),
        ["partners/manager", "partners/rep", "support/customer_admin", "support/customer_user"]
    );
    assert_eq!(who(Who::Internal), ["support/agent"]);
    assert_eq!(who(Who::Guest), ["support/visitor"]);
}

#[test]
fn a_representative_sees_less_of_the_colleagues_deals_than_of_their_own() {
    let model = model("acme");
    let deals = columns(&model, "partners/rep", "crm.deals");
    assert!(matches!(deals.as_slice(), [all, own] if !all.contains("amount") && own.contains("amount")), "{deals:?}");
    let [whole] = &*columns(&model, "partners/manager", "crm.deals") else { panic!("a manager reads one rectangle") };
    assert!(whole.contains("amount"), "{whole}");
    for persona in model.personas.keys() {
        assert!(!columns(&model, &persona.to_string(), "crm.deals").iter().any(|facet| facet.contains("margin")));
        assert!(!columns(&model, &persona.to_string(), "crm.orders").iter().any(|facet| facet.contains("cost")));
    }
}

#[test]
fn the_sql_of_acme_is_found_in_the_order_of_its_names() {
    let model = model("acme");
    let files = setup_files(&folder("acme"), &model.project.setup).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"db/10_roles.sql"), Some(&"db/90_finish.sql")));
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn what_somebody_can_read_is_said_with_the_lines_that_decide() {
    use portalctl::analysis::{Action, Verdict, can};
    use portalctl::names::{FieldName, ObjectName};
    let model = model("acme");
    let ask = |persona: &str, object: &str, field: Option<&str>| {
        let persona = &model.personas[&PersonaName::parse(persona).unwrap()];
        let object = &model.objects[&ObjectName::new(object)];
        can(&model, persona, &Action::Read, object, field.map(FieldName::new).as_ref())
    };
    let order = ask("support/agent", "order", None);
    assert_eq!(order.decision, Verdict::Allow);
    assert_eq!(order.because[0].source.file, "permission-sets/staff.yaml");
    assert!(!order.fields.iter().any(|field| field.as_str() == "cost"));
    // `deny` takes away what the order desk would show.
    let cost = ask("support/agent", "order", Some("cost"));
    assert_eq!(cost.decision, Verdict::Deny);
    assert!(!cost.because.is_empty());
    let visitor = ask("support/visitor", "order", None);
    assert_eq!(visitor.decision, Verdict::Deny);
    assert!(visitor.because[0].text.contains("no grant"), "{}", visitor.because[0].text);
}
