//! `retention`: what is old goes, and nothing else does.

use crate::provision::{SPEC, World};
use crate::run::ended;

/// Cases with a hold, texts that may not be empty, and what hangs on them.
const MORE: &str = "
    alter table crm.cases add legal_hold boolean default false, add contact_name text not null default 'Ann',
      add contact_email text default 'ann@example.com';
    alter table crm.comments drop constraint comments_case_id_fkey,
      add foreign key (case_id) references crm.cases on delete cascade;
    create table crm.journal (id int primary key, note text);
    insert into crm.journal select n, 'note' from generate_series(1, 50) n;
    -- Ten cases each: old, old and held, old and of unknown hold, without a date, young.
    update crm.cases set created_at = case when id <= 30 then now() - interval '2 years 1 day' when id <= 40 then null else now() end,
      legal_hold = case when id between 11 and 20 then true when id between 21 and 30 then null else false end;";

fn spec(retention: &str) -> String {
    let fields = "created_at: timestamp, legal_hold: boolean, contact_name: {type: text, class: personal}, \
        contact_email: {type: email, class: personal}}";
    SPEC.replacen("created_at: timestamp}", &format!("{fields}\nretention: {retention}"), 1)
}

async fn world(retention: &str) -> World {
    let world = World::new().await;
    world.sql(MORE).await;
    world.write(&spec(retention));
    ended(world.apply().output().unwrap()).expect(0);
    world
}

const ALL: &str = "concat_ws('|', (select count(*) from crm.cases), (select count(*) from crm.comments), \
    (select count(*) from crm.accounts), (select count(*) from crm.contacts), (select count(*) from crm.journal))";

#[tokio::test]
async fn old_rows_go_and_held_unknown_undated_and_young_ones_stay() {
    let world = world("{after: 2y, then: delete, unless: legal_hold}").await;
    // What was noted and given of a row goes with it; of others it stays.
    let noted = "insert into {p}_portal.audit_event (actor, action, subject, object, row_key, before, after) \
        select 'a', 'row.update', 'case', 'case', array[n::text], '{\"contact_name\": \"Ann\"}', null from generate_series(9, 12) n;
        insert into {p}_portal.share (object, row_key, tenant_kind, tenant_key) select 'case', array[n::text], '', '2' from generate_series(9, 12) n";
    world.sql(noted).await;
    let before = world.one(&format!("select {ALL}")).await;
    assert_eq!(before, "200|400|20|20|50");
    let listed = world.run(&["retention", "list"]).expect(0).stdout;
    assert_eq!(listed, "OBJECT  AFTER  FROM        THEN    DUE  HELD\ncase    2y     created_at  delete  10   20\n");
    let json = world.run(&["retention", "run", "--dry-run", "--format", "json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["retention"][0]["due"], &json["retention"][0]["held"]), (&10.into(), &20.into()));
    let alone = world.run(&["retention", "run"]).expect(4);
    assert!(alone.stderr.contains("--yes"), "{}", alone.stderr);
    assert_eq!(world.one(&format!("select {ALL}")).await, before, "looking and asking change nothing");

    let ran = world.run(&["retention", "run", "--yes"]).expect(0);
    assert!(ran.stderr.contains("deleted: 10 rows of `case`"), "{}", ran.stderr);
    assert_eq!(world.one(&format!("select {ALL}")).await, "190|380|20|20|50");
    assert_eq!(world.one("select min(id) from crm.cases").await, "11");
    assert_eq!(
        world.one("select string_agg(row_key[1] || coalesce(before::text, '-') || coalesce(after::text, '-'), ' ' order by id) \
            from {p}_portal.audit_event where object = 'case' and action = 'row.update'").await,
        "9{}- 10{}- 11{\"contact_name\": \"Ann\"}- 12{\"contact_name\": \"Ann\"}-"
    );
    assert_eq!(world.one("select string_agg(row_key[1], ' ' order by row_key) from {p}_portal.share").await, "11 12");
    let event =
        "select string_agg(subject || detail, ' ') from {p}_portal.audit_event where action = 'retention.delete'";
    assert_eq!(world.one(event).await, "case{\"rows\": 10, \"after\": \"2y\", \"fields\": []}");
    let again = world.run(&["retention", "run", "--yes"]).expect(0);
    assert!(!again.stderr.contains("deleted"), "{}", again.stderr);
}

#[tokio::test]
async fn names_go_and_the_rows_stay() {
    let world =
        world("{after: 18mo, then: anonymise, fields: [contact_name, contact_email, description], unless: legal_hold}")
            .await;
    let seen = "select string_agg(distinct concat_ws('|', coalesce(contact_name, '-'), coalesce(contact_email, '-'), \
        coalesce(description, '-'), subject is null), ' ') from crm.cases where id between ";
    world.run(&["retention", "run", "case", "--yes"]).expect(0);
    assert_eq!(world.one(&format!("{seen} 1 and 10")).await, "(anonymised)|-|-|f");
    assert_eq!(world.one(&format!("{seen} 11 and 200")).await, "Ann|ann@example.com|text|f");
    assert_eq!(world.one(&format!("select {ALL}")).await, "200|400|20|20|50");
    let listed = world.run(&["retention", "list"]).expect(0).stdout;
    assert!(listed.contains("anonymise  0    20"), "what is done is not due again: {listed}");
    world.sql("update crm.cases set contact_email = 'back@example.com' where id = 3").await;
    assert!(world.run(&["retention", "list"]).expect(0).stdout.contains("anonymise  1    20"));
    let unknown = world.run(&["retention", "run", "journal"]).expect(2);
    assert!(unknown.stderr.contains("there is no object `journal`"), "{}", unknown.stderr);
    let forever = world.run(&["retention", "run", "comment"]).expect(2);
    assert!(forever.stderr.contains("kept for ever"), "{}", forever.stderr);
}

/// The operator holds no privilege beyond the project's tables, nor there more than a retention needs; and a foreign key that
/// would take along another table's rows stops everything.
#[tokio::test]
async fn nothing_beyond_the_projects_tables_is_reached() {
    let world = world("{after: 2y, then: delete, unless: legal_hold}").await;
    let may = "select string_agg(concat_ws(' ', c.relname, p.privilege), ', ' order by c.relname, p.privilege) from pg_class c \
        join pg_namespace n on n.oid = c.relnamespace, unnest(array['INSERT','UPDATE','DELETE','TRUNCATE']) p (privilege) \
        where n.nspname = 'crm' and c.relkind = 'r' and (has_table_privilege('{p}__operator', c.oid, p.privilege) \
        or (p.privilege in ('INSERT','UPDATE') and has_any_column_privilege('{p}__operator', c.oid, p.privilege)))";
    assert_eq!(world.one(may).await, "cases DELETE");
    world
        .sql(
            "create table crm.invoices (id int primary key, case_id int references crm.cases on delete cascade);
        insert into crm.invoices select n, n from generate_series(1, 30) n",
        )
        .await;
    let refused = world.run(&["retention", "run", "--yes"]).expect(4);
    assert!(refused.stderr.contains("rows of `crm.invoices`, a table that no document names"), "{}", refused.stderr);
    // A foreign key that lets nothing go stops the batch, whole.
    world.sql("alter table crm.invoices drop constraint invoices_case_id_fkey, add foreign key (case_id) references crm.cases").await;
    let refused = world.run(&["retention", "run", "--yes"]).expect(3);
    assert!(refused.stderr.contains("invoices"), "{}", refused.stderr);
    assert_eq!(
        world.one(&format!("select {ALL} || '|' || (select count(*) from crm.invoices)")).await,
        "200|400|20|20|50|30"
    );

    // Without the retention the privilege goes as well.
    world.write(SPEC);
    ended(world.apply().output().unwrap()).expect(0);
    assert_eq!(world.one(may).await, "");
}

/// What waits for another system is a copy of what is to go.
#[tokio::test]
async fn what_waits_to_be_sent_tells_no_more_than_what_is_left() {
    let waiting = "select string_agg(concat_ws(' ', action, row_key[1], coalesce(before::text, '-'), coalesce(after::text, '-')), '; ' order by id) from {p}_portal.outbox where row_key[1] in ('1', '41')";
    for (retention, deletes) in [
        ("{after: 2y, then: delete, unless: legal_hold}", true),
        ("{after: 2y, then: anonymise, fields: [contact_name, contact_email], unless: legal_hold}", false),
    ] {
        let world = World::new().await;
        world.sql(MORE).await;
        let spec = spec(retention).replacen("\nretention:", "\nsource: {system: erp, write_back: true}\nretention:", 1);
        let spec = spec.replacen("status, created_at]}", "status, created_at], update: [subject]}", 1);
        world.write(&spec.replacen("kind: portal\nname: support\n", "kind: portal\nname: support\nintegrations: {erp: {kind: outbox, url_env: ERP_URL, secret_env: ERP_SECRET}}\n", 1));
        ended(world.apply().output().unwrap()).expect(0);
        let earlier = "insert into {p}_portal.outbox (at, system, object, row_key, action, before, after, actor, tenant_kind, tenant_key, state)
            values (now() - interval '1 day', 'erp', 'case', '{1}', 'update', '{\"subject\": \"x\", \"contact_name\": \"Ann\"}', '{\"subject\": \"y\", \"contact_name\": \"Ann\"}', 'a', '', '1', 'failed'),
                (now() - interval '1 day', 'erp', 'case', '{41}', 'update', null, '{\"contact_name\": \"Ann\"}', 'a', '', '1', 'failed')";
        world.sql(earlier).await;
        world.run(&["retention", "run", "--yes"]).expect(0);
        let told = world.one(waiting).await;
        let entries: Vec<&str> = told.split("; ").collect();
        if deletes {
            assert_eq!(told, "update 41 - {\"contact_name\": \"Ann\"}; delete 1 - -");
        } else {
            assert_eq!(entries[0], "update 1 {\"subject\": \"x\"} {\"subject\": \"y\"}", "{told}");
            let sent =
                entries.iter().find(|entry| entry.contains("(anonymised)")).expect("that they are anonymous is sent");
            assert!(!sent.contains("Ann") && !sent.contains("ann@example.com"), "{sent}");
        }
    }
}
