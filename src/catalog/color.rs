//! Colours as the screen shows them, their contrast as WCAG counts it, and lightness as the eye
//! sees it (OKLab), which is what shades are derived in.

use std::fmt;

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a colour: write it as `#rrggbb`")]
pub struct ColorError(String);

/// Lightness 0 to 1, and the two opponent axes.
#[derive(Clone, Copy)]
struct Lab {
    l: f64,
    a: f64,
    b: f64,
}

impl Color {
    pub const WHITE: Self = Self::new(255, 255, 255);
    pub const BLACK: Self = Self::new(0, 0, 0);

    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb` or `#rgb`.
    ///
    /// # Errors
    /// Where the text has another shape.
    pub fn parse(text: &str) -> Result<Self, ColorError> {
        let wrong = || ColorError(text.to_owned());
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        let nibbles: Vec<u8> = digits
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        match nibbles[..] {
            [r, g, b] => Ok(Self::new(r * 17, g * 17, b * 17)),
            [r1, r2, g1, g2, b1, b2] => Ok(Self::new(r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2)),
            _ => Err(wrong()),
        }
    }

    /// WCAG 2 relative luminance, 0 to 1.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG 2 contrast ratio, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour with `share` (0 to 1) of `other` in it, even to the eye.
    pub fn mix(self, other: Self, share: f64) -> Self {
        let (x, y) = (self.lab(), other.lab());
        let between = |from: f64, to: f64| from + (to - from) * share;
        Lab { l: between(x.l, y.l), a: between(x.a, y.a), b: between(x.b, y.b) }.color()
    }

    /// The same hue at another lightness (0 black to 1 white), with at most `chroma` of colour in it.
    pub fn tone(self, lightness: f64, chroma: f64) -> Self {
        let lab = self.lab();
        let scale = (chroma / lab.a.hypot(lab.b).max(1e-6)).min(1.0);
        Lab { l: lightness, a: lab.a * scale, b: lab.b * scale }.color()
    }

    /// The nearest colour of this hue that has at least `ratio` of contrast on every ground, moved
    /// away from them: darker on light grounds, lighter on dark ones.
    pub fn legible(self, grounds: &[Self], ratio: f64) -> Self {
        let enough = |color: Self| grounds.iter().all(|ground| color.contrast(*ground) >= ratio);
        let bright = grounds.iter().map(|ground| ground.luminance()).sum::<f64>() / grounds.len().max(1) as f64;
        let end = if bright > 0.18 { Self::BLACK } else { Self::WHITE };
        (0..=100).map(|step| self.mix(end, f64::from(step) / 100.0)).find(|color| enough(*color)).unwrap_or(end)
    }

    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn lab(self) -> Lab {
        let [r, g, b] = self.linear();
        let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_99 * b).cbrt();
        let m = (0.211_903_50 * r + 0.680_699_55 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_70 * b).cbrt();
        Lab {
            l: 0.210_454_26 * l + 0.793_617_78 * m - 0.004_072_05 * s,
            a: 1.977_998_50 * l - 2.428_592_21 * m + 0.450_593_71 * s,
            b: 0.025_904_04 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        }
    }
}

impl Lab {
    fn color(self) -> Color {
        let l = (self.l + 0.396_337_78 * self.a + 0.215_803_76 * self.b).powi(3);
        let m = (self.l - 0.105_561_35 * self.a - 0.063_854_17 * self.b).powi(3);
        let s = (self.l - 0.089_484_18 * self.a - 1.291_485_55 * self.b).powi(3);
        let [red, green, blue] = [
            4.076_741_66 * l - 3.307_711_59 * m + 0.230_969_93 * s,
            -1.268_438_00 * l + 2.609_757_40 * m - 0.341_319_39 * s,
            -0.004_196_09 * l - 0.703_418_61 * m + 1.707_614_70 * s,
        ]
        .map(encode);
        Color { red, green, blue }
    }
}

/// A linear channel as a byte; what the screen cannot show is cut to what it can.
fn encode(linear: f64) -> u8 {
    let c = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte just before")]
    let byte = (c * 255.0).round().clamp(0.0, 255.0) as u8;
    byte
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written_alike() {
        assert_eq!(Color::parse("#0b5fff").unwrap().to_string(), "#0b5fff");
        assert_eq!(Color::parse("#fA0").unwrap().to_string(), "#ffaa00");
        for wrong in ["", "#", "0b5fff", "#0b5ff", "#0b5fff00", "#gggggg", "red", "#０b5fff", "#12345é"] {
            let error = Color::parse(wrong).unwrap_err().to_string();
            assert!(error.contains(&format!("`{wrong}`")), "{error}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 1e-9);
        // The grey that every accessibility text names as the lightest allowed on white.
        let grey = Color::parse("#767676").unwrap();
        assert!((grey.contrast(Color::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn going_through_oklab_and_back_changes_nothing() {
        for text in ["#000000", "#ffffff", "#0b5fff", "#ffd60a", "#7a1fa2", "#123456"] {
            let color = Color::parse(text).unwrap();
            assert_eq!(color.mix(Color::WHITE, 0.0), color);
        }
    }
}
