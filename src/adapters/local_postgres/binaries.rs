//! Finding the programs of a PostgreSQL server.

use super::environment::Environment;
use super::error::{LocalError, Rejected};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Row security and role switching as this product relies on them.
pub const OLDEST_MAJOR: u32 = 15;

/// A folder with `initdb` and `postgres` of one version that run on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBinaries {
    pub folder: PathBuf,
    pub major: u32,
    /// As the server says it: `15.18`.
    pub version: String,
}

impl ServerBinaries {
    /// The binaries for a cluster: those of `PG_BINDIR`, or else the first found that are new enough. Where the
    /// data exist already (`data_major`), only their own version will do.
    ///
    /// # Errors
    /// Nothing usable was found; says what was looked at and how to install one.
    pub fn find(environment: &Environment, data: &Path, data_major: Option<u32>) -> Result<Self, LocalError> {
        let other_version = |found: Vec<u32>, wanted| LocalError::OtherVersion {
            folder: data.to_owned(),
            data: wanted,
            found,
            install: install_hint(Some(wanted)),
        };
        if let Some(folder) = &environment.pg_bindir {
            let binaries = Self::inspect(folder).map_err(LocalError::BinDir)?;
            return match data_major {
                Some(wanted) if wanted != binaries.major => Err(other_version(vec![binaries.major], wanted)),
                _ => Ok(binaries),
            };
        }
        let (mut rejected, mut others) = (Vec::new(), Vec::new());
        for folder in environment.server_folders().iter().filter(|folder| folder.join("initdb").exists()) {
            match Self::inspect(folder) {
                Ok(binaries) if data_major.is_none_or(|wanted| wanted == binaries.major) => return Ok(binaries),
                Ok(binaries) => others.push(binaries.major),
                Err(reason) => rejected.push(reason),
            }
        }
        others.sort_unstable();
        others.dedup();
        rejected.dedup();
        match data_major {
            Some(wanted) if !others.is_empty() => Err(other_version(others, wanted)),
            _ => Err(LocalError::NoBinaries { rejected, install: install_hint(None) }),
        }
    }

    fn inspect(folder: &Path) -> Result<Self, Rejected> {
        let reject = |reason: String| Rejected { folder: folder.to_owned(), reason };
        if !folder.is_dir() {
            return Err(reject("which is not a folder".to_owned()));
        }
        if let Some(missing) = ["initdb", "postgres"].iter().find(|name| !folder.join(name).is_file()) {
            return Err(reject(format!("which holds no `{missing}`")));
        }
        let output = Command::new(folder.join("postgres"))
            .arg("--version")
            .output()
            .map_err(|error| reject(format!("whose `postgres` does not run: {error}")))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let Some((version, major)) = parse_version(&text) else {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(reject(format!("whose `postgres` does not run: {}", said.trim())));
        };
        if major < OLDEST_MAJOR {
            return Err(reject(format!("which is version {version}, older than {OLDEST_MAJOR}")));
        }
        Ok(Self { folder: folder.to_owned(), major, version })
    }

    pub fn server(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }
}

/// `psql` from beside the server, else from the `PATH`: some packages split it off.
pub(super) fn psql(environment: &Environment, server_folder: Option<&Path>) -> Result<PathBuf, LocalError> {
    let beside = server_folder.map(|folder| folder.join("psql")).filter(|file| file.is_file());
    beside.or_else(|| environment.on_path("psql")).ok_or_else(|| LocalError::NoPsql {
        folder: server_folder.unwrap_or(Path::new("")).to_owned(),
        install: install_hint(None),
    })
}

/// One of PostgreSQL's own programs for a server of that version: of the same one, else of the nearest newer one, since an
/// older one refuses.
pub fn program(environment: &Environment, name: &str, server_major: u32) -> Option<PathBuf> {
    let folders = environment.pg_bindir.clone().map_or_else(|| environment.server_folders(), |one| vec![one]);
    let found = folders.into_iter().filter(|folder| folder.join(name).is_file());
    let known = found.map(|folder| (ServerBinaries::inspect(&folder).map_or(0, |found| found.major), folder));
    let nearest = known.min_by_key(|(major, _)| (*major < server_major, major.abs_diff(server_major)));
    nearest.map(|(_, folder)| folder.join(name)).or_else(|| environment.on_path(name))
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)`, and `17beta1`.
fn parse_version(text: &str) -> Option<(String, u32)> {
    let version = text.split_whitespace().skip_while(|word| *word != "(PostgreSQL)").nth(1)?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((version.to_owned(), digits.parse().ok()?))
}

/// The command that installs a server on this system, as the beginning of a hint.
fn install_hint(major: Option<u32>) -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = if cfg!(target_os = "macos") { "macos".to_owned() } else { family(&release) };
    let sudo = if nix::unistd::geteuid().is_root() || system == "macos" { "" } else { "sudo " };
    let version = major.map(|major| major.to_string());
    let with = |dash: &str| version.as_ref().map(|version| format!("{dash}{version}")).unwrap_or_default();
    let command = match system.as_str() {
        "macos" => format!("brew install postgresql@{}", version.as_deref().unwrap_or("17")),
        "debian" => format!("apt-get install postgresql{}", with("-")),
        "fedora" => format!("dnf install postgresql{}-server", with("")),
        "suse" => format!("zypper install postgresql{}-server", with("")),
        "arch" => "pacman -S postgresql".to_owned(),
        "alpine" => format!("apk add postgresql{}", version.as_deref().unwrap_or("17")),
        _ => return "install a PostgreSQL server with your system's package manager".to_owned(),
    };
    format!("install one with `{sudo}{command}`")
}

/// Which family of packages `/etc/os-release` speaks of, by `ID` and then `ID_LIKE`.
fn family(release: &str) -> String {
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let words = format!("{} {}", value("ID"), value("ID_LIKE"));
    let of = |word: &str| match word {
        "debian" | "ubuntu" => Some("debian"),
        "fedora" | "rhel" | "centos" | "amzn" => Some("fedora"),
        "suse" | "opensuse" | "sles" => Some("suse"),
        "arch" => Some("arch"),
        "alpine" => Some("alpine"),
        _ => None,
    };
    words.split_whitespace().find_map(of).unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_servers_say_them() {
        let debian = parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n");
        assert_eq!(debian, Some(("15.18".to_owned(), 15)));
        assert_eq!(parse_version("postgres (PostgreSQL) 19beta1").map(|found| found.1), Some(19));
        assert_eq!(parse_version("postgres: cannot open shared object file"), None);
    }

    #[test]
    fn derived_systems_take_the_command_of_their_family() {
        assert_eq!(family("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), "debian");
        assert_eq!(family("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), "fedora");
        assert_eq!(family("ID=plan9"), "unknown");
    }
}
