//! A terminal for one run of the program, with somebody who watches it and presses keys.

use anstream::adapter::strip_str;
use nix::pty::{Winsize, openpty};
use nix::sys::termios::{Termios, tcgetattr};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

/// No answer takes as long as this; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

pub const DOWN: &str = "\x1b[B";
pub const ESCAPE: &str = "\x1b";
pub const CTRL_C: &str = "\x03";

pub struct Terminal {
    child: Child,
    keys: File,
    shown: Arc<(Mutex<Vec<u8>>, Condvar)>,
    /// What was seen up to now, of the text without its control sequences.
    seen: usize,
    line: OwnedFd,
    before: Termios,
    reader: JoinHandle<()>,
}

impl Terminal {
    pub fn run(mut command: Command) -> Self {
        let size = Winsize { ws_row: 40, ws_col: 160, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).unwrap();
        let before = tcgetattr(&pty.slave).unwrap();
        let end = || pty.slave.try_clone().unwrap();
        command.env("TERM", "xterm").env("NO_COLOR", "1").stdin(end()).stdout(end()).stderr(end());
        let child = command.spawn().unwrap();
        // It holds ends of the line, which would stay open.
        drop(command);
        let keys = File::from(pty.master);
        let shown = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let reader = spawn({
            let (mut screen, shown) = (keys.try_clone().unwrap(), Arc::clone(&shown));
            move || {
                let mut bytes = [0; 4096];
                // Where nobody holds the other end any more, Linux says so with an error.
                while let Ok(count @ 1..) = screen.read(&mut bytes) {
                    shown.0.lock().unwrap().extend_from_slice(&bytes[..count]);
                    shown.1.notify_all();
                }
                shown.1.notify_all();
            }
        });
        Self { child, keys, shown, seen: 0, line: pty.slave, before, reader }
    }

    /// Waits until the text is shown, after what was waited for before.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        loop {
            let plain = strip_str(&String::from_utf8_lossy(&shown)).to_string();
            if let Some(at) = plain.get(self.seen..).and_then(|rest| rest.find(text)) {
                self.seen += at + text.len();
                break;
            }
            let left = end.saturating_duration_since(Instant::now());
            let has_ended = self.child.try_wait().unwrap().is_some();
            assert!(!left.is_zero() && !has_ended, "`{text}` is not shown: {plain}");
            // A program that ends without a word is noticed, too.
            shown = self.shown.1.wait_timeout(shown, left.min(Duration::from_millis(200))).unwrap().0;
        }
        drop(shown);
        self
    }

    pub fn press(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// The exit code and everything that was shown. The terminal is as it was.
    pub fn ends(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        assert_eq!(tcgetattr(&self.line).unwrap(), self.before, "the terminal is left in another state");
        drop(self.line);
        self.reader.join().unwrap();
        let shown = self.shown.0.lock().unwrap();
        let text = String::from_utf8_lossy(&shown);
        let cursor = |what: &str| text.rfind(&format!("\x1b[?25{what}"));
        assert!(cursor("l") <= cursor("h"), "the cursor is left hidden: {text:?}");
        (code, strip_str(&text).to_string())
    }
}
