//! Sessions of people, and what they send on the gateway's connection.

use super::PEOPLE;
use crate::provisioned::{Gateway, Provisioned, Rows, run, text_rows};
use portalctl::adapters::postgres::directory::Directory;
use sqlx::{AssertSqlSafe, PgConnection};

pub struct Desk {
    pub portal: Provisioned,
    pub gateway: Gateway,
    issuer: PgConnection,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    pub secret: String,
    pub portal: String,
}

impl Desk {
    pub async fn over(portal: Provisioned) -> Self {
        let desk = Self::of(portal).await;
        run(&mut desk.portal.db.admin().await, &desk.text(PEOPLE)).await;
        desk
    }

    /// Without the people of [`PEOPLE`].
    pub async fn of(portal: Provisioned) -> Self {
        let gateway = portal.gateway().await;
        let issuer = portal.db.connect_as(portal.roles().issuer.as_str()).await;
        Self { portal, gateway, issuer }
    }

    /// As whom somebody acts; empty: as nobody.
    pub async fn acting(&mut self, session: &Session) -> String {
        self.context(session).await.map(|(persona, ..)| persona).unwrap_or_default()
    }

    /// `{c}` is the control schema.
    pub fn text(&self, text: &str) -> String {
        text.replace("{c}", &format!("\"{}\"", self.portal.control()))
    }

    /// The one cell of the superuser's query.
    pub async fn cell(&self, query: &str) -> String {
        let found = text_rows(&mut self.portal.db.admin().await, &self.text(query)).await;
        // Where something is broken on purpose there may be nothing to be found.
        found.map_or_else(|error| error.to_string(), |rows| rows.first().cloned().unwrap_or_default())
    }

    pub async fn run(&self, statements: &str) {
        run(&mut self.portal.db.admin().await, &self.text(statements)).await;
    }

    /// As `user disable` and `user enable` do.
    pub async fn disable(&self, email: &str, disabled: bool) -> bool {
        let mut admin = self.portal.db.admin().await;
        let project = &self.portal.model.project;
        let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
        directory.set_disabled(email, disabled).await.unwrap()
    }

    /// The id of a place in the control schema.
    pub async fn place(&self, email: &str, portal: &str, tenant: &str) -> String {
        let query = format!(
            "select m.id from {{c}}.membership m join {{c}}.app_user u on u.id = m.user_id
             where u.email = '{email}' and m.portal = '{portal}' and m.tenant_key = '{tenant}'"
        );
        self.cell(&query).await
    }

    /// Signs somebody in, as a link does.
    pub async fn session(&mut self, email: &str, persona: &str, tenant: &str) -> Session {
        let kind = if tenant.is_empty() { "" } else { "firm" };
        self.session_of(email, persona, kind, tenant).await
    }

    pub async fn session_of(&mut self, email: &str, persona: &str, kind: &str, tenant: &str) -> Session {
        let link = self
            .cell(&format!("select {{c}}.create_link('{email}', '{persona}', '{kind}', '{tenant}', '1 hour')"))
            .await;
        let portal = persona.split('/').next().unwrap().to_owned();
        let redeem = self.text(&format!("select session_secret from {{c}}.redeem_link('{link}', '{portal}')"));
        let secret = text_rows(&mut self.issuer, &redeem).await.unwrap().first().cloned().unwrap_or_default();
        Session { secret, portal }
    }

    /// The one cell of the issuer's query, or what is said against it.
    pub async fn issue(&mut self, query: &str) -> String {
        let query = self.text(query);
        let found = text_rows(&mut self.issuer, &query).await;
        found.map_or_else(|error| error.to_string(), |rows| rows.first().cloned().unwrap_or_default())
    }

    /// What a statement answers to a guest of that network, kept; or the SQLSTATE.
    pub async fn as_guest(&mut self, portal: &str, address: &str, statement: &str) -> String {
        let pid = self.gateway.pid;
        let token = self.issue(&format!("select {{c}}.guest_context('{portal}', {pid}, '{address}')")).await;
        let role = self
            .cell("select r.value from jsonb_each({c}.personas()) as p, jsonb_array_elements_text(p.value -> 'roles') as r where p.value ->> 'who' = 'guest'")
            .await;
        said(self.act_as(&role, &token, statement).await)
    }

    /// The persona, its role and the token of a session; `None`: there is none any more.
    pub async fn context(&mut self, session: &Session) -> Option<(String, String, String)> {
        let sql =
            self.text("select s.persona, s.role, {c}.session_context($1, s.persona, $3) from {c}.session($1, $2) as s");
        let found: Option<(String, String, Option<String>)> = sqlx::query_as(AssertSqlSafe(sql))
            .persistent(false)
            .bind(&session.secret)
            .bind(&session.portal)
            .bind(self.gateway.pid)
            .fetch_optional(&mut self.issuer)
            .await
            .unwrap();
        found.and_then(|(persona, role, token)| Some((persona, role, token?)))
    }

    /// What a statement answers to somebody, kept.
    pub async fn act(&mut self, session: &Session, statement: &str) -> Result<Rows, sqlx::Error> {
        let Some((_, role, token)) = self.context(session).await else { return Err(sqlx::Error::RowNotFound) };
        self.act_as(&role, &token, statement).await
    }

    pub async fn act_as(&mut self, role: &str, token: &str, statement: &str) -> Result<Rows, sqlx::Error> {
        let statement = self.text(statement);
        let connection = &mut self.gateway.connection;
        run(connection, "ROLLBACK; BEGIN").await;
        let answer = async {
            sqlx::query("select set_config('role', $1, true), set_config('portal.context', $2, true)")
                .persistent(false)
                .bind(role)
                .bind(token)
                .execute(&mut *connection)
                .await?;
            text_rows(&mut *connection, &statement).await
        };
        let answer = answer.await;
        run(&mut self.gateway.connection, if answer.is_ok() { "COMMIT" } else { "ROLLBACK" }).await;
        answer
    }

    /// One word, or the SQLSTATE.
    pub async fn word(&mut self, session: &Session, statement: &str) -> String {
        said(self.act(session, statement).await)
    }
}

fn said(answer: Result<Rows, sqlx::Error>) -> String {
    match answer {
        Ok(rows) => rows.join("; "),
        Err(error) => error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .map_or_else(|| error.to_string(), Into::into),
    }
}

/// What was found open; empty where all is well.
#[derive(Default)]
pub struct Holes(pub Vec<String>);

impl Holes {
    pub fn expect(&mut self, what: &str, got: impl AsRef<str>, wanted: &str) {
        if got.as_ref() != wanted {
            self.0.push(format!("{what}: {:?}, not {wanted:?}", got.as_ref()));
        }
    }
}
