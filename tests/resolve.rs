//! Resolving documents to the access model.

use portalctl::diagnostic::{Finding, Report};
use portalctl::model::{AccessModel, Scope, resolve};
use portalctl::names::{ColumnName, PersonaName};
use portalctl::spec::{RawContent, RawFile, read};

/// The model, and the findings as `line:column id message | hint`.
fn resolved(text: &str) -> (Option<AccessModel>, String) {
    let content = RawContent::Bytes(text.as_bytes().to_vec());
    let (set, mut findings) = read(vec![RawFile { path: "portalctl.yaml".to_owned(), content }]);
    let (model, more) = resolve(&set);
    findings.extend(more);
    let report = Report::new(std::sync::Arc::clone(&set.sources), findings);
    let line = |finding: &Finding| {
        let place = finding.span.map_or_else(String::new, |span| {
            let at = set.sources.location(span);
            format!("{}:{}", at.line, at.column)
        });
        format!("{place} {} {} | {}\n", finding.id, finding.message, finding.hint.as_deref().unwrap_or_default())
    };
    (model, report.findings.iter().map(line).collect())
}

#[test]
fn the_short_form_carries_the_common_case() {
    let (model, findings) = resolved(include_str!("good/whole.yaml"));
    assert_eq!(findings, "");
    let model = model.unwrap();
    let persona = &model.personas[&PersonaName::new("support", "customer")];
    let grant = &persona.reads["case"][0];
    assert_eq!(grant.scope, Scope::Tenant);
    let facet = &persona.facets[0];
    assert_eq!(facet.role.as_str(), "acme__support__customer");
    let columns: Vec<_> = facet.reads.values().next().unwrap().columns.iter().map(ColumnName::as_str).collect();
    assert_eq!(columns, ["created_at", "id", "number", "priority", "status", "subject"]);
    assert_eq!(model.objects["case"].label_many, "Cases");
    assert_eq!(model.project.control_schema.as_str(), "acme_portal");
}
