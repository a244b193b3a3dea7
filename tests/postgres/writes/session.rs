//! A connection that acts as the site's login, and of which the superuser can look at what an open transaction did.

use crate::provisioned::{Asker, Provisioned, rows, run};
use sqlx::error::DatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, raw_sql};
use std::str::FromStr;

pub(super) struct Session {
    connection: PgConnection,
    pub(super) pid: i32,
    gateway: String,
    /// Everything that the business holds, as one text.
    whole: String,
    before: Vec<String>,
}

/// What should become of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Rows(u64),
    Error([u8; 5]),
    /// An answer or a plain refusal; nothing has changed.
    Nothing,
    NoError,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "no" => Ok(Self::Error(*b"42501")),
            "none" => Ok(Self::Nothing),
            "ok" => Ok(Self::NoError),
            _ if word.len() == 5 => Ok(Self::Error(word.as_bytes().try_into().expect("five"))),
            _ => word.parse().map(Self::Rows).map_err(|_| word.to_owned()),
        }
    }
}

impl Wanted {
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::NoError) || matches!(self, Self::Rows(rows) if rows > 0)
    }
}

pub(super) struct Outcome {
    answer: Result<u64, sqlx::Error>,
    /// Rows that were not there before, and those that are not any more.
    changed: Vec<String>,
    then: Option<String>,
}

impl Session {
    pub(super) async fn open(portal: &Provisioned, schema: &str) -> Self {
        let mut connection = portal.db.admin().await;
        let tables = format!(
            "select format('select %L || t::text from %s t', c.oid::regclass, c.oid::regclass) from pg_class c
             where relnamespace = '{schema}'::regnamespace and relkind = 'r'"
        );
        let tables = rows(&mut connection, &tables).await.unwrap();
        let audit =
            format!("select 'audit ' || count(*) from \"{}\".audit_event where object is not null", portal.control());
        let whole = format!("{} union all {audit}", tables.join(" union all "));
        let before = rows(&mut connection, &whole).await.unwrap();
        let pid =
            sqlx::query_scalar("select pg_backend_pid()").persistent(false).fetch_one(&mut connection).await.unwrap();
        Self { connection, pid, gateway: portal.roles().gateway.to_string(), whole, before }
    }

    /// A context for this connection.
    pub(super) async fn token(&mut self, portal: &Provisioned, asker: &Asker, mfa: bool) -> String {
        let token = portal.token_for(asker, Some(self.pid), "1 hour").await;
        let payload = "(substr($1, 10, length($1) - 74))::jsonb || jsonb_build_object('mfa', $2)";
        sqlx::query_scalar(AssertSqlSafe(format!("select \"{}\".mint({payload})", portal.control())))
            .persistent(false)
            .bind(token)
            .bind(mfa)
            .fetch_one(&mut self.connection)
            .await
            .unwrap()
    }

    /// Runs `statement` as the persona, looks at what it did, and takes it back.
    pub(super) async fn attempt(
        &mut self,
        role: &str,
        token: &str,
        statement: &str,
        then: Option<&(String, String)>,
    ) -> Outcome {
        run(&mut self.connection, &format!("begin; set local session authorization \"{}\"", self.gateway)).await;
        sqlx::query("select set_config('role', $1, true), set_config('portal.context', $2, true)")
            .persistent(false)
            .bind(role)
            .bind(token)
            .execute(&mut self.connection)
            .await
            .unwrap();
        run(&mut self.connection, "savepoint before").await;
        let done = raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut self.connection).await;
        if done.is_err() {
            run(&mut self.connection, "rollback to before").await;
        }
        run(&mut self.connection, "reset role; reset session authorization").await;
        let after = rows(&mut self.connection, &self.whole).await.unwrap();
        // Both are sorted.
        let new = after.iter().filter(|row| self.before.binary_search(row).is_err());
        let changed = new.chain(self.before.iter().filter(|row| after.binary_search(row).is_err())).cloned().collect();
        let then = match then {
            Some((question, _)) if done.is_ok() => Some(rows(&mut self.connection, question).await.unwrap().join(", ")),
            _ => None,
        };
        run(&mut self.connection, "rollback; deallocate all").await;
        Outcome { answer: done.map(|done| done.rows_affected()), changed, then }
    }
}

impl Outcome {
    /// What is other than wanted.
    pub(super) fn difference(&self, wanted: Wanted, then: Option<&(String, String)>) -> Option<String> {
        let fits = match (wanted, &self.answer) {
            (Wanted::Rows(rows), Ok(touched)) => {
                rows == *touched && self.changed.is_empty() == (rows == 0) && self.recorded() == (rows > 0)
            }
            (Wanted::Error(code), Err(_)) => self.code().as_bytes() == code && self.changed.is_empty(),
            (Wanted::Nothing, Ok(_)) => self.changed.is_empty(),
            (Wanted::Nothing, Err(_)) => {
                ["42501", "42809", "0A000", "42P16", "42P17", "55000"].contains(&self.code().as_str())
                    && self.changed.is_empty()
            }
            (Wanted::NoError, Ok(_)) => true,
            _ => false,
        };
        let found = then.is_none_or(|(_, wanted)| self.then.as_ref() == Some(wanted));
        let Self { answer, changed, then } = self;
        let answer = answer.as_ref().map_err(ToString::to_string);
        (!fits || !found).then(|| format!("{answer:?}, changed {changed:?}, found {then:?}"))
    }

    /// Whether the record of changes has grown.
    fn recorded(&self) -> bool {
        self.changed.iter().any(|row| row.starts_with("audit "))
    }

    fn code(&self) -> String {
        let error = self.answer.as_ref().err().and_then(sqlx::Error::as_database_error);
        error.and_then(DatabaseError::code).unwrap_or_default().into_owned()
    }

    /// The refusal in full.
    pub(super) fn said(&self) -> Option<String> {
        self.answer.as_ref().err().map(|error| format!("{error:?}"))
    }
}
