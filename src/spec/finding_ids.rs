//! What reading may find.

/// A kind of finding, for the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingKind {
    /// Stable, kebab-case.
    pub id: &'static str,
    /// What it means, in one sentence.
    pub about: &'static str,
}

const fn kind(id: &'static str, about: &'static str) -> FindingKind {
    FindingKind { id, about }
}

/// Every finding of [`crate::spec::read`], in the order of their ids. All but one of them are errors, and nothing accepts them.
pub const FINDINGS: &[FindingKind] = &[
    kind("ambiguous-scalar", "An unquoted value is meant as text and reads as a number, a boolean or nothing."),
    kind("circular-needs", "A module needs another that leads back to it."),
    kind("conflicting-keys", "Two keys of one map say the same thing in two ways."),
    kind("conflicting-maps", "Two portals map the tables of one module in different ways."),
    kind("conflicting-types", "Two types say different things for the whole project, and the project says nothing."),
    kind("control-character", "Text holds a character that cannot be seen."),
    kind("csv-syntax", "A row of a CSV file cannot be read."),
    kind("duplicate-key", "A key is written twice in one map."),
    kind("duplicate-name", "Two documents of one kind have the same name."),
    kind("duplicate-project", "There is more than one project document."),
    kind("empty-value", "A list or map that must hold something is empty."),
    kind("file-too-large", "A file is larger than any document should be."),
    kind("identifier-too-long", "A name is longer than PostgreSQL takes."),
    kind("invalid-name", "A name has characters or a length that names do not have."),
    kind("invalid-value", "A value does not have the form that its key takes."),
    kind("merge-conflict", "A file holds the marks of a merge that was not finished."),
    kind("merge-key", "A map uses the merge key of YAML 1.1."),
    kind(
        "misplaced-document",
        "A document stands in a file where it cannot be: a module that is not the first, a portal in a module.",
    ),
    kind("misplaced-project", "The project document stands in another file than `portalctl.yaml`."),
    kind("missing-file", "A file or folder that the project names is not there."),
    kind("missing-key", "A key that must be written is not."),
    kind("missing-project", "`portalctl.yaml` holds no project document."),
    kind("misspelt-audience", "An audience of a portal is called nearly as one of its type; a warning."),
    kind("module-not-adopted", "A document extends one of a module that no portal adopts."),
    kind("name-of-the-catalogue", "A module or type of the project is called as one of the catalogue."),
    kind(
        "narrowing-replaced",
        "A grant, a denial, a field or a path replaces one that keeps something from people, and does not say it again.",
    ),
    kind("needed-module", "A portal removes a module that another of its modules needs."),
    kind("not-a-file", "A folder stands where a file is expected."),
    kind("not-appendable", "`+key` stands where nothing can be appended, or adds what is there."),
    kind(
        "not-available",
        "A key, value or kind of document belongs to the language, and this version cannot act on it.",
    ),
    kind("not-utf8", "A file is not UTF-8."),
    kind("nothing-to-remove", "`-key` names what is not there."),
    kind("path-outside-project", "A path or a symbolic link leads out of the project folder."),
    kind("too-complex", "A document nests too deeply, holds too much or repeats itself too often."),
    kind("too-many-problems", "A file has more problems than are shown."),
    kind("unknown-alias", "An alias refers to no anchor above it, or to the value it stands in."),
    kind("unknown-column", "A map of a module's columns names one that the module does not write."),
    kind("unknown-document", "A module or type has nothing of that name."),
    kind("unknown-key", "A map has a key that the language does not know there."),
    kind("unknown-kind", "A document is of a kind that the language does not know."),
    kind("unknown-module", "There is no module of that name."),
    kind("unknown-tag", "A value has a YAML tag that means nothing here."),
    kind("unknown-type", "There is no type of that name."),
    kind("unknown-value", "A value is none of the words that its key takes."),
    kind("unknown-variable", "A value begins with `$` and is no variable."),
    kind("unreadable-file", "A file cannot be opened or is no regular file."),
    kind("version-too-new", "The project is written in a newer version of the language."),
    kind("wrong-type", "A value is of another kind than its key takes: text, a list, a map."),
    kind("yaml-syntax", "A document is not valid YAML."),
];
