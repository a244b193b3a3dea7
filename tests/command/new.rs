//! `new`: a project folder that validates and runs at once.

use crate::run::{Ran, command, ended, run};
use portalctl::catalog;
use portalctl_test_support::PrivateProject;
use std::fs;
use std::path::Path;

fn new(folder: &Path, args: &[&str]) -> Ran {
    run(folder, &[&["new"], args].concat())
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Every type, and what its files say when the lines that help are taken for what they offer.
#[test]
fn a_project_of_every_type_is_without_findings() {
    let above = tempfile::tempdir().unwrap();
    for (name, _) in catalog::types() {
        let project = format!("p_{}", name.replace('-', "_"));
        let ran = new(above.path(), &[&project, "--type", name]).expect(0);
        assert!(ran.stdout.contains(&format!("create     {project}/portals/{name}.yaml\n")), "{}", ran.stdout);
        assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
        assert!(ran.stderr.ends_with(&format!("next:\n  cd {project}\n  portalctl up\n")), "{}", ran.stderr);
        let folder = above.path().join(&project);
        let checked = run(&folder, &["validate", "--deny", "warn"]);
        assert_eq!(checked.code, 0, "{name}: {}{}", checked.stdout, checked.stderr);

        let path = format!("portals/{name}.yaml");
        let text = read(&folder, &path);
        let helps = ["# host: ", "# branding: ", "# audiences: ", "# navigation: ", "# -modules: "];
        assert!(helps.iter().all(|help| text.contains(&format!("\n{help}"))), "{text}");
        let offered = text.replace("\n# host: ", "\nhost: ").replace("\n# branding: ", "\nbranding: ");
        let offered = offered.replace("\n# audiences: ", "\naudiences: ").replace("\n# navigation: ", "\nnavigation: ");
        fs::write(folder.join(&path), offered).unwrap();
        let checked = run(&folder, &["validate"]);
        assert_eq!(checked.code, 0, "{name}: {}{}", checked.stdout, checked.stderr);
    }
}

#[test]
fn the_project_runs_at_once_and_its_test_proves_the_tenants_apart() {
    let made = tempfile::tempdir().unwrap();
    new(made.path(), &["acme", "--type", "customer"]).expect(0);
    // Where a cluster of the test's own is, which goes with it.
    let above = PrivateProject::new();
    for (path, text) in files(&made.path().join("acme")) {
        above.write(&path, &text);
    }
    above.make_cluster();
    let up = run(above.path(), &["up", "--exit", "--listen", "127.0.0.1:0"]).expect(0);
    assert!(up.stdout.contains("/customer/"), "{}", up.stdout);
    let tested = run(above.path(), &["test"]).expect(0);
    assert!(tested.stdout.contains("ok    customer-tenants-are-apart"), "{}", tested.stdout);
    run(above.path(), &["scaffold", "--check"]).expect(0);

    // A row on the wrong side of the wall is told.
    let test = read(above.path(), "tests/customer.yaml")
        .replace("{id: of-south, tenant: south", "{id: of-south, tenant: north");
    above.write("tests/customer.yaml", &test);
    let told = run(above.path(), &["test"]).expect(1);
    assert!(told.stdout.contains("FAIL"), "{}", told.stdout);
}

pub fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            // What `up` keeps beside an example is no part of it, nor all of it text.
            if path.ends_with(".portalctl") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

/// Every example, with all of its files but those that running it leaves beside them.
#[test]
fn an_example_is_copied_as_it_is() {
    let above = tempfile::tempdir().unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = Vec::new();
    for entry in fs::read_dir(examples).unwrap() {
        let source = entry.unwrap().path();
        if !source.join("portalctl.yaml").is_file() {
            continue;
        }
        let name = source.file_name().unwrap().to_str().unwrap().to_owned();
        new(above.path(), &["copy", "--example", &name]).expect(0);
        let mut copied = files(&above.path().join("copy"));
        let mut original = files(&source);
        original.retain(|(path, _)| !path.starts_with("site/") && path != ".gitignore");
        copied.sort();
        original.sort();
        let paths = |all: &[(String, String)]| all.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(paths(&copied), paths(&original), "a file of `{name}` is not embedded");
        assert!(copied == original, "{name}");
        fs::remove_dir_all(above.path().join("copy")).unwrap();
        found.push(name);
    }
    found.sort();
    let mut known: Vec<&str> = catalog::examples().map(|example| example.name).collect();
    known.sort_unstable();
    assert_eq!(found, known);
    let unknown = new(above.path(), &["other", "--example", "acne"]).expect(2).stderr;
    assert!(
        unknown.contains("invalid value 'acne'") && unknown.contains("a similar value exists: 'acme'"),
        "{unknown}"
    );
    let help = run(above.path(), &["new", "--help"]).expect(0).stdout;
    let list = examples_list();
    for example in catalog::examples() {
        assert!(help.contains(&format!("- {}: ", example.name)), "{help}");
        assert!(
            list.contains(&format!("| [`{0}`]({0}) | {1} |", example.name, example.shows)),
            "{}: {list}",
            example.name
        );
    }
}

fn examples_list() -> String {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), "README.md")
}

#[test]
fn answers_lead_to_the_portals_and_what_they_need_besides() {
    let above = tempfile::tempdir().unwrap();
    fs::write(above.path().join("answers.yaml"), "users: [customers]\njobs: [support, community]\n").unwrap();
    new(above.path(), &["acme", "--answers", "answers.yaml"]).expect(0);
    let portal = read(above.path(), "acme/portals/customer.yaml");
    assert!(portal.contains("\n+modules: [community-forum]\n"), "{portal}");
    assert!(!portal.contains("#   community-forum:"), "{portal}");
    assert!(portal.contains("\nanswers:\n  users: [customers]\n  jobs: [support, community]\n"), "{portal}");
    run(&above.path().join("acme"), &["validate", "--deny", "warn"]).expect(0);
    // What somebody chose beside the answers need not follow from them.
    new(above.path(), &["other", "--answers", "answers.yaml", "--type", "partner"]).expect(0);
    let chosen = read(above.path(), "other/portals/partner.yaml");
    assert!(!chosen.contains("\nanswers:"), "{chosen}");
    fs::write(above.path().join("answers.yaml"), "data: [crm]\ndirection: read\n").unwrap();
    let none = new(above.path(), &["none", "--answers", "answers.yaml"]);
    assert!(none.code == 0 || none.stderr.contains("no recommendation"), "{}", none.stderr);
}

#[test]
fn nothing_is_overwritten_and_nothing_half_made() {
    let above = tempfile::tempdir().unwrap();
    fs::create_dir(above.path().join("taken")).unwrap();
    fs::write(above.path().join("taken/mine.txt"), "mine").unwrap();
    let refused = new(above.path(), &["taken", "--type", "customer"]).expect(4);
    assert!(refused.stderr.contains("`taken` is there and not empty"), "{}", refused.stderr);
    assert_eq!(names(&above.path().join("taken")), ["mine.txt"]);
    fs::write(above.path().join("file"), "mine").unwrap();
    new(above.path(), &["file", "--type", "customer"]).expect(4);
    assert_eq!(read(above.path(), "file"), "mine");

    // An empty folder is as good as none.
    fs::create_dir(above.path().join("empty")).unwrap();
    new(above.path(), &["empty", "--type", "vendor"]).expect(0);
    assert!(above.path().join("empty/portalctl.yaml").is_file());
    new(above.path(), &["wrong", "--type", "custmer"]).expect(2);
    assert_eq!(names(above.path()), ["empty", "file", "taken"]);
}

#[test]
fn what_is_missing_is_said_in_a_pipe_and_not_asked() {
    let above = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 7] = [
        (&[], "there is no terminal to ask on"),
        (&["acme"], "choose with `--type TYPE`"),
        (&["--yes"], "the new project needs a name"),
        (&["Acme", "--yes"], "it must begin with a lowercase letter"),
        (&["deep/acme", "--yes"], "it is a path; go to the folder above with `-C DIR`"),
        (&["a-name-that-is-too-long", "--yes"], "20 is the most"),
        (&["acme", "--type", "customer", "--type", "customer"], "the type `customer` is chosen twice"),
    ];
    for (args, message) in cases {
        let ran = new(above.path(), args).expect(2);
        assert!(ran.stderr.contains(message), "{message} in {}", ran.stderr);
    }
    assert!(names(above.path()).is_empty());
    let ran = new(above.path(), &["north-pumps", "--yes"]).expect(0);
    assert!(ran.stderr.contains("the project is called `north_pumps`"), "{}", ran.stderr);
    assert!(read(above.path(), "north-pumps/portalctl.yaml").contains("\nname: north_pumps\n"));
    assert!(read(above.path(), "north-pumps/README.md").starts_with("# North pumps\n"));
}

/// Staff of one portal see what tenants of the other wrote into a table that both have: whoever puts the two together is told.
#[test]
fn what_two_types_have_in_common_is_said() {
    let above = tempfile::tempdir().unwrap();
    let told = |name: &str, types: &[&str]| {
        let types = types.iter().flat_map(|one| ["--type", *one]);
        let args: Vec<&str> = ["--yes", name].into_iter().chain(types).collect();
        new(above.path(), &args).expect(0).stderr
    };
    let both = told("both", &["customer", "partner"]);
    assert!(both.contains("`customer` and `partner` have cases, ") && both.contains("`tenants: assigned`"), "{both}");
    let one = told("one", &["customer"]);
    assert!(!one.contains("in common"), "{one}");
    // Employees have no tenant that somebody outside could be of.
    let inside = told("inside", &["self-service", "employee"]);
    assert!(!inside.contains("cases"), "{inside}");
}

/// With two types whose tiers differ the project says the word itself.
#[test]
fn several_types_become_several_portals() {
    let above = tempfile::tempdir().unwrap();
    let output = command(above.path(), &["new", "acme", "--type", "reseller", "--type", "partner", "-q"]).output();
    let ran = ended(output.unwrap()).expect(0);
    assert_eq!(ran.stderr, "");
    for path in ["portals/reseller.yaml", "portals/partner.yaml", "tests/reseller.yaml", "tests/partner.yaml"] {
        assert!(above.path().join("acme").join(path).is_file(), "{path}");
    }
    let readme = read(above.path(), "acme/README.md");
    assert!(
        readme.contains("2 portals, declared in YAML") && readme.contains("| `partner` | `partner`: For firms"),
        "{readme}"
    );
}
