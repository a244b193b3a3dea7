//! Media types: what a file is, and which files are meant.

use std::fmt;

/// Types that can be told from what is in a file, besides those that `infer` knows: texts have no mark of their own.
const TEXTS: &[&str] = &["text/plain", "text/csv"];

/// `application/pdf`, or `image/*` for all that begin so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct MediaPattern(String);

impl MediaPattern {
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'_')
                })
        };
        match text.split_once('/') {
            Some((kind, "*")) if part(kind) && KINDS.contains(&kind) => Ok(Self(text.to_owned())),
            Some((kind, "*")) if part(kind) => {
                Err(format!("`*` may follow {}; of others, name each type", KINDS.join(", ")))
            }
            Some((kind, rest)) if part(kind) && part(rest) => match infer::is_mime_supported(text)
                || TEXTS.contains(&text)
            {
                true => Ok(Self(text.to_owned())),
                false => {
                    Err("what is in a file does not tell that it is of this type, so none would be taken".to_owned())
                }
            },
            _ => Err("a media type is written `application/pdf`, or `image/*`".to_owned()),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn holds(&self, media_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(kind) => media_type.starts_with(kind),
            None => self.0 == media_type,
        }
    }
}

/// Of `application/*` nobody knows what all it is.
const KINDS: &[&str] = &["audio", "image", "text", "video"];

impl fmt::Display for MediaPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_told_from_contents_is_a_type() {
        for good in ["image/*", "application/pdf", "image/png", "text/plain", "text/csv"] {
            assert!(MediaPattern::parse(good).is_ok(), "{good}");
        }
        for bad in ["*/*", "application/*", "image", "Image/PNG", "application/x-unheard-of", "image/", "/png", "a b/*"]
        {
            assert!(MediaPattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pattern_holds_its_own_kind_alone() {
        let images = MediaPattern::parse("image/*").unwrap();
        assert!(images.holds("image/png") && !images.holds("imagery/png") && !images.holds("application/pdf"));
        let pdf = MediaPattern::parse("application/pdf").unwrap();
        assert!(pdf.holds("application/pdf") && !pdf.holds("application/pdfx"));
    }
}
