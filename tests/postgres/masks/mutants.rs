//! Proof that these proofs can fail: without one stone of what stands before a relation, something must fall.

use super::{business, differences};
use crate::mutants::role_of;
use crate::provisioned::{Provisioned, folder, run};
use portalctl::names::{ColumnName, TableName};
use portalctl::state::{DatabaseState, Grantee, Privilege, View, ViewColumn};

async fn is_caught(change: impl FnOnce(&mut DatabaseState)) {
    let portal = Provisioned::changed(business().await, &folder("postgres/masks"), change).await;
    noticed(&portal).await;
}

async fn noticed(portal: &Provisioned) {
    let found = differences(portal, 1).await;
    println!("killed by {found:?}");
    assert!(!found.is_empty(), "the mutant lives: nothing noticed");
}

fn view<'s>(state: &'s mut DatabaseState, name: &str) -> &'s mut View {
    state.views.iter_mut().find(|(view, _)| view.name == name).expect("the view").1
}

fn reword(state: &mut DatabaseState, name: &str, from: &str, to: &str) {
    let view = view(state, name);
    assert!(view.query.contains(from), "{}", view.query);
    view.query = view.query.replace(from, to);
}

const PEOPLE: &str = "m_people__ext__reader";
/// Where masks stand over them, the rows are a view of their own.
const PEOPLES_ROWS: &str = "m_people__ext__reader__rows";

fn every_row(state: &mut DatabaseState, name: &str) {
    let view = view(state, name);
    let (shown, _) = view.query.split_once("\nWHERE ").expect("rows");
    view.query = shown.to_owned();
}

macro_rules! mutants {
    ($($name:ident: $change:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            is_caught($change).await;
        }
    )+};
}

mutants! {
    // A table of which the roles of the view see every row has row security all the same, and equality that tells nothing
    // goes first there. Nothing else has that wall behind it; the next plan misses either.
    no_barrier_before_a_view: |state| {
        view(state, "m_directory__ext__reader").options.clear();
        view(state, "m_directory__ext__reader__rows").options.clear();
    };
    no_barrier_before_an_aggregate: |state| view(state, "m_benchmark__ext__reader").options.clear();
    no_barrier_before_a_materialised_view: |state| view(state, "m_totals__ext__reader").options.clear();
    no_barrier_before_a_foreign_table: |state| view(state, "m_rates__ext__reader").options.clear();
    no_barrier_but_the_rights_of_who_reads: |state| view(state, PEOPLE).options = ["security_invoker=true".to_owned()].into();
    every_row_of_a_table: |state| every_row(state, PEOPLES_ROWS);
    every_row_of_a_view: |state| every_row(state, "m_directory__ext__reader__rows");
    every_row_of_a_materialised_view: |state| every_row(state, "m_totals__ext__reader");
    every_row_of_a_foreign_table: |state| every_row(state, "m_rates__ext__reader");
    rows_not_picked_by_what_is_hidden: |state| reword(state, "m_people__ext__asked__rows", "\"email\" = ", "\"email\" >= ");
    one_column_more: |state| {
        for name in [PEOPLE, PEOPLES_ROWS] {
            reword(state, name, "\nFROM ", ",\n t.\"born\"\nFROM ");
            let born = ViewColumn { name: ColumnName::new("born"), display_type: "date".to_owned(), comment: None };
            view(state, name).columns.push(born);
        }
    };
    the_value_in_place_of_its_mask: |state| reword(state, PEOPLE, "'•••@' || split_part(", "'•••@' || concat(");
    a_short_number_shows_its_end: |state| reword(state, PEOPLE, ">= 8", ">= 5");
    a_number_shows_more: |state| reword(state, PEOPLE, ", 4)", ", 5)");
    spaces_count: |state| reword(state, PEOPLE, "'[[:space:]]'", "'[[:cntrl:]]'");
    what_is_no_address_shows_itself: |state| reword(state, PEOPLE, "'^[^@]+@[^@]+$'", "'.'");
    a_digest_without_a_key: |state| {
        let query = &mut view(state, PEOPLE).query;
        while let Some(at) = query.find("(SELECT k.") {
            let end = at + query[at..].find(" AS k)").unwrap() + " AS k)".len();
            query.replace_range(at..end, "''::bytea");
        }
    };
    one_digest_for_all_columns: |state| reword(state, "m_people__ext__digests", "'m.people.iban'", "'m.people.email'");
    the_rows_without_their_masks: |state| {
        let role = Grantee::Role(role_of(state, "__ext__reader"));
        view(state, PEOPLES_ROWS).acl.grant(role, Privilege::Select);
    };
    groups_of_one: |state| reword(state, "m_benchmark__ext__reader", ">= 2", ">= 1");
    groups_beyond_the_least: |state| reword(state, "m_benchmark__ext__reader", ">= 2", "> 2");
    groups_of_nobody_knows_how_many: |state| reword(state, "m_benchmark__ext__reader", "\"companies\" >= 2", "(\"companies\" >= 2) IS NOT FALSE");
    rows_that_nothing_tells_apart: |state| reword(state, "m_benchmark__ext__reader", "\"region\" IS NOT NULL", "true");
    anybody_may_be_acting: |state| {
        let (reader, asked) = (role_of(state, "__ext__reader"), role_of(state, "__ext__asked"));
        let query = &mut view(state, PEOPLES_ROWS).query;
        *query = query.replace(&format!("\"{reader}\""), &format!("\"{reader}\",\"{asked}\""));
        let asker = Grantee::Role(asked);
        view(state, PEOPLE).acl.grant(asker, Privilege::Select);
    };
    a_view_of_another_audience: |state| {
        let agent = Grantee::Role(role_of(state, "__int__agent"));
        view(state, PEOPLE).acl.grant(agent, Privilege::Select);
    };
    the_column_of_the_table: |state| {
        let role = Grantee::Role(role_of(state, "__ext__reader"));
        let people = state.relations.get_mut(&TableName::new("m", "people")).unwrap();
        people.column_acl.entry(ColumnName::new("email")).or_default().grant(role, Privilege::Select);
    };
    the_relation_itself: |state| {
        let role = Grantee::Role(role_of(state, "__ext__reader"));
        let rates = state.relations.get_mut(&TableName::new("m", "rates")).unwrap();
        rates.column_acl.entry(ColumnName::new("code")).or_default().grant(role, Privilege::Select);
    };
}

/// Masks in one view with the rows: comparisons with them are made of rows that nobody sees.
#[tokio::test]
async fn a_plan_that_asks_of_all_rows_is_noticed() {
    let change = |state: &mut DatabaseState| view(state, "m_people__ext__shared__rows").options.clear();
    let portal = Provisioned::changed(business().await, &folder("postgres/masks"), change).await;
    let [there, not] = super::plans_with_masks(&portal).await;
    assert_ne!(there, not);
}

/// What no plan of ours would write.
#[tokio::test]
async fn privileges_that_somebody_adds_are_noticed() {
    for grant in [
        "grant update, select on {v} to \"{p}__ext__reader\"",
        "grant insert on {v} to \"{p}__ext__reader\"",
        "grant delete on {v} to \"{p}__ext__reader\"",
        "grant select on {c}.mask_key to \"{p}__ext__reader\"",
        "grant select on m.totals to \"{p}__ext__reader\"",
        "grant select on {v} to \"{p}__ext__reader\" with grant option",
    ] {
        let portal = super::provisioned().await;
        let control = format!("\"{}\"", portal.control());
        let grant = grant.replace("{v}", "{c}.m_people__ext__reader").replace("{c}", &control);
        run(&mut portal.db.admin().await, &grant.replace("{p}", portal.db.project())).await;
        noticed(&portal).await;
    }
}
