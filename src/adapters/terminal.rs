//! Talking to whoever started the command: data on stdout, everything else on stderr.

use crate::diagnostic::escape::one_line;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise.
    #[default]
    Auto,
    Always,
    Never,
}

/// How much talk there is on stderr. Errors are always said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Talk {
    Quiet,
    #[default]
    Normal,
    Verbose,
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
/// How a warning begins.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();
const DIM: Style = Style::new().dimmed();

/// A question was asked of nobody: there is no terminal to answer on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no terminal to ask on")]
pub struct NobodyThere;

#[derive(Debug)]
pub struct Terminal {
    color: Color,
    talk: Talk,
    /// The progress shown now, which must step aside for lines of text.
    shown: Mutex<Option<ProgressBar>>,
}

impl Terminal {
    pub fn new(color: Color, talk: Talk) -> Self {
        Self { color, talk, shown: Mutex::new(None) }
    }

    /// Whether what goes to stdout should be coloured.
    pub fn colors_data(&self) -> bool {
        self.choice(&io::stdout()) != ColorChoice::Never
    }

    /// Whether what goes to stderr should be coloured.
    pub fn colors_talk(&self) -> bool {
        self.choice(&io::stderr()) != ColorChoice::Never
    }

    /// Characters that fit on a line of data; 100 where that is not a terminal.
    pub fn width(&self) -> usize {
        terminal_size::terminal_size_of(io::stdout()).map_or(100, |(width, _)| usize::from(width.0).max(40))
    }

    pub fn is_quiet(&self) -> bool {
        self.talk == Talk::Quiet
    }

    pub fn is_verbose(&self) -> bool {
        self.talk == Talk::Verbose
    }

    /// Whether somebody is there to answer and to watch.
    pub fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Writes data to stdout as it is, line ends included. Colours in it are taken out where they are not wanted.
    ///
    /// # Errors
    /// Nobody reads any more (`BrokenPipe`), or the disk is full.
    pub fn data(&self, text: &str) -> io::Result<()> {
        self.aside(|| {
            let mut out = AutoStream::new(io::stdout().lock(), self.choice(&io::stdout()));
            out.write_all(text.as_bytes())?;
            out.flush()
        })
    }

    /// Empties the screen that data go to; what is no terminal stays as it is. What was above can be scrolled to.
    pub fn begin_anew(&self) {
        if io::stdout().is_terminal() {
            // Where this fails, so does what follows, which says so.
            let _ = self.data("\u{1b}[2J\u{1b}[H");
        }
    }

    /// What happened, for people.
    pub fn note(&self, text: &str) {
        if self.talk >= Talk::Normal {
            self.say(&showable(text));
        }
    }

    /// What only the curious want to know.
    pub fn detail(&self, text: &str) {
        if self.talk >= Talk::Verbose {
            self.say(&format!("{DIM}{}{DIM:#}", showable(text)));
        }
    }

    pub fn warn(&self, text: &str) {
        if self.talk >= Talk::Normal {
            self.say(&format!("{WARNING}warning{WARNING:#}: {}", showable(text)));
        }
    }

    /// An error and what to do about it; said even when quiet.
    pub fn error(&self, message: &str, hint: Option<&str>) {
        self.say(&format!("{ERROR}error{ERROR:#}: {}", showable(message)));
        if let Some(hint) = hint {
            self.say(&format!("{HINT}hint{HINT:#}: {}", showable(hint)));
        }
    }

    /// A report that was rendered for this terminal; said even when quiet.
    pub fn report(&self, rendered: &str) {
        self.say(rendered.trim_end_matches('\n'));
    }

    /// A report that only accompanies what is done.
    pub fn accompany(&self, rendered: &str) {
        if self.talk >= Talk::Normal {
            self.report(rendered);
        }
    }

    /// Shows that something takes its time, on a terminal only, until the guard is dropped.
    pub fn progress(&self, doing: &str) -> Progress<'_> {
        if self.talk == Talk::Quiet || !io::stderr().is_terminal() {
            return Progress { terminal: self, bar: None };
        }
        let bar = ProgressBar::new_spinner().with_message(doing.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        Progress { terminal: self, bar: Some(bar) }
    }

    /// Asks a yes or no question, where only `y` and `yes` are a yes.
    ///
    /// # Errors
    /// [`NobodyThere`]: the answer must then be given on the command line.
    pub async fn confirm(&self, question: &str) -> Result<bool, NobodyThere> {
        if !self.is_interactive() {
            return Err(NobodyThere);
        }
        self.aside(|| {
            let mut err = AutoStream::new(io::stderr().lock(), self.choice(&io::stderr()));
            write!(err, "{} [y/N] ", showable(question)).and_then(|()| err.flush()).map_err(|_| NobodyThere)
        })?;
        // On a thread of its own, so that Ctrl-C is heard meanwhile.
        let read = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            io::stdin().lock().read_line(&mut answer).map(|_| answer)
        });
        let answer = read.await.map_err(|_| NobodyThere)?.map_err(|_| NobodyThere)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    fn say(&self, text: &str) {
        self.aside(|| {
            let mut err = AutoStream::new(io::stderr().lock(), self.choice(&io::stderr()));
            // There is nowhere left to complain to.
            let _ = writeln!(err, "{text}");
        });
    }

    fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match shown {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn choice(&self, stream: &impl anstream::stream::RawStream) -> ColorChoice {
        match self.color {
            Color::Auto => AutoStream::choice(stream),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}

/// Lines that say only what they show, whoever wrote what is quoted in them.
fn showable(text: &str) -> String {
    text.lines().map(|line| one_line(&line.replace('\t', "    "))).collect::<Vec<_>>().join("\n")
}

/// A progress display, gone when dropped.
#[derive(Debug)]
pub struct Progress<'a> {
    terminal: &'a Terminal,
    bar: Option<ProgressBar>,
}

impl Progress<'_> {
    /// Says what is being done now.
    pub fn step(&self, doing: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(doing.to_owned());
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            *self.terminal.shown.lock().unwrap_or_else(PoisonError::into_inner) = None;
            bar.finish_and_clear();
        }
    }
}
