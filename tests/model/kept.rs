//! What `apply` keeps of a project is enough to come to the same again.

use crate::catalogue::{TYPES, of_type};
use portalctl::plan::AppliedState;

/// A type offers modules that a portal does not take, and of those nothing is kept.
#[test]
fn a_portal_of_each_type_comes_back_from_what_is_kept_of_it() {
    // Staff report to each other by the people that a project names.
    for of in TYPES.into_iter().filter(|of| *of != "employee") {
        let model = of_type(of);
        let documents = model.sources.files().map(|(_, file)| (file.path.clone(), file.text.to_string()));
        let state = AppliedState {
            number: 1,
            at: "2026-01-15T09:00:00Z".to_owned(),
            applied_by: "postgres".to_owned(),
            portalctl: "0".to_owned(),
            spec_hash: model.spec_hash.clone(),
            environment: None,
            commit: None,
            is_current: true,
            documents: documents.collect(),
        };
        let back = state.resolve().unwrap_or_else(|why| panic!("{of}: {why}"));
        assert_eq!(back.personas, model.personas, "{of}");
    }
}
