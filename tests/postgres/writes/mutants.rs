//! Proof that these proofs can fail: without one stone of what guards writing, something must fall.

use super::{business, business::wrongly_callable, differences};
use crate::mutants::{mutants, rewrite, role_of};
use crate::provisioned::{Provisioned, enforce, folder, rows, run};
use portalctl::names::{ColumnName, TableName};
use portalctl::state::{DatabaseState, Grantee, Privilege, Relation, RowPolicy};
use std::collections::BTreeSet;

const OPEN_NO_MORE: &str =
    "do $$ declare t regclass; begin for t in select polrelid from pg_policy where polname = 'open'
    loop execute format('drop policy open on %s', t); end loop; end $$";

/// The first way found in which `portal` is not as it should be.
async fn hole(portal: &Provisioned) -> Option<String> {
    let mut found = wrongly_callable(portal).await;
    if found.is_empty() {
        found = differences(portal, 1).await;
    }
    if found.is_empty() {
        let everybody = "select polname from pg_policy where 0 = any (polroles)";
        found = rows(&mut portal.db.admin().await, everybody).await.unwrap();
    }
    if found.is_empty() {
        // A policy of somebody else, meant for others and written for all, lets nobody of ours write more.
        let tables = ["tasks", "steps", "notes", "lines", "docs", "leads", "logs"];
        let open = tables.map(|table| format!("create policy open on w.{table} using (true) with check (true)"));
        run(&mut portal.db.admin().await, &open.join("; ")).await;
        found = differences(portal, 1).await;
    }
    found.into_iter().next()
}

async fn is_caught(change: impl FnOnce(&mut DatabaseState)) {
    let portal = Provisioned::changed(business().await, &folder("postgres/writes"), change).await;
    let hole = hole(&portal).await;
    println!("killed by {hole:?}");
    assert!(hole.is_some(), "the mutant lives: nothing noticed");
}

#[tokio::test]
async fn the_wall_itself_has_no_hole() {
    assert_eq!(hole(&super::provisioned().await).await, None);
}

pub(crate) fn relation<'s>(state: &'s mut DatabaseState, name: &str) -> &'s mut Relation {
    state.relations.get_mut(&TableName::new("w", name)).expect("the table")
}

/// Every policy of `table` whose name holds `part`, each changed.
pub(crate) fn policies(state: &mut DatabaseState, table: &str, part: &str, change: impl Fn(&mut RowPolicy)) {
    relation(state, table)
        .policies
        .iter_mut()
        .filter(|(name, _)| name.contains(part))
        .for_each(|(_, policy)| change(policy));
}

pub(crate) fn reword(state: &mut DatabaseState, (table, part): (&str, &str), from: &str, to: &str) {
    let reworded = |text: &mut Option<String>| *text = text.as_ref().map(|text| text.replace(from, to));
    policies(state, table, part, |policy| {
        reworded(&mut policy.using);
        reworded(&mut policy.check);
    });
}

pub(crate) fn no_trigger(state: &mut DatabaseState, table: &str, ending: &str) {
    relation(state, table).triggers.retain(|name, _| !name.ends_with(ending));
}

/// The triggers ask for the roles that write the table alone, and not for others that a statement may take.
fn writers_alone(state: &mut DatabaseState, table: &str) {
    let keep = [
        "__ext__user",
        "__ext__lead",
        "__ext__tree",
        "__ext__t",
        "__ext__mfa",
        "__ext__has",
        "__ext__deny",
        "__int__agent",
    ];
    for trigger in relation(state, table).triggers.values_mut().filter(|trigger| trigger.marker.is_some()) {
        let condition = trigger.condition.take().expect("a condition");
        let (head, rest) = condition.split_once("'{").expect("roles");
        let (roles, tail) = rest.split_once("}'").expect("roles");
        let kept: Vec<&str> = roles
            .split(',')
            .filter(|role| keep.iter().any(|part| role.contains(part)) || role.ends_with("operator"))
            .collect();
        trigger.condition = Some(format!("{head}'{{{}}}'{tail}", kept.join(",")));
    }
}

pub(crate) fn any_parent_by_the_trigger(state: &mut DatabaseState) {
    rewrite(state, "create_lines", "NOT EXISTS (SELECT FROM", "false AND NOT EXISTS (SELECT FROM");
}

pub(crate) fn any_parent_by_the_check(state: &mut DatabaseState) {
    policies(state, "lines", "__create", |policy| policy.check = Some("true".to_owned()));
}

fn one_column_more_of_changed_rows(state: &mut DatabaseState) {
    give(state, "__ext__user", ("tasks", "secret"), Privilege::Update);
}

/// Where two walls refuse the same, statements cannot tell that one is down. The next plan does, and mends it.
#[tokio::test]
async fn one_of_two_walls_is_missed_by_the_next_plan() {
    for change in [any_parent_by_the_trigger, any_parent_by_the_check, one_column_more_of_changed_rows] {
        let portal = Provisioned::changed(business().await, &folder("postgres/writes"), change).await;
        assert_eq!(hole(&portal).await, None, "the other wall holds");
        run(&mut portal.db.admin().await, OPEN_NO_MORE).await;
        let url = portal.db.admin_url();
        assert!(enforce(&mut portal.db.admin().await, &url, &portal.model).await > 0);
        assert_eq!(enforce(&mut portal.db.admin().await, &url, &portal.model).await, 0);
    }
}

pub(crate) fn give(state: &mut DatabaseState, ending: &str, (table, column): (&str, &str), privilege: Privilege) {
    let role = Grantee::Role(role_of(state, ending));
    relation(state, table).column_acl.entry(ColumnName::new(column)).or_default().grant(role, privilege);
}

// Of the row policies.
mutants! {
    no_row_security_where_nobody_reads: |state| relation(state, "leads").row_security = false;
    using_without_a_conjunct: |state| reword(state, ("tasks", "__change"), "\"until\" >", "\"until\" <>");
    using_without_the_owner: |state| reword(state, ("docs", "__change"), "\"contact_id\" =", "\"contact_id\" <>");
    any_row_may_be_changed: |state| policies(state, "docs", "__change", |policy| policy.using = Some("true".to_owned()));
    any_row_may_be_removed: |state| policies(state, "tasks", "__delete", |policy| policy.using = Some("true".to_owned()));
    removed_in_any_state: |state| reword(state, ("tasks", "__delete"), "\"stage\" = 'draft'::w.stage", "true");
    check_without_the_restriction: |state| reword(state, ("docs", "__create"), "\"name\" <> 'hidden'::pg_catalog.text", "true");
    // The trigger judged the row before the business moved it to another tenant: only the check sees that.
    any_row_may_come_of_a_change: |state| policies(state, "tasks", "__change", |policy| policy.check = Some("true".to_owned()));
    any_row_may_be_made: |state| policies(state, "tasks", "__create", |policy| policy.check = Some("true".to_owned()));
    any_row_may_be_made_by_guests: |state| policies(state, "leads", "__create", |policy| policy.check = Some("true".to_owned()));
    children_of_any_parent: |state| {
        reword(state, ("notes", "__change"), "\"task_id\" = ANY", "\"task_id\" IS NOT NULL OR \"task_id\" = ANY");
    };
    no_guard_of_what_is_made: |state| relation(state, "docs").policies.retain(|name, _| !name.contains("__create_guard_"));
    no_guard_of_what_is_changed: |state| relation(state, "docs").policies.retain(|name, _| !name.contains("__change_guard_"));
    no_guard_of_what_is_removed: |state| relation(state, "tasks").policies.retain(|name, _| !name.contains("__delete_guard_"));
    guard_that_permits: |state| policies(state, "docs", "__create_guard_", |policy| policy.permissive = true);
    policy_for_everybody: |state| policies(state, "leads", "__create_", |policy| policy.roles = BTreeSet::from([Grantee::Public]));
    policy_of_another_role: |state| {
        let reader = Grantee::Role(role_of(state, "__ext__reader"));
        policies(state, "docs", "__change_", |policy| policy.roles = BTreeSet::from([reader.clone()]));
    };
}

// Of the triggers: with the row policies as they are.
mutants! {
    no_trigger_where_rows_are_made: |state| no_trigger(state, "notes", "__create");
    no_trigger_where_rows_change: |state| no_trigger(state, "tasks", "__change");
    no_record: |state| no_trigger(state, "docs", "__audit_doc");
    // The record would miss whoever asked, and refuse: the second wall against roles that change half way.
    triggers_for_those_who_write_alone: |state| {
        writers_alone(state, "tasks");
        rewrite(state, "audit_write", "context IS NULL AND", "false AND");
    };
    recorded_without_a_name: |state| rewrite(state, "audit_write", "context IS NULL AND", "false AND");
    no_tenant_is_stamped: |state| rewrite(state, "create_tasks", "NEW.\"account_id\" := ", "NEW.\"account_id\" := NEW.\"account_id\"; PERFORM ");
    no_owner_is_stamped: |state| rewrite(state, "create_docs", "NEW.\"contact_id\" := ", "NEW.\"contact_id\" := NEW.\"contact_id\"; PERFORM ");
    no_preset_where_rows_are_made: |state| rewrite(state, "create_leads", "NEW.\"source\" := ", "PERFORM ");
    no_preset_where_rows_change: |state| rewrite(state, "change_tasks", "NEW.\"closed_at\" := ", "PERFORM ");
    no_key_is_made: |state| rewrite(state, "create_notes", "NEW.\"id\" := ", "PERFORM ");
    the_row_before_is_not_asked: |state| rewrite(state, "change_tasks", ", OLD.\"contact_id\"", ", NEW.\"contact_id\"");
    the_row_after_is_not_asked: |state| rewrite(state, "change_tasks", ", NEW.\"contact_id\"", ", OLD.\"contact_id\"");
    columns_of_others_may_differ: |state| rewrite(state, "change_tasks", "IF ROW(NEW.\"account_id\",", "IF false AND ROW(NEW.\"account_id\",");
    any_move: |state| rewrite(state, "change_tasks", "coalesce((OLD.\"stage\"", "coalesce(true OR (OLD.\"stage\"");
    references_of_new_rows_go_anywhere: |state| rewrite(state, "create_tasks", "NOT EXISTS (SELECT FROM", "false AND NOT EXISTS (SELECT FROM");
    any_parent_of_an_owner: |state| rewrite(state, "create_steps", "NOT EXISTS (SELECT FROM", "false AND NOT EXISTS (SELECT FROM");
    references_of_changed_rows_go_anywhere: |state| rewrite(state, "change_tasks", "NOT EXISTS (SELECT FROM", "false AND NOT EXISTS (SELECT FROM");
    parents_that_nobody_sees: |state| {
        any_parent_by_the_trigger(state);
        any_parent_by_the_check(state);
    };
    handed_over_to_nobody_known: |state| rewrite(state, "change_tasks", "p.keys ->> 'contact' =", "true OR p.keys ->> 'contact' =");
    handed_over_to_another_tenant: |state| rewrite(state, "change_tasks", "p.tenant_key =", "p.tenant_key IS NOT NULL OR p.tenant_key =");
    handed_over_to_no_staff: |state| rewrite(state, "change_tasks", "p.keys ->> 'employee' =", "true OR p.keys ->> 'employee' =");
}

// Of privileges, and of soft deletion.
mutants! {
    one_column_more_of_new_rows: |state| give(state, "__ext__user", ("tasks", "stage"), Privilege::Insert);
    a_stamped_column: |state| give(state, "__ext__user", ("tasks", "account_id"), Privilege::Insert);
    one_column_more_of_another_audience: |state| give(state, "__ext__reader", ("tasks", "title"), Privilege::Update);
    the_whole_table: |state| {
        let role = Grantee::Role(role_of(state, "__ext__user"));
        relation(state, "tasks").acl.grant(role, Privilege::Update);
    };
    removing_as_well: |state| {
        let role = Grantee::Role(role_of(state, "__ext__reader"));
        relation(state, "tasks").acl.grant(role, Privilege::Delete);
    };
    soft_deletion_of_colleagues_rows: |state| rewrite(state, "delete_doc", "\"contact_id\" =", "\"contact_id\" IS NOT NULL OR \"contact_id\" =");
    possible_with_rows_of_others: |state| rewrite(state, "possible_task", "\"contact_id\" =", "\"contact_id\" IS NOT NULL OR \"contact_id\" =");
    soft_deletion_twice: |state| rewrite(state, "delete_doc", "\"deleted_at\" IS NULL", "true");
    soft_deletion_by_another_audience: |state| {
        let role = Grantee::Role(role_of(state, "__ext__lead"));
        state.functions.iter_mut().find(|(name, _)| name.name == "delete_doc").unwrap().1.acl.grant(role, Privilege::Execute);
    };
    soft_deletion_as_its_caller: |state| state.functions.iter_mut().filter(|(name, _)| name.name == "delete_doc").for_each(|(_, function)| function.security_definer = false);
}
