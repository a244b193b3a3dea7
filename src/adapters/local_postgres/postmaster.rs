//! What a running server says of itself in `postmaster.pid`.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// Lines of `postmaster.pid` as PostgreSQL 10 and later write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostmasterFile {
    pub pid: i32,
    /// The data folder as it was called when the server started.
    pub data: PathBuf,
    /// Seconds since 1970.
    pub started: i64,
    pub port: u16,
    pub socket_folder: PathBuf,
    pub ready: bool,
}

impl PostmasterFile {
    /// `None` where there is no file, or one that is just being written.
    pub fn read(data: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    /// The process number alone, which is there before the rest.
    pub fn read_pid(data: &Path) -> Option<i32> {
        std::fs::read_to_string(data.join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
    }

    /// The server's own program, as `postmaster.opts` has it; `None` where that cannot be told.
    pub fn program(data: &Path) -> Option<PathBuf> {
        let text = std::fs::read_to_string(data.join("postmaster.opts")).ok()?;
        let (program, _) = text.split_once(" \"")?;
        Some(PathBuf::from(program)).filter(|program| program.is_absolute())
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pid = lines.first()?.parse().ok().filter(|pid| *pid > 1)?;
        let socket_folder = PathBuf::from(*lines.get(4)?);
        socket_folder.is_absolute().then_some(())?;
        Some(Self {
            pid,
            data: PathBuf::from(*lines.get(1)?),
            started: lines.get(2)?.parse().ok()?,
            port: lines.get(3)?.parse().ok()?,
            socket_folder,
            ready: lines.get(7).is_some_and(|status| *status == "ready"),
        })
    }

    /// Whether somebody listens on the socket. A full backlog is an answer too.
    pub fn answers(&self) -> bool {
        match UnixStream::connect(self.socket_folder.join(format!(".s.PGSQL.{}", self.port))) {
            Ok(_) => true,
            Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str = "4711\n/p/data\n1764000000\n5432\n/run/portalctl-0\n\n  123456  7\nready   \n";

    #[test]
    fn a_running_server_is_read() {
        let read = PostmasterFile::parse(RUNNING).unwrap();
        assert_eq!((read.pid, read.port, read.ready), (4711, 5432, true));
        assert_eq!(read.socket_folder, Path::new("/run/portalctl-0"));
        assert!(!PostmasterFile::parse(&RUNNING.replace("ready   ", "starting")).unwrap().ready);
    }

    #[test]
    fn a_torn_or_foreign_file_is_no_server() {
        for text in [
            "",
            "4711\n/p/data\n",
            "-1\n/p\n1\n5432\n/run\n",
            &RUNNING.replace("/run", "run"),
            &RUNNING.replace("4711", "0"),
        ] {
            assert_eq!(PostmasterFile::parse(text), None, "{text:?}");
        }
    }
}
