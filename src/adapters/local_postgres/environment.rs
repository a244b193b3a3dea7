//! What this room takes from its surroundings, read once so that everything after depends on values.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub struct Environment {
    /// `PG_BINDIR`: wins over everything that is found.
    pub pg_bindir: Option<PathBuf>,
    pub path: Option<OsString>,
    /// Folders that may hold server binaries, the preferred first; `None`: wherever systems put them.
    pub installed: Option<Vec<PathBuf>>,
    /// Where clusters lie whose server user cannot reach the project.
    pub state_folder: PathBuf,
    /// Where folders for sockets are made.
    pub runtime_folder: PathBuf,
}

impl Environment {
    pub fn of_process() -> Self {
        Self {
            pg_bindir: std::env::var_os("PG_BINDIR").filter(|value| !value.is_empty()).map(PathBuf::from),
            installed: None,
            path: std::env::var_os("PATH"),
            state_folder: PathBuf::from("/var/lib/portalctl"),
            runtime_folder: runtime_folder(),
        }
    }

    /// Folders to look for server binaries in. Asking `pg_config` starts a process, which a command that joins a
    /// running server does not wait for.
    pub fn server_folders(&self) -> Vec<PathBuf> {
        self.installed.clone().unwrap_or_else(|| installed(self.path.as_ref()))
    }

    /// The first executable `name` on the `PATH`.
    pub fn on_path(&self, name: &str) -> Option<PathBuf> {
        let path = self.path.as_ref()?;
        std::env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    }
}

/// `/run` belongs to root and is emptied at boot. Other users take `/tmp` and not `XDG_RUNTIME_DIR`, which is
/// removed at log-out while a server that `db start` left running lives on.
fn runtime_folder() -> PathBuf {
    let run = Path::new("/run");
    let folder = if nix::unistd::geteuid().is_root() && run.is_dir() { run } else { Path::new("/tmp") };
    folder.to_owned()
}

fn installed(path: Option<&OsString>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = path.and_then(pg_config_bindir).into_iter().collect();
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql"),
        ("/usr/local/opt", "postgresql"),
        ("/Applications/Postgres.app/Contents/Versions", ""),
    ] {
        folders.extend(children(Path::new(parent), prefix).into_iter().map(|folder| folder.join("bin")));
    }
    folders
        .extend(["/usr/local/pgsql/bin", "/usr/libexec/postgresql", "/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    folders
}

/// The folders in `parent` whose names begin with `prefix`, newest version first.
fn children(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
        .collect();
    names.sort_by_key(|folder| std::cmp::Reverse((version_in(folder), folder.clone())));
    names
}

/// `postgresql@17` is newer than `postgresql@9`.
fn version_in(folder: &Path) -> u32 {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split(|c: char| !c.is_ascii_digit())
        .rfind(|digits| !digits.is_empty())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn pg_config_bindir(path: &OsString) -> Option<PathBuf> {
    let output = std::process::Command::new("pg_config").arg("--bindir").env("PATH", path).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let folder = PathBuf::from(text.trim());
    (output.status.success() && folder.is_absolute()).then_some(folder)
}
