//! `site/<portal>/site.yaml`: how a portal presents itself, where its owner wants it otherwise than
//! the spec says. Every entry may be left out.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteFile {
    pub title: Option<String>,
    /// Of the pages' texts, as in HTML: `en`, `de-AT`.
    pub language: Option<String>,
    pub branding: Branding,
    pub navigation: Option<Vec<Entry>>,
    /// Names of content pages for the foot of every page, in order.
    pub pages: Option<Vec<Entry>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Branding {
    pub name: Option<String>,
    /// A file of `static/`: `acme.svg`.
    pub logo: Option<String>,
    /// `primary`, `ink`, `paper`: `#rrggbb`.
    pub colors: BTreeMap<String, String>,
}

/// `home`, an object's name, a content page's name, or `{page: about, title: About us}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    Name(String),
    Page { page: String, title: String },
}

impl SiteFile {
    /// # Errors
    /// Says what is wrong and where; an empty file is an empty site file.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_may_be_left_out() {
        assert!(SiteFile::read("# nothing yet\n").unwrap().title.is_none());
        let file = SiteFile::read(
            "branding: {colors: {primary: '#0b5fff'}}\nnavigation: [home, {page: about, title: About us}]\n",
        );
        let file = file.unwrap();
        assert_eq!(file.branding.colors["primary"], "#0b5fff");
        let about = Entry::Page { page: "about".into(), title: "About us".into() };
        assert_eq!(file.navigation.unwrap(), [Entry::Name("home".into()), about]);
    }

    #[test]
    fn a_word_that_means_nothing_is_refused_at_its_line() {
        let error = SiteFile::read("title: A\nbrandig: {}\n").unwrap_err();
        assert!(error.contains("brandig") && error.contains("line 2"), "{error}");
    }
}
