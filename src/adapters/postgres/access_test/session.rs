//! Acting as somebody, one statement at a time, each of which leaves nothing behind.

use super::super::PgError;
use super::super::as_persona::collect;
use super::super::error::reason;
use super::{Stage, execute};
use crate::model::Facet;
use crate::names::{Ident, KeyName, RoleName, TableName};
use crate::plan::control::ProjectRoles;
use sqlx::{AssertSqlSafe, PgConnection};

/// What PostgreSQL answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Answer {
    Done {
        rows: Vec<Vec<Option<String>>>,
        affected: u64,
    },
    /// Its privileges, row policies or our triggers forbid it.
    Denied(String),
    /// It could not be done for another reason, which says nothing about access.
    Stopped(String),
}

/// Somebody with a context that is signed.
pub(in super::super) struct Session<'c, 'a> {
    connection: &'c mut PgConnection,
    pub(super) facets: &'a [Facet],
    context: String,
}

impl<'c, 'a> Session<'c, 'a> {
    /// In the transaction that the connection is in.
    pub(in super::super) fn new(connection: &'c mut PgConnection, facets: &'a [Facet], context: String) -> Self {
        Self { connection, facets, context }
    }

    /// `None`: the database gives them no context, so they can do nothing at all.
    pub(super) async fn open(stage: &Stage<'a>, connection: &'c mut PgConnection) -> Result<Option<Self>, PgError> {
        let model = stage.bench.model;
        let place = &stage.expectation.asker.place;
        let Some(persona) = model.personas.get(&place.persona) else { return Ok(None) };
        let context = mint(stage, connection).await?;
        Ok(context.map(|context| Self::new(connection, &persona.facets, context)))
    }

    /// For what is asked as oneself.
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        self.connection
    }

    /// What stands there, whoever may see it.
    pub(super) async fn truth(&mut self, sql: &str) -> Result<Option<Vec<Option<String>>>, PgError> {
        Ok(collect(self.connection, sql).await?.rows.pop())
    }

    /// One statement as one of the persona's roles; whatever it changes is taken back.
    pub(in super::super) async fn ask(&mut self, role: &RoleName, sql: &str) -> Result<Answer, PgError> {
        let (role, context) = (Ident::literal(role.as_str()), Ident::literal(&self.context));
        let begin = format!(
            "SAVEPOINT tried; SELECT set_config('role', {role}, true), set_config('portal.context', {context}, true)"
        );
        execute(self.connection, "become the persona", &begin).await?;
        let answer = match collect(self.connection, sql).await {
            Ok(answer) => Answer::Done { rows: answer.rows, affected: answer.affected },
            Err(PgError::Query { source, .. }) => refusal(source)?,
            Err(error) => return Err(error),
        };
        execute(self.connection, "take back what was tried", "ROLLBACK TO SAVEPOINT tried").await?;
        Ok(answer)
    }
}

fn refusal(source: sqlx::Error) -> Result<Answer, PgError> {
    let code = source.as_database_error().and_then(sqlx::error::DatabaseError::code).map(std::borrow::Cow::into_owned);
    match code.as_deref() {
        // A function of ours that nobody was granted does not exist, nor a column that a masking view leaves out.
        // What the database computes nobody writes, whatever they were granted.
        Some("42501" | "42883" | "42703" | "428C9") => Ok(Answer::Denied(reason(&source))),
        // The connection is gone.
        None => Err(PgError::query("try an expectation")(source)),
        Some(code) if code.starts_with("08") || code.starts_with("57P") => {
            Err(PgError::query("try an expectation")(source))
        }
        Some(_) => Ok(Answer::Stopped(reason(&source))),
    }
}

/// As the issuer has a context minted when somebody signs in, with the clock and the second factor of the test.
async fn mint(stage: &Stage<'_>, connection: &mut PgConnection) -> Result<Option<String>, PgError> {
    let model = stage.bench.model;
    let control = Ident::new(model.project.control_schema.as_str());
    let asker = &stage.expectation.asker;
    let given = &stage.test.given;
    let persona = Ident::literal(&asker.place.persona.to_string());
    let user = asker.user.as_ref().and_then(|label| given.users.get(label));
    let tenant = asker.place.tenant.as_ref();
    let kind = tenant.and_then(|tenant| given.tenants.get(tenant)?.kind.as_ref());
    let kind = Ident::literal(kind.map_or("", |kind| kind.as_str()));
    let key = tenant.map(|tenant| stage.keys.tenant(tenant, &KeyName::main()));
    let key = Ident::literal(key.as_deref().unwrap_or_default());
    let now = stage.test.now.as_deref().map_or_else(|| "NULL".to_owned(), Ident::literal);
    let always = format!(
        "'persona', {persona}, 'roles', {control}.personas() -> {persona} -> 'roles', 'mfa', {}, 'now', {now}::text, \
         'exp', extract(epoch FROM clock_timestamp() + interval '1 hour'), 'pid', pg_backend_pid()",
        user.is_some_and(|user| user.mfa)
    );
    let sql = match user {
        None => {
            format!(
                "SELECT {control}.mint(jsonb_build_object({always}, 'tenant_keys', '{{}}'::jsonb, 'user_keys', '{{}}'::jsonb))"
            )
        }
        Some(user) => format!(
            "SELECT {control}.mint(jsonb_build_object({always}, 'tenant_kind', {kind}, 'tenant_keys', m.tenant_keys, \
             'tier', m.tier, 'user', u.id, 'user_keys', m.user_keys)) \
             FROM {control}.app_user AS u, {control}.membership_now(u.id, {persona}, {kind}, {key}) AS m \
             WHERE u.source = '' AND u.source_key = {}",
            Ident::literal(&user.email)
        ),
    };
    let owner = Ident::new(ProjectRoles::of(&model.project).owner.as_str()).to_string();
    execute(connection, "act as the owner role", &format!("SET LOCAL ROLE {owner}")).await?;
    let minted: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_optional(&mut *connection)
        .await
        .map_err(PgError::query("sign a context"))?;
    execute(connection, "act as oneself again", "RESET ROLE").await?;
    Ok(minted)
}

impl Stage<'_> {
    /// What a role reads in place of a table.
    pub(super) fn read_as(&self, role: &RoleName, table: &TableName) -> String {
        self.bench.barriers.get(&(role.clone(), table.clone())).unwrap_or(table).sql()
    }
}
