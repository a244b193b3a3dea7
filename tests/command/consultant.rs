//! A consultant's year: a template of their own in git, three clients made from it that differ in brand, data, permissions and
//! integrations, what each of them makes of it, and the template's next version in all three, of which nothing of theirs is lost.
//!
//! The template and the answers are in `tests/command/consultant/`; what `new --template` does with slips and with hostile
//! templates is in `template.rs`.

use crate::run::{Ran, run};
use crate::template::{commit, git};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const CLIENTS: [&str; 3] = ["globex", "initech", "umbrella"];

/// The folder that holds the template and the clients side by side.
struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With the template in git, its first version tagged, and a client for each file of answers.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/consultant");
        copy(&fixtures, desk.folder.path());
        desk.tag("v1");
        for client in CLIENTS {
            let answers = format!("answers/{client}.yaml");
            let args = ["new", client, "--template", &desk.address("v1"), "--answers", &answers];
            let made = run(desk.folder.path(), &args).expect(0);
            assert!(!made.stderr.contains("warning"), "{}", made.stderr);
            desk.is_valid(client);
        }
        desk
    }

    fn address(&self, version: &str) -> String {
        format!("file://{}#{version}", self.folder.path().join("template").display())
    }

    fn tag(&self, version: &str) {
        let template = self.folder.path().join("template");
        commit(&template);
        git(&template, &["tag", version]);
    }

    fn at(&self, client: &str, args: &[&str]) -> Ran {
        run(&self.folder.path().join(client), args)
    }

    fn is_valid(&self, client: &str) {
        self.at(client, &["validate", "--deny", "warn"]).expect(0);
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
        self.write(path, &text.replace(from, to));
    }

    fn delete(&self, path: &str) {
        fs::remove_file(self.folder.path().join(path)).unwrap();
    }

    #[track_caller]
    fn holds(&self, path: &str, lines: &[&str]) {
        let text = self.read(path);
        for line in lines {
            assert!(text.contains(line), "`{line}` is not in {path}:\n{text}");
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.folder.path().join(path).exists()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// One template, and what each client's answers made of it.
fn they_differ(desk: &Desk) {
    desk.holds("globex/portals/service.yaml", &["title: \"Globex service\"", "primary: \"#7a1fa2\""]);
    desk.holds("initech/portals/service.yaml", &["title: \"Initech \\\"B\\\" service\"", "primary: \"#1d4ed8\""]);
    desk.holds("globex/objects/job.yaml", &["managed: true"]);
    desk.holds(
        "initech/objects/job.yaml",
        &["table: erp.service_jobs", "source: {system: erp, write_back: true, max_staleness: 15m}"],
    );
    desk.holds("initech/portals/service.yaml", &["integrations: {erp: {kind: outbox, url_env: ERP_URL"]);
    desk.holds("initech/portalctl.yaml", &["from_table: erp.contacts"]);
    assert!(!desk.read("globex/portals/service.yaml").contains("integrations"));
    assert!(desk.exists("umbrella/permission-sets/subcontractor.yaml"));
    assert!(!desk.exists("globex/permission-sets/subcontractor.yaml"));
    let cancels = |client, who| desk.at(client, &["can", who, "transition:cancelled", "job"]).code;
    assert_eq!([cancels("globex", "service/customer"), cancels("initech", "service/customer")], [0, 1]);
    assert_eq!(cancels("initech", "service/customer_admin"), 0);
}

/// Each changes what came from the template, and adds what did not.
fn they_go_their_way(desk: &Desk) {
    desk.edit(
        "globex/objects/job.yaml",
        "  # What the client has besides stands below.\n",
        "  # What the client has besides stands below.\n  plant: {type: text, max_length: 60}\n",
    );
    desk.edit("globex/permission-sets/customer.yaml", "    export: 1000\n", "    export: 50\n");
    let tokens = desk.read("globex/site/service/static/tokens.css");
    desk.write("globex/site/service/static/tokens.css", &format!("{tokens}.card {{ border-width: 2px; }}\n"));

    desk.edit(
        "initech/permission-sets/customer.yaml",
        "update: {scope: own, where: {customer: $tenant}, fields: [machine, fault]}",
        "update: {scope: own, where: {customer: $tenant}, fields: [fault]}",
    );
    desk.edit("initech/site/service/content/home.md", "between 8 and 17 o'clock", "around the clock");

    desk.edit("umbrella/objects/job.yaml", "{one: Job, many: Jobs}", "{one: Order, many: Orders}");
    desk.write(
        "umbrella/objects/spare.yaml",
        "kind: object\nname: spare\nmanaged: true\nfields: {name: {type: text, required: true}}\n",
    );
    desk.edit(
        "umbrella/permission-sets/desk.yaml",
        "    transition: {state: {reported: planned, planned: done}}\n",
        "    transition: {state: {reported: planned, planned: done}}\n  spare: {read: all, create: [name]}\n",
    );
    desk.delete("umbrella/notes/kickoff.md");
    desk.write("globex/notes/kickoff.md", "Call them on Mondays.\n");
    for client in CLIENTS {
        desk.is_valid(client);
        commit(&desk.folder.path().join(client));
    }
}

/// A new field, a tightened grant, a changed page and a changed style, a page that was not there.
fn the_template_goes_on(desk: &Desk) {
    desk.edit(
        "template/objects/job.yaml",
        "  planned_on: date\n",
        "  planned_on: date\n  urgency: {type: enum, values: [low, normal, high], default: normal}\n",
    );
    desk.edit("template/objects/job.yaml", "sheet: [machine, fault, state", "sheet: [machine, fault, urgency, state");
    desk.edit(
        "template/permission-sets/customer.yaml",
        "update: {scope: own, where: {customer: $tenant}, fields: [machine, fault]}",
        "update: {scope: own, where: {customer: $tenant, state: reported}, fields: [machine, fault]}",
    );
    desk.edit("template/portals/service.yaml", "absolute: 12h", "absolute: 8h");
    desk.edit("template/site/service/content/home.md", "between 8 and 17 o'clock", "between 7 and 18 o'clock");
    desk.edit("template/site/service/static/tokens.css", "--radius: 4px", "--radius: 10px");
    desk.edit("template/notes/kickoff.md", "What was agreed", "What we agreed");
    desk.write(
        "template/pages/plan.yaml",
        "kind: page\nname: plan\nportal: service\nview: calendar\nobject: job\ncolumns: [machine, planned_on, urgency]\n",
    );
    desk.tag("v2");
}

fn update(desk: &Desk, client: &str) -> Ran {
    desk.at(client, &["new", "--update", "--template", &desk.address("v2")])
}

/// What the template brought is there, and holds.
fn has_the_next_version(desk: &Desk, client: &str) {
    desk.is_valid(client);
    desk.holds(
        &format!("{client}/objects/job.yaml"),
        &["  urgency: {type: enum", "sheet: [machine, fault, urgency, state"],
    );
    desk.holds(&format!("{client}/portals/service.yaml"), &["absolute: 8h"]);
    desk.holds(&format!("{client}/site/service/static/tokens.css"), &["--radius: 10px"]);
    desk.holds(&format!("{client}/pages/plan.yaml"), &["columns: [machine, planned_on, urgency]"]);
    let asked = desk.at(client, &["can", "service/customer", "update", "job.fault"]).expect(0);
    assert!(asked.stdout.contains("state is reported"), "{client}: {}", asked.stdout);
}

#[test]
fn three_clients_keep_what_is_theirs_through_the_templates_next_version() {
    let desk = Desk::new();
    they_differ(&desk);
    they_go_their_way(&desk);
    the_template_goes_on(&desk);

    let told = update(&desk, "globex").expect(0).stdout;
    assert!(told.contains("merge      objects/job.yaml\n") && told.contains("create     pages/plan.yaml\n"), "{told}");
    assert!(!told.contains("conflict") && !told.contains("notes"), "{told}");
    has_the_next_version(&desk, "globex");
    desk.holds("globex/objects/job.yaml", &["  plant: {type: text, max_length: 60}\n"]);
    desk.holds("globex/permission-sets/customer.yaml", &["    export: 50\n"]);
    desk.holds("globex/site/service/static/tokens.css", &[".card { border-width: 2px; }\n"]);
    desk.holds("globex/site/service/content/home.md", &["# Globex\n", "between 7 and 18 o'clock"]);
    assert_eq!(desk.read("globex/notes/kickoff.md"), "Call them on Mondays.\n");

    // Where both changed one line, both stand there, and the project does not pass for sound until somebody has chosen.
    let told = update(&desk, "initech").expect(1);
    for path in ["permission-sets/customer.yaml", "site/service/content/home.md"] {
        assert!(told.stdout.contains(&format!("conflict   {path}\n")), "{}", told.stdout);
    }
    desk.holds(
        "initech/permission-sets/customer.yaml",
        &[
            "update: {scope: own, where: {customer: $tenant}, fields: [fault]}\n",
            "state: reported}, fields: [machine, fault]}\n",
        ],
    );
    desk.holds("initech/site/service/content/home.md", &["around the clock", "between 7 and 18 o'clock"]);
    assert_ne!(desk.at("initech", &["validate"]).code, 0);
    choose(
        &desk,
        "initech/permission-sets/customer.yaml",
        "    update: {scope: own, where: {customer: $tenant, state: reported}, fields: [fault]}\n",
    );
    choose(&desk, "initech/site/service/content/home.md", "Our desk answers around the clock.\n");
    has_the_next_version(&desk, "initech");
    desk.holds(
        "initech/objects/job.yaml",
        &["table: erp.service_jobs", "source: {system: erp, write_back: true, max_staleness: 15m}"],
    );

    let told = update(&desk, "umbrella").expect(0).stdout;
    assert!(!told.contains("conflict"), "{told}");
    has_the_next_version(&desk, "umbrella");
    desk.holds("umbrella/objects/job.yaml", &["{one: Order, many: Orders}"]);
    desk.holds("umbrella/permission-sets/desk.yaml", &["  spare: {read: all, create: [name]}\n"]);
    assert!(desk.exists("umbrella/objects/spare.yaml") && !desk.exists("umbrella/notes/kickoff.md"));

    // Once more, there is nothing left to do but to say what stays away.
    for client in CLIENTS {
        commit(&desk.folder.path().join(client));
        let stays = if client == "umbrella" { "deleted    notes/kickoff.md (by you, and stays so)\n" } else { "" };
        assert_eq!(update(&desk, client).expect(0).stdout, stays, "{client}");
    }
}

/// What stands between the markers of the one conflict gives way to `line`.
fn choose(desk: &Desk, path: &str, line: &str) {
    let text = desk.read(path);
    let (before, rest) = text.split_once("<<<<<<< ").unwrap();
    let (_, after) = rest.split_once(">>>>>>> ").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    desk.write(path, &format!("{before}{line}{after}"));
}
