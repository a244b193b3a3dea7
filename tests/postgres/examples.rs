//! The examples that come with the program, as `portalctl new --example` hands them out: each runs with its sample data, its
//! access tests hold, and nothing is left to do afterwards.
//!
//! A new folder below `examples/` is found by itself. The examples are spread over a few tests, so that they run side by side,
//! each test with a server of its own, since `up` works on the project's alone.

use crate::program::{Said, portalctl};
use portalctl::catalog;
use portalctl_test_support::PrivateProject;
use std::path::Path;

/// How many tests share the examples.
const PARTS: usize = 4;

/// `acme` brings its own rows instead of samples, some 70,000: `scripts/demo --check` runs it, and the tests of the command its
/// access tests.
const OF_ITS_OWN: &str = "acme";

fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let projects = folders.filter(|folder| folder.join("portalctl.yaml").is_file());
    let mut names: Vec<String> =
        projects.map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.retain(|name| name != OF_ITS_OWN);
    names.sort();
    names
}

/// Every `PARTS`th example, one after the other in one folder: each has a database of its own on its server.
async fn run(part: usize) {
    let project = PrivateProject::new();
    project.make_cluster();
    // So that no command has to start it. It goes before the folder does.
    let _running = project.cluster().start().await.unwrap();
    for name in names().iter().skip(part).step_by(PARTS) {
        let example = catalog::example(name).unwrap_or_else(|| panic!("`{name}` does not come with the program"));
        clear(project.path());
        for (path, text) in example.files {
            project.write(path, text);
        }
        let ran = |args: &[&str]| portalctl(project.path(), args).unwrap_or_else(|failed| panic!("{name}: {failed}"));
        check_up(name, &ran(&["up", "--exit", "--listen", "127.0.0.1:0"]));
        let tested = ran(&["test"]);
        assert!(tested.stdout.contains("ok    "), "{name}: {}", tested.stdout);
        // A second plan is empty, and the site's files are what `scaffold` writes.
        ran(&["plan", "--exit-code"]);
        ran(&["scaffold", "--check"]);
    }
}

/// All but the server.
fn clear(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true if path.ends_with(".portalctl") => {
                let manifest = path.join("manifest.json");
                if manifest.exists() {
                    std::fs::remove_file(manifest).unwrap();
                }
            }
            true => std::fs::remove_dir_all(path).unwrap(),
            false => std::fs::remove_file(path).unwrap(),
        }
    }
}

/// Sample rows go in whole, and each audience has somebody who can sign in.
fn check_up(name: &str, up: &Said) {
    let put_in = up.stderr.lines().find(|line| line.contains("put in sample data")).unwrap_or_default();
    assert!(!put_in.is_empty() && !put_in.contains("0 tenants, 0 users"), "{name}: {}", up.stderr);
    assert!(!up.stderr.contains("left out") && !up.stderr.contains("warning"), "{name}: {}", up.stderr);
    assert!(!up.stdout.contains("nobody has this place"), "{name}: {}", up.stdout);
}

macro_rules! parts {
    ($($name:ident: $part:literal),+) => {$(
        #[tokio::test]
        async fn $name() {
            run($part).await;
        }
    )+

        #[test]
        fn every_example_is_in_a_part() {
            assert_eq!([$($part),+], std::array::from_fn::<usize, PARTS, _>(|part| part));
            let known: Vec<&str> = catalog::examples().map(|example| example.name).collect();
            assert_eq!(known.len(), names().len() + 1, "{known:?} and {:?}", names());
        }
    };
}

parts!(examples_run_1: 0, examples_run_2: 1, examples_run_3: 2, examples_run_4: 3);
