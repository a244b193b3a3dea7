//! The brand of a signed-in person's tenant, worn over the portal's.
//!
//! What a tenant is called and what it looks like comes from data, so nothing of it is taken as it is: the name is text on a
//! page, the colours are read as colours and written anew, and the logo names an image among the portal's own files. The style
//! sheet is a function of its address: whoever asks for it learns nothing of any tenant, and no page has to say whose it is.

use super::look::Look;
use super::view::{BrandView, Canvas};
use super::wording;
use crate::catalog::{Color, Palette, Theme};
use serde_json::{Map, Value};

/// The style sheet's name below `static/`.
pub const SHEET: &str = "tenant-colors.css";

/// What a tenant has set; what is no name, colour or image is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantBrand {
    name: Option<String>,
    logo: Option<String>,
    primary: Option<Color>,
    ink: Option<Color>,
    paper: Option<Color>,
}

impl TenantBrand {
    /// From a tenant's settings, as the control schema keeps them.
    pub fn read(settings: &str) -> Self {
        let settings: Map<String, Value> = serde_json::from_str(settings).unwrap_or_default();
        let text = |name: &str| settings.get(&format!("branding.{name}")).and_then(Value::as_str);
        let color = |name: &str| text(&format!("colors.{name}")).and_then(|color| Color::parse(color).ok());
        Self {
            name: text("name").filter(|name| is_name(name)).map(str::to_owned),
            logo: text("logo").filter(|logo| is_image(logo)).map(str::to_owned),
            primary: color("primary"),
            ink: color("ink"),
            paper: color("paper"),
        }
    }

    fn palette(&self, of_portal: Palette) -> Option<Palette> {
        let palette = Palette {
            primary: self.primary.unwrap_or(of_portal.primary),
            ink: self.ink.unwrap_or(of_portal.ink),
            paper: self.paper.unwrap_or(of_portal.paper),
        };
        (palette != of_portal).then_some(palette)
    }
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control)
}

/// A name that stands in an address as it is.
fn is_image(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/'));
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    plain && matches!(ending, Some("svg" | "png" | "jpg" | "jpeg" | "webp" | "avif" | "gif"))
}

/// What the brand changes around a page.
pub struct Worn {
    pub brand: BrandView,
    pub canvas: Canvas,
    /// The address of the colours, where they are others than the portal's.
    pub colors: Option<String>,
}

impl Look {
    /// The portal's look as a tenant's people see it.
    pub fn worn(&self, base: &str, tenant: &TenantBrand) -> Worn {
        let own = self.brand(base);
        let logo = tenant.logo.as_deref().and_then(|logo| self.image(logo));
        let logo = logo.map(|logo| format!("{base}/static/{logo}"));
        let brand = BrandView {
            // The portal's image beside the tenant's name would say that one is the other.
            logo: logo.or(if tenant.name.is_some() { None } else { own.logo }),
            monogram: tenant.name.as_deref().map_or(own.monogram, wording::monogram),
            header: tenant.name.clone().unwrap_or(own.header),
            name: own.name,
        };
        let palette = tenant.palette(self.palette);
        let canvas = palette.map_or_else(|| self.canvas(), |palette| canvas(&Theme::new(palette)));
        let colors = palette.map(|Palette { primary, ink, paper }| {
            let [primary, ink, paper] = [primary, ink, paper].map(|color| color.to_string().replace('#', ""));
            format!("{base}/static/{SHEET}?primary={primary}&ink={ink}&paper={paper}&v={}", self.version())
        });
        Worn { brand, canvas, colors }
    }
}

/// The colours that an address names; `None` where it is not one that a page gives.
pub fn sheet(query: &[(String, String)]) -> Option<String> {
    let color = |name: &str| {
        let (_, digits) = query.iter().find(|(key, _)| key == name)?;
        if digits.len() == 6 { Color::parse(&format!("#{digits}")).ok() } else { None }
    };
    Some(Theme::new(Palette { primary: color("primary")?, ink: color("ink")?, paper: color("paper")? }).css())
}

pub fn canvas(theme: &Theme) -> Canvas {
    let (light, dark) = theme.canvas();
    Canvas { light: light.to_string(), dark: dark.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_names_colours_and_images_is_taken() {
        let settings = |name: &str, value: &str| {
            TenantBrand::read(&serde_json::json!({ format!("branding.{name}"): value }).to_string())
        };
        let nothing = TenantBrand::default();
        for color in
            ["red", "#12345", "#1234567", "#fff;}", "#fffff;", "#0b5fff}body{display:none", "url(x)", "", "#ﬀffff"]
        {
            assert_eq!(settings("colors.primary", color), nothing, "{color}");
        }
        for logo in [
            "a.html",
            "//evil.example/a.svg?",
            "a.svg\"onerror=",
            "javascript:a.svg",
            "a b.svg",
            "a%2f.svg",
            "svg",
            "a.svg#x",
        ] {
            assert_eq!(settings("logo", logo), nothing, "{logo}");
        }
        for name in ["", "   ", "a\u{0}b", "a\nb", &"x".repeat(101)] {
            assert_eq!(settings("name", name), nothing, "{name}");
        }
        for settings in ["", "null", "[]", "{\"branding.name\": 5}", "{\"branding.name\": {\"a\": 1}}", "{"] {
            assert_eq!(TenantBrand::read(settings), nothing, "{settings}");
        }
        assert_eq!(settings("colors.primary", "#7a1fa2").primary, Some(Color::new(0x7a, 0x1f, 0xa2)));
        assert_eq!(settings("logo", "static/globex.svg").logo.as_deref(), Some("static/globex.svg"));
    }

    #[test]
    fn a_sheet_holds_custom_properties_and_comes_from_whole_colours_alone() {
        let ask = |primary: &str| {
            let pairs = [("primary", primary), ("ink", "101828"), ("paper", "ffffff")];
            sheet(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
        };
        let css = ask("7a1fa2").unwrap();
        assert!(css.contains("--primary: #7a1fa2;") && !css.contains("url"), "{css}");
        for other in ["fff", "7a1fa2;", "7a1fa2}*{}", "", "zzzzzz", "+a1fa2"] {
            assert_eq!(ask(other), None, "{other}");
        }
        assert_eq!(sheet(&[("primary".to_owned(), "7a1fa2".to_owned())]), None);
    }
}
