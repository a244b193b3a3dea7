//! Labels and titles, in the languages of the project.

use super::facts::Facts;
use super::report::unknown;
use crate::diagnostic::Finding;
use crate::model::Words;
use crate::names::Language;
use crate::spec::document::WordsDoc;

impl Facts<'_> {
    /// What a document says, or `made` of a name.
    pub(super) fn words(&self, doc: Option<&WordsDoc>, made: String, findings: &mut Vec<Finding>) -> Words {
        let usual = self.locales.first();
        let words = match doc {
            None => Words::made(made),
            Some(WordsDoc::Plain(text)) => Words::plain(text.as_str()),
            Some(WordsDoc::Spoken(texts)) => {
                for (language, _) in texts.iter().filter(|(language, _)| !self.locales.contains(&language.value)) {
                    let known = self.locales.iter().map(Language::as_str);
                    let tag = language.value.as_str();
                    let finding = unknown("the project does not speak", tag, language.span, known);
                    findings.push(match self.locales.is_empty() {
                        true => finding.hint(format!("name it in the project: `locales: [en, {tag}]`")),
                        false => finding,
                    });
                }
                let texts = texts.iter().filter(|(language, _)| self.locales.contains(&language.value));
                let texts = texts.map(|(language, text)| (language.value.clone(), text.clone())).collect();
                Words::spoken(texts, usual, made)
            }
        };
        words.likely(usual)
    }
}
