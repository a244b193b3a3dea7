//! A spec that changes, and the database that follows.

use super::world::{SPEC, World};
use portalctl::model::AccessModel;
use portalctl::plan::{AccessClass, Plan};

/// Applies, and shows that nothing is left to do.
async fn settle(world: &World, model: &AccessModel) -> Plan {
    let plan = world.plan(model).await.unwrap();
    world.apply_plan(model, &plan).await.unwrap();
    let again = world.plan(model).await.unwrap();
    assert!(again.changes.is_empty(), "{}", again.to_text());
    plan
}

fn access(plan: &Plan) -> Vec<String> {
    let line = |change: &portalctl::plan::AccessChange| {
        let sign = match change.class {
            AccessClass::Widen => '+',
            AccessClass::Narrow => '-',
            AccessClass::Incomparable | AccessClass::Neutral => '~',
        };
        format!("{sign} {} {} {}", change.persona, change.object, change.field.as_deref().unwrap_or("rows"))
    };
    plan.access.iter().map(line).collect()
}

fn hazards(plan: &Plan) -> Vec<String> {
    plan.hazards().into_keys().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_field_more_and_a_field_less() {
    let world = World::small().await;
    settle(&world, &world.model(SPEC)).await;
    let changed = SPEC.replace("[number, subject, priority, status, created_at]", "[number, subject, description]");
    let plan = settle(&world, &world.model(&changed)).await;
    assert_eq!(
        access(&plan),
        [
            "+ support/customer case description",
            "- support/customer case created_at",
            "- support/customer case priority",
            "- support/customer case status"
        ]
    );
    // `customer` comes to read what `office` reads, so from now on the two share one row policy.
    assert_eq!(hazards(&plan), ["widens", "narrows", "locks-table"]);
    let cause = plan.access[0].line.unwrap();
    let text = world.text(&changed);
    assert!(text.lines().nth(cause - 1).unwrap().contains("case: {read: [number, subject, description]}"));
}

#[tokio::test]
async fn other_rows_are_told_from_other_columns() {
    let world = World::small().await;
    settle(&world, &world.model(SPEC)).await;
    let own = "case: {read: {scope: own, fields: [number, subject, priority, status, created_at]}}";
    let narrower = SPEC.replace("case: {read: [number, subject, priority, status, created_at]}", own);
    let plan = settle(&world, &world.model(&narrower)).await;
    // Comments show where their case does, by a function of the same name with another body.
    let told = access(&plan);
    assert!(told.contains(&"~ support/customer case rows".to_owned()), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("office")), "{told:?}");
}

#[tokio::test]
async fn an_audience_that_comes_changes_nothing_for_the_others() {
    let world = World::small().await;
    settle(&world, &world.model(SPEC)).await;
    let more = world.text(SPEC) + "  clerk:\n    grants:\n      case: {read: [number]}\n";
    let plan = settle(&world, &world.model(&more)).await;
    assert_eq!(access(&plan), ["+ support/clerk case id", "+ support/clerk case number"]);
    assert_eq!(hazards(&plan), ["widens", "narrows", "locks-table"]);
    let plan = settle(&world, &world.model(SPEC)).await;
    assert_eq!(access(&plan).len(), 2);
    assert_eq!(world.one("select count(*) from pg_roles where rolname = '{p}__support__clerk'").await, "0");
}

#[tokio::test]
async fn tenants_and_people_of_documents_are_copied_and_follow() {
    let world = World::small().await;
    let with = |documents: &str| world.model(&format!("{}---\n{documents}", world.text(SPEC)));
    let documents = "kind: tenant\nname: globex\ntitle: \"Globex's \\\\ \\\"finest\\\"\"\nkey: \"900\"\nmembers:\n  \
        - {email: Ann@globex.example, audience: support/customer, keys: {contact: \"7\"}}\n---\n\
        kind: tenant\nname: initech\ntitle: Initech\nkey: \"901\"\n";
    let plan = settle(&world, &with(documents)).await;
    assert!(plan.to_text().contains("2 tenants of documents"), "{}", plan.to_text());
    let rows =
        "select string_agg(concat_ws('|', t.name, t.title, t.key, u.email, m.keys->>'contact'), E'\\n' order by t.key)
        from {p}_portal.tenant t left join {p}_portal.membership m on m.tenant_key = t.key
        left join {p}_portal.app_user u on u.id = m.user_id";
    let globex = "globex|Globex's \\ \"finest\"|900|ann@globex.example|7";
    assert_eq!(world.one(rows).await, format!("{globex}\ninitech|Initech|901"));

    // Two trade their names; a member goes; suspension is not the documents' and stays.
    world.run("update {p}_portal.tenant set status = 'suspended' where key = '901'").await;
    let traded = documents.replace("globex", "x").replace("initech", "globex").replace("name: x", "name: initech");
    let without = traded.split_once("members:").map(|(a, b)| format!("{a}---{}", b.split_once("---").unwrap().1));
    settle(&world, &with(&without.unwrap())).await;
    assert_eq!(world.one(rows).await, "initech|Globex's \\ \"finest\"|900\nglobex|Initech|901");
    assert_eq!(world.one("select status from {p}_portal.tenant where key = '901'").await, "suspended");

    // What no document names is left alone.
    let plan = settle(&world, &world.model(SPEC)).await;
    assert!(plan.changes.is_empty());
    assert_eq!(world.one("select count(*) from {p}_portal.tenant").await, "2");
}

/// What a document says of a tenant's settings holds; a row of a CSV file says nothing of them.
#[tokio::test]
async fn the_settings_of_a_document_follow_and_those_of_a_csv_row_stay() {
    let world = World::small().await;
    let with = |settings: &str, csv: &str| {
        let project = world.text(SPEC).replacen("tenants: [", "tenants: [{from_csv: tenants.csv}, ", 1);
        let document = format!("kind: tenant\nname: globex\nkey: \"900\"\n{settings}");
        let files = vec![
            ("portalctl.yaml".to_owned(), format!("{project}---\n{document}")),
            ("tenants.csv".to_owned(), csv.to_owned()),
        ];
        crate::provision::world::model(files)
    };
    let rows = "select string_agg(concat_ws('|', name, title, settings), E'\\n' order by key) from {p}_portal.tenant";
    let branded = "settings: {branding: {name: \"G'lobex \\\\ null\", colors: {ink: \"#101828\"}}}\n";
    settle(&world, &with(branded, "name,key\ninitech,901\n")).await;
    let settings = "{\"branding.name\": \"G'lobex \\\\ null\", \"branding.colors.ink\": \"#101828\"}";
    assert_eq!(world.one(rows).await, format!("globex|Globex|{settings}\ninitech|Initech|{{}}"));

    world.run("update {p}_portal.tenant set settings = '{\"branding.name\": \"Ours\"}'").await;
    settle(&world, &with("", "name,key,title\ninitech,901,INITECH\n")).await;
    assert_eq!(world.one(rows).await, "globex|Globex|{}\ninitech|INITECH|{\"branding.name\": \"Ours\"}");
}

#[tokio::test]
async fn the_script_does_what_apply_does() {
    let world = World::small().await;
    let model = world.model(SPEC);
    let plan = world.plan(&model).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("BEGIN;\n{}COMMIT;\n", plan.to_sql(&model))).unwrap();
    world.db.load(file.path());
    let again = world.plan(&model).await.unwrap();
    assert!(again.changes.is_empty(), "{}", again.to_text());
    assert_eq!(world.one("select count(*) from {p}_portal.receipt").await, "1");
}

#[tokio::test]
async fn drift_of_our_own_is_mended() {
    let world = World::small().await;
    let model = world.model(SPEC);
    settle(&world, &model).await;
    for drift in [
        "alter table crm.cases disable row level security",
        "alter policy {p}__logins on crm.cases using (true)",
        "alter policy {p}__pass_through on crm.cases to public",
        "drop policy {p}__logins on crm.accounts",
        "alter function {p}_portal.present(text[]) security invoker",
        "create or replace function {p}_portal.present(acting text[]) returns boolean language sql as 'select true'",
        "drop function {p}_portal.tenant_key(text[], text, text) cascade",
        "grant execute on function {p}_portal.mint(jsonb) to public",
        "revoke select (subject) on crm.cases from {p}__support__office",
        "revoke usage on schema crm from {p}__support__customer",
        "grant usage on schema {p}_portal to public",
        "revoke {p}__support__customer from {p}__gateway",
        "grant {p}_readers to {p}__support__customer",
        "alter role {p}__support__customer login inherit",
    ] {
        world.run(drift).await;
        let plan = settle(&world, &model).await;
        assert!(!plan.changes.is_empty(), "unseen: {drift}");
    }
}

/// What may be written is gained and lost like what may be read, each in its own words.
#[tokio::test]
async fn writes_gained_and_lost_are_told_by_action_and_field() {
    let world = World::small().await;
    settle(&world, &world.model(SPEC)).await;
    let read = "case: {read: [number, subject, priority, status, created_at]}";
    let grants = |writes: &str| {
        let objects = SPEC
            .replace("table: crm.cases\n", "table: crm.cases\nkey: {column: id, generate: sequence}\ndelete: hard\n");
        objects.replace(read, &read.replace("created_at]}", &format!("created_at]{writes}}}")))
    };
    let actions = |plan: &Plan| {
        let line = |change: &portalctl::plan::AccessChange| {
            let (before, after) = (change.before.is_some(), change.after.is_some());
            format!("{} {} {before} {after}", change.action, change.field.as_deref().unwrap_or("rows"))
        };
        let of = plan.access.iter().filter(|change| change.persona == "support/customer" && change.object == "case");
        of.map(line).collect::<Vec<_>>()
    };
    let all = grants(", create: [subject], update: [subject, priority], delete: tenant");
    let plan = settle(&world, &world.model(&all)).await;
    let gained = [
        "create subject false true",
        "update priority false true",
        "update subject false true",
        "delete rows false true",
    ];
    assert_eq!(actions(&plan), gained);
    let text = plan.to_text();
    for line in ["+ support/customer creates case: subject\n", "+ support/customer deletes case\n"] {
        assert!(text.contains(line), "{line}in\n{text}");
    }
    let update = plan.access.iter().find(|change| change.action == "update").unwrap();
    assert!(world.text(&all).lines().nth(update.line.unwrap() - 1).unwrap().contains("update: [subject, priority]"));

    // Other rows of the same fields.
    let drafts =
        grants(", create: [subject], update: {fields: [subject, priority], where: {status: new}}, delete: tenant");
    let plan = settle(&world, &world.model(&drafts)).await;
    assert_eq!(actions(&plan), ["update rows true true"]);
    assert!(plan.to_text().contains("~ support/customer updates other rows of case\n"), "{}", plan.to_text());

    let plan = settle(&world, &world.model(&grants(", create: [subject]"))).await;
    assert_eq!(actions(&plan), ["update priority true false", "update subject true false", "delete rows true false"]);
    assert!(plan.to_text().contains("- support/customer no longer deletes case\n"), "{}", plan.to_text());
}

#[tokio::test]
async fn what_the_documents_granted_before_is_nobody_elses_grant() {
    let world = World::small().await;
    settle(&world, &world.model(SPEC)).await;
    let narrower = world.model(&SPEC.replace("[number, subject, priority, status, created_at]", "[number, subject]"));
    let found = |model: &AccessModel, live: &portalctl::state::DatabaseState| {
        let day = time::macros::date!(2026 - 01 - 01);
        let findings = portalctl::check::run_live(model, live, day).into_iter();
        findings.filter(|finding| finding.id == "foreign-grant").count()
    };
    let touched = portalctl::plan::Touched::of(&narrower);
    let mut admin = world.db.admin().await;
    let live = portalctl::adapters::postgres::inspect::inspect(&mut admin, &touched).await.unwrap();
    assert_eq!(found(&narrower, &live), 0, "the plan takes back what it gave");
    let role = narrower.personas.values().next().unwrap().facets[0].role.clone();
    world.run(&format!("GRANT SELECT (description) ON crm.cases TO \"{role}\"")).await;
    let live = portalctl::adapters::postgres::inspect::inspect(&mut admin, &touched).await.unwrap();
    assert_eq!(found(&world.model(SPEC), &live), 1, "somebody gave more than these documents ever did");
}
