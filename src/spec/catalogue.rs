//! The documents that come with the binary. The reader is handed them as text, since the room that holds them is
//! on the same floor.

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
}

/// How a file of the catalogue is called where its places are shown; no file of a project can be called so.
pub(super) fn shown_path(folder: &str, name: &str) -> String {
    format!("catalogue: {folder}/{name}.yaml")
}
