//! Every case is a text before and after, so that each byte is seen.

use super::super::tree::Content;
use super::*;

fn top() -> Place {
    Place::document(0)
}

fn insert(key: &str, value: New) -> Change {
    Change::Insert(key.to_owned(), value)
}

fn map(entries: &[(&str, New)]) -> New {
    New::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn field() -> New {
    map(&[("type", New::word("text")), ("class", New::word("internal"))])
}

#[track_caller]
fn becomes(before: &str, place: Place, change: Change, after: &str) {
    let edit = Edit { place, change };
    assert_eq!(edited(before, std::slice::from_ref(&edit)).as_deref(), Ok(after), "{edit:?}");
    // The same where lines end otherwise, and behind a byte order mark.
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    if before.contains('\n') {
        assert_eq!(edited(&windows(before), &[edit]).unwrap(), windows(after));
    }
}

#[track_caller]
fn refused(text: &str, place: Place, change: Change) -> String {
    edited(text, &[Edit { place, change }]).unwrap_err().to_string()
}

#[test]
fn a_key_is_put_in_below_the_last() {
    let fields = || top().key("fields");
    let change = || insert("c", field());
    becomes(
        "name: case\nfields:\n    a: {type: uuid}   # aligned\n    b: text          # by hand\n\n# Next\nother: 1\n",
        fields(),
        change(),
        "name: case\nfields:\n    a: {type: uuid}   # aligned\n    b: text          # by hand\n    c: {type: text, class: internal}\n\n# Next\nother: 1\n",
    );
    becomes("fields:\n  b: 1", fields(), change(), "fields:\n  b: 1\n  c: {type: text, class: internal}");
    becomes(
        "fields:\n  b: 1\n---\nx: 1\n",
        fields(),
        insert("c", New::word("2")),
        "fields:\n  b: 1\n  c: 2\n---\nx: 1\n",
    );
    becomes("fields:\n  b:\nx: 1\n", fields(), insert("c", New::word("2")), "fields:\n  b:\n  c: 2\nx: 1\n");
    // What stands further right below the last value is about it.
    becomes(
        "fields:\n  b:\n    x: 1\n\n    # y: later\n  # c is missing\nz: 1\n",
        fields(),
        insert("d", New::word("2")),
        "fields:\n  b:\n    x: 1\n\n    # y: later\n  d: 2\n  # c is missing\nz: 1\n",
    );
    becomes(
        "a: |\n  one\n  two\n\n\nb: >-\n  x\n\n",
        top(),
        insert("c", New::word("2")),
        "a: |\n  one\n  two\n\n\nb: >-\n  x\n\nc: 2\n\n",
    );
    becomes("a: |+\n  one\n\n", top(), insert("c", New::word("2")), "a: |+\n  one\n\nc: 2\n");
    becomes("- a: 1\n- b: 2\n", top().item(0), insert("c", New::word("3")), "- a: 1\n  c: 3\n- b: 2\n");
    becomes(
        "...\n---\n# head\na: 1 # one\n...\n",
        top(),
        insert("b", New::word("3")),
        "...\n---\n# head\na: 1 # one\nb: 3\n...\n",
    );
}

#[test]
fn a_new_value_is_written_as_its_neighbours_are() {
    let open = "f:\n  a:\n    type: uuid\n\n  b:\n    type: text\n\nz: 1\n";
    becomes(
        open,
        top().key("f"),
        insert("c", field()),
        "f:\n  a:\n    type: uuid\n\n  b:\n    type: text\n\n  c:\n    type: text\n    class: internal\n\nz: 1\n",
    );
    let long = New::List((0..40).map(|number| New::text(format!("v{number}"))).collect());
    let lines: String = (0..40).map(|number| format!("    - v{number}\n")).collect();
    becomes("f:\n  a: 1\n", top().key("f"), insert("c", long), &format!("f:\n  a: 1\n  c:\n{lines}"));
    becomes(
        "l:\n- a: 1\n  b: 2\n- a: 2\nz: 1\n",
        top().key("l"),
        Change::Append(map(&[("a", New::word("3")), ("b", New::List(vec![New::word("4")]))])),
        "l:\n- a: 1\n  b: 2\n- a: 2\n- a: 3\n  b: [4]\nz: 1\n",
    );
}

#[test]
fn between_brackets_it_goes_beside_the_last_or_below_it() {
    let (fields, change) = (|| top().key("f"), || insert("c", New::word("3")));
    becomes("f: {a: 1, b: 2} # c\nx: 1\n", fields(), change(), "f: {a: 1, b: 2, c: 3} # c\nx: 1\n");
    becomes("f: { a: 1, b: 2, }\n", fields(), change(), "f: { a: 1, b: 2, c: 3, }\n");
    becomes("f: {a: 1, b: }\n", fields(), change(), "f: {a: 1, b:, c: 3 }\n");
    becomes("f: {}\n", fields(), change(), "f: {c: 3}\n");
    becomes("f:\nx: 1\n", fields(), change(), "f:\n  c: 3\nx: 1\n");
    becomes("f: ~ # later\nx: 1\n", fields(), change(), "f: # later\n  c: 3\nx: 1\n");
    becomes(
        "f: {\n  a: 1,\n  b: 2, # two\n}\nx: y\n",
        fields(),
        change(),
        "f: {\n  a: 1,\n  b: 2, # two\n  c: 3,\n}\nx: y\n",
    );
    becomes("f: {\n  a: 1,\n  b: 2 # two\n}\n", fields(), change(), "f: {\n  a: 1,\n  b: 2, # two\n  c: 3\n}\n");
    becomes("f: {\n  a: 1,\n  b: 2}\n", fields(), change(), "f: {\n  a: 1,\n  b: 2,\n  c: 3}\n");
    becomes(
        "l: [a, b, # first\n    c, d] # end\n",
        top().key("l"),
        Change::Append(New::text("e")),
        "l: [a, b, # first\n    c, d, e] # end\n",
    );
    becomes(
        "a: {b: {c: [1]}}\n",
        top().key("a").key("b").key("c"),
        Change::Append(New::word("2")),
        "a: {b: {c: [1, 2]}}\n",
    );
}

#[test]
fn a_list_gets_a_further_entry() {
    let list = || top().key("l");
    let add = || Change::Append(New::text("z"));
    becomes("l:\n  - x\n  - y # c\n# d\nb: 2\n", list(), add(), "l:\n  - x\n  - y # c\n  - z\n# d\nb: 2\n");
    becomes("l:\n- x\n- y\nb: 2\n", list(), add(), "l:\n- x\n- y\n- z\nb: 2\n");
    becomes("l:\n  -\n  - &a x\nb: *a\n", list(), add(), "l:\n  -\n  - &a x\n  - z\nb: *a\n");
    becomes(
        "l:\n  - - 1\n    - 2\n  -\n    - 3\n",
        list().item(0),
        add(),
        "l:\n  - - 1\n    - 2\n    - z\n  -\n    - 3\n",
    );
    becomes("l:\n  - - 1\n    - 2\n  -\n    - 3\n", list(), add(), "l:\n  - - 1\n    - 2\n  -\n    - 3\n  - z\n");
    becomes("l:\nb: 2\n", list(), add(), "l:\n  - z\nb: 2\n");
    becomes("l: []\n", list(), add(), "l: [z]\n");
    becomes("l:\n  - &q\n    a: 1\n", list(), add(), "l:\n  - &q\n    a: 1\n  - z\n");
}

#[test]
fn a_value_is_set_where_it_stands() {
    let set = |text: &str| Change::Set(New::text(text));
    becomes("a: one # c\nb: 2\n", top().key("a"), set("two"), "a: two # c\nb: 2\n");
    becomes("a: one\n  more\nb: 2\n", top().key("a"), set("no"), "a: \"no\"\nb: 2\n");
    becomes("a: 'x'\n", top().key("a"), set("say \"#1: go\""), "a: \"say \\\"#1: go\\\"\"\n");
    becomes("a: |\n  one\n\n  two\n\nb: 2\n", top().key("a"), set("short"), "a: short\n\nb: 2\n");
    becomes("a: # c\nb: 2\n", top().key("a"), set("x"), "a: x # c\nb: 2\n");
    becomes("l:\n  -\n  - y\n", top().key("l").item(0), set("x"), "l:\n  - x\n  - y\n");
    becomes("a:\n  - x\n  - y # c\nb: 2\n", top().key("a"), Change::Set(New::List(vec![])), "a: [] # c\nb: 2\n");
    becomes("{a: [1, 2], b: }\n", top().key("b"), set("x"), "{a: [1, 2], b: x }\n");
    becomes("a: &x one\nb: 2\n", top().key("a"), set("two"), "a: &x two\nb: 2\n");
    becomes("a: &x one\nb: *x\n", top().key("b"), set("two"), "a: &x one\nb: two\n");
}

#[test]
fn what_depends_on_what_is_there_is_put_where_it_belongs() {
    let entry = || map(&[("check", New::text("guest-write")), ("reason", New::text("by choice: ours"))]);
    let add = || Change::AppendTo("accept".to_owned(), entry());
    let written = "  - {check: guest-write, reason: \"by choice: ours\"}\n";
    becomes("name: a\n", top(), add(), &format!("name: a\naccept:\n{written}"));
    becomes(
        "accept:\n  - {check: x} # c\nname: a\n",
        top(),
        add(),
        &format!("accept:\n  - {{check: x}} # c\n{written}name: a\n"),
    );
    becomes("accept: []\n", top(), add(), "accept: [{check: guest-write, reason: \"by choice: ours\"}]\n");
    let put = || Change::Put("until".to_owned(), New::word("2027-01-31"));
    let first = || top().key("accept").item(0);
    becomes("accept: [{check: x}]\n", first(), put(), "accept: [{check: x, until: 2027-01-31}]\n");
    becomes("accept:\n  - until: 2020-01-01 # c\n", first(), put(), "accept:\n  - until: 2027-01-31 # c\n");
    let text = "accept: [{check: x, object: a}, {check: x, object: b}]\n";
    assert_eq!(item_saying(text, &top().key("accept"), &[("check", "x"), ("object", "b")]), Some(1));
    assert_eq!(item_saying(text, &top().key("accept"), &[("check", "y")]), None);
}

#[test]
fn a_key_gets_another_name() {
    let rename = |to: &str| Change::Rename(to.to_owned());
    becomes("a:\n  lable : x # c\n", top().key("a").key("lable"), rename("label"), "a:\n  label : x # c\n");
    becomes("{'lable': x}\n", top().key("lable"), rename("label"), "{label: x}\n");
    assert_eq!(refused("a: 1\nb: 2\n", top().key("a"), rename("b")), "`b` is there already");
}

#[test]
fn what_goes_takes_its_lines_and_no_others() {
    let gone = Change::Remove;
    becomes("# h\na: 1 # x\n# about b\nb: 2\nc: 3\n", top().key("a"), gone.clone(), "# h\n# about b\nb: 2\nc: 3\n");
    becomes("a: 1\nb:\n  x: 1\n  y: 2", top().key("b"), gone.clone(), "a: 1");
    becomes("l:\n  - a\n\n  - b: 1\n    c: 2\n\n  - d\n", top().key("l").item(1), gone.clone(), "l:\n  - a\n\n  - d\n");
    becomes("l:\n  - a: 1\n    b: 2\n", top().key("l").item(0).key("a"), gone.clone(), "l:\n  - b: 2\n");
    becomes("l:\n  - a # c\nb: 2\n", top().key("l").item(0), gone.clone(), "l: [] # c\nb: 2\n");
    becomes("l: [a, b, c]\n", top().key("l").item(0), gone.clone(), "l: [b, c]\n");
    becomes("l: [a, b, c]\n", top().key("l").item(2), gone.clone(), "l: [a, b]\n");
    becomes("l: [a, b, # first\n  c]\n", top().key("l").item(1), gone.clone(), "l: [a, # first\n  c]\n");
    becomes("l: [\n  a,\n  b, # b\n  c,\n]\n", top().key("l").item(0), gone.clone(), "l: [\n  b, # b\n  c,\n]\n");
    becomes("l: {a: , b}\n", top().key("l").key("b"), gone.clone(), "l: {a:}\n");
    becomes("l: [a]\n", top().key("l").item(0), gone, "l: []\n");
}

#[test]
fn what_would_change_more_is_refused() {
    let set = || Change::Set(New::word("2"));
    let more = EditError::SaysMore.to_string();
    assert_eq!(refused("a: &x {k: 1}\nb: *x\n", top().key("a").key("k"), set()), more);
    assert_eq!(refused("a: &x 1\nb: *x\n", top().key("a"), Change::Remove), more);
    assert_eq!(
        refused("a: &x {k: 1}\nb: *x\n", top().key("b").key("k"), set()),
        "what an alias repeats is edited where it is written"
    );
    assert_eq!(
        refused("a:\n  - x\n  # why\n  - y\n", top().key("a"), set()),
        "a comment would be lost with what it stands in: move it first"
    );
    assert!(refused("a: [1\n", top(), insert("b", field())).starts_with("the file cannot be edited before"));
    assert_eq!(refused("a: 1\n", Place::document(1), Change::Remove), "there is no document 2");
    assert_eq!(refused("a: 1\n", top().key("b").key("c"), set()), "there is no key `b`");
    assert_eq!(refused("a: 1\n", top().key("a"), insert("b", field())), "a key can only be added to a map");
    // A word that reads as something else than it is.
    assert_eq!(refused("a: 1\n", top().key("a"), Change::Set(New::word("x # y"))), more);
    assert_eq!(refused("a: 1\n", top().key("a"), Change::Set(New::word("x\nb: 3"))), more);
}

#[test]
fn a_document_is_found_by_what_it_is() {
    let text = "# only a comment\n---\nkind: object\nname: a\n---\nkind: portal\nname: a\n";
    assert_eq!(document_named(text, "object", "a"), Some(0));
    assert_eq!(document_named(text, "portal", "a"), Some(1));
    assert_eq!(document_named(text, "portal", "b"), None);
}

/// Every list and map of a document, with what leads to it.
fn collections(node: &Node, place: &Place, found: &mut Vec<(Place, bool)>) {
    match &node.content {
        Content::List(items) => {
            found.push((place.clone(), true));
            for (number, item) in items.iter().enumerate() {
                collections(item, &place.clone().item(number), found);
            }
        }
        Content::Map(entries) => {
            found.push((place.clone(), false));
            for entry in entries {
                collections(&entry.value, &place.clone().key(&entry.key.value), found);
            }
        }
        Content::Scalar(_) | Content::Broken => {}
    }
}

pub(in crate::spec) fn yaml_files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        // What `up` and `scaffold` put beside a project's documents is no part of it.
        let made = |name: &str| {
            name.starts_with('.')
                || name == "node_modules"
                || (name == "site" && folder.join("portalctl.yaml").exists())
        };
        if entry.file_type().unwrap().is_dir() {
            if !made(&entry.file_name().to_string_lossy()) {
                yaml_files(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.push(path);
        }
    }
}

/// Whatever stands in a file of this repository can be added to, emptied, and taken out again with no trace.
#[test]
fn every_place_of_every_file_can_be_edited() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["examples", "portal-specs/types", "templates/project", "tests/catalogue", "tests/rules"] {
        yaml_files(&root.join(folder), &mut files);
    }
    let mut tried = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let Ok(layout) = Layout::of(&text) else { continue };
        let mut places = Vec::new();
        for (number, document) in layout.documents.iter().enumerate() {
            collections(document, &Place::document(number), &mut places);
        }
        let comments: Vec<&str> = layout.comments.iter().map(|range| &text[range.clone()]).collect();
        // The whole of it takes minutes; each file has its share of every kind of place.
        for (place, is_list) in places.into_iter().step_by(29) {
            let made = || New::text("a: new # value");
            let (add, added) = if is_list {
                (Change::Append(made()), None)
            } else {
                (insert("brand_new", made()), Some(place.clone().key("brand_new")))
            };
            let told = format!("{} {place:?}", file.display());
            let after = edited(&text, &[Edit { place: place.clone(), change: add }])
                .unwrap_or_else(|why| panic!("{told}: {why}"));
            let read = Layout::of(&after).unwrap();
            let still: Vec<&str> = read.comments.iter().map(|range| &after[range.clone()]).collect();
            assert_eq!(still, comments, "{told}");

            if let Some(place) = added {
                let gone = edited(&after, &[Edit { place, change: Change::Remove }]);
                assert_eq!(gone.as_deref(), Ok(text.as_str()), "{told}");
            }
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}
