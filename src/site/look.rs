//! How a portal looks: its brand, style sheet, templates and files.

use super::files::Folder;
use super::template::Templates;
use super::view::{Assets, BrandView, Canvas};
use super::{SiteError, brand, wording};
use crate::catalog::{self, Color, Palette, Theme};
use crate::model::Portal;
use crate::names::Language;
use crate::scaffold::SiteFile;

#[derive(Debug)]
pub struct Look {
    pub title: String,
    pub language: Language,
    pub brand_name: String,
    pub templates: Templates,
    /// Empty for what belongs to no portal.
    portal: String,
    /// `site/<portal>`.
    pub folder: Folder,
    logo: Option<String>,
    /// The name of an image that is asked for and is not there.
    absent_logo: Option<String>,
    canvas: Canvas,
    pub(super) palette: Palette,
    css: String,
    favicon: String,
    /// Changes with the style sheet: browsers keep what an address with it gave them.
    version: String,
}

impl Look {
    /// The look of a portal, from its own files and else from the spec.
    ///
    /// # Errors
    /// Where a colour is none.
    pub fn of(
        portal: &Portal,
        file: &SiteFile,
        folder: Folder,
        language: Option<&Language>,
        dev: bool,
    ) -> Result<Self, SiteError> {
        let color = |name: &str, default: Color| match file
            .branding
            .colors
            .get(name)
            .or(portal.colors.get(name).map(String::as_str))
        {
            Some(text) => Color::parse(text).map_err(|error| SiteError::Settings {
                portal: portal.name.to_string(),
                reason: format!("branding, colour `{name}`: {error}"),
            }),
            None => Ok(default),
        };
        let plain = Palette::default();
        let palette = Palette {
            primary: color("primary", plain.primary)?,
            ink: color("ink", plain.ink)?,
            paper: color("paper", plain.paper)?,
        };
        let title = file.title.clone().unwrap_or_else(|| portal.title.to_string());
        let brand_name = file.branding.name.clone().or_else(|| portal.brand_name.clone());
        let logo = file.branding.logo.as_ref().or(portal.logo.as_ref());
        let logo = logo.map(|logo| static_name(logo, portal.name.as_str()).to_owned());
        let language = language.cloned().or_else(|| file.language.as_deref().map(Language::from));
        let language = language.unwrap_or_else(|| Language::from("en"));
        let (logo, absent_logo) = match logo {
            Some(logo) if !folder.join("static").has(&logo) => (None, Some(logo)),
            logo => (logo, None),
        };
        Ok(Self {
            logo,
            absent_logo,
            language,
            portal: portal.name.to_string(),
            ..Self::plain(title, brand_name, palette, folder, dev)
        })
    }

    /// The look of what belongs to no portal: the list of them, and errors outside them.
    pub fn neutral(project: &str) -> Self {
        Self::plain(wording::humanise(project), None, Palette::default(), Folder::none(), false)
    }

    fn plain(title: String, brand_name: Option<String>, palette: Palette, folder: Folder, dev: bool) -> Self {
        let theme = Theme::new(palette);
        let css = theme.css() + catalog::site_file("static/portal.css").unwrap_or_default();
        let favicon = favicon(&wording::monogram(brand_name.as_ref().unwrap_or(&title)), palette);
        let icons = catalog::site_file("static/icons.svg").unwrap_or_default();
        let version = blake3::hash([css.as_str(), favicon.as_str(), icons].concat().as_bytes());
        Self {
            brand_name: brand_name.unwrap_or_else(|| title.clone()),
            title,
            portal: String::new(),
            language: Language::from("en"),
            templates: Templates::new(folder.join("templates"), dev),
            folder,
            logo: None,
            absent_logo: None,
            canvas: brand::canvas(&theme),
            palette,
            css,
            favicon,
            version: version.to_hex()[..10].to_owned(),
        }
    }

    /// The image that pages do without, since it is not there.
    pub fn absent_logo(&self) -> Option<&str> {
        self.absent_logo.as_deref()
    }

    pub fn brand(&self, base: &str) -> BrandView {
        BrandView {
            name: self.brand_name.clone(),
            logo: self.logo.as_ref().map(|logo| format!("{base}/static/{logo}")),
            monogram: wording::monogram(&self.brand_name),
            header: self.title.clone(),
        }
    }

    /// The image among the portal's files that is written so, where it is there.
    pub fn image<'a>(&self, written: &'a str) -> Option<&'a str> {
        let name = static_name(written, &self.portal);
        self.folder.join("static").has(name).then_some(name)
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn canvas(&self) -> Canvas {
        self.canvas.clone()
    }

    pub fn assets(&self, base: &str) -> Assets {
        let address = |name: &str| format!("{base}/static/{name}?v={}", self.version);
        let tokens = self.folder.join("static").has("tokens.css");
        Assets {
            css: address("portal.css"),
            tokens: tokens.then(|| format!("{base}/static/tokens.css")),
            tenant: None,
            icons: address("icons.svg"),
            favicon: address("favicon.svg"),
        }
    }

    /// A file under `static/`: the portal's own, or else what comes with the binary.
    ///
    /// # Errors
    /// Where the file is there and cannot be read.
    pub fn static_file(&self, name: &str) -> std::io::Result<Option<Vec<u8>>> {
        if let Some(bytes) = self.folder.join("static").read(name)? {
            return Ok(Some(bytes));
        }
        Ok(match name {
            "portal.css" => Some(self.css.clone().into_bytes()),
            "favicon.svg" => Some(self.favicon.clone().into_bytes()),
            _ => catalog::site_file(&format!("static/{name}")).map(|text| text.as_bytes().to_vec()),
        })
    }

    /// Whether an address with this version may be kept for good.
    pub fn is_current(&self, version: &str) -> bool {
        self.version == version
    }
}

/// `site/support/static/acme.svg`, `static/acme.svg` and `acme.svg` are one file.
fn static_name<'a>(written: &'a str, portal: &str) -> &'a str {
    let own = written.strip_prefix("site/").and_then(|rest| rest.strip_prefix(portal)?.strip_prefix('/'));
    let own = own.unwrap_or(written);
    own.strip_prefix("static/").unwrap_or(own)
}

fn favicon(monogram: &str, palette: Palette) -> String {
    let ink = if Color::WHITE.contrast(palette.primary) >= 4.5 { Color::WHITE } else { Color::BLACK };
    let monogram = if monogram.chars().all(char::is_alphanumeric) { monogram } else { "" };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"8\" \
         fill=\"{}\"/><text x=\"16\" y=\"22.5\" text-anchor=\"middle\" font-family=\"sans-serif\" font-weight=\"700\" \
         font-size=\"19\" fill=\"{ink}\">{monogram}</text></svg>",
        palette.primary
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_found_however_it_is_written() {
        for written in ["site/support/static/acme.svg", "static/acme.svg", "acme.svg"] {
            assert_eq!(static_name(written, "support"), "acme.svg");
        }
    }
}
