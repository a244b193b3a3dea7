//! `new --template`: a consultant's template, the clients made from it, and its next version in all of them.

use crate::run::{Ran, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub const HEAD: &str = r##"version: 1
about: Portals for wholesale clients
questions:
  brand: {ask: What is the client called?, max_length: 40}
  color: {ask: Its colour?, type: color, default: "#1d4ed8"}
  data: {ask: Where do orders live?, type: choice, choices: {own: in tables of ours, erp: in the client's ERP}, default: own}
  orders_table: {ask: The table of orders?, pattern: "*.*", when: data == "erp", default: erp.orders}
  drops: {ask: Which modules does the client not want?, type: choices, choices: [subscriptions-agreements, assets-service-history], default: []}
  partners: {ask: A portal for partners too?, type: boolean, default: false}
  idle: {ask: Minutes until a session ends?, type: integer, least: 5, most: 60, default: 30}
once: [notes.md]
verbatim: ["*.svg"]
only: {portals/partner.yaml: partners}
"##;
const PROJECT: &str = "version: 1\nkind: project\nname: {{ name }}\n";
const SUPPORT: &str = r##"# The support portal of {{ brand }}.
kind: portal
name: support
type: customer
title: {{ (brand ~ " support") | tojson }}
branding: {name: {{ brand | tojson }}, colors: {primary: "{{ color }}"}}
{%- if drops %}
-modules: [{{ drops | join(", ") }}]
{%- endif %}
{%- if data == "erp" %}
# Orders come from the client's ERP, in {{ orders_table }}.
integrations: {erp: {kind: outbox, url_env: ERP_URL, secret_env: ERP_SECRET}}
{%- endif %}

auth: {session: {idle: {{ idle }}m, absolute: 12h}}

# What the client says besides stands below.
"##;
const PARTNER: &str = "kind: portal\nname: partner\ntype: partner\ntitle: {{ (brand ~ \" partners\") | tojson }}\n";

struct Shop {
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        shop.template("portalctl-template.yaml", HEAD);
        shop.template("portalctl.yaml", PROJECT);
        shop.template("portals/support.yaml", SUPPORT);
        shop.template("portals/partner.yaml", PARTNER);
        shop.template("notes.md", "# Notes on {{ brand }}\n");
        shop.template("{{ name }}.svg", "<svg>{{ not a variable }}</svg>\n");
        shop
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn template(&self, path: &str, text: &str) {
        self.write(&format!("template/{path}"), text);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn client(&self, name: &str, answers: &str) -> Ran {
        self.write("answers.yaml", answers);
        run(self.path(), &["new", name, "--template", "template", "--answers", "answers.yaml"])
    }

    fn update(&self, client: &str, more: &[&str]) -> Ran {
        run(&self.path().join(client), &[&["new", "--update"], more].concat())
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{from} in {text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    fn valid(&self, client: &str) {
        run(&self.path().join(client), &["validate"]).expect(0);
    }
}

pub fn git(folder: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").arg("-C").arg(folder).args(identity).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub fn commit(folder: &Path) {
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "state"]);
}

/// Three clients that differ in brand, data, permissions and integrations.
fn three_clients(shop: &Shop) {
    shop.client("globex", "brand: Globex\ncolor: \"#7a1fa2\"\n").expect(0);
    shop.client("initech", "brand: 'Initech: \"B\"'\ndata: erp\norders_table: sales.orders\nidle: 15\n").expect(0);
    shop.client("umbrella", "brand: Umbrella\npartners: true\ndrops: [subscriptions-agreements]\n").expect(0);
    for client in ["globex", "initech"] {
        shop.valid(client);
    }
    assert!(shop.read("globex/portals/support.yaml").contains("colors: {primary: \"#7a1fa2\"}"));
    assert!(!shop.path().join("globex/portals/partner.yaml").exists());
    assert_eq!(shop.read("globex/globex.svg"), "<svg>{{ not a variable }}</svg>\n");
    let initech = shop.read("initech/portals/support.yaml");
    assert!(
        initech.contains("title: \"Initech: \\\"B\\\" support\"") && initech.contains("in sales.orders."),
        "{initech}"
    );
    assert!(shop.read("umbrella/portals/partner.yaml").contains("title: \"Umbrella partners\""));
    assert!(shop.read("umbrella/portals/support.yaml").contains("-modules: [subscriptions-agreements]"));
}

/// What each client does with its project.
fn of_their_own(shop: &Shop) {
    shop.write(
        "globex/portals/support.yaml",
        &(shop.read("globex/portals/support.yaml") + "host: help.globex.example\n"),
    );
    shop.write("globex/notes.md", "Call them on Mondays.\n");
    shop.edit("initech/portals/support.yaml", "idle: 15m", "idle: 10m");
    fs::remove_file(shop.path().join("umbrella/notes.md")).unwrap();
    shop.write("umbrella/objects/own.yaml", "kind: object\nname: own\nmanaged: true\nfields: {title: text}\n");
    for client in ["globex", "initech", "umbrella"] {
        commit(&shop.path().join(client));
    }
}

/// Another session, a new file, a new question, one file gone.
fn next_version(shop: &Shop) {
    shop.edit("template/portals/support.yaml", "absolute: 12h", "absolute: 8h");
    shop.edit(
        "template/portals/support.yaml",
        "# The support portal of {{ brand }}.\n",
        "# The support portal of {{ brand }}, in {{ language }}.\n",
    );
    shop.edit("template/portalctl-template.yaml", "questions:\n", "questions:\n  language: {default: English}\n");
    shop.template("tests/README.md", "Tests of {{ brand }}\n");
    fs::remove_file(shop.path().join("template/{{ name }}.svg")).unwrap();
}

/// Each changes its project; the template gets a next version; all three take it over, and nothing of theirs is lost.
#[test]
fn a_template_serves_three_clients_and_its_next_version_reaches_them_all() {
    let shop = Shop::new();
    three_clients(&shop);
    of_their_own(&shop);
    next_version(&shop);

    let told = shop.update("globex", &[]).expect(0);
    assert_eq!(
        told.stdout, "remove     globex.svg\nmerge      portals/support.yaml\ncreate     tests/README.md\n",
        "{}",
        told.stderr
    );
    let globex = shop.read("globex/portals/support.yaml");
    assert!(
        globex.starts_with("# The support portal of Globex, in English.\n") && globex.contains("absolute: 8h"),
        "{globex}"
    );
    assert!(globex.ends_with("host: help.globex.example\n") && globex.contains("#7a1fa2"), "{globex}");
    assert_eq!(shop.read("globex/notes.md"), "Call them on Mondays.\n");
    shop.valid("globex");

    // Both changed the same line: both stand there, and nothing is chosen for anybody.
    let told = shop.update("initech", &[]).expect(1);
    assert!(told.stdout.contains("conflict   portals/support.yaml\n"), "{}", told.stdout);
    assert!(told.stderr.contains("both you and the template changed the same lines"), "{}", told.stderr);
    let initech = shop.read("initech/portals/support.yaml");
    assert!(initech.contains("<<<<<<< yours\nauth: {session: {idle: 10m, absolute: 12h}}\n=======\n"), "{initech}");
    assert!(initech.contains("auth: {session: {idle: 15m, absolute: 8h}}\n>>>>>>> generated\n"), "{initech}");

    let told = shop.update("umbrella", &[]).expect(0);
    assert!(told.stdout.contains("rewrite    portals/support.yaml\n"), "{}", told.stdout);
    assert!(!shop.path().join("umbrella/notes.md").exists(), "what was deleted stays deleted");
    assert!(shop.read("umbrella/objects/own.yaml").contains("name: own"));
    assert!(shop.read("umbrella/portals/support.yaml").contains("-modules: [subscriptions-agreements]"));

    // Nothing more is to be done the second time, and the answers are remembered.
    commit(&shop.path().join("globex"));
    let again = shop.update("globex", &[]).expect(0);
    assert_eq!(again.stdout, "");
    assert!(again.stderr.contains("the files are up to date"), "{}", again.stderr);
    assert!(shop.read("globex/.portalctl/answers.yaml").contains("  language: \"English\"\n"));
}

#[test]
fn an_update_waits_for_what_is_not_committed() {
    let shop = Shop::new();
    shop.client("globex", "brand: Globex\n").expect(0);
    commit(&shop.path().join("globex"));
    shop.edit("template/portals/support.yaml", "absolute: 12h", "absolute: 8h");
    shop.write("globex/new.md", "not committed\n");
    let before = shop.read("globex/portals/support.yaml");
    let refused = shop.update("globex", &[]).expect(4);
    assert!(refused.stderr.contains("changes that are not committed"), "{}", refused.stderr);
    assert_eq!(shop.read("globex/portals/support.yaml"), before);
    shop.update("globex", &["--force"]).expect(0);
    assert!(shop.read("globex/portals/support.yaml").contains("absolute: 8h"));
    assert_eq!(shop.read("globex/new.md"), "not committed\n");

    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("portalctl.yaml"), "version: 1\nkind: project\nname: a\n").unwrap();
    let none = run(elsewhere.path(), &["new", "--update"]).expect(2).stderr;
    assert!(none.contains("this project was made from no template"), "{none}");
}

#[test]
fn conflicts_go_beside_the_file_where_that_is_wanted() {
    let shop = Shop::new();
    shop.client("globex", "brand: Globex\n").expect(0);
    shop.edit("globex/portals/support.yaml", "idle: 30m", "idle: 20m");
    commit(&shop.path().join("globex"));
    shop.edit("template/portals/support.yaml", "absolute: 12h", "absolute: 8h");
    shop.update("globex", &["--conflicts", "rej"]).expect(1);
    assert!(shop.read("globex/portals/support.yaml").contains("idle: 20m, absolute: 12h"));
    assert!(shop.read("globex/portals/support.yaml.rej").contains("+auth: {session: {idle: 30m, absolute: 8h}}"));
}

#[test]
fn a_template_comes_from_a_repository_at_the_tag_that_is_named() {
    let shop = Shop::new();
    let repository = shop.path().join("template");
    commit(&repository);
    git(&repository, &["tag", "v1"]);
    shop.edit("template/portals/support.yaml", "absolute: 12h", "absolute: 6h");
    git(&repository, &["commit", "-qam", "next"]);
    let address = format!("file://{}", repository.display());
    shop.write("answers.yaml", "brand: Globex\n");
    let at = format!("{address}#v1");
    run(shop.path(), &["new", "globex", "--template", &at, "--answers", "answers.yaml"]).expect(0);
    assert!(shop.read("globex/portals/support.yaml").contains("absolute: 12h"));
    let kept = shop.read("globex/.portalctl/answers.yaml");
    assert!(kept.contains("#v1\"\nrevision: \""), "{kept}");

    commit(&shop.path().join("globex"));
    shop.update("globex", &["--template", &address]).expect(0);
    assert!(shop.read("globex/portals/support.yaml").contains("absolute: 6h"));
}

/// What a template or an address might try.
#[test]
fn a_hostile_template_gets_nowhere() {
    let shop = Shop::new();
    let ran = shop.path().join("ran");
    let command = format!("ext::sh -c touch% {}", ran.display());
    let option = format!("--upload-pack=touch {};.git", ran.display());
    let http = "http://127.0.0.1:9/x.git".to_owned();
    for (address, why) in [(command, "not allowed"), (http, "not allowed"), (option, "does not exist")] {
        let flag = format!("--template={address}");
        let refused = run(shop.path(), &["new", "evil", &flag]).expect(2);
        assert!(refused.stderr.contains("git cannot fetch the template"), "{address}: {}", refused.stderr);
        assert!(refused.stderr.contains(why), "{address}: {}", refused.stderr);
    }
    let branch = format!("--template=file://{}#--upload-pack=touch {}", shop.path().display(), ran.display());
    run(shop.path(), &["new", "evil", &branch]).expect(2);
    assert!(!ran.exists(), "something of the address was run");
    let secret = run(shop.path(), &["new", "evil", "--template", "https://me:hunter2@example.com/x.git"]).expect(4);
    assert!(!secret.stderr.contains("hunter2"), "{}", secret.stderr);

    std::os::unix::fs::symlink("/etc/passwd", shop.path().join("template/link.md")).unwrap();
    assert!(shop.client("evil", "brand: X\n").expect(4).stderr.contains("`link.md` is a link"));
    fs::remove_file(shop.path().join("template/link.md")).unwrap();

    let hostile: [(&str, &str, &str); 7] = [
        ("{{ brand }}.md", "x", "a part of a path may hold neither"),
        ("{{ '..' }}/up.md", "x", "which leads out of the project"),
        ("{{ '.git' }}/config", "x", "belongs to git or to portalctl"),
        ("site/{{ '.GIT' }}/config", "x", "belongs to git or to portalctl"),
        (
            "endless.md",
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            "cannot be filled in",
        ),
        ("unknown.md", "{{ brnd }}", "cannot be filled in"),
        ("portalctl{{ '' }}.yaml", "x", "would both be written"),
    ];
    for (path, text, message) in hostile {
        shop.template(path, text);
        let refused = shop.client("evil", "brand: a/../../b\n").expect(2);
        assert!(refused.stderr.contains(message), "{path}: {}", refused.stderr);
        fs::remove_file(shop.path().join("template").join(path)).unwrap();
    }
    assert!(!shop.path().join("evil").exists());
    let outside: Vec<PathBuf> = fs::read_dir(shop.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(outside.len(), 2, "the template and the answers: {outside:?}");
}

#[test]
fn answers_that_do_not_fit_are_told_at_their_place() {
    let shop = Shop::new();
    let answers = "brand: A name that is much too long to be put on the pages\nidle: 90\ncolor: blueish\ndata: epr\nbrnd: x\ndrops: orders\n";
    let refused = shop.client("globex", answers).expect(2);
    for part in [
        "answers.yaml:1:8",
        "40 are the most",
        "60 is the most",
        "`blueish` is no colour",
        "did you mean `erp`?",
        "the template asks nothing called `brnd`",
        "did you mean `brand`?",
        "the answer must be a list",
    ] {
        assert!(refused.stderr.contains(part), "{part} in {}", refused.stderr);
    }
    let missing = shop.client("globex", "idle: 20\n").expect(2).stderr;
    assert!(
        missing.contains("the template's question `brand` has no answer") && missing.contains("--answers FILE"),
        "{missing}"
    );
    assert!(!shop.path().join("globex").exists());

    shop.template(
        "portalctl-template.yaml",
        "questions: {name: {}, b: {type: colour}, c: {when: d, defualt: 1}, e: {type: integer, default: x}}\n",
    );
    let refused = shop.client("globex", "").expect(2).stderr;
    for part in [
        "a template says which version",
        "`name` is there without being asked",
        "there is no type of answer `colour`",
        "no question before this one is called `d`",
        "there is no key `defualt` here",
        "the default does not fit",
        "the template cannot be used",
    ] {
        assert!(refused.contains(part), "{part} in {refused}");
    }
    let none = run(shop.path(), &["new", "globex", "--template", "nowhere"]).expect(2).stderr;
    assert!(none.contains("there is no template folder `nowhere`"), "{none}");
}

/// The head that the guide shows is read, and asks what the page says.
#[test]
fn the_template_of_the_guide_makes_projects() {
    let page = include_str!("../../docs/guide/starting.md");
    let head = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let shop = Shop::new();
    shop.template("portalctl-template.yaml", head);
    shop.template("portals/support.yaml", "kind: portal\nname: support\ntype: customer\ntitle: {{ brand | tojson }}\n");
    let made = shop.client("globex", "brand: Globex\ndata: erp\norders_table: sales.orders\n").expect(0);
    assert!(!made.stderr.contains("warning"), "{}", made.stderr);
    assert!(!shop.path().join("globex/portals/partner.yaml").exists());
    let refused = shop.client("initech", "brand: Initech\ndata: erp\norders_table: orders\n").expect(2).stderr;
    assert!(refused.contains("`orders` does not have the form `*.*`"), "{refused}");

    // A template that makes no sound project says so, and makes it all the same.
    shop.template("portals/support.yaml", "kind: portal\nname: support\ntype: custmer\n");
    let made = shop.client("broken", "brand: Broken\n").expect(0).stderr;
    assert!(made.contains("to be mended before it runs: `portalctl validate` shows what"), "{made}");
}
