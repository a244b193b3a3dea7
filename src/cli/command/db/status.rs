//! `portalctl db status`.

use crate::adapters::local_postgres::Status;
use crate::cli::context::Context;
use crate::cli::database::local_cluster;
use crate::cli::{CliError, ExitCode, Format};

pub fn run(context: &Context, format: Format) -> Result<ExitCode, CliError> {
    let status = local_cluster(&context.project_folder()?)?.status()?;
    let shown = match format {
        Format::Text => text(&status),
        Format::Json => json(&status),
    };
    context.terminal.data(&shown)?;
    Ok(ExitCode::Done)
}

fn text(status: &Status) -> String {
    match status {
        Status::Absent { folder } => format!("not made yet\nfolder   {}\n", folder.display()),
        Status::Stopped { folder, major } => format!("stopped\nversion  {major}\nfolder   {}\n", folder.display()),
        Status::Unresponsive { folder, .. } => format!("running, but does not answer\nfolder   {}\n", folder.display()),
        Status::Running { folder, major, pid, address, kept, in_use } => {
            let until = match (kept, in_use) {
                (true, _) => "until `portalctl db stop`",
                (false, true) => "for as long as another command uses it",
                (false, false) => "left behind by a command that was killed; the next one takes it over",
            };
            let (folder, socket) = (folder.display(), address.folder.display());
            format!("running  {until}\nprocess  {pid}\nversion  {major}\nsocket   {socket}\nfolder   {folder}\n")
        }
    }
}

/// `{"state": "absent"|"stopped"|"running"|"unresponsive", "folder", "version", "pid", "socket", "kept", "in_use"}`.
fn json(status: &Status) -> String {
    let value = match status {
        Status::Absent { folder } => serde_json::json!({"state": "absent", "folder": folder}),
        Status::Stopped { folder, major } => {
            serde_json::json!({"state": "stopped", "folder": folder, "version": major})
        }
        Status::Unresponsive { folder, pid } => {
            serde_json::json!({"state": "unresponsive", "folder": folder, "pid": pid})
        }
        Status::Running { folder, major, pid, address, kept, in_use } => serde_json::json!({
            "state": "running", "folder": folder, "version": major, "pid": pid, "socket": address.folder,
            "kept": kept, "in_use": in_use,
        }),
    };
    format!("{value:#}\n")
}
