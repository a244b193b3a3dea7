//! Languages by their BCP 47 tags: which texts are tags, which way a language is written, what it calls itself.

use super::Language;
use icu_locale_core::LanguageIdentifier;

/// Why a text is no tag of a language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    #[error("a language is written as a tag such as `de` or `pt-BR`")]
    NoTag,
    #[error("the tag of that language is written `{0}`")]
    Spelling(String),
}

impl Language {
    /// A tag in the one spelling that it has.
    ///
    /// # Errors
    /// Where the text is no tag, or one in another spelling.
    pub fn check(text: &str) -> Result<(), LanguageError> {
        let read = LanguageIdentifier::try_from_str(&text.replace('_', "-")).map_err(|_| LanguageError::NoTag)?;
        let spelt = read.to_string();
        if read.language.is_unknown() {
            Err(LanguageError::NoTag)
        } else if spelt == text {
            Ok(())
        } else {
            Err(LanguageError::Spelling(spelt))
        }
    }

    /// Whether its lines begin at the right: by the script of the tag, or the one that the language usually has.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        let Ok(read) = LanguageIdentifier::try_from_str(self.as_str()) else { return false };
        match read.script {
            Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script.as_str()),
            None => RIGHT_TO_LEFT.contains(&read.language.as_str()),
        }
    }

    /// Whether it is English, of whichever place.
    #[must_use]
    pub fn is_english(&self) -> bool {
        self.primary() == "en"
    }

    /// The first part of its tag.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.as_str().split('-').next().unwrap_or_default()
    }

    /// What those who speak it call it, with its place or script where the tag has one; the tag where we do not know.
    #[must_use]
    pub fn own_name(&self) -> String {
        let known = |tag: &str| OWN_NAMES.iter().find(|(known, _)| *known == tag).map(|(_, name)| *name);
        if let Some(name) = known(self.as_str()) {
            return name.to_owned();
        }
        match (known(self.primary()), self.as_str().split_once('-')) {
            (Some(name), Some((_, rest))) => format!("{name} ({rest})"),
            _ => self.to_string(),
        }
    }

    /// The tag, then the tag without its last part, and so on: `zh-Hant-TW`, `zh-Hant`, `zh`.
    pub fn ever_wider(tag: &str) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(tag), |tag| tag.rsplit_once('-').map(|(wider, _)| wider))
    }
}

const RIGHT_TO_LEFT_SCRIPTS: &[&str] =
    &["Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"];

/// Languages that are usually written in one of these scripts.
const RIGHT_TO_LEFT: &[&str] = &[
    "ar", "arc", "ars", "ary", "arz", "azb", "bal", "bqi", "ckb", "dv", "fa", "glk", "he", "khw", "ks", "lrc", "mzn",
    "nqo", "pnb", "prs", "ps", "sd", "sdh", "syr", "ug", "ur", "yi",
];

/// Each in its own words, as visitors look for it.
const OWN_NAMES: &[(&str, &str)] = &[
    ("af", "Afrikaans"),
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("bs", "Bosanski"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("cy", "Cymraeg"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("de-AT", "Deutsch (Österreich)"),
    ("de-CH", "Deutsch (Schweiz)"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("en-GB", "English (UK)"),
    ("en-US", "English (US)"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("eu", "Euskara"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("fr-CA", "Français (Canada)"),
    ("fr-CH", "Français (Suisse)"),
    ("ga", "Gaeilge"),
    ("gl", "Galego"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ka", "ქართული"),
    ("ko", "한국어"),
    ("lb", "Lëtzebuergesch"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("mk", "Македонски"),
    ("ms", "Bahasa Melayu"),
    ("mt", "Malti"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("nn", "Norsk nynorsk"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("ps", "پښتو"),
    ("pt", "Português"),
    ("pt-BR", "Português (Brasil)"),
    ("rm", "Rumantsch"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sq", "Shqip"),
    ("sr", "Српски"),
    ("sv", "Svenska"),
    ("sw", "Kiswahili"),
    ("ta", "தமிழ்"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
    ("zh-Hans", "简体中文"),
    ("zh-Hant", "繁體中文"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_one_spelling() {
        for good in ["de", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419", "gsw", "sl-nedis"] {
            assert_eq!(Language::check(good), Ok(()), "{good}");
        }
        for (text, spelt) in [("DE", "de"), ("de_AT", "de-AT"), ("pt-br", "pt-BR"), ("ZH-hant", "zh-Hant")] {
            assert_eq!(Language::check(text), Err(LanguageError::Spelling(spelt.to_owned())), "{text}");
        }
        for bad in ["", "d", "german deutsch", "x-own", "de-", "und", "de-u-co-phonebk", "../de", "<b>", "1"] {
            assert_eq!(Language::check(bad), Err(LanguageError::NoTag), "{bad}");
        }
    }

    #[test]
    fn the_script_decides_before_the_language() {
        for (tag, right) in
            [("ar", true), ("fa-AF", true), ("he", true), ("de", false), ("az-Arab", true), ("ur-Latn", false)]
        {
            assert_eq!(Language::from(tag).is_right_to_left(), right, "{tag}");
        }
    }

    #[test]
    fn languages_are_called_as_their_speakers_call_them() {
        for (tag, name) in
            [("de", "Deutsch"), ("de-AT", "Deutsch (Österreich)"), ("de-LI", "Deutsch (LI)"), ("tlh", "tlh")]
        {
            assert_eq!(Language::from(tag).own_name(), name);
        }
        assert!(OWN_NAMES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(OWN_NAMES.iter().all(|(tag, _)| Language::check(tag).is_ok()));
    }
}
