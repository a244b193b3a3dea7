//! The examples that come with the binary.

use include_dir::{Dir, include_dir};

/// An example that `portalctl new` copies.
struct Example {
    name: &'static str,
    /// Those beside its folders.
    files: &'static [(&'static str, &'static str)],
    folders: &'static [(&'static str, Dir<'static>)],
}

static EXAMPLES: &[Example] = &[Example {
    name: "acme",
    files: &[
        ("portalctl.yaml", include_str!("../../examples/acme/portalctl.yaml")),
        ("README.md", include_str!("../../examples/acme/README.md")),
    ],
    // Folder by folder: what `up` and `scaffold` put beside them is not taken along.
    folders: &[
        ("db", include_dir!("$CARGO_MANIFEST_DIR/examples/acme/db")),
        ("objects", include_dir!("$CARGO_MANIFEST_DIR/examples/acme/objects")),
        ("permission-sets", include_dir!("$CARGO_MANIFEST_DIR/examples/acme/permission-sets")),
        ("portals", include_dir!("$CARGO_MANIFEST_DIR/examples/acme/portals")),
        ("tests", include_dir!("$CARGO_MANIFEST_DIR/examples/acme/tests")),
    ],
}];

/// The names of the examples.
pub fn examples() -> impl Iterator<Item = &'static str> {
    EXAMPLES.iter().map(|example| example.name)
}

/// The files of an example by their paths; `None` where there is none of that name.
pub fn example(name: &str) -> Option<Vec<(String, &'static str)>> {
    let example = EXAMPLES.iter().find(|example| example.name == name)?;
    let beside = example.files.iter().map(|(path, text)| ((*path).to_owned(), *text));
    let inside = example.folders.iter().flat_map(|(folder, dir)| {
        dir.files().filter_map(move |file| Some((format!("{folder}/{}", file.path().display()), file.contents_utf8()?)))
    });
    Some(beside.chain(inside).collect())
}
