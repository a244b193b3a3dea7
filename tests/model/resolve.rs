//! Resolving documents to the access model.

use crate::project::good;
use portalctl::model::Scope;
use portalctl::names::{ColumnName, PersonaName};

#[test]
fn the_short_form_carries_the_common_case() {
    let model = good(include_str!("../good/whole.yaml"));
    let persona = &model.personas[&PersonaName::new("support", "customer")];
    let grant = &persona.reads["case"][0];
    assert_eq!(grant.rows.scope, Scope::Tenant);
    let facet = &persona.facets[0];
    assert_eq!(facet.role.as_str(), "acme__support__customer");
    let columns: Vec<_> = facet.reads.values().next().unwrap().columns.iter().map(ColumnName::as_str).collect();
    assert_eq!(columns, ["created_at", "id", "number", "priority", "status", "subject"]);
    assert_eq!(model.objects["case"].label_many, "Cases");
    assert_eq!(model.project.control_schema.as_str(), "acme_portal");
}
