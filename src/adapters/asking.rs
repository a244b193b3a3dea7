//! Questions on a terminal, with arrow keys. They are asked on stderr, so that stdout stays for data.

use super::terminal::Terminal;
use inquire::error::InquireError;
use inquire::list_option::ListOption;
use inquire::ui::RenderConfig;
use inquire::validator::MinLengthValidator;
use inquire::{Confirm, MultiSelect, Select, Text};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The answer must then be given on the command line or in a file.
    #[error("there is no terminal to ask on")]
    NobodyThere,
    /// Escape, or Ctrl-C.
    #[error("the question was left unanswered")]
    Left,
    #[error("the question cannot be asked: {0}")]
    Failed(String),
}

impl From<InquireError> for Unanswered {
    fn from(error: InquireError) -> Self {
        match error {
            InquireError::NotTTY => Self::NobodyThere,
            InquireError::OperationCanceled | InquireError::OperationInterrupted => Self::Left,
            other => Self::Failed(other.to_string()),
        }
    }
}

/// Says what is wrong with an answer.
pub type Check<'a> = &'a dyn Fn(&str) -> Result<(), String>;

impl Terminal {
    /// Lets some of the options be chosen: their places. Those of `usual` are chosen to begin with; with fewer than `least`
    /// it is asked again.
    ///
    /// # Errors
    /// There is nobody to ask, or nobody answered.
    pub fn choose_some(
        &self,
        question: &str,
        options: Vec<String>,
        usual: &[usize],
        least: usize,
    ) -> Result<Vec<usize>, Unanswered> {
        let asked = MultiSelect::new(question, options).with_page_size(14).with_render_config(self.look()?);
        let too_few = MinLengthValidator::new(least).with_message("choose at least one, with space");
        let asked = asked.with_default(usual).with_validator(too_few);
        let help = "space chooses, typing looks for one, enter goes on";
        let brief = |chosen: &[ListOption<&String>]| format!("{} chosen", chosen.len());
        let chosen = asked.with_help_message(help).with_formatter(&brief).raw_prompt()?;
        Ok(chosen.into_iter().map(|option| option.index).collect())
    }

    /// Lets one of the options be chosen: its place. It begins at `usual`.
    ///
    /// # Errors
    /// As [`Terminal::choose_some`].
    pub fn choose_one(&self, question: &str, options: Vec<String>, usual: usize) -> Result<usize, Unanswered> {
        let usual = usual.min(options.len().saturating_sub(1));
        let asked = Select::new(question, options).with_page_size(14).with_render_config(self.look()?);
        Ok(asked.with_starting_cursor(usual).raw_prompt()?.index)
    }

    /// Asks for a line of text that `check` agrees to.
    ///
    /// # Errors
    /// As [`Terminal::choose_some`].
    pub fn ask_text(&self, question: &str, default: Option<&str>, check: Check<'_>) -> Result<String, Unanswered> {
        let look = self.look()?;
        let mut wrong: Option<String> = None;
        loop {
            if let Some(wrong) = wrong.take() {
                self.error(&wrong, None);
            }
            let mut text = Text::new(question).with_render_config(look);
            if let Some(default) = default {
                text = text.with_default(default);
            }
            let given = text.prompt()?;
            match check(&given) {
                Ok(()) => return Ok(given),
                Err(message) => wrong = Some(message),
            }
        }
    }

    /// # Errors
    /// As [`Terminal::choose_some`].
    pub fn ask_whether(&self, question: &str, default: bool) -> Result<bool, Unanswered> {
        Ok(Confirm::new(question).with_default(default).with_render_config(self.look()?).prompt()?)
    }

    fn look(&self) -> Result<RenderConfig<'static>, Unanswered> {
        if !self.is_interactive() {
            return Err(Unanswered::NobodyThere);
        }
        Ok(if self.colors_talk() { RenderConfig::default_colored() } else { RenderConfig::empty() })
    }
}
