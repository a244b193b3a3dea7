//! The templates of one portal: a file in `site/<portal>/templates` shadows the embedded one of the
//! same name, and may extend any other.

use super::files::Folder;
use crate::catalog;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, TemplateSource, UndefinedBehavior};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Instructions a page may use. A list of fifty rows takes about 30 000, so this stops only
/// templates that would not end.
const FUEL: u64 = 5_000_000;

#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

/// A page that could not be rendered, with the reason for whoever wrote the template.
#[derive(Debug, thiserror::Error)]
#[error("template `{name}`: {reason}")]
pub struct TemplateError {
    pub name: String,
    pub reason: String,
}

impl Templates {
    /// `folder` is `site/<portal>/templates`; it need not exist. With `reload`, files are read anew
    /// for every page.
    pub fn new(folder: Folder, reload: bool) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // Templates only ever make pages here, whatever their file is called.
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_fuel(Some(FUEL));
        environment.set_auto_reload(reload);
        environment.set_loader(move |name| load(&folder, name));
        Self { environment }
    }

    /// The page `name` over the named values.
    ///
    /// # Errors
    /// Where the template is missing, is not valid, uses a value that does not exist, or runs too long.
    pub fn render(&self, name: &str, values: &[(&str, Value)]) -> Result<String, TemplateError> {
        let context = Value::from(values.iter().cloned().collect::<BTreeMap<&str, Value>>());
        self.environment
            .get_template(name)
            .and_then(|template| template.render(context))
            // A slash needs no escape, in text or between quotes, and addresses are full of them.
            .map(|page| page.replace("&#x2f;", "/"))
            .map_err(|error| TemplateError { name: error.name().unwrap_or(name).to_owned(), reason: explain(&error) })
    }
}

/// The portal's own file or else ours, and whether it still is what was read.
fn load(folder: &Folder, name: &str) -> Result<Option<TemplateSource>, minijinja::Error> {
    let unreadable =
        |error| minijinja::Error::new(ErrorKind::InvalidOperation, "the file cannot be read").with_source(error);
    let own = folder.read(name).map_err(unreadable)?;
    let text = match &own {
        Some(bytes) => Some(
            String::from_utf8(bytes.clone())
                .map_err(|_| minijinja::Error::new(ErrorKind::SyntaxError, "the file is not UTF-8"))?,
        ),
        None => catalog::site_file(name).map(str::to_owned),
    };
    let (folder, name) = (folder.clone(), name.to_owned());
    let unchanged = move || folder.read(&name).is_ok_and(|now| now == own);
    Ok(text.map(|text| TemplateSource::new(text).with_uptodate_check(unchanged)))
}

/// A value for the templates.
pub fn value<T: Serialize>(value: T) -> Value {
    Value::from(Serde(value))
}

/// Text that is HTML already.
pub fn html(text: String) -> Value {
    Value::from_safe_string(text)
}

/// The chain of reasons with the line of the innermost template.
fn explain(error: &minijinja::Error) -> String {
    let mut text = String::new();
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(reason) = source {
        if !text.is_empty() {
            text.push_str(": ");
        }
        let _ = write!(text, "{reason}");
        source = reason.source();
    }
    text
}
