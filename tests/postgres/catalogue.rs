//! The projects of the catalogue: what their access tests say holds on PostgreSQL.
//!
//! A new folder below `tests/catalogue` is found by itself. The projects are spread over a few tests, so that they run side
//! by side, each with scratch databases on the one server of the run.

use crate::program::portalctl;
use crate::provisioned::folder;
use portalctl_test_support::TestDatabase;
use std::path::PathBuf;

/// How many tests share the projects.
const PARTS: usize = 8;

fn folders() -> Vec<PathBuf> {
    let below = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let groups = below(folder("catalogue")).filter(|path| path.is_dir());
    let mut found: Vec<PathBuf> = groups.flat_map(below).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// Every expectation of every `PARTS`th project.
async fn hold(part: usize) {
    let db = TestDatabase::new().await;
    let mut failed = Vec::new();
    for project in folders().iter().skip(part).step_by(PARTS) {
        match portalctl(project, &["--database-url", &db.admin_url(), "test"]) {
            Ok(said) if said.stdout.contains("ok    ") => {}
            Ok(said) => failed.push(format!("{} proves nothing:\n{}", project.display(), said.stdout)),
            Err(said) => failed.push(said),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

macro_rules! parts {
    ($($name:ident: $part:literal),+) => {$(
        #[tokio::test]
        async fn $name() {
            hold($part).await;
        }
    )+

        #[test]
        fn every_project_is_in_a_part() {
            assert_eq!([$($part),+], std::array::from_fn::<usize, PARTS, _>(|part| part));
            assert!(folders().len() >= 28, "{:?}", folders());
            for project in folders() {
                assert!(project.join("portalctl.yaml").is_file(), "{} is no project", project.display());
                assert!(project.join("tests.yaml").is_file(), "{} proves nothing", project.display());
            }
        }
    };
}

parts!(
    what_projects_expect_holds_1: 0,
    what_projects_expect_holds_2: 1,
    what_projects_expect_holds_3: 2,
    what_projects_expect_holds_4: 3,
    what_projects_expect_holds_5: 4,
    what_projects_expect_holds_6: 5,
    what_projects_expect_holds_7: 6,
    what_projects_expect_holds_8: 7
);
