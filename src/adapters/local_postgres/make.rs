//! Making the data of a cluster.

use super::binaries::ServerBinaries;
use super::error::LocalError;
use super::home::Home;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The name of the administrator in a private cluster.
pub const SUPERUSER: &str = "postgres";

/// Nobody but the owner of the folder (and root) reaches the socket, so who connects may take any role.
const HBA: &str =
    "# Connections come through a socket in a folder that only its owner can enter.\nlocal all all trust\n";

/// Statements never go to the log: they may hold what should not be read there.
const SETTINGS: &str = "
# Below: written by portalctl when this cluster was made. Change what you like here or with ALTER SYSTEM.
max_connections = 50
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
shared_preload_libraries = ''
logging_collector = on
log_directory = '../log'
log_filename = 'server-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_min_error_statement = panic
";

/// Kills a program and all it started when dropped before [`Self::release`].
struct KillGroup(Option<Pid>);

impl KillGroup {
    fn of(pid: Option<u32>) -> Self {
        Self(pid.and_then(|pid| i32::try_from(pid).ok()).map(Pid::from_raw))
    }
    fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for KillGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}

/// Makes the data folder under another name and renames it, so that it is there whole or not at all.
///
/// `durable`: wait until it is on disk.
pub async fn make_data(home: &Home, binaries: &ServerBinaries, durable: bool) -> Result<(), LocalError> {
    remove_unfinished(home);
    let scratch = tempfile::Builder::new()
        .prefix("data.new-")
        .tempdir_in(&home.folder)
        .map_err(LocalError::io("make a folder in", &home.folder))?;
    home.user.give(scratch.path())?;
    let data = scratch.path().join("data");
    let utf8 = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };
    // People expect lists in the order of a dictionary, which only ICU gives everywhere alike.
    let icu = ["--locale-provider=icu", "--icu-locale=und"];
    let mut failure = String::new();
    for (locale, provider) in [(utf8, &icu[..]), (utf8, &[]), ("C", &[])] {
        let mut command = initdb(home, binaries, &data);
        command.arg(format!("--locale={locale}")).args(provider).args((!durable).then_some("--no-sync"));
        match run(home, &binaries.initdb(), command).await? {
            Ok(()) => {
                write_settings(home, &data)?;
                return std::fs::rename(&data, home.data()).map_err(LocalError::io("make", &home.data()));
            }
            Err(output) if output.contains("ICU") || output.contains("locale") => failure = output,
            Err(output) => return Err(LocalError::InitDb(output)),
        }
    }
    Err(LocalError::InitDb(failure))
}

fn initdb(home: &Home, binaries: &ServerBinaries, data: &Path) -> Command {
    let mut command = home.user.command(&binaries.initdb());
    command.arg("-D").arg(data).args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-instructions"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.process_group(0).current_dir(&home.folder);
    command
}

/// Runs it to its end; the inner error is what it said on failing.
async fn run(home: &Home, program: &Path, command: Command) -> Result<Result<(), String>, LocalError> {
    let child = tokio::process::Command::from(command).spawn().map_err(not_run(home, program))?;
    let guard = KillGroup::of(child.id());
    let output = child.wait_with_output().await.map_err(LocalError::io("run", program))?;
    guard.release();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(if output.status.success() { Ok(()) } else { Err(said) })
}

pub(super) fn not_run(home: &Home, program: &Path) -> impl FnOnce(std::io::Error) -> LocalError {
    let (path, user) = (program.to_owned(), home.user.name.clone());
    move |error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => LocalError::Unreachable { path, user },
        _ => LocalError::Io { what: "run", path, source: error },
    }
}

/// What an `initdb` that was killed left behind.
fn remove_unfinished(home: &Home) {
    for entry in std::fs::read_dir(&home.folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("data.new-") {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn write_settings(home: &Home, data: &Path) -> Result<(), LocalError> {
    let conf = data.join("postgresql.conf");
    let given = std::fs::read_to_string(&conf).map_err(LocalError::io("read", &conf))?;
    for (name, text) in [("postgresql.conf", given + SETTINGS), ("pg_hba.conf", HBA.to_owned())] {
        let path = data.join(name);
        let new = tempfile::NamedTempFile::new_in(data).map_err(LocalError::io("write a file in", data))?;
        std::fs::write(new.path(), text).map_err(LocalError::io("write", &path))?;
        home.user.give(new.path())?;
        new.persist(&path).map_err(|error| LocalError::io("write", &path)(error.error))?;
    }
    Ok(())
}
