//! The project folder on a real disk.

use crate::{PROJECT, rendered};
use portalctl::adapters::files::{FilesError, SetupError, project_files, setup_files};
use portalctl::spec::{PROJECT_FILE, RawContent};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), PROJECT_FILE, PROJECT);
    files.iter().for_each(|(path, content)| put(folder.path(), path, content));
    folder
}

fn put(folder: &Path, path: &str, content: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// The paths that were read, and what became of those that were refused.
fn met(folder: &Path) -> Vec<String> {
    let line = |path: &str, content: &RawContent| match content {
        RawContent::Bytes(_) => path.to_owned(),
        other => format!("{path}: {other:?}"),
    };
    let files = project_files(folder).unwrap();
    let taken = files.iter().filter(|file| !matches!(file.content, RawContent::PassedOver(_)));
    taken.map(|file| line(&file.path, &file.content)).collect()
}

/// The paths that were passed over, with the reason.
fn passed_over(folder: &Path) -> Vec<(String, &'static str)> {
    let files = project_files(folder).unwrap().into_iter();
    let why = |content| if let RawContent::PassedOver(why) = content { Some(why) } else { None };
    files.filter_map(|file| Some((file.path, why(file.content)?))).collect()
}

#[test]
fn documents_are_looked_for_in_every_folder_but_some() {
    let folder = project(&[
        ("objects/case.yaml", ""),
        ("objects/deep/er/order.yml", ""),
        ("objects/notes.md", ""),
        ("objects/.draft.yaml", ""),
        ("portals/support.yaml", ""),
        ("site/support/x.yaml", ""),
        (".portalctl/x.yaml", ""),
        (".github/x.yml", ""),
        ("node_modules/x.yaml", ""),
        ("target/x.yaml", ""),
        ("objects/node_modules/x.yaml", ""),
        ("docker-compose.yml", ""),
        ("objects/site/inner.yaml", ""),
    ]);
    assert_eq!(
        met(folder.path()),
        [
            "portalctl.yaml",
            "objects/case.yaml",
            "objects/deep/er/order.yml",
            "objects/site/inner.yaml",
            "portals/support.yaml",
        ]
    );
}

#[test]
fn a_misspelt_kind_beside_the_project_is_ours_and_told() {
    let folder = project(&[
        ("cases.yaml", "kind: objekt\nname: case\n"),
        ("compose.yaml", "services: {web: {image: x}}\n"),
        ("deploy.yaml", "apiVersion: v1\nkind: Portals\nmetadata: {name: x}\n"),
        ("other.yaml", "kind: Deployment\nname: x\n"),
    ]);
    assert_eq!(met(folder.path()), ["portalctl.yaml", "cases.yaml"]);
    let text = rendered(project_files(folder.path()).unwrap());
    assert!(
        text.contains("there is no kind of document `objekt`") && text.contains("did you mean `object`?"),
        "{text}"
    );
}

/// Left out without a word, a document that takes rights away would leave them.
#[test]
fn a_document_whose_kind_is_not_said_as_it_should_be_is_ours_and_told() {
    let slips = [
        "Kind: object\nname: case\n",
        "kinb: object\nname: case\n",
        "kind object\nname: case\n",
        "- kind: object\n  name: case\n",
        "\tkind: object\nname: case\n",
        "kind : permission_set\nname: [x\n",
        "{kind: object, name: case\n",
    ];
    for slip in slips {
        let folder = project(&[("case.yaml", slip), ("values.yaml", "kinds: [object]\nimage: {kind: object}\n")]);
        assert_eq!(met(folder.path()), ["portalctl.yaml", "case.yaml"], "{slip:?}");
        assert!(rendered(project_files(folder.path()).unwrap()).contains("error["), "{slip:?}");
    }
}

#[test]
fn a_project_that_names_its_folders_has_only_those() {
    let folder = project(&[
        ("objects/case.yaml", ""),
        ("docs/mkdocs.yml", ""),
        ("site/specs/x.yaml", ""),
        ("data/t.csv", "name\n"),
    ]);
    put(
        folder.path(),
        PROJECT_FILE,
        &format!("{PROJECT}specs: [objects/, site/specs, gone/, ./objects]\ntenants: [{{from_csv: data/t.csv}}]\n"),
    );
    assert_eq!(
        met(folder.path()),
        ["portalctl.yaml", "objects/case.yaml", "site/specs/x.yaml", "gone/: Missing", "data/t.csv"]
    );
    let told = rendered(project_files(folder.path()).unwrap());
    assert!(told.contains("there is no folder `gone/` in the project\n --> portalctl.yaml:4:31"), "{told}");
}

#[test]
fn a_folder_without_a_project_is_none() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(project_files(folder.path()), Err(FilesError::NoProject(_))));
    assert!(matches!(project_files(&folder.path().join("gone")), Err(FilesError::NoProject(_))));
}

#[test]
fn the_project_file_may_be_no_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(PROJECT_FILE)).unwrap();
    assert_eq!(met(folder.path()), ["portalctl.yaml: Directory"]);
    assert!(
        rendered(project_files(folder.path()).unwrap()).starts_with("error[not-a-file]: `portalctl.yaml` is a folder")
    );
}

/// The file is sparse: what matters is that it is not read.
#[test]
fn a_huge_file_is_refused_by_its_size() {
    let folder = project(&[]);
    fs::create_dir(folder.path().join("objects")).unwrap();
    fs::File::create(folder.path().join("objects/huge.yaml")).unwrap().set_len(50_000_000_000).unwrap();
    assert_eq!(met(folder.path()), ["portalctl.yaml", "objects/huge.yaml: TooLarge { bytes: 50000000000 }"]);
}

#[test]
fn documents_may_lie_beside_the_project_file_and_the_files_of_other_tools_are_left_alone() {
    let folder = project(&[
        ("portals.yaml", "# two of them\nkind: portal\nname: support\n"),
        ("flow.yml", "{kind: object, name: case}\n"),
        ("later.yml", "{name: case, fields: {a: text}, kind: object}\n"),
        ("quoted.yaml", "\"kind\": portal\nname: b\n"),
        ("spaced.yaml", "kind : portal\nname: c\n"),
        ("second.yaml", "# nothing yet\n---\n? kind\n: portal\n"),
        ("broken.yaml", "kind: portal\nname: [\n"),
        ("api.yaml", "openapi: 3.1.0\ncomponents:\n  kind: object\n"),
        ("docker-compose.yml", "services: {db: {image: postgres}}\n"),
        ("deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\n"),
        (".hidden.yaml", "kind: portal\n"),
        ("slip.yaml", "knd: permission_set\nname: few\n"),
    ]);
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.yaml")).unwrap();
    std::os::unix::fs::symlink("portals.yaml", folder.path().join("same.yaml")).unwrap();
    let ours = [
        "portalctl.yaml",
        "broken.yaml",
        "flow.yml",
        "later.yml",
        "portals.yaml",
        "quoted.yaml",
        "second.yaml",
        "slip.yaml",
        "spaced.yaml",
    ];
    assert_eq!(met(folder.path()), ours);
    let foreign =
        ["api.yaml", "deployment.yaml", "docker-compose.yml"].map(|path| (path.to_owned(), "no `kind` of portalctl's"));
    let link = ("link.yaml".to_owned(), "a link that leads out of the project");
    assert_eq!(passed_over(folder.path()), foreign.into_iter().chain([link]).collect::<Vec<_>>());
}

/// Left out without a word, a document that takes rights away would leave them.
#[test]
fn a_document_beside_the_project_file_that_cannot_be_read_is_told() {
    let long = format!("kind: portal\n# {}\n", "x".repeat(4_200_000));
    let folder = project(&[("long.yaml", &long), ("lock.yaml", &long.replace("kind: portal", "lockfileVersion: 9"))]);
    let bytes = long.len();
    assert_eq!(met(folder.path()), ["portalctl.yaml".to_owned(), format!("long.yaml: TooLarge {{ bytes: {bytes} }}")]);
}

#[test]
fn a_folder_that_holds_far_too_much_is_no_project() {
    let folder = project(&[]);
    fs::create_dir(folder.path().join("objects")).unwrap();
    for at in 0..40 {
        let file = fs::File::create(folder.path().join(format!("objects/{at}.yaml"))).unwrap();
        file.set_len(4 * 1024 * 1024).unwrap();
    }
    let told = project_files(folder.path()).unwrap_err().to_string();
    assert_eq!(told, "the documents of the project are larger than 64 MiB together");
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_but_into_the_project() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.yaml"), "kind: tenant\n").unwrap();
    let folder = project(&[("objects/case.yaml", ""), ("parts/order.yaml", "")]);
    let link = |to: &Path, from: &str| symlink(to, folder.path().join(from)).unwrap();
    link(&outside.path().join("secret.yaml"), "objects/a-secret.yaml");
    link(outside.path(), "objects/b-folder");
    link(Path::new("/dev/zero"), "objects/c-zero.yaml");
    link(Path::new("d-loop.yaml"), "objects/d-loop.yaml");
    link(Path::new("gone.yaml"), "objects/e-gone.yaml");
    link(Path::new(".."), "objects/f-up");
    link(Path::new("../parts"), "objects/g-parts");
    link(Path::new("case.yaml"), "objects/h-case.yaml");
    assert_eq!(
        met(folder.path()),
        [
            "portalctl.yaml",
            "objects/a-secret.yaml: SymlinkOutside",
            "objects/b-folder: SymlinkOutside",
            "objects/c-zero.yaml: SymlinkOutside",
            "objects/case.yaml",
            "objects/d-loop.yaml: Unreadable(\"it is a link that leads back to itself: remove it, or let it lead to a file\")",
            "objects/e-gone.yaml: Unreadable(\"it is a link that leads nowhere\")",
            "objects/f-up/parts/order.yaml",
        ]
    );
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_devices_are_neither_read_nor_waited_for() {
    let folder = project(&[("objects/case.yaml", "")]);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("objects/pipe.yaml")).status().unwrap();
    assert!(made.success());
    let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("objects/socket.yaml")).unwrap();
    let refused = "Unreadable(\"it is a pipe, a socket or a device, not a file\")";
    assert_eq!(
        met(folder.path()),
        [
            "portalctl.yaml".to_owned(),
            "objects/case.yaml".to_owned(),
            format!("objects/pipe.yaml: {refused}"),
            format!("objects/socket.yaml: {refused}"),
        ]
    );
    fs::remove_file(folder.path().join(PROJECT_FILE)).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join(PROJECT_FILE)).status().unwrap();
    assert!(made.success());
    assert_eq!(met(folder.path()), [format!("{PROJECT_FILE}: {refused}")]);
}

fn names(folder: &Path, patterns: &[&str]) -> Result<Vec<String>, SetupError> {
    let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    setup_files(folder, &patterns).map(|files| files.into_iter().map(|file| file.name).collect())
}

#[test]
fn setup_patterns_become_files_in_the_order_of_their_names() {
    let folder = project(&[
        ("db/10_tables.sql", ""),
        ("db/02_types.sql", ""),
        ("db/readme.md", ""),
        ("db/more/01_rows.sql", ""),
        ("extra.sql", ""),
    ]);
    let root = folder.path();
    assert_eq!(names(root, &["db/*.sql"]).unwrap(), ["db/02_types.sql", "db/10_tables.sql"]);
    assert_eq!(
        names(root, &["./extra.sql", "db/**/*.sql"]).unwrap(),
        ["extra.sql", "db/02_types.sql", "db/10_tables.sql", "db/more/01_rows.sql"]
    );
    assert_eq!(names(root, &["db/10_tables.sql", "db/*.sql"]).unwrap(), ["db/10_tables.sql", "db/02_types.sql"]);
    assert_eq!(names(root, &[]).unwrap(), Vec::<String>::new());
    assert!(setup_files(root, &["extra.sql".to_owned()]).unwrap()[0].path.is_absolute());
    let message = |pattern: &str| names(root, &[pattern]).unwrap_err().to_string();
    assert_eq!(message("db/*.psql"), "`db/*.psql` in `database.setup` matches no file of the project");
    assert_eq!(message("../*.sql"), "`../*.sql` in `database.setup` is not a file inside the project folder");
    assert_eq!(message("/etc/passwd"), "`/etc/passwd` in `database.setup` is not a file inside the project folder");
    assert!(message("db/[").starts_with("`db/[` in `database.setup` is not a pattern: "));
}

#[cfg(unix)]
#[test]
fn a_setup_file_that_is_a_link_out_of_the_project_is_refused() {
    let folder = project(&[("db/01.sql", "")]);
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("db/02.sql")).unwrap();
    assert!(matches!(names(folder.path(), &["db/*.sql"]), Err(SetupError::Outside(name)) if name == "db/02.sql"));
}
