//! Proof that the probes can fail: of each kind of statement that is emitted for writing, one that is broken.

use super::{Of, example_with, probed};
use crate::mutants::{mutants, rewrite, role_of};
use crate::provisioned::{Provisioned, folder, run};
use crate::writes::business;
use crate::writes::mutants::{
    any_parent_by_the_check, any_parent_by_the_trigger, give, no_trigger, policies, relation, reword,
};
use portalctl::state::{DatabaseState, Grantee, Privilege};
use std::collections::BTreeSet;

/// Somebody else's policy that lets everybody do everything: the guards alone are left.
const OPEN: &str = "do $$ declare t regclass; begin for t in select distinct polrelid from pg_policy
    loop execute format('create policy open on %s using (true) with check (true)', t); end loop; end $$";

async fn first_wrong(portal: &Provisioned, of: (&str, &str)) -> Option<String> {
    let found = probed(portal, Of::Writes, Some(of)).await.wrong.into_iter().next();
    if found.is_some() {
        return found;
    }
    run(&mut portal.db.admin().await, OPEN).await;
    probed(portal, Of::Writes, Some(of)).await.wrong.into_iter().next()
}

async fn is_caught(object: &str, action: &str, change: impl FnOnce(&mut DatabaseState)) {
    let portal = Provisioned::changed(business().await, &folder("postgres/writes"), change).await;
    let wrong = first_wrong(&portal, (object, action)).await;
    println!("killed by {wrong:?}");
    assert!(wrong.is_some(), "the mutant lives: no probe noticed");
}

#[tokio::test]
async fn without_a_mutant_nothing_is_wrong() {
    let portal = crate::writes::provisioned().await;
    for of in [("task", "create"), ("task", "update"), ("task", "delete"), ("doc", "create"), ("doc", "update")] {
        assert_eq!(first_wrong(&portal, of).await, None, "{of:?}");
        run(
            &mut portal.db.admin().await,
            &OPEN
                .replace("create policy open on %s using (true) with check (true)", "drop policy if exists open on %s"),
        )
        .await;
    }
}

/// What a positive probe must notice: a right less than is granted.
async fn missed(of: (&str, &str), revoked: &str) {
    let portal = crate::writes::provisioned().await;
    run(
        &mut portal.db.admin().await,
        &format!("revoke {} from \"{}\"", revoked.replace("{c}", portal.control()), portal.role("ext/user")),
    )
    .await;
    let wrong = probed(&portal, Of::Writes, Some(of)).await.wrong;
    assert!(!wrong.is_empty(), "the mutant lives: no probe noticed");
}

#[tokio::test]
async fn a_column_less() {
    missed(("task", "create"), "insert (machine_id) on w.tasks").await;
    missed(("task", "update"), "update (amount) on w.tasks").await;
}

#[tokio::test]
async fn nobody_removes() {
    missed(("task", "delete"), "delete on w.tasks").await;
    missed(("doc", "delete"), "execute on all functions in schema \"{c}\"").await;
}

// Privileges of columns and tables.
mutants! {
    a_column_more_of_new_rows ("task", "create"): |state| give(state, "__ext__user", ("tasks", "unnamed"), Privilege::Insert);
    a_stamped_column_of_new_rows ("task", "create"): |state| give(state, "__ext__user", ("tasks", "contact_id"), Privilege::Insert);
    a_column_more_of_changed_rows ("task", "update"): |state| give(state, "__ext__tier", ("tasks", "secret"), Privilege::Update);
    the_tenant_column_of_changed_rows ("task", "update"): |state| give(state, "__ext__user", ("tasks", "account_id"), Privilege::Update);
    the_whole_table_of_changed_rows ("doc", "update"): |state| {
        let role = Grantee::Role(role_of(state, "__ext__user"));
        relation(state, "docs").acl.grant(role, Privilege::Update);
    };
}

// Row policies and their guards.
mutants! {
    any_new_row ("doc", "create"): |state| policies(state, "docs", "__create", |policy| policy.check = Some("true".to_owned()));
    no_new_row ("doc", "create"): |state| policies(state, "docs", "__create", |policy| policy.check = Some("false".to_owned()));
    new_rows_are_not_guarded ("doc", "create"): |state| relation(state, "docs").policies.retain(|name, _| !name.contains("__create_guard_"));
    any_row_before ("doc", "update"): |state| policies(state, "docs", "__change", |policy| policy.using = Some("true".to_owned()));
    // What the business makes of the row after the trigger has judged it is the policy's to see.
    any_row_after ("task", "update"): |state| policies(state, "tasks", "__change", |policy| policy.check = Some("true".to_owned()));
    changed_rows_are_not_guarded ("doc", "update"): |state| relation(state, "docs").policies.retain(|name, _| !name.contains("__change_guard_"));
    any_row_goes ("task", "delete"): |state| policies(state, "tasks", "__delete", |policy| policy.using = Some("true".to_owned()));
    in_any_state_it_goes ("task", "delete"): |state| reword(state, ("tasks", "__delete"), "\"stage\" = 'draft'::w.stage", "true");
    removed_rows_are_not_guarded ("task", "delete"): |state| relation(state, "tasks").policies.retain(|name, _| !name.contains("__delete_guard_"));
    a_policy_of_another_role ("doc", "update"): |state| {
        let reader = Grantee::Role(role_of(state, "__ext__reader"));
        policies(state, "docs", "__change_", |policy| policy.roles = BTreeSet::from([reader.clone()]));
    };
    no_row_security ("lead", "create"): |state| relation(state, "leads").row_security = false;
}

// The triggers and what they say.
mutants! {
    new_rows_are_not_looked_at ("note", "create"): |state| no_trigger(state, "notes", "__create");
    changed_rows_are_not_looked_at ("task", "update"): |state| no_trigger(state, "tasks", "__change");
    no_tenant_is_set ("task", "create"): |state| rewrite(state, "create_tasks", "NEW.\"account_id\" := ", "NEW.\"account_id\" := NEW.\"account_id\"; PERFORM ");
    no_owner_is_set ("doc", "create"): |state| rewrite(state, "create_docs", "NEW.\"contact_id\" := ", "NEW.\"contact_id\" := NEW.\"contact_id\"; PERFORM ");
    no_preset_is_set ("lead", "create"): |state| rewrite(state, "create_leads", "NEW.\"source\" := ", "PERFORM ");
    no_key_is_set ("note", "create"): |state| rewrite(state, "create_notes", "NEW.\"id\" := ", "PERFORM ");
    references_of_new_rows_lead_anywhere ("task", "create"): |state| rewrite(state, "create_tasks", "NOT EXISTS (SELECT FROM", "false AND NOT EXISTS (SELECT FROM");
    any_parent ("note", "create"): |state| {
        rewrite(state, "create_notes", "NOT EXISTS (SELECT FROM", "false AND NOT EXISTS (SELECT FROM");
        policies(state, "notes", "__create", |policy| policy.check = Some("true".to_owned()));
    };
    any_parent_of_lines ("line", "create"): |state| {
        any_parent_by_the_trigger(state);
        any_parent_by_the_check(state);
    };
    the_row_before_does_not_count ("task", "transition"): |state| rewrite(state, "change_tasks", ", OLD.\"contact_id\"", ", NEW.\"contact_id\"");
    a_reference_may_be_changed_to_anything ("task", "update"): |state| rewrite(state, "change_tasks", "NOT EXISTS (SELECT FROM", "false AND NOT EXISTS (SELECT FROM");
    any_move ("task", "transition"): |state| rewrite(state, "change_tasks", "coalesce((OLD.\"stage\"", "coalesce(true OR (OLD.\"stage\"");
    no_move ("task", "transition"): |state| rewrite(state, "change_tasks", "coalesce((OLD.\"stage\"", "coalesce(false AND (OLD.\"stage\"");
    a_move_sets_nothing ("task", "transition"): |state| rewrite(state, "change_tasks", "NEW.\"closed_at\" := ", "PERFORM ");
    to_anybody_at_all ("task", "assign"): |state| rewrite(state, "change_tasks", "p.keys ->> 'contact' =", "true OR p.keys ->> 'contact' =");
    to_another_tenant ("task", "assign"): |state| rewrite(state, "change_tasks", "p.tenant_key =", "p.tenant_key IS NOT NULL OR p.tenant_key =");
    to_no_member_of_staff ("task", "assign"): |state| rewrite(state, "change_tasks", "p.keys ->> 'employee' =", "true OR p.keys ->> 'employee' =");
    no_record ("doc", "update"): |state| no_trigger(state, "docs", "__audit_doc");
    no_record_of_what_is_removed ("note", "delete"): |state| no_trigger(state, "notes", "__audit_note");
}

// Soft deletion.
mutants! {
    colleagues_rows_are_marked ("doc", "delete"): |state| rewrite(state, "delete_doc", "\"contact_id\" =", "\"contact_id\" IS NOT NULL OR \"contact_id\" =");
    marked_again ("doc", "delete"): |state| rewrite(state, "delete_doc", "\"deleted_at\" IS NULL", "true");
    nothing_is_marked ("doc", "delete"): |state| rewrite(state, "delete_doc", "SET \"deleted_at\" = ", "SET \"deleted_at\" = NULL AND ");
    marked_as_whoever_calls ("doc", "delete"): |state| {
        let found = state.functions.iter_mut().find(|(name, _)| name.name == "delete_doc").expect("the function");
        found.1.security_definer = false;
    };
}

/// On the example, which shares.
async fn sharing_is_caught(change: impl FnOnce(&mut DatabaseState)) {
    let portal = example_with(change).await;
    let found = probed(&portal, Of::Writes, Some(("case", "share"))).await.wrong.into_iter().next();
    println!("killed by {found:?}");
    assert!(found.is_some(), "the mutant lives: no probe noticed");
}

#[tokio::test]
async fn sharing_any_row() {
    sharing_is_caught(|state| {
        rewrite(state, "share_case", "\"contact_id\" =", "\"contact_id\" IS NOT NULL OR \"contact_id\" =");
    })
    .await;
}

#[tokio::test]
async fn sharing_with_another_company() {
    sharing_is_caught(|state| {
        rewrite(state, "share_case", "p.tenant_key =", "p.tenant_key IS NOT NULL OR p.tenant_key =");
    })
    .await;
}

#[tokio::test]
async fn sharing_without_end() {
    sharing_is_caught(|state| rewrite(state, "share_case", "least(valid_for, ", "coalesce(valid_for, ")).await;
}
