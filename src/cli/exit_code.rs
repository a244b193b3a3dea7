//! What a process of ours says by its end.

/// The exit codes, all of them. Scripts of others rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Done, and nothing to report.
    Done = 0,
    /// The verb is a question and the answer is no: findings, denied, failed tests, drift, changes.
    No = 1,
    /// The command cannot be carried out as given: wrong usage, no project here, an invalid spec.
    Usage = 2,
    /// The database could not be reached, or refused.
    Database = 3,
    /// Refused for safety.
    Refused = 4,
    /// The terminal was closed.
    HungUp = 129,
    /// Ctrl-C.
    Interrupted = 130,
    /// Asked to end by the system.
    Terminated = 143,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
