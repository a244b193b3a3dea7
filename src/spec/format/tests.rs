//! What comes out, byte for byte; and that whatever goes in comes out the same the second time.

use super::*;
use proptest::prelude::*;

fn laid(text: &str) -> Result<Formatted, Box<Report>> {
    formatted(RawFile { path: "a.yaml".to_owned(), content: RawContent::Bytes(text.as_bytes().to_vec()) })
}

#[track_caller]
fn becomes(before: &str, after: &str) {
    let done = laid(before).unwrap_or_else(|report| panic!("{:?}", report.findings));
    assert_eq!(done.after, after);
    assert_eq!(laid(&done.after).unwrap().after, after, "the second time");
    let windows = before.replace('\n', "\r\n");
    assert_eq!(laid(&windows).unwrap().after, after, "with other line ends");
}

/// The message, and what it points at.
#[track_caller]
fn refused(text: &str) -> (String, String) {
    let report = laid(text).unwrap_err();
    let span = report.findings[0].span.unwrap();
    let at = &report.sources.file(span.file).text[span.start as usize..];
    (report.findings[0].message.clone(), at.chars().take(5).collect())
}

#[test]
fn indentation_is_two_and_lists_stand_below_their_key() {
    becomes(
        "a:\n    b:\n        - x\n        -   y: 1\n            z:   2\nl:\n- 1\n- - 2\n  - 3\n-\n   q: 1\n",
        "a:\n  b:\n    - x\n    - y: 1\n      z: 2\nl:\n  - 1\n  - - 2\n    - 3\n  -\n    q: 1\n",
    );
    becomes("  a: 1\n  b:\n   c: 2\n", "a: 1\nb:\n  c: 2\n");
    becomes("a:\n- b:\n  - c\n  d: 1\n", "a:\n  - b:\n      - c\n    d: 1\n");
    becomes("a:\n    long words\n    go on\nb: \"x\n y\"\n", "a:\n  long words\n  go on\nb: \"x\n  y\"\n");
    becomes("a: &x\n    b : 1\nc: *x\nd:   &y e\n*y  : f\n", "a: &x\n  b: 1\nc: *x\nd: &y e\n*y : f\n");
}

#[test]
fn blanks_between_pieces_are_one_or_none() {
    becomes("a:   {  b : 1,c: [ x,y , z ], \"d\":2 , }   \n", "a: {b: 1, c: [x, y, z], \"d\": 2,}\n");
    becomes("\n\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n");
    becomes("a:\t1\t# c\nb: 2      # d\n", "a: 1 # c\nb: 2      # d\n");
    becomes("---\na: 1\n---   \n\n\nb: 2\n...\n", "---\na: 1\n---\n\nb: 2\n...\n");
    becomes("a: 'x'\nb: 'it''s'\nc: 'a\\b'\n'd': \"e\"\n", "a: \"x\"\nb: 'it''s'\nc: 'a\\b'\n\"d\": \"e\"\n");
    becomes("", "");
    becomes("# alone", "# alone\n");
    assert!(laid("\u{feff}a: 1\n").is_ok_and(|done| done.after == "a: 1\n" && !done.is_canonical()));
}

#[test]
fn lines_in_brackets_stand_behind_the_bracket_or_two_further_in() {
    becomes("l:\n  - {a: 1,\n    b: 2,\n         c: 3}\n", "l:\n  - {a: 1,\n     b: 2,\n     c: 3}\n");
    becomes("a: [\n x, # one\n# two\n      y,\n    ]\n", "a: [\n  x, # one\n  # two\n  y,\n]\n");
    becomes("a: {b: [\n1,\n2\n]}\n", "a: {b: [\n  1,\n  2\n]}\n");
    becomes("- - [\n    1 ]\n", "- - [\n      1]\n");
}

#[test]
fn a_comment_stays_with_what_it_is_about() {
    becomes(
        "a:\n    # about b\n    b: 1\n    # after b\n\n# about c\nc:\n- 1\n# in between\n- 2\n  # of 2\nd: 1\n",
        "a:\n  # about b\n  b: 1\n  # after b\n\n# about c\nc:\n  - 1\n  # in between\n  - 2\n    # of 2\nd: 1\n",
    );
    becomes("a:\n# about b\n  b: 1\n      # of b\n# end\n", "a:\n  # about b\n  b: 1\n    # of b\n# end\n");
    becomes("a:\n    # nothing yet\nb: 2\n", "a:\n  # nothing yet\nb: 2\n");
    // Further right the comment would be a line of the text.
    becomes("a: |  # head\n     x\n   # below\n  # again\nb: 1\n", "a: |  # head\n  x\n# below\n# again\nb: 1\n");
    becomes("- a: |\n    x\n  # below\n- b\n", "- a: |\n    x\n  # below\n- b\n");
}

#[test]
fn lines_of_text_move_as_a_whole() {
    becomes(
        "a:\n   b: |\n       one\n         two  \n\n       three\n\n\n\nc: 1\n",
        "a:\n  b: |\n    one\n      two  \n\n    three\n\nc: 1\n",
    );
    becomes("- |2-\n     x\n   y\n- >+\n  k\n\n\n\n- z\n", "- |2-\n     x\n   y\n- >+\n  k\n\n\n\n- z\n");
    becomes("a: |+\n\nb: >-\n\nc: |+\n  x\n\n", "a: |+\n\nb: >-\n\nc: |+\n  x\n\n");
    becomes("a: |\n x", "a: |\n  x");
    becomes("a: \"x\\ \n  y \\\n   z\"\n", "a: \"x\\ \n  y \\\n  z\"\n");
}

#[test]
fn what_cannot_be_read_is_told_at_its_place() {
    assert_eq!(refused("a:\n\t- b\n").1, "\t- b\n");
    assert_eq!(refused("a: 1\nb: [1, 2\n").0, "this is not valid YAML: unclosed bracket '['");
    assert_eq!(refused("a: 1\nb: 1\na: 2\n").1, "a: 2\n");
    assert_eq!(refused("a: 1\n<<: {b: 1}\n").1, "<<: {");
    assert_eq!(refused("a: 1\rb: 2\n").1, "\rb: 2");
    assert_eq!(refused("a: x\u{202e}y\n").1.chars().next(), Some('\u{202e}'));
    assert_eq!(refused(&"[".repeat(40)).0, "this document nests deeper than 16 levels");
    assert_eq!(refused("b: 1\na: |\n  x\n   ").1, "x\n   ");
    let huge = RawFile { path: "a.yaml".to_owned(), content: RawContent::TooLarge { bytes: 1 << 40 } };
    assert_eq!(formatted(huge).unwrap_err().findings[0].id, "file-too-large");
}

#[test]
fn one_endless_line_takes_no_endless_time() {
    let item = format!("{{k: [\"{}\"]}}", "ä".repeat(80));
    let line = format!("a: [{}]\n", vec![item; 4_000].join(","));
    let comments = "#\n".repeat(100_000);
    let began = std::time::Instant::now();
    assert!(laid(&line).unwrap().after.contains("]}, {k: ["));
    assert_eq!(laid(&comments).unwrap().after, comments);
    assert!(began.elapsed().as_secs() < 60);
}

/// Comments and values in their order.
fn told(text: &str) -> (Vec<String>, usize) {
    let all = pieces(text).unwrap();
    let comments = all.iter().filter(|piece| piece.kind == PieceKind::Comment);
    (comments.map(|piece| text[piece.range.clone()].trim_end().to_owned()).collect(), all.len())
}

#[track_caller]
fn holds(text: &str, name: &str) {
    let Ok(once) = laid(text) else { return };
    assert_eq!(laid(&once.after).unwrap().after, once.after, "{name}: the second time");
    assert_eq!(told(&once.after), told(&once.before.replace("\r\n", "\n")), "{name}");
    assert!(!once.after.contains('\r') && !once.after.contains("\n\n\n") || once.after.contains('+'), "{name}");
}

/// Tests hold broken files, and templates are no YAML before they are filled in.
#[test]
fn every_file_of_the_repository_is_laid_out_so() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["examples", "portal-specs", "tests", "src", "benches"] {
        crate::spec::edit::tests::yaml_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > 200, "{}", files.len());
    let others = ["tests/reading/one", "tests/reading/corpus", "tests/command/consultant/template"]
        .map(|folder| root.join(folder));
    files.retain(|file| !others.iter().any(|folder| file.starts_with(folder)));
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.display().to_string();
        match laid(&text) {
            Ok(done) => assert!(done.is_canonical(), "{name}: run `portalctl fmt`"),
            Err(report) => assert!(name.contains("tests/rules"), "{name}: {:?}", report.findings),
        }
        holds(&text, &name);
    }
}

/// Writes a value in ways that nobody would, as `choices` say.
struct Scribe<'c> {
    choices: std::iter::Cycle<std::slice::Iter<'c, u8>>,
    out: String,
}

impl Scribe<'_> {
    fn one_of(&mut self, count: u8) -> u8 {
        self.choices.next().map_or(0, |choice| choice % count)
    }

    fn blanks(&mut self, least: u8) {
        let count = least + self.one_of(3);
        self.out.push_str(&" ".repeat(count.into()));
    }

    fn end_line(&mut self, indent: usize) {
        if self.one_of(5) == 0 {
            self.out.push_str("  # at the end: of a line");
        }
        let line_break = if self.one_of(9) == 0 { "\r\n" } else { "\n" };
        self.out.push_str(line_break);
        match self.one_of(8) {
            0 => self.out.push_str("\n \n"),
            1 => {
                let column = usize::from(self.one_of(6)) + indent;
                self.out.push_str(&format!("{}# on its own\n", " ".repeat(column)));
            }
            _ => {}
        }
    }

    fn scalar(&mut self, in_flow: bool, indent: usize) {
        let below = " ".repeat(indent + 1);
        match self.one_of(if in_flow { 6 } else { 9 }) {
            0 => self.out.push_str("plain words"),
            1 => self.out.push_str("\"in \\\"quotes\\\", #1\""),
            2 => self.out.push_str("'it''s'"),
            3 => self.out.push_str("'simple'"),
            4 => self.out.push_str("-1.5"),
            5 => self.out.push_str(&format!("\"two\n{below}lines\\ \n\n{below}of it\"")),
            6 => self.out.push_str(&format!("words\n{below}  below")),
            7 => self.out.push_str(&format!("|\n{below}one\n{below} two \n\n{below}three")),
            _ => self.out.push_str(&format!(">-\n{below}a\n{below}b")),
        }
    }

    fn flow(&mut self, depth: u8, indent: usize) {
        let (open, close, is_map) = if self.one_of(2) == 0 { ("[", "]", false) } else { ("{", "}", true) };
        self.out.push_str(open);
        for number in 0..self.one_of(4) {
            if number > 0 {
                self.blanks(0);
                self.out.push(',');
            }
            self.blanks(0);
            if self.one_of(6) == 0 {
                self.out.push_str(&format!(" # in it\n{}", " ".repeat(indent + 1)));
            }
            if is_map {
                self.out.push_str(&format!("k{number}"));
                self.out.push(':');
                self.blanks(1);
            }
            if depth > 0 && self.one_of(3) == 0 { self.flow(depth - 1, indent) } else { self.scalar(true, indent) }
        }
        self.blanks(0);
        self.out.push_str(close);
    }

    /// A list or map over several lines, which begins at `indent`, where `out` already is.
    fn block(&mut self, depth: u8, indent: usize) {
        let is_map = self.one_of(2) == 0;
        for number in 0..=self.one_of(3) {
            if number > 0 {
                self.out.push_str(&" ".repeat(indent));
            }
            self.out.push_str(&if is_map { format!("key{number}:") } else { "-".to_owned() });
            let anchor = self.one_of(12) == 0;
            if anchor {
                self.out.push_str(" &anchor");
            }
            match self.one_of(if depth > 0 { 6 } else { 3 }) {
                0 => {
                    self.blanks(1);
                    self.flow(2, indent);
                    self.end_line(indent);
                }
                1 | 2 => {
                    self.blanks(1);
                    self.scalar(false, indent);
                    self.end_line(indent);
                }
                3 if !is_map && !anchor => {
                    let before = self.out.len();
                    self.blanks(1);
                    let blanks = self.out.len() - before;
                    self.block(depth - 1, indent + 1 + blanks);
                }
                _ => {
                    self.end_line(indent);
                    let inner = indent + 1 + usize::from(self.one_of(4));
                    self.out.push_str(&" ".repeat(inner));
                    self.block(depth - 1, inner);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_scribbled_reads_the_same_and_stays(choices in prop::collection::vec(any::<u8>(), 3..120)) {
        let mut scribe = Scribe { choices: choices.iter().cycle(), out: String::new() };
        for document in 0..=scribe.one_of(2) {
            if document > 0 {
                scribe.out.push_str("---\n");
            }
            scribe.block(4, 0);
        }
        let text = scribe.out;
        if let Err(report) = laid(&text) {
            // What the scribe writes may be no YAML; what is, is never refused.
            prop_assert!(report.findings.iter().all(|finding| finding.id != "not-formatted"), "{text}\n{:?}", report.findings);
        }
        holds(&text, &text);
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in "[-a:# \n\t\"'|>+&*\\[\\]{},?%!2ä\r]{0,60}") {
        holds(&bytes, &bytes);
    }
}
