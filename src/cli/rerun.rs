//! Work that is done again whenever a document of the project changes: `--watch`.

use super::context::Context;
use super::error::CliError;
use super::{ErrorKind, ExitCode};
use crate::adapters::clock;
use crate::adapters::files::{FilesError, Snapshot};
use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long nothing is looked at, at least.
const PAUSE: Duration = Duration::from_millis(200);
/// Looking takes at most this part of the time, however large the project is.
const SHARE: u32 = 20;
/// Editors and version control write several files at once, and a file in several steps: it is waited until they are
/// the same twice, so far apart.
const SETTLING: Duration = Duration::from_millis(60);
/// Files that never stand still are taken as they are.
const MOST_LOOKS: usize = 20;
/// More changes than this are counted.
const MOST_NAMED: usize = 3;

/// Does `work`, and does it again after every change, until a signal ends the command. It ends by itself only where it
/// cannot begin, or where nobody reads its output any more.
///
/// # Errors
/// There is no project here, or `work` fails the first time.
pub async fn on_change<F>(context: &Context, work: impl Fn() -> F) -> Result<ExitCode, CliError>
where
    F: Future<Output = Result<ExitCode, CliError>>,
{
    let folder = context.project_folder()?;
    // Taken before the work, which may read something newer: then there is a change to be seen.
    let mut seen = Snapshot::take(&folder);
    if seen.is_ok() {
        context.terminal.begin_anew();
    }
    Box::pin(work()).await?;
    context.terminal.note("waiting for a document to change; Ctrl-C ends this");
    loop {
        let now = next(&folder, &seen).await;
        let said = told(&seen, &now);
        seen = now;
        context.terminal.begin_anew();
        context.terminal.note(&format!("{} {said}", time_of_day()));
        if seen.is_ok()
            && let Err(error) = Box::pin(work()).await
        {
            if error.kind == ErrorKind::OutputClosed {
                return Err(error);
            }
            error.tell(&context.terminal);
        }
    }
}

type Look = Result<Snapshot, FilesError>;

/// What the documents hold once they are something else than `seen`, and stand still.
async fn next(folder: &Path, seen: &Look) -> Look {
    loop {
        let began = Instant::now();
        let mut now = Snapshot::take(folder);
        if is_same(&now, seen) {
            tokio::time::sleep(PAUSE.max(began.elapsed() * SHARE)).await;
            continue;
        }
        for _ in 0..MOST_LOOKS {
            tokio::time::sleep(SETTLING).await;
            let before = std::mem::replace(&mut now, Snapshot::take(folder));
            if is_same(&now, &before) {
                break;
            }
        }
        // What came back to where it was, such as a file that was away for a moment, is no change.
        if !is_same(&now, seen) {
            return now;
        }
    }
}

fn is_same(one: &Look, other: &Look) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => one == other,
        (Err(one), Err(other)) => one.to_string() == other.to_string(),
        _ => false,
    }
}

fn told(before: &Look, now: &Look) -> String {
    match (before, now) {
        (Ok(before), Ok(now)) => {
            let changes = now.changes_since(before);
            let named = changes.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
            match changes.len().saturating_sub(MOST_NAMED) {
                0 => named,
                1 => format!("{named}, and another file changed"),
                more => format!("{named}, and {more} more files changed"),
            }
        }
        (Err(_), Ok(_)) => "the project is there again".to_owned(),
        (_, Err(error)) => format!("{error}; waiting for it"),
    }
}

fn time_of_day() -> String {
    let now = clock::now().time();
    format!("{:02}:{:02}:{:02} UTC", now.hour(), now.minute(), now.second())
}
