//! One statement as a persona, on the gateway's connection with a signed context, exactly as the
//! site would run it.

use super::PgError;
use crate::names::{ColumnName, Ident, RoleName, TableName};
use sqlx::postgres::{PgColumn, PgRow};
use sqlx::{
    AssertSqlSafe, Column, Connection, Executor, PgConnection, Row as _, SqlSafeStr, Statement, TypeInfo, ValueRef,
};

/// What a statement answered: values as PostgreSQL writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    pub columns: Vec<AnswerColumn>,
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows that a statement without an answer touched.
    pub affected: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    pub name: String,
    /// PostgreSQL's name of the type, in capitals: `INT4`, `TEXT`.
    pub type_name: String,
}

/// What becomes of what a statement changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// The statement may change nothing.
    Refused,
    /// It is tried, and taken back.
    RolledBack,
    Kept,
}

/// Runs `statement` in a transaction of its own: as `role`, with `context`.
///
/// # Errors
/// The statement fails or is several statements; the server cannot be asked.
pub async fn run(
    gateway: &mut PgConnection,
    role: &RoleName,
    context: &str,
    statement: &str,
    changes: Changes,
) -> Result<Answer, PgError> {
    let begin = if changes == Changes::Refused { "BEGIN READ ONLY" } else { "BEGIN" };
    let mut transaction = gateway.begin_with(begin).await.map_err(PgError::query("begin a transaction"))?;
    sqlx::query("SELECT set_config('role', $1, true), set_config('portal.context', $2, true)")
        .persistent(false)
        .bind(role.as_str())
        .bind(context)
        .execute(&mut *transaction)
        .await
        .map_err(PgError::query("become the persona"))?;
    // The extended protocol takes one statement only; the simple one, which answers in text, would
    // take `…; COMMIT; …` as well. So it is prepared by the one and run by the other.
    let prepared = (&mut *transaction)
        .prepare(AssertSqlSafe(statement.to_owned()).into_sql_str())
        .await
        .map_err(PgError::query("prepare the statement"))?;
    let columns = prepared.columns().iter().map(column_of).collect();
    let answer = Answer { columns, ..collect(&mut transaction, statement).await? };
    let end = if changes == Changes::Kept { transaction.commit().await } else { transaction.rollback().await };
    end.map_err(PgError::query("end the transaction"))?;
    Ok(answer)
}

/// One row, by its key.
#[derive(Debug)]
pub struct Row<'a> {
    pub table: &'a TableName,
    pub columns: &'a [ColumnName],
    /// One text for each column.
    pub key: &'a [String],
}

/// What `role`, with `context`, is shown of that row, as text; `None`: no such row. A key of another shape than the
/// columns' is no row.
///
/// # Errors
/// The server cannot be asked.
pub async fn shown(
    gateway: &mut PgConnection,
    role: &RoleName,
    context: &str,
    row: &Row<'_>,
    columns: &[&ColumnName],
) -> Result<Option<Vec<Option<String>>>, PgError> {
    let matches: Vec<String> = row
        .columns
        .iter()
        .zip(row.key)
        .map(|(column, text)| format!("{}::text = {}", Ident::new(column.as_str()), Ident::literal(text)))
        .collect();
    let texts: Vec<String> = columns.iter().map(|column| format!("{}::text", Ident::new(column.as_str()))).collect();
    let list = if texts.is_empty() { "1".to_owned() } else { texts.join(", ") };
    let statement = format!("SELECT {list} FROM {} WHERE {} LIMIT 1", row.table.sql(), matches.join(" AND "));
    Ok(run(gateway, role, context, &statement, Changes::Refused).await?.rows.pop())
}

/// By which a context is bound to this connection.
///
/// # Errors
/// The server cannot be asked.
pub async fn backend_pid(connection: &mut PgConnection) -> Result<i32, PgError> {
    sqlx::query_scalar("SELECT pg_backend_pid()")
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(PgError::query("read the backend's number"))
}

pub(super) async fn collect(connection: &mut PgConnection, statement: &str) -> Result<Answer, PgError> {
    use futures_util::TryStreamExt;
    let mut answer = Answer::default();
    let mut results = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).fetch_many(connection);
    while let Some(part) = results.try_next().await.map_err(PgError::query("run the statement"))? {
        match part {
            sqlx::Either::Left(done) => answer.affected += done.rows_affected(),
            sqlx::Either::Right(row) => {
                answer.rows.push(values_of(&row).map_err(PgError::query("read the answer"))?);
            }
        }
    }
    Ok(answer)
}

fn column_of(column: &PgColumn) -> AnswerColumn {
    AnswerColumn { name: column.name().to_owned(), type_name: column.type_info().name().to_owned() }
}

fn values_of(row: &PgRow) -> Result<Vec<Option<String>>, sqlx::Error> {
    (0..row.len())
        .map(|n| {
            let value = row.try_get_raw(n)?;
            if value.is_null() {
                return Ok(None);
            }
            let text = value.as_str().map_err(sqlx::Error::Decode)?;
            Ok(Some(text.to_owned()))
        })
        .collect()
}

/// The first word of a statement that would leave the persona or the transaction; such a statement
/// is refused before it is sent, with a clearer message than the server's.
pub fn leaves_the_persona(statement: &str) -> Option<String> {
    let words: Vec<String> = skip_comments(statement)
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|word| !word.is_empty())
        .take(3)
        .map(str::to_ascii_uppercase)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let refused = matches!(
        words.as_slice(),
        [
            "BEGIN"
                | "START"
                | "COMMIT"
                | "END"
                | "ROLLBACK"
                | "ABORT"
                | "SAVEPOINT"
                | "RELEASE"
                | "DISCARD"
                | "DEALLOCATE",
            ..
        ] | ["PREPARE", "TRANSACTION", ..]
            | ["SET", "ROLE" | "SESSION" | "TRANSACTION", ..]
            | ["SET", "LOCAL", "ROLE" | "SESSION"]
            | ["RESET", "ROLE" | "ALL" | "SESSION", ..]
    );
    refused.then(|| words.join(" "))
}

/// What stands behind white space and comments; block comments nest.
fn skip_comments(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if let Some(rest) = text.strip_prefix("--") {
            text = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(rest) = text.strip_prefix("/*") {
            text = after_block(rest);
        } else {
            return text;
        }
    }
}

fn after_block(text: &str) -> &str {
    let (mut depth, mut at) = (1_usize, 0);
    while depth > 0 {
        let rest = &text[at..];
        match (rest.find("/*"), rest.find("*/")) {
            (Some(open), Some(close)) if open < close => {
                depth += 1;
                at += open + 2;
            }
            (_, Some(close)) => {
                depth -= 1;
                at += close + 2;
            }
            _ => return "",
        }
    }
    &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_leave_the_persona_are_seen_behind_comments() {
        for statement in [
            "commit",
            " /* a /* b */ c */ ROLLBACK",
            "-- x\nset role postgres",
            "SET LOCAL ROLE x",
            "reset all;",
            "End",
        ] {
            assert!(leaves_the_persona(statement).is_some(), "{statement}");
        }
        for statement in
            ["select 1", "set local work_mem = '1MB'", "prepare x as select 1", "-- commit\nselect 1", "/*", ""]
        {
            assert_eq!(leaves_the_persona(statement), None, "{statement}");
        }
    }
}
