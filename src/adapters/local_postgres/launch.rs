//! Starting the server.

use super::binaries::ServerBinaries;
use super::error::LocalError;
use super::home::Home;
use super::locks::{Held, Locks};
use super::make::not_run;
use super::postmaster::PostmasterFile;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// Crash recovery of a large database takes its time; longer than this is a hang.
const START_LIMIT: Duration = Duration::from_secs(300);
const KEEP_LOGS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const LOG_TAIL: u64 = 4096;
const TOLD_LINES: usize = 10;

/// Log lines that explain no failure.
const ROUTINE: &[&str] = &[
    "LOG:  starting PostgreSQL",
    "LOG:  listening on",
    "LOG:  redirecting log output",
    "HINT:  Future log output",
    "LOG:  database system is shut down",
    "LOG:  checkpoint",
];

/// A server process on its way up; stopped when dropped before it is ready.
struct Starting<'a> {
    home: &'a Home,
    socket_folder: &'a Path,
    child: Option<Child>,
}

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
            let _ = kill(pid, Signal::SIGQUIT);
            let _ = child.wait();
            self.home.remove_socket_folder(self.socket_folder);
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
    let Some(server_lock) = locks.server().await?.and_then(Held::hand_over) else {
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
    let mut starting = Starting { home, socket_folder: &socket_folder, child: Some(child) };

    let began_waiting = Instant::now();
    loop {
        if let Some(child) = &mut starting.child
            && child.try_wait().map_err(LocalError::io("run", &binaries.server()))?.is_some()
        {
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
    let lines: Vec<&str> = said.lines().filter(|line| !ROUTINE.iter().any(|words| line.contains(words))).collect();
    lines[lines.len().saturating_sub(TOLD_LINES)..].join("\n")
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
