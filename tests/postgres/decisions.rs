//! Who may do what in a CRM and in shops, as others have stated it: the specs in `tests/decisions` decide every case alike, on
//! PostgreSQL, as the person who asks.
//!
//! The statements are not part of this repository. Without `PORTALCTL_TEST_DATA` these tests say so and pass over. A line of
//! relations has `user:alice`, `admin` and `organization:acme`, apart by tabs; a line of decisions says who, what thing, and then
//! `can_view=1 can_edit=0 …`.
//! Relations become tenants, users and rows of an access test, and each decision an expectation of it.

use crate::program::portalctl;
use crate::provisioned::folder;
use portalctl_test_support::TestDatabase;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// How the words of a set of statements are said in its spec.
struct Domain {
    /// Of its files, and of its spec.
    name: &'static str,
    spec: &'static str,
    portal: &'static str,
    /// Of people whom no relation puts into the organisation.
    otherwise: Option<&'static str>,
    /// Relations of a person to a thing that are the thing's owner, and the owner's path where the object has several.
    owners: &'static [(&'static str, &'static str)],
    /// The state that an action brings a thing to.
    moves: &'static [(&'static str, &'static str)],
    decisions: usize,
}

const CRM: Domain = Domain {
    name: "crm",
    spec: "crm",
    portal: "sales",
    otherwise: None,
    owners: &[("owner", "owner")],
    moves: &[("can_convert", "converted"), ("can_close", "closed"), ("can_complete", "completed")],
    decisions: 42,
};

const SHOP: Domain = Domain {
    name: "ecommerce",
    spec: "shop",
    portal: "shop",
    otherwise: Some("customer"),
    owners: &[("owner", "owner"), ("creator", "owner"), ("account_owner", "owner"), ("placed_by", "owner")],
    moves: &[("can_cancel", "cancelled"), ("can_refund", "refunded"), ("can_fulfill", "fulfilled")],
    decisions: 55,
};

/// Where the data are; `None`: nobody said.
fn data(file: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("PORTALCTL_TEST_DATA") else {
        eprintln!("SKIPPED: PORTALCTL_TEST_DATA does not say where the statements are");
        return None;
    };
    let path = PathBuf::from(folder).join("openfga-decisions").join(file);
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("PORTALCTL_TEST_DATA is set, and {path:?}: {error}")))
}

fn lines(text: &str) -> impl Iterator<Item = [&str; 3]> {
    text.lines().map(|line| {
        let words: Vec<&str> = line.split('\t').collect();
        words.try_into().unwrap_or_else(|words| panic!("{words:?} are not three"))
    })
}

fn split(thing: &str) -> (&str, &str) {
    thing.split_once(':').unwrap_or_else(|| panic!("`{thing}` has no kind"))
}

/// What is there, collected relation by relation.
#[derive(Default)]
struct Stage {
    tenants: Map<String, Value>,
    users: Map<String, Value>,
    /// By object, each with its rows by label.
    rows: Map<String, Value>,
}

impl Stage {
    fn row(&mut self, kind: &str, label: &str) -> &mut Map<String, Value> {
        let of_kind = self.rows.entry(kind).or_insert_with(|| json!({})).as_object_mut().unwrap();
        of_kind.entry(label).or_insert_with(|| json!({"id": label})).as_object_mut().unwrap()
    }

    fn relate(&mut self, domain: &Domain, [who, relation, what]: [&str; 3]) {
        match (split(who), split(what)) {
            (("user", person), ("organization", organisation)) => {
                self.tenants.insert(organisation.to_owned(), json!({}));
                let audience = format!("{}/{relation}", domain.portal);
                self.users.insert(person.to_owned(), json!({"tenant": organisation, "audience": audience}));
            }
            (("user", person), (kind, label)) if relation == "staff" => {
                let row = self.row(&format!("{kind}_staff"), &format!("{person}-{label}"));
                row.extend([(kind.to_owned(), json!(label)), ("person".to_owned(), json!(person))]);
            }
            (("user", person), (kind, label)) => {
                let path = domain.owners.iter().find(|(known, _)| *known == relation);
                let (_, path) = path.unwrap_or_else(|| panic!("no owner is called `{relation}`"));
                let several = self.several_owners(domain, kind);
                let owner = if several { json!({*path: person}) } else { json!(person) };
                self.row(kind, label).insert("owner".to_owned(), owner);
            }
            (("organization", organisation), (kind, label)) => {
                self.row(kind, label).insert("tenant".to_owned(), json!(organisation));
            }
            ((above, parent), (kind, label)) => {
                self.row(kind, label).insert(above.to_owned(), json!(parent));
            }
        }
    }

    /// As the spec has it: such an object is one with `owners`.
    fn several_owners(&self, domain: &Domain, kind: &str) -> bool {
        let objects = fs::read_to_string(folder("decisions").join(domain.spec).join("objects.yaml")).unwrap();
        let documents = objects.split("---\n").find(|text| text.contains(&format!("name: {kind}\n")));
        documents.is_some_and(|text| text.contains("\nowners: "))
    }

    /// People of whom no relation to the organisation is stated.
    fn others(&mut self, domain: &Domain, decisions: &str) {
        for [who, ..] in lines(decisions) {
            let (_, person) = split(who);
            if self.users.contains_key(person) {
                continue;
            }
            let audience = domain.otherwise.unwrap_or_else(|| panic!("nothing says who `{person}` is"));
            let tenant = self.tenants.keys().next().expect("an organisation").clone();
            let audience = format!("{}/{audience}", domain.portal);
            self.users.insert(person.to_owned(), json!({"tenant": tenant, "audience": audience}));
        }
    }

    fn given(&self) -> Value {
        let rows: Map<String, Value> = self
            .rows
            .iter()
            .map(|(kind, rows)| (kind.clone(), rows.as_object().unwrap().values().cloned().collect()))
            .collect();
        json!({"tenants": self.tenants, "users": self.users, "rows": rows})
    }
}

/// What somebody would do, in the words of an access test.
fn act(domain: &Domain, action: &str, thing: &str) -> Value {
    let (kind, label) = split(thing);
    let row = format!("{kind}/{label}");
    if let Some((_, to)) = domain.moves.iter().find(|(known, _)| *known == action) {
        return json!({"transition": row, "to": to});
    }
    match action {
        "can_view" => json!({"read": row}),
        "can_edit" => json!({"update": row}),
        "can_delete" => json!({"delete": row}),
        "can_manage_inventory" => json!({"update": row, "fields": ["inventory"]}),
        "can_create_product" => json!({"create": "product", "values": {kind: label, "name": "New"}}),
        _ => panic!("no action is called `{action}`"),
    }
}

/// An expectation for each decision, as it was stated or turned round.
fn expectations(domain: &Domain, decisions: &str, turned: bool) -> Vec<Value> {
    let stated = lines(decisions).flat_map(|[who, thing, said]| {
        said.split(' ').map(move |decision| {
            let (action, answer) = decision.split_once('=').unwrap_or_else(|| panic!("`{decision}` decides nothing"));
            let allowed = (answer == "1") != turned;
            json!({"as": split(who).1, if allowed { "can" } else { "cannot" }: act(domain, action, thing)})
        })
    });
    stated.collect()
}

/// The spec with the statements as its only access test, and what `portalctl test` makes of them: how often PostgreSQL and the
/// evaluator hold with them, how often they do not, and everything that was said.
async fn decided(domain: &Domain, relations: &str, decisions: &str, turned: bool) -> ([usize; 4], String) {
    let mut stage = Stage::default();
    for relation in lines(relations) {
        stage.relate(domain, relation);
    }
    stage.others(domain, decisions);
    let expect = expectations(domain, decisions, turned);
    let test = json!({"kind": "access_test", "name": "as-stated", "given": stage.given(), "expect": expect});
    let project = tempfile::tempdir().unwrap();
    copy(&folder("decisions").join(domain.spec), project.path());
    fs::write(project.path().join("stated.yaml"), test.to_string()).unwrap();
    let db = TestDatabase::new().await;
    let ran = portalctl(project.path(), &["--database-url", &db.admin_url(), "test", "--format", "json"]);
    let said = ran.map_or_else(|failed| failed, |said| said.stdout);
    let report = said.find('{').and_then(|at| serde_json::Deserializer::from_str(&said[at..]).into_iter().next());
    let report: Value = report.unwrap_or_else(|| panic!("no report: {said}")).unwrap_or_else(|_| panic!("{said}"));
    let tried = report["tests"].as_array().unwrap_or_else(|| panic!("{said}"));
    let count = |engine: &str, status: &str| {
        tried.iter().filter(|tried| tried["engine"] == engine && tried["status"] == status).count()
    };
    let of = |engine| [count(engine, "passed"), count(engine, "failed")];
    let ([right, wrong], [agreed, differed]) = (of("postgres"), of("evaluator"));
    ([right, wrong, agreed, differed], said)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// All are decided as stated; and none of them turned round, so each of them counts. The evaluator holds nothing against it,
/// where it can tell.
async fn hold(domain: &Domain) {
    let Some(relations) = data(&format!("{}.tuples.tsv", domain.name)) else { return };
    let decisions = data(&format!("{}.decisions.tsv", domain.name)).unwrap();
    let all = domain.decisions;
    let ([right, wrong, _, differed], said) = decided(domain, &relations, &decisions, false).await;
    assert_eq!((right, wrong, differed), (all, 0, 0), "{said}");
    let ([right, wrong, agreed, _], said) = decided(domain, &relations, &decisions, true).await;
    assert_eq!((right, wrong, agreed), (0, all, 0), "{said}");
}

#[tokio::test]
async fn a_crm_decides_as_stated() {
    hold(&CRM).await;
}

#[tokio::test]
async fn shops_decide_as_stated() {
    hold(&SHOP).await;
}

/// Shown also where it passes (see `.config/nextest.toml`), so that what was not run is said.
#[test]
fn the_statements_are_there() {
    if data("crm.decisions.tsv").is_none() {
        eprintln!("SKIPPED: every test of `decisions` passes without having looked at anything");
    }
}
