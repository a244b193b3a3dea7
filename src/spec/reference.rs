//! The reference of the language, from the same tables that the reader holds documents against.

use super::conform::describe;
use super::grammar::word::Word;
use super::grammar::{Choice, KINDS, Key, LABEL, Presence, Record, Rule, Shape};
use super::schema::slug;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One document of each kind, which together are a project.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("project", include_str!("reference/project.yaml")),
    ("object", include_str!("reference/object.yaml")),
    ("permission_set", include_str!("reference/permission_set.yaml")),
    ("portal", include_str!("reference/portal.yaml")),
    ("page", include_str!("reference/page.yaml")),
    ("tenant", include_str!("reference/tenant.yaml")),
    ("access_test", include_str!("reference/access_test.yaml")),
    ("module", include_str!("reference/module.yaml")),
    ("type", include_str!("reference/type.yaml")),
];

const INTRODUCTION: &str = "\
# The spec language

A project is a folder with `portalctl.yaml` and YAML documents in files beside it and in the folders that it names.
Every document has a `kind` and a `name`; several may share a file, apart by `---`. A key that the language does not know
is an error, and so is a key that stands twice. What no grant names is denied.

This page is made from the tables that `portalctl validate` holds documents against; `portalctl schema` gives the same as
JSON Schema, for editors. Keys in bold must be written.
";

const VALUES: &str = "
## Values

What a field is compared with, preset to or begins with: text, a number, `true` or `false`, or a variable. Text that begins
with `$` is written with two.

| variable | |
|---|---|
| `$user` | the key of who is asking |
| `$tenant` | the key of their tenant |
| `$tier` | their tenant's tier |
| `$now` | this moment |
| `$today` | this day, in the project's time zone |
| `$row.<field>` | a field of the row itself |
";

const OVER: &str = "
## One document over another

A portal with `type: marina` is the document of that type with the portal's own keys over it. An object, a permission set or
a page with `extends: lifts/lift` is that document of the module `lifts` with its own keys over it. Whatever stands below may
be left out above. Then

- maps merge, key by key; lists and single values replace;
- `+key` appends to a list, or adds entries that a map has not;
- `-key` takes items out of a list, or entries out of a map, by their names: `-audiences: [visitor]`;
- a key that cannot stand beside another takes its place: `table` that of `managed`, `host` that of `path`.

`+` on what is neither list nor map, and `-` on what is not there, are errors. A key in quotation marks is a key like any other.
";

/// The page, as Markdown.
pub fn page() -> String {
    let mut page = Page { text: INTRODUCTION.to_owned(), told: Vec::new(), words: BTreeMap::new() };
    for (kind, record) in KINDS {
        page.kind(kind, record);
    }
    page.text.push_str(OVER);
    page.words();
    page.text
}

struct Page {
    text: String,
    /// Records that have a section, in the order in which they were met.
    told: Vec<&'static str>,
    words: BTreeMap<&'static str, &'static Word>,
}

impl Page {
    fn kind(&mut self, kind: &str, record: &'static Record) {
        let _ = write!(self.text, "\n## `{kind}`\n\n{}\n", record.doc);
        if let Some((_, example)) = EXAMPLES.iter().find(|(of, _)| of == &kind) {
            let _ = write!(self.text, "\n```yaml\n{example}```\n");
        }
        self.told.push(record.what);
        self.keys(record);
        let mut below = Vec::new();
        records(record, &mut below);
        for record in below {
            if !self.told.contains(&record.what) {
                self.told.push(record.what);
                let _ = write!(self.text, "\n### {}\n\n{}\n", slug(record), record.doc);
                self.keys(record);
            }
        }
    }

    fn keys(&mut self, record: &'static Record) {
        let keys = record.keys.iter().filter(|key| key.presence != Presence::Later);
        self.text.push_str("\n| key | takes | |\n|---|---|---|\n");
        for key in keys {
            let name = match key.presence {
                Presence::Required => format!("**`{}`**", key.name),
                Presence::Optional | Presence::Later => format!("`{}`", key.name),
            };
            let (takes, about) = (self.takes(key.shape), about(key));
            let _ = writeln!(self.text, "| {name} | {takes} | {about} |");
        }
        if let Some((word, shape)) = record.others {
            self.words.insert(word.what, word);
            let takes = self.takes(shape);
            let _ = writeln!(self.text, "| any {} | {takes} | |", word.what);
        }
        for rule in record.rules {
            let said = match rule {
                Rule::ExactlyOne(keys) => format!("Exactly one of {} is written.", listed(keys)),
                Rule::AtMostOne(keys) => format!("At most one of {} is written.", listed(keys)),
                Rule::AtLeastOne(keys) => format!("At least one of {} is written.", listed(keys)),
                Rule::NotEmpty => "It holds something.".to_owned(),
            };
            let _ = write!(self.text, "\n{said}\n");
        }
        let later: Vec<&str> =
            record.keys.iter().filter(|key| key.presence == Presence::Later).map(|key| key.name).collect();
        if !later.is_empty() {
            let _ = write!(self.text, "\nRefused by this version, which cannot act on them: {}.\n", listed(&later));
        }
    }

    /// What may stand in a place, in words with links.
    fn takes(&mut self, shape: &'static Shape) -> String {
        match shape {
            Shape::Text => "text".to_owned(),
            Shape::Word(word) => {
                self.words.insert(word.what, word);
                // A made-up name says no more than that it is one.
                if word.sample.contains("sample") {
                    word.what.to_owned()
                } else {
                    format!("{}: `{}`", word.what, word.sample)
                }
            }
            Shape::Choice(choices) => listed(&available(choices).map(|choice| choice.word).collect::<Vec<_>>()),
            Shape::Boolean => "`true` or `false`".to_owned(),
            Shape::Count { least, most } if least == most => format!("`{least}`"),
            Shape::Count { least, most } => format!("a whole number from {least} to {most}"),
            Shape::Operand => "[value](#values)".to_owned(),
            Shape::Null => "`null`".to_owned(),
            Shape::Label => {
                self.words.insert(LABEL.what, &LABEL);
                "label".to_owned()
            }
            Shape::List { of, .. } => format!("a list, each {}", self.takes(of)),
            Shape::Map { keys, of, .. } => {
                self.words.insert(keys.what, keys);
                format!("a map from each {} to {}", keys.what, self.takes(of))
            }
            Shape::Record(record) => format!("[{}](#{})", record.what, slug(record)),
            Shape::Over(record) => match KINDS.iter().find(|(_, known)| std::ptr::eq(*known, *record)) {
                Some((kind, _)) => format!("what differs of the `{kind}`"),
                None => format!("what differs of [{}](#{})", describe::a(record.what), slug(record)),
            },
            Shape::Forms(forms) => forms.iter().map(|form| self.takes(form)).collect::<Vec<_>>().join("; or "),
        }
    }

    fn words(&mut self) {
        self.text.push_str(VALUES);
        self.text.push_str("\n## Forms of text\n\n| what | such as | form |\n|---|---|---|\n");
        for word in self.words.values() {
            let form = match (word.known, word.pattern) {
                ([_, ..], _) => listed(word.known),
                ([], "") => String::new(),
                ([], pattern) => format!("`{}`", pattern.replace('|', "\\|")),
            };
            let _ = writeln!(self.text, "| {} | `{}` | {form} |", word.what, word.sample);
        }
    }
}

/// What a key is for, and what each of its words means.
fn about(key: &Key) -> String {
    let mut about = key.doc.to_owned();
    if let Shape::Choice(choices @ [_, _, ..]) = key.shape {
        for choice in available(choices).filter(|choice| !choice.doc.is_empty()) {
            let _ = write!(about, "<br>`{}`: {}", choice.word, choice.doc);
        }
    }
    about.replace('|', "\\|")
}

fn available(choices: &'static [Choice]) -> impl Iterator<Item = &'static Choice> {
    choices.iter().filter(|choice| !choice.later)
}

fn listed(words: &[&str]) -> String {
    describe::listed(words).replace('|', "\\|")
}

/// Everything below a record that has a section, parents first.
fn records(of: &'static Record, found: &mut Vec<&'static Record>) {
    for key in of.keys.iter().filter(|key| key.presence != Presence::Later) {
        within(key.shape, found);
    }
    if let Some((_, shape)) = of.others {
        within(shape, found);
    }
}

fn within(shape: &'static Shape, found: &mut Vec<&'static Record>) {
    match shape {
        // Documents have sections of their own.
        Shape::Over(record) if KINDS.iter().any(|(_, kind)| std::ptr::eq(*kind, *record)) => {}
        Shape::Record(record) | Shape::Over(record) => {
            if !found.iter().any(|known| known.what == record.what) {
                found.push(record);
                records(record, found);
            }
        }
        Shape::List { of, .. } | Shape::Map { of, .. } => within(of, found),
        Shape::Forms(forms) => forms.iter().for_each(|form| within(form, found)),
        Shape::Text
        | Shape::Word(_)
        | Shape::Choice(_)
        | Shape::Boolean
        | Shape::Count { .. }
        | Shape::Operand
        | Shape::Label
        | Shape::Null => {}
    }
}
