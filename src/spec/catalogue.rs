//! The documents that come with the binary. The reader is handed them as text, since the room that holds them is
//! on the same floor.

use super::raw::{RawContent, RawFile};
use crate::diagnostic::BUILT_IN;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Modules and types by their names, each the text of one file. None of it is parsed before a portal asks for it.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub modules: BTreeMap<String, Cow<'static, str>>,
    pub types: BTreeMap<String, Cow<'static, str>>,
}

impl Catalogue {
    pub fn new<T: Into<Cow<'static, str>>>(
        modules: impl IntoIterator<Item = (&'static str, T)>,
        types: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Self {
        let named = |(name, text): (&'static str, T)| (name.to_owned(), text.into());
        Self { modules: modules.into_iter().map(named).collect(), types: types.into_iter().map(named).collect() }
    }

    /// With those modules besides that are not there yet.
    #[must_use]
    pub fn or(mut self, modules: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        for (name, text) in modules {
            self.modules.entry(name.to_owned()).or_insert(Cow::Borrowed(text));
        }
        self
    }

    /// What was read of a project before, told apart again: its own files, and those of the catalogue that it uses.
    pub fn of_sources(sources: impl IntoIterator<Item = (String, String)>) -> (Vec<RawFile>, Self) {
        let (mut files, mut catalogue) = (Vec::new(), Self::default());
        for (path, text) in sources {
            let shown = path.strip_prefix(BUILT_IN).and_then(|path| path.strip_suffix(".yaml")?.split_once('/'));
            match shown {
                Some(("modules", name)) => drop(catalogue.modules.insert(name.to_owned(), text.into())),
                Some(("types", name)) => drop(catalogue.types.insert(name.to_owned(), text.into())),
                _ => files.push(RawFile { path, content: RawContent::Bytes(text.into_bytes()) }),
            }
        }
        (files, catalogue)
    }
}

/// How a file of the catalogue is called where its places are shown; no file of a project can be called so.
pub(super) fn shown_path(folder: &str, name: &str) -> String {
    format!("{BUILT_IN}{folder}/{name}.yaml")
}
