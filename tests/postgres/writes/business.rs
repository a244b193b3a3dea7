//! What the business does itself, before, beside and after.

use super::{business, provisioned};
use crate::provisioned::{Provisioned, enforce, folder, model_of, rows, run};
use std::collections::BTreeSet;

/// Its own roles change what they like, and nothing of ours judges, stamps or records it.
#[tokio::test]
async fn roles_of_the_business_write_as_before() {
    let db = business().await;
    let app = db.role("app");
    let grants = format!(
        "create role {app} login; grant usage on schema w to {app}; grant all on all tables in schema w to {app};
         grant all on all sequences in schema w to {app}"
    );
    run(&mut db.admin().await, &grants).await;
    let portal = Provisioned::new(db, &folder("postgres/writes")).await;
    for mut connection in [portal.db.connect_as(&app).await, portal.db.admin().await] {
        let statements = "begin; update w.tasks set account_id = 3, contact_id = 31, stage = 'done', secret = 'z';
            insert into w.tasks (title, account_id, machine_id) values ('n', 2, 3); delete from w.lines; delete from w.notes;
            update w.docs set deleted_at = now(); insert into w.leads values (70, 'spam', 'mail'); delete from w.tasks where id = 1;
            update w.logs set day = '2026-01-11' where id = 2";
        run(&mut connection, statements).await;
        let found = rows(&mut connection, "select account_id, contact_id, stage from w.tasks group by 1, 2, 3").await;
        assert_eq!(found.unwrap(), ["2|31|done", "3|31|done"]);
        let refused = rows(&mut connection, "update w.tasks set title = 'stop'").await.unwrap_err();
        assert!(refused.to_string().contains("the business says no"), "{refused}");
        run(&mut connection, "rollback").await;
    }
}

/// Everything of ours that is about writing, by name. Shares end with their rows as long as somebody reads what is shared.
async fn of_ours(portal: &Provisioned) -> Vec<String> {
    let query = format!(
        "select 'trigger ' || tgname from pg_trigger where not tgisinternal and tgname like '%{project}\\_\\_%' and tgname not like '%\\_\\_forget\\_%'
         union all select 'function ' || proname from pg_proc where pronamespace = '{control}'::regnamespace
             and proname ~ '^(create_(tasks|notes|lines|docs|leads|logs)|change|delete|updatable)_'
         union all select 'policy ' || polname from pg_policy where polname ~ '__(create|change|delete)_'
         union all select 'may ' || privilege || ' ' || rolname from pg_roles r, pg_class c, unnest(array['INSERT', 'UPDATE', 'DELETE']) privilege
             where starts_with(rolname, '{project}__') and rolname <> '{project}__owner' and relnamespace = 'w'::regnamespace and relkind in ('r', 'p')
             and case privilege when 'DELETE' then has_table_privilege(r.oid, c.oid, privilege) else has_any_column_privilege(r.oid, c.oid, privilege) end
         union all select 'draws ' || rolname from pg_roles r where starts_with(rolname, '{project}__') and has_sequence_privilege(r.oid, 'w.tasks_id_seq', 'USAGE')
         union all select 'control ' || rolname from pg_roles r where has_schema_privilege(r.oid, '{control}', 'USAGE')
             and (starts_with(rolname, '{project}__ext') or starts_with(rolname, '{project}__int') or starts_with(rolname, '{project}__open'))",
        project = portal.db.project(),
        control = portal.control(),
    );
    rows(&mut portal.db.admin().await, &query).await.unwrap()
}

#[tokio::test]
async fn a_second_plan_is_empty_and_what_is_granted_no_more_is_gone() {
    let portal = provisioned().await;
    let mut admin = portal.db.admin().await;
    let url = portal.db.admin_url();
    assert_eq!(enforce(&mut admin, &url, &portal.model).await, 0);
    assert!(of_ours(&portal).await.len() > 40);
    let mut readers = portal.model.clone();
    readers.personas.values_mut().for_each(|persona| persona.writes.clear());
    assert!(enforce(&mut admin, &url, &readers).await > 0);
    assert_eq!(of_ours(&portal).await, [""; 0]);
    assert_eq!(enforce(&mut admin, &url, &readers).await, 0);
    assert!(enforce(&mut admin, &url, &portal.model).await > 0);
    assert_eq!(super::differences(&portal, usize::MAX).await, [""; 0]);
}

/// An administrator with the rights of the tables' owner and to create roles makes what a superuser makes.
#[tokio::test]
async fn an_administrator_who_is_no_superuser_lets_write_as_well() {
    let db = business().await;
    let (owner, dba) = (db.role("owner"), db.role("dba"));
    let hand_over = format!(
        "create role {owner}; create role {dba} login createrole; grant {owner} to {dba};
         grant create, temporary on database {database} to {dba}; alter schema w owner to {owner};
         do $$ declare t regclass; begin for t in select oid from pg_class where relnamespace = 'w'::regnamespace and relkind in ('r', 'p')
         loop execute format('alter table %s owner to {owner}', t); end loop; end $$;
         alter function w.count_task() owner to {owner}; alter function w.touch() owner to {owner}",
        database = db.project()
    );
    run(&mut db.admin().await, &hand_over).await;
    let model = model_of(&folder("postgres/writes"), db.project());
    let (mut connection, url) = (db.connect_as(&dba).await, db.url(&dba));
    assert!(enforce(&mut connection, &url, &model).await > 0);
    assert_eq!(enforce(&mut connection, &url, &model).await, 0);
    let lent = "select proname from pg_proc p, aclexplode(proacl) a where a.grantee = to_regrole(current_user)::oid";
    assert_eq!(rows(&mut connection, lent).await.unwrap(), [""; 0], "what was lent is given back");
    // A superuser finds nothing to do.
    let portal = Provisioned::new(db, &folder("postgres/writes")).await;
    let receipts = format!("select changes from \"{}\".receipt order by id desc limit 1", portal.control());
    let changes = rows(&mut portal.db.admin().await, &receipts).await.unwrap();
    assert!(changes.len() <= 1, "{changes:?}");
    assert_eq!(super::differences(&portal, usize::MAX).await, [""; 0]);
    let mut readers = portal.model.clone();
    readers.personas.values_mut().for_each(|persona| persona.writes.clear());
    assert!(enforce(&mut connection, &url, &readers).await > 0);
    assert_eq!(of_ours(&portal).await, [""; 0]);
}

/// What personas may call in the control schema, besides the context's own words and what became of their forms. Each
/// answers about who asks alone: keys of rows that its row policies show anyway, the deletion of what it may delete, to
/// whom it may hand over a row that is its to hand over, and what was done to rows that it sees.
const CALLABLE: [&str; 53] = [
    "activity ext__deny",
    "activity ext__has",
    "activity ext__lead",
    "activity ext__mfa",
    "activity ext__reader",
    "activity ext__shared",
    "activity ext__tier",
    "activity ext__time",
    "activity ext__tree",
    "activity ext__user",
    "assignees_task ext__lead",
    "assignees_task int__agent",
    "changes_doc ext__shared",
    "changes_doc ext__user",
    "changes_line ext__user",
    "changes_log ext__user",
    "changes_measure_of_the_pipes_that_are_delivered_by_tr_ ext__user",
    "changes_note ext__user",
    "changes_step ext__user",
    "changes_task ext__deny",
    "changes_task ext__has",
    "changes_task ext__lead",
    "changes_task ext__mfa",
    "changes_task ext__reader",
    "changes_task ext__tier",
    "changes_task ext__time",
    "changes_task ext__tree",
    "changes_task ext__user",
    "changes_task int__agent",
    "delete_doc ext__shared",
    "delete_doc ext__user",
    "has_machine ext__has",
    "owned_task ext__user",
    "possible_doc ext__shared",
    "possible_doc ext__user",
    "possible_line ext__user",
    "possible_log ext__user",
    "possible_measure_of_the_pipes_that_are_delivered_by_t_ ext__user",
    "possible_note ext__user",
    "possible_task ext__deny",
    "possible_task ext__has",
    "possible_task ext__lead",
    "possible_task ext__mfa",
    "possible_task ext__tier",
    "possible_task ext__time",
    "possible_task ext__tree",
    "possible_task ext__user",
    "possible_task int__agent",
    "readable_task ext__user",
    "reports_keys int__agent",
    "shared_doc ext__shared",
    "tenant_tree_keys ext__tree",
    "updatable_task ext__user",
];

/// Where that differs.
pub(super) async fn wrongly_callable(portal: &Provisioned) -> Vec<String> {
    let query = format!(
        "select distinct regexp_replace(p.proname, '_[0-9a-f]{{8}}$', '') || ' ' || replace(r.rolname, '{project}__', '')
         from pg_roles r, pg_proc p where p.pronamespace = '{control}'::regnamespace and has_function_privilege(r.oid, p.oid, 'EXECUTE')
         and r.rolname ~ '^{project}__(ext|int|open|gateway)' and p.proname not in
             ('context', 'ctx_now', 'ctx_today', 'mfa', 'present', 'tenant_key', 'tenant_kind', 'tier', 'user_key', 'user_keys',
              'submission_begin', 'submission_end')",
        project = portal.db.project(),
        control = portal.control(),
    );
    let found: BTreeSet<String> = rows(&mut portal.db.admin().await, &query).await.unwrap().into_iter().collect();
    found.symmetric_difference(&CALLABLE.map(str::to_owned).into()).cloned().collect()
}

#[tokio::test]
async fn who_writes_may_call_what_answers_about_oneself() {
    assert_eq!(wrongly_callable(&provisioned().await).await, [""; 0]);
}
