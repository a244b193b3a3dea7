//! Stories: what a project's documents become. Each folder below `tests/cases/` is a project.

use crate::project::{of_folder, shown};
use portalctl::analysis::matrix;
use portalctl::diagnostic::Finding;
use portalctl::model::AccessModel;
use std::fmt::Write as _;

/// The roles of each persona, and what each shows of which table.
fn facets(model: &AccessModel) -> String {
    let mut out = String::new();
    for facet in model.personas.values().flat_map(|persona| &persona.facets) {
        let _ = writeln!(out, "{}", facet.role);
        for (table, rectangle) in &facet.reads {
            let masked = rectangle.masked.iter().map(|(column, mask)| format!("{column}:{}", mask.word()));
            let columns: Vec<_> = rectangle.columns.iter().map(ToString::to_string).chain(masked).collect();
            let grants: Vec<_> = rectangle.grants.iter().map(|(object, at)| format!("{object}[{at}]")).collect();
            let _ = writeln!(out, "  {table}: {} of {}", columns.join(" "), grants.join(" "));
        }
    }
    out
}

fn check(name: &str) {
    let (model, report) = of_folder(&format!("cases/{name}"));
    snapshots(name, &shown(&report), model.as_ref());
}

fn snapshots(name: &str, findings: &str, model: Option<&AccessModel>) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../cases/{name}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("findings", findings);
        if let Some(model) = model {
            insta::assert_snapshot!("matrix", matrix(model).text(120));
            insta::assert_snapshot!("facets", facets(model));
        }
    });
}

#[test]
fn two_portals_over_the_same_objects() {
    check("two_portals");
}

#[test]
fn facets_where_reads_are_not_rectangular() {
    check("facets");
}

#[test]
fn masks_make_rectangles() {
    check("masks");
}

#[test]
fn every_mistake_is_reported_at_its_place() {
    let (_, report) = of_folder("cases/mistakes");
    let line = |finding: &Finding| {
        let at = finding.span.map(|span| report.sources.location(span));
        let place = at.map_or_else(String::new, |at| format!("{}:{}-{}", at.line, at.column, at.end_column));
        let hint = finding.hint.as_ref().map(|hint| format!("\n    {hint}")).unwrap_or_default();
        format!("{place} {}: {}{hint}\n", finding.id, finding.message)
    };
    snapshots("mistakes", &report.findings.iter().map(line).collect::<String>(), None);
}
