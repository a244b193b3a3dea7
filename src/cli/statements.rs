//! Statements from the command line or from the standard input, one at a time.

use super::CliError;
use crate::names::PersonaName;
use std::io::{BufRead, Write};

/// Reads up to a line that ends in `;`, or the end of the input.
#[derive(Debug)]
pub struct Statements {
    once: Option<String>,
    prompt: Option<String>,
    ended: bool,
}

impl Statements {
    /// `command` alone, else the standard input, with a prompt where somebody is there to type.
    pub fn of(command: Option<String>, interactive: bool, persona: &PersonaName) -> Self {
        let prompt = (command.is_none() && interactive).then(|| persona.to_string());
        Self { ended: command.is_some(), once: command, prompt }
    }

    pub fn is_prompt(&self) -> bool {
        self.prompt.is_some()
    }

    /// The next statement; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next(&mut self) -> Result<Option<String>, CliError> {
        if let Some(only) = self.once.take() {
            return Ok(Some(only));
        }
        let mut statement = String::new();
        while !self.ended {
            self.ask(statement.is_empty());
            let read = std::io::stdin().lock().read_line(&mut statement).map_err(CliError::from)?;
            self.ended = read == 0;
            let line = statement.trim_end();
            if self.is_prompt() && matches!(line, "\\q" | "quit" | "exit") {
                self.ended = true;
                return Ok(None);
            }
            if line.ends_with(';') {
                break;
            }
        }
        Ok((!statement.trim().is_empty()).then_some(statement))
    }

    fn ask(&self, first: bool) {
        if let Some(prompt) = &self.prompt {
            let mut err = std::io::stderr().lock();
            // Without a terminal to write to there is nobody to prompt.
            let _ = write!(err, "{prompt}{} ", if first { ">" } else { "…" }).and_then(|()| err.flush());
        }
    }
}
