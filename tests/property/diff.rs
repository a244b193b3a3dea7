//! Comparing states and making the changes.

use crate::server::make;
use crate::states::{marker, pair};
use portalctl::plan::{Hazard, diff};
use portalctl::state::{DatabaseState, Grantee, Privilege};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// (role, table, column) that roles of ours can read.
fn readable(state: &DatabaseState) -> BTreeSet<(String, String, String)> {
    let mut readable = BTreeSet::new();
    for (table, relation) in &state.relations {
        let whole = relation.columns.keys().map(|column| (column, &relation.acl));
        for (column, acl) in whole.chain(&relation.column_acl) {
            for (grantee, held) in &acl.0 {
                if let (Grantee::Role(role), true) = (grantee, held.contains(Privilege::Select)) {
                    readable.insert((role.to_string(), table.to_string(), column.to_string()));
                }
            }
        }
    }
    readable
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_to_be_done_where_nothing_differs((live, _) in pair()) {
        prop_assert_eq!(diff(&live, &live, &marker()), Ok(vec![]));
    }

    #[test]
    fn the_changes_lead_to_the_desired_state((live, desired) in pair()) {
        let changes = diff(&live, &desired, &marker()).unwrap();
        let mut state = live.clone();
        for change in &changes {
            make(&mut state, &change.kind);
        }
        prop_assert_eq!(&state, &desired);
        prop_assert_eq!(diff(&state, &desired, &marker()), Ok(vec![]));
    }

    #[test]
    fn the_changes_come_in_the_order_of_their_phases((live, desired) in pair()) {
        let changes = diff(&live, &desired, &marker()).unwrap();
        prop_assert!(changes.windows(2).all(|pair| pair[0].phase() <= pair[1].phase()));
    }

    #[test]
    fn who_gains_and_who_loses_is_never_hidden((live, desired) in pair()) {
        let changes = diff(&live, &desired, &marker()).unwrap();
        let has = |hazard| changes.iter().any(|change| change.hazards.contains(&hazard));
        let (before, after) = (readable(&live), readable(&desired));
        prop_assert!(after.is_subset(&before) || has(Hazard::Widens));
        prop_assert!(before.is_subset(&after) || has(Hazard::Narrows));
    }

    /// The same states with every mark of ours gone: nothing may be touched then.
    #[test]
    fn what_carries_no_mark_is_never_touched((live, desired) in pair()) {
        let mut unmarked = live.clone();
        unmarked.roles.values_mut().for_each(|role| role.marker = None);
        unmarked.schemas.values_mut().for_each(|schema| schema.marker = None);
        unmarked.functions.values_mut().for_each(|function| function.marker = None);
        let policies = unmarked.relations.values_mut().flat_map(|relation| relation.policies.values_mut());
        policies.for_each(|policy| policy.marker = None);
        let touched_nothing_of_ours = live.control_version == 0;
        prop_assert_eq!(diff(&unmarked, &desired, &marker()).is_ok(), touched_nothing_of_ours);
    }
}
