//! One connection on which the owner prepares, a persona acts and the owner looks, all of it taken back.

use super::oracle::literal;
use super::people::Person;
use crate::provisioned::{Asker, Provisioned, run};
use futures_util::TryStreamExt;
use portalctl::names::{Ident, TableName};
use sqlx::error::DatabaseError;
use sqlx::{AssertSqlSafe, Either, PgConnection, Row, ValueRef, raw_sql};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

pub(super) type Cells = Vec<Option<String>>;

/// Rows made, changed and removed, by table.
pub(super) type Counts = BTreeMap<String, [i64; 3]>;

pub(super) struct Stage<'p> {
    pub(super) portal: &'p Provisioned,
    connection: PgConnection,
    issuer: PgConnection,
    pid: i32,
    sessions: BTreeMap<Person, String>,
    tokens: BTreeMap<Person, (Instant, String)>,
    /// A transaction is over, and not taken back yet.
    open: bool,
}

/// What became of a statement.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Rows that it touched or answered, and the answer's first cell.
    pub(super) answer: Result<(u64, Option<String>), (String, String)>,
    pub(super) counts: Counts,
}

/// Tokens are good for a minute.
const FRESH: Duration = Duration::from_secs(30);

impl<'p> Stage<'p> {
    pub(super) async fn open(portal: &'p Provisioned) -> Self {
        let mut connection = portal.db.admin().await;
        let pid = raw_sql("select pg_backend_pid()::text").fetch_one(&mut connection).await.expect("a pid");
        let pid = pid.try_get_raw(0).expect("a cell").as_str().expect("text").parse().expect("a number");
        let issuer = portal.db.connect_as(portal.roles().issuer.as_str()).await;
        Self { portal, connection, issuer, pid, sessions: BTreeMap::new(), tokens: BTreeMap::new(), open: false }
    }

    pub(super) async fn ask(&mut self, query: &str) -> Result<Vec<Cells>, sqlx::Error> {
        let before = self.over();
        cells(&mut self.connection, &format!("{before}{query}")).await
    }

    /// The first cell of an answer that there is.
    pub(super) async fn one(&mut self, query: &str) -> Option<String> {
        let answer = self.ask(query).await.unwrap_or_else(|error| panic!("{error}\n{query}"));
        answer.into_iter().next().and_then(|mut cells| cells.remove(0))
    }

    pub(super) async fn run(&mut self, statements: &str) {
        run(&mut self.connection, statements).await;
    }

    /// A transaction in which the owner has run `prepared`.
    pub(super) async fn begin(&mut self, prepared: &str) {
        let before = self.over();
        self.run(&format!("{before}begin; {prepared}")).await;
    }

    /// What has happened since `begin` is taken back, together with what is asked next.
    pub(super) fn end(&mut self) {
        self.open = true;
    }

    fn over(&mut self) -> &'static str {
        if std::mem::take(&mut self.open) { "rollback; " } else { "" }
    }

    /// As the owner; where it fails, nothing has happened.
    pub(super) async fn attempt(&mut self, statement: &str) -> Result<(), String> {
        let statement = format!("savepoint attempt; {statement}");
        let done = raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await;
        if done.is_err() {
            run(&mut self.connection, "rollback to attempt").await;
        }
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    /// A context as the site gets it, by a session of somebody who may sign in; for anyone else, as an administrator's.
    pub(super) async fn token(&mut self, who: &Person) -> String {
        if let Some((at, token)) = self.tokens.get(who).filter(|(at, _)| at.elapsed() < FRESH) {
            let _ = at;
            return token.clone();
        }
        let control = Ident::new(self.portal.control());
        let portal = literal(who.persona.portal.as_str());
        let mut token = if who.email.is_empty() {
            self.issued(&format!("select {control}.guest_context({portal}, {}, null)", self.pid)).await
        } else if who.signs_in {
            let secret = self.session(who).await;
            let persona = literal(&who.persona.to_string());
            let query = format!("select {control}.session_context({}, {persona}, {})", literal(&secret), self.pid);
            self.issued(&query).await
        } else {
            self.portal.token_for(&asker(who), Some(self.pid), "1 hour").await
        };
        if who.mfa {
            let payload = format!("(substr({0}, 10, length({0}) - 74))::jsonb || '{{\"mfa\": true}}'", literal(&token));
            let query = format!("select {control}.mint({payload})");
            token = self.portal.cell(&query).await;
        }
        self.tokens.insert(who.clone(), (Instant::now(), token.clone()));
        token
    }

    async fn issued(&mut self, query: &str) -> String {
        let answer = cells(&mut self.issuer, query).await.unwrap_or_else(|error| panic!("{error}: {query}"));
        answer.first().and_then(|cells| cells[0].clone()).unwrap_or_else(|| panic!("nothing from {query}"))
    }

    /// The secret of a session that somebody opened with a link.
    async fn session(&mut self, who: &Person) -> String {
        let same = Person { mfa: false, ..who.clone() };
        if let Some(secret) = self.sessions.get(&same) {
            return secret.clone();
        }
        let control = Ident::new(self.portal.control());
        let (kind, key) = who.tenant.as_ref().map_or(("", ""), |tenant| (tenant.kind.as_str(), tenant.key()));
        let places = [&who.email, &who.persona.to_string(), kind, key].map(literal).join(", ");
        let link = self.portal.cell(&format!("select {control}.create_link({places}, '1 hour')")).await;
        let portal = literal(who.persona.portal.as_str());
        let query = format!("select session_secret from {control}.redeem_link({}, {portal})", literal(&link));
        let secret = self.issued(&query).await;
        self.sessions.insert(same, secret.clone());
        secret
    }

    /// Tokens that must open nothing to `who`: none, one that has run out, one of another connection.
    pub(super) async fn bad_tokens(&mut self, who: &Person) -> Vec<(&'static str, String)> {
        let asker = asker(who);
        vec![
            ("no token", String::new()),
            ("an expired token", self.portal.token_for(&asker, Some(self.pid), "-1 second").await),
            ("a token of another connection", self.portal.token_for(&asker, Some(self.pid + 1), "1 hour").await),
            ("an altered token", self.token(who).await.replace("\"exp\"", "\"Exp\"")),
        ]
    }

    /// Runs `statement` with the role and the token, as the site's login. Where it fails, nothing has happened.
    pub(super) async fn act(&mut self, role: &str, token: &str, statement: &str) -> Outcome {
        let before = self.counts().await;
        let gateway = self.portal.roles().gateway;
        let set = format!(
            "savepoint act; set local session authorization \"{gateway}\"; \
             select set_config('role', {}, true), set_config('portal.context', {}, true)",
            literal(role),
            literal(token)
        );
        self.run(&set).await;
        let answer = self.answer(statement).await;
        if answer.is_err() {
            self.run("rollback to act").await;
        }
        self.run("reset role; reset session authorization; set local portal.context = ''").await;
        let counts = if answer.is_ok() { since(&before, self.counts().await) } else { Counts::new() };
        Outcome { answer, counts }
    }

    async fn answer(&mut self, statement: &str) -> Result<(u64, Option<String>), (String, String)> {
        let (mut touched, mut first) = (0, None);
        let mut answers = raw_sql(AssertSqlSafe(statement.to_owned())).fetch_many(&mut self.connection);
        loop {
            match answers.try_next().await {
                Ok(Some(Either::Left(done))) => touched += done.rows_affected(),
                Ok(Some(Either::Right(row))) => {
                    let value = row.try_get_raw(0).expect("a cell");
                    first = first.or_else(|| (!value.is_null()).then(|| value.as_str().expect("text").to_owned()));
                }
                Ok(None) => return Ok((touched, first)),
                Err(error) => {
                    let code = error.as_database_error().and_then(DatabaseError::code).unwrap_or_default().into_owned();
                    return Err((code, error.to_string()));
                }
            }
        }
    }

    /// Runs `statement` as the owner and takes it back; what it did.
    pub(super) async fn effect_of_owner(&mut self, statement: &str, table: &TableName) -> Result<Effect, String> {
        let before = self.counts().await;
        let rows_before = self.touched(table).await;
        self.run("savepoint effect").await;
        let done = raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut self.connection).await;
        let effect = match done {
            Ok(_) => {
                let rows = self.touched(table).await.difference(&rows_before).cloned().collect();
                Ok(Effect { counts: since(&before, self.counts().await), rows })
            }
            Err(error) => Err(error.to_string()),
        };
        self.run("rollback to effect").await;
        effect
    }

    /// Rows of the table that this transaction made or changed, as JSON.
    pub(super) async fn touched(&mut self, table: &TableName) -> BTreeSet<String> {
        let query = format!(
            "select to_jsonb(t)::text from {} t where t.xmin::text::bigint >= pg_current_xact_id()::text::bigint",
            table.sql()
        );
        let rows = self.ask(&query).await.unwrap_or_else(|error| panic!("{error}\n{query}"));
        rows.into_iter().filter_map(|mut cells| cells.remove(0)).collect()
    }

    pub(super) async fn counts(&mut self) -> Counts {
        let query = "select relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_xact_user_tables
            where n_tup_ins + n_tup_upd + n_tup_del > 0";
        let number = |cell: &Option<String>| cell.as_ref().and_then(|text| text.parse().ok()).unwrap_or(0);
        let rows = self.ask(query).await.expect("the counts");
        rows.into_iter()
            .map(|cells| (cells[0].clone().unwrap_or_default(), [1, 2, 3].map(|at| number(&cells[at]))))
            .collect()
    }
}

/// What a statement did: rows by table, and those of one table as they are then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) counts: Counts,
    pub(super) rows: BTreeSet<String>,
}

pub(super) fn since(before: &Counts, after: Counts) -> Counts {
    let mut counts = after;
    for (table, now) in &mut counts {
        let then = before.get(table).copied().unwrap_or_default();
        (0..3).for_each(|at| now[at] -= then[at]);
    }
    counts.retain(|_, counts| *counts != [0; 3]);
    counts
}

fn asker(who: &Person) -> Asker {
    let tenant = who.tenant.as_ref().map(|tenant| (tenant.kind.clone(), tenant.key().to_owned()));
    Asker { persona: who.persona.to_string(), tenant, keys: who.keys.clone(), at: None }
}

pub(super) async fn cells(connection: &mut PgConnection, query: &str) -> Result<Vec<Cells>, sqlx::Error> {
    let rows = raw_sql(AssertSqlSafe(query.to_owned())).fetch_all(connection).await?;
    let cell = |row: &sqlx::postgres::PgRow, at: usize| {
        let value = row.try_get_raw(at).expect("a cell");
        (!value.is_null()).then(|| value.as_str().expect("text").to_owned())
    };
    Ok(rows.iter().map(|row| (0..row.len()).map(|at| cell(row, at)).collect()).collect())
}
