//! `plan` and `apply`, end to end, on a database that `--database-url` names.

use crate::run::{Ran, command, ended, run};
use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, raw_sql};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CRM: &str = include_str!("../postgres/provision/crm.sql");
pub const SPEC: &str = include_str!("../postgres/provision/portalctl.yaml");

pub struct World {
    pub db: TestDatabase,
    folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let world = Self { db: TestDatabase::new().await, folder: tempfile::tempdir().unwrap() };
        world.write(SPEC);
        world.sql(CRM).await;
        world
    }

    pub fn text(&self, text: &str) -> String {
        text.replace("{p}", self.db.project())
    }

    pub fn write(&self, spec: &str) {
        std::fs::write(self.folder.path().join("portalctl.yaml"), self.text(spec)).unwrap();
    }

    pub async fn sql(&self, sql: &str) {
        raw_sql(AssertSqlSafe(self.text(sql))).execute(&mut self.db.admin().await).await.unwrap();
    }

    pub async fn one(&self, sql: &str) -> String {
        let sql = format!("select coalesce(({})::text, '')", self.text(sql));
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut self.db.admin().await).await.unwrap()
    }

    pub fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = command(self.folder.path(), args);
        command.env("DATABASE_URL", self.db.admin_url());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        ended(self.command(args).output().unwrap())
    }

    pub fn apply(&self) -> std::process::Command {
        let (app, report) = (self.text("locks-out={p}_app"), self.text("locks-out={p}_report"));
        self.command(&["apply", "--yes", "--allow", &app, "--allow", &report])
    }
}

#[tokio::test]
async fn a_plan_is_shown_saved_and_applied() {
    let world = World::new().await;
    let shown = world.run(&["plan", "--out", "plan.json"]).expect(0);
    assert!(shown.stdout.contains("first apply: 2 personas over 3 objects"), "{}", shown.stdout);
    assert!(shown.stdout.contains("+ support/customer reads account: id, name"), "{}", shown.stdout);
    assert!(shown.stdout.contains(&world.text("allow it with --allow locks-out={p}_app")), "{}", shown.stdout);
    assert!(shown.stderr.contains("portalctl apply plan.json"), "{}", shown.stderr);
    world.run(&["plan", "--exit-code"]).expect(1);

    let printed: serde_json::Value =
        serde_json::from_str(&world.run(&["plan", "--format", "json"]).expect(0).stdout).unwrap();
    let saved = std::fs::read_to_string(world.folder.path().join("plan.json")).unwrap();
    assert_eq!(printed, serde_json::from_str::<serde_json::Value>(&saved).unwrap());
    assert_eq!(printed["target"]["database"], world.db.project());
    let roles = printed["changes"].as_array().unwrap().iter().filter(|change| change["kind"] == "create_role");
    let customer = roles.into_iter().find(|change| change["subject"] == world.text("{p}__support__customer")).unwrap();
    assert_eq!(customer["cause"]["file"], "portalctl.yaml");
    assert!(customer["sql"][0].as_str().unwrap().contains("NOLOGIN NOINHERIT NOSUPERUSER"));

    // A saved plan was read by somebody: it is not asked about, but its hazards are allowed by name.
    let refused = world.run(&["apply", "plan.json"]).expect(4);
    assert!(refused.stderr.contains("locks-out"), "{}", refused.stderr);
    let (app, report) = (world.text("locks-out={p}_app"), world.text("locks-out={p}_report"));
    let applied = world.run(&["apply", "plan.json", "--allow", &app, "--allow", &report]).expect(0);
    assert!(applied.stderr.contains("applied "), "{}", applied.stderr);
    world.run(&["plan", "--exit-code"]).expect(0);
    assert!(ended(world.apply().output().unwrap()).expect(0).stderr.contains("no changes"));
}

#[tokio::test]
async fn nobody_to_ask_is_a_refusal() {
    let world = World::new().await;
    let (app, report) = (world.text("locks-out={p}_app"), world.text("locks-out={p}_report"));
    let refused = world.run(&["apply", "--allow", &app, "--allow", &report]).expect(4);
    assert!(refused.stderr.contains("there is no terminal to ask on"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    let refused = world.run(&["apply", "--yes"]).expect(4);
    assert!(
        refused.stderr.contains(&world.text("--allow locks-out={p}_app --allow locks-out={p}_report")),
        "{}",
        refused.stderr
    );
    world.run(&["apply", "--allow", "widens"]).expect(2);
    assert_eq!(world.one("select count(*) from pg_roles where starts_with(rolname, '{p}__')").await, "0");
}

#[tokio::test]
async fn a_stale_or_broken_plan_file_is_refused() {
    let world = World::new().await;
    world.run(&["plan", "--out", "plan.json"]).expect(0);
    world.sql("grant select on crm.cases to {p}_nosy").await;
    let stale = world.run(&["apply", "plan.json", "--yes"]).expect(4);
    assert!(stale.stderr.contains("the plan is stale: the database has changed"), "{}", stale.stderr);
    for (content, said) in [("{}", "missing field"), ("[[[[", "EOF"), ("\u{0}", "expected value")] {
        std::fs::write(world.folder.path().join("plan.json"), content).unwrap();
        let refused = world.run(&["apply", "plan.json"]).expect(2);
        assert!(refused.stderr.contains("is not a saved plan") && refused.stderr.contains(said), "{}", refused.stderr);
    }
    let missing = world.run(&["apply", "nowhere.json"]).expect(2);
    assert!(missing.stderr.contains("cannot read `nowhere.json`"), "{}", missing.stderr);
    world.run(&["apply", "."]).expect(2);
    world.run(&["plan", "--out", "nowhere/plan.json"]).expect(2);
}

#[tokio::test]
async fn what_the_live_checks_refuse_is_not_applied() {
    let world = World::new().await;
    world.run(&["plan", "--out", "plan.json"]).expect(0);
    ended(world.apply().output().unwrap()).expect(0);
    world.sql("grant {p}__owner to {p}_nosy; revoke select (subject) on crm.cases from {p}__support__office").await;
    for refused in [ended(world.apply().output().unwrap()), world.run(&["apply", "plan.json"])] {
        let refused = refused.expect(2);
        assert!(refused.stderr.contains("error[foreign-grant]"), "{}", refused.stderr);
    }
    assert_eq!(world.one("select count(*) from {p}_portal.receipt").await, "1");
    world.sql("revoke {p}__owner from {p}_nosy").await;
    let mended = ended(world.apply().output().unwrap()).expect(0);
    assert!(mended.stderr.contains("applied 1 change"), "{}", mended.stderr);
    assert_eq!(mended.stderr.matches("hazards").count(), 1, "the plan is shown once: {}", mended.stderr);
}

#[test]
fn a_server_that_is_not_there_is_code_three() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("portalctl.yaml"), "version: 1\nkind: project\nname: acme\n").unwrap();
    let ran = run(folder.path(), &["plan", "--database-url", "postgresql://ann:s3cret@127.0.0.1:1/acme"]).expect(3);
    assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
}

/// Everything that an apply could have changed, outside the control schema.
const FINGERPRINT: &str = "select md5(string_agg(line, E'\\n' order by line)) from (
  select format('%s %s %s', oid, relrowsecurity, relacl) as line from pg_class where relnamespace = 'crm'::regnamespace
  union all select format('%s %s %s', attrelid, attname, attacl) from pg_attribute where attacl is not null
  union all select format('%s %s', tablename, policyname) from pg_policies
  union all select format('%s %s', nspname, nspacl) from pg_namespace where nspname !~ '^pg_(toast_)?temp'
  union all select rolname from pg_roles where starts_with(rolname, '{p}_')
  union all select format('%s %s', m.roleid::regrole, m.member::regrole) from pg_auth_members m
    where m.roleid::regrole::text like '{p}%'
) as lines";

/// A number from 0 to 1, the same for the same seed.
fn chance(seed: u64, at: u64) -> f64 {
    let hash = blake3::hash(&[seed.to_be_bytes(), at.to_be_bytes()].concat());
    f64::from(u32::from_be_bytes(hash.as_bytes()[..4].try_into().unwrap())) / f64::from(u32::MAX)
}

async fn until_sessions_ended(world: &World) {
    let began = Instant::now();
    let open = "select count(*) from pg_stat_activity where application_name = 'portalctl' and datname = '{p}'";
    while world.one(open).await != "0" {
        assert!(began.elapsed() < Duration::from_secs(30), "a session outlived its process");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// `PORTALCTL_TEST_SEED` repeats a run.
#[tokio::test]
async fn killed_at_any_moment_it_leaves_before_or_after() {
    let seed = std::env::var("PORTALCTL_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0);
    println!("PORTALCTL_TEST_SEED={seed}");
    let world = World::new().await;
    let began = Instant::now();
    ended(world.apply().output().unwrap()).expect(0);
    let whole = began.elapsed();

    for at in 0..10 {
        let world = World::new().await;
        let before = world.one(FINGERPRINT).await;
        let mut child =
            world.apply().stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let moment = whole.mul_f64(chance(seed, at) * 1.1);
        tokio::time::sleep(moment).await;
        child.kill().unwrap();
        child.wait().unwrap();
        until_sessions_ended(&world).await;
        if !has_roles(&world).await {
            assert_untouched(&world, &before, &format!("after {moment:?} of {whole:?}")).await;
            ended(world.apply().output().unwrap()).expect(0);
        }
        let plan = world.run(&["plan", "--exit-code"]);
        assert_eq!(plan.code, 0, "half done after {moment:?} of {whole:?}:\n{}{}", plan.stdout, plan.stderr);
    }
}

async fn has_roles(world: &World) -> bool {
    world.one("select count(*) from pg_roles where starts_with(rolname, '{p}__')").await != "0"
}

async fn assert_untouched(world: &World, before: &str, when: &str) {
    assert_eq!(world.one(FINGERPRINT).await, before, "half done {when}");
    assert_eq!(world.one("select count(*) from pg_namespace where nspname = '{p}_portal'").await, "0", "{when}");
}

/// Waits until `sql` is true.
async fn wait_until(world: &World, sql: &str) {
    let began = Instant::now();
    while world.one(sql).await != "true" {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {sql}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whatever the moments of the other test come to.
#[tokio::test]
async fn killed_in_its_midst_it_leaves_before_and_killed_at_its_end_after() {
    let quietly = |world: &World| {
        let mut apply = world.apply();
        apply.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    let world = World::new().await;
    let before = world.one(FINGERPRINT).await;
    // Somebody is making the same schema, so the statement that makes it waits, after those that made the roles.
    let mut other = world.db.admin().await;
    let taken = world.text("begin; create schema {p}_portal");
    raw_sql(AssertSqlSafe(taken)).execute(&mut other).await.unwrap();
    let mut child = quietly(&world);
    let waits = "select exists (select from pg_stat_activity where application_name = 'portalctl' and datname = '{p}' \
                 and wait_event_type = 'Lock' and backend_xid is not null)";
    wait_until(&world, waits).await;
    child.kill().unwrap();
    child.wait().unwrap();
    raw_sql("rollback").execute(&mut other).await.unwrap();
    until_sessions_ended(&world).await;
    assert!(!has_roles(&world).await);
    assert_untouched(&world, &before, "while it waited").await;

    let mut child = quietly(&world);
    wait_until(&world, "select exists (select from pg_roles where starts_with(rolname, '{p}__'))").await;
    child.kill().unwrap();
    child.wait().unwrap();
    until_sessions_ended(&world).await;
    world.run(&["plan", "--exit-code"]).expect(0);
}

#[tokio::test]
async fn a_tenant_is_given_a_brand_of_its_own() {
    let world = World::new().await;
    world.write(&format!("{SPEC}---\nkind: tenant\nname: globex\nkey: \"900\"\n"));
    ended(world.apply().output().unwrap()).expect(0);
    let key = world.one("select min(id) from crm.accounts").await;
    let set = |settings: &[&str]| {
        let settings = settings.iter().flat_map(|setting| ["--setting", setting]);
        world.run(&["tenant", "set", &key].into_iter().chain(settings).collect::<Vec<_>>())
    };
    let ran = set(&["branding.name=North & Co", "branding.colors.primary=#7a1fa2"]).expect(0);
    assert!(ran.stderr.contains("changed"), "{}", ran.stderr);
    let shown = world.run(&["tenant", "show", &key]).expect(0).stdout;
    assert!(shown.contains("branding.name            North & Co\n"), "{shown}");
    set(&["branding.name="]).expect(0);
    let json = world.run(&["tenant", "show", &key, "--format", "json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["tenants"][0]["settings"], serde_json::json!({"branding.colors.primary": "#7a1fa2"}));

    for bad in [
        "branding.colors.primary=red",
        "branding.logo=../x.svg",
        "branding.motto=x",
        "branding.motto=",
        "branding",
        "branding.name=a\u{7}b",
    ] {
        let ran = set(&[bad]).expect(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.contains("changed"), "{bad}: {}", ran.stderr);
    }
    let refused = world.run(&["tenant", "set", "globex", "--setting", "branding.name=G"]).expect(2);
    assert!(refused.stderr.contains("is declared in portalctl.yaml"), "{}", refused.stderr);
    world.run(&["tenant", "set", "nobody", "--setting", "branding.name=G"]).expect(2);
    assert_eq!(world.one("select count(*) from {p}_portal.tenant where settings <> '{}'").await, "1");
}
