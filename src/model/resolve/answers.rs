//! What was answered to the decision guide, held against the guide.

use super::report::unknown;
use crate::diagnostic::Finding;
use crate::model::{Answered, Guide};
use crate::spec::document::AnswersDoc;
use indexmap::IndexMap;

pub(super) fn resolve(doc: &AnswersDoc, findings: &mut Vec<Finding>) -> Answered {
    let guide = Guide::read();
    let mut given: IndexMap<String, Vec<String>> = IndexMap::new();
    for (name, words) in &doc.given {
        let Some(question) = guide.questions.get(&name.value) else {
            let known = guide.questions.keys().map(String::as_str);
            findings.push(unknown("the guide asks nothing called", &name.value, name.span, known));
            continue;
        };
        if let Some(second) = words.get(1).filter(|_| question.one) {
            let message = format!("`{}` takes one answer, and {} are given", name.value, words.len());
            findings.push(Finding::error("invalid-value", second.span, message).hint("keep the one that fits best"));
        }
        for word in words {
            if question.choices.contains_key(&word.value) {
                given.entry(name.value.clone()).or_default().push(word.value.clone());
            } else {
                let known = question.choices.keys().map(String::as_str);
                findings.push(unknown(&format!("`{}` has no answer", name.value), &word.value, word.span, known));
            }
        }
    }
    given.sort_by_cached_key(|name, _| guide.questions.get_index_of(name));
    Answered { given, span: doc.span }
}
