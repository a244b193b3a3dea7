//! Writes that wait for another system, as they are shown.

use super::table::Table;
use super::{CliError, Format};
use crate::adapters::postgres::outbox::{Retried, Write};

/// `1 write is`, `3 writes are`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 write {one}") } else { format!("{count} writes {many}") }
}

/// A table for people, or `{"writes": […]}`.
pub fn render(writes: &[Write], format: Format) -> String {
    if format == Format::Json {
        return format!("{}\n", serde_json::json!({ "writes": writes }));
    }
    let mut table = Table::new(["ID", "STATE", "SYSTEM", "ROW", "ACTION", "ATTEMPTS", "AT", "LAST ERROR"]);
    for write in writes {
        let (id, attempts) = (write.id.to_string(), write.attempts.to_string());
        let row = format!("{}/{}", write.object, write.row_key.join("~"));
        let error = write.last_error.as_deref().unwrap_or("");
        table.row([&id, &write.state, &write.system, &row, &write.action, &attempts, &write.at, error]);
    }
    table.to_string()
}

/// What became of asking for a further attempt of the write `id`.
///
/// # Errors
/// There is nothing to try again.
pub fn retried(id: i64, retried: Retried) -> Result<String, CliError> {
    match retried {
        Retried::Again => Ok(format!("write {id} is tried again")),
        Retried::NotThere => {
            Err(CliError::usage(format!("there is no write {id}")).hint("`portalctl outbox list` shows them"))
        }
        Retried::Sent => Err(CliError::usage(format!("write {id} has been sent"))
            .hint("`portalctl outbox list` shows those that wait or have failed")),
        Retried::Overtaken => {
            Err(CliError::refused(format!("the other system has a later change of the row of write {id}"))
                .hint("what it says now would be overwritten with what was written before"))
        }
    }
}
