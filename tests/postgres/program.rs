//! Running the program on a project.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a run that ended well has written.
pub(crate) struct Said {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program in `folder`, with nothing of the caller's own settings for PostgreSQL; what it wrote where it failed.
pub(crate) fn portalctl(folder: &Path, args: &[&str]) -> Result<Said, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portalctl"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    for variable in ["DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGOPTIONS"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("the program can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = Said { stdout: text(&output.stdout), stderr: text(&output.stderr) };
    if output.status.success() {
        Ok(said)
    } else {
        Err(format!("{} {args:?}:\n{}{}", folder.display(), said.stdout, said.stderr))
    }
}
