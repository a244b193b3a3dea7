//! Which keys may be written for the author where one is misspelt: none that gives access.
//!
//! A key that nobody reads gives nothing. Written as it was probably meant it may, and who sees what is a decision that a
//! machine does not make; it only says what was probably meant.

use super::super::grammar::Record;

/// Keys that narrow or forbid, wherever they stand.
const NARROWS: &[&str] = &["class", "deny", "mask", "max_scope", "min_group", "needs", "restrict", "where"];

/// Maps that say what there is, and not who may do what with it.
const DESCRIBES: &[&str] = &[
    "acceptance",
    "access test",
    "attachments",
    "branding",
    "database",
    "enum field",
    "field",
    "label",
    "map of colours",
    "money field",
    "numbering",
    "object",
    "page",
    "portal",
    "project",
    "retention",
    "storage",
];

/// Keys of such maps that decide whose something is, who comes in, or what they are given.
const GIVES: &[&str] = &[
    "assigned_tenants",
    "assignments",
    "audiences",
    "column",
    "database",
    "environments",
    "extends",
    "modules",
    "owner",
    "owners",
    "parent",
    "people",
    "permission_sets",
    "registration",
    "sample",
    "shares",
    "specs",
    "table",
    "tenant",
    "tenants",
    "type",
    "types",
];

pub(super) fn may_be_written(record: &Record, key: &str) -> bool {
    NARROWS.contains(&key) || (DESCRIBES.contains(&record.what) && !GIVES.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::super::super::grammar::{KINDS, Shape};
    use super::*;

    /// Every map of the language that can be reached from a document.
    fn records(shape: &'static Shape, found: &mut Vec<&'static Record>) {
        match shape {
            Shape::Record(record) | Shape::Over(record) => walk(record, found),
            Shape::Forms(forms) => forms.iter().for_each(|form| records(form, found)),
            Shape::Map { of, .. } | Shape::List { of, .. } => records(of, found),
            _ => {}
        }
    }

    fn walk(record: &'static Record, found: &mut Vec<&'static Record>) {
        if found.iter().any(|known| std::ptr::eq(*known, record)) {
            return;
        }
        found.push(record);
        record.keys.iter().for_each(|key| records(key.shape, found));
        if let Some((_, of)) = record.others {
            records(of, found);
        }
    }

    #[test]
    fn no_key_of_a_grant_or_an_audience_is_written_but_those_that_narrow() {
        let mut all = Vec::new();
        KINDS.iter().for_each(|(_, record)| walk(record, &mut all));
        let gives = ["grant", "audience", "permission set", "registration", "member", "restriction"];
        let mut seen = 0;
        for record in all.iter().filter(|record| gives.iter().any(|word| record.what.contains(word))) {
            for key in record.keys {
                assert_eq!(
                    may_be_written(record, key.name),
                    NARROWS.contains(&key.name),
                    "{}: {}",
                    record.what,
                    key.name
                );
                seen += 1;
            }
        }
        assert!(seen > 40, "{seen}");
        for what in DESCRIBES {
            assert!(all.iter().any(|record| record.what == *what), "there is no {what}");
        }
        for key in GIVES.iter().chain(NARROWS) {
            assert!(all.iter().any(|record| record.key(key).is_some()), "there is no key {key}");
        }
    }
}
