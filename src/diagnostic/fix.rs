//! Changes to the files that mend a finding for certain.

use super::{FileId, Finding, Report, SourceMap, Span};
use std::collections::BTreeMap;

/// What mends a finding without a decision of anybody. It never gives access that was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a line.
    pub title: String,
    pub edits: Vec<Replacement>,
}

/// Some bytes of a file, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    pub span: Span,
    /// What must stand there, so that nothing else is replaced.
    pub old: String,
    pub new: String,
}

/// The files of a report with its fixes in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// How many findings are mended.
    pub count: usize,
    /// Paths, and their new texts.
    pub files: Vec<(String, String)>,
}

impl Finding {
    #[must_use]
    pub fn fixed_by(mut self, title: impl Into<String>, edits: Vec<Replacement>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// Makes the finding one that is mended by writing `new` for `old` at its place.
    #[must_use]
    pub fn replacing(self, old: &str, new: impl Into<String>) -> Self {
        let Some(span) = self.span else { return self };
        let edit = Replacement { span, old: old.to_owned(), new: new.into() };
        self.fixed_by(format!("write `{}`", edit.new), vec![edit])
    }
}

impl Fix {
    /// Whether the files are as the fix takes them to be. What an alias repeats, or stands in quotes, may not be.
    pub(super) fn fits(&self, sources: &SourceMap) -> bool {
        self.edits.iter().all(|edit| {
            let text = &sources.file(edit.span.file).text;
            text.get(edit.span.start as usize..edit.span.end as usize) == Some(edit.old.as_str())
        })
    }
}

impl Report {
    /// Every file with the fixes of its findings. Of two that touch each other the first is made; the other may follow the
    /// next time.
    pub fn mended(&self) -> Mended {
        let mut edits: BTreeMap<FileId, Vec<&Replacement>> = BTreeMap::new();
        let mut count = 0;
        for fix in self.findings.iter().filter_map(|finding| finding.fix.as_ref()) {
            let touches = |edit: &&Replacement| {
                let others = edits.get(&edit.span.file).into_iter().flatten();
                others.into_iter().any(|other| edit.span.start <= other.span.end && other.span.start <= edit.span.end)
            };
            if fix.edits.is_empty() || fix.edits.iter().any(|edit| touches(&edit)) {
                continue;
            }
            count += 1;
            for edit in &fix.edits {
                edits.entry(edit.span.file).or_default().push(edit);
            }
        }
        let files = edits.into_iter().map(|(file, mut edits)| {
            edits.sort_by_key(|edit| edit.span.start);
            let file = self.sources.file(file);
            let (mut after, mut at) = (String::with_capacity(file.text.len()), 0);
            for edit in edits {
                after.push_str(&file.text[at..edit.span.start as usize]);
                after.push_str(&edit.new);
                at = edit.span.end as usize;
            }
            after.push_str(&file.text[at..]);
            (file.path.clone(), after)
        });
        Mended { count, files: files.collect() }
    }

    /// How many findings have a fix.
    pub fn mendable(&self) -> usize {
        self.findings.iter().filter(|finding| finding.fix.is_some()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn fixes_that_touch_are_made_one_at_a_time_and_none_where_the_text_differs() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", "lable: x\nnaem: y\nother: z\n");
        let finding = |from: usize, old: &str, new: &str| {
            Finding::error("unknown-key", Span::new(file, from, from + old.len()), format!("at {from}"))
                .replacing(old, new)
        };
        let findings = vec![
            finding(9, "naem", "name"),
            finding(0, "lable", "label"),
            finding(3, "le", "el"),
            finding(17, "OTHER", "another"),
        ];
        let report = Report::new(Arc::new(sources), findings);
        assert_eq!(report.mendable(), 3, "one says something else than the file");
        let mended = report.mended();
        assert_eq!(mended.count, 2);
        assert_eq!(mended.files[0].1, "label: x\nname: y\nother: z\n");
    }
}
