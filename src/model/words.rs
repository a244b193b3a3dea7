//! What people are shown, in the languages that the project speaks.

use super::{AccessModel, Navigation};
use crate::names::Language;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

/// A label or a title. It is the text that stands in it now: that of the project's first language, or, in a model
/// that [`AccessModel::in_language`] made, of that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    said: Said,
    /// What is said in a language that has no text of its own.
    usual: Said,
    written: Written,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    text: String,
    /// `None`: the document does not say.
    language: Option<Language>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Written {
    /// Made from a name.
    Not,
    /// One text for every language.
    Plain,
    Spoken(BTreeMap<Language, String>),
}

impl Words {
    /// What a name says where nobody wrote anything else.
    pub fn made(text: impl Into<String>) -> Self {
        Self::always(text.into(), Written::Not)
    }

    /// One text for every language.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::always(text.into(), Written::Plain)
    }

    fn always(text: String, written: Written) -> Self {
        let said = Said { text, language: None };
        Self { usual: said.clone(), said, written }
    }

    /// A text for each language; `made` stands where the `usual` one has none.
    pub fn spoken(texts: BTreeMap<Language, String>, usual: Option<&Language>, made: impl Into<String>) -> Self {
        let said = usual.and_then(|usual| Some((texts.get(usual)?.clone(), Some(usual.clone()))));
        let (text, language) = said.unwrap_or_else(|| (made.into(), None));
        let said = Said { text, language };
        Self { usual: said.clone(), said, written: Written::Spoken(texts) }
    }

    /// The same, where the project says what language its names and plain texts are likely in.
    #[must_use]
    pub fn likely(mut self, usual: Option<&Language>) -> Self {
        for said in [&mut self.said, &mut self.usual] {
            said.language = said.language.take().or_else(|| usual.cloned());
        }
        self
    }

    pub fn as_str(&self) -> &str {
        &self.said.text
    }

    /// Whether the language is met with the words of another one. A plain text is meant for all of them, and a name
    /// is taken for one of the `usual` language.
    #[must_use]
    pub fn lacks(&self, language: &Language, usual: &Language) -> bool {
        match &self.written {
            Written::Not => language != usual,
            Written::Plain => false,
            Written::Spoken(texts) => !texts.contains_key(language),
        }
    }

    /// The texts by their languages; none where one text is for all.
    pub fn texts(&self) -> impl Iterator<Item = (&Language, &str)> {
        let texts = match &self.written {
            Written::Spoken(texts) => Some(texts),
            Written::Not | Written::Plain => None,
        };
        texts.into_iter().flatten().map(|(language, text)| (language, text.as_str()))
    }

    /// The text, where it is one for all languages.
    pub fn of_all(&self) -> Option<&str> {
        (!matches!(self.written, Written::Spoken(_))).then_some(self.as_str())
    }

    /// As it stands within a sentence: `Service bulletin` as `service bulletin`, where the language writes it so.
    /// `SLA report` keeps its capitals, and so does every noun of German.
    #[must_use]
    pub fn in_sentence(&self) -> String {
        let small = self.said.language.as_ref().is_none_or(Language::is_english);
        if small { uncapitalised(&self.said.text) } else { self.said.text.clone() }
    }

    fn speak(&mut self, language: &Language) {
        let Written::Spoken(texts) = &self.written else { return };
        self.said = match texts.get(language) {
            Some(text) => Said { text: text.clone(), language: Some(language.clone()) },
            None => self.usual.clone(),
        };
    }
}

/// `Service bulletins` as `service bulletins`; `SLA reports` stays.
pub fn uncapitalised(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

impl AccessModel {
    /// The same model with its words in that language; what has none stays in the project's first.
    #[must_use]
    pub fn in_language(&self, language: &Language) -> Self {
        let mut model = self.clone();
        for object in model.objects.values_mut() {
            object.label_one.speak(language);
            object.label_many.speak(language);
            for field in object.fields.values_mut() {
                field.label.speak(language);
                field.value_labels.values_mut().for_each(|label| label.speak(language));
            }
        }
        for portal in model.portals.values_mut() {
            portal.title.speak(language);
            portal.audiences.values_mut().for_each(|audience| audience.label.speak(language));
            portal.pages.values_mut().for_each(|page| page.title.speak(language));
            for entry in &mut portal.navigation {
                match entry {
                    Navigation::Page { title, .. } => title.speak(language),
                    Navigation::Home | Navigation::Object(_) | Navigation::View(_) => {}
                }
            }
        }
        model
    }
}

impl Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl PartialEq<str> for Words {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Words {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for Words {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(texts: &[(&str, &str)]) -> Words {
        let texts = texts.iter().map(|(language, text)| (Language::from(*language), (*text).to_owned()));
        Words::spoken(texts.collect(), Some(&Language::from("en")), "Made")
    }

    #[test]
    fn a_language_without_a_text_hears_the_first_one() {
        let mut words = spoken(&[("en", "Case"), ("de", "Fall")]);
        words.speak(&Language::from("fr"));
        assert_eq!((words.as_str(), words.in_sentence().as_str()), ("Case", "case"));
        words.speak(&Language::from("de"));
        assert_eq!((words.as_str(), words.in_sentence().as_str()), ("Fall", "Fall"));
        let lacks = |words: &Words, language: &str| words.lacks(&language.into(), &"en".into());
        assert!(lacks(&words, "fr") && !lacks(&words, "de"));
        assert!(lacks(&Words::made("Case"), "de") && !lacks(&Words::made("Case"), "en"));
        assert!(!lacks(&Words::plain("Ticket"), "de"));
    }

    #[test]
    fn where_the_first_language_has_no_text_the_name_says_it() {
        let mut words = spoken(&[("de", "Fall")]);
        assert_eq!(words.as_str(), "Made");
        words.speak(&Language::from("de"));
        assert_eq!(words.as_str(), "Fall");
    }

    #[test]
    fn labels_keep_their_capitals_where_they_have_several() {
        assert_eq!(Words::plain("SLA reports").in_sentence(), "SLA reports");
        assert_eq!(Words::made("Service bulletins").in_sentence(), "service bulletins");
    }
}
