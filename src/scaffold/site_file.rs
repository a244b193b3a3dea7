//! `site/<portal>/site.yaml`: how a portal presents itself.

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

impl Colors {
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
