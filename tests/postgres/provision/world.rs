//! A business's database, a project on it, and the steps between.

use portalctl::adapters::files::project_files;
use portalctl::adapters::postgres::apply::{Agreed, ApplyError, Patience, Receipt, apply};
use portalctl::adapters::postgres::inspect::inspect_within;
use portalctl::adapters::postgres::planning::{PlanError, make_plan};
use portalctl::diagnostic::Severity;
use portalctl::model::{AccessModel, resolve};
use portalctl::plan::{Plan, Touched};
use portalctl::spec::{RawContent, RawFile, read};
use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A small CRM with an owner, an application, a reporting group, and things to stumble over.
pub const CRM: &str = include_str!("crm.sql");
pub const SPEC: &str = include_str!("portalctl.yaml");

/// Short waits: what is tested is that they end.
pub const HASTE: Patience = Patience {
    attempts: 3,
    lock: Duration::from_millis(200),
    turn: Duration::from_secs(30),
    pause: Duration::from_millis(50),
};

pub struct World {
    pub db: TestDatabase,
}

impl World {
    /// The small CRM; `{p}` in its text is what this test's roles begin with.
    pub async fn small() -> Self {
        let db = TestDatabase::new().await;
        let world = Self { db };
        world.run(CRM).await;
        world
    }

    /// The example's CRM.
    pub async fn acme() -> Self {
        let folder = example().join("db");
        let load = async |template: &portalctl_test_support::TemplateDatabase| {
            let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            files.iter().for_each(|file| template.load(file));
        };
        Self { db: TestDatabase::from_template("acme", load).await }
    }

    pub fn text(&self, text: &str) -> String {
        text.replace("{p}", self.db.project())
    }

    /// Runs statements as the superuser.
    pub async fn run(&self, sql: &str) {
        let sql = self.text(sql);
        raw_sql(AssertSqlSafe(sql.clone())).execute(&mut self.db.admin().await).await.unwrap_or_else(|error| {
            panic!("{error}: {sql}");
        });
    }

    pub async fn one(&self, sql: &str) -> String {
        let sql = format!("select ({})::text", self.text(sql));
        let one: Option<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut self.db.admin().await).await.unwrap();
        one.unwrap_or_default()
    }

    /// The model of a spec in which `{p}` is the project.
    pub fn model(&self, spec: &str) -> AccessModel {
        model(vec![("portalctl.yaml".to_owned(), self.text(spec))])
    }

    /// The model of the example under this test's project name.
    pub fn acme_model(&self) -> AccessModel {
        self.acme_model_with(&[])
    }

    /// The same, with other words in its documents; each must be there.
    pub fn acme_model_with(&self, edits: &[(&str, &str)]) -> AccessModel {
        // As portalctl reads it: what the demo has written beside the documents is none of them.
        let files = project_files(&example()).unwrap().into_iter();
        let mut texts: Vec<(String, String)> = files
            .map(|file| {
                let RawContent::Bytes(bytes) = file.content else { panic!("{} cannot be read", file.path) };
                let text = String::from_utf8(bytes).unwrap();
                (file.path, text.replace("\nname: acme\n", &format!("\nname: {}\n", self.db.project())))
            })
            .collect();
        for (from, to) in edits {
            let place = texts.iter_mut().find(|(_, text)| text.contains(from)).unwrap_or_else(|| panic!("no `{from}`"));
            place.1 = place.1.replacen(from, to, 1);
        }
        model(texts)
    }

    pub async fn plan(&self, model: &AccessModel) -> Result<Plan, PlanError> {
        plan_with(&mut self.db.admin().await, model).await
    }

    pub async fn apply(&self, model: &AccessModel) -> Result<Receipt, ApplyError> {
        let plan = self.plan(model).await?;
        self.apply_plan(model, &plan).await
    }

    pub async fn apply_plan(&self, model: &AccessModel, plan: &Plan) -> Result<Receipt, ApplyError> {
        let options = self.db.admin_url().parse().unwrap();
        apply(&mut self.db.admin().await, &options, model, Agreed::Plan(plan), HASTE, &()).await
    }
}

pub async fn plan_with(connection: &mut PgConnection, model: &AccessModel) -> Result<Plan, PlanError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    let mut transaction = connection.begin_with(begin).await.unwrap();
    let live = inspect_within(&mut transaction, &Touched::of(model)).await?;
    let plan = make_plan(&mut transaction, model, &live).await;
    transaction.rollback().await.unwrap();
    plan
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme")
}

pub fn model(files: Vec<(String, String)>) -> AccessModel {
    let files = files.into_iter().map(|(path, text)| RawFile { path, content: RawContent::Bytes(text.into_bytes()) });
    let (set, mut findings) = read(files.collect());
    let (model, more) = resolve(&set);
    findings.extend(more);
    findings.retain(|finding| finding.severity == Severity::Error);
    assert!(findings.is_empty(), "{findings:#?}");
    model.unwrap()
}
