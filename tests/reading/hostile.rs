//! Input that means harm, or is no document at all.

use crate::{PROJECT, file, raw, rendered, report, told};
use portalctl::spec::{MAX_FILE_BYTES, PROJECT_FILE, RawContent, RawFile, outline, read};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

fn beside_project(content: impl Into<Vec<u8>>) -> Vec<RawFile> {
    vec![file(PROJECT_FILE, PROJECT), file("a.yaml", content)]
}

/// Each level repeats the one above it nine times.
fn alias_bomb() -> String {
    let mut bomb = "kind: tenant\nl0: &l0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*l{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("l{level}: &l{level} [{aliases}]\n"));
    }
    bomb + "---\nkind: tenant\nname: after\ntear: gold\n"
}

fn cases() -> Vec<(&'static str, Vec<RawFile>)> {
    let refused = |content| vec![file(PROJECT_FILE, PROJECT), raw("a.yaml", content)];
    vec![
        ("alias bomb", beside_project(alias_bomb())),
        ("many aliases", beside_project(format!("kind: &a tenant\nname: [{}]\n", vec!["*a"; 101].join(", ")))),
        ("many values", beside_project(format!("kind: tenant\nname: [{}]\n", vec!["a"; 20_000].join(", ")))),
        (
            "deep lists",
            beside_project(format!(
                "kind: tenant\nname: {}\n---\nkind: tenant\nname: b\ntear: x\n",
                "[".repeat(100_000)
            )),
        ),
        ("deep maps", beside_project((0..60).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>())),
        (
            "deep by aliases",
            beside_project(format!(
                "kind: tenant\na: &a {}x{}\nb: {}*a{}\n",
                "[".repeat(10),
                "]".repeat(10),
                "[".repeat(10),
                "]".repeat(10)
            )),
        ),
        ("too large", refused(RawContent::TooLarge { bytes: 50 * 1024 * 1024 })),
        ("too large after all", beside_project(vec![b'#'; usize::try_from(MAX_FILE_BYTES).unwrap() + 1])),
        (
            "a merge that was not finished",
            beside_project(
                "kind: tenant\nname: a\n<<<<<<< HEAD\ntitle: Globex\n=======\ntitle: Initech\n>>>>>>> other\nkey: 1\n<<<<<<< HEAD\n=======\n>>>>>>> other\n",
            ),
        ),
        (
            "marks of a merge within text",
            beside_project("kind: tenant\nname: a\ntitle: \"x <<<<<<< HEAD >>>>>>> y\"\nkey: x\n"),
        ),
        ("not utf-8", beside_project(b"kind: tenant\nname: caf\xe9\n".to_vec())),
        ("utf-16", beside_project(b"\xff\xfek\0i\0n\0d\0".to_vec())),
        ("nul", beside_project("kind: tenant\nname: a\0b\n---\nkind: nothing\n")),
        ("folder", refused(RawContent::Directory)),
        ("unreadable", refused(RawContent::Unreadable("permission denied".to_owned()))),
        ("link outside", refused(RawContent::SymlinkOutside)),
        ("project is a folder", vec![raw(PROJECT_FILE, RawContent::Directory)]),
        ("nothing at all", vec![]),
        ("empty project", vec![file(PROJECT_FILE, "")]),
        ("no project", vec![file(PROJECT_FILE, "kind: tenant\nname: globex\n")]),
        ("project elsewhere", vec![file(PROJECT_FILE, "# nothing\n"), file("a.yaml", PROJECT)]),
        (
            "missing folder",
            vec![file(PROJECT_FILE, format!("{PROJECT}specs: [objects]\n")), raw("objects", RawContent::Missing)],
        ),
        (
            "two of a version",
            vec![file(PROJECT_FILE, "version: 2\nkind: project\nfuture: [\n---\nversion: 9\nkind: project\n")],
        ),
        ("endless problems", beside_project("a: 1\n---\n".repeat(2_000))),
        (
            "endless keys",
            beside_project(
                (0..9_000)
                    .fold("kind: object\n".to_owned(), |text, n| text + &"lable".repeat(38) + &format!("{n}: 1\n")),
            ),
        ),
        (
            "endless line",
            beside_project(format!("kind: tenant\nname: globex\ntear: [{}]\nteam: 1\n", "a, ".repeat(19_000))),
        ),
    ]
}

pub(crate) fn findings() -> Vec<&'static str> {
    cases().into_iter().flat_map(|(_, files)| read(files).1).map(|finding| finding.id).collect()
}

#[test]
fn each_is_one_clear_error_and_what_follows_is_read() {
    let told: Vec<String> = cases()
        .into_iter()
        .map(|(name, files)| {
            let mut told = told(files);
            let count = told.len();
            told.truncate(4);
            if count > told.len() {
                told.push(format!("{} more", count - told.len()));
            }
            format!("{name}: {}", told.join(", "))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_bomb_takes_neither_time_nor_space() {
    let began = Instant::now();
    for (_, files) in cases() {
        let shown = rendered(files);
        assert!(shown.len() < 500_000, "{}", shown.len());
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn emptiness_line_ends_and_marks_are_no_mistakes() {
    for content in
        ["", "\n", "# only a comment\n", "---\n", "---\n---\n...\n", "\u{feff}", "\u{feff}# a\n", "%YAML 1.2\n---\n"]
    {
        assert_eq!(told(beside_project(content)), Vec::<String>::new(), "{content:?}");
    }
    let windows = "\u{feff}kind: tenant\r\nname: globex\r\ntitle: Größe\r\nmembers:\r\n  - email: ann@globex.example\r\n    audience: a/b\r\n";
    assert_eq!(told(beside_project(windows)), Vec::<String>::new());
    // A byte-order mark does not shift the places in the first line.
    assert_eq!(told(beside_project("\u{feff}kind: tennant\r\nname: x\r\n")), ["unknown-kind a.yaml:1:7"]);
    assert_eq!(told(beside_project("kind: tenant\r\nname: globex\r\nkey: 5\r\n")), ["ambiguous-scalar a.yaml:3:6"]);
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let files = || {
        vec![
            file(PROJECT_FILE, PROJECT),
            file("b.yaml", "kind: tenant\nname: globex\n"),
            file("a.yaml", "kind: tenant\nname: globex\nkey: 1\n"),
        ]
    };
    let mut turned = files();
    turned.reverse();
    assert_eq!(rendered(files()), rendered(turned));
}

#[test]
fn the_outline_names_only_what_is_inside_the_project() {
    let project = "kind: project\nname: acme\nspecs: [objects, ../secret, /etc]\ntenants: [{from_csv: t.csv}, {from_csv: ../x.csv}, {from_table: a}]\n";
    let outline = outline(project.as_bytes());
    assert_eq!((outline.specs, outline.tenant_files), (vec!["objects".to_owned()], vec!["t.csv".to_owned()]));
    for broken in [&b""[..], b"\xff", b"kind: project\nname: [", b"- a", b"kind: project"] {
        assert_eq!(portalctl::spec::outline(broken), portalctl::spec::Outline::default());
    }
}

/// For how long this thread has computed; other tests run beside it.
fn computed() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How many times longer `work` takes with four times as much: four, where its time grows with its size.
fn growth(few: usize, work: impl Fn(usize)) -> f64 {
    let least = |size: usize| {
        let times = (0..3).map(|_| {
            let began = computed();
            work(size);
            computed() - began
        });
        times.min().unwrap().as_secs_f64()
    };
    least(4 * few) / least(few)
}

/// What a large project has to read: files of the usual size. The square of their number would be sixteen.
#[test]
fn four_times_the_files_take_four_times_as_long() {
    let object = |number| {
        format!(
            "kind: object\nname: object_{number}\ntable: crm.table_{number}\ntenant: account_id\nowner: created_by\nfields:\n  number: text\n  subject: {{type: text, label: Subject, search: true}}\n  status: [new, open, closed]\n  created_at: timestamp\nfield_sets: {{summary: [number, subject, status]}}\n---\nkind: permission_set\nname: set_{number}\ngrants: {{object_{number}: {{read: {{scope: own, fields: summary, where: {{status: [new, open]}}}}}}}}\n"
        )
    };
    let grew = growth(400, |many| {
        let mut files = vec![file(PROJECT_FILE, PROJECT)];
        files.extend((0..many).map(|number| file(&format!("objects/{number}.yaml"), object(number))));
        let (set, findings) = read(files);
        assert!(findings.is_empty() && set.objects.len() == many && set.permission_sets.len() == many);
    });
    assert!(grew < 9.0, "{grew}");
}

/// A file full of mistakes must not take the square of its size.
#[test]
fn four_times_the_mistakes_take_four_times_as_long() {
    let grew = growth(5_000, |many| {
        let report = report(beside_project("kind: tenant\nname: globex\nkey: 5\n---\n".repeat(many)));
        assert!(report.findings.len() <= 501, "{}", report.findings.len());
        assert!(report.findings.iter().any(|finding| finding.id == "too-many-problems"));
    });
    assert!(grew < 9.0, "{grew}");
}

/// Fragments of documents, so that more than the scanner is met.
const FRAGMENTS: &[&str] = &[
    "kind: ",
    "object",
    "portal",
    "tenant",
    "project",
    "\n",
    "name: ",
    "---\n",
    "fields: ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "a: ",
    "- ",
    "  ",
    "\t",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "\"",
    "'",
    "|\n",
    "read: ",
    "grants: ",
    "where: ",
    "$row.x",
    "$user",
    "1",
    "0755",
    "no",
    "null",
    "~",
    "<<: ",
    "? ",
    ": ",
    "#",
    "é",
    "\u{feff}",
    "\r\n",
    "tenants: ",
    "from_csv: ",
    "audiences: ",
    "any_of: ",
    "...\n",
    "%",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_or_the_report_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let files = vec![file(PROJECT_FILE, bytes.clone()), file("a.yaml", bytes.clone()), file("t.csv", bytes.clone())];
        rendered(files);
        outline(&bytes);
        rendered(vec![file(PROJECT_FILE, format!("{PROJECT}tenants: [{{from_csv: t.csv}}]\n")), file("t.csv", bytes)]);
    }

    #[test]
    fn no_fragments_make_the_reader_or_the_report_panic(parts in proptest::collection::vec(proptest::sample::select(FRAGMENTS), 0..60)) {
        let text = parts.concat();
        rendered(beside_project(text.clone()));
        rendered(vec![file(PROJECT_FILE, format!("{PROJECT}tenants: [{{from_csv: t.csv}}]\n")), file("t.csv", text)]);
    }
}
