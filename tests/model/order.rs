//! The order of documents, files and lists of sets says nothing.

use crate::project::{files, of_files};
use portalctl::analysis::matrix;
use portalctl::model::AccessModel;
use proptest::prelude::*;
use proptest::test_runner::TestRng;

/// All that a model says, without the places where it was written.
fn said(model: &AccessModel) -> String {
    let mut entries = matrix(model).entries;
    entries.iter_mut().for_each(|entry| entry.sources.clear());
    let facets: Vec<_> = model.personas.values().map(|persona| &persona.facets).collect();
    let owners: Vec<_> = model.objects.values().map(|object| (&object.owners, &object.key)).collect();
    let tenants: Vec<_> = model.declared_tenants.iter().map(|tenant| (&tenant.name, &tenant.key)).collect();
    let navigation: Vec<_> = model.portals.values().map(|portal| &portal.navigation).collect();
    format!("{entries:#?}{facets:#?}{owners:?}{tenants:?}{navigation:?}")
}

#[test]
fn documents_in_another_order_give_the_same_model() {
    for story in ["two_portals", "facets"] {
        let text = files(&format!("cases/{story}")).remove(0).1;
        let documents: Vec<&str> = text.split("\n---\n").collect();
        let (project, others) = documents.split_first().unwrap();
        let straight = said(&of_files([("portalctl.yaml", text.as_str())]).0.unwrap());
        let mut rng = TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha);
        for _ in 0..20 {
            let mut shuffled = others.to_vec();
            for at in (1..shuffled.len()).rev() {
                shuffled.swap(at, rng.random_range(0..=at));
            }
            let (front, back) = shuffled.split_at(shuffled.len() / 2);
            let first = [&[*project], front].concat().join("\n---\n");
            let second = back.join("\n---\n");
            let (model, report) = of_files([("portalctl.yaml", first.as_str()), ("specs/more.yaml", second.as_str())]);
            assert!(!report.has_errors());
            assert_eq!(said(&model.unwrap()), straight);
        }
    }
}
