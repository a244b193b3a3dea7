//! Making the data and starting the server.

use super::binaries::ServerBinaries;
use super::error::LocalError;
use super::home::Home;
use super::locks::Locks;
use super::postmaster::PostmasterFile;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// The name of the administrator in a private cluster.
pub const SUPERUSER: &str = "postgres";

/// Crash recovery of a large database takes its time; longer than this is a hang.
const START_LIMIT: Duration = Duration::from_secs(300);
const KEEP_LOGS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const LOG_TAIL: u64 = 4096;

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
pub async fn make_data(home: &Home, binaries: &ServerBinaries) -> Result<(), LocalError> {
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
        match run_initdb(home, binaries, &data, locale, provider).await? {
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

async fn run_initdb(
    home: &Home,
    binaries: &ServerBinaries,
    data: &Path,
    locale: &str,
    provider: &[&str],
) -> Result<Result<(), String>, LocalError> {
    let mut command = home.user.command(&binaries.initdb());
    command.arg("-D").arg(data).args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-instructions"]);
    command.arg(format!("--locale={locale}")).args(provider).current_dir(&home.folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
    let program = binaries.initdb();
    let child = tokio::process::Command::from(command).spawn().map_err(not_run(home, &program))?;
    let guard = KillGroup::of(child.id());
    let output = child.wait_with_output().await.map_err(LocalError::io("run", &program))?;
    guard.release();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(if output.status.success() { Ok(()) } else { Err(said) })
}

fn not_run(home: &Home, program: &Path) -> impl FnOnce(std::io::Error) -> LocalError {
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

/// A server process on its way up; stopped when dropped before it is ready.
struct Starting {
    child: Option<Child>,
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
            let _ = kill(pid, Signal::SIGQUIT);
            let _ = child.wait();
        }
    }
}

/// Starts the server and waits until it takes connections.
///
/// `settings` go on the command line and so win over the files.
pub async fn launch(
    home: &Home,
    locks: &Locks,
    binaries: &ServerBinaries,
    settings: &[(String, String)],
) -> Result<(Child, PostmasterFile), LocalError> {
    let Some(server_lock) = locks.try_server()? else {
        return Err(LocalError::Unresponsive {
            folder: home.folder.clone(),
            pid: PostmasterFile::read_pid(&home.data()),
        });
    };
    if !home.log().is_dir() {
        home.user.make_private_folder(&home.log())?;
    }
    remove_old_logs(&home.log());
    let socket_folder = home.socket_folder()?;
    let began = SystemTime::now();
    let mut early = tempfile::tempfile().map_err(LocalError::io("write a file in", &std::env::temp_dir()))?;
    let stderr = early.try_clone().map_err(LocalError::io("write a file in", &std::env::temp_dir()))?;

    let mut command = home.user.command(&binaries.server());
    command.arg("-D").arg(home.data()).arg("-k").arg(&socket_folder);
    for setting in ["listen_addresses=", "unix_socket_permissions=0700", "port=5432"] {
        command.args(["-c", setting]);
    }
    for (name, value) in settings {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    // The server refuses to start while the process number of a crashed one is in use again, by whatever
    // process. That no server lives is known from the lock; this variable excuses that one number, and the
    // server still examines the shared memory of the crashed one.
    if let Some(stale) = PostmasterFile::read_pid(&home.data()) {
        command.env("PG_GRANDPARENT_PID", stale.to_string());
    }
    // A process group of its own: Ctrl-C in the terminal is for the command, which then stops the server.
    command.stdin(server_lock).stdout(Stdio::null()).stderr(stderr).process_group(0).current_dir(&home.folder);
    let child = command.spawn().map_err(not_run(home, &binaries.server()))?;
    let pid = i32::try_from(child.id()).unwrap_or(i32::MAX);
    let mut starting = Starting { child: Some(child) };

    let began_waiting = Instant::now();
    loop {
        if let Some(child) = &mut starting.child
            && child.try_wait().map_err(LocalError::io("run", &binaries.server()))?.is_some()
        {
            home.remove_socket_folder(&socket_folder);
            return Err(LocalError::Start(what_it_said(&mut early, &home.log(), began)));
        }
        if let Some(file) = PostmasterFile::read(&home.data()).filter(|file| file.pid == pid && file.ready)
            && let Some(child) = starting.child.take()
        {
            return Ok((child, file));
        }
        if began_waiting.elapsed() > START_LIMIT {
            return Err(LocalError::StartTimeout(START_LIMIT.as_secs()));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Before its log is open the server speaks on stderr, after that in the log.
fn what_it_said(early: &mut File, log: &Path, since: SystemTime) -> String {
    let mut said = String::new();
    let _ = early.seek(SeekFrom::Start(0)).and_then(|_| early.read_to_string(&mut said));
    let newest = logs(log).into_iter().filter(|(changed, _)| *changed >= since).max();
    if let Some((_, path)) = newest
        && let Ok(mut file) = File::open(path)
    {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        let mut tail = Vec::new();
        let _ = file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL))).and_then(|_| file.read_to_end(&mut tail));
        said.push_str(&String::from_utf8_lossy(&tail));
    }
    let telling = ["FATAL", "PANIC", "DETAIL", "HINT", "error"];
    let lines: Vec<&str> = said.lines().filter(|line| telling.iter().any(|word| line.contains(word))).collect();
    let from = lines.len().saturating_sub(10);
    if lines.is_empty() { said } else { lines[from..].join("\n") }
}

fn logs(log: &Path) -> Vec<(SystemTime, PathBuf)> {
    let entries = std::fs::read_dir(log).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect()
}

/// The server itself only begins its files anew while it runs over midnight.
fn remove_old_logs(log: &Path) {
    let old = |changed: &SystemTime| changed.elapsed().is_ok_and(|age| age > KEEP_LOGS);
    for (_, path) in logs(log).into_iter().filter(|(changed, _)| old(changed)) {
        let _ = std::fs::remove_file(path);
    }
}
