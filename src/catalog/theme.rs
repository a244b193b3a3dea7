//! From the three colours of a brand to the colours of a page, light and dark. The shades are
//! computed here and not by `color-mix()` in the style sheet, because only so can they be checked:
//! whatever colours a brand has, its text stays readable.

use super::color::Color;
use std::fmt::Write;

/// WCAG AA for text, with a little room for rounding.
const TEXT: f64 = 4.6;
/// WCAG AA for the edges of controls and for the focus ring.
const EDGE: f64 = 3.1;

/// The colours that a brand names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Buttons, links, what is active.
    pub primary: Color,
    /// Text.
    pub ink: Color,
    /// What lies under the text.
    pub paper: Color,
}

impl Default for Palette {
    fn default() -> Self {
        Self { primary: Color::new(0x1d, 0x4e, 0xd8), ink: Color::new(0x10, 0x18, 0x28), paper: Color::WHITE }
    }
}

/// The colours of a page as custom properties, for a light and for a dark screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    light: Vec<(&'static str, Color)>,
    dark: Vec<(&'static str, Color)>,
}

impl Theme {
    pub fn new(palette: Palette) -> Self {
        Self { light: scheme(&Ground::light(palette), palette), dark: scheme(&Ground::dark(palette), palette) }
    }

    /// A style sheet that sets the custom properties: `--ink`, `--paper`, `--primary` and what is
    /// derived from them.
    pub fn css(&self) -> String {
        let mut css = String::from(":root {\n  color-scheme: light dark;\n");
        for (name, color) in &self.light {
            let _ = writeln!(css, "  --{name}: {color};");
        }
        css.push_str("}\n@media (prefers-color-scheme: dark) {\n  :root {\n");
        for (name, color) in &self.dark {
            let _ = writeln!(css, "    --{name}: {color};");
        }
        css.push_str("  }\n}\n");
        css
    }

    /// The colour of the page's edge, for the browser's own bars: light, then dark.
    pub fn canvas(&self) -> (Color, Color) {
        let find = |colors: &[(&str, Color)]| {
            colors.iter().find(|(name, _)| *name == "canvas").map_or(Color::WHITE, |(_, color)| *color)
        };
        (find(&self.light), find(&self.dark))
    }
}

impl Palette {
    /// The colours that give way on a light page, since text could not be read with them: name, as it is, as it is shown.
    pub fn given_way(self) -> Vec<(&'static str, Color, Color)> {
        let ground = Ground::light(self);
        // Ink is made stronger than it must be, which is no fault of one that can be read.
        let ink = if self.ink.contrast(ground.paper) < TEXT { ground.ink } else { self.ink };
        let shown = [
            ("primary", self.primary, fill(self.primary).0),
            ("ink", self.ink, ink),
            ("paper", self.paper, ground.paper),
        ];
        shown.into_iter().filter(|(_, is, shown)| is != shown).collect()
    }
}

/// The neutral colours of one scheme.
struct Ground {
    dark: bool,
    canvas: Color,
    paper: Color,
    sunken: Color,
    ink: Color,
}

impl Ground {
    /// A paper in the middle leaves no room for text and its shades on either side, so it is moved
    /// out of it: no dimmer than a light grey, or no brighter than a charcoal.
    fn light(palette: Palette) -> Self {
        let bright = palette.paper.luminance() > 0.18;
        let end = if bright { Color::WHITE } else { Color::BLACK };
        let clear = |paper: &Color| if bright { paper.luminance() >= 0.72 } else { paper.luminance() <= 0.025 };
        let paper = (0..=50).map(|step| palette.paper.mix(end, f64::from(step) / 50.0)).find(clear).unwrap_or(end);
        let ink = palette.ink.legible(&[paper], 9.0);
        Self { dark: paper.luminance() < 0.18, canvas: paper.mix(ink, 0.03), paper, sunken: paper.mix(ink, 0.055), ink }
    }

    /// The darker of ink and paper becomes the ground, with no more than a hint of its hue.
    fn dark(palette: Palette) -> Self {
        let deep = if palette.ink.luminance() < palette.paper.luminance() { palette.ink } else { palette.paper };
        Self {
            dark: true,
            canvas: deep.tone(0.175, 0.018),
            paper: deep.tone(0.215, 0.02),
            sunken: deep.tone(0.255, 0.022),
            ink: deep.tone(0.94, 0.008),
        }
    }
}

fn scheme(ground: &Ground, palette: Palette) -> Vec<(&'static str, Color)> {
    let Ground { canvas, paper, sunken, ink, .. } = *ground;
    let toward = |share: f64| paper.mix(ink, share);
    let grounds = [paper, canvas, sunken];
    // On a dark page a dark brand colour would vanish, so there it is lifted until its edge shows.
    let primary = if ground.dark { palette.primary.legible(&[paper, canvas], EDGE) } else { palette.primary };
    let (primary, on_primary) = fill(primary);
    let pressed = primary.mix(if on_primary == Color::WHITE { Color::BLACK } else { Color::WHITE }, 0.14);
    let tint = paper.mix(palette.primary.legible(&[paper], 2.0), if ground.dark { 0.20 } else { 0.09 });
    let mut colors = vec![
        ("canvas", canvas),
        ("paper", paper),
        ("sunken", sunken),
        ("ink", ink),
        ("ink-2", toward(0.62).legible(&grounds, TEXT)),
        ("line", toward(if ground.dark { 0.16 } else { 0.11 })),
        ("line-2", toward(0.35).legible(&grounds, EDGE)),
        ("primary", primary),
        ("on-primary", on_primary),
        ("primary-2", pressed),
        ("link", palette.primary.legible(&[paper, canvas, sunken, tint], TEXT)),
        ("tint", tint),
        ("focus", palette.primary.legible(&grounds, EDGE)),
    ];
    for (name, name_bg, hue) in [
        ("info", "info-bg", Color::new(0x25, 0x63, 0xeb)),
        ("good", "good-bg", Color::new(0x15, 0x80, 0x3d)),
        ("wait", "wait-bg", Color::new(0xb4, 0x53, 0x09)),
        ("bad", "bad-bg", Color::new(0xc0, 0x26, 0x26)),
    ] {
        let back = paper.mix(hue.legible(&[paper], 2.0), if ground.dark { 0.22 } else { 0.10 });
        colors.push((name, hue.legible(&[back, paper], TEXT)));
        colors.push((name_bg, back));
    }
    colors
}

/// The fill of a button and the text on it. A colour in the middle, on which neither white nor
/// black is readable, gives way a little.
fn fill(color: Color) -> (Color, Color) {
    if Color::WHITE.contrast(color) >= TEXT {
        (color, Color::WHITE)
    } else if Color::BLACK.contrast(color) >= 8.0 {
        (color, Color::BLACK)
    } else {
        (color.legible(&[Color::WHITE], TEXT), Color::WHITE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(colors: &[(&'static str, Color)]) -> Result<(), TestCaseError> {
        let color = |name: &str| colors.iter().find(|(known, _)| *known == name).unwrap().1;
        let pairs = [
            ("ink", "paper", 4.5),
            ("ink", "canvas", 4.5),
            ("ink", "sunken", 4.5),
            ("ink", "tint", 4.5),
            ("ink-2", "paper", 4.5),
            ("ink-2", "canvas", 4.5),
            ("ink-2", "sunken", 4.5),
            ("link", "paper", 4.5),
            ("link", "canvas", 4.5),
            ("link", "sunken", 4.5),
            ("link", "tint", 4.5),
            ("on-primary", "primary", 4.5),
            ("on-primary", "primary-2", 4.5),
            ("line-2", "paper", 3.0),
            ("line-2", "canvas", 3.0),
            ("focus", "paper", 3.0),
            ("focus", "canvas", 3.0),
            ("info", "info-bg", 4.5),
            ("good", "good-bg", 4.5),
            ("wait", "wait-bg", 4.5),
            ("bad", "bad-bg", 4.5),
            ("bad", "paper", 4.5),
        ];
        for (text, ground, ratio) in pairs {
            let got = color(text).contrast(color(ground));
            prop_assert!(got >= ratio, "{text} {} on {ground} {}: {got:.2}", color(text), color(ground));
        }
        Ok(())
    }

    fn any_color() -> impl Strategy<Value = Color> {
        any::<[u8; 3]>().prop_map(|[r, g, b]| Color::new(r, g, b))
    }

    proptest! {
        #[test]
        fn any_brand_stays_readable_on_white(primary in any_color(), ink in any_color()) {
            let theme = Theme::new(Palette { primary, ink, paper: Color::WHITE });
            check(&theme.light)?;
            check(&theme.dark)?;
        }

        #[test]
        fn any_paper_stays_readable(primary in any_color(), ink in any_color(), paper in any_color()) {
            let theme = Theme::new(Palette { primary, ink, paper });
            check(&theme.light)?;
            check(&theme.dark)?;
        }
    }

    #[test]
    fn a_brand_colour_that_is_readable_is_kept_as_it_is() {
        let theme = Theme::new(Palette { primary: Color::new(0x0b, 0x5f, 0xff), ..Palette::default() });
        assert!(theme.css().contains("--primary: #0b5fff;"), "{}", theme.css());
    }
}
