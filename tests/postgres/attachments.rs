//! Files of rows are those of whoever sees the row, under a name that nobody chooses; whatever statement somebody sends.

use crate::activity::{ADMIN, Lines, OTHER_ADMIN, Told};
use sqlx::AssertSqlSafe;

const SHA: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Told {
    fn attach(&self, name: &str, media_type: &str, bytes: u64) -> String {
        let case = &self.case;
        format!(
            "select * from {{p}}_portal.attach_case(array['{case}'], '{name}', '{media_type}', {bytes}, '{SHA}', 'unscanned')"
        )
    }

    /// A file of the case, added by an administrator of its company: its id.
    async fn attached(&self) -> String {
        let made = self.ask(ADMIN, &self.attach("pump.pdf", "application/pdf", 1000)).await.unwrap();
        assert_eq!(made.len(), 1, "{made:?}");
        self.world.one("select id from {p}_portal.attachment order by at desc limit 1").await
    }

    fn list(&self) -> String {
        format!("select * from {{p}}_portal.attachments_case(array['{}'], null)", self.case)
    }

    fn detach(&self, id: &str) -> String {
        format!("select {{p}}_portal.detach_case(array['{}'], '{id}')", self.case)
    }

    async fn listed(&self, email: &str) -> Lines {
        self.ask(email, &self.list()).await.unwrap()
    }

    async fn count(&self) -> String {
        self.world.one("select count(*) from {p}_portal.attachment").await
    }

    /// Somebody of the same company who is no administrator, and neither the case's reporter nor in copy of it.
    async fn colleague(&self) -> String {
        self.world
            .one(&format!(
                "select c.email from crm.contacts c join crm.contacts a on a.account_id = c.account_id and a.email = '{ADMIN}' \
                 where c.id <> a.id order by c.id limit 1"
            ))
            .await
    }

    async fn as_user(&self, email: &str, question: &str) -> Lines {
        self.ask_as("support/customer_user", email, question).await.unwrap()
    }
}

/// The constraint that stood in the way.
fn refused(result: Result<Lines, sqlx::Error>) -> String {
    let error = result.unwrap_err();
    error.as_database_error().and_then(|error| error.constraint()).map_or_else(|| error.to_string(), str::to_owned)
}

#[tokio::test]
async fn a_file_is_seen_by_who_may_download_and_by_nobody_else() {
    let told = Told::new().await;
    told.attached().await;
    let [file] = &told.listed(ADMIN).await[..] else { panic!("one file") };
    assert!(file.contains(r#""name": "pump.pdf""#) && file.contains(r#""mine": true"#), "{file}");
    assert!(!file.contains('@'), "{file}");
    assert_eq!(told.listed(OTHER_ADMIN).await, Lines::new());
    let colleague = told.colleague().await;
    assert_eq!(told.as_user(&colleague, &told.list()).await, Lines::new(), "a case that is not their own");
    // Without the question whose row it is.
    told.break_function("attachments_case", "hit.every OR hit.own, false", "true, true").await;
    told.break_function("attachments_case", "(hit.every OR", "(true OR").await;
    assert_eq!(told.listed(OTHER_ADMIN).await.len(), 1);
    assert_eq!(told.as_user(&colleague, &told.list()).await.len(), 1);
}

#[tokio::test]
async fn the_tables_are_nobodys() {
    let told = Told::new().await;
    for statement in [
        "select * from {p}_portal.attachment",
        "select * from {p}_portal.attachment_remains",
        "select {p}_portal.attachments_lost(true)",
        "select {p}_portal.attachment_remains(10)",
        "select {p}_portal.attachment_removed(array['x'])",
    ] {
        let refused = told.ask(ADMIN, statement).await;
        assert!(refused.map_or(true, |lines| lines.is_empty()), "{statement}");
    }
    let held = "select count(*) from pg_roles r, unnest(array['attachment', 'attachment_remains', 'audit_event']) as t (name), \
                unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as p (name) \
                where r.rolname ~ '^{p}__(support|partners|gateway|issuer|operator)' \
                and has_table_privilege(r.oid, format('{p}_portal.%I', t.name), p.name)";
    assert_eq!(told.world.one(held).await, "0");
}

#[tokio::test]
async fn nobody_adds_a_file_to_a_row_that_is_not_theirs_to_add_to() {
    let told = Told::new().await;
    let pdf = told.attach("x.pdf", "application/pdf", 10);
    assert_eq!(told.ask(OTHER_ADMIN, &pdf).await.unwrap(), Lines::new());
    assert_eq!(told.as_user(&told.colleague().await, &pdf).await, Lines::new());
    // Its own company's, but closed: `where` counts.
    told.world
        .run(&format!("update crm.cases set status = 'closed', closed_at = now() where id = {}", told.case))
        .await;
    assert_eq!(told.ask(ADMIN, &pdf).await.unwrap(), Lines::new());
    assert_eq!(told.count().await, "0");
    told.break_function("attach_case", "IF NOT coalesce(hit.own, false) OR", "IF").await;
    assert!(!told.ask(OTHER_ADMIN, &pdf).await.unwrap().is_empty(), "without the question, they do");
}

#[tokio::test]
async fn what_is_added_keeps_to_the_objects_limits() {
    let limits = "max_bytes: 1MiB, max_files: 3, max_tenant_bytes: 2MiB";
    let told = Told::that(&[("max_bytes: 10MiB, max_files: 20", limits)]).await;
    let mib = 1 << 20;
    for (name, media_type, bytes, wrong) in [
        ("x.html", "text/html", 10, "attachment_type"),
        ("x.svg", "imagex/svg", 10, "attachment_type"),
        ("x.pdf", "application/pdf", mib + 1, "attachment_size"),
        ("x.pdf", "application/pdf", 0, "attachment_bytes_check"),
        ("", "application/pdf", 1, "attachment_name_check"),
        ("../x.pdf", "application/pdf", 1, "attachment_name_check"),
        ("x\u{202e}fdp.exe", "application/pdf", 1, "attachment_name_check"),
        ("x\ny", "application/pdf", 1, "attachment_name_check"),
    ] {
        let found = refused(told.ask(ADMIN, &told.attach(name, media_type, bytes)).await);
        assert_eq!(found, wrong, "{name:?} {media_type} {bytes}");
    }
    for _ in 0..2 {
        told.ask(ADMIN, &told.attach("x.pdf", "application/pdf", mib)).await.unwrap();
    }
    assert_eq!(refused(told.ask(ADMIN, &told.attach("x.pdf", "application/pdf", 1)).await), "attachment_total");
    told.world.run("update {p}_portal.attachment set bytes = 1").await;
    told.ask(ADMIN, &told.attach("x.pdf", "application/pdf", 1)).await.unwrap();
    assert_eq!(refused(told.ask(ADMIN, &told.attach("x.pdf", "application/pdf", 1)).await), "attachment_count");
    let names =
        "select count(distinct storage) || ' ' || bool_and(storage ~ '^[0-9a-f]{64}$') from {p}_portal.attachment";
    assert_eq!(told.world.one(names).await, "3 true");
}

#[tokio::test]
async fn one_takes_away_ones_own_and_nobody_elses() {
    const NO: [&str; 1] = [r#"{"detach_case": false}"#];
    const YES: [&str; 1] = [r#"{"detach_case": true}"#];
    let told = Told::new().await;
    let id = told.attached().await;
    let detach = told.detach(&id);
    assert_eq!(told.ask(OTHER_ADMIN, &detach).await.unwrap(), NO);
    // Of the same company, and may attach here: but it is another's file.
    let uploader = told.world.one("select uploaded_by from {p}_portal.attachment").await;
    told.world.run("update {p}_portal.attachment set uploaded_by = 'somebody else'").await;
    assert_eq!(told.ask(ADMIN, &detach).await.unwrap(), NO);
    assert!(told.listed(ADMIN).await.concat().contains(r#""mine": false"#));
    told.world.run(&format!("update {{p}}_portal.attachment set uploaded_by = '{uploader}'")).await;
    assert_eq!(told.ask(ADMIN, &detach).await.unwrap(), YES);
    assert_eq!(told.count().await, "0");
    assert_eq!(told.world.one("select count(*) from {p}_portal.attachment_remains").await, "1");
    assert_eq!(told.ask(ADMIN, &detach).await.unwrap(), NO);
    // Without the question whose file it is, anybody's goes.
    let detach = told.detach(&told.attached().await);
    told.world.run("update {p}_portal.attachment set uploaded_by = 'somebody else'").await;
    told.break_function("detach_case", "AND a.uploaded_by = me", "").await;
    assert_eq!(told.ask(ADMIN, &detach).await.unwrap(), YES);
}

#[tokio::test]
async fn who_may_only_add_sees_what_they_added_and_no_more() {
    let both = "    download:\n      - {scope: own, where: {company: $tenant}}\n      - {scope: shared, where: {company: $tenant}}\n";
    let told = Told::that(&[("    download: tenant\n", ""), (both, "")]).await;
    told.attached().await;
    assert_eq!(told.listed(ADMIN).await.len(), 1);
    assert_eq!(told.changes(ADMIN).await.len(), 2, "and the history tells of no files");
    assert_eq!(told.activity(ADMIN).await.len(), 2);
    told.world.run("update {p}_portal.attachment set uploaded_by = 'somebody else'").await;
    assert_eq!(told.listed(ADMIN).await, Lines::new());
    told.break_function("attachments_case", "AND (hit.every OR (me <> '' AND a.uploaded_by = me))", "").await;
    assert_eq!(told.listed(ADMIN).await.len(), 1, "without the question whose file it is");
    told.break_function("changes_case", "'row.attach', 'row.detach'", "'row.neither'").await;
    assert_eq!(told.changes(ADMIN).await.len(), 3, "without the question whose files are seen");
}

#[tokio::test]
async fn a_row_that_changes_hands_takes_no_file_along_and_leaves_none() {
    let told = Told::new().await;
    let detach = told.detach(&told.attached().await);
    told.give_away().await;
    for email in [ADMIN, OTHER_ADMIN] {
        assert_eq!(told.listed(email).await, Lines::new(), "{email}");
        assert_eq!(told.ask(email, &detach).await.unwrap(), [r#"{"detach_case": false}"#]);
    }
    told.break_function("attachments_case", "hit.tenants @> jsonb_build_array(x.value)", "true").await;
    assert_eq!(told.listed(OTHER_ADMIN).await, Lines::new(), "the file is not of their company either");
    told.break_function("attachments_case", "(NOT mine_now OR", "(true OR").await;
    assert_eq!(told.listed(OTHER_ADMIN).await.len(), 1);
}

#[tokio::test]
async fn a_row_in_the_bin_hides_its_files() {
    let told = Told::new().await;
    told.attached().await;
    told.hide().await;
    assert_eq!(told.listed(ADMIN).await, Lines::new());
    assert_eq!(told.count().await, "1");
}

#[tokio::test]
async fn files_are_in_the_history_of_who_sees_them() {
    let told = Told::new().await;
    let id = told.attached().await;
    told.ask(ADMIN, &told.detach(&id)).await.unwrap();
    for lines in told.both(ADMIN).await {
        assert_eq!(lines.len(), 4, "{lines:#?}");
        assert!(lines[0].contains(r#""what": "detach""#) && lines[1].contains(r#""what": "attach""#), "{lines:#?}");
        assert!(!lines.concat().contains("pump.pdf"));
    }
    let written = "select action || ' ' || (detail ->> 'name') || ' ' || (detail ->> 'bytes') || ' ' || tenant_kind \
                   from {p}_portal.audit_event where action = 'row.attach'";
    assert_eq!(told.world.one(written).await, "row.attach pump.pdf 1000 customer");
}

#[tokio::test]
async fn rows_that_are_gone_leave_no_files() {
    let told = Told::new().await;
    told.attached().await;
    let lost = async |really: bool| told.world.one(&format!("select {{p}}_portal.attachments_lost({really})")).await;
    assert_eq!(lost(false).await, "0");
    told.world.run(&format!("delete from crm.cases where id = {}", told.case)).await;
    assert_eq!((lost(false).await, told.count().await), ("1".to_owned(), "1".to_owned()));
    assert_eq!((lost(true).await, told.count().await), ("1".to_owned(), "0".to_owned()));
    assert_eq!(told.world.one("select count(*) from {p}_portal.attachment_remains").await, "1");
}

#[tokio::test]
async fn the_wall_stands_where_the_tenant_is_another_rows() {
    let tenant = "tenant: {via: case_id, object: case}\n";
    let create = "    create: {scope: parent, fields: [body], preset: {visibility: public}}\n";
    let parent = "{scope: parent, where: {visibility: public}}";
    let told = Told::that(&[
        (tenant, &format!("{tenant}attachments: {{types: [image/*]}}\n")),
        (create, &format!("{create}    download: {parent}\n    attach: {parent}\n")),
    ])
    .await;
    told.world
        .run(&format!(
            "insert into crm.case_comments (case_id, author_contact_id, author_name, body, visibility) \
             select {}, id, 'x', 'y', 'public' from crm.contacts where email = '{ADMIN}'",
            told.case
        ))
        .await;
    let comment = told.world.one("select max(id) from crm.case_comments").await;
    let attach = format!(
        "select * from {{p}}_portal.attach_case_comment(array['{comment}'], 'x.png', 'image/png', 5, '{SHA}', 'clean')"
    );
    assert_eq!(told.ask(ADMIN, &attach).await.unwrap().len(), 1);
    assert_eq!(told.ask(OTHER_ADMIN, &attach).await.unwrap().len(), 0);
    let account = format!("select account_id from crm.cases where id = {}", told.case);
    let tenants = "select tenants -> 0 ->> 'key' from {p}_portal.attachment";
    assert_eq!(told.world.one(tenants).await, told.world.one(&account).await);
    let list = format!("select * from {{p}}_portal.attachments_case_comment(array['{comment}'], null)");
    assert_eq!(told.ask(ADMIN, &list).await.unwrap().len(), 1);
    told.give_away().await;
    for email in [ADMIN, OTHER_ADMIN] {
        assert_eq!(told.ask(email, &list).await.unwrap(), Lines::new(), "{email}");
    }
}

#[tokio::test]
async fn a_role_without_a_context_adds_and_sees_nothing() {
    let told = Told::new().await;
    told.attached().await;
    let mut connection = told.world.db.admin().await;
    // As whoever finds a hole in a page may take it.
    let text = format!(
        "begin; set local role \"{{p}}__support__customer_admin\"; {}; {}; rollback",
        told.attach("x.pdf", "application/pdf", 5),
        told.list()
    );
    let done = sqlx::raw_sql(AssertSqlSafe(told.world.text(&text))).execute(&mut connection).await.unwrap();
    assert_eq!(done.rows_affected(), 0);
}
