//! A small shop whose tables are portalctl's, and people who use it.

use crate::provision::world::World;
use crate::provisioned::{Asker, Rows, folder, rows, run};
use portalctl::model::AccessModel;
use portalctl::names::PersonaName;
use portalctl::plan::Plan;
use portalctl_test_support::TestDatabase;
use sqlx::{AssertSqlSafe, PgConnection};
use std::sync::LazyLock;

/// Read when it is needed.
pub(super) static SHOP: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(folder("postgres/managed/shop.yaml")).expect("the shop"));

pub(super) struct Shop {
    pub(super) world: World,
    pub(super) model: AccessModel,
}

impl Shop {
    /// Nothing but an empty database.
    pub(super) async fn empty(spec: &str) -> Self {
        let world = World { db: TestDatabase::new().await };
        let model = world.model(spec);
        Self { world, model }
    }

    pub(super) async fn applied() -> Self {
        let mut shop = Self::empty(&SHOP).await;
        shop.settle(&SHOP).await;
        shop
    }

    /// Applies a spec and shows that nothing is left to do; the plan.
    pub(super) async fn settle(&mut self, spec: &str) -> Plan {
        self.model = self.world.model(spec);
        let plan = self.world.plan(&self.model).await.unwrap();
        self.world.apply_plan(&self.model, &plan).await.unwrap();
        let again = self.world.plan(&self.model).await.unwrap();
        assert!(again.changes.is_empty(), "{}", again.to_text());
        plan
    }

    /// As the superuser.
    pub(super) async fn ask(&self, query: &str) -> Rows {
        rows(&mut self.world.db.admin().await, &self.world.text(query)).await.unwrap()
    }

    /// A statement of a persona with a context, for good; all its answers.
    pub(super) async fn act(&self, asker: &Asker, statement: &str) -> Result<Rows, String> {
        let mut connection = self.world.db.admin().await;
        let token = self.try_token(&mut connection, asker).await.unwrap();
        let persona = PersonaName::parse(&asker.persona).unwrap();
        let role = self.model.personas[&persona].facets[0].role.as_str();
        let gateway = format!("{}__gateway", self.model.project.name);
        run(&mut connection, &format!("begin; set local session authorization \"{gateway}\"")).await;
        sqlx::query("select set_config('role', $1, true), set_config('portal.context', $2, true)")
            .persistent(false)
            .bind(role)
            .bind(token)
            .execute(&mut connection)
            .await
            .unwrap();
        let answer = rows(&mut connection, &self.world.text(statement)).await;
        run(&mut connection, if answer.is_ok() { "commit" } else { "rollback" }).await;
        answer.map_err(|error| error.to_string())
    }

    /// A context, or why there is none.
    pub(super) async fn try_token(&self, connection: &mut PgConnection, asker: &Asker) -> Result<String, String> {
        let pid: i32 =
            sqlx::query_scalar("select pg_backend_pid()").persistent(false).fetch_one(&mut *connection).await.unwrap();
        let control = self.model.project.control_schema.as_str();
        let (kind, key) = asker.tenant.clone().unwrap_or_default();
        let keys: Vec<String> = asker.keys.iter().map(|(name, key)| format!("{name:?}: {key:?}")).collect();
        let sql = format!("select \"{control}\".administrator_context($1, $2, $3, $4::jsonb, $5, null, '1 hour')");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .persistent(false)
            .bind(&asker.persona)
            .bind(kind)
            .bind(key)
            .bind(format!("{{{}}}", keys.join(", ")))
            .bind(pid)
            .fetch_one(connection)
            .await
            .map_err(|error| error.to_string())
    }
}

pub(super) fn customer(tenant: &str) -> Asker {
    Asker::new("shop/customer").of("", tenant).with("key", &format!("{tenant}-1"))
}

pub(super) fn agent() -> Asker {
    Asker::new("shop/agent").with("key", "sam")
}
