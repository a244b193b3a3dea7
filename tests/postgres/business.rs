//! The business must not notice: its application, its owner and the owner's dump give the same on a database with
//! portals as on one without. What differs is COPY FROM and the application's own dump, and the plan says so.

use crate::provision::world::World;
use crate::provisioned::{Rows, rows, run};
use portalctl::plan::Hazard;
use portalctl_test_support::TestDatabase;
use sqlx::PgConnection;

/// What both the application and the owner do all day, each in a transaction that is rolled back.
const WORK: &[&str] = &[
    "select c.status, count(*), sum(length(c.internal_notes)), min(c.id), max(c.id) from crm.cases c group by 1",
    "select a.id, a.name, count(o.id), sum(o.total - o.cost) from crm.accounts a left join crm.orders o on o.account_id = a.id group by 1, 2",
    "select number, account, assigned_to, priority from crm.open_cases",
    "select account_no, crm.open_balance(account_no) from crm.accounts where account_no is not null",
    "select * from crm.account_team",
    "select l.* from crm.order_lines l join crm.orders o on o.id = l.order_id where l.line_no > 2",
    "select id from crm.cases where status = 'new' order by id limit 20 for update skip locked",
    "select id, name from crm.accounts where id = 7 for no key update",
    "lock table crm.deals in share row exclusive mode; select count(*) from crm.deals",
    "update crm.cases set priority = 'urgent' where id % 7 = 0 returning id, number, internal_notes",
    "update crm.accounts set name = name || ' Ltd' where id < 20 returning id, name; select number, account from crm.open_cases",
    "update crm.orders set status = 'cancelled', total = 0 where status = 'draft' returning number",
    "with gone as (delete from crm.case_comments where visibility = 'internal' and case_id < 200 returning id) select count(*) from gone",
    "delete from crm.cases where id < 30 returning id; select count(*) from crm.case_comments; select count(*) from crm.case_watchers",
    "insert into crm.cases (account_id, contact_id, subject, description, category)
         select account_id, id, 'new one', 'text', 'Question' from crm.contacts where id < 12 returning id, number, status, priority;
     select count(*) from crm.cases",
    "insert into crm.case_watchers select c.id, c.contact_id from crm.cases c where c.id < 40 on conflict do nothing returning *",
    "insert into crm.case_watchers select c.id, c.contact_id from crm.cases c where c.id < 40
         on conflict (case_id, contact_id) do update set contact_id = excluded.contact_id returning case_id",
    "merge into crm.deals d using (select id from crm.deals where id % 5 = 0) x on x.id = d.id
         when matched and d.id % 2 = 0 then delete when matched then update set id = d.id; select count(*), sum(id) from crm.deals",
    "select crm.close_resolved_cases('infinity'); select status, count(*) from crm.cases group by 1",
    "declare c cursor for select id from crm.contacts order by id; fetch 30 from c; update crm.contacts set phone = 'x' where current of c; select count(*) from crm.contacts where phone = 'x'",
    "create temp table t as select * from crm.cases; select count(*), sum(id) from t",
    "prepare p (int) as select id, subject from crm.cases where account_id = $1; execute p (3); execute p (4)",
    "select count(*) from crm.cases tablesample system (100)",
    "select ctid is not null, tableoid::regclass, c from crm.bulletins c",
    "select nextval('crm.case_number'), currval('crm.case_number')",
];

/// What the business's own constraints refuse, with portals and without.
const REFUSED: &[&str] = &[
    "update crm.cases set account_id = -1 where id = 1",
    "insert into crm.cases (account_id, contact_id, subject, description, category) values (1, -1, 'x', 'x', 'Question')",
    "update crm.cases set priority = 'sky-high'",
];

/// What the owner alone may.
const OWNERS_WORK: &[&str] = &[
    "alter table crm.cases add column colour text default 'red'; select distinct colour from crm.cases",
    "create index on crm.cases (subject); select count(*) from pg_index where indrelid = 'crm.cases'::regclass",
    "alter table crm.cases alter column internal_notes type varchar(4000); select max(length(internal_notes)) from crm.cases",
    "truncate crm.order_lines, crm.orders, crm.invoices; select count(*) from crm.orders",
    "alter table crm.deals disable trigger user; update crm.deals set updated_at = '2000-01-01'; select count(*) from crm.deals where updated_at < '2001-01-01'",
    "create view crm.mine as select * from crm.cases; select count(*) from crm.mine",
    "create materialized view crm.kept as select account_id, count(*) as n from crm.cases group by 1; select sum(n) from crm.kept",
    "set local row_security to off; select count(*), sum(id) from crm.cases",
    "alter table crm.cases add constraint positive check (id > 0); select 1",
    "create table crm.more (id int primary key, case_id int references crm.cases); insert into crm.more values (1, 1); select * from crm.more",
];

async fn crm() -> (World, World) {
    let (without, with) = (World::acme().await, World::acme().await);
    let model = with.acme_model();
    with.apply(&model).await.expect("the example applies");
    (without, with)
}

/// The answer, or what PostgreSQL says in place of one.
async fn answer(connection: &mut PgConnection, role: &str, statements: &str) -> Result<Rows, String> {
    run(connection, &format!("begin; set local role {role}")).await;
    let answer = rows(connection, statements).await.map_err(|error| error.to_string());
    run(connection, "rollback").await;
    answer
}

async fn compare(role: &str, login: &str, work: &[&str], (without, with): (&TestDatabase, &TestDatabase)) {
    let (mut before, mut after) = (without.connect_as(login).await, with.connect_as(login).await);
    for statements in work {
        let expected = answer(&mut before, role, statements).await;
        let rows = expected.as_ref().unwrap_or_else(|error| panic!("as {role}: {statements}: {error}"));
        assert!(!rows.is_empty(), "{statements} shows nothing");
        assert_eq!(answer(&mut after, role, statements).await, expected, "as {role}: {statements}");
    }
    for statement in REFUSED {
        let expected = answer(&mut before, role, statement).await.expect_err(statement);
        assert_eq!(answer(&mut after, role, statement).await, Err(expected), "as {role}: {statement}");
    }
}

#[tokio::test]
async fn the_application_and_the_owner_work_as_before() {
    let (without, with) = crm().await;
    let databases = (&without.db, &with.db);
    compare("crm_app", "crm_app", WORK, databases).await;
    compare("crm_owner", "postgres", WORK, databases).await;
    compare("crm_owner", "postgres", OWNERS_WORK, databases).await;
}

pub(crate) fn dump(db: &TestDatabase, arguments: &[&str]) -> Result<String, String> {
    let mut command = db.client("pg_dump");
    let output = command.arg("--no-comments").args(arguments).output().expect("pg_dump runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    if !output.status.success() {
        return Err(text(output.stderr));
    }
    // A key of its own for every dump, which psql takes, and what `--enable-row-security` says of itself.
    let is_data = |line: &&str| !line.contains("restrict ") && !line.starts_with("SET row_security =");
    Ok(text(output.stdout).lines().filter(is_data).map(|line| format!("{line}\n")).collect())
}

fn first_difference<'a>(one: &'a str, other: &'a str) -> Option<(&'a str, &'a str)> {
    let (mut one, mut other) = (one.lines(), other.lines());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (left, right) if left != right => return Some((left.unwrap_or("its end"), right.unwrap_or("its end"))),
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_owners_dump_is_the_same() {
    let (without, with) = crm().await;
    let (before, after) = (
        dump(&without.db, &["--schema=crm", "--role=crm_owner", "--data-only"]),
        dump(&with.db, &["--schema=crm", "--role=crm_owner", "--data-only"]),
    );
    let before = before.expect("the owner dumps");
    assert!(before.len() > 1_000_000, "{}", before.len());
    assert_eq!(first_difference(&before, &after.expect("the owner still dumps")), None);

    let schema = |db: &TestDatabase| {
        dump(db, &["--schema=crm", "--role=crm_owner", "--schema-only"]).expect("the owner dumps the schema")
    };
    let (before, after) = (schema(&without.db), schema(&with.db));
    let ours = format!("{}__", with.db.project());
    let added: Vec<&str> = after.lines().filter(|line| !before.lines().any(|other| other == *line)).collect();
    for line in &added {
        let is_ours =
            line.contains(&ours) || line.ends_with("ENABLE ROW LEVEL SECURITY;") || line.starts_with("-- Name: ");
        assert!(is_ours, "{line}");
    }
    let gone: Vec<&str> = before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect();
    assert_eq!(gone, [""; 0]);
}

/// Row security refuses COPY FROM, and pg_dump without `--enable-row-security`, to whoever is not the owner.
#[tokio::test]
async fn what_the_application_can_no_longer_do_is_named_beforehand() {
    let (without, with) = (World::acme().await, World::acme().await);
    let model = with.acme_model();
    let plan = with.plan(&model).await.expect("a plan");
    let named = |hazard: &Hazard| *hazard == Hazard::LocksOut("crm_app".into());
    assert!(plan.changes.iter().any(|change| change.hazards.iter().any(named)));
    assert!(plan.to_text().contains("locks-out=crm_app"), "{}", plan.to_text());
    with.apply_plan(&model, &plan).await.expect("the plan applies");

    let copy = "copy crm.cases from stdin";
    let mut before = without.db.connect_as("crm_app").await;
    before.copy_in_raw(copy).await.expect("without portals it may").finish().await.expect("nothing to copy");
    let refused = with.db.connect_as("crm_app").await.copy_in_raw(copy).await.err().expect("with portals it may not");
    assert!(refused.to_string().contains("COPY FROM not supported with row-level security"), "{refused}");
    let mut owner = with.db.admin().await;
    run(&mut owner, "set role crm_owner").await;
    owner.copy_in_raw(copy).await.expect("the owner may").finish().await.expect("nothing to copy");

    assert!(dump(&without.db, &["--table=crm.orders", "--role=crm_app", "--data-only"]).is_ok());
    let refused = dump(&with.db, &["--table=crm.orders", "--role=crm_app", "--data-only"])
        .expect_err("the application's own dump");
    assert!(refused.contains("row-level security"), "{refused}");
    let whole = dump(&without.db, &["--table=crm.orders", "--role=crm_owner", "--data-only", "--inserts"])
        .expect("the owner dumps");
    let as_advised =
        dump(&with.db, &["--table=crm.orders", "--role=crm_app", "--data-only", "--inserts", "--enable-row-security"]);
    assert_eq!(first_difference(&whole, &as_advised.expect("the dump that the advice names")), None);
}
