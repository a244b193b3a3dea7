//! `site/<portal>/site.yaml`: how a portal presents itself.

use super::merge::first_marker;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const COLOR: &str = "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$";

/// How one portal presents itself. What is left out is as the portal's document says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteFile {
    /// What people call the portal: in the header and in the browser's tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Of the texts, as in HTML: `en`, `de-AT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    pub branding: Branding,
    /// The entries of the menu, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub navigation: Option<Vec<Entry>>,
    /// The pages of text that every page links to at its foot, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<Vec<Entry>>,
}

/// Name, logo and colours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Branding {
    /// Whose portal it is, at the foot of every page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An image in `static/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    #[serde(skip_serializing_if = "Colors::is_empty")]
    pub colors: Colors,
}

/// Colours as `"#rrggbb"`; every shade of the pages, light and dark, is computed from them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Colors {
    /// Buttons and links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = COLOR))]
    pub primary: Option<String>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = COLOR))]
    pub ink: Option<String>,
    /// Background.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = COLOR))]
    pub paper: Option<String>,
}

impl SiteFile {
    /// Reads the text of a `site.yaml`; one without entries is as good as none.
    ///
    /// # Errors
    /// Says what is wrong and where.
    pub fn read(text: &str) -> Result<Self, String> {
        if let Some(line) = first_marker(text) {
            return Err(format!("a conflict is not resolved at line {line}: keep what you want, take the markers out"));
        }
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }
}

impl Colors {
    pub fn get(&self, name: &str) -> Option<&str> {
        match name {
            "primary" => self.primary.as_deref(),
            "ink" => self.ink.as_deref(),
            "paper" => self.paper.as_deref(),
            _ => None,
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Entry {
    /// `home`, an object's name, or the name of a page of text.
    Name(String),
    /// A page of text, from `content/<page>.md`, and what the link to it says.
    Page { page: String, title: String },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_may_be_left_out() {
        for text in ["", "# nothing yet\n", "title: A\n", "branding: {}\n"] {
            assert!(SiteFile::read(text).unwrap().branding.colors.is_empty(), "{text}");
        }
        let file = SiteFile::read(
            "branding: {colors: {primary: '#0b5fff'}}\nnavigation: [home, {page: about, title: About us}]\n",
        );
        let file = file.unwrap();
        assert_eq!(file.branding.colors.get("primary"), Some("#0b5fff"));
        let about = Entry::Page { page: "about".into(), title: "About us".into() };
        assert_eq!(file.navigation.unwrap(), [Entry::Name("home".into()), about]);
    }

    #[test]
    fn a_word_that_means_nothing_is_refused_at_its_line() {
        for text in ["title: A\nbrandig: {}\n", "title: A\nbranding:\n  colors: {primry: '#000000'}\n"] {
            let error = SiteFile::read(text).unwrap_err();
            assert!(error.contains("unknown field") && error.contains("line "), "{error}");
        }
    }

    #[test]
    fn a_conflict_that_is_left_is_named_as_one() {
        let error = SiteFile::read("branding: {}\n<<<<<<< yours\ntitle: A\n=======\ntitle: B\n>>>>>>> generated\n");
        assert!(error.unwrap_err().starts_with("a conflict is not resolved at line 2"));
    }
}
