//! A database with a project's access applied to it, and the connections that people come on.

use portalctl::adapters::files::project_files;
use portalctl::adapters::postgres::apply::{Agreed, ApplyError, Patience, apply};
use portalctl::adapters::postgres::inspect::{inspect, inspect_within};
use portalctl::adapters::postgres::planning::make_plan;
use portalctl::catalog;
use portalctl::model::{self, AccessModel};
use portalctl::names::{PersonaName, RoleName};
use portalctl::plan::control::ProjectRoles;

use portalctl::plan::{Administrator, StalePlan, Touched, desired, diff, sql};
use portalctl::spec::{self, PROJECT_FILE, RawContent};
use portalctl::state::DatabaseState;
use portalctl_test_support::TestDatabase;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row, ValueRef, raw_sql};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;

pub(crate) struct Provisioned {
    pub(crate) db: TestDatabase,
    pub(crate) model: AccessModel,
    /// The superuser's, on which contexts are signed.
    admin: Mutex<PgConnection>,
}

/// Who a context is signed for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asker {
    /// `portal/audience`.
    pub(crate) persona: String,
    pub(crate) tenant: Option<(String, String)>,
    pub(crate) keys: BTreeMap<String, String>,
    /// The moment that conditions take for now.
    pub(crate) at: Option<String>,
}

impl Asker {
    pub(crate) fn new(persona: &str) -> Self {
        Self { persona: persona.to_owned(), ..Self::default() }
    }
    pub(crate) fn of(mut self, kind: &str, key: &str) -> Self {
        self.tenant = Some((kind.to_owned(), key.to_owned()));
        self
    }
    pub(crate) fn with(mut self, name: &str, key: &str) -> Self {
        self.keys.insert(name.to_owned(), key.to_owned());
        self
    }
    /// `portal/audience [kind:tenant] [name=key]… [@moment]`.
    pub(crate) fn written<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        for word in words {
            if let Some(at) = word.strip_prefix('@') {
                self.at = Some(at.to_owned());
            } else if let Some((name, key)) = word.split_once('=') {
                self = self.with(name, key);
            } else if let Some((kind, key)) = word.split_once(':') {
                self = self.of(kind, key);
            } else {
                word.clone_into(&mut self.persona);
            }
        }
        self
    }
}

/// `name` under `tests/`.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The model of the project in `folder`, called `project`, since roles are global to the run's cluster.
pub(crate) fn model_of(folder: &Path, project: &str) -> AccessModel {
    let mut files = project_files(folder).expect("the project's files");
    for file in files.iter_mut().filter(|file| file.path == PROJECT_FILE) {
        let RawContent::Bytes(bytes) = &file.content else { panic!("{} cannot be read", folder.display()) };
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let renamed = text.lines().map(|line| match line.strip_prefix("name: ") {
            Some(_) => format!("name: {project}\n"),
            None => format!("{line}\n"),
        });
        file.content = RawContent::Bytes(renamed.collect::<String>().into_bytes());
    }
    let catalogue = spec::Catalogue::new(catalog::modules(), catalog::types());
    let (set, mut findings) = spec::read_with(files, &catalogue);
    let (model, more) = model::resolve(&set);
    findings.extend(more);
    let messages: Vec<String> = findings.iter().map(|finding| format!("{}: {}", finding.id, finding.message)).collect();
    assert!(findings.is_empty(), "{}: {messages:#?}", folder.display());
    model.expect("a model without findings")
}

/// Plans and applies as `administrator`, who comes by `url`; how many changes that were. Where the tables are open to
/// everybody, a role that another test makes meanwhile is another state, and the plan is made anew.
pub(crate) async fn enforce(administrator: &mut PgConnection, url: &str, model: &AccessModel) -> usize {
    for _ in 0..50 {
        run(administrator, "BEGIN ISOLATION LEVEL REPEATABLE READ").await;
        let live = inspect_within(administrator, &Touched::of(model)).await.expect("the live state");
        let plan = make_plan(administrator, model, &live).await.expect("a plan");
        run(administrator, "ROLLBACK").await;
        let (options, agreed) = (url.parse().expect("options"), Agreed::Plan(&plan));
        match apply(administrator, &options, model, agreed, Patience::default(), &()).await {
            Err(ApplyError::Stale(StalePlan::Live)) => {}
            done => return done.expect("the plan applies").changes,
        }
    }
    panic!("every plan was stale by the time that it was applied");
}

impl Provisioned {
    /// Applies the project in `folder` to `db`, which holds its tables.
    pub(crate) async fn new(db: TestDatabase, folder: &Path) -> Self {
        Self::altered(db, folder, |_| ()).await
    }

    /// As [`Self::new`], with the model changed before.
    pub(crate) async fn altered(db: TestDatabase, folder: &Path, change: impl FnOnce(&mut AccessModel)) -> Self {
        let mut model = model_of(folder, db.project());
        change(&mut model);
        let mut admin = db.admin().await;
        enforce(&mut admin, &db.admin_url(), &model).await;
        Self { db, model, admin: Mutex::new(admin) }
    }

    /// As [`Self::new`], with the desired state changed before its statements are run: how a mutant is made.
    pub(crate) async fn changed(db: TestDatabase, folder: &Path, change: impl FnOnce(&mut DatabaseState)) -> Self {
        let model = model_of(folder, db.project());
        let mut admin = db.admin().await;
        let live = inspect(&mut admin, &Touched::of(&model)).await.expect("the live state");
        let mut wanted = desired(&model, &live, &BTreeSet::new()).expect("the model compiles");
        let meant = wanted.clone();
        change(&mut wanted);
        assert!(meant != wanted, "the change changes nothing");
        let marker = Touched::of(&model).marker(&live.server.database);
        let changes = diff(&live, &wanted, &marker).expect("nothing is in the way");
        let administrator = Administrator::superuser(RoleName::new("postgres"));
        let context = sql::Context {
            project: &model.project,
            administrator: &administrator,
            server_version: live.server.version,
            database: &live.server.database,
        };
        let statements: Vec<sql::Statement> =
            sql::phases(&changes, context).into_iter().flat_map(|(_, statements)| statements).collect();
        let script = format!("BEGIN;\n{}{}COMMIT;\n", sql::SETTINGS, sql::script(&statements));
        run(&mut admin, &script).await;
        Self { db, model, admin: Mutex::new(admin) }
    }

    /// The one cell of the superuser's query, for good.
    pub(crate) async fn cell(&self, query: &str) -> String {
        let found = rows(&mut *self.admin.lock().await, query).await;
        found.unwrap_or_else(|error| panic!("{error}\n{query}")).remove(0)
    }

    /// The control schema.
    pub(crate) fn control(&self) -> &str {
        self.model.project.control_schema.as_str()
    }

    pub(crate) fn roles(&self) -> ProjectRoles {
        ProjectRoles::of(&self.model.project)
    }

    /// The role of the persona's first facet.
    pub(crate) fn role(&self, persona: &str) -> &str {
        self.facet(persona, 0)
    }

    pub(crate) fn facet(&self, persona: &str, at: usize) -> &str {
        let name = PersonaName::parse(persona).expect("portal/audience");
        let persona = self.model.personas.get(&name).unwrap_or_else(|| panic!("no persona `{persona}`"));
        persona.facets[at].role.as_str()
    }

    /// Every persona's role, with those of further facets.
    pub(crate) fn persona_roles(&self) -> Vec<&str> {
        self.model.personas.values().flat_map(|persona| &persona.facets).map(|facet| facet.role.as_str()).collect()
    }

    /// Every table that some persona may read, quoted and qualified, with its readable columns.
    pub(crate) fn exposed(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut exposed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for facet in self.model.personas.values().flat_map(|persona| &persona.facets) {
            for (table, rectangle) in &facet.reads {
                let columns = rectangle.columns.iter().map(|column| format!("\"{column}\""));
                exposed.entry(table.sql()).or_default().extend(columns);
            }
        }
        exposed
    }

    pub(crate) async fn gateway(&self) -> Gateway {
        let mut connection = self.db.connect_as(self.roles().gateway.as_str()).await;
        let pid = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut connection).await.expect("a pid");
        Gateway { connection, pid }
    }

    /// A context for the backend `pid`, signed as the owner of the key, that holds for `valid_for`.
    pub(crate) async fn token_for(&self, asker: &Asker, pid: Option<i32>, valid_for: &str) -> String {
        let sql = format!(
            "select \"{}\".administrator_context($1, $2, $3, $4::jsonb, $5, $6::timestamptz, $7::interval)",
            self.control()
        );
        let (kind, key) = asker.tenant.clone().unwrap_or_default();
        let keys: Vec<String> = asker.keys.iter().map(|(name, key)| format!("{name:?}: {key:?}")).collect();
        sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&asker.persona)
            .bind(kind)
            .bind(key)
            .bind(format!("{{{}}}", keys.join(", ")))
            .bind(pid)
            .bind(&asker.at)
            .bind(valid_for)
            .fetch_one(&mut *self.admin.lock().await)
            .await
            .unwrap_or_else(|error| panic!("no context for {asker:?}: {error}"))
    }

    /// A context for `gateway` that holds for the rest of the test.
    pub(crate) async fn token(&self, asker: &Asker, gateway: &Gateway) -> String {
        self.token_for(asker, Some(gateway.pid), "1 hour").await
    }
}

/// A connection of the site's login.
pub(crate) struct Gateway {
    pub(crate) connection: PgConnection,
    pub(crate) pid: i32,
}

/// Rows as text, `NULL` for what has no value, sorted.
pub(crate) type Rows = Vec<String>;

impl Gateway {
    /// One query as the site sends it: role and context for one transaction, which is rolled back.
    pub(crate) async fn read(&mut self, role: &str, token: &str, query: &str) -> Result<Rows, sqlx::Error> {
        let mut rows = self.read_in_order(role, token, query).await?;
        rows.sort();
        Ok(rows)
    }

    /// As [`Self::read`], the rows in their order.
    pub(crate) async fn read_in_order(&mut self, role: &str, token: &str, query: &str) -> Result<Rows, sqlx::Error> {
        run(&mut self.connection, "ROLLBACK; BEGIN").await;
        let answer = async {
            sqlx::query("select set_config('role', $1, true), set_config('portal.context', $2, true)")
                .persistent(false)
                .bind(role)
                .bind(token)
                .execute(&mut self.connection)
                .await?;
            text_rows(&mut self.connection, query).await
        };
        let answer = answer.await;
        run(&mut self.connection, "ROLLBACK").await;
        answer
    }

    /// Whatever an attacker may send, with all of its answers; the transaction stays as it leaves it.
    pub(crate) async fn free(&mut self, statements: &str) -> Result<Rows, sqlx::Error> {
        rows(&mut self.connection, statements).await
    }
}

/// Every row of every answer, in the text that PostgreSQL writes.
pub(crate) async fn rows(connection: &mut PgConnection, query: &str) -> Result<Rows, sqlx::Error> {
    let mut rows = text_rows(connection, query).await?;
    rows.sort();
    Ok(rows)
}

/// The same in the order of the answer.
pub(crate) async fn text_rows(connection: &mut PgConnection, query: &str) -> Result<Rows, sqlx::Error> {
    let fetched = raw_sql(AssertSqlSafe(query.to_owned())).fetch_all(connection).await?;
    Ok(fetched.iter().map(text_of).collect())
}

fn text_of(row: &PgRow) -> String {
    let values = (0..row.len()).map(|at| {
        let value = row.try_get_raw(at).expect("a column");
        if value.is_null() { "NULL".to_owned() } else { value.as_str().expect("text").to_owned() }
    });
    values.collect::<Vec<_>>().join("|")
}

pub(crate) async fn run(connection: &mut PgConnection, statements: &str) {
    let done = raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{error}\n{statements}"));
}
