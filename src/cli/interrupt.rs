//! Ctrl-C and its relatives: the running command is dropped where it stands, and its guards clean up.

use super::ExitCode;
use super::error::CliError;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

#[derive(Debug, Default)]
pub struct Interrupts {
    left_to_child: AtomicBool,
    left_to_work: AtomicBool,
}

impl Interrupts {
    /// Leaves every signal to the running command, until the guard is dropped: it has something to end in order.
    pub fn leave_to_work(&self) -> LeftToWork<'_> {
        self.left_to_work.store(true, Ordering::Relaxed);
        LeftToWork(self)
    }

    /// Leaves Ctrl-C to a program in the foreground, until the guard is dropped: in `psql` it ends a query.
    pub fn leave_to_child(&self) -> LeftToChild<'_> {
        self.left_to_child.store(true, Ordering::Relaxed);
        LeftToChild(self)
    }
}

#[must_use]
pub struct LeftToWork<'a>(&'a Interrupts);

impl Drop for LeftToWork<'_> {
    fn drop(&mut self) {
        self.0.left_to_work.store(false, Ordering::Relaxed);
    }
}

#[must_use]
pub struct LeftToChild<'a>(&'a Interrupts);

impl Drop for LeftToChild<'_> {
    fn drop(&mut self) {
        self.0.left_to_child.store(false, Ordering::Relaxed);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    HangUp,
    Interrupt,
    Terminate,
}

impl Signal {
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::HangUp => ExitCode::HungUp,
            Self::Interrupt => ExitCode::Interrupted,
            Self::Terminate => ExitCode::Terminated,
        }
    }
}

pub enum Ended {
    ByItself(Result<ExitCode, CliError>),
    By(Signal),
}

/// Runs `work` to its end or to the first signal, whichever comes first. When this returns `work` is dropped,
/// with all that its guards have to do; further signals do not cut that short.
pub async fn until_interrupted<F>(interrupts: &Interrupts, work: F) -> Ended
where
    F: Future<Output = Result<ExitCode, CliError>>,
{
    tokio::select! {
        biased;
        signal = first_signal(interrupts) => Ended::By(signal),
        result = work => Ended::ByItself(result),
    }
}

async fn first_signal(interrupts: &Interrupts) -> Signal {
    let mut signals = Signals::listen();
    loop {
        let came = signals.next().await;
        let to_child = came == Signal::Interrupt && interrupts.left_to_child.load(Ordering::Relaxed);
        if !to_child && !interrupts.left_to_work.load(Ordering::Relaxed) {
            return came;
        }
    }
}

/// The signals that end a command, as they come from now on.
#[derive(Debug)]
pub struct Signals {
    interrupt: Option<Stream>,
    terminate: Option<Stream>,
    hang_up: Option<Stream>,
}

impl Signals {
    pub fn listen() -> Self {
        let listen = |kind| signal(kind).ok();
        Self {
            interrupt: listen(SignalKind::interrupt()),
            terminate: listen(SignalKind::terminate()),
            // Under `nohup` the closing of the terminal is to be survived.
            hang_up: if ignores_hang_up() { None } else { listen(SignalKind::hangup()) },
        }
    }

    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            () = next(&mut self.interrupt) => Signal::Interrupt,
            () = next(&mut self.terminate) => Signal::Terminate,
            () = next(&mut self.hang_up) => Signal::HangUp,
        }
    }
}

async fn next(signal: &mut Option<Stream>) {
    let came = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if came.is_none() {
        std::future::pending::<()>().await;
    }
}

/// Whether this process was started with the hang-up signal ignored. Only Linux tells.
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
