use super::begin::is_dead;
use super::{Pools, QueryError};
use crate::names::{Ident, SchemaName};
use crate::site::brand::TenantBrand;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Postgres, Row as _};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use time::OffsetDateTime;

/// Signs people in and out, and has contexts signed. Each call is one statement.
#[derive(Debug, Clone)]
pub struct Issuer {
    pools: Pools,
    session: Arc<str>,
    session_context: Arc<str>,
    session_over: Arc<str>,
    guest_context: Arc<str>,
    link_preview: Arc<str>,
    redeem_link: Arc<str>,
    sign_out: Arc<str>,
    register: Arc<str>,
}

/// Whom a session belongs to.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// `portal/audience`.
    pub persona: String,
    pub email: Option<String>,
    pub person: Option<String>,
    pub tenant_title: Option<String>,
    pub csrf: String,
    pub brand: TenantBrand,
}

/// Why somebody who was signed in is so no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Their tenant is suspended.
    Suspended,
    /// They were taken out, disabled, or their place is gone.
    Ended,
}

/// What a sign-in link would do.
#[derive(Debug, Clone)]
pub struct LinkPreview {
    pub email: Option<String>,
    pub person: Option<String>,
    pub persona: String,
    pub tenant_title: Option<String>,
    pub expires_at: OffsetDateTime,
}

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct Redeemed {
    pub session_secret: String,
    pub persona: String,
}

/// What became of somebody who asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    Done,
    TooOften,
    /// The portal takes nobody in any more.
    Closed,
    /// This field is empty, or cannot be what it is for.
    Wrong(String),
}

/// An address of the older kind within one of the newer is the older one: all of them would be one network.
fn plain(address: Option<IpAddr>) -> Option<String> {
    address.map(|address| address.to_canonical().to_string())
}

/// What is asked of a session `s`.
fn signed_in_columns(control: &Ident<'_>) -> String {
    let settings = format!("{control}.tenant_settings(s.tenant_kind, s.tenant_key)::text");
    format!("s.persona, s.email, s.person, s.tenant_title, s.csrf, {settings}")
}

impl Issuer {
    pub fn new(pools: Pools, control: &SchemaName) -> Self {
        let control = Ident::new(control.as_str());
        let signed_in = signed_in_columns(&control);
        let session = format!("SELECT {signed_in} FROM {control}.session($1, $2) AS s");
        let session_context = format!(
            "SELECT {signed_in}, {control}.session_context($1, s.persona, $3) FROM {control}.session($1, $2) AS s"
        );
        let guest_context = format!("SELECT {control}.guest_context($1, $2, $3)");
        let link_preview = format!(
            "SELECT l.email, l.person, l.persona, l.tenant_title, l.expires_at FROM {control}.link_preview($1, $2) AS l"
        );
        let redeem_link = format!("SELECT r.session_secret, r.persona FROM {control}.redeem_link($1, $2) AS r");
        let sign_out = format!("SELECT {control}.sign_out($1)::text");
        Self {
            pools,
            session: session.into(),
            session_context: session_context.into(),
            session_over: format!("SELECT {control}.session_over($1, $2)").into(),
            guest_context: guest_context.into(),
            link_preview: link_preview.into(),
            redeem_link: redeem_link.into(),
            sign_out: sign_out.into(),
            register: format!("SELECT {control}.register($1, $2::jsonb, $3)").into(),
        }
    }

    /// Whom the session belongs to, for a page that reads no data; `None`: nobody any more.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn session(&self, secret: &str, portal: &str) -> Result<Option<SignedIn>, QueryError> {
        let row = self.optional(|| sqlx::query(AssertSqlSafe(self.session.clone())).bind(secret).bind(portal)).await?;
        row.map(|row| signed_in(&row)).transpose()
    }

    /// Whom the session belongs to, with a context signed for that gateway backend.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn session_context(
        &self,
        secret: &str,
        portal: &str,
        backend: i32,
    ) -> Result<Option<(SignedIn, String)>, QueryError> {
        let ask = || sqlx::query(AssertSqlSafe(self.session_context.clone())).bind(secret).bind(portal).bind(backend);
        let Some(row) = self.optional(ask).await? else { return Ok(None) };
        let token: Option<String> = row.try_get(6)?;
        token.map(|token| Ok((signed_in(&row)?, token))).transpose()
    }

    /// Why a session shows nothing any more; `None`: it has merely gone by, or never was.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn session_over(&self, secret: &str, portal: &str) -> Result<Option<Over>, QueryError> {
        let ask = || sqlx::query(AssertSqlSafe(self.session_over.clone())).bind(secret).bind(portal);
        let Some(row) = self.optional(ask).await? else { return Ok(None) };
        let why: Option<String> = row.try_get(0)?;
        Ok(why.map(|why| if why == "suspended" { Over::Suspended } else { Over::Ended }))
    }

    /// A context for a guest of the portal; `None`: it has no guests.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn guest_context(
        &self,
        portal: &str,
        backend: i32,
        address: Option<IpAddr>,
    ) -> Result<Option<String>, QueryError> {
        let address = plain(address);
        let ask = || sqlx::query(AssertSqlSafe(self.guest_context.clone())).bind(portal).bind(backend).bind(&address);
        Ok(self.optional(ask).await?.map(|row| row.try_get(0)).transpose()?.flatten())
    }

    /// Whom a link would sign in; the link stays unused.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn link_preview(&self, secret: &str, portal: &str) -> Result<Option<LinkPreview>, QueryError> {
        let ask = || sqlx::query(AssertSqlSafe(self.link_preview.clone())).bind(secret).bind(portal);
        let Some(row) = self.optional(ask).await? else { return Ok(None) };
        Ok(Some(LinkPreview {
            email: row.try_get(0)?,
            person: row.try_get(1)?,
            persona: row.try_get(2)?,
            tenant_title: row.try_get(3)?,
            expires_at: row.try_get(4)?,
        }))
    }

    /// Uses the link up; `None`: it was used before, has expired, or its place is gone.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn redeem_link(&self, secret: &str, portal: &str) -> Result<Option<Redeemed>, QueryError> {
        // Not tried again on a lost connection: the link may be used up already.
        let query = sqlx::query(AssertSqlSafe(self.redeem_link.clone())).bind(secret).bind(portal);
        let Some(row) = query.fetch_optional(&self.pools.issuer).await? else { return Ok(None) };
        Ok(Some(Redeemed { session_secret: row.try_get(0)?, persona: row.try_get(1)? }))
    }

    /// Ends a session; nothing where there is none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn sign_out(&self, secret: &str) -> Result<(), QueryError> {
        self.optional(|| sqlx::query(AssertSqlSafe(self.sign_out.clone())).bind(secret)).await?;
        Ok(())
    }

    /// Records that somebody asks to be let in.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn register(
        &self,
        portal: &str,
        given: &BTreeMap<&str, String>,
        address: Option<IpAddr>,
    ) -> Result<Registered, QueryError> {
        // Not tried again on a lost connection: it may have been counted already.
        let query = sqlx::query(AssertSqlSafe(self.register.clone()));
        let query = query.bind(portal).bind(serde_json::json!(given).to_string()).bind(plain(address));
        let answer: String = query.fetch_one(&self.pools.issuer).await?.try_get(0)?;
        Ok(match answer.as_str() {
            "done" => Registered::Done,
            "limit" => Registered::TooOften,
            "closed" => Registered::Closed,
            _ => Registered::Wrong(answer),
        })
    }

    /// One row or none, on another connection where one turns out to be dead.
    async fn optional<'q>(
        &self,
        ask: impl Fn() -> Query<'q, Postgres, PgArguments>,
    ) -> Result<Option<PgRow>, QueryError> {
        let mut attempts = self.pools.issuer.options().get_max_connections();
        loop {
            let mut connection = self.pools.issuer.acquire().await?;
            match ask().fetch_optional(&mut *connection).await {
                Err(error) if attempts > 0 && is_dead(&error) => {
                    attempts -= 1;
                    let _ = connection.detach().close_hard().await;
                }
                answer => return Ok(answer?),
            }
        }
    }
}

fn signed_in(row: &PgRow) -> Result<SignedIn, QueryError> {
    Ok(SignedIn {
        persona: row.try_get(0)?,
        email: row.try_get(1)?,
        person: row.try_get(2)?,
        tenant_title: row.try_get(3)?,
        csrf: row.try_get(4)?,
        brand: row.try_get::<Option<&str>, _>(5)?.map(TenantBrand::read).unwrap_or_default(),
    })
}
