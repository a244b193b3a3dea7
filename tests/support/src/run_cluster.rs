//! The cluster of the test run.

use portalctl::adapters::local_postgres::{Environment, LocalCluster, Running};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tokio::sync::OnceCell;

static RUNNING: OnceCell<Running> = OnceCell::const_new();

/// Nothing here must survive a crash.
const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "200"),
    ("autovacuum_naptime", "10min"),
];

const PREFIX: &str = "portalctl-tests-";

/// Waits for the end of the run, then for the server's. A process that nobody collects counts as ended, as
/// first processes of containers leave many. What is deleted is named by arguments alone.
const WATCHDOG: &str = r#"
alive() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"; }
while alive "$1"; do sleep 0.2; done
pidfile="$2/.portalctl/postgres/data/postmaster.pid"
if [ -f "$pidfile" ]; then
  pid=$(sed -n 1p "$pidfile")
  socket=$(sed -n 5p "$pidfile")
  kill -QUIT "$pid" 2>/dev/null
  while alive "$pid"; do sleep 0.05; done
  case "$socket" in */portalctl-*) rm -f "$socket"/.s.PGSQL.5432*; rmdir "$socket" ;; esac
fi
case "$2" in */portalctl-tests-*) rm -rf "$2" ;; esac
"#;

/// The server of this run, started by whoever comes first.
pub async fn running() -> &'static Running {
    RUNNING.get_or_init(|| async { start().await.unwrap_or_else(|error| panic!("{error}")) }).await
}

async fn start() -> Result<Running, String> {
    let runner = runner();
    let folder = std::env::temp_dir().join(format!("{PREFIX}{runner}"));
    // Whoever makes the folder also sees to its end, before anything runs in it.
    match std::fs::create_dir(&folder) {
        Ok(()) => {
            watch(runner, &folder);
            sweep();
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(format!("cannot make `{}`: {error}", folder.display())),
    }
    let explain = |error: portalctl::adapters::local_postgres::LocalError| {
        format!("{error}\nhint: {}", error.hint().unwrap_or_default())
    };
    let cluster = LocalCluster::locate(&folder, Environment::of_process()).map_err(explain)?;
    let running = cluster.with_settings(SETTINGS.iter().copied()).start().await.map_err(explain)?;
    running.keep().map_err(explain)?;
    Ok(running)
}

/// The process whose end is the end of the run: what started this test binary, if that was made for it.
fn runner() -> u32 {
    let by_tool = std::env::var_os("NEXTEST").is_some() || std::env::var_os("CARGO").is_some();
    if by_tool { std::os::unix::process::parent_id() } else { std::process::id() }
}

/// In a process group of its own, and holding none of the test's streams, so that neither Ctrl-C nor the end
/// of a test reaches it and no test waits for it.
#[expect(clippy::zombie_processes, reason = "it outlives this process")]
fn watch(runner: u32, folder: &Path) {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", WATCHDOG, "watchdog", &runner.to_string()]).arg(folder).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().expect("a shell to watch over the end of the run");
}

/// Gives the folders of runs whose watchdog was killed as well to a new one.
fn sweep() {
    let entries = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    for folder in folders {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(Ok(pid)) = name.strip_prefix(PREFIX).map(str::parse::<u32>) else { continue };
        let alive = Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status();
        if alive.is_ok_and(|status| !status.success()) {
            watch(pid, &folder);
        }
    }
}
